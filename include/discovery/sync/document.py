"""Sources whose answer is one document: it is read again only if something of it would be new.

While the same document would be read by the same code and configuration, for days that it has
nothing new for, a sync that finds it unchanged is complete, and writes nothing but its run's row: a
night in which nothing has changed costs the source one short answer, and us no parsing.

To know for how many days there is nothing new, a document is read a week ahead of what is wanted.
What lies there is not loaded, but its first day says when the document has to be read again. The
same week bounds how long anything that nobody thought of can stay as it was. When more than a tenth
of its events are over it is read again, too, so that the counts of runs stay near the truth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from include.discovery.connectors.base import Page
from include.discovery.fetch.conditional import ConditionalFetcher, Document
from include.discovery.fetch.protocol import Fetcher
from include.discovery.model import EventRecord, Pair, Window
from include.discovery.store import documents
from include.discovery.store.connection import Connection
from include.discovery.sync.versions import version_of_code

AHEAD: Final = timedelta(days=7)


@dataclass(slots=True)
class DocumentReading:
    """How one attempt reads the document of its source."""

    window: Window
    """The days that are wanted."""
    read_by: str
    known: Document | None
    """The document as it was read, if it need not be read again while it is the same."""
    good_to: date = field(init=False)
    """Up to this end of the window, the document gives no other events."""
    fetcher: ConditionalFetcher | None = None

    def __post_init__(self) -> None:
        self.good_to = self.ahead.end

    @classmethod
    def begin(
        cls, conn: Connection, pair: Pair, run_id: int, window: Window, *, may_be_known: bool
    ) -> DocumentReading:
        """Look up what is known of the document.

        :param may_be_known: false where it is to be read in any case.
        """
        told_apart = [version_of_code()]
        if pair.city is None:
            told_apart.append(documents.cities_version(conn))
        read_by = hashlib.sha256("\n".join(told_apart).encode()).hexdigest()
        known = documents.known_document(conn, run_id, read_by, window) if may_be_known else None
        return cls(window, read_by, known)

    @property
    def ahead(self) -> Window:
        """The days to read."""
        return Window(self.window.start, self.window.end + AHEAD)

    def asking(
        self,
        fetch: Fetcher,
        interval_of: Callable[[bytes], timedelta | None],
        now: Callable[[], datetime],
    ) -> Fetcher:
        """Return a fetcher that asks for the document only if it has changed.

        :param interval_of: how long a document itself asks to wait.
        """
        self.fetcher = ConditionalFetcher(fetch, self.known, interval_of, now)
        return self.fetcher

    def wanted(self, page: Page) -> Page:
        """Return a page without the events of the week ahead."""
        kept: list[EventRecord] = []
        places: list[int] = []  # of each record among those that are kept
        for record in page.records:
            places.append(len(kept))
            if record.is_within(self.window):
                kept.append(record)
            elif record.local_date is not None:
                self.good_to = min(self.good_to, record.local_date - timedelta(days=1))
        left_out = len(page.records) - len(kept)
        if not left_out:
            return page
        places.append(len(kept))
        expected = None if page.expected is None else max(page.expected - left_out, len(kept))
        return replace(
            page,
            records=kept,
            expected=expected,
            read=[
                replace(item, first=places[item.first], end=places[item.end]) for item in page.read
            ],
            skipped=[item._replace(first=places[item.first]) for item in page.skipped],
        )

    def keep(self, conn: Connection, run_id: int, now: datetime) -> None:
        """Keep the document of a complete run, if it was one."""
        document = self.fetcher.document if self.fetcher else None
        if document is not None:
            documents.keep_document(
                conn, run_id, document, read_by=self.read_by, good_to=self.good_to, now=now
            )
