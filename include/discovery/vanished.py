"""When what a source no longer lists is gone: a pure rule over what a pair had listed.

One answer proves little: sources are emptied by a broken filter, a failed import, a login page. So
an event is withdrawn when two complete syncs, most of a day apart, did not find it and none between
them did. When many are missing at once, or all of several, none is withdrawn until a person has
confirmed it: that looks like a broken source more than like a city that called everything off. What
has begun is never touched: most sources list only what is to come. A sync that rejected an item
without knowing which it is concludes nothing: any listing that is missing may be that item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

APART: Final = timedelta(hours=20)
"""How long an event must have been missing: a night, with room for a run that starts early."""

_ALWAYS_ALLOWED: Final = 5
_ALLOWED_SHARE: Final = 0.2
_TOLD_FROM: Final = 3
_TOLD_SHARE: Final = 0.1
_HOW_TO_CONFIRM: Final = "a run with 'Withdraw missing' confirms that they are gone"


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


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of the listings that a complete sync did not find, by their ids."""

    newly_missing: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    """To be withdrawn."""
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


def judge_missing(
    listed: Iterable[Listed],
    now: datetime,
    *,
    unidentified: int = 0,
    is_confirmed: bool = False,
) -> Judgement:
    """Judge what a complete sync did not find.

    :param listed: all listings of the pair that the sync should have found, and those that were
        missing already when they began.
    :param unidentified: how many items the sync rejected without knowing which they are.
    :param is_confirmed: a person has said that what is missing is gone: it is so at once, however
        much it is.
    """
    upcoming: list[Listed] = []
    begun_while_missing: list[Listed] = []
    for each in listed:
        if not has_begun(each.starts_at, each.local_date, each.timezone, now):
            upcoming.append(each)
        elif each.is_missing and each.missing_since is not None:
            begun_while_missing.append(each)
    missing = [each for each in upcoming if each.is_missing]
    settled = tuple(each.id for each in begun_while_missing)
    if not missing or is_confirmed:
        return Judgement(gone=tuple(each.id for each in missing), settled=settled)
    if unidentified:
        return Judgement(warning=_kept(len(missing), len(upcoming), unidentified))
    newly = tuple(each.id for each in missing if each.missing_since is None)
    # A source that has emptied would come below the bound by and by, as its events begin: those
    # that began while they were missing go on to count as long as others are.
    all_missing = len(missing) + len(begun_while_missing)
    all_listed = len(upcoming) + len(begun_while_missing)
    if _asks_for_a_person(all_missing, all_listed):
        words = f"{all_missing} of {all_listed} listings are missing; all are kept"
        return Judgement(newly, warning=f"{words} until they are back, or {_HOW_TO_CONFIRM}")
    gone = tuple(
        each.id
        for each in missing
        if each.missing_since is not None and each.missing_since <= now - APART
    )
    return Judgement(newly, gone, settled, _told(len(missing), len(gone), len(upcoming)))


def _asks_for_a_person(missing: int, listed: int) -> bool:
    """Say whether nothing may be withdrawn unless a person confirms it."""
    return missing == listed > 1 or missing > max(_ALWAYS_ALLOWED, _ALLOWED_SHARE * listed)


def _kept(missing: int, listed: int, unidentified: int) -> str:
    rejected = (
        "1 item was rejected whose id is not known"
        if unidentified == 1
        else f"{unidentified} items were rejected whose ids are not known"
    )
    return (
        f"{missing} of {listed} listings are missing, but {rejected}: all are kept until a run"
        f" without such rejects misses them, or {_HOW_TO_CONFIRM}"
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
