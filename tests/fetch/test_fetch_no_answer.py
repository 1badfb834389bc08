"""Requests that cannot be sent, or find nobody, and the words for that."""

import re
import socket
import ssl
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from include.discovery.errors import (
    DiscoveryError,
    InvalidSettings,
    NetworkError,
    NotFound,
)
from include.discovery.fetch.network import why_no_answer
from tests.fetch.conftest import RecordingClient, Site, small_settings

pytestmark = pytest.mark.usefixtures("small_bounds")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "host/a",
        "ftp://host/a",
        "https://",
        "https://h:bad/",
        "http://h:99999/",
        "http://[::1/",
        "http://host/\n",
    ],
)
def test_an_invalid_web_address_is_a_wrong_setting(http_client: RecordingClient, url: str) -> None:
    with pytest.raises(InvalidSettings, match="correct") as caught:
        http_client.get(f"{url}?code=abcdef", secrets=["code"])
    assert "abcdef" not in str(caught.value)
    assert http_client.requests == 0


@pytest.mark.parametrize("value", ["abc\ndef", "żółw", "abc\x00"])
def test_a_header_that_cannot_be_sent_is_a_wrong_setting(
    site: Site, http_client: RecordingClient, value: str
) -> None:
    with pytest.raises(InvalidSettings, match="malformed") as caught:
        http_client.get(site.on("/a", site.reply()), headers={"X-Api-Key": value})
    assert value not in str(caught.value)


def test_a_refused_connection_is_a_network_error(http_client: RecordingClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(NetworkError, match=r"^The connection was refused"):
            http_client.get(f"http://127.0.0.1:{port}/")
    assert http_client.requests == 4


def test_a_host_name_that_does_not_exist_is_a_network_error(
    http_client: RecordingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lookup(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(
        NetworkError, match=r"^The host name cannot be resolved \(DNS\).*nowhere\.invalid/\)$"
    ):
        http_client.get("http://nowhere.invalid/")


def test_a_server_without_tls_is_a_network_error(site: Site, http_client: RecordingClient) -> None:
    with pytest.raises(NetworkError, match=r"^No TLS connection: "):
        http_client.get(site.on("/a", site.reply()).replace("http:", "https:"))


def caused_by(error: Any, cause: Any) -> Any:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout(""), "No connection within 5 s."),
        (httpx.PoolTimeout(""), "No connection became free within 6 s."),
        (httpx.WriteTimeout(""), "Nothing was sent for 7 s (setting timeout_seconds)."),
        (httpx.ProxyError("407 No"), "The proxy refused: 407 No"),
        (httpx.ReadError(""), "No answer: ReadError"),
        (
            caused_by(
                httpx.ConnectError("All connection attempts failed"),
                OSError("x", ExceptionGroup("", [ValueError()])),
            ),
            "No answer: All connection attempts failed",
        ),
        (
            caused_by(
                httpx.ConnectError(""),
                ExceptionGroup("several addresses", [OSError(), ConnectionRefusedError()]),
            ),
            "The connection was refused: nothing listens at this port.",
        ),
        (
            caused_by(httpx.ConnectError(""), ssl.SSLCertVerificationError("x")),
            "The TLS certificate is not valid: expired.",
        ),
    ],
)
def test_each_reason_for_no_answer_has_its_words(error: Any, words: str) -> None:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        cause.verify_message = "expired"
    assert why_no_answer(error, httpx.Timeout(connect=5, pool=6, read=7, write=8)) == words


@pytest.mark.parametrize(
    "behaviour",
    [
        lambda site: site.reply(404, b"no such calendar"),
        lambda site: site.reply(403),
        lambda site: site.reply(302),
        lambda site: site.reply(302, location="/a"),
        lambda site: site.reply(302, location="mailto:a@example.org"),
        lambda site: site.reply(302, location="http://127.0.0.2:1/elsewhere"),
        lambda site: site.reply(200, b"??", content_encoding="br"),
        lambda site: site.reply(200, b"", content_length="2000000"),
        lambda site: site.raw(b"", reset=True),
        lambda site: site.raw(b"HTTP/1.1 200"),
        lambda site: site.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"),
        lambda site: site.dripping(b"", 60),
    ],
)
def test_a_failure_begins_with_its_reason_and_ends_with_its_address(
    site: Site, http_client: RecordingClient, behaviour: Callable[..., Any]
) -> None:
    http_client.settings = small_settings(timeout_seconds=0.1, request_retries=0, max_body_mb=1)
    url = site.on("/a", behaviour(site))
    with pytest.raises(DiscoveryError) as caught:
        http_client.get(url, headers={"X-Api-Key": "a-key-to-be-kept"})
    assert re.search(rf"^(?!.{{0,10}}127\.).{{20,}} \({re.escape(url)}\)$", str(caught.value))


def test_a_failure_behind_a_redirect_names_the_address_that_failed(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    end = other_site.on("/end", other_site.reply(410))
    with pytest.raises(NotFound, match=rf"^410 Gone.*\({re.escape(end)}\)$"):
        http_client.get(site.on("/a", site.reply(302, location=end)), anywhere=True)
