"""Paging of a site of The Events Calendar: pure, and resumable."""

from __future__ import annotations

from hashlib import blake2b
from math import ceil

from include.discovery.connectors.events_calendar.event import identity
from include.discovery.connectors.events_calendar.listing import Listing
from include.discovery.connectors.paging import Answer, Seen, SpanState
from include.discovery.parsed import excerpt


class SiteState(SpanState):
    """Where a sync stands in the listing of a site.

    Days and page size of the first attempt stay those of every later one, since page 7 of another
    listing would be another page.
    """

    holder = "the site"
    advice = "the site ignores 'page'"

    def restarted(self) -> SiteState:
        """Return the state before the first page."""
        return SiteState(first=self.first, last=self.last, until=self.until, size=self.size)

    def fits(self, listing: Listing) -> bool:
        """Say whether an answer has pages of the size with which the first attempt began."""
        if not self.served or listing.total is None or listing.total_pages is None:
            return True
        return ceil(listing.total / self.served) == listing.total_pages

    def after_listing(self, listing: Listing | None, seen: Seen) -> SiteState:
        """Return the state after an answer; ``None`` stands for 'there is no such page'.

        :param seen: what this process has read; it is added to.
        :raises PageLoop: if the page is one that came before, or one too many.
        """
        if listing is None:
            ended = self.past_the_end()
            return ended.model_copy(update={"promised": self.promised or self.received})
        ids = tuple(_fingerprint(item) for item in listing.items)
        return self.after(Answer(ids, listing.total, listing.total_pages, listing.has_next), seen)


def _fingerprint(item: object) -> str:
    """Return what tells an item from others of its listing: its id, else a hash of its content."""
    return (
        identity(item) or f"#{blake2b(excerpt(item, 10_000).encode(), digest_size=8).hexdigest()}"
    )
