"""A source of a known kind needs no code: one of each is added, tried, and synced over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.discovery.cli import main
from include.discovery.connectors import connector_for, kinds
from include.discovery.store.connection import Connection
from tests.sites.every import site_of
from tests.sites.site import FakeSite, served
from tests.web.page_support import Page

CITY = {
    "name": "Kraków",
    "country": "PL",
    "timezone": "Europe/Warsaw",
    "latitude": 50.0619,
    "longitude": 19.9369,
    "radius_km": 25,
}

Add = Callable[[FakeSite], None]


@pytest.fixture(params=kinds())
def site(
    request: pytest.FixtureRequest, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeSite]:
    """Serve a site of each kind, where the command line can reach it and the database."""
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
    monkeypatch.setenv("DISCOVERY_PRIVATE_HOSTS", "127.0.0.1")
    with served(site_of(request.param), datetime.now(UTC).date()) as site:
        if site.key is not None:
            fields = {"conn_type": "http", "host": site.base, "password": site.key}
            connection = json.dumps(fields)
            monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_EXAMPLE", connection)
        yield site


@pytest.fixture(params=["apply", "page"])
def add(request: pytest.FixtureRequest, tmp_path: Path) -> Add:
    """Add a source with a pair, as code or on the page."""

    def by_file(site: FakeSite) -> None:
        file = tmp_path / "discovery.yaml"
        file.write_text(yaml.safe_dump(configuration(site)), "utf-8")
        assert main(["apply", str(file)]) == 0

    def by_page(site: FakeSite) -> None:
        page: Page = request.getfixturevalue("page")
        city = {"slug": "krakow", **CITY, "country_name": "Poland"}
        assert page.ask("POST", "/api/cities", json=city).status_code == 201
        answer = page.ask(
            "POST",
            "/api/sources",
            json={
                "slug": "example",
                "name": "Example",
                "kind": site.kind,
                "settings": site.settings,
                "pair": {"city": "krakow"},
            },
        )
        assert answer.status_code == 201, answer.text

    return by_file if request.param == "apply" else by_page


def configuration(site: FakeSite) -> dict[str, Any]:
    return {
        "countries": {"PL": "Poland"},
        "cities": {"krakow": CITY},
        "sources": {"example": {"name": "Example", "kind": site.kind, "settings": site.settings}},
        "pairs": [{"city": "krakow", "source": "example"}],
    }


def titles(conn: Connection) -> set[str]:
    rows = conn.execute("SELECT title FROM discovery.listings WHERE withdrawn_at IS NULL")
    return {row[0] for row in rows.fetchall()}


def test_a_source_that_is_added_by_configuration_alone_can_be_tried_and_synced(
    site: FakeSite, add: Add, conn: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    add(site)
    capsys.readouterr()

    assert main(["sync", "krakow", "example", "--dry-run"]) == 0
    tried = json.loads(capsys.readouterr().out)
    assert tried["fetched"] >= len(site.titles) > 0
    assert titles(conn) == set()

    assert main(["sync", "krakow", "example"]) == 0
    synced = json.loads(capsys.readouterr().out)
    assert titles(conn) == site.titles
    assert synced["complete"], synced["gaps"]

    conn.execute(
        "UPDATE discovery.sync_runs SET sync_started_at = sync_started_at - interval '2 days'"
    )
    for again in (["sync", "krakow", "example"], ["sync", "krakow", "example", "--force"]):
        assert main(again) == 0
        stats = json.loads(capsys.readouterr().out)
        assert (stats["inserted"], stats["updated"], stats["withdrawn"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "site", [kind for kind in kinds() if site_of(kind).key is not None], indirect=True
)
def test_the_key_of_a_source_is_in_no_log_output_or_row(
    site: FakeSite,
    conn: Connection,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert site.key is not None
    caplog.set_level("DEBUG")
    file = tmp_path / "discovery.yaml"
    file.write_text(yaml.safe_dump(configuration(site)), "utf-8")
    assert main(["apply", str(file)]) == 0
    assert main(["sync", "krakow", "example"]) == 0

    stored = conn.execute(
        "SELECT l::text FROM discovery.listings l"
        " UNION ALL SELECT r::text FROM discovery.sync_runs r"
    ).fetchall()
    shown = capsys.readouterr()
    assert site.key not in f"{caplog.text}{shown.out}{shown.err}{stored}"


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_that_needs_a_key_is_tested_with_one(kind: str) -> None:
    assert (connector_for(kind).needs_connection == "required") <= (site_of(kind).key is not None)
