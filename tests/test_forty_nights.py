"""Forty nights of a city whose sources change as real ones do, by a clock of its own.

Each source is a function of the night. What is written down for it by hand, under names that are
never sent, says which item is which show, whatever its id and its title are tonight: so that after
every night it can be checked that no id was lost, nothing withdrawn that is listed, nothing kept
that is gone and that nobody was asked about, and no row written for what is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import pytest

from include.discovery.model import Pair
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection
from include.discovery.store.queries.withdrawals import decided_approvals, open_approvals
from include.discovery.store.runs import Attempt
from include.discovery.store.withdrawal_approvals import Decision, decide
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import source, stored_pair
from tests.test_nights import MIDNIGHT, answering, outside_of

pytestmark = pytest.mark.slow

NIGHTS: Final = 40
ANNA: Final = Author("anna", "page")
SETTINGS: Final = {
    "url": "https://agenda.example/",
    "fields": {
        "external_id": "id", "title": "name", "starts_at": "at", "venue_name": "hall",
    },
    "request_retries": 0,
}  # fmt: skip

Item = dict[str, Any]
Night = Mapping[str, Item]
"""What a source lists on a night: show → item."""


def show(source: str, n: int, *, day: int | None = None, **changes: Any) -> Item:
    """Return an item of a show, whose day is counted from the first night."""
    on = MIDNIGHT.date() + timedelta(days=50 + n if day is None else day)
    values = {"id": f"{source}-{n}", "name": f"{TITLES[source]} no. {n}"}
    return {**values, "at": f"{on}T{10 + n % 12}:00", "hall": f"{source.title()} Hall", **changes}


TITLES: Final = {
    "steady": "Chamber music", "lively": "Jazz trio", "thinning": "Bird walk", "running": "Hamlet",
    "exporting": "Chess open", "renewed": "Silent film", "emptied": "Swing dance",
    "once": "Poetry slam", "halved": "Organ recital", "garbled": "Puppets", "hall": "Book fair",
}  # fmt: skip


def steady(_night: int) -> Night:
    """List the same shows for ever."""
    return {f"{n}": show("steady", n) for n in range(20)}


def lively(night: int) -> Night:
    """Gain a show a night, correct a title every third one, move a show every fourth one."""
    shows = {f"{n}": show("lively", n) for n in range(12 + night)}
    for n in range(12):
        if n % 3 == 0 and night >= 5 + n:
            shows[f"{n}"]["name"] += ", with an introduction"
        if n % 4 == 1 and night >= 8 + n:
            shows[f"{n}"]["at"] = show("lively", n, day=70 + n)["at"]
    return shows


def thinning(night: int) -> Night:
    """Drop a show every fifth night."""
    return {f"{n}": show("thinning", n) for n in range(30) if n >= night // 5}


def running(_night: int) -> Night:
    """List a show a day, also those that are over."""
    return {f"{n}": show("running", n, day=n + 1) for n in range(60)}


def exporting(night: int) -> Night:
    """Give every show a new id at every export."""
    return {f"{n}": show("exporting", n, id=f"{night}-{n}") for n in range(20)}


def renewed(night: int) -> Night:
    """Replace all ids once, and some titles with them."""
    shows = {f"{n}": show("renewed", n) for n in range(20)}
    if night >= 14:
        for n, item in enumerate(shows.values()):
            item["id"] = f"new-{n}"
            item["name"] += " (German)" if n % 7 == 0 else ""
    return shows


def emptied(night: int) -> Night:
    """List nothing from the tenth night on."""
    return {} if night >= 10 else {f"{n}": show("emptied", n) for n in range(15)}


def emptied_once(night: int) -> Night:
    """List nothing on one night."""
    return {} if night == 15 else {f"{n}": show("once", n) for n in range(15)}


def halved(night: int) -> Night:
    """Lose half of the shows at once, and one more much later."""
    lost = 0 if night < 8 else 10 if night < 25 else 11
    return {f"{n}": show("halved", n) for n in range(20) if n >= lost}


def garbled(night: int) -> Night:
    """List an item that cannot be read and has no id, and lose a show."""
    shows = {f"{n}": show("garbled", n) for n in range(20) if n or night < 6}
    return {**shows, "unreadable": {"name": "Something", "at": "never"}}


def hall(night: int) -> Night:
    """List shows that the portal has, too, and give two of them new titles."""
    return {f"shared {n}": _retitled(show("hall", n), n, night >= 12) for n in range(12)}


def portal(night: int) -> Night:
    """List the hall's shows under ids of its own; a new title arrives a night later."""
    return {
        f"shared {n}": _retitled(show("hall", n, id=f"portal-{n}"), n, night >= 13)
        for n in range(12)
    }


def _retitled(item: Item, n: int, is_retitled: bool) -> Item:
    return {**item, "name": f"{item['name']}, an evening"} if is_retitled and n < 2 else item


FEEDS: Final[Mapping[str, Callable[[int], Night]]] = {
    feed.__name__.replace("_", "-"): feed
    for feed in (
        steady, lively, thinning, running, exporting, renewed, emptied, emptied_once, halved,
        garbled, hall, portal,
    )
}  # fmt: skip

DECISIONS: Final[Mapping[tuple[int, str], Decision]] = {
    (20, "emptied"): "confirm",
    (14, "halved"): "keep",
}
"""What a person decides before a night, of which source."""

WITHDRAWN: Final[Mapping[str, Mapping[int, int]]] = {
    # Dropped on the nights 5, 10, … and withdrawn one night later.
    "thinning": dict.fromkeys(range(6, NIGHTS, 5), 1),
    "halved": {26: 1},
}
"""How many listings the runs of a source withdraw, by night."""


@dataclass
class City:
    """The database beside what was written down."""

    conn: Connection
    pairs: dict[str, Pair]
    published: dict[tuple[str, str], int] = field(default_factory=dict)
    """Of each show of a source: the id of its event when it was first seen."""
    gone: dict[tuple[str, str], int] = field(default_factory=dict)
    """Of each show that its source has dropped: the first night without it."""
    results: dict[str, list[SyncResult]] = field(default_factory=dict)
    asked: dict[str, list[int]] = field(default_factory=dict)
    """Source → the nights that end with an open approval."""

    def live_through(self, night: int) -> None:
        for slug, feed in FEEDS.items():
            if decision := DECISIONS.get((night, slug)):
                self.decide(slug, decision, night)
            before = set(feed(night - 1)) if night else set()
            for name in before - feed(night).keys():
                self.gone[slug, name] = night
            for name in feed(night):
                self.gone.pop((slug, name), None)
            items = list(feed(night).values())
            result = sync_pair(
                self.conn,
                self.pairs[slug],
                Attempt(f"night {night}"),
                outside_of(night, answering(items)),
            )
            self.results.setdefault(slug, []).append(result)
        for approval in open_approvals(self.conn):
            self.asked.setdefault(approval["source"], []).append(night)

    def decide(self, slug: str, decision: Decision, night: int) -> None:
        (approval,) = [each for each in open_approvals(self.conn) if each["source"] == slug]
        now = MIDNIGHT + timedelta(days=night)
        assert decide(self.conn, approval["id"], decision, decided_by=ANNA, now=now)

    def listings(self, slug: str) -> dict[str, dict[str, Any]]:
        """Return what is stored of a source, by external id."""
        columns = ("external_id", "event_id", "local_date", "is_withdrawn", "is_held")
        found = self.conn.execute(
            "SELECT l.external_id, l.event_id, l.local_date, l.withdrawn_at IS NOT NULL, EXISTS ("
            "   SELECT FROM discovery.withdrawal_approval_listings al"
            "   JOIN discovery.withdrawal_approvals a ON a.id = al.approval_id"
            "   WHERE al.listing_id = l.id AND (a.decision IS NULL OR a.decision = 'keep'))"
            " FROM discovery.listings l WHERE l.city_source_id = %s",
            [self.pairs[slug].id],
        )
        return {row[0]: dict(zip(columns, row, strict=True)) for row in found}

    def events_now(self) -> dict[int, int]:
        """Return the event that each published id leads to."""
        found = self.conn.execute(
            "SELECT id, id FROM discovery.events UNION ALL"
            " SELECT old_id, event_id FROM discovery.event_redirects"
        )
        return dict(found.fetchall())

    def check_ids(self, night: int) -> None:
        now = self.events_now()
        for slug, feed in FEEDS.items():
            stored = self.listings(slug)
            for name, item in feed(night).items():
                if item["at"] == "never" or item["at"] < f"{_day(night)}T24":
                    continue
                event = stored[item["id"]]["event_id"]
                first = self.published.setdefault((slug, name), event)
                assert now[first] == event, f"night {night}: {slug} {name}"

    def check_withdrawals(self, night: int) -> None:
        for slug, feed in FEEDS.items():
            listed = {item["id"] for item in feed(night).values() if "id" in item}
            stored = self.listings(slug)
            assert not {one for one in listed & stored.keys() if stored[one]["is_withdrawn"]}, (
                f"night {night}: {slug} has withdrawn what is listed"
            )
            for name in (name for of, name in self.gone if of == slug):
                first = self.gone[slug, name]
                row = stored[feed(first - 1)[name]["id"]]
                if row["is_withdrawn"]:
                    assert night > first, f"night {night}: {slug} {name} went at once"
                elif night >= first + 2 and row["local_date"] > _day(night):
                    assert row["is_held"], f"night {night}: {slug} {name} is stale"


def _day(night: int) -> date:
    return (MIDNIGHT + timedelta(days=night)).date()


def versions(conn: Connection, table: str, where: str = "true") -> dict[int, str]:
    """Return the transaction that has written each row."""
    query = f"SELECT id, xmin::text FROM discovery.{table} WHERE {where}"
    return dict(conn.execute(query.encode()).fetchall())


def test_forty_nights_of_changing_sources_lose_no_id_and_leave_nothing_stale(
    conn: Connection,
) -> None:
    pairs = {
        slug: stored_pair(conn, source=source(slug, kind="json_feed"), settings=SETTINGS)
        for slug in FEEDS
    }
    city = City(conn, pairs)
    of_steady = f"city_source_id = {pairs['steady'].id}"
    written = []

    for night in range(NIGHTS):
        events = versions(conn, "events")
        steady_rows = versions(conn, "listings", of_steady)

        city.live_through(night)

        city.check_ids(night)
        city.check_withdrawals(night)
        written.append(versions(conn, "listings", of_steady) != steady_rows)
        now = versions(conn, "events")
        changed = {one for one in events.keys() & now.keys() if events[one] != now[one]}
        if night:
            assert changed <= may_change(city, night), f"night {night}"

    runs = {
        slug: {n: each.stats.withdrawn for n, each in enumerate(results) if each.stats.withdrawn}
        for slug, results in city.results.items()
    }
    assert {slug: nights for slug, nights in runs.items() if nights} == WITHDRAWN
    assert city.asked == {
        "emptied": list(range(11, 20)),
        "halved": list(range(9, 14)),
        "garbled": list(range(8, NIGHTS)),
    }
    decided = {each["source"]: each for each in decided_approvals(conn, 10)}
    assert {slug: each["decision"] for slug, each in decided.items()} == {
        "emptied": "confirm", "halved": "keep",
    }  # fmt: skip
    assert decided["emptied"]["withdrawn"] == 15
    # What has not changed is read once a week.
    assert sum(written) <= 1 + NIGHTS // 7
    assert all(not result.warnings for result in city.results["emptied-once"][17:])
    for slug, nights in city.asked.items():
        for night in nights:
            assert "approval" in " ".join(city.results[slug][night].warnings)


def may_change(city: City, night: int) -> set[int]:
    """Return the events of which a source says something else than on the night before."""
    found = set()
    for slug, feed in FEEDS.items():
        before, now = feed(night - 1), feed(night)
        for name, item in now.items():
            if name in before and {**before[name], "id": ""} != {**item, "id": ""}:
                found.add(city.published[slug, name])
    rows = city.conn.execute(
        "SELECT event_id FROM discovery.listings WHERE withdrawn_at IS NOT NULL"
    )
    gone = {row[0] for row in rows}
    now = city.events_now()
    return {now[one] for one in found} | gone
