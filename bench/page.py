"""How long the page's server takes for each of its answers, with years of data.

    python -m bench.page [--pairs 1000] [--runs 1000000] [--listings 2000000] [--repeat 40]
        [--database URL]

Fills both databases (embedded PostgreSQL; some minutes), then asks every address of the API as the
browser does, through the whole app: login, rights, queries, JSON. Prints the best time, p50, p95
and the size of each answer; one whose p95 is above 100 ms is marked. Then it asks PostgreSQL for
the plan of every statement that was executed meanwhile, and of every query there is, and names
those that read a large table whole. Exits with 1 if there is any of either.

With ``--database`` a discovery database that was filled before is asked, and left as it is.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from bench.statistics import fill_metadata, migrate_metadata, milliseconds, percentile
from include.discovery.store.connection import Connection, connect
from include.discovery.store.migrate import migrate
from include.discovery.store.queries.events import count_events
from localdev.postgres import EmbeddedPostgres
from tests.support.plans_of_queries import (
    Recorder,
    Sample,
    Statement,
    statements_of_queries,
    whole_reads,
)
from tests.support.volume import Volume, fill

LIMIT_MS = 100.0
LARGE = 100_000
"""Rows of a table that must not be read whole."""
NOT_MEASURED = {"/api/openapi.json", "/api/health"}
"""Asked by no view of the page."""


def _pair(conn: Connection, pair: int) -> str:
    row = conn.execute(
        "SELECT format('source=%%s&city=%%s', s.slug, c.slug) FROM discovery.city_source cs"
        " JOIN discovery.sources s ON s.id = cs.source_id"
        " JOIN discovery.cities c ON c.id = cs.city_id WHERE cs.id = %s", [pair],
    ).fetchone()  # fmt: skip
    assert row is not None
    return str(row[0])


def _kept_answer(conn: Connection) -> int:
    row = conn.execute("SELECT max(id) FROM discovery.kept_answers").fetchone()
    assert row is not None
    return int(row[0])


def _addresses(conn: Connection) -> dict[str, list[str]]:
    """Return what is asked of routes with parameters, by the path of the route."""
    sample = Sample.of(conn)
    large, small = _pair(conn, sample.pair), _pair(conn, sample.quiet_pair)
    searches = ("", "?text=theatre", "?text=b9f35", "?text=theatre+artist&city=city-0",
                "?city=city-0", "?source=source-0", "?source=source-199", "?category=Jazz",
                "?status=cancelled", "?status=withdrawn", "?duplicates=true", "?when=past",
                f"?changed_since={time.strftime('%Y-%m-%d')}")  # fmt: skip
    return {
        "/api/city/{slug}": ["/api/city/city-0", "/api/city/city-99"],
        "/api/pair": [f"/api/pair?{large}", f"/api/pair?{small}"],
        "/api/kinds/{kind}": ["/api/kinds/icalendar"],
        "/api/source/{slug}": ["/api/source/source-0", "/api/source/source-199"],
        "/api/events": [f"/api/events{query}" for query in searches],
        "/api/events/{event_id}": [f"/api/events/{sample.event}"],
        "/api/events/{event_id}/judgements": [f"/api/events/{sample.event}/judgements"],
        "/api/venues": [
            "/api/venues?city=city-0",
            "/api/venues?text=theatre",
            "/api/venues?text=theatre&city=city-0",
        ],
        "/api/known-cities": ["/api/known-cities?name=krak"],
        "/api/run": [f"/api/run?run={sample.run}"],
        "/api/charts": [
            "/api/charts",
            "/api/charts?days=90",
            "/api/charts?days=90&city=city-0",
            "/api/charts?days=90&source=source-0",
        ],
        "/api/errors": ["/api/errors?days=7", "/api/errors?days=30"],
        "/api/errors/answers/{answer_id}": [f"/api/errors/answers/{_kept_answer(conn)}"],
        "/api/cities/{slug}/removal": ["/api/cities/city-0/removal"],
        "/api/sources/{slug}/removal": ["/api/sources/source-0/removal"],
        "/api/pairs/removal": [f"/api/pairs/removal?{large}"],
    }


@contextmanager
def _page(url: str, recorder: Recorder) -> Iterator[Any]:
    """Give a client of the app, logged in, whose statements are recorded."""
    os.environ["AIRFLOW__API_AUTH__JWT_SECRET"] = "a-secret-of-the-benchmark" * 4
    # Airflow reads where its database is when it is imported.
    from airflow.api_fastapi.app import create_auth_manager  # noqa: PLC0415
    from fastapi.testclient import TestClient  # noqa: PLC0415

    from include.discovery.web.app import create_app  # noqa: PLC0415
    from include.discovery.web.database import DiscoveryDatabase  # noqa: PLC0415
    from include.discovery.web.services import Services  # noqa: PLC0415
    from tests.web.page_support import token  # noqa: PLC0415

    create_auth_manager()

    def connected() -> Connection:
        conn = connect(url)
        conn.cursor_factory = recorder.cursor
        return conn

    app = create_app(Services(database=DiscoveryDatabase(connected)))
    headers = {"Authorization": f"Bearer {token('admin')}"}
    with TestClient(app, base_url="http://airflow.test", headers=headers) as client:
        yield client


def _all_addresses(app: FastAPI, asked: dict[str, list[str]]) -> Iterator[tuple[str, bool]]:
    """Name what is asked of every route that answers something, those without parameters included.

    With each goes whether it can be asked: what a new route needs, nobody may have said yet.
    """
    for route in app.routes:
        if not isinstance(route, APIRoute) or "GET" not in route.methods:
            continue
        if not route.path.startswith("/api/") or route.path in NOT_MEASURED:
            continue
        needs = [field for field in route.dependant.query_params if field.field_info.is_required()]
        is_known = route.path in asked or not (needs or "{" in route.path)
        yield from ((address, is_known) for address in asked.get(route.path, [route.path]))


def _measure(url: str, repeat: int) -> tuple[bool, list[Statement]]:
    """Print a line for each address; whether all are quick, and what was executed."""
    recorder = Recorder()
    is_quick = True
    with connect(url) as conn, _page(url, recorder) as client:
        addresses = list(_all_addresses(client.app, _addresses(conn)))
        print(f"{'':58}{'best ms':>9}{'p50 ms':>9}{'p95 ms':>9}{'kB':>8}")
        for address, is_known in addresses:
            if not is_known:
                is_quick = False
                print(f"{address:58} not measured: say in _addresses what to ask")
                continue
            recorder.call = address
            answer = client.get(address)
            if answer.is_error:
                is_quick = False
                print(f"{address[:57]:58} answers {answer.status_code}: {answer.text[:80]}")
                continue
            taken = milliseconds(lambda address=address: client.get(address), repeat)
            p95 = percentile(taken, 0.95)
            mark = "" if p95 <= LIMIT_MS else "  above 100 ms"
            is_quick = is_quick and not mark
            size = len(answer.content) / 1000
            print(f"{address[:57]:58}{taken[0]:9,.1f}{statistics.median(taken):9,.1f}{p95:9,.1f}"
                  f"{size:8,.0f}{mark}",
                  flush=True)  # fmt: skip
        counting = milliseconds(lambda: count_events(conn), 5)
        print(f"{'(counting all events: at most once in 30 s)':58}{counting[0]:9,.1f}"
              f"{statistics.median(counting):9,.1f}{counting[-1]:9,.1f}")  # fmt: skip
    return is_quick, recorder.statements


def _plans(url: str, executed: list[Statement]) -> bool:
    """Say which statements read a large table whole; whether there is none."""
    with connect(url) as conn:
        statements = executed + statements_of_queries(conn)
        found = sorted(set(whole_reads(conn, statements, LARGE)))
    texts = {statement.query for statement in statements}
    print(f"{len(texts)} statements; read a large table whole: {len(found)}")
    for each in found:
        print(f"  {each}")
    return not found


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--listings", type=int, default=2_000_000)
    parser.add_argument("--repeat", type=int, default=40)
    parser.add_argument("--database", help="URL of a discovery database that is filled already")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder) / "postgres", durable=False) as server,
    ):
        metadata = server.url("airflow")
        migrate_metadata(
            metadata.replace("postgresql://", "postgresql+psycopg2://", 1), Path(folder)
        )
        fill_metadata(metadata, options.runs)
        url = options.database or server.url("discovery")
        if options.database is None:
            began = time.perf_counter()
            with connect(url) as conn:
                migrate(conn)
                fill(conn, Volume(options.pairs, options.runs, options.listings))
            print(f"{options.pairs:,} pairs, {options.runs:,} runs, {options.listings:,} listings; "
                  f"filled in {time.perf_counter() - began:.0f} s")  # fmt: skip
        is_quick, executed = _measure(url, options.repeat)
        is_indexed = _plans(url, executed)
    return 0 if is_quick and is_indexed else 1


if __name__ == "__main__":
    sys.exit(main())
