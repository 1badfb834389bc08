"""A key goes to the hosts that its connection names, and to no other, whatever leads there."""

from __future__ import annotations

import asyncio
import json
import random
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from psycopg.errors import CheckViolation
from pydantic import ValidationError

from include.discovery.configuration import Configuration
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import KeyUse
from include.discovery.credentials import credentials_from
from include.discovery.errors import (
    AllRejected,
    InvalidSettings,
    KeyNotAllowed,
    MissingConnection,
    NotFound,
    RedirectRefused,
)
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.model import Source
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import source, stored_pair

KEY = "k3y-0f-the-0pera"
NOW = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)
GOOD = "https://api.opera.example"
EVIL = "https://evil.example"
FIELDS = {"external_id": "id", "title": "name", "starts_at": "day"}
EVENT = {"id": "1", "name": "Tosca", "day": "2026-03-01"}

Respond = Callable[[httpx.Request], httpx.Response]


def nothing(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"events": [], "total": 0})


@dataclass
class Network:
    """The network as one function; remembers who was asked what."""

    respond: Respond = nothing
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.respond(request)

    @property
    def hosts(self) -> list[str]:
        return [request.url.host for request in self.asked]


def connection(**fields: Any) -> str:
    return json.dumps({"conn_type": "http", "password": KEY, **fields})


def synced(
    conn: Connection,
    of: Source,
    network: Network,
    environment: dict[str, str],
    pair_settings: dict[str, Any] | None = None,
) -> SyncResult:
    """Sync a pair of a source, with connections from the environment, over a network."""

    def open_fetcher(settings: RequestSettings, credentials: Credentials | None) -> HttpFetcher:
        return HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: NOW,
            credentials=credentials,
            transport=httpx.MockTransport(network),
        )

    pair = stored_pair(conn, source=of, settings=pair_settings or {})
    return sync_pair(
        conn,
        pair,
        Attempt("run"),
        SyncEnvironment(lambda: NOW, credentials_from(environment), open_fetcher),
    )


def feed(url: str = f"{GOOD}/events", **settings: Any) -> Source:
    key = settings.pop("key", {"in": "query", "name": "apikey"})
    return source(
        "opera",
        kind="json_feed",
        settings={"url": url, "items": "events", "fields": FIELDS, "key": key, **settings},
    )


OWN_ADDRESS: dict[str, dict[str, Any]] = {
    "icalendar": {"url": f"{EVIL}/x.ics"},
    "rss": {"url": f"{EVIL}/feed"},
    "schema_org": {"urls": [f"{EVIL}/events"]},
    "events_calendar": {"site_url": EVIL},
    "mobilizon": {"site_url": EVIL},
}
"""Settings of kinds that read an address of the user's own."""

WITH_A_KEY: list[Any] = [
    pytest.param("ticketmaster", {"base_url": f"{EVIL}/v2"}, id="ticketmaster"),
    pytest.param(
        "bandsintown",
        {"has_permission": True, "artists": ["Cher"], "api_url": EVIL},
        id="bandsintown",
    ),
    pytest.param("openagenda", {"agenda": "1", "url": f"{EVIL}/{{agenda}}"}, id="openagenda"),
    pytest.param("seatgeek", {"url": f"{EVIL}/2/events"}, id="seatgeek"),
    pytest.param("socrata", {"domain": EVIL, "dataset": "abcd-1234"}, id="socrata"),
    pytest.param(
        "json_feed",
        {"url": EVIL, "fields": FIELDS, "key": {"in": "query", "name": "k"}},
        id="parameter",
    ),
    pytest.param(
        "json_feed",
        {"url": EVIL, "fields": FIELDS, "key": {"in": "header", "name": "X-Key"}},
        id="header",
    ),
    pytest.param(
        "json_feed", {"url": EVIL, "fields": FIELDS, "key": {"in": "bearer"}}, id="bearer"
    ),
    pytest.param(
        "json_feed", {"url": f"{EVIL}/{{key}}/{{from}}", "fields": FIELDS}, id="json_feed-address"
    ),
    *(
        pytest.param(kind, {**settings, "key": place}, id=f"{kind}-{place['in']}")
        for kind, settings in OWN_ADDRESS.items()
        for place in (
            {"in": "query", "name": "k"},
            {"in": "header", "name": "X-Key"},
            {"in": "bearer"},
        )
    ),
    pytest.param("icalendar", {"url": f"{EVIL}/private-{{key}}/x.ics"}, id="icalendar-address"),
    pytest.param("rss", {"url": f"{EVIL}/{{key}}/feed"}, id="rss-address"),
    pytest.param("schema_org", {"urls": [f"{EVIL}/{{key}}"]}, id="schema_org-address"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "host", [None, "api.opera.example", "evil.example.org", "www.evil.example"]
)
@pytest.mark.parametrize(("kind", "settings"), WITH_A_KEY)
def test_a_key_is_never_sent_to_a_host_that_its_connection_does_not_name(
    conn: Connection, kind: str, settings: dict[str, Any], host: str | None
) -> None:
    network = Network()

    with pytest.raises(KeyNotAllowed, match=r"evil\.example") as error:
        synced(
            conn,
            source("opera", kind=kind, settings=settings),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host=host)},
        )

    assert network.asked == []
    assert "discovery_opera" in str(error.value)
    assert KEY not in str(error.value)
    row = conn.execute("SELECT error_category, error_message FROM discovery.sync_runs").fetchone()
    assert row == ("authentication", str(error.value))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "settings"), WITH_A_KEY)
def test_a_key_is_sent_to_the_host_that_its_connection_names(
    conn: Connection, kind: str, settings: dict[str, Any]
) -> None:
    network = Network(lambda _request: httpx.Response(404))

    with suppress(NotFound, AllRejected):
        synced(
            conn,
            source("opera", kind=kind, settings=settings),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="evil.example")},
        )

    assert set(network.hosts) == {"evil.example"}
    assert KEY in f"{network.asked[-1].url} {dict(network.asked[-1].headers)}"


@pytest.mark.parametrize(
    ("kind", "settings", "host"),
    [
        ("ticketmaster", {}, "app.ticketmaster.com"),
        ("bandsintown", {"has_permission": True, "artists": ["Cher"]}, "rest.bandsintown.com"),
        ("openagenda", {"agenda": "1"}, "api.openagenda.com"),
        ("seatgeek", {}, "api.seatgeek.com"),
    ],
)
def test_the_host_of_a_kind_of_one_api_need_not_be_named(
    conn: Connection, kind: str, settings: dict[str, Any], host: str
) -> None:
    network = Network(lambda _request: httpx.Response(404))

    with suppress(NotFound, AllRejected):
        synced(
            conn,
            source("opera", kind=kind, settings=settings),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection()},
        )

    assert set(network.hosts) == {host}


def test_every_kind_with_a_key_of_one_api_names_its_host() -> None:
    for kind in kinds():
        connector = connector_for(kind)
        if connector.needs_connection == "required":
            assert connector.api_hosts, f"{kind} would need its host in every connection"


def test_a_connection_that_names_hosts_takes_its_key_from_the_api_of_the_kind(
    conn: Connection,
) -> None:
    """The key of another service is not told to the operator of an API by a mistake of names."""
    network = Network()

    with pytest.raises(KeyNotAllowed, match=r"app\.ticketmaster\.com, only to api.opera.example"):
        synced(
            conn,
            source("opera", kind="ticketmaster"),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
        )

    assert network.asked == []


def test_the_settings_of_a_pair_lead_no_key_to_another_host(conn: Connection) -> None:
    network = Network()

    with pytest.raises(KeyNotAllowed):
        synced(
            conn,
            feed(),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
            {"url": f"{EVIL}/events"},
        )

    assert network.asked == []


def test_a_placeholder_in_the_host_leads_no_key_to_another_host(conn: Connection) -> None:
    network = Network()

    with pytest.raises(KeyNotAllowed, match="krak"):
        synced(
            conn,
            feed("https://{city}.example/events"),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
        )

    assert network.asked == []


@pytest.mark.parametrize(
    "url",
    [
        f"https://api.opera.example@{EVIL.removeprefix('https://')}/",
        "https://api.opera.example.evil.example/",
        "https://evil.example/?https://api.opera.example/",
        "https://evil.example#@api.opera.example/",
        "https://evil.example%00.api.opera.example/",
        "https://api.opera.example:8443/",
        "http://api.opera.example/",
        "https://api.opera.example。evil.example/",
        "https://api.opera.example\\.evil.example/",
        "https://[::ffff:5db8:d822]/",
    ],
)
def test_no_spelling_of_another_address_gets_the_key(conn: Connection, url: str) -> None:
    network = Network()

    with pytest.raises(InvalidSettings, match=r"may not go to|unencrypted|malformed|https://host"):
        synced(
            conn,
            feed(url),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
        )

    assert network.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://API.Opera.example/e",
        "https://api.opera.example./e",
        "https://api.opera.example:443/",
    ],
)
def test_the_host_of_the_connection_gets_the_key_however_it_is_written(
    conn: Connection, url: str
) -> None:
    network = Network()

    synced(
        conn,
        feed(url),
        network,
        {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
    )

    assert [KEY in str(request.url) for request in network.asked] == [True]


@pytest.mark.parametrize(
    "place",
    [
        {"in": "query", "name": "apikey"},
        {"in": "header", "name": "X-Key"},
        {"in": "bearer"},
    ],
)
@pytest.mark.parametrize(
    "target",
    [
        f"{EVIL}/events?apikey={KEY}",
        f"{EVIL}/events",
        f"http://api.opera.example/events?apikey={KEY}",
        f"https://api.opera.example:8443/{KEY}",
        f"//{KEY}@evil.example/events",
    ],
)
def test_a_redirect_takes_no_key_along(
    conn: Connection, target: str, place: dict[str, str]
) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.opera.example" and request.url.scheme == "https":
            return httpx.Response(302, headers={"Location": target})
        return nothing(request)

    network = Network(respond)
    # So that it is for the key that the redirect is refused, and not for the other site.
    hosts = ["evil.example", "api.opera.example"]

    with pytest.raises((KeyNotAllowed, RedirectRefused)) as error:
        synced(
            conn,
            feed(key=place, redirect_hosts=hosts),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
        )

    assert KEY not in str(error.value)
    assert [(r.url.scheme, r.url.host, r.url.port) for r in network.asked] == [
        ("https", "api.opera.example", None)
    ]


LOGIN_PLACES: list[Any] = [
    pytest.param(kind, {**settings, "key": {"in": "basic"}}, id=kind)
    for kind, settings in {
        **OWN_ADDRESS,
        "json_feed": {"url": EVIL, "fields": FIELDS},
    }.items()
]


@pytest.mark.parametrize(("kind", "settings"), LOGIN_PLACES)
def test_a_login_and_its_password_are_never_sent_to_another_host(
    conn: Connection, kind: str, settings: dict[str, Any]
) -> None:
    network = Network()

    with pytest.raises(KeyNotAllowed, match=r"evil\.example"):
        synced(
            conn,
            source("opera", kind=kind, settings=settings),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(login="ann", host="api.opera.example")},
        )
    assert network.asked == []


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "settings"), LOGIN_PLACES)
def test_a_login_and_its_password_are_sent_to_the_host_of_the_connection(
    conn: Connection, kind: str, settings: dict[str, Any]
) -> None:
    network = Network(lambda _request: httpx.Response(404))
    login = b64encode(f"ann:{KEY}".encode()).decode()

    with suppress(NotFound, AllRejected):
        synced(
            conn,
            source("opera", kind=kind, settings=settings),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(login="ann", host="evil.example")},
        )

    assert network.asked[-1].headers["authorization"] == f"Basic {login}"


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        (f"/private-{KEY}/events?page=2", f"/private-{KEY}/events?page=2"),
        ("?page=2", f"/private-{KEY}/events?page=2"),
        (f"/private-{KEY}/more/{KEY}", None),
        (f"/private-{KEY},1)/events", "/private-%7Bkey%7D,1)/events"),
        (f"/left({KEY},1)/events", None),
        (f"/left(/private-{KEY},1)/events", None),
        (f"?session={KEY}&page=2", f"/private-{KEY}/events?page=2"),
        ("/left({key},1)", "/left(%7Bkey%7D,1)"),
        ("?q={key}", f"/private-{KEY}/events?q=%7Bkey%7D"),
    ],
)
def test_a_key_in_the_address_stays_in_its_place_from_page_to_page(
    conn: Connection, told: str, asked: str | None
) -> None:
    """Wherever else a source, or a path of the settings, would have it, it is not sent."""

    def respond(_request: httpx.Request) -> httpx.Response:
        item = {**EVENT, "id": str(len(network.asked))}
        following = told if len(network.asked) == 1 else None
        return httpx.Response(200, json={"events": [item], "next": following})

    network = Network(respond)

    synced(
        conn,
        feed(f"{GOOD}/private-{{key}}/events", key=None, paging={"by": "next_url", "path": "next"}),
        network,
        {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
    )

    first, *others = [request.url.raw_path.decode() for request in network.asked]
    assert first == f"/private-{KEY}/events"
    assert [path.replace("{key}", "%7Bkey%7D") for path in others] == ([asked] if asked else [])
    assert KEY not in str(conn.execute("SELECT r::text FROM discovery.sync_runs r").fetchall())


def test_pages_that_a_feed_links_to_get_no_key(conn: Connection) -> None:
    """Neither those of its own host nor others, whatever their addresses hold."""
    links = [f"{GOOD}/1?k={{key}}", f"{EVIL}/2?k={{key}}", f"{EVIL}/{{key}}", f"{EVIL}/%7Bkey%7D"]
    items = "".join(f"<item><title>x</title><link>{link}</link></item>" for link in links)

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/feed":
            return httpx.Response(200, text=f"<rss><channel>{items}</channel></rss>")
        return httpx.Response(404)

    network = Network(respond)

    with suppress(AllRejected):
        synced(
            conn,
            source(
                "opera",
                kind="rss",
                settings={"url": f"{GOOD}/feed", "follow_links": True, "key": {"in": "bearer"}},
            ),
            network,
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
        )

    asked = [f"{request.url} {dict(request.headers)}" for request in network.asked]
    assert KEY in asked[0]
    assert len([one for one in asked if "robots.txt" not in one]) == 1 + len(links)
    assert not any(KEY in one for one in asked[1:])


def test_pages_of_another_host_that_a_site_links_to_get_no_key(conn: Connection) -> None:
    page = "".join(
        f'<a href="{host}/event/{n}?k={{key}}">x</a>'
        for n, host in enumerate((GOOD, "https://www.api.opera.example", EVIL))
    )

    def respond(request: httpx.Request) -> httpx.Response:
        text = page if request.url.path == "/events" else "nothing"
        return httpx.Response(404 if "robots" in request.url.path else 200, text=text)

    network = Network(respond)

    synced(
        conn,
        source(
            "opera",
            kind="schema_org",
            settings={"urls": [f"{GOOD}/events"], "discover": "links", "key": {"in": "bearer"}},
        ),
        network,
        {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
    )

    with_the_key = [
        request.url.host
        for request in network.asked
        if KEY in f"{request.url} {dict(request.headers)}"
    ]
    assert with_the_key
    assert set(with_the_key) == {"api.opera.example"}


@pytest.mark.parametrize("paging", [{"by": "next_url", "path": "next"}, {"by": "link_header"}])
@pytest.mark.parametrize(
    "link",
    [f"{EVIL}/page/2", f"{EVIL}/page/2?apikey={KEY}", f"//evil.example/{KEY}"],
)
def test_a_next_page_on_another_host_gets_no_key(
    conn: Connection, link: str, paging: dict[str, str]
) -> None:
    def respond(_request: httpx.Request) -> httpx.Response:
        body = {"events": [EVENT], "next": link}
        return httpx.Response(200, json=body, headers={"Link": f'<{link}>; rel="next"'})

    network = Network(respond)

    result = synced(
        conn,
        feed(paging=paging),
        network,
        {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")},
    )

    assert set(network.hosts) == {"api.opera.example"}
    assert not result.complete


def fetcher(network: Network) -> HttpFetcher:
    """Return a fetcher that knows the key, which belongs to the good host."""
    return HttpFetcher(
        RequestSettings(),
        "",
        rng=random.Random(0),
        sleep=asyncio.sleep,
        now=lambda: NOW,
        credentials=credentials_from(
            {"AIRFLOW_CONN_DISCOVERY_OPERA": connection(host="api.opera.example")}
        )("discovery_opera"),
        transport=httpx.MockTransport(network),
    )


def test_a_request_that_carries_the_key_to_another_host_is_refused_whatever_makes_it() -> None:
    """Whatever a connector does with an address that holds the key, as one echoed by a site."""
    network = Network()

    async def ask() -> None:
        async with fetcher(network) as fetch:
            await fetch.get(f"{EVIL}/image.png")  # without the key it may ask anybody
            for refused in (
                fetch.get(f"{EVIL}/?session={KEY}"),
                fetch.get(EVIL, params={"q": KEY}),
                fetch.get(EVIL, headers={"x-anything": KEY}),
                fetch.post_json(f"{EVIL}/graphql", {"variables": {"token": KEY}}),
                fetch.get(GOOD, params={"k": KEY}, headers={"Host": "evil.example"}),
            ):
                with pytest.raises(KeyNotAllowed):
                    await refused

    asyncio.run(ask())

    assert network.hosts == ["evil.example"]


def test_a_request_without_the_key_is_redirected_like_any_other() -> None:
    """As the robots.txt and the pictures of a source with a key."""

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/new":
            return nothing(request)
        if request.url.path == "/with-the-key":
            return httpx.Response(302, headers={"Location": f"/new?session={KEY}"})
        return httpx.Response(302, headers={"Location": f"{EVIL}/new"})

    network = Network(respond)

    async def ask() -> None:
        async with fetcher(network) as fetch:
            await fetch.get(f"{EVIL}/old")
            await fetch.get(f"{GOOD}/robots.txt", anywhere=True)
            with pytest.raises(KeyNotAllowed):
                await fetch.get(f"{EVIL}/with-the-key")

    asyncio.run(ask())

    assert [(request.url.host, request.url.path) for request in network.asked] == [
        ("evil.example", "/old"),
        ("evil.example", "/new"),
        ("api.opera.example", "/robots.txt"),
        ("evil.example", "/new"),
        ("evil.example", "/with-the-key"),
    ]


class TestConnections:
    """Which connection a source reads its key from."""

    @pytest.mark.parametrize("slug", ["db", "db-replica", "db-owner"])
    def test_a_slug_that_leads_to_a_connection_of_the_system_is_refused(self, slug: str) -> None:
        with pytest.raises(ValidationError, match=f"slug {slug} leads to discovery_db"):
            source(slug)

    def test_a_slug_that_only_begins_like_a_reserved_one_is_accepted(self) -> None:
        assert source("dbpedia").connection_id == "discovery_dbpedia"

    @pytest.mark.parametrize(
        "name",
        [
            "discovery_db", "discovery-db", "discovery_db_owner", "discovery_db-owner",
            "DISCOVERY_DB", "discovery_DB", "Discovery_opera", "aws_default", "postgres_default",
            "discovery", "discovery_", "discovery_db\n", "discovery_a b", "", " discovery_db",
        ],
    )  # fmt: skip
    def test_only_a_connection_for_sources_can_be_named(self, name: str) -> None:
        with pytest.raises(ValidationError):
            source("opera", connection=name)

    def test_a_source_may_share_the_connection_of_another(self, conn: Connection) -> None:
        network = Network()

        synced(
            conn,
            feed().model_copy(update={"connection": "discovery_houses"}),
            network,
            {
                "AIRFLOW_CONN_DISCOVERY_OPERA": connection(password="another", host="evil.example"),
                "AIRFLOW_CONN_DISCOVERY_HOUSES": connection(host="api.opera.example"),
            },
        )

        assert [KEY in str(request.url) for request in network.asked] == [True]

    @pytest.mark.parametrize("slug", ["db", "db-x"])
    def test_the_database_refuses_the_slugs_that_the_model_refuses(
        self, conn: Connection, slug: str
    ) -> None:
        with pytest.raises(CheckViolation, match="connection_is_not_of_the_system"):
            conn.execute(
                "INSERT INTO discovery.sources (slug, name, kind, scope, enabled, trust, settings)"
                " VALUES (%s, 'x', 'x', 'city', true, 50, '{}')",
                [slug],
            )

    def test_a_reserved_slug_in_a_configuration_file_is_refused_with_what_to_do(self) -> None:
        with pytest.raises(ValidationError, match="choose another slug, or name another"):
            Configuration.model_validate({"sources": {"db": {"name": "x", "kind": "json_feed"}}})

    @pytest.mark.parametrize("conn_type", ["postgres", "aws", "ssh", ""])
    def test_the_password_of_another_kind_of_connection_is_never_a_key(
        self, conn: Connection, conn_type: str
    ) -> None:
        network = Network()

        with pytest.raises(MissingConnection, match=r"discovery_opera is .*type HTTP"):
            synced(
                conn,
                feed(),
                network,
                {
                    "AIRFLOW_CONN_DISCOVERY_OPERA": connection(
                        conn_type=conn_type, host="api.opera.example"
                    )
                },
            )

        assert network.asked == []

    def test_the_connection_of_a_source_that_sends_no_key_is_not_read(
        self, conn: Connection
    ) -> None:
        asked: list[str] = []

        def find(connection_id: str) -> None:
            asked.append(connection_id)

        pair = stored_pair(conn, source=feed(key=None))
        network = Network()
        sync_pair(
            conn,
            pair,
            Attempt("run"),
            SyncEnvironment(
                lambda: NOW,
                find,
                lambda settings, credentials: HttpFetcher(
                    settings,
                    "tests",
                    rng=random.Random(0),
                    sleep=asyncio.sleep,
                    now=lambda: NOW,
                    credentials=credentials,
                    transport=httpx.MockTransport(network),
                ),
            ),
        )

        assert asked == []
        assert len(network.asked) == 1

    def test_every_kind_that_sends_a_key_says_where(self) -> None:
        uses = {
            kind: connector_for(kind).key_use(
                connector_for(kind).settings_model.model_validate(settings)
            )
            for kind, settings in (parameters.values for parameters in WITH_A_KEY)
        }

        assert all(isinstance(use, KeyUse) for use in uses.values())
