"""The way through a JSON API, page by page: pure, and resumable whatever its paging is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import NonNegativeInt

from include.discovery.connectors.completeness import Answer, Progress, Seen
from include.discovery.connectors.json_feed.settings import (
    JsonFeedSettings,
    NoPaging,
    PagesByNumber,
    PagesByOffset,
)
from include.discovery.errors import PageLoop

Token = str | tuple[str, ...]
"""Cursor or address of a page."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: its items as they came, and what it says of the whole and of the next page.

    ``incomplete_reason`` says why the page after it cannot be asked for, though there is one.
    """

    items: Sequence[Any]
    ids: Sequence[str]
    total: int | None = None
    total_pages: int | None = None
    following: Token | None = None
    incomplete_reason: str | None = None


class Place(Progress):
    """The last page that was loaded, and what is needed to go on from it in another process.

    Its JSON is the connector's cursor.
    """

    advice = "the API does not understand how it is asked for pages; correct the setting paging"

    size: NonNegativeInt = 0
    """How many items a page were asked for."""
    skipped: NonNegativeInt = 0
    """How many items were passed over by offset, on pages that were empty."""
    following: Token | None = None
    """Cursor or address of the next page."""

    @property
    def offset(self) -> int:
        """How many items come before the next page."""
        return self.taken + self.skipped

    def after(self, listing: Listing, settings: JsonFeedSettings, seen: Seen) -> Place:
        """Return the place after a page.

        :param seen: what this process has read; it is added to.
        :raises PageLoop: if the page is one that came before, or one too many.
        """
        place = self.reading(
            Answer(
                listing.ids,
                listing.total,
                listing.total_pages,
                _has_more(self.next_page, listing, settings),
                _size_asked(settings),
                is_total_certain=False,
            ),
            seen,
        )
        if place.ask_again:
            return place
        place = place.model_copy(
            update={
                "following": listing.following,
                "skipped": place.skipped + (0 if listing.ids else place.served or place.size),
            }
        )
        return place.model_copy(update=_limits_of(place, listing, settings))

    def to_ask_for(self, asked: dict[Token, int]) -> None:
        """Note that the page after this place is asked for, by what names it.

        :param asked: what this process has asked for → number of the page that it led to.
        :raises PageLoop: if that page was asked for before.
        """
        if self.following is None or self.ask_again:
            return
        before = asked.setdefault(self.following, self.page + 1)
        if before == self.page:
            raise PageLoop(f"page {self.page} names itself as the next one")
        if before < self.page:
            raise PageLoop(f"page {self.page} names page {before} as the next one: a circle")


def _size_asked(settings: JsonFeedSettings) -> int | None:
    """Return how many items a page were asked for, if one that holds fewer can only be the last."""
    paging = settings.paging
    if not isinstance(paging, PagesByNumber | PagesByOffset) or not paging.short_page_ends:
        return None
    return paging.size if paging.size_parameter else None


def _has_more(page: int, listing: Listing, settings: JsonFeedSettings) -> bool | None:
    """Say whether a page names another one; ``None`` where pages do not tell."""
    paging = settings.paging
    if isinstance(paging, NoPaging):
        return False
    if not isinstance(paging, PagesByNumber | PagesByOffset):
        return listing.following is not None
    return None if listing.total_pages is None else page < listing.total_pages


def _limits_of(place: Place, listing: Listing, settings: JsonFeedSettings) -> dict[str, Any]:
    """Return what ends a walk because the API, or a setting, gives no more; nothing elsewhere."""
    beyond = listing.incomplete_reason or _out_of_reach(place, settings)
    if beyond:
        return {"done": True, "incomplete_reason": beyond}
    most = settings.most_items
    if place.done and most is not None and place.taken >= most:
        return {"incomplete_reason": f"the source gives {most} items at most, and gave as many"}
    return {}


def _out_of_reach(place: Place, settings: JsonFeedSettings) -> str | None:
    """Say what lies beyond the offsets that an API serves."""
    paging = settings.paging
    if not isinstance(paging, PagesByOffset) or paging.reach is None or place.done:
        return None
    if place.offset + paging.size <= paging.reach or place.has_all:
        return None
    total = "more" if place.promised is None else f"{place.promised} items"
    return f"the source has {total} and gives the first {place.taken}: narrow what is asked for"
