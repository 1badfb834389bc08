"""What all edits share: validated, recorded under the user's name, never overwriting others."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Engine

from include.discovery.store.connection import Connection
from tests.conftest import count
from tests.support.builders import stored_pair
from tests.web.page_support import CITY, SOURCE, Page, changes, paths, without


def test_a_city_a_source_and_a_pair_are_added(page: Page, conn: Connection) -> None:
    city = page.ask("POST", "/api/cities", "user", json=CITY)
    added = page.ask("POST", "/api/sources", "op", json=SOURCE)
    pair = page.ask("POST", "/api/pairs", json={"city": "gdansk", "source": "opera"})

    assert [answer.status_code for answer in (city, added, pair)] == [201, 201, 201]
    assert city.json()["entity"]["name"] == "Gdańsk"
    assert pair.json() == {
        "entity": {
            "city": "gdansk", "source": "opera", "enabled": True, "frequency_hours": 24,
            "max_frequency_hours": None, "priority": 50, "settings": {},
            "monitoring": {"assertions": {}, "expected_empty": [], "mute": None},
        },
        "version": 1,
        "changed": True,
        "warnings": [],
    }  # fmt: skip
    assert changes(page) == [
        ("admin-name", "create", "pair gdansk · opera"),
        ("op-name", "create", "source opera"),
        ("user-name", "create", "city gdansk"),
        ("user-name", "create", "country PL"),
    ]
    assert page.get("/api/overview")["pairs"][0]["health"]["state"] == "never_run"


def test_the_second_of_two_editors_is_refused_with_the_current_values(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    body = without(CITY, "slug") | {"name": "Kraków", "version": 1}

    first = page.ask("PUT", "/api/cities/krakow", "user", json=body | {"radius_km": 10})
    second = page.ask("PUT", "/api/cities/krakow", "op", json=body | {"radius_km": 99})

    assert first.json()["version"] == 2
    assert second.status_code == 409
    told = second.json()
    assert told["reason"] == "changed"
    assert told["current"]["radius_km"] == 10
    assert told["current"]["version"] == 2
    assert told["changed_by"] == "user-name"
    assert count(conn, "SELECT radius_km FROM discovery.cities") == 10


def test_saving_unchanged_values_records_nothing(page: Page, conn: Connection) -> None:
    stored_pair(conn)

    answer = page.ask("PUT", "/api/cities/krakow/enabled", json={"enabled": True, "version": 1})

    assert answer.json()["changed"] is False
    assert answer.json()["version"] == 1
    assert changes(page) == []


def test_a_slug_that_is_taken_is_refused(page: Page, conn: Connection) -> None:
    stored_pair(conn)

    answer = page.ask("POST", "/api/pairs", json={"city": "krakow", "source": "theatres",
                                                  "settings": SOURCE["settings"]})  # fmt: skip

    assert answer.status_code == 409
    assert answer.json()["reason"] == "exists"


def test_every_wrong_field_is_named(page: Page, conn: Connection) -> None:
    stored_pair(conn)
    bad_city = CITY | {"slug": "Bad Slug", "latitude": 91, "timezone": "Mars/Base", "colour": 1}
    settings = {"url": "no address", "horizon_days": 0, "nonsense": 1}

    city = page.ask("POST", "/api/cities", json=bad_city)
    added = page.ask("POST", "/api/sources", json=SOURCE | {"settings": settings})
    pair = page.ask("POST", "/api/pairs", json={"city": "krakow", "source": "opera"})

    assert [answer.status_code for answer in (city, added, pair)] == [422, 422, 422]
    assert paths(city) == {"slug", "latitude", "timezone", "colour"}
    assert paths(added) == {"settings.url", "settings.horizon_days", "settings.nonsense"}
    assert paths(pair) == {"source"}
    assert changes(page) == []


def test_an_edit_of_an_unknown_object_is_not_found(page: Page) -> None:
    body = without(CITY, "slug") | {"version": 1}

    assert page.ask("PUT", "/api/cities/atlantis", json=body).status_code == 404
    assert page.ask("DELETE", "/api/sources/none?version=1").status_code == 404
    assert page.ask("GET", "/api/cities/atlantis/removal").status_code == 404
    assert page.ask("GET", "/api/pairs/removal", params={"source": "none"}).status_code == 404


def test_an_edit_is_in_airflows_audit_log_too(page: Page, metadata: Engine) -> None:
    page.ask("POST", "/api/cities", "op", json=CITY)

    with metadata.connect() as conn:
        row = conn.execute(text("SELECT event, owner, dag_id, extra FROM log")).one()

    assert row[:3] == ("discovery.city.create", "op-name", "city_discovery")
    assert "Gdańsk" in row[3]
