"""The demo over a real socket: what only HTTP can show."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date, timedelta

import httpx
import pytest

from include.demo import __main__ as command
from include.demo.cities import all_cities
from include.demo.server import DemoServer
from include.demo.site import FLAKY_FAILURES, DemoSite

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

THEATRE = "/theatres/krakow/wp-json/tribe/events/v1/events"
TICKETS = "/tickets/discovery/v2/events.json"


@pytest.fixture
def client(server: DemoServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=10) as running:
        yield running


def test_the_server_listens_on_loopback_only(server: DemoServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")


def test_the_server_answers_health_checks(client: httpx.Client) -> None:
    assert client.get("/health").status_code == 200


def test_the_front_page_names_every_feed(client: httpx.Client, server: DemoServer) -> None:
    page = client.get("/").text
    feeds = server.site.feeds()
    assert len(feeds) == 18
    for feed in feeds:
        assert f"{server.url}{feed.path}" in page
        assert feed.source in page
    assert "demo" in page.splitlines()[0]


def test_every_feed_has_as_many_events_as_the_front_page_says(site: DemoSite) -> None:
    for _ in range(FLAKY_FAILURES):
        site.answer("/flaky/paris/", {})
    for feed in site.feeds():
        if feed.kind == "icalendar":
            text = site.answer(feed.path, {}).body.decode()
            held = len(set(re.findall(r"^UID:.*(?:\r?\n .*)*", text, re.MULTILINE)))
        elif feed.kind == "events_calendar":
            path = f"{feed.path}wp-json/tribe/events/v1/events"
            held = site.answer(path, {"start_date": "2020-01-01"}).json()["total"]
        elif feed.kind == "schema_org":
            home = site.answer(feed.path, {}).body.decode()
            held = len(set(re.findall(r'href="(event/[^"]+)"', home)))
        elif feed.kind == "opendatasoft":
            held = site.answer(feed.path, {}).json()["total_count"]
        else:
            country = all_cities()[feed.city].country_code
            held = everything_on_sale(site, country)
        assert held == feed.listings, feed


def everything_on_sale(site: DemoSite, country: str) -> int:
    """Ask three times: TBA and TBD together would be neither."""
    params = {"apikey": "demo-key", "countryCode": country, "size": "1"}
    extras: list[dict[str, str]] = [{}, {"includeTBA": "only"}, {"includeTBD": "only"}]
    replies = [site.answer(TICKETS, params | extra).json() for extra in extras]
    return sum(int(reply["page"]["totalElements"]) for reply in replies)


def test_the_gone_calendar_is_an_html_404(client: httpx.Client) -> None:
    reply = client.get("/gone/helsinki.ics")
    assert reply.status_code == 404
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in reply.text


def test_paging_links_lead_through_the_whole_site(client: httpx.Client) -> None:
    body = client.get(THEATRE, params={"per_page": "50", "start_date": "2020-01-01"}).json()
    rows = list(body["events"])
    while next_url := body.get("next_rest_url"):
        body = client.get(next_url).json()
        rows += body["events"]
    assert len({row["id"] for row in rows}) == body["total"] > 300


def test_the_connection_is_kept_alive(client: httpx.Client) -> None:
    with client.stream("GET", "/health") as one:
        one.read()
        first = one.extensions["network_stream"].get_extra_info("client_addr")
    with client.stream("GET", "/health") as other:
        other.read()
        assert other.extensions["network_stream"].get_extra_info("client_addr") == first
        assert other.http_version == "HTTP/1.1"


def test_a_body_is_gzipped_only_for_clients_that_accept_it(client: httpx.Client) -> None:
    packed = client.get("/library/paris.ics", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/library/paris.ics", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 3
    assert packed.content == plain.content


def test_a_head_request_returns_the_headers_alone(client: httpx.Client) -> None:
    reply = client.head("/library/paris.ics")
    assert reply.status_code == 200
    assert int(reply.headers["Content-Length"]) > 0
    assert reply.content == b""


def test_an_unchanged_calendar_is_answered_with_304(client: httpx.Client) -> None:
    etag = client.get("/library/paris.ics").headers["ETag"]
    again = client.get("/library/paris.ics", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/health").status_code == 200


def test_the_ticket_api_requires_its_key(client: httpx.Client, server: DemoServer) -> None:
    assert client.get(TICKETS, params={"apikey": "wrong"}).status_code == 401
    reply = client.get(TICKETS, params={"apikey": "demo-key", "size": "1"})
    assert reply.status_code == 200
    assert "Rate-Limit-Available" in reply.headers
    server.discovery.arrest_next(1)
    assert client.get(TICKETS, params={"apikey": "demo-key"}).status_code == 429


def test_an_unexpected_error_is_a_logged_500(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    reply = client.get(TICKETS, params={"apikey": "demo-key", "sort": "best"})
    assert reply.status_code == 500
    assert "NotDocumented" in reply.text
    assert "could not answer" in caplog.text


def test_the_log_shows_no_key(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client.get(TICKETS, params={"apikey": "my-secret"})
    lines = [record.getMessage() for record in caplog.records if "demo" in record.name]
    assert any(TICKETS in line for line in lines)
    assert not any("my-secret" in line for line in lines)


def test_the_events_of_a_site_follow_the_present_day(today: date) -> None:
    days = iter([today, today + timedelta(days=1)])
    site = DemoSite(lambda: next(days), "http://demo.test")
    path, params = "/library/krakow.ics", dict[str, str]()
    uids = [
        {line for line in site.answer(path, params).body.decode().splitlines() if "UID:" in line}
        for _ in range(2)
    ]
    assert len(uids[0] & uids[1]) >= len(uids[0]) - 5


def test_a_taken_port_is_reported_clearly(
    server: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    port = server.url.rpartition(":")[2]
    with pytest.raises(SystemExit) as ended:
        command.main(["--port", port])
    assert ended.value.code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err
