"""Which hours belong to which days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from include.discovery.dates.worded.parts import (
    EVERY_DAY,
    Block,
    Days,
    Hours,
    Loners,
    Role,
    Times,
    Weekly,
)
from include.discovery.record_warnings import DateWarning

_NOON = 12

Dated = TypeVar("Dated", Days, Weekly, Loners)


@dataclass(slots=True)
class Group(Generic[Dated]):
    """A block of days, the day that its hours last until, and the hours."""

    days: Dated
    until: Days | None = None
    times: list[Times] = field(default_factory=list)

    def hours(self) -> tuple[list[Hours], list[str]]:
        """Return the hours at which something starts, and warnings of what was made of them."""
        warnings: list[str] = []
        doors = [hours for times in self.times if times.are_doors for hours in times.hours]
        hours: list[Hours] = []
        for times in self.times:
            if times.are_doors:
                continue
            if times.role is not Role.UNTIL:
                hours.extend(times.hours)
            elif hours and hours[-1][1] is None:
                hours[-1] = (hours[-1][0], times.hours[0][0])
            else:
                warnings.append(DateWarning.ONLY_END_HOUR_GIVEN.said())
        if doors and not hours:
            warnings.append(DateWarning.DOORS_HOUR.said())
            hours = doors
        if any(start.is_named_midnight for start, _ in hours):
            warnings.append(DateWarning.MIDNIGHT_AS_BEGINNING.said())
        doubtful = [start.hour for start, _ in hours if start.is_doubtful]
        if any(hour < _NOON for hour in doubtful):
            warnings.append(DateWarning.MORNING_ASSUMED.said())
        if any(hour >= _NOON for hour in doubtful):
            warnings.append(DateWarning.AFTERNOON_ASSUMED.said())
        return list(dict.fromkeys(hours)), warnings


def with_all_weekdays(blocks: Sequence[Block]) -> list[Block]:
    """Let single weekdays recur that have hours beside others, or days to recur on.

    'Mon–Fri 10-18, Sat 10-14'; 'jueves de mayo'; 'Freitag und Samstag, 4.–26. Juni'. Days that only
    leave weekdays out are all others: '1–31 March, closed Mondays'.
    """
    in_month = any(isinstance(block, Days) and block.is_vague for block in blocks)
    on_range = any(isinstance(block, Days) and block.is_range for block in blocks)
    recurs = any(
        isinstance(block, Weekly)
        or (on_range and isinstance(block, Loners) and block.weekdays and block.are_beside_days)
        for block in blocks
    )
    if not (in_month or on_range or recurs):
        return list(blocks)
    step = -1 if isinstance(blocks[0], Times) else 1
    found: list[Block] = []
    for at, block in enumerate(blocks):
        has_hours = 0 <= at + step < len(blocks) and isinstance(blocks[at + step], Times)
        if isinstance(block, Loners) and block.weekdays:
            is_tied = in_month or (recurs and has_hours) or (on_range and block.are_beside_days)
            found.append(Weekly(frozenset(block.weekdays)) if is_tied else block)
        else:
            found.append(block)
    return _with_other_weekdays(found) if on_range else found


def _with_other_weekdays(blocks: list[Block]) -> list[Block]:
    """Put 'daily' behind a range of days beside which only exceptions stand."""
    weekly = [block for block in blocks if isinstance(block, Weekly)]
    if not weekly or not all(block.is_exception for block in weekly):
        return blocks
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        if isinstance(block, Days) and block.is_range:
            found.append(Weekly(EVERY_DAY))
    return found


def group(blocks: Sequence[Dated | Times]) -> list[Group[Dated]]:
    """Tie hours to the days before them, or after them where the text begins with an hour."""
    hours_first = bool(blocks) and isinstance(blocks[0], Times)
    hours_first = hours_first and not isinstance(blocks[-1], Times)
    groups: list[Group[Dated]] = []
    early: list[Times] = []
    for block in blocks:
        if isinstance(block, Times):
            (early if hours_first or not groups else groups[-1].times).append(block)
            continue
        groups.append(Group(block, times=early))
        early = []
    return groups


def without_bystanders(groups: Sequence[Group[Days]]) -> tuple[list[Group[Days]], list[str]]:
    """Join 'from 5 May' with a later 'until 7 May', and drop such days beside plain ones.

    'On sale from 1 April' is no day of an event that is on 5 May. The second value names them.
    """
    joined: list[Group[Days]] = []
    for each in groups:
        before = joined[-1] if joined else None
        is_span = before and before.days.role is Role.FROM and each.days.role is Role.UNTIL
        if before and (is_span or each.days.ends_former):
            _end(before, each.days)
            before.times.extend(each.times)
        else:
            joined.append(each)
    if not any(each.days.role is Role.PLAIN for each in joined):
        return joined, []
    own = [each for each in joined if each.days.role is Role.PLAIN]
    others = [each.days for each in joined if each.days.role is not Role.PLAIN]
    return own, [f"{days.spans[0][0]} is not the event's own day" for days in others]


def _end(former: Group[Days], block: Days) -> None:
    """Make a block the end of a group: of its hours, or of its days."""
    if former.times or former.days.spans[-1][1] is not None:
        former.until = block
        return
    *others, (first, _) = former.days.spans
    spans = (*others, (first, block.spans[0][0]))
    former.days = replace(former.days, spans=spans, role=Role.PLAIN)
