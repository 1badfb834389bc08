"""The base of the kinds that visit a site page by page.

It obeys robots.txt, requests a few pages at a time, continues where an earlier attempt ended, and
reports what is missing. Pages whose events are far off are not requested by every sync. A site with
its own page layout is a :class:`.crawled_site.CrawledSite`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from include.discovery.connectors.base import (
    Connector,
    Page,
    ParseContext,
    SettingsT,
    SyncContext,
)
from include.discovery.connectors.paging import ListState
from include.discovery.errors import DiscoveryError, NotFound, UnreadableResponse
from include.discovery.fetch.crawler import Crawler, is_for_itself, not_empty
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fingerprints import Fingerprints, ReadItem, SkippedItem
from include.discovery.model import NOT_LISTED, EventRecord, Reject
from include.discovery.parsed import Parsed
from include.discovery.response import Response

_MOST_REASONS = 5
"""The most pages that an incomplete reason names; there may be hundreds."""


@dataclass(frozen=True, slots=True)
class Target:
    """A page to crawl."""

    url: str | None
    """``None`` if a list names an event that has no page."""
    item: Any = None
    """What its list says about it. A page is requested if this is other than before."""
    answer: Response | None = None
    """Its response, if it was already fetched to find others."""
    is_required: bool = False
    """Whether a run fails without it; such a page is loaded on its own."""


@dataclass(frozen=True, slots=True)
class Found:
    """The pages that the lists link to, and the lists' own events."""

    targets: Sequence[Target]
    incomplete_reasons: Iterable[str | None] = ()
    listed: Parsed | None = None
    """The events in the list itself, if it may contain any."""


@dataclass(frozen=True, slots=True)
class Visited(Parsed):
    """The results of the pages that were read."""

    has_event: bool = True
    """Whether the page has an event, wanted or not."""
    incomplete_reasons: Sequence[str] = ()


class Crawl(Connector[SettingsT]):
    """Base of the kinds that crawl a site."""

    pages_at_once: ClassVar[int] = 20
    """Pages that are loaded in one transaction."""
    leaves_site: ClassVar[bool] = False
    """Whether redirects to other sites are followed."""
    sought: ClassVar[str] = "an event"
    """What at least one of the pages must contain."""

    @abstractmethod
    async def find(self, context: SyncContext[SettingsT], crawler: Crawler) -> Found:
        """Return the pages to crawl, in a stable order."""

    def open(self, answer: Response) -> Any:  # noqa: ANN401  what a kind's ``read`` wants
        """Return the page of a response, for :meth:`read`; a rejected one is requested again.

        :raises UnreadableResponse: if it is not a page of the site.
        """
        return not_empty(answer)

    @abstractmethod
    def read(self, target: Target, page: Any, context: ParseContext[SettingsT]) -> Visited:  # noqa: ANN401  as above
        """Return the events of a page; without one (``None``), those that its list describes.

        :raises UnreadableResponse: if it cannot be read.
        """

    def without_page(
        self, target: Target, error: DiscoveryError, context: ParseContext[SettingsT]
    ) -> Visited | None:
        """Return the event of a page that cannot be fetched; ``None``: it is missing."""
        del context  # for subclasses
        if not isinstance(error, NotFound):
            return None
        reject = Reject("page is gone", target.url or "", str(error)[:200], NOT_LISTED)
        return Visited((), (reject,), has_event=False)

    def is_over(self, outcomes: Sequence[object]) -> bool:
        """Return whether to stop requesting pages after these.

        :raises DiscoveryError: if all fail: then the problem is not a single page.
        """
        failures = [
            one for one in outcomes if isinstance(one, DiscoveryError) and not is_for_itself(one)
        ]
        if failures and len(failures) == len(outcomes) > 1:
            raise failures[0]
        return False

    async def pages(self, context: SyncContext[SettingsT], fetch: Fetcher) -> AsyncIterator[Page]:
        """Yield the events of the lists themselves, then those of the pages that they link to.

        A retry that finds the same list of pages continues in it; a changed list is read from the
        start.

        :raises DiscoveryError: if a list or a required page, or every page of a batch, fails.
        """
        crawler = Crawler(fetch, anywhere=self.leaves_site)
        found = await self.find(context, crawler)
        start = ListState.of(target.url or "" for target in found.targets)
        state = start.resumed(context.cursor)
        is_told, has_event = False, state.loaded > 0 or found.listed is not None
        if found.listed is not None and state is start:
            yield _page(found.listed, state, found.incomplete_reasons)
            is_told = True
        while state.loaded < len(found.targets) or not is_told:
            batch = self._batch(found.targets[state.loaded :], context.fingerprints)
            outcomes = await self._visit(batch, crawler)
            is_over = self.is_over(list(outcomes.values()))
            visited = self._read_all(batch, outcomes, context)
            state = state.after(state.loaded + len(batch))
            has_event = has_event or visited.has_event
            reasons = [*visited.incomplete_reasons]
            if state.loaded == len(found.targets):
                reasons += filter(None, () if found.listed else found.incomplete_reasons)
                if batch and not has_event:
                    reasons.append(f"none of {len(found.targets)} pages contains {self.sought}")
            yield _page(visited, None if is_over else state, reasons)
            if is_over:
                return
            is_told = True

    def _batch(
        self, targets: Sequence[Target], fingerprints: Fingerprints | None
    ) -> Sequence[_Visit]:
        """Return the next targets: as many as are loaded in one transaction, and known ones."""
        batch: list[_Visit] = []
        to_request = 0
        for target in targets:
            visit = _Visit.of(target, fingerprints)
            to_request += visit.known is None
            if to_request > self.pages_at_once:
                break
            batch.append(visit)
            if target.is_required:
                break
        return batch

    async def _visit(self, batch: Sequence[_Visit], crawler: Crawler) -> dict[str, Any]:
        """Return the page of each address that is not known, or what went wrong."""
        targets = [visit.target for visit in batch if visit.known is None]
        if targets and targets[0].is_required:
            (target,) = targets
            url = target.url or ""
            page = self.open(target.answer) if target.answer else await crawler.read(url, self.open)
            return {url: page}
        urls = list(dict.fromkeys(target.url for target in targets if target.url))
        return dict(zip(urls, await crawler.read_each(urls, self.open), strict=True))

    def _read_all(
        self,
        batch: Sequence[_Visit],
        outcomes: Mapping[str, Any],
        context: ParseContext[SettingsT],
    ) -> Visited:
        records: list[EventRecord] = []
        rejects: list[Reject] = []
        read: list[ReadItem] = []
        skipped: list[SkippedItem] = []
        reasons: list[str] = []
        has_event = False
        for visit in batch:
            if visit.fingerprint is not None and visit.known is not None:
                skipped.append(SkippedItem(visit.fingerprint, visit.known, len(records)))
                continue
            page = self._read_one(visit.target, outcomes, context)
            if isinstance(page, str):
                reasons.append(page)
                continue
            first = len(records)
            records += page.records
            rejects += page.rejects
            reasons += page.incomplete_reasons
            has_event = has_event or page.has_event
            if item := _as_item(visit, page, first, context.fingerprints):
                read.append(item)
        if len(reasons) > _MOST_REASONS:
            reasons = [*reasons[:_MOST_REASONS], f"and {len(reasons) - _MOST_REASONS} more pages"]
        return Visited(
            records,
            rejects,
            has_event or bool(skipped),
            reasons,
            read=read,
            skipped=skipped,
        )

    def _read_one(
        self, target: Target, outcomes: Mapping[str, Any], context: ParseContext[SettingsT]
    ) -> Visited | str:
        """Return the events of a page, or why they are missing."""
        outcome = outcomes[target.url] if target.url else None
        try:
            if not isinstance(outcome, DiscoveryError):
                return self.read(target, outcome, context)
            page = self.without_page(target, outcome, context)
        except UnreadableResponse as error:
            return str(error.at(target.url or ""))
        return str(outcome.at(target.url or "")) if page is None else page


@dataclass(frozen=True, slots=True)
class _Visit:
    """A target, and whether its page has to be requested."""

    target: Target
    fingerprint: bytes | None = None
    """Of its address; ``None`` if it is always requested."""
    known: int | None = None
    """How many events it has, if it need not be requested."""

    @classmethod
    def of(cls, target: Target, fingerprints: Fingerprints | None) -> _Visit:
        if fingerprints is None or target.url is None or target.is_required:
            return cls(target)
        fingerprint = fingerprints.of((target.url, target.item))
        return cls(target, fingerprint, fingerprints.known.get(fingerprint or b""))


def _as_item(
    visit: _Visit, page: Visited, first: int, fingerprints: Fingerprints | None
) -> ReadItem | None:
    """Return what is remembered of a page; ``None`` if it has no events, or not all were read.

    :param first: how many records come before its own.
    """
    if not (fingerprints and visit.fingerprint and page.records):
        return None
    if page.rejects or page.incomplete_reasons:
        return None
    good_to = fingerprints.page_good_to(visit.fingerprint, page.records)
    return ReadItem(visit.fingerprint, first, first + len(page.records), good_to)


def _page(parsed: Parsed, state: ListState | None, reasons: Iterable[str | None]) -> Page:
    return Page(
        parsed.records,
        parsed.rejects,
        read=parsed.read,
        skipped=parsed.skipped,
        cursor=state.cursor if state else None,
        incomplete_reason="; ".join(filter(None, reasons)) or None,
    )
