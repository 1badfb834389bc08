"""Who may give a connection a new use: it takes the right to edit connections, not only the DAG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from include.discovery.store.connection import Connection
from tests.conftest import count
from tests.support.builders import source, stored_pair
from tests.web.page_support import Page

FEED = {
    "url": "https://api.opera.example/events",
    "items": "events",
    "fields": {"external_id": "id", "title": "name", "starts_at": "day"},
    "key": {"in": "bearer"},
}
BODY: dict[str, Any] = {"name": "Opera", "kind": "json_feed", "settings": FEED}
KEY = "k3y-0f-the-0pera"

REFUSED: dict[str | None, int] = {None: 401, "viewer": 403}
REFUSED_WITH_CONNECTIONS: dict[str | None, int] = {**REFUSED, "user": 403}

Edit = Callable[[Page, str | None], Any]


def moved(**settings: Any) -> dict[str, Any]:
    return {**FEED, **settings}


def new_source(slug: str = "opera", **body: Any) -> Edit:
    return lambda page, role: page.ask(
        "POST", "/api/sources", role, json={**BODY, "slug": slug, **body}
    )


def changed(**body: Any) -> Edit:
    return lambda page, role: page.ask(
        "PUT", "/api/sources/opera", role, json={**BODY, "version": 1, **body}
    )


def changed_pair(**settings: Any) -> Edit:
    return lambda page, role: page.ask(
        "PUT",
        "/api/pairs",
        role,
        params={"city": "krakow", "source": "opera"},
        json={"settings": settings, "version": 1},
    )


def new_pair(**settings: Any) -> Edit:
    return lambda page, role: page.ask(
        "POST", "/api/pairs", role, json={"city": "paris", "source": "opera", "settings": settings}
    )


EVIL = "https://evil.example/events"
PORTAL = {"domain": "https://data.opera.example", "dataset": "aaaa-1111"}
PAGES: dict[str, Any] = {"urls": ["https://opera.example/"], "key": {"in": "bearer"}}

NEW_SOURCES = [
    pytest.param(new_source(), id="new source on the connection of its slug"),
    pytest.param(new_source("x", connection="discovery_opera"), id="new source that names it"),
    pytest.param(new_source("x", connection="discovery_none"), id="new source that names any"),
    pytest.param(
        new_source(kind="ticketmaster", settings={}), id="new source of another kind on it"
    ),
    pytest.param(
        new_source(pair={"city": "krakow", "settings": {"url": EVIL}}), id="new source and pair"
    ),
]
CHANGES = [
    pytest.param(changed(settings=moved(url=EVIL)), id="changed address"),
    pytest.param(
        changed(settings=moved(url="http://api.opera.example/events")), id="changed scheme"
    ),
    pytest.param(changed(settings=moved(url="https://api.opera.example:8443/")), id="changed port"),
    pytest.param(changed(settings=moved(link_base=EVIL)), id="another address within"),
    pytest.param(changed(kind="ticketmaster", settings={}), id="changed kind"),
    pytest.param(
        changed(kind="ticketmaster", settings={"base_url": EVIL}), id="changed kind and address"
    ),
    pytest.param(changed(connection="discovery_other"), id="changed connection"),
    pytest.param(changed_pair(url=EVIL), id="changed address of a pair"),
    pytest.param(new_pair(url=EVIL), id="new pair at another address"),
    pytest.param(
        changed(settings=moved(url="https://api.opera.example/macros/s/evil/exec")),
        id="changed path",
    ),
    pytest.param(
        changed(settings=moved(key={"in": "query", "name": "filter"})), id="key as a parameter"
    ),
    pytest.param(
        changed(settings=moved(key={"in": "header", "name": "Range"})), id="key as a header"
    ),
    pytest.param(changed(settings=moved(key={"in": "basic"})), id="key with a login"),
    pytest.param(
        changed(settings=moved(url="https://api.opera.example/{key}/events", key=None)),
        id="key in the path",
    ),
    pytest.param(changed_pair(key={"in": "query", "name": "filter"}), id="key of a pair"),
]
HARMLESS = [
    pytest.param(changed(name="The Opera"), id="changed name"),
    pytest.param(changed(settings=moved(items="shows")), id="changed map"),
    pytest.param(changed(settings=moved(query={"size": "50"})), id="changed query"),
    pytest.param(
        changed(settings=moved(url="https://API.opera.example/events/?stage=main#all")),
        id="changed query of the address",
    ),
    pytest.param(
        changed(settings=moved(key={"in": "bearer", "required": False})), id="key not required"
    ),
    pytest.param(changed_pair(query={"city": "Kraków"}), id="changed query of a pair"),
    pytest.param(changed_pair(items="shows"), id="changed settings of a pair"),
    pytest.param(new_pair(), id="new pair"),
    pytest.param(new_source("theatre"), id="new source without a connection"),
]


def stored(conn: Connection) -> None:
    stored_pair(conn, source=source("opera", name="Opera", kind="json_feed", settings=FEED))
    conn.execute(
        "INSERT INTO discovery.cities (slug, name, country_code, timezone, latitude, longitude,"
        " radius_km, enabled) VALUES ('paris', 'Paris', 'FR', 'Europe/Paris', 48, 2, 9, true)"
    )


def status(answer: Any) -> int:
    code: int = answer.status_code
    return 200 if code == 201 else code


@pytest.fixture
def _with_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_OPERA", f"http://:{KEY}@api.opera.example")


def assert_only_for(
    page: Page, edit: Edit, role: str, refused: dict[str | None, int], conn: Connection
) -> None:
    """Try an edit as those who may not, and then as one who may."""
    for other, expected in refused.items():
        assert status(edit(page, other)) == expected, other
        assert count(conn, "SELECT count(*) FROM discovery.config_changes") == 0
    answer = edit(page, role)
    assert status(answer) == 200, answer.text


@pytest.mark.usefixtures("_with_connection")
@pytest.mark.parametrize("role", ["op", "admin"])
@pytest.mark.parametrize("edit", NEW_SOURCES)
def test_a_new_source_with_a_connection_needs_the_right_to_edit_connections(
    page: Page, conn: Connection, edit: Edit, role: str
) -> None:
    stored(conn)
    conn.execute("DELETE FROM discovery.city_source")
    conn.execute("DELETE FROM discovery.sources")

    assert_only_for(page, edit, role, REFUSED_WITH_CONNECTIONS, conn)


@pytest.mark.usefixtures("_with_connection")
@pytest.mark.parametrize("role", ["op", "admin"])
@pytest.mark.parametrize("edit", CHANGES)
def test_changing_an_address_or_a_connection_needs_the_right_to_edit_connections(
    page: Page, conn: Connection, edit: Edit, role: str
) -> None:
    stored(conn)

    assert_only_for(page, edit, role, REFUSED_WITH_CONNECTIONS, conn)


@pytest.mark.usefixtures("_with_connection")
@pytest.mark.parametrize("edit", HARMLESS)
def test_an_edit_that_leads_no_key_elsewhere_needs_the_right_to_edit_the_dag_alone(
    page: Page, conn: Connection, edit: Edit
) -> None:
    stored(conn)

    assert_only_for(page, edit, "user", REFUSED, conn)


@pytest.mark.parametrize("edit", [*CHANGES[:6], *CHANGES[7:]])
def test_the_address_of_a_source_without_a_connection_needs_no_right_to_edit_connections(
    page: Page, conn: Connection, edit: Edit
) -> None:
    stored(conn)

    assert status(edit(page, "user")) == 200


@pytest.mark.usefixtures("_with_connection")
def test_the_refusal_names_the_missing_right(page: Page, conn: Connection) -> None:
    stored(conn)

    answer = changed(settings=moved(url=EVIL))(page, "user")

    assert answer.json()["detail"] == (
        "You may not do this: a new address for what uses connection discovery_opera takes the"
        " right to edit Airflow connections, since its key goes there. Ask somebody who has it."
    )


@pytest.mark.usefixtures("_with_connection")
def test_the_refusal_says_that_the_key_would_be_sent_in_another_way(
    page: Page, conn: Connection
) -> None:
    stored(conn)

    answer = changed(settings=moved(key={"in": "query", "name": "filter"}))(page, "user")

    assert "another place for the key of connection discovery_opera" in answer.json()["detail"]


@pytest.mark.usefixtures("_with_connection")
@pytest.mark.parametrize(
    ("kind", "settings", "edited", "expected"),
    [
        ("openagenda", {"agenda": "1"}, {"agenda": "2"}, 200),
        ("openagenda", {"agenda": "1"}, {"url": "https://api.openagenda.com/evil"}, 403),
        ("socrata", PORTAL, {"dataset": "bbbb-2222"}, 200),
        ("socrata", PORTAL, {"domain": f"{PORTAL['domain']}/evil"}, 403),
        ("schema_org", PAGES, {"urls": ["https://opera.example/?page=1"]}, 200),
        ("schema_org", PAGES, {"urls": [*PAGES["urls"], "https://opera.example/evil"]}, 403),
    ],
)
def test_a_path_counts_where_the_settings_give_it_and_not_where_the_kind_does(
    page: Page,
    conn: Connection,
    kind: str,
    settings: dict[str, Any],
    edited: dict[str, Any],
    expected: int,
) -> None:
    stored_pair(conn, source=source("opera", name="Opera", kind=kind, settings=settings))

    edit = changed(kind=kind, settings={**settings, **edited})

    assert status(edit(page, "user")) == expected


def test_a_connection_in_airflows_own_database_counts_at_once(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    """What was looked up half a minute ago is no reason to let somebody do this."""
    stored(conn)
    page.get("/api/overview")
    with metadata.begin() as session:
        session.execute(
            text(
                "INSERT INTO connection (conn_id, conn_type, host, password, is_encrypted,"
                " is_extra_encrypted) VALUES ('discovery_opera', 'http', 'x', 'key', false, false)"
            )
        )
    try:
        assert changed(settings=moved(url=EVIL))(page, "user").status_code == 403
    finally:
        with metadata.begin() as session:
            session.execute(text("DELETE FROM connection"))


def test_the_right_is_needed_where_connections_cannot_be_looked_up(
    page: Page, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(conn)

    def broken(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("down"))

    monkeypatch.setattr(type(page.services.metadata), "_stored_connections", broken)

    assert changed(settings=moved(url=EVIL))(page, "user").status_code == 403
    assert changed(settings=moved(url=EVIL))(page, "op").status_code == 200


def test_the_right_is_needed_where_a_secrets_backend_fails(
    page: Page, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(conn)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the vault is sealed")

    monkeypatch.setattr(
        "airflow.secrets.environment_variables.EnvironmentVariablesBackend.get_connection", broken
    )

    assert changed(settings=moved(url=EVIL))(page, "user").status_code == 403


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        ({"slug": "db"}, ["slug"], "the slug db leads to discovery_db, a connection of the system"),
        ({"slug": "db-x"}, ["slug"], "leads to discovery_db_x"),
        ({"slug": "x", "connection": "discovery_db"}, ["connection"], "of the system itself"),
        ({"slug": "x", "connection": "aws_default"}, ["connection"], "discovery_"),
    ],
)
def test_not_even_an_admin_may_give_a_source_a_connection_of_the_system(
    page: Page, conn: Connection, body: dict[str, Any], path: list[str], said: str
) -> None:
    answer = page.ask("POST", "/api/sources", "admin", json={**BODY, **body})

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["path"] == path
    assert said in error["message"]


class TestWhatThePageShows:
    """A connection that cannot be used is shown before a nightly run fails because of it."""

    @pytest.mark.parametrize(
        ("connection", "said"),
        [
            (None, "add it in Airflow (type HTTP), with the key as its password and as Host api."),
            ("http://api.opera.example", "connection discovery_opera has no password"),
            (f"http://:{KEY}@", "may get its key: set its field Host to api.opera.example"),
            (f"http://:{KEY}@other.example", "may not go to api.opera.example, only to other"),
            (f"postgres://:{KEY}@api.opera.example", "is of type postgres"),
            (f"http://:{KEY}@*.opera.example", "Host of connection discovery_opera holds"),
        ],
    )  # fmt: skip
    def test_the_reason_why_a_key_cannot_be_used_is_in_the_health_of_its_pairs(
        self,
        page: Page,
        conn: Connection,
        monkeypatch: pytest.MonkeyPatch,
        connection: str | None,
        said: str,
    ) -> None:
        stored(conn)
        if connection:
            monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_OPERA", connection)

        (row,) = page.get("/api/overview", "viewer")["pairs"]
        (listed,) = page.get("/api/sources", "viewer")["sources"]

        assert row["health"]["state"] == "missing_key"
        assert said in row["health"]["reason"]
        assert row["connection"]["problem"] == row["health"]["reason"]
        assert listed["connection"]["problem"] == row["health"]["reason"]
        assert KEY not in str((row, listed))

    @pytest.mark.usefixtures("_with_connection")
    def test_a_suitable_connection_is_no_problem(self, page: Page, conn: Connection) -> None:
        stored(conn)

        (row,) = page.get("/api/overview", "viewer")["pairs"]

        assert row["health"]["state"] == "never_run"
        assert row["connection"] == {
            "id": "discovery_opera",
            "required": True,
            "exists": True,
            "has_key": True,
            "problem": None,
        }

    def test_the_connection_that_a_source_names_is_looked_up(
        self, page: Page, conn: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored(conn)
        conn.execute("UPDATE discovery.sources SET connection = 'discovery_houses'")
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_HOUSES", f"http://:{KEY}@api.opera.example")

        (row,) = page.get("/api/overview", "viewer")["pairs"]
        (listed,) = page.get("/api/sources", "viewer")["sources"]

        assert row["connection"]["id"] == listed["connection"]["id"] == "discovery_houses"
        assert listed["connection_id"] == "discovery_houses"
        assert row["connection"]["problem"] is None
