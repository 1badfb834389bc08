"""Secrets typed into a configuration are refused, and those that are stored are shown to nobody."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi.routing import APIRoute
from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.engine import Engine

from include.discovery.cli import main
from include.discovery.configuration import load_configuration
from include.discovery.connectors import connector_for
from include.discovery.errors import DiscoveryError, InvalidSettings
from include.discovery.fetch.client import HttpFetcher
from include.discovery.probe.findings import Findings, Proposal, Sample
from include.discovery.probe.rendering import as_data, as_text
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import sync_pair
from tests.conftest import count
from tests.support.builders import source, stored_pair
from tests.web.page_support import Page

NOW = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)
SECRET = "s3cr3t-0f-mine"
HEX = "0123456789abcdef0123456789abcdef"
URL = f"https://opera.example/events.ics?apikey={SECRET}"
CITY: dict[str, Any] = {
    "name": "Gdańsk",
    "country": "PL",
    "timezone": "Europe/Warsaw",
    "latitude": 54.35,
    "longitude": 18.65,
}
SOURCE: dict[str, Any] = {
    "name": "Opera",
    "kind": "icalendar",
    "settings": {"url": "https://opera.example/events.ics"},
}
FEED = {
    "url": "https://opera.example/events",
    "fields": {"external_id": "id", "title": "name", "starts_at": "day"},
}

TYPED: list[tuple[str, dict[str, Any], list[str | int]]] = [
    ("icalendar", {"settings": {"url": URL}}, ["settings", "url"]),
    ("icalendar", {"settings": {"url": f"https://me:{SECRET}@a.example/x"}}, ["settings", "url"]),
    (
        "json_feed",
        {"settings": {**FEED, "query": {"token": SECRET}}},
        ["settings", "query", "token"],
    ),
    (
        "json_feed",
        {"settings": {**FEED, "headers": {"Authorization": f"Bearer {SECRET}"}}},
        ["settings", "headers", "Authorization"],
    ),
    ("json_feed", {"settings": {**FEED, "key": SECRET}}, ["settings", "key"]),
    ("icalendar", {"settings": {"api_key": SECRET}}, ["settings", "api_key"]),
    (
        "icalendar",
        {"settings": {"url": f"https://calendar.google.com/calendar/ical/a/private-{HEX}/b.ics"}},
        ["settings", "url"],
    ),
    (
        "schema_org",
        {"settings": {"urls": ["https://a.example", f"webcal://a.example/token/{HEX}"]}},
        ["settings", "urls", 1],
    ),
    ("icalendar", {"homepage": f"https://a.example/?token={SECRET}"}, ["homepage"]),
    ("icalendar", {"attribution": f"see https://:{SECRET}@a.example"}, ["attribution"]),
]


@pytest.mark.parametrize(("kind", "values", "path"), TYPED)
def test_a_secret_in_a_source_is_refused_with_what_to_do_instead(
    page: Page, conn: Connection, kind: str, values: dict[str, Any], path: list[str | int]
) -> None:
    body = {**SOURCE, "kind": kind, **values}

    answers = [page.ask("POST", "/api/sources", json={**body, "slug": "opera"})]
    stored_pair(conn, source=source("opera"))
    answers.append(page.ask("PUT", "/api/sources/opera", json={**body, "version": 1}))

    for answer in answers:
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["path"] == path
        assert "put it into the Airflow connection" in error["message"]
        assert SECRET not in answer.text
        assert HEX not in answer.text
    assert count(conn, "SELECT count(*) FROM discovery.config_changes") == 0


def test_a_secret_in_a_pair_or_a_city_is_refused(page: Page, conn: Connection) -> None:
    stored_pair(conn, source=source("opera"))
    pair = {"settings": {"url": URL}}
    where = {"city": "krakow", "source": "opera"}
    first = {**SOURCE, "slug": "x", "pair": {"city": "krakow", "settings": {"url": URL}}}

    answers = [
        page.ask("PUT", "/api/pairs", params=where, json={**pair, "version": 1}),
        page.ask("POST", "/api/pairs", json={**pair, **where}),
        page.ask("POST", "/api/sources", json=first),
        page.ask("POST", "/api/cities", json={**CITY, "slug": "x", "alternate_names": [URL]}),
        page.ask("PUT", "/api/cities/krakow", json={**CITY, "name": URL, "version": 1}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 5
    assert all("Airflow connection" in answer.text for answer in answers)
    assert not any(SECRET in answer.text for answer in answers)


@pytest.mark.parametrize(("kind", "values", "path"), TYPED)
def test_apply_refuses_a_secret_and_names_its_line(
    tmp_path: Path, kind: str, values: dict[str, Any], path: list[str | int]
) -> None:
    file = tmp_path / "discovery.yaml"
    file.write_text(
        yaml.safe_dump({"sources": {"opera": {**SOURCE, "kind": kind, **values}}}), "utf-8"
    )

    with pytest.raises(InvalidSettings, match=r"discovery.yaml:\d+: sources\.opera\.") as error:
        load_configuration(file, {})

    assert ".".join(map(str, path)) in str(error.value)
    assert "Airflow connection" in str(error.value)
    assert SECRET not in str(error.value)
    assert HEX not in str(error.value)


def test_apply_refuses_a_secret_that_comes_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "discovery.yaml"
    file.write_text(
        "countries: {PL: Poland}\n"
        "cities: {gdansk: {name: G, country: PL, timezone: Europe/Warsaw, latitude: 1,"
        " longitude: 2}}\n"
        "sources: {opera: {name: Opera, kind: icalendar}}\n"
        "pairs:\n"
        "  - city: gdansk\n"
        "    source: opera\n"
        "    settings: {url: 'https://opera.example/?apikey=${DISCOVERY_OPERA_KEY}'}\n",
        "utf-8",
    )

    with pytest.raises(InvalidSettings, match=r"yaml:7: pairs\.0\.settings\.url") as error:
        load_configuration(file, {"DISCOVERY_OPERA_KEY": SECRET})

    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    "name",
    [
        "AIRFLOW_CONN_DISCOVERY_OPERA", "AIRFLOW_CONN_DISCOVERY_DB", "AIRFLOW__CORE__FERNET_KEY",
        "PGPASSWORD", "AWS_SESSION", "discovery_x", "XDISCOVERY_X",
    ],
)  # fmt: skip
@pytest.mark.parametrize("written", ["${NAME}", "https://evil.example/${NAME}/${NAME:-x}"])
@pytest.mark.parametrize("place", ["name", "homepage", "attribution"])
def test_a_configuration_file_reads_no_secret_of_the_deployment(
    tmp_path: Path, name: str, written: str, place: str
) -> None:
    """Whoever writes the file may not be the one who applies it, and the page shows it to all."""
    file = tmp_path / "discovery.yaml"
    opera = {**SOURCE, place: written.replace("NAME", name)}
    file.write_text(yaml.safe_dump({"sources": {"opera": opera}}), "utf-8")
    environment = {name: json.dumps({"conn_type": "http", "password": SECRET})}

    with pytest.raises(InvalidSettings, match=f"{name} is not filled in, only those") as error:
        load_configuration(file, environment)

    assert SECRET not in str(error.value)


def test_a_value_that_only_looks_like_a_secret_is_accepted_once_it_is_listed(
    page: Page, conn: Connection
) -> None:
    url = "https://opera.example/events.ics?key=concerts"

    def add(**more: Any) -> Any:
        body = {**SOURCE, "slug": "opera", "settings": {"url": url, **more}}
        return page.ask("POST", "/api/sources", json=body)

    refused, taken = add(), add(public_names=["key"])

    assert "list key in the setting public_names" in refused.json()["errors"][0]["message"]
    assert taken.status_code == 201
    assert taken.json()["entity"]["settings"]["url"] == url
    assert page.get("/api/sources")["sources"][0]["settings"]["url"] == url


class TestStored:
    """What was stored before it was refused."""

    @pytest.fixture(autouse=True)
    def _stored(self, conn: Connection) -> None:
        settings = {"url": URL}
        stored_pair(conn, source=source("opera", settings=settings), settings=settings)
        address = f"https://me:{SECRET}@a.example/"
        conn.execute("UPDATE discovery.sources SET homepage = %s, attribution = %s", [address] * 2)
        conn.execute("UPDATE discovery.cities SET alternate_names = %s", [[address]])
        conn.execute(
            "INSERT INTO discovery.config_changes (changed_by, action, entity_type, entity, before,"
            " after) VALUES ('me', 'update', 'source', 'opera', %s, %s)",
            [Jsonb({"settings": settings}), Jsonb({"settings": {**settings, "x": 1}})],
        )

    def test_no_route_shows_a_stored_secret(self, page: Page) -> None:
        walked = 0
        for path in _readable(page):
            answer = page.ask(
                "GET", path, "viewer", params={"source": "opera", "city": "krakow", "removal": "1"}
            )
            assert SECRET not in answer.text, path
            walked += answer.status_code == 200
        assert walked >= 8
        assert "***" in page.ask("GET", "/api/sources").text

    def test_no_write_shows_or_records_a_stored_secret(
        self, page: Page, conn: Connection, metadata: Engine
    ) -> None:
        noted = count(conn, "SELECT count(*) FROM discovery.config_changes")
        where = {"city": "krakow", "source": "opera"}
        clean = {"settings": {"url": "https://opera.example/events.ics"}}
        stale = {**SOURCE, "version": 99}
        answers = [
            page.ask("PUT", "/api/sources/opera/enabled", json={"enabled": False, "version": 1}),
            page.ask("PUT", "/api/cities/krakow/enabled", json={"enabled": False, "version": 1}),
            page.ask(
                "PUT", "/api/pairs/enabled", params=where, json={"enabled": False, "version": 1}
            ),
            page.ask("PUT", "/api/sources/opera", json=stale),
            page.ask("PUT", "/api/pairs", params=where, json={**clean, "version": 2}),
            page.ask("PUT", "/api/sources/opera", json={**SOURCE, **clean, "version": 2}),
        ]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 409, 200, 200]
        assert not any(SECRET in answer.text for answer in answers)
        rows = conn.execute(
            "SELECT before::text, after::text FROM discovery.config_changes ORDER BY id"
        ).fetchall()[noted:]
        assert len(rows) == 5
        assert SECRET not in str(rows)
        with metadata.connect() as session:
            extras = session.execute(text("SELECT extra FROM log WHERE event LIKE 'discovery.%'"))
            found = [row[0] for row in extras]
        assert len(found) == 5
        assert SECRET not in str(found)
        stored = conn.execute("SELECT settings FROM discovery.sources").fetchone()
        assert stored == (clean["settings"],)

    def test_a_form_that_comes_back_with_masks_is_refused(self, page: Page) -> None:
        (row,) = page.get("/api/sources")["sources"]

        answer = page.ask(
            "PUT",
            "/api/sources/opera",
            json={**SOURCE, "settings": {"url": row["settings"]["url"]}, "version": 1},
        )

        assert answer.status_code == 422
        assert "Airflow connection" in answer.json()["errors"][0]["message"]

    def test_no_command_shows_a_stored_secret(
        self,
        conn: Connection,
        database_url: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
        file = tmp_path / "clean.yaml"
        file.write_text(yaml.safe_dump({"sources": {"opera": SOURCE}}), "utf-8")

        assert main(["export"]) == 0
        exported = capsys.readouterr()
        assert main(["apply", str(file), "--dry-run"]) == 0
        assert main(["apply", str(file)]) == 0
        applied = capsys.readouterr()

        assert "apikey=***" in exported.out
        assert "apikey=***" in applied.out
        assert SECRET not in f"{exported}{applied}"
        last = conn.execute("SELECT before FROM discovery.config_changes ORDER BY id DESC LIMIT 1")
        assert SECRET not in str(last.fetchone())


def test_no_pair_takes_the_stored_secret_of_its_source_to_another_host(
    page: Page, conn: Connection
) -> None:
    settings = {**FEED, "headers": {"X-Api-Key": SECRET}}
    stored_pair(conn, source=source("opera", kind="json_feed", settings=settings))
    where = {"city": "krakow", "source": "opera"}

    def changed(**settings: Any) -> Any:
        body = {"settings": settings, "version": 1}
        return page.ask("PUT", "/api/pairs", params=where, json=body)

    moved = changed(url="https://evil.example/")
    shown = changed(public_names=["X-Api-Key"])
    conn.execute("DELETE FROM discovery.city_source")
    added = page.ask(
        "POST", "/api/pairs", json={**where, "settings": {"url": "https://evil.example/"}}
    )
    plain = page.ask("POST", "/api/pairs", json=where)

    for answer in (moved, shown, added):
        assert answer.status_code == 422
        assert "move it from the source" in answer.json()["errors"][0]["message"]
        assert SECRET not in answer.text
    assert plain.status_code == 201


def test_a_sync_repeats_no_secret_that_its_source_echoes(conn: Connection) -> None:
    """The source is still read by it, until its settings are edited."""
    asked: list[httpx.Request] = []

    def echo(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, text=f"<p>Unknown key {SECRET}, ask for another</p>")

    settings = {**FEED, "url": f"https://me:{SECRET}@opera.example/"}
    pair = stored_pair(conn, source=source("opera", kind="json_feed", settings=settings))
    environment = SyncEnvironment(
        lambda: NOW,
        lambda _: None,
        lambda settings, credentials: HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _: asyncio.sleep(0),
            now=lambda: NOW,
            credentials=credentials,
            transport=httpx.MockTransport(echo),
        ),
    )

    with pytest.raises(DiscoveryError) as error:
        sync_pair(conn, pair, Attempt("run"), environment)

    assert asked
    assert SECRET not in str(error.value)
    assert SECRET not in str(conn.execute("SELECT r::text FROM discovery.sync_runs r").fetchall())


@pytest.mark.parametrize(
    "settings",
    [
        {"url": f"ftp://me:{SECRET}@a.example"},
        {"url": f"/events?apikey={SECRET}"},
        {"url": "https://a.example", "horizon_days": f"Bearer {SECRET}"},
        {"url": "https://a.example", "timeout_seconds": f"https://a.example/?token={SECRET}"},
    ],
)
def test_a_fault_in_settings_does_not_quote_a_secret(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings) as error:
        connector_for("icalendar").validated(settings)

    assert SECRET not in str(error.value)


def test_the_proposals_of_a_probe_show_no_secret() -> None:
    findings = Findings(
        "https://a.example", (Proposal("icalendar", {"url": URL}, ("it is one",), Sample()),)
    )

    assert SECRET not in f"{as_text(findings)}{json.dumps(as_data(findings))}"


def _readable(page: Page) -> Iterator[str]:
    for route in page.app.routes:
        if isinstance(route, APIRoute) and "GET" in route.methods and "static" not in route.path:
            yield route.path.replace("/city/{slug}", "/city/krakow").replace(
                "{slug}", "opera" if "sources" in route.path else "krakow"
            )
