"""Paging of a site of The Events Calendar: pure, and resumable."""

from __future__ import annotations

from hashlib import blake2b
from math import ceil

from include.discovery.connectors.events_calendar.event import identity
from include.discovery.connectors.events_calendar.listing import Listing
from include.discovery.connectors.paging import Answer, Seen, SpanState
from include.discovery.parsed import excerpt


class SiteState(SpanState):
    """State of a sync in the listing of a site.

    Later attempts keep the days and page size of the first, since page 7 of another listing would
    be a different page.
    """

    holder = "the site"
    advice = "the site ignores 'page'"

    def restarted(self) -> SiteState:
        """Return the state before the first page."""
        return SiteState(first=self.first, last=self.last, until=self.until, size=self.size)

    def fits(self, listing: Listing) -> bool:
        """Return whether a response has the page size of the first attempt."""
        if not self.served or listing.total is None or listing.total_pages is None:
            return True
        return ceil(listing.total / self.served) == listing.total_pages

    def after_listing(self, listing: Listing | None, seen: Seen) -> SiteState:
        """Return the state after a response; ``None`` means that there is no such page.

        :param seen: what this process has read; it is updated.
        :raises PageLoop: if the page was received before, or the limit of pages is exceeded.
        """
        if listing is None:
            ended = self.past_the_end()
            return ended.model_copy(update={"promised": self.promised or self.received})
        ids = tuple(_fingerprint(item) for item in listing.items)
        return self.after(Answer(ids, listing.total, listing.total_pages, listing.has_next), seen)


def _fingerprint(item: object) -> str:
    """Return a value that identifies an item in its listing: its id, else a hash of its content."""
    return (
        identity(item) or f"#{blake2b(excerpt(item, 10_000).encode(), digest_size=8).hexdigest()}"
    )
