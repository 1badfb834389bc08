"""The way through numbered pages of a listing, one span of days after the other: resumable."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from include.discovery.connectors.base import Page
from include.discovery.errors import PageLoop
from include.discovery.extract.items import Parsed
from include.discovery.model import Window

log = logging.getLogger(__name__)

MOST_PAGES = 5_000
"""Of one span of days; beyond it a source is a trap."""


class Place(BaseModel):
    """The last page that was loaded, and what is needed to go on from it in another process.

    Its JSON is the connector's cursor. The days of the first attempt stay those of every later one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date
    """First day of the span that is being read."""
    last: date
    """Last day of that span."""
    until: date
    """Last day of the whole walk."""
    page: NonNegativeInt = 0
    """Number of the last page of the span that was loaded; 0 before the first."""
    total: NonNegativeInt | None = None
    """How many items the source says the span has, as last said."""
    received: NonNegativeInt = 0
    """How many different ones came, as far as neighbouring pages can tell."""
    expected_before: NonNegativeInt = 0
    """The totals of the spans before."""
    ids: tuple[str, ...] = ()
    """Those on the last page: what is on the next one, too, was shifted there."""
    done: bool = False

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

    def after(self, ids: Sequence[str], total: int | None) -> Self:
        """Return the place after an answer with these items.

        The span ends when all that it is said to hold has come, or with an empty page.

        :raises PageLoop: if the page is the one before once more, or one too many.
        """
        page = self.page + 1
        if len(ids) > 1 and tuple(ids) == self.ids:  # a single one may have been shifted
            raise PageLoop(f"page {page} holds the same items as page {self.page}")
        if page > MOST_PAGES:
            raise PageLoop(f"the listing has more than {MOST_PAGES} pages")
        total = self.total if total is None else total
        received = self.received + len(set(ids) - set(self.ids))
        return self.model_copy(
            update={
                "page": page,
                "total": total,
                "received": received,
                "ids": tuple(ids),
                "done": not ids or (total is not None and received >= total),
            }
        )

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
            expected_before=self.expected_before + (self.total or 0),
        )

    def as_page(self, parsed: Parsed, gap: str | None = None) -> Page:
        """Return what was parsed at this place, with cursor, total and, at its end, the gap."""
        missing = None
        if self.done and self.total is not None and self.received < self.total:
            missing = f"the source has {self.total} events and gave {self.received}"
        return Page(
            parsed.records,
            parsed.rejects,
            cursor=self.model_dump_json(),
            expected=None if self.total is None else self.expected_before + self.total,
            gap="; ".join(filter(None, (gap, missing))) or None,
        )


def _end(first: date, days: int, until: date) -> date:
    return first + timedelta(days=min(days - 1, (until - first).days))
