"""Items that are as they were: they are not read again, and nothing is different for it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from include.discovery.connectors.json_feed.map.mapper import Mapper
from include.discovery.errors import NetworkError
from include.discovery.fetch.client import HttpFetcher
from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync import versions
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import source, stored_pair

Item = dict[str, Any]
FIRST_NIGHT = datetime(2026, 2, 1, 0, 5, tzinfo=UTC)
SETTINGS: dict[str, Any] = {
    "url": "https://agenda.example/",
    "items": "events",
    "total": "total",
    "paging": {"by": "page", "total_pages": "pages"},
    "recurrence": {"rule": "rule"},
    "fields": {
        "external_id": "id",
        "title": "name",
        "starts_at": "at",
        "venue_name": "hall",
        "description": "text",
        "status": "status",
    },
    "horizon_days": 60,
    "request_retries": 0,
}
A_PAGE = 5


def item(number: int, day: int = 10, **members: Any) -> Item:
    """Make an item of an API: a show so many days after the first night."""
    at = (FIRST_NIGHT + timedelta(days=day)).date()
    return {
        "id": number,
        "name": f"Show {number}",
        "at": f"{at}T19:00",
        "hall": f"Hall {number % 3}",
        **members,
    }


def of(items: list[Item], night: int = 0, breaks_after: int | None = None) -> SyncEnvironment:
    """Build the environment of a sync that gets these items; its line may break after a page."""
    pages = [items[at : at + A_PAGE] for at in range(0, len(items), A_PAGE)] or [[]]
    now = FIRST_NIGHT + timedelta(days=night)

    def answer(request: httpx.Request) -> httpx.Response:
        if "page" not in request.url.params:  # an API of one document
            return httpx.Response(200, json={"events": items, "asked_at": str(now)})
        page = int(request.url.params["page"])
        if breaks_after is not None and page > breaks_after:
            raise httpx.ConnectError("the line is dead")
        shown = pages[page - 1] if page <= len(pages) else []
        total = len({one["id"] for one in items})
        body = {"events": shown, "total": total, "pages": len(pages)}
        return httpx.Response(200, json=body)

    return SyncEnvironment(
        lambda: now,
        lambda _: None,
        lambda settings, _: HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: now,
            transport=httpx.MockTransport(answer),
        ),
    )


def paged(conn: Connection, slug: str = "agenda", **settings: Any) -> Pair:
    return stored_pair(conn, source=source(slug, kind="json_feed", settings=SETTINGS | settings))


def sync(
    conn: Connection, pair: Pair, items: list[Item], night: int = 0, **options: Any
) -> SyncResult:
    return sync_pair(conn, pair, Attempt(f"night {night}"), of(items, night), **options)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note the ids of all items that are mapped to a record."""
    mapped: list[Any] = []
    original = Mapper._record

    def noted(self: Mapper, unit: Any) -> Any:
        mapped.append(unit.item.get("id"))
        return original(self, unit)

    monkeypatch.setattr(Mapper, "_record", noted)
    return mapped


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note every statement of every connection."""
    noted: list[str] = []
    with monkeypatch.context() as patch:
        execute = psycopg.Cursor.execute

        def noting(self: Any, query: Any, *args: Any, **options: Any) -> Any:
            noted.append(query.decode() if isinstance(query, bytes) else str(query))
            return execute(self, query, *args, **options)

        patch.setattr(psycopg.Cursor, "execute", noting)
        yield noted


def wal_of(conn: Connection, work: Callable[[], object]) -> tuple[int, int]:
    """Return how many records and bytes of WAL work writes, images of whole pages left out."""
    query = """
        SELECT wal_records, wal_bytes::bigint, wal_fpi
        FROM pg_stat_get_backend_wal(pg_backend_pid())
    """

    def now() -> tuple[Any, ...]:
        conn.execute("SELECT pg_stat_force_next_flush()")
        return conn.execute(query).fetchall()[0]

    records, size, images = now()
    work()
    records_after, size_after, images_after = now()
    return int(records_after - records), int(size_after - size - 8_192 * (images_after - images))


def test_on_an_unchanged_night_nothing_is_parsed_and_next_to_nothing_written(
    conn: Connection, read: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = paged(conn)
    items = [item(n, 3 + n % 50) for n in range(200)]
    sync(conn, pair, items)
    sync(conn, pair, items, 1)
    read.clear()
    results: list[SyncResult] = []

    with statements(monkeypatch) as executed:
        written = wal_of(conn, lambda: results.append(sync(conn, pair, items, 2)))

    assert results[0].complete
    assert (results[0].stats.fetched, results[0].stats.unchanged) == (200, 200)
    assert read == []
    assert not [query for query in executed if "CREATE TEMP" in query or "COPY" in query]
    assert len(executed) < 45
    assert written[0] < 40
    assert written[1] < 4_096


def test_small_pages_are_loaded_together(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = paged(conn)
    monkeypatch.setattr("include.discovery.sync.pair._PATIENCE", 600)  # however slow the machine

    with statements(monkeypatch) as executed:
        result = sync(conn, pair, [item(n) for n in range(300)])

    assert (result.stats.pages, result.stats.inserted) == (300 // A_PAGE, 300)
    assert len([query for query in executed if "CREATE TEMP TABLE incoming" in query]) == 2


def test_only_what_has_changed_is_read(conn: Connection, read: list[Any]) -> None:
    pair = paged(conn)
    items = [item(n) for n in range(12)]
    sync(conn, pair, items)
    read.clear()

    items[7] = item(7, name="Another show")
    result = sync(conn, pair, [item(99), *items], 1)

    assert read == [99, 7]
    assert (result.stats.inserted, result.stats.updated, result.stats.unchanged) == (1, 1, 11)


@pytest.mark.parametrize("change", ["code", "settings", "city"])
def test_everything_is_read_again_when_it_would_be_read_otherwise(
    conn: Connection, read: list[Any], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    pair = paged(conn)
    items = [item(n) for n in range(3)]
    sync(conn, pair, items)
    read.clear()

    if change == "code":
        monkeypatch.setattr(versions, "version_of_code", lambda: "newer")
    elif change == "settings":
        pair = pair.model_copy(update={"settings": {"language": "pl"}})
    else:
        assert pair.city
        pair = pair.model_copy(update={"city": pair.city.model_copy(update={"latitude": 50.5})})
    sync(conn, pair, items, 1)

    assert read == [0, 1, 2]


def test_of_an_api_of_one_document_only_what_has_changed_is_read(
    conn: Connection, read: list[Any]
) -> None:
    pair = paged(conn, paging={"by": "none"})
    items = [item(n, 30) for n in range(12)]
    sync(conn, pair, items)
    read.clear()

    items[7] = item(7, 30, name="Another show")
    result = sync(conn, pair, items, 1)

    assert read == [7]
    assert (result.stats.updated, result.stats.unchanged) == (1, 11)


def test_a_person_can_have_everything_read(conn: Connection, read: list[Any]) -> None:
    pair = paged(conn)
    items = [item(n) for n in range(3)]
    sync(conn, pair, items)
    read.clear()

    sync(conn, pair, items, 1, everything=True)

    assert read == [0, 1, 2]


def test_an_item_that_recurs_is_read_on_every_night(conn: Connection, read: list[Any]) -> None:
    pair = paged(conn)
    items = [item(1), item(2, rule="FREQ=WEEKLY")]
    sync(conn, pair, items)
    read.clear()

    result = sync(conn, pair, items, 7)

    assert set(read) == {2}
    assert result.stats.inserted == 1


def test_an_item_outside_the_window_is_read_when_the_window_reaches_it(
    conn: Connection, read: list[Any]
) -> None:
    pair = paged(conn)
    items = [item(1), item(2, 62)]
    sync(conn, pair, items)
    sync(conn, pair, items, 1)
    read.clear()

    assert sync(conn, pair, items, 2).stats.inserted == 1
    assert read == [2]


def test_rejected_items_are_counted_on_every_night(conn: Connection) -> None:
    pair = paged(conn)
    items = [item(1), item(2, at="never"), item(3)]
    first = sync(conn, pair, items)
    second = sync(conn, pair, items, 1)

    assert second.stats.rejected == first.stats.rejected != {}


def test_measures_of_known_items_are_those_of_reading_them(conn: Connection) -> None:
    pair = paged(conn)
    items = [item(1), item(2, hall=None), item(3)]
    sync(conn, pair, items)
    # The listing keeps its venue, though the item has it no more.
    items[0] = item(1, hall=None)
    sync(conn, pair, items, 1)
    sync(conn, pair, items, 2)

    found = conn.execute("SELECT measures FROM discovery.sync_runs ORDER BY id").fetchall()
    assert [measures["with_venue"] for (measures,) in found] == [2, 1, 1]
    assert [measures["with_time"] for (measures,) in found] == [3, 3, 3]


def test_a_known_item_that_is_gone_is_withdrawn_and_comes_back(conn: Connection) -> None:
    pair = paged(conn)
    items = [item(n, 30) for n in range(8)]
    sync(conn, pair, items)
    withdrawn = [sync(conn, pair, items[1:], night).stats.withdrawn for night in (1, 2, 3)]
    back = sync(conn, pair, items, 4)

    assert withdrawn == [0, 1, 0]
    assert back.stats.updated == 1


def test_what_was_seen_before_an_attempt_failed_is_not_missing_after_the_next(
    conn: Connection, read: list[Any]
) -> None:
    pair = paged(conn)
    items = [item(n, 30) for n in range(8)]
    sync(conn, pair, items)
    read.clear()

    with pytest.raises(NetworkError):
        sync_pair(conn, pair, Attempt("night 1"), of(items, 1, breaks_after=1))
    result = sync_pair(conn, pair, Attempt("night 1", try_number=2), of(items, 1))

    assert result.complete
    assert result.stats.fetched == 3  # it went on after the first page
    assert read == []
    missing = conn.execute(
        "SELECT count(*) FROM discovery.listings WHERE missing_since > '-infinity'"
    )
    assert missing.fetchone() == (0,)


def test_the_last_sight_of_a_listing_is_that_of_its_unread_item(conn: Connection) -> None:
    pair = paged(conn)
    items = [item(1, 30), item(2, 30)]
    sync(conn, pair, items)
    sync(conn, pair, items, 1)
    sync(conn, pair, items[:1], 2)
    query = """
        SELECT last_seen_at > (SELECT finished_at FROM discovery.sync_runs
            WHERE dag_run_id = %s) FROM discovery.event_sources ORDER BY external_id
    """

    after_first = conn.execute(query.encode(), ["night 0"]).fetchall()
    after_second = conn.execute(query.encode(), ["night 1"]).fetchall()

    assert after_first == [(True,), (True,)]
    assert after_second == [(True,), (False,)]


def test_sights_of_a_pair_that_always_fails_do_not_gather(conn: Connection) -> None:
    pair = paged(conn)
    items = [item(n, 30) for n in range(8)]
    sync(conn, pair, items)
    query = """
        SELECT external_id, last_seen_at > (SELECT finished_at FROM discovery.sync_runs
            WHERE dag_run_id = %s) FROM discovery.event_sources ORDER BY external_id
    """

    for night in range(1, 6):
        # The first listing is on the page that is read, by one night alone.
        shown = items if night == 2 else items[1:]
        with pytest.raises(NetworkError):
            sync_pair(conn, pair, Attempt(f"night {night}"), of(shown, night, breaks_after=1))

    count = conn.execute("SELECT count(*) FROM discovery.sights").fetchone()
    after_first = conn.execute(query.encode(), ["night 1"]).fetchall()
    after_second = conn.execute(query.encode(), ["night 2"]).fetchall()
    assert count == (2,)
    assert [seen for _, seen in after_first] == [True] * 6 + [False] * 2
    assert [seen for _, seen in after_second] == [False] + [True] * 5 + [False] * 2


LISTED = """
    SELECT l.external_id, l.title, l.starts_at, l.local_date, l.status, l.description, l.series_id,
        l.warnings, v.name, l.withdrawn_at IS NULL, l.missing_since
    FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id
    LEFT JOIN discovery.venues v ON v.id = l.venue_id
    WHERE s.slug = %s ORDER BY l.external_id
"""

COUNTED = """
    SELECT fetched, inserted, updated, unchanged + duplicates, withdrawn, rejected, measures,
        unidentified, complete
    FROM discovery.sync_runs WHERE source_slug = %s ORDER BY id DESC LIMIT 1
"""


def _change(items: list[Item], rng: random.Random, night: int) -> None:
    """Change one thing of a source, as sources change from one night to the next."""
    place, number = rng.randrange(len(items)), 100 * night + rng.randrange(100)
    one = items[place]
    members: list[Item] = [
        {"name": f"Renamed {number}"},
        {"text": rng.choice((None, "Words"))},
        {"at": item(0, night + 5)["at"]},
        {"at": "never"},
        {"status": rng.choice(("cancelled", None))},
    ]
    if [each["id"] for each in items].count(one["id"]) == 1:
        # Beside a copy, the order of two times within one sync decides which listing is which.
        members += [{"id": number}, {"rule": "FREQ=WEEKLY;COUNT=9"}]
    what = rng.randrange(6)
    if what < 3:
        items[place] = one | rng.choice(members)
    elif what == 3:
        items.insert(place, item(number, night + rng.randrange(-3, 70)))
    elif what == 4:
        items.insert(rng.randrange(len(items)), one | rng.choice(({}, {"name": "Twice"})))
    else:
        items.pop(place) if len(items) > 5 else rng.shuffle(items)


@pytest.mark.parametrize("paging", [SETTINGS["paging"], {"by": "none"}])
@pytest.mark.parametrize("seed", range(4))
def test_skipping_known_items_leaves_what_a_full_read_leaves(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, seed: int, paging: dict[str, str]
) -> None:
    rng = random.Random(seed)
    skipping, reading = (paged(conn, slug, paging=paging) for slug in ("skipping", "reading"))
    items = [item(n, rng.randrange(-3, 70)) for n in range(14)]
    night = 0
    for turn in range(14):
        for pair, everything in ((skipping, False), (reading, True)):
            attempt = Attempt(f"{pair.source.slug} {turn}")
            sync_pair(conn, pair, attempt, of(items, night), everything=everything)

        for query in (LISTED, COUNTED):
            skipped, full = (
                conn.execute(query.encode(), [slug]).fetchall() for slug in ("skipping", "reading")
            )
            assert skipped == full, f"turn {turn}, night {night}"

        items = list(items)
        for _ in range(rng.choice((0, 0, 1, 2, 4))):
            _change(items, rng, turn + 1)
        night += rng.choice((0, 1, 1, 1, 2, 9))
        if rng.random() < 0.1:
            newer = f"code of turn {turn}"
            monkeypatch.setattr(versions, "version_of_code", lambda newer=newer: newer)
        if rng.random() < 0.1:
            update = {"settings": {"language": rng.choice(("pl", "en"))}}
            skipping = skipping.model_copy(update=update)
            reading = reading.model_copy(update=update)
