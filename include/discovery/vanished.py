"""When what a source no longer lists is gone: a pure rule over what a pair had listed.

One answer proves little: sources are emptied by a broken filter, a failed import, a login page. So
an event is withdrawn when two complete syncs, most of a day apart, did not find it and none between
them did. When many would go at once, or all of several, a person is asked, once: that looks like a
broken source more than like a city that called everything off. What is asked about stays out of the
rule from then on, so that what is cancelled beside it still goes. What has begun is never touched:
most sources list only what is to come.

A sync is in doubt that rejected an item without knowing which it is, since any listing that is
missing may be that item, or whose events are not as a person has asserted. It withdraws nothing.
When every sync is in doubt, a person is asked about what has been missing for two days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.text.wording import counted

APART: Final = timedelta(hours=20)
"""How long an event must have been missing: a night, with room for a run that starts early."""

_LONGEST: Final = 2 * APART
"""After so long, what is missing is withdrawn or asked about, whatever else is missing."""

_ALWAYS_ALLOWED: Final = 5
_ALLOWED_SHARE: Final = 0.2
_TOLD_FROM: Final = 3
_TOLD_SHARE: Final = 0.1


class Hold(StrEnum):
    """Why a listing that is missing is not withdrawn by the rule."""

    ASKED = "asked"
    """A person is to say whether it is gone."""
    KEPT = "kept"
    """A person has said that it stays until the source lists it again."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of a listing that is not withdrawn."""

    id: int
    starts_at: datetime | None
    local_date: date | None
    """The day at the venue."""
    timezone: str
    """The venue's, as an IANA name."""
    is_missing: bool
    """This sync did not find it."""
    missing_since: datetime | None = None
    """When a complete sync first did not find it."""
    was_doubtful: bool = False
    """That sync was in doubt."""
    hold: Hold | None = None
    """Of one that is missing."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of the listings that a complete sync did not find, by their ids."""

    newly_missing: tuple[int, ...] = ()
    """They count as missing from this sync on."""
    gone: tuple[int, ...] = ()
    """To be withdrawn."""
    asked: tuple[int, ...] = ()
    """A person is to be asked whether they are gone."""
    listed: int = 0
    """How many listings count for the rule: those that are missing, and those that are not."""
    settled: tuple[int, ...] = ()
    """They have begun while they were missing, and need not be remembered as missing."""
    warning: str | None = None
    """What a person should look at, in words."""


def has_begun(
    starts_at: datetime | None, local_date: date | None, timezone: str, now: datetime
) -> bool:
    """Say whether an event has begun, to the minute, by the clock at its venue.

    One whose hour is not known has begun with its day. One without a date has not begun.
    """
    if starts_at is not None:
        return starts_at <= now
    return local_date is not None and local_date <= now.astimezone(ZoneInfo(timezone)).date()


def doubt_of(*, unidentified: int, is_as_asserted: bool) -> str | None:
    """Say why a sync is in doubt, if it is.

    :param unidentified: how many items it rejected without knowing which they are.
    :param is_as_asserted: its events are as many, and as good, as a person has asserted.
    """
    if unidentified:
        was, is_ = ("was", "id is") if unidentified == 1 else ("were", "ids are")
        return f"{counted(unidentified, 'item')} {was} rejected whose {is_} not known"
    return None if is_as_asserted else "an assertion is not met"


def judge_missing(
    listed: Iterable[Listed],
    now: datetime,
    *,
    doubt: str | None = None,
    is_confirmed: bool = False,
) -> Judgement:
    """Judge what a complete sync did not find.

    :param listed: all listings of the pair that the sync should have found, and those that were
        missing already when they began.
    :param doubt: why the sync is in doubt, in words; ``None``: it is not.
    :param is_confirmed: a person has said that what is missing is gone: it is so at once, however
        much it is, and whatever was asked or kept before.
    """
    upcoming: list[Listed] = []
    begun: list[Listed] = []
    for each in listed:
        if not has_begun(each.starts_at, each.local_date, each.timezone, now):
            upcoming.append(each)
        elif each.is_missing and each.missing_since is not None:
            begun.append(each)
    all_missing = [each for each in upcoming if each.is_missing]
    if is_confirmed:
        return Judgement(gone=_ids(all_missing), settled=_ids(begun))
    # What is held is neither missing nor listed for the rule.
    missing = [each for each in all_missing if not _is_held(each, doubt)]
    size = len(upcoming) - len(all_missing) + len(missing)
    # A source that has emptied would come below the bound by and by, as its events begin: those
    # that began while they were missing go on to count as long as others are.
    begun_unheld = [each for each in begun if not _is_held(each, doubt)]
    count, of = len(missing) + len(begun_unheld), size + len(begun_unheld)
    due = [each for each in missing if _is_noted(each, doubt) and _is_missing_for(APART, each, now)]
    overdue = [each for each in due if _is_missing_for(_LONGEST, each, now)]
    gone: list[Listed] = []
    asked: list[Listed] = []
    forgotten = begun
    if not missing or (doubt is None and not _is_too_much(count, of)):
        gone = due
        words = _told(len(missing), len(due), size)
    elif doubt is not None:
        asked = overdue
        forgotten = [each for each in begun if _is_held(each, doubt)]
        words = f"{len(missing)} of {size} listings are missing, but {doubt}: all are kept"
    elif due and _is_too_much(len(due) + len(begun_unheld), of):
        asked = due
        words = f"{len(due)} of {of} listings have been missing for a day; all are kept"
    else:
        # This answer may be the broken one. What an earlier one missed, too, waits for the next.
        gone = overdue
        forgotten = [each for each in begun if _is_held(each, doubt)]
        words = (
            f"{count} of {of} listings are missing; all are kept: if so many still are a day after"
            " they were first missed, a person is asked whether they are gone"
        )
    waiting = [each for each in all_missing if each.hold is Hold.ASKED and _is_held(each, doubt)]
    return Judgement(
        newly_missing=_ids(each for each in missing if not _is_noted(each, doubt)),
        gone=_ids(gone),
        asked=_ids(asked),
        listed=of,
        settled=_ids(forgotten),
        warning=_joined(words, _awaited(len(waiting) + len(asked))),
    )


def _is_held(each: Listed, doubt: str | None) -> bool:
    """Say whether the rule leaves a listing to a person.

    What only syncs in doubt have missed is judged again by one that is not.
    """
    if each.hold is Hold.ASKED and each.was_doubtful:
        return doubt is not None
    return each.hold is not None


def _is_noted(each: Listed, doubt: str | None) -> bool:
    """Say whether an earlier sync missed a listing that was in no more doubt than this one."""
    return each.missing_since is not None and (doubt is not None or not each.was_doubtful)


def _is_missing_for(duration: timedelta, each: Listed, now: datetime) -> bool:
    return each.missing_since is not None and each.missing_since <= now - duration


def _ids(listings: Iterable[Listed]) -> tuple[int, ...]:
    return tuple(each.id for each in listings)


def _is_too_much(missing: int, listed: int) -> bool:
    """Say whether so many may go only if a person confirms it."""
    return missing == listed > 1 or missing > max(_ALWAYS_ALLOWED, _ALLOWED_SHARE * listed)


def _joined(*words: str | None) -> str | None:
    return "; ".join(each for each in words if each) or None


def _awaited(waiting: int) -> str | None:
    """Say that a person is asked about listings, and where to answer."""
    if not waiting:
        return None
    await_ = "awaits" if waiting == 1 else "await"
    return (
        f"{counted(waiting, 'missing listing')} {await_} approval: say under Withdrawals whether"
        f" {'it is' if waiting == 1 else 'they are'} gone"
    )


def _told(missing: int, gone: int, listed: int) -> str | None:
    is_remarkable = missing >= _TOLD_FROM and missing >= _TOLD_SHARE * listed
    if not missing or not (is_remarkable or missing == listed):
        return None
    return (
        f"{missing} of {listed} listings are missing; {gone} are withdrawn now, the others if they"
        " are still missing a day after they were first missed"
        if gone < missing
        else f"{missing} of {listed} listings have been missing for a day and were withdrawn"
    )
