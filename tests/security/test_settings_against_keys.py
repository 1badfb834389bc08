"""Somebody who may edit settings, and not connections, neither sends a key elsewhere nor reads it.

Two servers on loopback: ``bank`` is the one that the connection names, ``thief`` belongs to whoever
edits the settings. Each records the bytes that it was sent. The bank answers as real APIs do: it
repeats parts of the request in links, in cursors and in errors.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socketserver
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pydantic import ValidationError

from include.discovery.credentials import credentials_from
from include.discovery.errors import DiscoveryError
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import sync_pair
from tests.support.builders import source, stored_pair
from tests.support.loopback import LOOPBACK
from tests.support.planted_key import KEY, assert_hidden, rows

NOW = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)
FIELDS = {"external_id": "id", "title": "name", "starts_at": "day"}
EVENT = {"id": "1", "name": "Tosca", "day": "2026-03-01"}


@dataclass
class Asked:
    """A request as it came over the wire."""

    path: str
    headers: dict[str, str]
    raw: str


Answer = Callable[["Asked"], tuple[int, dict[str, str], str]]


def listing(_asked: Asked) -> tuple[int, dict[str, str], str]:
    return 200, {}, json.dumps({"events": [EVENT]})


@dataclass
class Server:
    """Records what it was sent, and answers by a function."""

    answer: Answer = listing
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                lines = []
                while (line := self.rfile.readline().decode("latin-1")).strip():
                    lines.append(line)
                if not lines:
                    return
                named = (line.partition(":") for line in lines[1:])
                headers = {name.lower(): value.strip() for name, _, value in named}
                asked = Asked(lines[0].split(" ")[1], headers, "".join(lines))
                server.asked.append(asked)
                status, more, body = server.answer(asked)
                content = body.encode()
                head = {"Content-Type": "application/json", "Content-Length": len(content), **more}
                text = "".join(f"{name}: {value}\r\n" for name, value in head.items())
                text = f"HTTP/1.1 {status} X\r\nConnection: close\r\n{text}\r\n"
                self.wfile.write(text.encode("latin-1") + content)

        class Threads(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Threads(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def bank() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def thief() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def attacked(
    conn: Connection,
    bank: Server,
    settings: dict[str, Any],
    pair_settings: dict[str, Any] | None = None,
) -> str:
    """Sync a source whose connection names the bank; return what is reported."""

    def open_fetcher(requests: RequestSettings, credentials: Credentials | None) -> HttpFetcher:
        return HttpFetcher(
            requests,
            "tests",
            rng=random.Random(0),
            sleep=lambda _: asyncio.sleep(0),
            now=lambda: NOW,
            credentials=credentials,
            addresses=LOOPBACK,
        )

    connection = {"conn_type": "http", "password": KEY, "host": bank.url}
    environment = {"AIRFLOW_CONN_DISCOVERY_OPERA": json.dumps(connection)}
    try:
        pair = stored_pair(
            conn,
            source=source("opera", kind="json_feed", settings=settings),
            settings=pair_settings or {},
        )
        result = sync_pair(
            conn,
            pair,
            Attempt("run"),
            SyncEnvironment(lambda: NOW, credentials_from(environment), open_fetcher),
        )
    except (DiscoveryError, ValidationError) as error:
        return f"{type(error).__name__} {error}"
    return repr(result)


def feed(server: Server, **settings: Any) -> dict[str, Any]:
    return {
        "url": f"{server.url}/events",
        "items": "events",
        "fields": FIELDS,
        "key": {"in": "query", "name": "apikey"},
        "request_retries": 0,
        **settings,
    }


NEXT = "page=2&apikey="


def with_cursor(write: Callable[[str], str]) -> Answer:
    """Answer with a cursor that holds the address of the next page."""

    def answer(asked: Asked) -> tuple[int, dict[str, str], str]:
        cursor = write(NEXT + parameter(asked, "apikey"))
        events = [] if "cursor=" in asked.path else [EVENT]
        return 200, {}, json.dumps({"events": events, "next": cursor, cursor: 1})

    return answer


def in_base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def in_hexadecimal(text: str) -> str:
    return text.encode().hex()


BACKWARDS = "[{id: '1', day: '2026-03-01', name: reverse(next)}]"


@pytest.mark.slow
@pytest.mark.parametrize("write", [in_base64, in_hexadecimal])
@pytest.mark.parametrize(
    "settings",
    [
        {"items": BACKWARDS},
        {"items": BACKWARDS.replace("next", "keys(@)[2]")},
        {"items": BACKWARDS.replace("reverse(next)", "'Tosca'").replace("'1'", "reverse(next)")},
        {"timezone_path": "reverse(next)"},
        {"paging": {"by": "cursor", "parameter": "cursor", "path": "reverse(next)"}},
        {"paging": {"by": "next_url", "path": "join('', ['/cursor=', reverse(next)])"}},
        {"paging": {"by": "next_url", "path": "join('', ['http://', reverse(next), '.x'])"}},
    ],
    ids=str,
)
def test_no_path_of_the_settings_computes_a_value_from_which_the_key_can_be_read(
    conn: Connection,
    bank: Server,
    caplog: pytest.LogCaptureFixture,
    settings: dict[str, Any],
    write: Callable[[str], str],
) -> None:
    caplog.set_level(logging.DEBUG)
    bank.answer = with_cursor(write)

    said = attacked(conn, bank, feed(bank, **settings))

    assert bank.asked, said
    assert_unread(conn, said, [record.getMessage() for record in caplog.records])


@pytest.mark.parametrize("write", [in_base64, in_hexadecimal])
def test_a_cursor_in_which_the_source_encodes_the_key_can_still_be_followed(
    conn: Connection, bank: Server, write: Callable[[str], str]
) -> None:
    bank.answer = with_cursor(write)
    paging = {"by": "cursor", "parameter": "cursor", "path": "next"}

    said = attacked(conn, bank, feed(bank, paging=paging))

    assert parameter(bank.asked[1], "cursor") == write(NEXT + KEY)
    assert_unread(conn, said)


def parameter(asked: Asked, name: str) -> str:
    return parse_qs(urlsplit(asked.path).query).get(name, [""])[0]


def assert_unread(conn: Connection, said: str, logged: list[str] | None = None) -> None:
    """Check that nobody reads the key, not even backwards."""
    left = [said, *rows(conn), *(logged or [])]
    assert_hidden(left)
    assert_hidden([text[::-1] for text in left])


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"query": {"$select": "substring('a***', 1, 9)"}},
        {"query": {"$select": "substring('{city}***', 1, 9)"}},
        {"url": "URL/rows?$select=substring(a***b,1,9)"},
        {"url": "URL/rows?$select=substring(a%2A%2a%2Ab,1,9)"},
        {"url": "URL/substring(a***b,1,9)"},
        {
            "paging": {
                "by": "next_url",
                "path": "join('', ['URL/rows?page=', id || '2', '&$select=substring(a***b,1,9)'])",
            }
        },
        {"paging": {"by": "cursor", "parameter": "$select", "path": "'substring(a***b,1,9)'"}},
    ],
    ids=str,
)
def test_no_text_of_the_settings_stands_for_the_key(
    conn: Connection, bank: Server, settings: dict[str, Any]
) -> None:
    """An API that computes, as those of open data do, would hand it out piece by piece."""

    def computed(asked: Asked) -> tuple[int, dict[str, str], str]:
        words = unquote(asked.path).partition("substring(")[2]
        return 200, {}, json.dumps({"events": [{**EVENT, "id": asked.path[-40:], "name": words}]})

    bank.answer = computed
    written = json.loads(json.dumps(settings).replace("URL", bank.url))

    said = attacked(conn, bank, feed(bank, **written, key={"in": "header", "name": "X-Key"}))

    assert bank.asked, said
    assert_hidden([asked.path for asked in bank.asked])
    assert_unread(conn, said)


@pytest.mark.parametrize(
    "paging",
    [{"by": "cursor", "parameter": "c", "path": "next"}, {"by": "next_url", "path": "next"}],
)
def test_a_next_page_that_cannot_be_named_without_the_key_makes_the_run_incomplete(
    conn: Connection, bank: Server, paging: dict[str, str]
) -> None:
    bank.answer = lambda asked: (
        200, {}, json.dumps({"events": [EVENT], "next": f"/{asked.headers['x-key']}/2"})
    )  # fmt: skip

    said = attacked(conn, bank, feed(bank, paging=paging, key={"in": "header", "name": "X-Key"}))

    assert "the key is sent only as the setting key says" in said
    assert [asked.path for asked in bank.asked] == ["/events"]
    assert_unread(conn, said)


@pytest.mark.parametrize("name", ["Range", "range", "If-Range", "Transfer-Encoding"])
@pytest.mark.parametrize("place", ["source", "pair"])
def test_no_part_of_an_answer_can_be_requested(
    conn: Connection, bank: Server, name: str, place: str
) -> None:
    """A part of an answer that repeats the key holds a part of the key, which nobody knows as one.

    The same holds for what would change how a request is framed.
    """

    def cut(asked: Asked) -> tuple[int, dict[str, str], str]:
        body = json.dumps({"error": f"Invalid key {parameter(asked, 'apikey')} given"})
        return 206, {}, body[23:37]

    bank.answer = cut
    headers = {"headers": {name: "bytes=23-36"}}

    said = attacked(
        conn,
        bank,
        feed(bank, **(headers if place == "source" else {})),
        headers if place == "pair" else {},
    )

    assert f"{name} cannot be set" in said
    assert bank.asked == []
    assert_unread(conn, said)
