"""The way through a site of The Events Calendar, page by page: pure, and resumable."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from math import ceil

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from include.discovery.connectors.base import Page
from include.discovery.errors import PageLoop
from include.discovery.extract.events_calendar.event import identity
from include.discovery.extract.events_calendar.listing import Listing
from include.discovery.extract.items import Parsed, excerpt
from include.discovery.model import Window

MOST_PAGES = 5_000
"""Beyond it a site is a trap: 250,000 events at 50 a page."""


class Place(BaseModel):
    """The last page that was loaded, and what is needed to go on from it in another process.

    Its JSON is the connector's cursor. Days and page size of the first attempt stay those of every
    later one, since page 7 of another listing would be another page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date
    last: date
    per_page: PositiveInt
    page: NonNegativeInt = 0
    """Number of the last page that was loaded; 0 before the first."""
    served: NonNegativeInt = 0
    """How many events the first page held: the page size that the site really uses."""
    total: NonNegativeInt | None = None
    """How many events the site says it has, as last said."""
    received: NonNegativeInt = 0
    """How many different ones came, as far as neighbouring pages can tell."""
    ids: tuple[str, ...] = ()
    """Those on the last page: what is on the next one, too, was shifted there."""
    done: bool = False

    @property
    def days(self) -> Window:
        """The days of the whole walk."""
        return Window(self.first, self.last)

    def restarted(self) -> Place:
        """Return the place before the first page."""
        return Place(first=self.first, last=self.last, per_page=self.per_page)

    def fits(self, listing: Listing) -> bool:
        """Say whether an answer has pages of the size with which this walk began."""
        if not self.served or listing.total is None or listing.total_pages is None:
            return True
        return ceil(listing.total / self.served) == listing.total_pages

    def after(self, listing: Listing | None) -> Place:
        """Return the place after an answer; ``None`` stands for 'there is no such page'.

        :raises PageLoop: if the page is the one before once more, or one too many.
        """
        if listing is None:
            total = self.received if self.total is None else self.total
            return self.model_copy(update={"total": total, "done": True})
        page = self.page + 1
        ids = tuple(_fingerprint(item) for item in listing.items)
        if len(ids) > 1 and ids == self.ids:  # a single one may have been shifted
            raise PageLoop(
                f"page {page} holds the same events as page {self.page}: the site ignores 'page'"
            )
        if page > MOST_PAGES:
            raise PageLoop(f"the site has more than {MOST_PAGES} pages")
        return self.model_copy(
            update={
                "page": page,
                "served": self.served or len(ids),
                "total": self.total if listing.total is None else listing.total,
                "received": self.received + len(set(ids) - set(self.ids)),
                "ids": ids,
                "done": _is_last(page, listing),
            }
        )

    def as_page(self, parsed: Parsed) -> Page:
        """Return what was parsed at this place, with cursor, total and, at the end, the gap."""
        gap = None
        if self.done and self.total is not None and self.received < self.total:
            gap = f"the site has {self.total} events and gave {self.received}"
        return Page(
            parsed.records,
            parsed.rejects,
            cursor=self.model_dump_json(),
            expected=self.total,
            gap=gap,
        )


def _is_last(page: int, listing: Listing) -> bool:
    if listing.total_pages is None:
        return not listing.has_next
    return page >= listing.total_pages


def _fingerprint(item: object) -> str:
    """Return what tells an item from others of its listing: its id, else a hash of its content."""
    return (
        identity(item) or f"#{blake2b(excerpt(item, 10_000).encode(), digest_size=8).hexdigest()}"
    )
