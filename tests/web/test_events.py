"""Events on the page: the list by its filters, and one with the words of all its sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from include.discovery.model import EventRecord, EventStatus, Price, Venue
from include.discovery.record_warnings import SourceWarning
from include.discovery.store.connection import Connection
from tests.support.builders import KRAKOW, WARSAW, event, source, stored_events, stored_pair
from tests.web.page_support import FRANCE, Page, paths

TODAY = datetime.now(UTC).date()
HALL = Venue(name="Hall", locality="Kraków", street="Rynek 1", country="PL")


def tomorrow(title: str, **changes: Any) -> EventRecord:
    day = TODAY + timedelta(days=1)
    starts_at = datetime(day.year, day.month, day.day, 19, tzinfo=WARSAW)
    said = {"title": title, "starts_at": starts_at, "venue": HALL, **changes}
    return event(said.pop("external_id", title), **said)


def titles(page: Page, **query: Any) -> list[str]:
    return [found["title"] for found in page.get("/api/events", "viewer", **query)["events"]]


def test_an_event_is_listed_with_its_place_price_and_sources(page: Page, conn: Connection) -> None:
    price = Price(min=Decimal("20.00"), max=Decimal(60), currency="PLN")
    record = tomorrow("Tosca", price=price, categories=("Opera",), url="https://opera.example/1")
    stored_events(conn, stored_pair(conn, KRAKOW, source("opera")), [record])

    answer = page.get("/api/events", "viewer")

    (found,) = answer["events"]
    assert record.starts_at
    assert datetime.fromisoformat(found["starts_at"]) == record.starts_at
    assert found["timezone"] == "Europe/Warsaw"
    assert found["local_date"] == str(record.local_date)
    assert found["city"] == {"slug": "krakow", "name": "Kraków"}
    assert found["venue"] == "Hall"
    assert found["sources"] == [{"slug": "opera", "name": "Opera"}]
    assert found["price"] == {
        "min": "20.00", "max": "60.00", "currency": "PLN", "is_free": False, "text": None,
    }  # fmt: skip
    assert found["url"] == "https://opera.example/1"
    assert answer["next"] is None
    assert answer["cities"] == [{"slug": "krakow", "name": "Kraków"}]
    assert answer["sources"] == [{"slug": "opera", "name": "Opera"}]


def test_the_filters_of_the_list_are_those_of_the_store(page: Page, conn: Connection) -> None:
    pair = stored_pair(conn)
    stored_events(conn, pair, [
        tomorrow("Tosca", categories=("Opera",)),
        tomorrow("Off", status=EventStatus.CANCELLED),
        tomorrow("Gone"),
        tomorrow("Some day", starts_at=None, local_date=None, status=EventStatus.POSTPONED),
        tomorrow("Long ago", starts_at=datetime(2020, 5, 1, 19, tzinfo=WARSAW)),
    ])  # fmt: skip
    conn.execute("UPDATE discovery.events SET withdrawn_at = now() WHERE title = 'Gone'")

    assert titles(page, text="tosc hall") == ["Tosca"]
    assert titles(page, category="Opera") == ["Tosca"]
    assert titles(page, status="cancelled") == ["Off"]
    assert titles(page, status="withdrawn") == ["Gone"]
    assert titles(page, when="undated") == ["Some day"]
    assert titles(page, when="past") == ["Long ago"]
    assert titles(page, **{"when": "any", "from": "2020-05-01", "to": "2020-05-01"}) == ["Long ago"]
    assert titles(page, city="krakow", source="theatres", changed_since="2020-01-01T00:00:00") != []
    assert titles(page, changed_since="2999-01-01T00:00:00Z") == []
    assert titles(page, duplicates=True) == []
    assert titles(page, city="atlantis") == []


def test_pages_follow_each_other_by_what_the_answer_says_is_next(
    page: Page, conn: Connection
) -> None:
    stored_events(conn, stored_pair(conn), [tomorrow(f"Event {n}") for n in range(5)])

    first = page.get("/api/events", limit=2)
    second = page.get("/api/events", limit=2, after=first["next"])
    third = page.get("/api/events", limit=2, after=second["next"])

    found = [each["id"] for answer in (first, second, third) for each in answer["events"]]
    assert len(set(found)) == len(found) == 5
    assert third["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"}, {"after": "~~"}, {"after": "~~0"}, {"after": f"~~{2**63}"},
        {"after": "2026-02-30~~1"}, {"after": "~2026-01-01T00:00:00~1"}, {"status": "sold"},
        {"when": "now"}, {"from": "tomorrow"}, {"city": "A B"}, {"text": "x" * 201}, {"limit": 201},
        {"colour": "red"}, {"changed_since": "yesterday"},
    ],
)  # fmt: skip
def test_a_query_that_is_not_understood_is_refused(page: Page, query: dict[str, Any]) -> None:
    answer = page.ask("GET", "/api/events", params=query)

    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_an_event_shows_what_each_of_its_sources_says(page: Page, conn: Connection) -> None:
    opera = stored_pair(conn, KRAKOW, source("opera", trust=90))
    national = stored_pair(conn, None, FRANCE)
    stored_events(conn, opera, [tomorrow("Tosca", url="https://opera.example/1")], "a")
    said = tomorrow("TOSCA", warnings=("end guessed",), organizer="Agency")
    stored_events(conn, national, [said], "b")
    conn.execute("UPDATE discovery.listings SET url = 'javascript:alert(1)' WHERE title = 'TOSCA'")
    (listed,) = page.get("/api/events")["events"]

    answer = page.get(f"/api/events/{listed['id']}", "viewer")

    assert answer["event"] == {**listed, "sources": answer["event"]["sources"]}
    assert answer["place"]["street"] == "Rynek 1"
    assert answer["organizer"] == "Agency"
    first, second = answer["listings"]
    assert (first["source"], first["pair_city"], first["title"]) == ("opera", "krakow", "Tosca")
    assert first["url"] == "https://opera.example/1"
    assert (second["source"], second["pair_city"], second["title"]) == ("france", None, "TOSCA")
    assert second["url"] is None
    assert second["warnings"] == ["end guessed"]
    assert second["has_pair"] is True
    assert answer["truncated"] is False


def test_an_event_says_from_which_source_each_value_is_and_what_was_assumed(
    page: Page, conn: Connection
) -> None:
    house = source("opera", role="official_venue")
    stored_events(conn, stored_pair(conn, KRAKOW, house), [tomorrow("Tosca")], "a")
    guessed = SourceWarning.FREE_AGAINST_PRICE.said(said="free")
    said = tomorrow("TOSCA", organizer="Agency", price=Price(min=5), warnings=(guessed,))
    stored_events(conn, stored_pair(conn, None, FRANCE), [said], "b")
    (listed,) = page.get("/api/events")["events"]

    fields = {each.pop("field"): each for each in page.get(f"/api/events/{listed['id']}")["fields"]}

    opera, france = {"slug": "opera", "name": "Opera"}, {"slug": "france", "name": "France"}
    told = {"source": france, "external_id": "TOSCA", "is_assumed": False, "edit": None}
    assert fields["title"] == told | {"source": opera, "external_id": "Tosca"}
    assert fields["organizer"] == told
    assert fields["price"] == told | {"is_assumed": True}
    assert "image_url" not in fields


def test_an_event_that_was_moved_says_when_it_was_to_start_before(
    page: Page, conn: Connection
) -> None:
    pair = stored_pair(conn)
    before = tomorrow("Tosca").starts_at
    assert before is not None
    stored_events(conn, pair, [tomorrow("Tosca")], "a")
    (listed,) = page.get("/api/events")["events"]
    path = f"/api/events/{listed['id']}"
    assert page.get(path)["previous_start"] is None

    stored_events(conn, pair, [tomorrow("Tosca", starts_at=before + timedelta(days=7))], "b")

    moved = page.get(path)
    assert datetime.fromisoformat(moved["previous_start"]) == before
    assert moved["previous_date"] == before.date().isoformat()


def test_an_event_of_a_series_names_its_other_dates_that_are_to_come(
    page: Page, conn: Connection
) -> None:
    first = tomorrow("Quiz").starts_at
    assert first is not None
    quizzes = [
        tomorrow("Quiz", external_id=f"quiz-{week}", series_id="quiz",
                 starts_at=first + timedelta(weeks=week))
        for week in (-1, 0, 1, 2)
    ]  # fmt: skip
    pair = stored_pair(conn)
    stored_events(conn, pair, [*quizzes, tomorrow("Tosca", series_id="opera")], "a")
    shown = {row["starts_at"]: row["id"] for row in page.get("/api/events", text="quiz")["events"]}
    (one, *others) = shown.values()

    answer = page.get(f"/api/events/{one}")

    assert [date["id"] for date in answer["other_dates"]] == others
    assert len(others) == 2
    (opera,) = page.get("/api/events", text="tosca")["events"]
    assert page.get(f"/api/events/{opera['id']}")["other_dates"] == []


def test_an_event_that_is_not_there_is_not_found(page: Page) -> None:
    assert page.ask("GET", "/api/events/1").status_code == 404
    assert page.ask("GET", f"/api/events/{2**63}").status_code == 422


def test_the_newest_events_of_a_pair_lead_to_their_own_pages(page: Page, conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [tomorrow("Tosca")])

    (newest,) = page.get("/api/pair", source="theatres", city="krakow")["events"]

    assert page.get(f"/api/events/{newest['event_id']}")["event"]["title"] == "Tosca"


def test_an_event_can_be_edited_and_the_edit_taken_back(page: Page, conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [tomorrow("TOSKA")])
    (listed,) = page.get("/api/events")["events"]
    path = f"/api/events/{listed['id']}/edits"
    body = {"reason": "the poster says so", "values": {"title": "Tosca", "organizer": None}}

    edited = page.ask("PUT", path, json=body).json()
    back = page.ask("PUT", path, json={"reason": "a misprint", "take_back": ["title"]}).json()

    fields = {each["field"]: each for each in edited["fields"]}
    assert edited["event"]["title"] == "Tosca"
    assert fields["title"]["source"] is None
    assert fields["title"]["edit"]["reason"] == "the poster says so"
    assert fields["organizer"]["edit"]["by"] == fields["title"]["edit"]["by"]
    assert back["event"]["title"] == "TOSKA"
    assert [each["field"] for each in back["fields"] if each["edit"]] == ["organizer"]
    (last, first) = page.get("/api/changes")["changes"][:2]
    assert (last["entity_type"], last["after"]["reason"]) == ("event", "a misprint")
    assert first["after"]["title"] == "Tosca"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"reason": "x"}, "values"),
        ({"reason": "", "take_back": ["title"]}, "reason"),
        ({"reason": "x", "take_back": ["mood"]}, "take_back.0"),
        ({"reason": "x", "values": {"title": ""}}, "values.title"),
        ({"reason": "x", "values": {"price": {"min": "9", "max": "5"}}}, "values.price"),
        ({"reason": "x", "values": {"time": {"local_date": "0001-01-01", "timezone": "Etc/UTC"}}},
         "values.time.local_date"),
    ],
)  # fmt: skip
def test_an_edit_that_no_event_can_have_is_refused_by_its_field(
    page: Page, conn: Connection, body: dict[str, Any], path: str
) -> None:
    stored_events(conn, stored_pair(conn), [tomorrow("Tosca")])
    (listed,) = page.get("/api/events")["events"]

    answer = page.ask("PUT", f"/api/events/{listed['id']}/edits", json=body)

    assert answer.status_code == 422
    assert paths(answer) == {path}


def test_who_may_only_read_cannot_edit_an_event(page: Page, conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [tomorrow("Tosca")])
    (listed,) = page.get("/api/events")["events"]
    body = {"reason": "x", "values": {"title": "Aida"}}

    answer = page.ask("PUT", f"/api/events/{listed['id']}/edits", "viewer", json=body)

    assert answer.status_code == 403
    assert page.get(f"/api/events/{listed['id']}")["event"]["title"] == "Tosca"


def test_an_event_that_is_not_there_cannot_be_edited(page: Page) -> None:
    body = {"reason": "x", "values": {"title": "Aida"}}

    assert page.ask("PUT", "/api/events/7/edits", json=body).status_code == 404
