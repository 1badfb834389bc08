"""``venues``: which there are, which may be one, and what people say of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from include.discovery.model import SourceRole, Venue
from include.discovery.store.audit import read_changes
from include.discovery.store.connection import Connection
from tests.cli.command_support import Run, json_lines
from tests.support.builders import PARIS, WARSAW, event, source, stored_events, stored_pair

WHY = ("--reason", "the sign says so")
SOON = datetime.now(WARSAW).replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def ids(conn: Connection) -> tuple[int, int]:
    """Two sources list the same three titles, each at a venue of its own."""
    found = []
    for slug, name in (("house", "Stary Młyn"), ("portal", "Remise Nine")):
        place = Venue(name=name, locality="Kraków", country="PL")
        stored_events(
            conn,
            stored_pair(conn, source=source(slug)),
            [
                event(f"{slug} {n}", title=title, venue=place, starts_at=SOON + timedelta(days=n))
                for n, title in enumerate(("Jazz", "Tango", "Waltz"))
            ],
        )
        (row,) = conn.execute("SELECT id FROM discovery.venues WHERE name = %s", [name]).fetchall()
        found.append(int(row[0]))
    return found[0], found[1]


def shown(conn: Connection) -> set[str]:
    return {row[0] for row in conn.execute("SELECT venue FROM discovery.all_events")}


def test_venues_that_may_be_one_are_proposed_and_merged(
    run_db: Run, conn: Connection, ids: tuple[int, int]
) -> None:
    (row,) = json_lines(run_db("venues", "proposals", "--json").out)
    table = run_db("venues", "proposals", "--city", "krakow").out

    assert (row["city"], row["first"]["id"], row["second"]["id"]) == ("krakow", *ids)
    assert (row["titles"], row["examples"]) == (3, ["jazz", "tango", "waltz"])
    assert f"{ids[0]} Stary Młyn" in table
    assert f"{ids[1]} Remise Nine" in table

    done = run_db("venues", "merge", *ids, *WHY)

    assert done.out.startswith(f"= venue {ids[0]}: ")
    assert shown(conn) == {"Stary Młyn"}
    assert "No two venues" in run_db("venues", "proposals").out
    (noted,) = read_changes(conn, limit=9)
    assert (noted.author.origin, noted.change.action) == ("cli", "merge")


def test_a_merge_is_taken_back_by_a_split(
    run_db: Run, conn: Connection, ids: tuple[int, int]
) -> None:
    run_db("venues", "merge", *ids, *WHY)
    run_db("venues", "split", *ids, *WHY)

    assert shown(conn) == {"Stary Młyn", "Remise Nine"}


def test_a_decision_about_two_venues_is_explained_and_taken_back(
    run_db: Run, conn: Connection, ids: tuple[int, int]
) -> None:
    run_db("venues", "split", *ids, *WHY)
    (event_id, *_) = conn.execute("SELECT min(id) FROM discovery.events").fetchone() or ()

    told = run_db("explain", event_id).out
    (said,) = json_lines(run_db("explain", event_id, "--json").out)[0]["venues"]
    undone = run_db("venues", "undo", *ids)

    assert f"{ids[0]} “Stary Młyn” is not {ids[1]} “Remise Nine”: decided by " in told
    assert "the sign says so" in told
    assert (said["first"]["id"], said["second"]["id"], said["verdict"]) == (*ids, "different")
    assert undone.out.startswith(f"? venue {ids[0]}: ")
    assert "Decisions about" not in run_db("explain", event_id).out
    assert run_db("venues", "undo", *ids).status == 2


def test_a_venue_is_found_with_its_names_and_its_building(
    run_db: Run, conn: Connection, ids: tuple[int, int]
) -> None:
    assert run_db("venues", "place", ids[1], ids[0], *WHY).status == 0
    placed = run_db("venues", "find", "remise", "--json").out
    run_db("venues", "place", ids[1], "--take-back", *WHY)
    run_db("venues", "merge", *ids, *WHY)

    (hall,) = json_lines(placed)
    (house,) = json_lines(run_db("venues", "find", "remise", "--json").out)
    table = run_db("venues", "find", "remise").out

    assert (hall["id"], hall["building"]) == (ids[1], ids[0])
    assert (house["id"], house["building"]) == (ids[0], None)
    assert house["names"] == {str(ids[1]): "Remise Nine"}
    assert f"{ids[1]} Remise Nine" in table
    assert "No venue" in run_db("venues", "find", "zebra").out


def test_a_name_of_a_venue_is_given_and_taken_back(
    run_db: Run, conn: Connection, ids: tuple[int, int]
) -> None:
    run_db("venues", "rename", ids[0], "The Old Mill", *WHY)
    assert shown(conn) == {"The Old Mill", "Remise Nine"}

    run_db("venues", "rename", ids[0], "--take-back", *WHY)
    assert shown(conn) == {"Stary Młyn", "Remise Nine"}


def test_a_venue_that_there_is_not_is_named(run_db: Run, ids: tuple[int, int]) -> None:
    done = run_db("venues", "merge", ids[0], 999_999, *WHY)

    assert (done.status, "there is no venue 999999" in done.err) == (2, True)


class TestVenues:
    """Venues whose upcoming events only aggregators list."""

    @pytest.fixture(autouse=True)
    def found(self, conn: Connection) -> None:
        portal = stored_pair(conn, source=source("portal"))
        house = source("house", role=SourceRole.OFFICIAL_VENUE)
        club, hall = Venue(name="Club", locality="Kraków"), Venue(name="Hall", locality="Kraków")
        stored_events(conn, portal, [
            event("1", venue=club, starts_at=SOON), event("2", venue=club, starts_at=SOON),
            event("3", venue=hall, starts_at=SOON),
            event("4", venue=Venue(name="Over"), starts_at=SOON - timedelta(days=9)),
        ])  # fmt: skip
        stored_events(
            conn, stored_pair(conn, source=house), [event("9", venue=hall, starts_at=SOON)]
        )
        stored_pair(conn, PARIS, source("portal"))

    def test_venues_without_a_source_of_their_own_are_listed(self, run_db: Run) -> None:
        lines = run_db("venues").out.splitlines()
        (row,) = json_lines(run_db("venues", "--json").out)

        assert [line.split() for line in lines[2:]] == [
            ["krakow", str(row["id"]), "Club", "Kraków", "2", "portal"],
        ]  # fmt: skip

    def test_venues_without_a_source_are_printed_as_json_and_for_one_city(
        self, run_db: Run
    ) -> None:
        (row,) = json_lines(run_db("venues", "--city", "krakow", "--json").out)

        assert (row["city"], row["name"], row["events"]) == ("krakow", "Club", 2)
        assert "No venue" in run_db("venues", "--city", "paris").out

    def test_a_city_that_there_is_not_is_named(self, run_db: Run) -> None:
        done = run_db("venues", "--city", "atlantis")

        assert (done.status, "there is no city 'atlantis'" in done.err) == (2, True)

    def test_sites_that_may_be_theirs_are_named_to_be_probed(
        self, conn: Connection, run_db: Run
    ) -> None:
        pair = stored_pair(conn, source=source("guide", role=SourceRole.AGGREGATOR))
        conn.execute("UPDATE discovery.sources SET homepage = 'https://guide.example/a'")
        cellar, loft = (Venue(name=name, locality="Kraków") for name in ("Cellar", "Loft"))
        links = [
            (cellar, "https://Cellar.example/1"), (cellar, "https://cellar.example/2"),
            (cellar, "https://guide.example/3"), (cellar, "https://guide.example/4"),
            (cellar, "https://band.example"), (cellar, "https://tickets.example/5"),
            (cellar, "https://tickets.example/6"), (loft, "https://tickets.example/7"),
        ]  # fmt: skip
        stored_events(conn, pair, [
            event(f"link {n}", venue=venue, url=url, starts_at=SOON)
            for n, (venue, url) in enumerate(links)
        ])  # fmt: skip

        found = json_lines(run_db("venues", "--city", "krakow", "--json").out)

        sites = {row["name"]: row["sites"] for row in found}
        assert sites == {"Club": [], "Cellar": ["https://cellar.example/"], "Loft": []}
        assert "https://cellar.example/" in run_db("venues").out
