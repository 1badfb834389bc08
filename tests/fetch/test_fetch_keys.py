"""Which hosts a connection names, and which requests would carry its key elsewhere."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.errors import KeyNotAllowed
from include.discovery.fetch.keys import Credentials, KeyHost, entry_for, why_not

KEY = "s3cr3t/K+y=='\"&ł"


def bound(*hosts: str, key: str = KEY) -> Credentials:
    return Credentials(key, hosts=tuple(map(KeyHost.parse, hosts)), connection_id="discovery_x")


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("api.example.org", "https://api.example.org/v2?x=1"),
        ("api.example.org", "https://API.example.ORG./"),
        ("api.example.org", "https://api.example.org:443/"),
        ("api.example.org.", "https://api.example.org"),
        ("API.Example.org", "https://api.example.org"),
        ("https://api.example.org/v2", "https://api.example.org/other"),
        ("http://api.example.org", "http://api.example.org/"),
        ("http://api.example.org", "https://api.example.org/"),
        ("api.example.org:8443", "https://api.example.org:8443/"),
        ("http://api.example.org:8080", "http://api.example.org:8080/"),
        ("bücher.example", "https://xn--bcher-kva.example/"),
        ("xn--bcher-kva.example", "https://bücher.example/"),
        ("2001:db8::1", "https://[2001:DB8:0:0::1]/"),
        ("127.0.0.1", "http://127.0.0.1:8765/"),
        ("localhost", "http://localhost:8765/"),
        ("http://[::1]", "http://[0:0:0:0:0:0:0:1]:8765/"),
    ],
)
def test_a_host_is_recognised_however_it_is_written(entry: str, url: str) -> None:
    assert KeyHost.parse(entry).admits(httpx.URL(url))


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("api.example.org", "https://evil.example/"),
        ("api.example.org", "https://example.org/"),
        ("api.example.org", "https://www.api.example.org/"),
        ("api.example.org", "https://api.example.org.evil.example/"),
        ("api.example.org", "https://evil-api.example.org/"),
        ("api.example.org", "https://api.example.org@evil.example/"),
        ("api.example.org", "https://api.example.org:x@evil.example/"),
        ("api.example.org", "https://evil.example/?https://api.example.org/"),
        ("api.example.org", "https://evil.example#@api.example.org/"),
        ("api.example.org", "https://api.example.org%2eevil.example/"),
        ("api.example.org", "https://api.example.org。evil.example/"),
        ("api.example.org", "https://api.example.org:8443/"),
        ("api.example.org", "http://api.example.org/"),
        ("https://api.example.org", "http://api.example.org/"),
        ("api.example.org", "http://api.example.org:443/"),
        ("api.example.org", "ftp://api.example.org/"),
        ("api.example.org:8443", "https://api.example.org/"),
        ("http://api.example.org:8080", "http://api.example.org/"),
        ("ss.example", "https://ß.example/"),
        ("127.0.0.1:8765", "http://127.0.0.1:8766/"),
        ("https://127.0.0.1:8765", "http://127.0.0.1:8765/"),
        ("127.0.0.1", "http://127.1/"),
        ("127.0.0.1", "http://[::ffff:127.0.0.1]/"),
        ("10.0.0.1", "http://10.0.0.1/"),
        ("::1", "http://[::2]/"),
    ],
)
def test_a_host_counts_as_another_recipient_if_its_port_or_scheme_differs(
    entry: str, url: str
) -> None:
    assert not KeyHost.parse(entry).admits(httpx.URL(url))


def written_forms() -> list[Any]:
    once, twice = quote(KEY, safe=""), quote(quote(KEY, safe=""), safe="")
    basic = base64.b64encode(f"me:{KEY}".encode()).decode()
    url_safe = base64.urlsafe_b64encode(f"x{KEY}".encode()).decode().rstrip("=")
    return [
        pytest.param({"params": {"apikey": KEY}}, id="parameter"),
        pytest.param({"params": {"q": f"before {KEY} after"}}, id="part of a parameter"),
        pytest.param({"params": {KEY: "1"}}, id="name of a parameter"),
        pytest.param({"url": f"https://evil.example/v2/{once}/events"}, id="path"),
        pytest.param({"url": f"https://evil.example/?next={twice}"}, id="encoded twice"),
        pytest.param({"url": f"https://evil.example/?u=https%3A//a/%3Fk%3D{twice}"}, id="nested"),
        pytest.param({"url": f"https://me:{once}@evil.example/"}, id="password"),
        pytest.param({"url": f"https://{once}@evil.example/"}, id="user"),
        pytest.param({"url": f"https://evil.example/#{once}"}, id="fragment"),
        pytest.param({"headers": {"x-key": KEY.encode()}}, id="header"),
        pytest.param({"headers": {"authorization": f"Bearer {KEY}".encode()}}, id="bearer"),
        pytest.param({"headers": {"authorization": f"Basic {basic}"}}, id="basic"),
        pytest.param({"headers": {"x-token": url_safe}}, id="base64 for addresses"),
        pytest.param({"headers": {"cookie": f"session={once}"}}, id="cookie"),
        pytest.param({"headers": {"referer": f"https://a/?k={once}"}}, id="referer"),
        pytest.param({"json": {"variables": {"token": KEY}}}, id="JSON"),
        pytest.param({"content": json.dumps({"k": KEY})}, id="escaped JSON"),
        pytest.param({"content": json.dumps({"k": json.dumps({"k": KEY})})}, id="JSON in JSON"),
        pytest.param({"data": {"key": KEY}}, id="form"),
    ]


@pytest.mark.parametrize("parts", written_forms())
def test_a_key_is_recognised_wherever_it_stands_and_however_it_is_written(
    parts: dict[str, Any],
) -> None:
    url = parts.pop("url", "https://evil.example/")
    request = httpx.Request("POST", url, **parts)

    with pytest.raises(KeyNotAllowed, match=r"may not go to evil.example, only to api.example.org"):
        bound("api.example.org").check(request)


@pytest.mark.parametrize("parts", written_forms())
def test_a_key_goes_to_its_own_host_in_any_form(parts: dict[str, Any]) -> None:
    url = parts.pop("url", "https://evil.example/").replace("evil.example", "api.example.org")

    bound("api.example.org").check(httpx.Request("POST", url, **parts))


def test_a_key_in_the_name_of_a_host_is_recognised() -> None:
    request = httpx.Request("GET", "https://SecretKey.evil.example/")

    with pytest.raises(KeyNotAllowed):
        bound("api.example.org", key="SecretKey").check(request)


def test_a_request_without_the_key_goes_to_any_host() -> None:
    bound("api.example.org").check(httpx.Request("GET", "http://any.example/s3cr3t?key=other"))


def test_a_short_key_is_recognised_as_a_word_and_not_within_words() -> None:
    credentials = bound("api.example.org", key="k1")

    credentials.check(httpx.Request("GET", "https://any.example/ak1b"))
    with pytest.raises(KeyNotAllowed):
        credentials.check(httpx.Request("GET", "https://any.example/?q=k1"))


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", ""])
def test_a_host_header_cannot_send_the_key_to_a_neighbour_of_its_host(host: str) -> None:
    """Behind the address of a content network there are many sites; the header chooses."""
    request = httpx.Request(
        "GET", f"https://api.example.org/?k={quote(KEY)}", headers={"Host": host}
    )

    with pytest.raises(KeyNotAllowed):
        bound("api.example.org").check(request)


def test_a_key_whose_connection_names_no_host_is_sent_nowhere() -> None:
    request = httpx.Request("GET", "https://api.example.org/", params={"k": KEY})

    with pytest.raises(KeyNotAllowed, match=r"does not say which host.* Host to api.example.org"):
        bound().check(request)


@pytest.mark.parametrize(
    ("address", "hosts", "said"),
    [
        ("https://a.example/x", [], "set its field Host to a.example in Airflow"),
        ("http://a.example:81", [], "set its field Host to http://a.example:81 in Airflow"),
        ("http://a.example/x", ["a.example"], "would go to a.example unencrypted"),
        ("http://a.example/x", ["a.example"], "or name http://a.example as Host"),
        (
            "https://b.example:8443",
            ["a.example"],
            "may not go to b.example:8443, only to a.example",
        ),
        ("https://b.example", ["a.example"], '"hosts" in its extra'),
    ],
)
def test_a_refusal_names_the_connection_and_the_host_to_set(
    address: str, hosts: list[str], said: str
) -> None:
    problem = why_not(address, list(map(KeyHost.parse, hosts)), "discovery_x")

    assert problem is not None
    assert said in problem
    assert "connection discovery_x" in problem


@given(
    st.from_regex(r"\A(https?://)?[a-z]{1,9}\.example(:[1-9][0-9]{0,3})?\Z"),
    st.sampled_from(["", "/", "/a/b?c=d"]),
)
def test_the_host_that_a_refusal_suggests_admits_the_address(entry: str, rest: str) -> None:
    address = f"{entry if '://' in entry else f'https://{entry}'}{rest}"

    assert why_not(address, [KeyHost.parse(entry_for(address))], "x") is None
    assert str(KeyHost.parse(str(KeyHost.parse(entry)))) == str(KeyHost.parse(entry))


@pytest.mark.parametrize("address", ["", "/v2", "https://", "https://{city}.example/x"])
def test_an_incomplete_address_is_checked_when_it_is_requested(address: str) -> None:
    assert why_not(address, [], "x") is None
    assert entry_for(address) == address


@pytest.mark.slow
@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=8, max_size=30))
def test_any_key_is_found_in_any_form(key: str) -> None:
    credentials = bound("api.example.org", key=f"{key}4")
    written = f"{key}4".strip()
    for content in (
        quote(quote(written, safe=""), safe=""),
        base64.b64encode(f"user:{written}".encode()).decode(),
        json.dumps({"k": written}),
    ):
        with pytest.raises(KeyNotAllowed):
            credentials.check(httpx.Request("POST", "https://evil.example/", content=content))


def test_no_representation_of_credentials_shows_the_key() -> None:
    assert KEY not in repr(bound("a.example"))
    assert bound("a.example").secrets == {KEY}
    assert bound(key="").secrets == frozenset()
