"""How fast pages load, compared with a raw COPY of the same rows.

    python -m bench.load [--records 20000] [--page 500]

Prints seconds and records per second of: COPY of the rows into a bare table (the limit), a first
sync, the same again (unchanged), and again with a tenth changed. Records are built beforehand.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from include.discovery.model import City, EventRecord, Pair, Price, SyncStats, Venue
from include.discovery.store.connection import Connection, connect
from include.discovery.store.loader import Loader
from include.discovery.store.migrate import migrate
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from localdev.postgres import EmbeddedPostgres
from tests.support.builders import KRAKOW, source, stored_pair

WARSAW = ZoneInfo("Europe/Warsaw")


def records(count: int, title: str = "Koncert") -> list[EventRecord]:
    """Build records of ordinary size: some 600 characters of description, 200 venues."""
    first = datetime(2026, 12, 1, 18, 0, tzinfo=WARSAW)
    return [
        EventRecord(
            external_id=str(n),
            title=f"{title} {n}",
            url=f"https://example.org/events/{n}",
            starts_at=(start := first + timedelta(hours=n % 4_000)),
            local_date=start.astimezone(WARSAW).date(),
            time_known=True,
            timezone="Europe/Warsaw",
            venue=Venue(name=f"Sala {n % 200}", street="Rynek 1", locality="Kraków", country="PL"),
            categories=("Jazz", "Music"),
            description="Lorem ipsum dolor sit amet. " * 22,
            price=Price(min=Decimal(20), max=Decimal(60), currency="PLN"),
        )
        for n in range(count)
    ]


def sync(
    conn: Connection, pair: Pair, run: str, items: Sequence[EventRecord], page: int
) -> SyncStats:
    """Load records page by page, as one sync does."""
    opened = begin(conn, pair, Attempt(run))
    loader = Loader(conn, pair, opened)
    total = SyncStats()
    for start in range(0, len(items), page):
        total += loader.load(items[start : start + page], PageResult(SyncStats()))
    finish(conn, opened.id, complete=True)
    return total


def raw_copy(conn: Connection, items: Sequence[EventRecord]) -> None:
    """COPY the same values into a table without keys, checks or indexes."""
    conn.execute(
        "CREATE UNLOGGED TABLE bare (external_id text, title text, url text, starts_at timestamptz,"
        " local_date date, timezone text, categories text[], description text, price numeric)"
    )
    with conn.transaction(), conn.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
        for item in items:
            copy.write_row(
                (item.external_id, item.title, item.url, item.starts_at, item.local_date,
                 item.timezone, list(item.categories), item.description,
                 item.price.min if item.price else None)
            )  # fmt: skip


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--page", type=int, default=500)
    options = parser.parse_args()
    items = records(options.records)
    tenth = options.records // 10
    changed = [*records(tenth, "Koncert zmieniony"), *items[tenth:]]
    city: City = KRAKOW
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder)) as server,
        connect(server.url("discovery")) as conn,
    ):
        migrate(conn)
        pair = stored_pair(conn, city, source())
        print(f"{date.today()}: {options.records:,} records, pages of {options.page}")  # noqa: DTZ011
        began = time.perf_counter()
        raw_copy(conn, items)
        limit = time.perf_counter() - began
        print(f"{'raw COPY':24}{limit:7.2f} s {options.records / limit:10,.0f} records/s")
        for label, batch in (
            ("first sync", items),
            ("again, unchanged", items),
            ("again, a tenth changed", changed),
        ):
            began = time.perf_counter()
            stats = sync(conn, pair, label, batch, options.page)
            seconds = time.perf_counter() - began
            print(
                f"{label:24}{seconds:7.2f} s {options.records / seconds:10,.0f} records/s"
                f"  x{seconds / limit:4.1f}  {stats.inserted} new, {stats.updated} updated"
            )


if __name__ == "__main__":
    main()
