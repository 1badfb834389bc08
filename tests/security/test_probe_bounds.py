"""Sites that try to keep the prober busy, to fill its memory or to make it wait without end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from include.discovery.errors import InvalidSettings, LimitExceeded, NotFound
from include.discovery.probe.bounded import Limits, probe_bounded
from include.discovery.settings import Settings
from tests.support.loopback import LOOPBACK
from tests.support.stack import wait_for

if TYPE_CHECKING:
    from tests.web.page_support import Page

SETTINGS = Settings(private_hosts=LOOPBACK.private_hosts)
EVENT = b"BEGIN:VEVENT\r\nUID:%d\r\nSUMMARY:Concert\r\nDTSTART:20301224T190000Z\r\nEND:VEVENT\r\n"
COSTLY = b"".join(
    [b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", *(EVENT % n for n in range(100_000)),
     b"END:VCALENDAR\r\n"]
)  # fmt: skip
LISTS = b"[" + b"[]," * 5_000_000 + b"[]]"


class HostileSite:
    """Costs much processor time at /costly, much memory at /lists, and all patience at /silent."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.is_over = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bodies = {"/costly": COSTLY, "/lists": LISTS, "/silent": b""}
                path = self.path.partition("?")[0]
                body = bodies.get(path)
                self.send_response(404 if body is None else 200)
                self.send_header(
                    "Content-Type",
                    "application/json" if path == "/lists" else "text/calendar",
                )
                self.end_headers()
                if body is not None:
                    site.is_asked.set()
                    self.wfile.write(body)
                if path == "/silent":
                    while not site.is_over.wait(0.05):
                        self.wfile.write(b" ")

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def site() -> Iterator[HostileSite]:
    hostile = HostileSite()
    threading.Thread(target=hostile.server.serve_forever, daemon=True).start()
    yield hostile
    hostile.is_over.set()
    hostile.server.shutdown()
    hostile.server.server_close()


def children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if "include.discovery.probe.worker" in child.cmdline()
    ]


@pytest.mark.slow
def test_a_page_that_costs_too_much_processor_time_is_given_up(site: HostileSite) -> None:
    with pytest.raises(LimitExceeded, match="more than 2 s of processing time"):
        probe_bounded(f"{site.url}/costly", SETTINGS, limits=Limits(cpu_seconds=2))

    assert children() == []


def outcome(address: str, limits: Limits) -> str:
    """Return what a probe says in the end: why it was given up, or what was found."""
    try:
        return probe_bounded(address, SETTINGS, limits=limits).text
    except LimitExceeded as error:
        return str(error)


@pytest.mark.slow
def test_a_page_that_needs_too_much_memory_is_given_up(site: HostileSite) -> None:
    said = outcome(f"{site.url}/lists", Limits(memory_bytes=400 * 1024 * 1024))

    # The process ends, or one kind after the other is told that there is no more memory.
    assert "memory" in said.lower()


@pytest.mark.slow
def test_a_page_that_never_ends_is_given_up(site: HostileSite) -> None:
    with pytest.raises(LimitExceeded, match="takes more than 4 s"):
        probe_bounded(f"{site.url}/silent", SETTINGS, limits=Limits(wall_seconds=4))

    assert children() == []


@pytest.mark.slow
def test_a_probe_in_its_own_process_reports_an_unusable_address_as_before(
    site: HostileSite,
) -> None:
    with pytest.raises(NotFound):
        probe_bounded(f"{site.url}/nothing", SETTINGS)
    with pytest.raises(InvalidSettings, match="is not a web address"):
        probe_bounded("file:///etc/passwd", SETTINGS)
    with pytest.raises(InvalidSettings, match="not a public address"):
        probe_bounded(f"{site.url}/costly", Settings())


def test_the_probe_process_has_no_secret_and_no_address_in_its_command(
    site: HostileSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", "postgresql://x:hush-hush@db/x")
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "hush-hush")
    monkeypatch.setenv("SOME_TOKEN", "hush-hush")
    address = f"{site.url}/silent?key=hush-hush"
    thread = threading.Thread(target=outcome, args=(address, Limits(wall_seconds=20)))
    thread.start()
    (child,) = wait_for(children, "the start of the process", 20)
    environment, command = child.environ(), child.cmdline()
    child.kill()
    thread.join(30)

    assert "hush-hush" not in str(environment)
    assert "hush-hush" not in " ".join(command)
    assert environment["PATH"] == os.environ["PATH"]


def test_the_page_answers_others_while_a_hostile_site_is_probed(
    page: Page, site: HostileSite
) -> None:
    from tests.support.serving import serving
    from tests.web.page_support import token

    page.app.state.services = replace(
        page.services, settings=SETTINGS, probe_limits=Limits(cpu_seconds=4)
    )
    answers: list[httpx.Response] = []
    headers = {"Authorization": f"Bearer {token('admin')}"}
    with serving(page.app) as served, httpx.Client(headers=headers, timeout=60) as client:
        looking = threading.Thread(
            target=lambda: answers.append(
                client.post(f"{served.url}/api/probe", json={"url": f"{site.url}/costly"})
            )
        )
        looking.start()
        site.is_asked.wait(60)
        before = time.process_time()
        others = [httpx.get(f"{served.url}/api/live", headers=headers) for _ in range(5)]
        is_looking_still = looking.is_alive()
        looking.join(120)
        spent = time.process_time() - before

    assert [other.status_code for other in others] == [200] * 5
    assert is_looking_still
    assert answers[0].status_code == 422
    assert "more than 4 s of processing time" in answers[0].json()["detail"]
    assert answers[0].json()["errors"][0]["path"] == ["url"]
    # What the site cost was not spent here.
    assert spent < 4
