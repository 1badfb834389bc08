"""Whether a listing was read to its end: proved by what the source says, never assumed.

One rule for all ways of paging. The end is proved by

- the source's own count of its items, when so many different ones came;
- its mark of the last page: no next page is named where pages name the next one, page N of N;
- where it tells neither, a page shorter than the size that was asked for, if other pages show that
  the source keeps to that size; a server that serves at most 20 at a time, whatever it is asked,
  sends pages that are shorter for ever.

An empty page proves nothing by itself: faults look like that, too. It is asked for again. Empty
once more, it ends a listing that marks its last page, and of another one so does the next page, if
that is empty, too. A first page that is empty, of a source that promises nothing, is an empty
listing; how little that says of what was listed before is known to
:mod:`include.discovery.vanished`. Whatever cannot be proved is told as the reason why the run is
incomplete, and such a run concludes nothing of what did not come. A page that has come before is a
circle, which would have no end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from include.discovery.errors import PageLoop

MOST_PAGES: Final = 5_000
"""Of one listing; beyond it a source is a trap."""

_MOST_EMPTY: Final = 10
"""Empty pages in a row that are passed over while the source names the one after them."""
_ENOUGH_SIGNS: Final = 2
_TAIL: Final = 100
"""Ids of a page that a cursor keeps; pages may hold thousands."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One page, as far as it tells of the listing's end."""

    ids: Sequence[str]
    """What tells its items from others, in their order."""
    total: int | None = None
    """How many items the whole listing has, if it says so."""
    total_pages: int | None = None
    has_more: bool | None = None
    """Whether the source names another page; ``None``: it does not mark its last page."""
    size: int | None = None
    """How many items were asked for, if a page of fewer can only be the last one."""
    is_total_certain: bool = True
    """The total is that of the whole listing, by the definition of the API and not by a setting."""


@dataclass(slots=True)
class Seen:
    """What one process has read of a listing: cursors do not carry it, they would grow too long."""

    ids: set[str] = field(default_factory=set)
    pages: dict[str, int] = field(default_factory=dict)
    """Digest of a page's ids → its number."""


class Progress(BaseModel):
    """How much of a listing was read, and whether that is all of it. Part of cursors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holder: ClassVar[str] = "the source"
    noun: ClassVar[str] = "items"
    """Who has the listing, and what it holds, in words."""
    advice: ClassVar[str] = ""
    """What to do about a source that sends the same page again and again."""

    page: NonNegativeInt = 0
    """Number of the last page that was loaded; 0 before the first."""
    taken: NonNegativeInt = 0
    """How many items came."""
    received: NonNegativeInt = 0
    """How many different ones: of those before a resumed walk, only the last page's are known."""
    served: NonNegativeInt = 0
    """The most that one page held: the size that the source really uses."""
    total: NonNegativeInt | None = None
    """How many items the source says it has, as last said."""
    promised: NonNegativeInt | None = None
    """The most that it has said: a total that falls proves nothing."""
    promised_pages: NonNegativeInt | None = None
    empty: NonNegativeInt = 0
    """How many pages in a row were empty, up to the last one that is not to be asked again."""
    signs: NonNegativeInt = 0
    """How many pages in a row were empty or shorter than others, up to the last one."""
    hole: NonNegativeInt | None = None
    """The number of an empty page that others came after."""
    ask_again: bool = False
    """The last page was empty: it is believed if it is so once more."""
    tail: tuple[str, ...] = ()
    """The last items of the last page: a process that begins here knows no earlier ones, and what
    was shifted to the next page is found there."""
    digest: str = ""
    """Of all ids of the last page."""
    incomplete_reason: str | None = None
    """What is missing, in words; known at the end."""
    done: bool = False

    def reading(self, answer: Answer, seen: Seen | None = None) -> Self:
        """Return the progress after one more page.

        :param seen: what this process has read of the listing; it is added to.
        :raises PageLoop: if the page is one that came before, or one too many.
        """
        seen = Seen() if seen is None else seen
        page = self.next_page
        digest = self._checked(answer, page, seen)
        new = set(answer.ids) - seen.ids - set(self.tail)
        seen.ids |= new
        count = len(answer.ids)
        promised = [said for said in (self.promised, answer.total) if said is not None]
        pages = [said for said in (self.promised_pages, answer.total_pages) if said is not None]
        progress = self.model_copy(
            update={
                "page": page,
                "taken": self.taken + count,
                "received": self.received + len(new),
                "served": max(self.served, count),
                "total": self.total if answer.total is None else answer.total,
                "promised": max(promised, default=None),
                "promised_pages": max(pages, default=None),
                "ask_again": False,
            }
        )
        if count == 0 and not self.ask_again and progress.is_surprised(answer):
            return progress.model_copy(update={"ask_again": True})
        return progress.model_copy(
            update={
                "empty": self.empty + 1 if count == 0 else 0,
                "signs": self.signs + 1 if count == 0 or count < self.served else 0,
                "hole": self.hole or (page - 1 if self.empty and count else None),
                "tail": tuple(answer.ids)[-_TAIL:],
                "digest": digest,
            }
        ).judged(answer)

    def past_the_end(self, *, was_named: bool = False) -> Self:
        """Return the progress where the source says that no page comes after the last one.

        :param was_named: the last page had named one.
        """
        reason = None if self.has_all else self._missing()
        if reason is None and was_named:
            reason = f"page {self.next_page}, which page {self.next_page - 1} names, is not there"
        return self.model_copy(update={"done": True, "incomplete_reason": reason})

    @property
    def next_page(self) -> int:
        """The number of the page to ask for."""
        return self.page if self.ask_again else self.page + 1

    @property
    def has_all(self) -> bool:
        """Say whether exactly as many items came as the source has said that it has."""
        return self.promised is not None and self.received == self.promised

    def is_surprised(self, answer: Answer) -> bool:
        """Say whether an empty page comes where another one was to be expected."""
        is_marked = answer.has_more is not None
        if self.has_all and (answer.is_total_certain or not is_marked):
            return False
        if self.page == 1 and not self.promised:
            return False
        return self.signs == 0 or answer.has_more is False

    def _checked(self, answer: Answer, page: int, seen: Seen) -> str:
        """Return the digest of a page that may come after those before."""
        if page > MOST_PAGES:
            raise PageLoop(f"the source has more than {MOST_PAGES} pages")
        digest = blake2b("\n".join(answer.ids).encode(errors="replace"), digest_size=8).hexdigest()
        if len(answer.ids) > 1:  # a single item may have been shifted to the next page
            before = self.page if digest == self.digest else seen.pages.get(digest)
            if before is not None:
                advice = f": {self.advice}" if self.advice else ""
                raise PageLoop(f"page {page} holds the same {self.noun} as page {before}{advice}")
            seen.pages[digest] = page
        return digest

    def judged(self, answer: Answer) -> Self:
        """Return the same progress, with what is missing if this page was the last one."""
        if answer.has_more:
            if self.empty < _MOST_EMPTY:
                return self
            words = f"{self.empty} pages in a row are empty, and {self.holder} names yet another"
            return self.model_copy(update={"done": True, "incomplete_reason": words})
        if answer.has_more is None:
            return self._ended() if self._has_run_out(answer) else self
        return self._ended()

    def _ended(self) -> Self:
        return self.model_copy(update={"done": True, "incomplete_reason": self._missing()})

    def _has_run_out(self, answer: Answer) -> bool:
        """Say whether nothing comes any more, of a source that does not mark its last page."""
        count = len(answer.ids)
        if count == 0 and (self.signs >= _ENOUGH_SIGNS or (self.page == 1 and not self.promised)):
            return True
        if self.has_all:
            # A total that is that of a page, or a bound, is found out by a look at the next page.
            may_be_full = self.page > 1 or answer.size is None or count >= answer.size
            is_full = 0 < count == self.served and may_be_full
            return answer.is_total_certain or not is_full
        if self.promised is not None and self.received < self.promised:
            return self.taken >= self.promised  # some came twice, so that others did not come
        return 0 < count < self.served == answer.size

    def _missing(self) -> str | None:
        """Say what the source has, by its own words, and did not give."""
        if self.promised is not None and self.received < self.promised:
            gave = f"{self.holder} has {self.promised} {self.noun} and gave {self.received}"
            fell = self.total is not None and self.total < self.promised
            return f"{gave}; its total fell to {self.total} meanwhile" if fell else gave
        if self.promised_pages is not None and self.page - self.empty < self.promised_pages:
            pages = self.page - self.empty
            return f"{self.holder} has {self.promised_pages} pages and gave {pages}"
        # Where pages are counted, each of them holds something; other totals leave room for some
        # that hold nothing.
        if self.hole is not None and (self.promised_pages is not None or not self.has_all):
            return f"page {self.hole} is empty, and later ones are not"
        return None
