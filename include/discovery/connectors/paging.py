"""Paging through a listing: the state of a sync, and whether the listing was read to its end.

A state holds which page was loaded last, and how the next one is requested: by its number, by the
number of items before it, or by what the last page named: a cursor, a URL or the header Link. The
JSON of a state is the cursor from which a later attempt continues.

The end of a listing is proved by what the source says, never assumed. The same rule applies to all
kinds of paging. The end is proved by

- the source's own count of its items, if that many different ones were received;
- its mark of the last page: page N of N, or no next page where pages name the next one;
- if it gives neither, a page shorter than the requested size, provided that other pages had that
  size; a server that returns at most 20 items, whatever is requested, sends only shorter pages.

An empty page alone proves nothing, since a fault may look the same. It is requested again. If it is
empty again, it ends a listing that marks its last page; in any other listing, the next page must be
empty, too. An empty first page of a source that gives no total is an empty listing;
:mod:`include.discovery.vanished` decides how little that says about earlier events. Whatever cannot
be proved becomes the incomplete reason of the run, and such a run concludes nothing about events
that are missing. A page that repeats an earlier one is a loop, which would never end.

Long because all kinds of paging are next to the one rule that they obey.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import blake2b
from typing import ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from include.discovery.connectors.base import Page
from include.discovery.connectors.id_set import IdSet
from include.discovery.errors import PageLoop
from include.discovery.model import Window
from include.discovery.parsed import Parsed

log = logging.getLogger(__name__)

MOST_PAGES: Final = 5_000
"""The most pages of one listing; more are treated as a trap."""

_MOST_EMPTY: Final = 10
"""Consecutive empty pages that are skipped while the source names a next page."""
_ENOUGH_SHORT: Final = 2
_TAIL: Final = 100
"""Ids of a page that a cursor keeps; pages may hold thousands."""

Token = str | tuple[str, ...]
"""Cursor or address of a page."""


class PageState(BaseModel):
    """State of a sync: what is needed to continue in another process. Its JSON is the cursor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def resumed(self, cursor: str | None) -> Self:
        """Return the state of a cursor; without a readable one, this state, the start.

        Loading the same page twice changes nothing, so the start is always safe.
        """
        if cursor is not None:
            try:
                return self.model_validate_json(cursor)
            except ValidationError:
                log.warning("The cursor is from another version; starting from the first page.")
        return self

    @property
    def cursor(self) -> str:
        """The value from which :meth:`resumed` continues here."""
        return self.model_dump_json()


class ListState(PageState):
    """How much of a list is loaded, and of which list: any other list is read from the start."""

    fingerprint: str
    """Digest of the list's entries and their order."""
    loaded: NonNegativeInt = 0
    """How many entries are loaded."""

    @classmethod
    def of(cls, entries: Iterable[str]) -> Self:
        """Return the state before the first entry of a list."""
        return cls(fingerprint=_digest(entries))

    def resumed(self, cursor: str | None) -> Self:
        """Return the state of a cursor of this list; without one, this one, the start."""
        state = super().resumed(cursor)
        return state if state.fingerprint == self.fingerprint else self

    def after(self, loaded: int) -> Self:
        """Return the state when the first so many entries are loaded."""
        return self.model_copy(update={"loaded": loaded})


@dataclass(frozen=True, slots=True)
class Answer:
    """What one page says about the listing's end and its next page."""

    ids: Sequence[str]
    """The identities of its items, in order."""
    total: int | None = None
    """How many items the whole listing has, if the source says so."""
    total_pages: int | None = None
    has_more: bool | None = None
    """Whether the source names another page; ``None``: it does not mark its last page. A source
    that counts its pages does so by the count."""
    size: int | None = None
    """How many items were requested, if only the last page can have fewer."""
    is_total_certain: bool = True
    """The total is that of the whole listing, by the definition of the API and not by a setting."""
    following: Token | None = None
    """What the page names for requesting the next one, if anything."""
    beyond: str | None = None
    """Why the next page cannot be requested, though there is one."""


@dataclass(slots=True)
class Seen:
    """What one process has read of a listing; it would be too long for a cursor."""

    ids: IdSet = field(default_factory=IdSet)
    pages: dict[str, int] = field(default_factory=dict)
    """Digest of a page's ids → its number."""
    asked: dict[Token, int] = field(default_factory=dict)
    """What a page was requested with → its number."""


class ListingState(PageState):
    """The last loaded page of a listing, and whether the listing is complete."""

    holder: ClassVar[str] = "the source"
    noun: ClassVar[str] = "items"
    """Who has the listing, and what it holds, in words."""
    advice: ClassVar[str] = ""
    """Advice for a source that sends the same page repeatedly."""

    page: NonNegativeInt = 0
    """Number of the last page that was loaded; 0 before the first."""
    taken: NonNegativeInt = 0
    """How many items were received."""
    received: NonNegativeInt = 0
    """How many of them are different; after resuming, only those of the last page are known."""
    served: NonNegativeInt = 0
    """The most items on one page: the size that the source really uses."""
    total: NonNegativeInt | None = None
    """How many items the source says it has, as last reported."""
    promised: NonNegativeInt | None = None
    """The highest total reported: a falling total proves nothing."""
    promised_pages: NonNegativeInt | None = None
    empty: NonNegativeInt = 0
    """How many consecutive pages were empty, up to the last one that is not to be requested
    again."""
    short: NonNegativeInt = 0
    """How many consecutive pages were empty or shorter than others, up to the last one."""
    hole: NonNegativeInt | None = None
    """The number of an empty page that is followed by others."""
    ask_again: bool = False
    """The last page was empty, and is requested again to confirm that."""
    tail: tuple[str, ...] = ()
    """The last items of the last page: a process that resumes here knows no earlier ones, and finds
    items here that were shifted to the next page."""
    digest: str = ""
    """Digest of all ids of the last page."""
    incomplete_reason: str | None = None
    """What is missing, in words; known at the end."""
    done: bool = False
    size: NonNegativeInt = 0
    """How many items per page are requested, if later attempts must use the same size."""
    skipped: NonNegativeInt = 0
    """How many items the offset skipped on empty pages."""
    following: Token | None = None
    """What the last page named for requesting the next one."""

    def after(self, answer: Answer, seen: Seen | None = None) -> Self:
        """Return the state after one more page.

        :param seen: what this process has read of the listing; it is added to.
        :raises PageLoop: if the page is a repetition, or the limit of pages is exceeded.
        """
        seen = Seen() if seen is None else seen
        page = self.next_page
        if answer.total_pages is not None:
            answer = replace(answer, has_more=page < answer.total_pages)
        digest = self._checked(answer, page, seen)
        new = seen.ids.add(set(answer.ids).difference(self.tail))
        count = len(answer.ids)
        promised = [said for said in (self.promised, answer.total) if said is not None]
        pages = [said for said in (self.promised_pages, answer.total_pages) if said is not None]
        state = self.model_copy(
            update={
                "page": page,
                "taken": self.taken + count,
                "received": self.received + new,
                "served": max(self.served, count),
                "total": self.total if answer.total is None else answer.total,
                "promised": max(promised, default=None),
                "promised_pages": max(pages, default=None),
                "ask_again": False,
            }
        )
        if count == 0 and not self.ask_again and state.is_surprised(answer):
            return state.model_copy(update={"ask_again": True})
        return state.model_copy(
            update={
                "empty": self.empty + 1 if count == 0 else 0,
                "short": self.short + 1 if count == 0 or count < self.served else 0,
                "hole": self.hole or (page - 1 if self.empty and count else None),
                "tail": tuple(answer.ids)[-_TAIL:],
                "digest": digest,
                "following": answer.following,
                "skipped": self.skipped + (0 if count else state.served or self.size),
            }
        ).judged(answer)

    def check_new(self, seen: Seen) -> None:
        """Note that the next page is requested, by what the last page named.

        :raises PageLoop: if that page was requested before.
        """
        if self.following is None or self.ask_again:
            return
        before = seen.asked.setdefault(self.following, self.page + 1)
        if before == self.page:
            raise PageLoop(f"page {self.page} names itself as the next one")
        if before < self.page:
            raise PageLoop(f"page {self.page} names page {before} as the next one: a loop")

    def past_the_end(self, *, was_named: bool = False) -> Self:
        """Return the state after the source says that the last page was the end.

        :param was_named: the last page had named one.
        """
        reason = None if self.has_all else self._missing()
        if reason is None and was_named:
            reason = f"page {self.next_page}, which page {self.next_page - 1} names, does not exist"
        return self.ended(reason)

    @property
    def next_page(self) -> int:
        """The number of the page to request."""
        return self.page if self.ask_again else self.page + 1

    @property
    def offset(self) -> int:
        """How many items come before the next page."""
        return self.taken + self.skipped

    @property
    def expected(self) -> int | None:
        """How many items the source reports for all requests so far."""
        return self.promised

    def as_page(self, parsed: Parsed, incomplete_reason: str | None = None) -> Page:
        """Return what was parsed of the last page, to be loaded."""
        return Page(
            parsed.records,
            parsed.rejects,
            read=parsed.read,
            skipped=parsed.skipped,
            cursor=self.cursor,
            expected=self.expected,
            incomplete_reason="; ".join(filter(None, (incomplete_reason, self.incomplete_reason)))
            or None,
        )

    @property
    def has_all(self) -> bool:
        """Return whether exactly as many items were received as the source reports."""
        return self.promised is not None and self.received == self.promised

    def is_surprised(self, answer: Answer) -> bool:
        """Return whether a page is empty although items were expected."""
        is_marked = answer.has_more is not None
        if self.has_all and (answer.is_total_certain or not is_marked):
            return False
        if self.page == 1 and not self.promised:
            return False
        return self.short == 0 or answer.has_more is False

    def _checked(self, answer: Answer, page: int, seen: Seen) -> str:
        """Return the digest of a page that may come after those before."""
        if page > MOST_PAGES:
            raise PageLoop(f"the source has more than {MOST_PAGES} pages")
        digest = _digest(answer.ids)
        if len(answer.ids) > 1:  # a single item may have been shifted to the next page
            before = self.page if digest == self.digest else seen.pages.get(digest)
            if before is not None:
                advice = f": {self.advice}" if self.advice else ""
                raise PageLoop(f"page {page} has the same {self.noun} as page {before}{advice}")
            seen.pages[digest] = page
        return digest

    def judged(self, answer: Answer) -> Self:
        """Return the same state, with what is missing if this page was the last one."""
        if answer.beyond is not None:
            return self.ended(answer.beyond)
        if answer.has_more is None and not self._has_run_out(answer):
            return self
        if not answer.has_more:
            return self.ended(self._missing())
        if self.empty < _MOST_EMPTY:
            return self
        return self.ended(
            f"{self.empty} consecutive pages are empty, and {self.holder} names another"
        )

    def ended(self, incomplete_reason: str | None = None) -> Self:
        """Return the same state, with nothing more to request."""
        return self.model_copy(update={"done": True, "incomplete_reason": incomplete_reason})

    def _has_run_out(self, answer: Answer) -> bool:
        """Return whether a source that does not mark its last page has ended."""
        count = len(answer.ids)
        if count == 0 and (self.short >= _ENOUGH_SHORT or (self.page == 1 and not self.promised)):
            return True
        if self.has_all:
            # A total that is that of a page, or a bound, is found out by a look at the next page.
            may_be_full = self.page > 1 or answer.size is None or count >= answer.size
            is_full = 0 < count == self.served and may_be_full
            return answer.is_total_certain or not is_full
        if self.promised is not None and self.received < self.promised:
            return self.taken >= self.promised  # some came twice, so others are missing
        return 0 < count < self.served == answer.size

    def _missing(self) -> str | None:
        """Return what is missing according to the source."""
        if self.promised is not None and self.received < self.promised:
            gave = f"{self.holder} has {self.promised} {self.noun} and returned {self.received}"
            fell = self.total is not None and self.total < self.promised
            return f"{gave}; its total has since fallen to {self.total}" if fell else gave
        if self.promised_pages is not None and self.page - self.empty < self.promised_pages:
            pages = self.page - self.empty
            return f"{self.holder} has {self.promised_pages} pages and returned {pages}"
        # Where pages are counted, each of them holds something; other totals leave room for some
        # that hold nothing.
        if self.hole is not None and (self.promised_pages is not None or not self.has_all):
            return f"page {self.hole} is empty, but later ones are not"
        return None


class SpanState(ListingState):
    """A listing that is requested by days, one span after another.

    Later attempts keep the days of the first. Counts are of the span being read.
    """

    noun = "events"

    first: date
    """First day of the span being read."""
    last: date
    """Last day of that span."""
    until: date
    """Last day of all spans."""
    expected_before: NonNegativeInt = 0
    """The totals of the previous spans."""

    @classmethod
    def at_start(cls, window: Window, days: int | None = None) -> Self:
        """Return the state before the first page.

        :param days: how many days are requested at once; ``None``: all of them.
        """
        last = window.end if days is None else _end(window.start, days, window.end)
        return cls(first=window.start, last=last, until=window.end)

    @property
    def is_last(self) -> bool:
        """Return whether nothing comes after this page."""
        return self.done and self.last >= self.until

    def next_span(self, longest: int) -> Self:
        """Return the state before the first page of the days after.

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

    @property
    def expected(self) -> int | None:
        """How many events the source says it has, of all spans so far."""
        return None if self.promised is None else self.expected_before + self.promised


def _end(first: date, days: int, until: date) -> date:
    return first + timedelta(days=min(days - 1, (until - first).days))


def _digest(entries: Iterable[str]) -> str:
    return blake2b("\n".join(entries).encode(errors="replace"), digest_size=8).hexdigest()
