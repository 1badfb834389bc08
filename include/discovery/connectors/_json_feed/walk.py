"""The way through a JSON API, page by page: pure, and resumable whatever its paging is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from include.discovery.connectors._json_feed.settings import (
    JsonFeedSettings,
    NoPaging,
    PagesByNumber,
    PagesByOffset,
)
from include.discovery.errors import PageLoop

MOST_PAGES: Final = 5_000
"""Beyond it a source is a trap."""

_TAIL: Final = 100
"""Ids of a page that its cursor keeps; pages may hold thousands."""

Token = str | tuple[str, ...]
"""Cursor or address of a page."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: its items as they came, and what it says of the whole and of the next page.

    ``gap`` says why the page after it cannot be asked for, though there is one.
    """

    items: Sequence[Any]
    ids: Sequence[str]
    total: int | None = None
    total_pages: int | None = None
    following: Token | None = None
    gap: str | None = None


class Place(BaseModel):
    """The last page that was loaded, and what is needed to go on from it in another process.

    Its JSON is the connector's cursor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pages: NonNegativeInt = 0
    """How many pages were loaded."""
    taken: NonNegativeInt = 0
    """How many items they held."""
    received: NonNegativeInt = 0
    """How many different ones."""
    served: NonNegativeInt = 0
    """How many the first page held: the size that the API really uses."""
    size: NonNegativeInt = 0
    """How many were asked for."""
    total: NonNegativeInt | None = None
    """How many items the source says it has, as last said."""
    following: Token | None = None
    """Cursor or address of the next page."""
    tail: tuple[str, ...] = ()
    """The last items of the last page: an attempt that begins here knows no earlier ones, and what
    is shifted onto the next page comes from here."""
    digest: str = ""
    """Of all ids of the last page."""
    gap: str | None = None
    done: bool = False

    def after(self, listing: Listing, settings: JsonFeedSettings, seen: set[str]) -> Place:
        """Return the place after a page.

        :param seen: ids of all pages that this process has loaded; it is added to.
        :raises PageLoop: if the page is the one before once more, or one too many.
        """
        ids = tuple(listing.ids)
        digest = blake2b("\n".join(ids).encode(errors="replace"), digest_size=8).hexdigest()
        if len(ids) > 1 and digest == self.digest:  # a single one may have been shifted
            raise PageLoop(
                f"page {self.pages + 1} holds the same items as page {self.pages}: the API does not"
                " understand how it is asked for pages; correct the setting paging"
            )
        if self.pages >= MOST_PAGES:
            raise PageLoop(f"the source has more than {MOST_PAGES} pages")
        if self.following is not None and listing.following == self.following:
            raise PageLoop(f"page {self.pages + 1} names itself as the next one")
        new = set(ids) - seen - set(self.tail)
        seen |= new
        place = self.model_copy(
            update={
                "pages": self.pages + 1,
                "taken": self.taken + len(ids),
                "received": self.received + len(new),
                "served": self.served or len(ids),
                "total": self.total if listing.total is None else listing.total,
                "following": listing.following,
                "tail": ids[-_TAIL:],
                "digest": digest,
            }
        )
        return place.model_copy(update=_end_of(place, listing, settings))

    def past_the_end(self, settings: JsonFeedSettings) -> Place:
        """Return the place at the end, after an answer that there is no such page."""
        gap = _missing(self, settings)
        if gap is None and self.following is not None:
            gap = f"page {self.pages + 1}, which page {self.pages} names, is not there"
        return self.model_copy(update={"done": True, "gap": gap})


def _end_of(place: Place, listing: Listing, settings: JsonFeedSettings) -> dict[str, Any]:
    """Return what marks a place as the end, with what is missing there; nothing elsewhere."""
    beyond = listing.gap or _out_of_reach(place, settings)
    if beyond:
        return {"done": True, "gap": beyond}
    if _is_last(place, listing, settings):
        return {"done": True, "gap": _missing(place, settings)}
    return {}


def _is_last(place: Place, listing: Listing, settings: JsonFeedSettings) -> bool:
    paging = settings.paging
    if isinstance(paging, NoPaging) or not listing.items:
        return True
    if not isinstance(paging, PagesByNumber | PagesByOffset):
        return listing.following is None
    if listing.total_pages is not None:
        return place.pages >= listing.total_pages
    if place.total is not None:
        return place.taken >= place.total
    return paging.short_page_ends and len(listing.items) < place.served


def _out_of_reach(place: Place, settings: JsonFeedSettings) -> str | None:
    """Say what lies beyond the offsets that an API serves."""
    paging = settings.paging
    if not isinstance(paging, PagesByOffset) or paging.reach is None or not place.tail:
        return None
    is_whole = place.total is not None and place.taken >= place.total
    if is_whole or place.taken + paging.size <= paging.reach:
        return None
    total = "more" if place.total is None else f"{place.total} items"
    return f"the source has {total} and gives the first {place.taken}: narrow what is asked for"


def _missing(place: Place, settings: JsonFeedSettings) -> str | None:
    if settings.most_items is not None and place.taken >= settings.most_items:
        return f"the source gives {settings.most_items} items at most, and gave as many"
    if place.total is not None and place.received < place.total:
        return f"the source has {place.total} items and gave {place.received}"
    return None
