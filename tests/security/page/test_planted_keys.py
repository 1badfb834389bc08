"""A source that echoes the key: it stands in no log, no row, no XCom, no reason, and on no page.

A site on loopback reads the key out of each request, wherever it is sent, and puts it into its
answers in every way that it can think of. The tasks' own bodies sync it, with the connections of
the environment and over real HTTP; afterwards all that left the process is searched for the key.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
import structlog
from fastapi.routing import APIRoute

from include.discovery.cli import main
from include.discovery.errors import DiscoveryError
from include.discovery.orchestration.retry import PairBackoff
from include.discovery.orchestration.tasks import plan_run, report_run, sync_mapped
from include.discovery.store.connection import Connection
from tests.support.builders import source, stored_pair
from tests.support.planted_key import KEY, LONGEST_PIECE, assert_hidden, rows
from tests.web.page_support import Page

Handler = BaseHTTPRequestHandler
Echo = Callable[[Handler, str], None]


def reply(
    handler: Handler,
    body: str | bytes,
    status: int = 200,
    kind: str = "application/json",
    **more: str,
) -> None:
    raw = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    headers = {"Content-Type": kind, "Content-Length": str(len(raw)), **more}
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(raw)


def raw(handler: Handler, data: str) -> None:
    handler.wfile.write(data.encode("latin-1"))
    handler.close_connection = True


def event(key: str, **more: Any) -> dict[str, Any]:
    return {"id": "1", "name": "Tosca", "day": "2099-03-01", "link": "https://a.example/1", **more}


def listing(*items: Any, **more: Any) -> str:
    return json.dumps({"events": items, "total": len(items), **more})


def said(words: str, status: int = 200, kind: str = "text/plain") -> Echo:
    return lambda handler, key: reply(handler, words.replace("KEY", key), status, kind)


def with_items(make: Callable[[str], dict[str, Any]]) -> Echo:
    return lambda handler, key: reply(handler, listing(event(key), make(key)))


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def percent(key: str) -> str:
    return "".join(f"%{ord(c):02X}" for c in key)


def calendar(key: str) -> str:
    return "\r\n".join([
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", f"UID:{key}", "DTSTART:20990301T190000Z",
        f"SUMMARY:Tosca {key}", f"DESCRIPTION:{percent(key)} {base64(key)}",
        f"URL:https://a.example/1?k={key}", "END:VEVENT",
        "BEGIN:VEVENT", f"UID:2{key}", f"DTSTART:{key}", f"SUMMARY:{key}", "END:VEVENT",
    ])  # fmt: skip


def rss(key: str) -> str:
    item = (
        f"<item><title>Tosca {key}</title><guid>{key}</guid><link>a?k={key}</link>"
        f"<description>{percent(key)} {base64(key)}</description>"
    )
    date = "<ev:startdate>2099-03-01T19:00:00Z</ev:startdate>"
    return (
        '<rss xmlns:ev="http://purl.org/rss/1.0/modules/event/"><channel>'
        f"{item}{date}</item>{item}</item></channel>"
    )


def page_of_events(key: str) -> str:
    tosca = {"@type": "Event", "name": f"Tosca {key}", "startDate": "2099-03-01T19:00", "url": "1"}
    lost = {"@type": "Event", "name": key, "startDate": key}
    return f'<script type="application/ld+json">{json.dumps([tosca, lost, {"@id": key}])}</script>'


ECHOES: dict[str, Echo] = {
    # With status 200
    "text": said("Invalid API key KEY given"),
    "text-percent": lambda h, key: reply(h, f"Invalid API key {percent(key)} given"),
    "text-percent-twice": lambda h, key: reply(h, f"Invalid {quote(percent(key))} given"),
    "text-base64": lambda h, key: reply(h, f"Got Basic {base64(f'ann:{key}')}"),
    "text-hexadecimal": lambda h, key: reply(h, f"Got {key.encode().hex()}"),
    "text-capitals": lambda h, key: reply(h, f"UNKNOWN KEY {key.upper()}"),
    "text-utf-16": lambda h, key: reply(h, f"Invalid API key {key} given".encode("utf-16")),
    "html": said("<!doctype html><title>Invalid API key KEY</title><p>KEY", kind="text/html"),
    "html-entities": lambda h, key: reply(
        h, f"<html><title>Bad {''.join(f'&#{ord(c)};' for c in key)}</title>", kind="text/html"
    ),
    "broken-json": said('{"events": [{"id": "KEY'),
    "broken-json-end": said('{"events": [], "key": "KEY"} KEY'),
    "json-text": said('"Invalid API key KEY"'),
    "json-error": said('{"error": {"code": 7, "message": "Invalid API key KEY"}}'),
    "json-escapes": lambda h, key: reply(
        h, f'{{"error": "Invalid {"".join(f"{chr(92)}u{ord(c):04x}" for c in key)}"}}'
    ),
    "json-shape": said('{"KEY": "KEY", "items": {"KEY": []}}'),
    **{
        f"cut-at-{n}": said(f'{{"error": "{"x" * (n - 10)} KEY {"y" * 600}"}}')
        for n in (40, 60, 80, 100, 120, 160, 200, 240, 300, 500)
    },
    **{
        f"text-cut-at-{n}": said(f'{"x" * (n - 10)} KEY {"y" * 600}')
        for n in (40, 60, 80, 120, 200, 300)
    },
    # In the data
    "item-title": with_items(lambda key: event(key, id="2", name=f"Key {key}")),
    "item-link": with_items(lambda key: event(key, id="2", link=f"https://a.example/2?k={key}&p=1")),
    "item-id": with_items(lambda key: event(key, id=f"2/{key}")),
    "item-day": with_items(lambda key: event(key, id="2", day=f"on {key}")),
    "item-long-day": with_items(lambda key: event(key, id="2", day=f"{'x' * 50}{key}")),
    "item-without-id": with_items(lambda key: {"name": f"{'x' * 70}{key}", "day": key}),
    "item-is-text": lambda h, key: reply(h, listing(event(key), f"Invalid API key {key}")),
    "item-link-base64": with_items(
        lambda key: event(key, id="2", link=f"https://a.example/{base64(key)}")
    ),
    "all-rejected": lambda h, key: reply(h, listing({"id": key, "name": key, "day": key})),
    "calendar": lambda h, key: reply(h, calendar(key), kind="text/calendar"),
    "feed": lambda h, key: reply(h, rss(key), kind="application/rss+xml"),
    "page": lambda h, key: reply(h, page_of_events(key), kind="text/html"),
    "next-link": lambda h, key: reply(
        h, listing(event(key), next=f"{h.path.partition('?')[0]}-2?k={key}&page=2")
    ),
    "next-link-elsewhere": lambda h, key: reply(
        h, listing(event(key), next=f"https://{key}.example/?k={key}")
    ),
    # Errors
    **{
        f"status-{status}": said("Invalid API key KEY given", status)
        for status in (300, 400, 401, 403, 404, 409, 418, 429, 451, 500, 503)
    },
    "status-400-json": said('{"errors": [{"detail": "Invalid KEY"}]}', 400),
    "status-400-html": said("<html><title>Bad KEY</title>", 400, "text/html"),
    "status-400-long": said("x" * 190 + "KEY" + "y" * 300, 400),
    # Beside the body
    "header": lambda h, key: reply(h, "?", X_Key=key, Set_Cookie=f"sid={key}", ETag=f'"{key}"'),
    "link-header": lambda h, key: reply(h, "[]", Link=f'<https://{key}.example/>; rel="next"'),
    "retry-after": lambda h, key: reply(h, "?", 429, Retry_After=key),
    "content-type": lambda h, key: reply(h, "?", kind=f"text/{key}; charset={key}"),
    "content-encoding": lambda h, key: reply(h, "?", Content_Encoding=f"br, {key}"),
    "redirect": lambda h, key: reply(h, "", 302, Location=f"http://localhost:9/?k={key}"),
    "redirect-circle": lambda h, key: reply(h, f"moved, {key}", 302, Location=h.path),
    "redirect-off-the-web": lambda h, key: reply(h, "", 302, Location=f"ftp://{key}/{key}"),
    "redirect-malformed": lambda h, key: reply(h, "", 302, Location=f"http://{key}:bad/"),
    "reason-phrase": lambda h, key: raw(h, f"HTTP/1.1 400 Bad {key}\r\nContent-Length: 0\r\n\r\n"),
    "no-http": lambda h, key: raw(h, f"Invalid API key {key}\r\n\r\n"),
    "bad-header": lambda h, key: raw(h, f"HTTP/1.1 200 OK\r\n{key} {key}\r\n\r\n"),
    "bad-length": lambda h, key: raw(h, f"HTTP/1.1 200 OK\r\nContent-Length: {key}\r\n\r\n"),
    "broken-off": lambda h, key: raw(h, f"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{key}"),
}  # fmt: skip


A_FEW = [
    "text", "text-base64", "html", "broken-json", "json-error", "cut-at-60", "item-link",
    "all-rejected", "calendar", "feed", "page", "status-401", "status-403", "header", "redirect",
    "reason-phrase",
]  # fmt: skip


class Site:
    """Echoes on loopback; the path names the echo. It remembers where the key was sent."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.asked: list[str] = []
        self.answered: set[str] = set()
        site = self

        class Echoing(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                site.answer(self)

            def log_message(self, *args: Any) -> None:
                """Stay silent."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: Any) -> None:
                """Stay silent: clients that hang up are part of the tests."""

        self.server = Server(("127.0.0.1", 0), Echoing)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        given = {**dict(parse_qsl(parts.query)), **dict(handler.headers.items())}
        self.asked.append(handler.path)
        self.seen |= {
            name for name, value in given.items() if KEY in value or base64(f"ann:{KEY}") in value
        }
        if KEY in unquote(parts.path):
            self.seen.add("path")
        names = [name for name in parts.path.split("/") if name in ECHOES]
        if handler.command == "POST":  # of the sources of one address each asks once
            names = [A_FEW[len(self.asked) % len(A_FEW)]]
        # A listing ends with its first page: the next one is empty, by whatever it is asked for.
        if not names or (names[0].startswith(("item", "all")) and names[0] in self.answered):
            return reply(handler, listing())
        self.answered.add(names[0])
        ECHOES[names[0]](handler, KEY)
        return None


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


FIELDS = {"external_id": "id", "title": "name", "starts_at": "day", "url": "link"}


def feed(key: dict[str, Any] | None) -> Callable[[str], tuple[str, dict[str, Any]]]:
    return lambda url: (
        "json_feed",
        {"url": url, "items": "events", "fields": FIELDS, "total": "total", "key": key,
         "paging": {"by": "next_url", "path": "next"}},
    )  # fmt: skip


def keyed(
    kind: str, setting: str, key: dict[str, Any]
) -> Callable[[str], tuple[str, dict[str, Any]]]:
    return lambda url: (kind, {setting: [url] if setting == "urls" else url, "key": key})


PLACES: dict[str, tuple[str, Callable[[str], tuple[str, dict[str, Any]]]]] = {
    "query": (KEY, feed({"in": "query", "name": "apikey"})),
    "query of another name": (KEY, feed({"in": "query", "name": "q"})),
    "header": (KEY, feed({"in": "header", "name": "X-Api-Key"})),
    "bearer": (KEY, feed({"in": "bearer"})),
    "basic": (KEY, feed({"in": "basic"})),
    "address": (KEY, lambda url: feed(None)(f"{url}/{{key}}")),
    "iCalendar in the address": (
        KEY,
        lambda url: ("icalendar", {"url": f"{url}/private-{{key}}/x.ics"}),
    ),
    "iCalendar, basic": (KEY, keyed("icalendar", "url", {"in": "basic"})),
    "RSS": (KEY, keyed("rss", "url", {"in": "query", "name": "q"})),
    "schema.org": (KEY, keyed("schema_org", "urls", {"in": "query", "name": "q"})),
    "Events Calendar": (KEY, keyed("events_calendar", "site_url", {"in": "basic"})),
    "Mobilizon": (KEY, keyed("mobilizon", "site_url", {"in": "header", "name": "X-Own"})),
    "Ticketmaster": (KEY, lambda url: ("ticketmaster", {"base_url": url})),
    "Bandsintown": (
        KEY,
        lambda url: ("bandsintown", {"api_url": url, "artists": ["A"], "has_permission": True}),
    ),
    "SeatGeek": (KEY, lambda url: ("seatgeek", {"url": url})),
}


class Printed(logging.Handler):
    """Keeps every log record as text: formatted, and with all of its fields."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {vars(record)!r}")


@pytest.fixture
def printed() -> Iterator[list[str]]:
    handler = Printed()
    loggers = [logging.getLogger(name) for name in ("", "httpx", "httpcore", "include")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    loggers[0].addHandler(handler)
    yield handler.lines
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def context(run: str, map_index: int = 0) -> dict[str, Any]:
    """Return as much of Airflow's context as the tasks read."""
    xcoms: dict[str, Any] = {}
    ti = SimpleNamespace(
        try_number=1,
        max_tries=3,
        map_index=map_index,
        xcom_push=lambda key, value: xcoms.update({key: value}),
        xcom_pull=lambda **_: [],
        xcoms=xcoms,
    )
    dag_run = SimpleNamespace(run_id=run, run_type="manual", start_date=datetime.now(UTC))
    task = SimpleNamespace(retries=3)
    return {"params": {}, "dag": None, "dag_run": dag_run, "task": task, "ti": ti}


def as_airflow_prints(error: BaseException) -> str:
    """Return what Airflow 3 writes of a task's exception: structlog's chain, as JSON."""
    transformer = structlog.tracebacks.ExceptionDictTransformer(use_rich=False, show_locals=False)
    chain = transformer((type(error), error, error.__traceback__))
    return json.dumps(chain) + "".join(traceback.format_exception(error)) + repr(error)


def answers(page: Page) -> Iterator[str]:
    """Yield what the page answers to every question that changes nothing."""
    for route in page.app.routes:
        assert isinstance(route, APIRoute)
        if "GET" not in route.methods or "/static/" in route.path:
            continue
        sources = (
            ["echo-text", "echo-item-link", "echo-item-title"] if "pair" in route.path else [""]
        )
        for slug in sources:
            path = re.sub(r"\{[^}]*\}", "krakow", route.path).replace("answers/krakow", "answers/1")
            query = {"source": slug, "city": "krakow"} if slug else {}
            yield f"{path} {page.ask('GET', path, 'viewer', params=query).text}"


def test_the_search_for_the_key_finds_it_in_every_encoding() -> None:
    written = [
        KEY, KEY.upper(), KEY[3:14], quote(percent(KEY)), base64(KEY), base64(f"ann:{KEY}"),
        base64(f"the {KEY}"), KEY.encode().hex(), "".join(f"&#{ord(c)};" for c in KEY),
        json.dumps("".join(f"\\u{ord(c):04x}" for c in KEY)),
    ]  # fmt: skip
    for text in written:
        with pytest.raises(AssertionError):
            assert_hidden([f"says {text} to all"])
    assert_hidden(["says *** to all", KEY[:LONGEST_PIECE]])


def configured(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, url: str, place: str, names: list[str]
) -> None:
    """Add a source for each echo, with a connection of its own."""
    password, settings_for = PLACES[place]
    for name in names:
        kind, settings = settings_for(f"{url}/{name}")
        slug = f"echo-{name}"
        settings["request_retries"] = 0
        stored_pair(conn, source=source(slug, kind=kind, settings=settings))
        connection = {"conn_type": "http", "login": "ann", "password": password, "host": url}
        monkeypatch.setenv(
            f"AIRFLOW_CONN_DISCOVERY_{slug.upper().replace('-', '_')}", json.dumps(connection)
        )


@pytest.fixture(autouse=True)
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
    monkeypatch.delenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", raising=False)
    monkeypatch.setenv("DISCOVERY_PRIVATE_HOSTS", "127.0.0.1")
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def synced(run: str) -> list[str]:
    """Run the tasks of a DAG run; return all that they hand to Airflow."""
    left: list[str] = []
    planned = plan_run(context(run))
    for map_index, name in enumerate(planned):
        task = context(run, map_index)
        try:
            left.append(repr(sync_mapped(task, name)))
        except DiscoveryError as error:
            left.append(as_airflow_prints(error))
            left.append(str(PairBackoff().evaluate(error, 1, 3, None).reason))
            # Outside of the task's body nothing is masked any more: the exception itself is clean.
            logging.getLogger("airflow.task").exception("Task failed with exception")
        left.append(repr(task["ti"].xcoms))
    assert planned
    try:
        report_run(context(run))
    except Exception as error:  # noqa: BLE001  too many failed, as they have to
        left.append(as_airflow_prints(error))
    return left


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "echoes"),
    [(place, list(ECHOES) if place == "query of another name" else A_FEW) for place in PLACES],
)
def test_a_key_that_the_source_echoes_leaves_the_process_nowhere(
    conn: Connection,
    site: Site,
    printed: list[str],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    echoes: list[str],
) -> None:
    configured(conn, monkeypatch, site.url, place, echoes)

    left = synced("scheduled__1")

    assert site.seen, "the key was never sent"
    assert len(left) > len(echoes)
    stored = rows(conn)
    assert any("sync_runs" in row and "***" in row for row in stored)
    assert any(row.startswith("kept: ") and "***" in row for row in stored)
    assert_hidden(left)
    assert_hidden(printed)
    assert_hidden(stored)


def test_a_key_that_the_source_echoes_is_on_no_page(
    conn: Connection, page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["text", "item-link", "item-title", "all-rejected", "status-401", "next-link"]
    configured(conn, monkeypatch, site.url, "header", names)
    synced("scheduled__1")

    shown = list(answers(page))

    assert any("***" in text for text in shown)
    assert any(re.match(r"/api/errors/answers/1 .*\*\*\*", text, re.DOTALL) for text in shown)
    assert_hidden(shown)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["text", "item-link", "all-rejected", "cut-at-60", "status-401"])
def test_a_key_that_the_source_echoes_is_not_printed_by_the_command_line(
    conn: Connection,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    configured(conn, monkeypatch, site.url, "query of another name", [name])

    main(["-v", "sync", "krakow", f"echo-{name}"])

    out = capfd.readouterr()
    assert out.out + out.err
    assert_hidden([out.out, out.err, *rows(conn)])


def test_paging_goes_on_by_links_without_the_parameter_that_held_the_key(
    conn: Connection, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(conn, monkeypatch, site.url, "header", ["next-link"])

    synced("scheduled__1")

    assert site.asked[-1] == "/next-link-2?page=2"
    assert site.seen == {"x-api-key"}  # and no parameter
    assert_hidden(rows(conn))
