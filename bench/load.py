"""What loading costs, compared with COPY of the same rows into identical tables.

    python -m bench.load [--records 20000] [--page 200] [--json FILE]
        [--python .local/bench/bin/python]

The limit is one COPY each into tables with the columns, constraints and indexes of
``discovery.listings`` and ``discovery.events``: what any way to load them must pay. Beside it a
first sync, the same again (unchanged), and again with a tenth changed, page by page. Records are
built beforehand; nothing is parsed or matched. CPU is processor time of client and server.

What others do with the same records: Airflow's ``PostgresHook.insert_rows`` writes the rows of both
tables into the identical ones, 1,000 a transaction, as it does by default; dlt merges the records
into a table of its own, which has no indexes or constraints but what dlt makes. dlt is run by the
Python that ``--python`` names, if it is there: see ``bench.peers``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.costs import Cost, cost_of, processor_time
from bench.tables import Table, report
from include.discovery.model import EventRecord, Pair, Price, SyncStats, Venue
from include.discovery.store.connection import Connection, connect
from include.discovery.store.loader import Loader
from include.discovery.store.migrate import migrate
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from localdev.postgres import EmbeddedPostgres
from tests.support.builders import KRAKOW, source, stored_pair

ROOT = Path(__file__).parents[1]
WARSAW = ZoneInfo("Europe/Warsaw")


_FOREIGN_KEYS = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid = %s::regclass
"""
_WRITTEN_COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


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


def identical(conn: Connection) -> list[tuple[str, list[bytes]]]:
    """Make tables identical to those that were loaded; return how to COPY what these hold."""
    conn.execute("CREATE SCHEMA identical")
    loads = []
    for table in ("events", "listings"):
        conn.execute(
            f"CREATE TABLE identical.{table} (LIKE discovery.{table} INCLUDING ALL)".encode()
        )
        for (constraint,) in conn.execute(_FOREIGN_KEYS, [f"discovery.{table}"]).fetchall():
            conn.execute(f"ALTER TABLE identical.{table} ADD {constraint}".encode())
        row = conn.execute(_WRITTEN_COLUMNS, [f"discovery.{table}"]).fetchone()
        assert row is not None
        columns = row[0]
        with conn.cursor().copy(f"COPY discovery.{table} ({columns}) TO STDOUT".encode()) as copy:
            rows = [bytes(each) for each in copy]
        loads.append((f"COPY identical.{table} ({columns}) FROM STDIN", rows))
    return loads


def copy_in(conn: Connection, loads: Sequence[tuple[str, Sequence[bytes]]]) -> None:
    """COPY rows that were written before."""
    for statement, rows in loads:
        with conn.cursor().copy(statement.encode()) as copy:
            for row in rows:
                copy.write(row)


def by_insert_rows(conn: Connection, url: str, folder: Path) -> Callable[[], object]:
    """Return what loads the rows into the identical tables, emptied, by Airflow's hook."""
    os.environ |= {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW_CONN_BENCH": url,
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }
    from airflow.providers.postgres.hooks.postgres import PostgresHook  # noqa: PLC0415  slow

    conn.execute("TRUNCATE identical.events, identical.listings")
    hook = PostgresHook("bench")
    loads = []
    for table in ("events", "listings"):
        row = conn.execute(_WRITTEN_COLUMNS, [f"discovery.{table}"]).fetchone()
        assert row is not None
        # The hook cannot write into identity columns: PostgreSQL gives its rows their ids.
        columns = [column for column in row[0].split(", ") if column != "id"]
        as_text = ", ".join(f"{column}::text" for column in columns)
        rows = conn.execute(f"SELECT {as_text} FROM discovery.{table}".encode()).fetchall()
        loads.append((f"identical.{table}", rows, columns))

    def insert() -> None:
        for table, rows, columns in loads:
            hook.insert_rows(table, rows, target_fields=columns)

    return insert


def by_dlt(python: Path, items: Sequence[EventRecord], url: str, folder: Path) -> float:
    """Merge records by dlt; return the processor time of that."""
    file = folder / "records.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{item.model_dump_json()}\n" for item in items)
    environment = {
        **os.environ,
        "DLT_DATA_DIR": str(folder),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
    }
    command = [python, Path(__file__).parent / "peers" / "dlt_load.py", file, url]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--page", type=int, default=200)
    parser.add_argument("--python", type=Path, default=ROOT / ".local" / "bench" / "bin" / "python")
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    items = records(options.records)
    tenth = options.records // 10
    changed = [*records(tenth, "Koncert zmieniony"), *items[tenth:]]
    costs: dict[str, Cost] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder)) as server,
        connect(server.url("discovery")) as conn,
    ):
        migrate(conn)
        pair = stored_pair(conn, KRAKOW, source())
        for label, batch in (
            ("first sync", items),
            ("again, unchanged", items),
            ("again, a tenth changed", changed),
        ):

            def load(label: str = label, batch: Sequence[EventRecord] = batch) -> object:
                return sync(conn, pair, label, batch, options.page)

            costs[label] = cost_of(lambda load=load: processor_time(load), conn, server.pid)
        loads = identical(conn)
        limit = cost_of(lambda: processor_time(lambda: copy_in(conn, loads)), conn, server.pid)
        url = server.url("discovery")
        insert = by_insert_rows(conn, url, Path(folder))
        costs["PostgresHook.insert_rows"] = cost_of(
            lambda: processor_time(insert), conn, server.pid
        )
        if options.python.exists():
            dlt = cost_of(
                lambda: by_dlt(options.python, items, url, Path(folder)), conn, server.pid
            )
            costs["dlt, merge"] = dlt
    table = Table(
        f"{options.records:,} records, pages of {options.page}",
        ("", "client CPU s", "server CPU s", "wall s", "WAL bytes each", "CPU us each", "to limit"),
        [
            (
                label, cost.client, cost.server, cost.wall, round(cost.wal / options.records),
                1e6 * cost.processor / options.records, cost.processor / limit.processor,
            )
            for label, cost in {"COPY into identical tables": limit, **costs}.items()
        ],
    )  # fmt: skip
    report([table], options.json)


if __name__ == "__main__":
    main()
