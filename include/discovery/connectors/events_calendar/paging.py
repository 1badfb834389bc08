"""The way through a site of The Events Calendar, page by page: pure, and resumable."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from math import ceil

from pydantic import PositiveInt

from include.discovery.connectors.base import Page
from include.discovery.connectors.completeness import Answer, Progress, Seen
from include.discovery.connectors.events_calendar.event import identity
from include.discovery.connectors.events_calendar.listing import Listing
from include.discovery.model import Window
from include.discovery.parsed import Parsed, excerpt


class Place(Progress):
    """The last page that was loaded, and what is needed to go on from it in another process.

    Its JSON is the connector's cursor. Days and page size of the first attempt stay those of every
    later one, since page 7 of another listing would be another page.
    """

    holder, noun = "the site", "events"
    advice = "the site ignores 'page'"

    first: date
    last: date
    per_page: PositiveInt

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

    def after(self, listing: Listing | None, seen: Seen | None = None) -> Place:
        """Return the place after an answer; ``None`` stands for 'there is no such page'.

        :param seen: what this process has read; it is added to.
        :raises PageLoop: if the page is one that came before, or one too many.
        """
        if listing is None:
            ended = self.past_the_end()
            return ended.model_copy(update={"promised": self.promised or self.received})
        has_more = listing.has_next
        if listing.total_pages is not None:
            has_more = self.next_page < listing.total_pages
        ids = tuple(_fingerprint(item) for item in listing.items)
        return self.reading(Answer(ids, listing.total, listing.total_pages, has_more), seen)

    def as_page(self, parsed: Parsed) -> Page:
        """Return what was parsed at this place, with what a page tells beside it."""
        return Page(
            parsed.records,
            parsed.rejects,
            cursor=self.model_dump_json(),
            expected=self.promised,
            incomplete_reason=self.incomplete_reason,
        )


def _fingerprint(item: object) -> str:
    """Return what tells an item from others of its listing: its id, else a hash of its content."""
    return (
        identity(item) or f"#{blake2b(excerpt(item, 10_000).encode(), digest_size=8).hexdigest()}"
    )
