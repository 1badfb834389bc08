"""Connections: in which order addresses are tried, and what goes through a proxy."""

import gc
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from include.discovery.errors import DiscoveryError, InvalidSettings, NetworkError
from include.discovery.fetch.addresses import PUBLIC_ONLY, AddressRules
from include.discovery.fetch.network import NetworkTransport, is_exempt
from tests.fetch.conftest import RecordingClient, Site


def answering(*addresses: str) -> Callable[..., Any]:
    async def look_up(_host):
        return list(addresses)

    return look_up


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2", "::1"])
def test_the_next_address_is_tried_when_one_does_not_answer(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.look_up = answering("::1", "127.0.0.2", "127.0.0.1")
    http_client.addresses = AddressRules(("feeds.internal",))
    url = site.on("/a", site.reply(200, b"here")).replace("127.0.0.1", "feeds.internal")

    assert http_client.get(url).body == b"here"
    assert site.headers[0]["host"].startswith("feeds.internal:")


def test_a_name_is_looked_up_once_for_a_connection_and_not_again_while_it_is_kept(
    site: Site, http_client: RecordingClient
) -> None:
    asked = []

    async def look_up(host):
        asked.append(host)
        return ["127.0.0.1"]

    http_client.look_up = look_up
    url = site.on("/a", site.reply(200, b"here")).replace("127.0.0.1", "feeds.internal")

    async def twice(fetcher):
        await fetcher.get(url)
        await fetcher.get(url)

    http_client.run(twice)
    assert asked == ["feeds.internal"]


def test_a_name_without_an_address_cannot_be_reached(http_client: RecordingClient) -> None:
    http_client.look_up = answering()
    with pytest.raises(NetworkError, match=r"nowhere\.example"):
        http_client.get("http://nowhere.example/")


class TestProxies:
    """Where a proxy is configured it looks names up; ``NO_PROXY`` alone is none."""

    @pytest.fixture(autouse=True)
    def _bare_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)

    @pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
    def test_a_request_goes_through_the_proxy_with_its_name(
        self,
        site: Site,
        http_client: RecordingClient,
        monkeypatch: pytest.MonkeyPatch,
        variable: str,
    ) -> None:
        async def look_up(_host):
            raise AssertionError("the proxy looks names up")

        monkeypatch.setenv(variable, site.url.removeprefix("http://"))
        http_client.addresses, http_client.look_up = PUBLIC_ONLY, look_up
        site.on("http://events.example/a", site.reply(200, b"by proxy"))

        assert http_client.get("http://events.example/a").body == b"by proxy"
        assert site.headers[0]["host"] == "events.example"

    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "127.1"]
    )
    def test_an_address_inside_is_refused_before_the_proxy_is_asked(
        self, site: Site, http_client: RecordingClient, monkeypatch: pytest.MonkeyPatch, host: str
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", site.url)
        http_client.addresses = PUBLIC_ONLY

        with pytest.raises(InvalidSettings):
            http_client.get(f"http://{host}/")
        assert site.paths == []
        assert http_client.requests == 0

    @pytest.mark.parametrize(
        "no_proxy", ["*", "feeds.internal", ".internal", "other,feeds.internal"]
    )
    def test_a_host_that_the_proxy_is_not_for_is_checked_like_any_other(
        self,
        site: Site,
        http_client: RecordingClient,
        monkeypatch: pytest.MonkeyPatch,
        no_proxy: str,
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("NO_PROXY", no_proxy)
        http_client.addresses, http_client.look_up = PUBLIC_ONLY, answering("127.0.0.1")

        with pytest.raises(InvalidSettings, match=r"feeds\.internal leads to 127\.0\.0\.1"):
            http_client.get(site.on("/a", site.reply()).replace("127.0.0.1", "feeds.internal"))
        assert site.paths == []

    def test_no_proxy_alone_does_not_configure_a_proxy(
        self, site: Site, http_client: RecordingClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        http_client.addresses, http_client.look_up = PUBLIC_ONLY, answering("127.0.0.1")

        with pytest.raises(InvalidSettings, match="not a public address"):
            http_client.get(site.on("/a", site.reply()).replace("127.0.0.1", "evil.example"))
        assert site.paths == []

    def test_an_unusable_proxy_is_reported(
        self, http_client: RecordingClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", "gopher://proxy.example")

        with pytest.raises(InvalidSettings, match="ALL_PROXY"):
            http_client.get("http://events.example/")

    @pytest.mark.parametrize(
        ("url", "no_proxy", "is_past_the_proxy"),
        [
            ("http://a.example/", "", False),
            ("http://a.example/", "*", True),
            ("http://a.example/", "example", True),
            ("http://a.example/", ".example", True),
            ("http://a.example/", "*.example", True),
            ("http://example/", ".example", True),
            ("http://badexample/", "example", False),
            ("http://a.example:81/", "a.example:81", True),
            ("http://a.example/", "a.example:81", False),
            ("http://A.Example/", "b.example  a.EXAMPLE", True),
            ("http://10.2.3.4/", "10.2.0.0/16", True),
            ("http://10.3.3.4/", "10.2.0.0/16", False),
            ("http://[::1]/", "[::1]", True),
            ("http://[::1]:80/", "::1", True),
        ],
    )
    def test_a_host_that_no_proxy_lists_is_not_asked_through_the_proxy(
        self, url: str, no_proxy: str, is_past_the_proxy: bool
    ) -> None:
        assert is_exempt(httpx.URL(url), no_proxy) is is_past_the_proxy


def test_a_transport_that_keeps_its_connections_elsewhere_is_not_used_unchecked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "__init__", lambda *_, **__: None)
    with pytest.raises((AttributeError, TypeError)):
        NetworkTransport(PUBLIC_ONLY)


@pytest.mark.slow
def test_a_refused_host_leaves_no_socket_open(http_client: RecordingClient) -> None:
    http_client.addresses, http_client.look_up = PUBLIC_ONLY, answering("10.0.0.1")
    before = _open_sockets()
    with suppress(DiscoveryError):
        http_client.get("http://inside.example/")
    assert _open_sockets() <= before


def _open_sockets() -> set[Any]:
    # By the type: isinstance would also ask the lazy proxies of other libraries, which then import.
    found = (item for item in gc.get_objects() if issubclass(type(item), socket.socket))
    return {id(item) for item in found if item.fileno() != -1}
