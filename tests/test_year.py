"""A year of forty pairs, by a clock of its own: what is told is what was written down by hand.

The real store keeps the runs and the real functions plan, judge and tell; only what each source
does on each night is scripted, and ``now()`` is that night.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from psycopg.types.json import Jsonb

from include.discovery.configuration import PairConfiguration
from include.discovery.due import RunTime
from include.discovery.errors import Parking
from include.discovery.health.measures import Measures
from include.discovery.model import City, Pair, SyncStats, Window
from include.discovery.monitoring.alerting import send_waiting, tell
from include.discovery.monitoring.messages import Places
from include.discovery.settings import Settings
from include.discovery.store import edits, runs
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection
from include.discovery.store.plans import end_plan, plan_pairs
from include.discovery.store.runs import Attempt, PageResult
from include.discovery.sync.conclusions import conclude
from tests.support.builders import KRAKOW, source, stored_pair

pytestmark = pytest.mark.slow

YEAR: Final = 2026
CITIES: Final = ("berlin", "helsinki", "krakow", "lisbon", "madrid", "paris", "prague", "rome")
SOURCES: Final = ("clubs", "library", "museums", "theatres", "tickets")
UTC_ZONE: Final = ZoneInfo("UTC")


@dataclass(frozen=True)
class Night:
    """What a source does on a night; by default it lists its events."""

    fails: str | None = None
    """Category of its failure."""
    parks: timedelta | None = None
    events: int | None = None
    """How many events it lists, where that is not the usual number."""
    without_venues: bool = False
    is_partial: bool = False
    first_try_fails: bool = False
    is_killed: bool = False


FAILS = Night(fails="server")
GONE = Night(fails="not_found")
CHANGED = Night(fails="parsing")
REFUSES_THE_KEY = Night(fails="authentication")
THROTTLES = Night(fails="rate_limited", parks=timedelta(hours=20))
EMPTY = Night(events=0)
REDESIGNED = Night(without_venues=True)
PARTIAL = Night(is_partial=True)
RECOVERS = Night(first_try_fails=True)
KILLED = Night(is_killed=True)

SCRIPT: Final[tuple[tuple[str, str, str, Night], ...]] = (
    # An outage of a week, and one of a provider with a pair in every city.
    ("krakow tickets", "03-03", "03-09", FAILS),
    ("* tickets", "06-10", "06-13", FAILS),
    # Two bad nights are over by themselves; so is what a second try cures.
    *(("berlin clubs", f"{month:02}-10", f"{month:02}-11", FAILS) for month in range(1, 13)),
    ("madrid theatres", "01-02", "06-30", RECOVERS),
    # Throttled for a night, and for so long that it is a problem.
    ("helsinki clubs", "04-01", "04-02", THROTTLES),
    ("madrid clubs", "09-01", "09-10", THROTTLES),
    # Zero, silently: for two weeks, and for four months.
    ("rome tickets", "10-05", "10-20", EMPTY),
    ("rome museums", "05-01", "08-31", EMPTY),
    # Theatres close in summer. One stays closed too long; one breaks while it is closed.
    ("* theatres", "07-01", "08-31", EMPTY),
    ("paris theatres", "09-01", "09-05", EMPTY),
    ("prague theatres", "07-10", "07-14", FAILS),
    # A redesign: the parser finds nothing, or everything but the venues.
    ("lisbon museums", "02-10", "02-24", CHANGED),
    ("madrid museums", "11-01", "11-12", REDESIGNED),
    ("paris museums", "03-20", "03-21", REDESIGNED),
    # A key that was withdrawn.
    ("berlin library", "08-15", "08-18", REFUSES_THE_KEY),
    # Mutes: after the alert, before it, and over the recovery.
    ("helsinki library", "04-10", "06-20", FAILS),
    ("lisbon library", "10-01", "10-31", FAILS),
    ("prague library", "03-01", "03-10", FAILS),
    # Disabled while it fails.
    ("paris clubs", "05-05", "12-31", GONE),
    # Due once a week, and every night while it fails.
    ("rome library", "02-05", "02-06", FAILS),
    ("rome library", "03-05", "03-08", FAILS),
    # Out of one trouble into another.
    ("krakow museums", "07-01", "07-05", FAILS),
    ("krakow museums", "07-06", "07-08", EMPTY),
    # New, and wrong from the first night on.
    ("prague clubs", "06-01", "06-05", GONE),
    # Every second night, for two months.
    *(
        ("lisbon clubs", f"{day:%m-%d}", f"{day:%m-%d}", FAILS)
        for day in (date(YEAR, 1, 10) + timedelta(days=2 * n) for n in range(30))
    ),
    # Few events, and for a while none.
    ("krakow library", "02-01", "02-05", EMPTY),
    ("paris tickets", "02-01", "02-20", PARTIAL),
    ("krakow clubs", "04-20", "04-22", KILLED),
    ("berlin museums", "09-10", "09-16", FAILS),
)

EXPECTED: Final = """
02-12 failing lisbon museums
02-25 recovered lisbon museums
03-03 failing prague library
03-05 failing krakow tickets
03-07 failing rome library
03-09 recovered rome library
03-10 recovered krakow tickets
04-12 failing helsinki library
04-22 failing krakow clubs
04-23 recovered krakow clubs
05-01 empty rome museums
05-01 failing helsinki library
05-07 failing paris clubs
06-03 failing prague clubs
06-06 recovered prague clubs
06-12 failing berlin tickets
06-12 failing helsinki tickets
06-12 failing krakow tickets
06-12 failing lisbon tickets
06-12 failing madrid tickets
06-12 failing paris tickets
06-12 failing prague tickets
06-12 failing rome tickets
06-14 recovered berlin tickets
06-14 recovered helsinki tickets
06-14 recovered krakow tickets
06-14 recovered lisbon tickets
06-14 recovered madrid tickets
06-14 recovered paris tickets
06-14 recovered prague tickets
06-14 recovered rome tickets
06-21 recovered helsinki library
07-03 failing krakow museums
07-06 empty krakow museums
07-09 recovered krakow museums
07-12 failing prague theatres
07-15 recovered prague theatres
08-15 failing berlin library
08-19 recovered berlin library
09-01 empty paris theatres
09-01 recovered rome museums
09-03 stale madrid clubs
09-06 recovered paris theatres
09-11 recovered madrid clubs
09-12 failing berlin museums
09-17 recovered berlin museums
10-05 empty rome tickets
10-16 failing lisbon library
10-21 recovered rome tickets
11-01 recovered lisbon library
11-03 doubtful madrid museums
11-13 recovered madrid museums
"""
"""What a person would want to be told, and when: written by hand, by the rules of the guide."""

MUTES: Final = (
    # On this day, this pair, until that day.
    ("04-15", "helsinki library", "04-30"),
    ("09-30", "lisbon library", "10-15"),
    ("03-04", "prague library", "03-20"),
)
DOWN: Final = ("12-01", "12-05")
"""Nothing runs on these nights: Airflow itself is down."""
MAIL_DOWN: Final = ("03-05",)
"""What should be sent on these nights is sent with the next run."""

MONITORING: Final[Mapping[str, dict[str, Any]]] = {
    "theatres": {"expected_empty": [{"first": "07-01", "last": "08-31"}]},
    "museums": {"assertions": {"with_venue": {"least": 0.8}}},
}
USUAL: Final[Mapping[str, int]] = {"krakow library": 2}


def day_of(text: str) -> date:
    return date.fromisoformat(f"{YEAR}-{text}")


def nights(first: str, last: str) -> Iterable[date]:
    start, end = day_of(first), day_of(last)
    return (start + timedelta(days=n) for n in range((end - start).days + 1))


def scripted() -> dict[tuple[str, date], Night]:
    """Return what happens to which pair on which night."""
    script: dict[tuple[str, date], Night] = {}
    for whose, first, last, behaviour in SCRIPT:
        city, of = whose.split()
        for name in CITIES if city == "*" else (city,):
            for day in nights(first, last):
                script[f"{name} {of}", day] = behaviour
    return script


class Clock:
    """What ``now()`` says to every statement of a connection, and to the functions called here."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.time = datetime(YEAR, 1, 1, tzinfo=UTC)
        conn.execute(
            "CREATE SCHEMA clock; CREATE FUNCTION clock.now() RETURNS timestamptz STABLE"
            " LANGUAGE sql AS $$ SELECT current_setting('clock.now')::timestamptz $$"
        )
        # Before the system's own functions, which otherwise come first.
        conn.execute("SET search_path = clock, pg_catalog")

    def set(self, day: date, at: time) -> None:
        self.time = datetime.combine(day, at, UTC)
        self._conn.execute("SELECT set_config('clock.now', %s, false)", [self.time.isoformat()])

    def __call__(self) -> datetime:
        return self.time


def configured(conn: Connection) -> dict[int, str]:
    """Configure forty pairs; return the name of each by its id."""
    names = {}
    for of in SOURCES:
        for place in CITIES:
            city = City(**{**KRAKOW.model_dump(), "slug": place, "name": place.title()})
            name = f"{place} {of}"
            pair = stored_pair(
                conn,
                city,
                source(of),
                frequency_hours=168 if name == "rome library" else 24,
                enabled=name != "prague clubs",
            )
            names[pair.id] = name
        conn.execute(
            "UPDATE discovery.sources SET monitoring = %s WHERE slug = %s",
            [Jsonb(MONITORING.get(of, {})), of],
        )
    return names


def edit(conn: Connection, name: str, **changes: Any) -> None:
    """Change a pair as a person does."""
    city, of = name.split()
    row = conn.execute(
        "SELECT cs.version, cs.enabled, cs.frequency_hours FROM discovery.city_source cs"
        " JOIN discovery.sources s ON s.id = cs.source_id"
        " JOIN discovery.cities c ON c.id = cs.city_id WHERE c.slug = %s AND s.slug = %s",
        [city, of],
    ).fetchone()
    assert row is not None
    values = {"city": city, "source": of, "enabled": row[1], "frequency_hours": row[2], **changes}
    pair = PairConfiguration.model_validate(values)
    edits.change(conn, pair, version=row[0], changed_by=Author("operator", "page"))


def edits_of(conn: Connection, day: date) -> None:
    """Do what people do on a day."""
    for on, name, until in MUTES:
        if day == day_of(on):
            mute = {"issue": "https://issues.example/1", "until": f"{YEAR}-{until}"}
            edit(conn, name, monitoring={"mute": mute})
    if day == day_of("05-20"):
        edit(conn, "paris clubs", enabled=False)
    if day == day_of("06-01"):
        edit(conn, "prague clubs", enabled=True)


def usual(name: str, day: date) -> int:
    """Return how many events a pair lists: a few more or less each night."""
    base = USUAL.get(name)
    return base if base is not None else 100 + (day.toordinal() * 7 + len(name)) % 11


def happen(
    conn: Connection, pair: Pair, attempt: Attempt, night: Night, events: int, now: datetime
) -> None:
    """Let an attempt do what the script says, through the store as a sync does."""
    opened = runs.begin(conn, pair, attempt)
    if night.is_killed:
        return
    if night.fails:
        parking = Parking(night.parks, "rate limited") if night.parks else None
        runs.fail(conn, opened.id, category=night.fails, message="as scripted", parking=parking)
        return
    measures = Measures(
        events=events, with_venue=0 if night.without_venues else events, with_time=events
    )
    runs.advance(
        conn,
        opened.id,
        PageResult(
            SyncStats(fetched=events, unchanged=events, pages=1),
            gaps=("page 2 is missing",) if night.is_partial else (),
            measures=measures,
        ),
    )
    if pair.source.slug == "museums" or night == EMPTY:
        conclude(
            conn,
            pair,
            opened.id,
            measures=measures,
            window=Window(now.date(), now.date() + timedelta(days=90)),
            sync_started_at=opened.sync_started_at,
            now=now,
            limit=timedelta(hours=1),
        )
    runs.finish(conn, opened.id, complete=not night.is_partial)


def trials(conn: Connection, by_name: Mapping[str, Pair], day: date) -> None:
    """Let a person try things out: a trial neither spoils nor repairs the health of a pair."""
    if day == day_of("09-13"):
        opened = runs.begin(conn, by_name["berlin museums"], Attempt(f"trial-{day}"), limit=5)
        runs.advance(conn, opened.id, PageResult(SyncStats(fetched=5, unchanged=5, pages=1)))
        runs.finish(conn, opened.id, complete=False)
    if day_of("09-20") <= day <= day_of("09-27"):
        for n in range(3):
            attempt = Attempt(f"trial-{day}-{n}")
            opened = runs.begin(conn, by_name["helsinki museums"], attempt, limit=5)
            runs.fail(conn, opened.id, category="server", message="a trial")


def live_through(conn: Connection) -> list[dict[str, Any]]:
    """Live through the year; return what was sent, in its order."""
    # The same few statements, a hundred thousand times.
    conn.prepare_threshold = 5
    names = configured(conn)
    script = scripted()
    clock = Clock(conn)
    sent: list[dict[str, Any]] = []
    pairs: dict[str, Pair] = {}

    def send(_channel: str, content: Mapping[str, str]) -> None:
        if f"{clock.time:%m-%d}" in MAIL_DOWN:
            raise ConnectionError("the mail server does not answer")
        sent.append(json.loads(content["json"]))

    for day in nights("01-01", "12-31"):
        if day_of(DOWN[0]) <= day <= day_of(DOWN[1]):
            continue
        run = f"scheduled__{day}"
        clock.set(day, time(0, 0, 5))
        edits_of(conn, day)
        runs.close_interrupted(conn, run)
        meant = datetime.combine(day, time(), UTC_ZONE)
        planned = plan_pairs(conn, run, RunTime(clock.time, meant), capacity=100)
        clock.set(day, time(0, 5))
        for index, pair in enumerate(planned.pairs):
            name = names[pair.id]
            pairs[name] = pair
            night = script.get((name, day), Night())
            events = usual(name, day) if night.events is None else night.events
            first = FAILS if night.first_try_fails else night
            happen(conn, pair, Attempt(run, index), first, events, clock.time)
            if night.first_try_fails:
                happen(conn, pair, Attempt(run, index, 2), Night(), events, clock.time)
        trials(conn, pairs, day)
        clock.set(day, time(0, 30))
        runs.close_interrupted(conn, run)
        end_plan(conn, run)
        # The task is repeated now and then, as after a restart of its worker.
        for _ in range(2 if day.day % 7 == 0 else 1):
            tell(conn, run, ["mail"], Settings(), Places(), clock.time, is_scheduled=True)
            send_waiting(conn, send, clock)
    return sent


def test_a_year_of_forty_pairs_is_told_as_a_person_would_have_told_it(conn: Connection) -> None:
    sent = live_through(conn)

    told = [
        f"{message['run_id'].removeprefix(f'scheduled__{YEAR}-')} {pair['condition']} "
        f"{pair['city']} {pair['source']}"
        for message in sent
        for pair in message["pairs"]
        if pair["condition"] != "muted"
    ]
    assert sorted(told) == EXPECTED.strip().splitlines()
    by_run = defaultdict(list)
    for message in sent:
        by_run[message["run_id"]].append(message)
    assert [run for run, messages in by_run.items() if len(messages) > 1] == []
    outbox = conn.execute(
        "SELECT state, count(*), max(attempts) FROM discovery.alert_messages GROUP BY state"
    ).fetchall()
    assert outbox == [("sent", len(sent), 2)], "the mail server was down for one night"
    muted = {pair["pair"] for m in sent for pair in m["pairs"] if pair["condition"] == "muted"}
    assert muted == {"helsinki · library", "lisbon · library", "prague · library"}
    still_open = conn.execute("SELECT count(*) FROM discovery.alerts WHERE closed_at IS NULL")
    assert still_open.fetchone() == (0,)
