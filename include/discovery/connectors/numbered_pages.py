"""The way through numbered pages of a listing, one span of days after the other: resumable."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Self

from pydantic import NonNegativeInt, ValidationError

from include.discovery.connectors.base import Page
from include.discovery.connectors.completeness import Answer, Progress, Seen
from include.discovery.model import Window
from include.discovery.parsed import Parsed

log = logging.getLogger(__name__)


class Place(Progress):
    """The last page that was loaded, and what is needed to go on from it in another process.

    Its JSON is the connector's cursor. The days of the first attempt stay those of every later one.
    What it counts is of the span that is being read.
    """

    noun = "events"

    first: date
    """First day of the span that is being read."""
    last: date
    """Last day of that span."""
    until: date
    """Last day of the whole walk."""
    expected_before: NonNegativeInt = 0
    """The totals of the spans before."""

    @classmethod
    def at_start(cls, window: Window, days: int | None = None) -> Self:
        """Return the place before the first page.

        :param days: how many days are asked for at once; ``None``: all of them.
        """
        last = window.end if days is None else _end(window.start, days, window.end)
        return cls(first=window.start, last=last, until=window.end)

    @classmethod
    def resumed(cls, cursor: str | None, window: Window, days: int | None = None) -> Self:
        """Return the place of a cursor; without one that can be read, the start.

        Loading the same page twice changes nothing, so the start is always a safe place.
        """
        if cursor is not None:
            try:
                return cls.model_validate_json(cursor)
            except ValidationError:
                log.warning("The cursor is not one of this version; starting from the first page.")
        return cls.at_start(window, days)

    def after(self, ids: Sequence[str], total: int | None, seen: Seen | None = None) -> Self:
        """Return the place after an answer with these items.

        :param seen: what this process has read of the span; it is added to.
        :raises PageLoop: if the page is one that came before, or one too many.
        """
        # Sites serve fewer a page than they are asked for, so no size is named: a short page proves
        # nothing.
        return self.reading(Answer(ids, total), seen)

    @property
    def is_last(self) -> bool:
        """Say whether nothing comes after this place."""
        return self.done and self.last >= self.until

    def next_span(self, longest: int) -> Self:
        """Return the place before the first page of the days after.

        They are twice as many, up to ``longest``, where one page held all of these.
        """
        first = self.last + timedelta(days=1)
        days = (self.last - self.first).days + 1
        if self.page <= 1:
            days = min(2 * days, longest)
        return type(self)(
            first=first,
            last=_end(first, days, self.until),
            until=self.until,
            expected_before=self.expected_before + (self.promised or 0),
        )

    def as_page(self, parsed: Parsed, incomplete_reason: str | None = None) -> Page:
        """Return what was parsed at this place, with what a page tells beside it."""
        return Page(
            parsed.records,
            parsed.rejects,
            cursor=self.model_dump_json(),
            expected=None if self.promised is None else self.expected_before + self.promised,
            incomplete_reason="; ".join(filter(None, (incomplete_reason, self.incomplete_reason)))
            or None,
        )


def _end(first: date, days: int, until: date) -> date:
    return first + timedelta(days=min(days - 1, (until - first).days))
