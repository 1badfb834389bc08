"""Paging of an API that serves only the first thousand rows of a listing: pure, resumable.

The Discovery API refuses pages that begin beyond row 1,000, so the days that a sync wants are cut
into windows of at most that many events. The first answer for a window says how many it holds; a
window of too many is narrowed in proportion and asked again, and the next one is as wide as the
density of the last one allows. Once the source has said what all the remaining days hold, and that
is few enough, they are one window. The first window is everything, so a small city costs one call
a page. Events without a date come last, in two listings of their own.

The cost for N events in W windows over D days: at most N / size calls for full pages, W for last
pages, and 4 W + 2 log2(D) + 1 for windows found too wide, since each of these leaves at most 7/10
of the width and a window is at most four times as wide as the one before. Measured on made-up
cities with weekends and a thinning future: 2 calls for 300 events, 10 for 1,500, 37 for 6,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import NonNegativeInt, PositiveInt, model_validator

from include.discovery.connectors.paging import PageState
from include.discovery.dates.times import localize
from include.discovery.model import Window

PAGING_CAP = 1_000
"""Pages that begin at or after this row are rejected, documented as DIS1035."""
TOTAL_CAP = 10_000
"""A total of this much means 'this much or more'."""

_FILL = 0.7
_GROWTH = 4
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"

Phase = Literal["dated", "tba", "tbd", "done"]
_NEXT_PHASE: dict[Phase, Phase] = {"dated": "tba", "tba": "tbd", "tbd": "done"}
_UNDATED: dict[Phase, dict[str, str]] = {
    # 'yes' or both at once would not do: the default leaves these events out even where no dates
    # are requested, and both as 'only' find nothing. Observed in 2026.
    "tba": {"includeTBA": "only"},
    "tbd": {"includeTBD": "only"},
}


@dataclass(frozen=True, slots=True)
class Step:
    """The next step after a response; ``wanted`` says whether its events are kept."""

    state: WindowState
    wanted: bool = True
    incomplete_reason: str | None = None


class WindowState(PageState):
    """The page to ask for next, and what is needed to go on from it in another process.

    The days of the first attempt and its page size stay those
    of every later one, so that a sync resumed after midnight goes on through the same windows.
    """

    first: date
    last: date
    """The days of the whole listing, both inclusive."""
    page_size: PositiveInt
    phase: Phase = "dated"
    start: date
    end: date
    """The days of the current window; meaningless in the other phases."""
    page: NonNegativeInt = 0
    total: NonNegativeInt = 0
    """The highest total reported for the current listing: a falling total proves nothing."""
    received: NonNegativeInt = 0
    """How many different events of the current listing were received."""
    empty: bool = False
    """The last page had nothing new, though the total is higher: it is requested again."""
    expected: int = 0
    """Sum of the totals of all listings begun so far, minus the events outside the requested
    days."""
    rest: int | None = None
    """How many events the source has from ``start`` to ``last``, once known."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.first <= self.start <= self.end <= self.last:
            raise ValueError("the window lies outside the requested days")
        return self

    @classmethod
    def at_start(cls, days: Window, page_size: int) -> WindowState:
        """Return the state before the first page."""
        return cls(
            first=days.start, last=days.end, page_size=page_size, start=days.start, end=days.end
        )

    @property
    def days(self) -> Window:
        """The days of the whole listing."""
        return Window(self.first, self.last)

    def params(self, zone: ZoneInfo) -> dict[str, str | int]:
        """Return the query parameters that ask for this page.

        Windows begin at midnight in ``zone`` (events without a time lie within their day there)
        and end a second before another: both edges are inclusive, and no instant is asked twice.
        """
        params: dict[str, str | int] = {"page": self.page, "size": self.page_size}
        if self.phase != "dated":
            return params | _UNDATED[self.phase]
        end = _midnight(self.end + timedelta(days=1), zone) - timedelta(seconds=1)
        return params | {
            "startDateTime": _midnight(self.start, zone).strftime(_INSTANT),
            "endDateTime": end.strftime(_INSTANT),
        }

    def after(self, total: int, received: int, left_out: int = 0, cap: int = PAGING_CAP) -> Step:
        """Decide where to go after the response for this page.

        :param total: how many events the response says there are in the listing.
        :param received: how many of them it holds itself, besides those of earlier pages.
        :param left_out: how many of these lie outside the requested days: events near the edges
            whose venue is in another time zone than the city.
        """
        if self.phase == "dated" and self.page == 0 and total > cap and self._width > 1:
            return Step(self._narrowed(total, cap), wanted=False)
        said, total = total, max(total, self.total)
        here = self.moved(
            total=total,
            received=self.received + received,
            expected=self.expected + total - self.total - left_out,
            empty=False,
        )
        shown = (self.page + 1) * self.page_size
        if here.received >= total:
            return Step(here.next_listing(cap), incomplete_reason=here.less_than_the_rest())
        if received == 0 and not self.empty:
            return Step(here.moved(empty=True))
        if received == 0:
            reason = (
                f"{self._name}: the total is {total:,} events, but page {self.page} has nothing new"
            )
            fell = f"; the total has since fallen to {said:,}" if said < total else ""
            return Step(here.next_listing(cap), incomplete_reason=f"{reason}{fell}")
        if shown >= cap:
            reason = self._out_of_reach(total, here.received)
            return Step(here.next_listing(cap), incomplete_reason=reason)
        return Step(here.moved(page=self.page + 1))

    def next_listing(self, cap: int) -> WindowState:
        """Return the first page of the listing after this one."""
        if self.phase != "dated" or self.end == self.last:
            phase = _NEXT_PHASE[self.phase]
            return self.moved(
                phase=phase,
                start=self.last,
                end=self.last,
                page=0,
                total=0,
                received=0,
                empty=False,
            )
        start = self.end + timedelta(days=1)
        width = int(self._width * _FILL * cap / max(self.total, 1))
        width = max(1, min(width, self._width * _GROWTH, (self.last - start).days + 1))
        end = start + timedelta(days=width - 1)
        rest = None if self.rest is None else max(self.rest - self.total, 0)
        if rest is not None and rest <= cap:
            end = self.last
        return self.moved(start=start, end=end, page=0, total=0, received=0, empty=False, rest=rest)

    def less_than_the_rest(self) -> str | None:
        """Return what the windows lack of what the source said that all of them hold together."""
        is_last = self.phase == "dated" and self.end == self.last
        if not is_last or self.rest is None or self.total >= self.rest:
            return None
        return (
            f"{self._name}: the total was {self.rest:,} events when more days were requested, and"
            f" is now {self.total:,}"
        )

    def moved(self, **changes: object) -> WindowState:
        """Return a copy with some fields changed."""
        return self.model_copy(update=changes)

    @property
    def _width(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def _name(self) -> str:
        if self.phase != "dated":
            return f"events without a date ({self.phase.upper()})"
        return f"{self.start}" if self.start == self.end else f"{self.start} to {self.end}"

    def _out_of_reach(self, total: int, shown: int) -> str:
        more = " or more" if total >= TOTAL_CAP else ""
        return (
            f"{self._name}: {total - shown:,}{more} of {total:,}{more} events are out of reach (the"
            " API returns no more of one listing); use a smaller radius, or one pair for each of"
            " several segment_ids"
        )

    def _narrowed(self, total: int, cap: int) -> WindowState:
        width = max(1, min(self._width - 1, int(self._width * _FILL * cap / total)))
        is_all_of_the_rest = self.end == self.last and total < TOTAL_CAP
        return self.moved(
            end=self.start + timedelta(days=width - 1),
            rest=total if is_all_of_the_rest else self.rest,
        )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a day begins; where clocks skip midnight, at one."""
    return localize(datetime.combine(day, time()), zone)[0].astimezone(UTC)
