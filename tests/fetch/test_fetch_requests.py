"""What the client sends, and what comes back."""

import asyncio
import gzip
import json
from typing import Any

import httpx
import pytest

from include.discovery.errors import (
    InvalidSettings,
)
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.robots import user_agent
from tests.fetch.conftest import RecordingClient, Site, small_settings

pytestmark = pytest.mark.usefixtures("small_bounds")


def test_a_plain_answer_is_returned_with_its_headers(
    site: Site, http_client: RecordingClient
) -> None:
    url = site.on("/a", site.reply(200, b"hello", X_Total="3"))
    response = http_client.get(url)
    assert (response.status, response.body, response.url) == (200, b"hello", url)
    assert response.headers["x-total"] == "3"
    assert (http_client.requests, http_client.bytes_received, http_client.waits) == (1, 5, [])


def test_a_query_is_posted_as_json_and_retried_like_any_other_request(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = small_settings(request_retries=1)
    url = site.on("/graphql", site.reply(503), site.reply(200, b'{"data": {}}'))

    async def ask(fetcher):
        return await fetcher.post_json(url, {"variables": {"city": "Łódź"}}, headers={"x-a": "b"})

    assert http_client.run(ask).body == b'{"data": {}}'
    assert [json.loads(body) for body in site.bodies] == [{"variables": {"city": "Łódź"}}] * 2
    assert [(h["content-type"], h["x-a"]) for h in site.headers] == [("application/json", "b")] * 2


def test_a_request_names_its_user_agent_and_the_encodings_it_can_unpack(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.get(site.on("/a", site.reply()), headers={"Accept": "text/calendar"})
    assert site.headers[0]["user-agent"] == "DiscoverySystem/1.0 (+https://operator.example/bot)"
    assert site.headers[0]["accept-encoding"] == "gzip, deflate"
    assert site.headers[0]["accept"] == "text/calendar"


def test_a_contact_is_optional_but_must_fit_a_header() -> None:
    assert user_agent(" ") == "DiscoverySystem/1.0"
    for contact in ("żółw@example.org", "a@example.org\r\nX-Evil: 1"):
        with pytest.raises(InvalidSettings, match="one line of ASCII"):
            user_agent(contact)


@pytest.mark.parametrize(
    ("query", "params", "sent"),
    [
        ("", {"q": "jazz & blues", "page": 2}, "?q=jazz+%26+blues&page=2"),
        ("?flag&x=%20b", None, "?flag&x=%20b"),
        ("?flag&x=%20b", {}, "?flag&x=%20b"),
        ("?flag&x=%20b", {"page": 1.5}, "?flag&x=%20b&page=1.5"),
        ("?page=1&x=a&pa%67e=1", {"page": 2}, "?x=a&page=2"),
    ],
)
def test_parameters_are_added_to_those_of_the_url(
    site: Site, http_client: RecordingClient, query: str, params: dict[str, Any] | None, sent: str
) -> None:
    http_client.get(site.on("/a", site.reply()) + query, params=params)
    assert site.paths == [f"/a{sent}"]


def test_gzip_is_unpacked_and_counted_as_sent(site: Site, http_client: RecordingClient) -> None:
    packed = gzip.compress(b"hello " * 1000)
    url = site.on("/a", site.reply(200, packed, content_encoding="gzip"))
    assert http_client.get(url).body == b"hello " * 1000
    assert http_client.bytes_received == len(packed)


@pytest.mark.slow
def test_concurrent_requests_share_a_client(site: Site, http_client: RecordingClient) -> None:
    urls = [site.on(f"/{n}", site.reply(200, str(n).encode())) for n in range(20)]

    async def all_of_them(fetcher: Fetcher):
        return await asyncio.gather(*(fetcher.get(url) for url in urls))

    bodies = [response.body for response in http_client.run(all_of_them)]
    assert bodies == [str(n).encode() for n in range(20)]
    assert http_client.requests == 20


def test_a_transport_of_a_test_may_answer_instead_of_the_network(
    http_client: RecordingClient,
) -> None:
    def answer(request):
        return httpx.Response(200, json={"path": request.url.path})

    http_client.transport = httpx.MockTransport(answer)
    assert http_client.get("https://api.example/events").body == b'{"path":"/events"}'
