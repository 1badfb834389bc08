"""Where redirects are followed, and what they may carry along."""

import re
from typing import Any

import httpx
import pytest

from include.discovery.errors import (
    RedirectRefused,
    UnreadableResponse,
)
from include.discovery.fetch.client import (
    MAX_REDIRECTS,
)
from tests.fetch.conftest import RecordingClient, Site, small_settings

KEY = "s3cr3t/K+y=é"

pytestmark = pytest.mark.usefixtures("small_bounds")


def test_redirects_are_followed_and_counted(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    end = other_site.on("/end", other_site.reply(200, b"here"))
    middle = site.on("/middle", site.reply(308, location=end))
    start = site.on("/start", site.reply(301, location="/middle?x=1"))
    response = http_client.get(start, headers={"X-Note": "kept"}, anywhere=True)
    assert (response.body, response.url) == (b"here", end)
    assert http_client.requests == 3
    assert middle in site.url + site.paths[1]
    assert other_site.headers[0]["x-note"] == "kept"


def test_redirects_in_a_circle_end(site: Site, http_client: RecordingClient) -> None:
    with pytest.raises(RedirectRefused, match="in a circle"):
        http_client.get(site.on("/a", site.reply(302, location="/a")))
    assert http_client.requests == MAX_REDIRECTS + 1


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/a", "mailto:a@example.org", "http://h:bad/"])
def test_a_redirect_off_the_web_is_an_error(
    site: Site, http_client: RecordingClient, location: str
) -> None:
    with pytest.raises(RedirectRefused):
        http_client.get(site.on("/a", site.reply(302, location=location)))


@pytest.mark.parametrize(
    ("old", "new", "is_followed"),
    [
        ("https://example.org/a", "https://www.example.org/a/", True),
        ("https://www.example.org/a", "https://example.org/b", True),
        ("http://example.org/a", "https://example.org/a", True),
        ("https://example.org/a", "https://events.example.org/a", True),
        ("https://events.example.org/a", "https://example.org/a", True),
        ("https://EXAMPLE.org/a", "https://example.org./a", True),
        ("https://example.org:8443/a", "https://example.org:8443/b", True),
        ("https://example.org/a", "https://other.example/a", False),
        ("https://example.org/a", "https://example.org.other.example/a", False),
        ("https://example.org/a", "https://badexample.org/a", False),
        ("https://a.example.org/a", "https://b.example.org/a", False),
        ("https://example.org/a", "https://example.org:8443/a", False),
    ],
)
def test_a_redirect_is_followed_within_its_site_only(
    http_client: RecordingClient, old: str, new: str, is_followed: bool
) -> None:
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(200 if len(asked) > 1 else 301, headers={"location": new})

    http_client.transport = httpx.MockTransport(answer)
    if is_followed:
        assert http_client.get(old).status == 200
        return
    with pytest.raises(RedirectRefused, match="another site than") as caught:
        http_client.get(old)
    assert len(asked) == http_client.requests == 1
    there = httpx.URL(new)
    assert f"add {there.host} to the setting redirect_hosts" in str(caught.value)
    assert f"Redirected to {there.netloc.decode()}" in str(caught.value)
    assert f"correct its address to {new}" in str(caught.value)


def test_a_chain_of_redirects_does_not_drift_from_subdomain_to_subdomain(
    http_client: RecordingClient,
) -> None:
    chain = {
        "https://a.example.org/": "https://example.org/",
        "https://example.org/": "https://b.example.org/",
    }
    http_client.transport = httpx.MockTransport(
        lambda request: httpx.Response(302, headers={"location": chain[str(request.url)]})
    )
    with pytest.raises(RedirectRefused, match=r"b\.example\.org, another site than a\.example"):
        http_client.get("https://a.example.org/")


def test_a_host_that_the_settings_name_may_be_redirected_to(http_client: RecordingClient) -> None:
    http_client.settings = small_settings(redirect_hosts=("CDN.example",))

    def answer(request):
        if request.url.host == "cdn.example":
            return httpx.Response(200, content=b"here")
        return httpx.Response(302, headers={"location": "https://cdn.example/file.ics"})

    http_client.transport = httpx.MockTransport(answer)
    assert http_client.get("https://example.org/").body == b"here"


def test_a_query_is_not_posted_to_another_site(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    url = site.on("/graphql", site.reply(307, location=f"{other_site.url}/graphql"))
    with pytest.raises(RedirectRefused, match="another site"):
        http_client.run(lambda fetcher: fetcher.post_json(url, {"query": "{a}"}))
    assert other_site.paths == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "FILE:/etc/passwd", "gopher://a/"])
def test_a_redirect_off_the_web_names_where_it_leads(
    site: Site, http_client: RecordingClient, location: str
) -> None:
    scheme = location.partition(":")[0].lower()
    with pytest.raises(RedirectRefused, match=f"not a web address.*begins with {scheme}:"):
        http_client.get(site.on("/a", site.reply(302, location=location)))


def test_redirects_in_a_circle_are_reported_with_an_address(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/b", site.reply(302, location="/a"))
    with pytest.raises(RedirectRefused, match=re.escape(f"at last to {site.url}/")):
        http_client.get(site.on("/a", site.reply(302, location="/b")))


def test_a_redirect_without_a_target_is_unreadable(
    site: Site, http_client: RecordingClient
) -> None:
    with pytest.raises(UnreadableResponse, match="302 Found"):
        http_client.get(site.on("/a", site.reply(302)))


def test_a_secret_stays_through_a_redirect_of_its_own_host(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/end", site.reply(200, b"here"))
    start = site.on("/a", site.reply(302, location=f"{site.url}/end"))
    http_client.get(start, params={"code": KEY}, headers={"X-Api-Key": KEY[:6]}, secrets=["code"])
    assert site.headers[1]["x-api-key"] == KEY[:6]


@pytest.mark.parametrize(
    "options",
    [
        {"params": {"code": KEY}, "secrets": ["Code"]},
        {"headers": {"Authorization": "Bearer abcdef"}},
        {"headers": {"X-Note": "abcdef"}, "secrets": ["x-note"]},
    ],
)
def test_a_secret_is_not_carried_to_another_host(
    site: Site, other_site: Site, http_client: RecordingClient, options: dict[str, Any]
) -> None:
    start = site.on("/a", site.reply(302, location=f"{other_site.url}/steal"))
    with pytest.raises(RedirectRefused, match=r"the key must not go.*correct the address"):
        http_client.get(start, **options)
    assert other_site.paths == []


def test_a_password_in_the_address_is_sent_to_its_host_only(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    start = site.on("/a", site.reply(302, location=f"{other_site.url}/steal"))
    with pytest.raises(RedirectRefused, match="the key must not go"):
        http_client.get(start.replace("://", "://ann:abcdef@"))
    assert site.headers[0]["authorization"].startswith("Basic ")
    assert other_site.paths == []


def test_an_address_with_a_token_may_redirect_elsewhere_but_not_take_the_token_along(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    file = other_site.on("/file", other_site.reply(200, b"here"))
    start = site.on("/a", site.reply(302, location=f"{file}?sig=other"))
    assert http_client.get(f"{start}?token=abcdef", anywhere=True).body == b"here"
    start = site.on("/b", site.reply(302, location=f"{file}?from=abcde%66"))
    with pytest.raises(RedirectRefused, match="the key must not go"):
        http_client.get(f"{start}?token=abcdef")


@pytest.mark.parametrize(
    ("old", "new", "goes_on"),
    [
        ("http://api.example/", "https://api.example/v2", True),
        ("https://api.example/", "https://api.example:443/v2", True),
        ("https://api.example/", "http://api.example/v2", False),
        ("https://api.example/", "https://www.api.example/v2", False),
        ("https://api.example/", "https://api.example:8443/v2", False),
        ("http://api.example:8080/", "https://api.example/v2", False),
    ],
)
def test_a_redirect_keeps_a_secret_only_with_the_same_host_and_no_weaker_scheme(
    http_client: RecordingClient, old: str, new: str, goes_on: bool
) -> None:
    seen = []

    def answer(request):
        seen.append(str(request.url))
        return httpx.Response(302, headers={"location": new}) if len(seen) == 1 else end

    end = httpx.Response(200)
    http_client.transport = httpx.MockTransport(answer)
    if goes_on:
        assert http_client.get(old, headers={"X-Api-Key": "abcdef"}).status == 200
    else:
        with pytest.raises(RedirectRefused, match="the key must not go"):
            http_client.get(old, headers={"X-Api-Key": "abcdef"})
    assert len(seen) == 1 + goes_on


def test_cookies_are_neither_sent_back_nor_a_hindrance_to_redirects(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    end = other_site.on("/end", other_site.reply(200, b"here"))
    start = site.on("/a", site.reply(302, location=end, set_cookie="sid=12345; Path=/"))

    async def twice(fetcher):
        await fetcher.get(start, anywhere=True)
        return await fetcher.get(start, anywhere=True)

    assert http_client.run(twice).body == b"here"
    assert "cookie" not in site.headers[1]
