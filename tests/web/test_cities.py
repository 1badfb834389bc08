"""Cities on the page: the list, one city, and its edits."""

from __future__ import annotations

from include.discovery.model import Scope
from include.discovery.store.connection import Connection
from tests.support.builders import KRAKOW, PARIS, source, stored_pair
from tests.web.page_support import CITY, FRANCE, Page, paths, sync, without


def test_a_city_shows_its_own_pairs_and_those_of_wider_sources(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    stored_pair(conn, PARIS, source("louvre"))
    wide = stored_pair(conn, None, FRANCE)
    stored_pair(conn, KRAKOW, source("other"))
    sync(conn, wide, "run", "a", "b")

    answer = page.get("/api/city/krakow")

    assert [row["label"] for row in answer["pairs"]] == [
        "krakow · other", "krakow · theatres", "france",
    ]  # fmt: skip
    assert answer["pairs"][2]["scope"] == "country"
    assert answer["listings_here"] == {"france": 2}
    assert answer["available_sources"] == ["louvre"]
    assert page.ask("GET", "/api/city/atlantis").status_code == 404
    assert [row["label"] for row in page.get("/api/city/paris")["pairs"]] == ["paris · louvre"]


def test_every_city_is_listed_with_its_sources_or_without(page: Page, conn: Connection) -> None:
    stored_pair(conn, KRAKOW, source("opera"))
    stored_pair(conn, KRAKOW, source("agenda"), enabled=False)
    stored_pair(conn, None, source("national", scope=Scope.COUNTRY))
    page.ask(
        "POST",
        "/api/cities",
        json={
            "slug": "gdansk", "name": "Gdańsk", "country": "PL", "timezone": "Europe/Warsaw",
            "latitude": 54.35, "longitude": 18.65,
        },
    )  # fmt: skip

    answer = page.get("/api/cities", "viewer")

    assert [(city["slug"], city["sources"]) for city in answer["cities"]] == [
        ("gdansk", []),
        (
            "krakow",
            [
                {"slug": "agenda", "name": "Agenda", "active": False},
                {"slug": "opera", "name": "Opera", "active": True},
            ],
        ),
    ]
    assert [choice["slug"] for choice in answer["city_sources"]] == ["agenda", "opera"]
    choices = page.get("/api/overview")["choices"]
    assert {choice["slug"] for choice in choices["sources"]} == {"agenda", "opera", "national"}
    assert {city["slug"] for city in choices["cities"]} == {"gdansk", "krakow"}


def test_a_city_in_a_new_country_needs_the_name_of_the_country(page: Page) -> None:
    answer = page.ask("POST", "/api/cities", json=without(CITY, "country_name"))

    assert paths(answer) == {"country_name"}


def test_a_city_of_the_world_is_found_by_name_with_all_that_the_form_asks_for(page: Page) -> None:
    (leipzig, *_) = page.get("/api/known-cities", "viewer", name="leipzig")["cities"]

    assert leipzig["country_name"] == "Germany"
    body = without(leipzig, "population", "region")
    saved = page.ask("POST", "/api/cities", json={"slug": "leipzig", **body})
    assert saved.status_code == 201, saved.text
    assert page.get("/api/city/leipzig")["city"]["timezone"] == "Europe/Berlin"


def test_a_search_for_cities_is_bounded(page: Page) -> None:
    found = page.get("/api/known-cities", name="sa")["cities"]

    assert len(found) == 10
    assert all(len(city["alternate_names"]) <= 50 for city in found)
    for name in ("", "s", "x" * 101):
        answer = page.ask("GET", "/api/known-cities", params={"name": name})
        assert answer.status_code == 422


def test_nobody_searches_for_cities_without_a_login(page: Page) -> None:
    answer = page.ask("GET", "/api/known-cities", None, params={"name": "leipzig"})

    assert answer.status_code == 401
