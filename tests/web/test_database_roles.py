"""The page with the database rights that the documentation tells to give."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from include.discovery.store.connection import connect
from tests.support.builders import stored_pair
from tests.support.roles import RoleUrls
from tests.web.page_support import Page


@pytest.fixture
def database_url(role_urls: RoleUrls) -> Iterator[str]:
    """Let the page run as the runtime role."""
    with connect(role_urls.runtime) as conn:
        stored_pair(conn)
    yield role_urls.runtime
    with psycopg.connect(role_urls.superuser) as session:
        session.execute(
            "TRUNCATE discovery.countries, discovery.sources, discovery.config_changes CASCADE"
        )


@pytest.mark.parametrize(
    "path",
    [
        "/api/overview",
        "/api/statistics",
        "/api/city/krakow",
        "/api/pair?source=theatres&city=krakow",
        "/api/sources",
        "/api/source/theatres",
        "/api/errors",
        "/api/changes",
        "/api/live",
    ],
)
def test_the_runtime_role_can_read_every_view(page: Page, path: str) -> None:
    assert page.ask("GET", path).status_code == 200
    assert page.get("/api/health")["discovery_db"] == "ok"


def test_the_runtime_role_can_edit_the_configuration(page: Page) -> None:
    city = {
        "slug": "lodz", "name": "Łódź", "country": "PL", "timezone": "Europe/Warsaw",
        "latitude": 51.7592, "longitude": 19.456,
    }  # fmt: skip
    added = page.ask("POST", "/api/cities", json=city)
    assert added.status_code == 201, added.text

    gone = page.ask("DELETE", "/api/cities/lodz", params={"version": added.json()["version"]})

    assert gone.status_code == 200, gone.text
    newest = page.get("/api/changes", limit=2)["changes"]
    assert [(change["action"], change["entity"]) for change in newest] == [
        ("delete", "lodz"),
        ("create", "lodz"),
    ]
