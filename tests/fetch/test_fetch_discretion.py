"""What the client says, and that no secret is in it."""

import re
import traceback

import pytest

from include.discovery.errors import (
    AuthenticationFailed,
    DiscoveryError,
    InvalidSettings,
)
from include.discovery.fetch.keys import Credentials, KeyHost
from tests.fetch.conftest import RecordingClient, Site, small_settings

KEY = "s3cr3t/K+y=é"

pytestmark = pytest.mark.usefixtures("small_bounds")


def everything_said(caplog: pytest.LogCaptureFixture) -> str:
    formatted = [caplog.handler.format(record) for record in caplog.records]
    return "\n".join(formatted) + repr([vars(record) for record in caplog.records])


def spoken_by(error: DiscoveryError) -> str:
    return "".join([str(error), repr(error), *traceback.format_exception(error)])


@pytest.mark.slow
def test_no_secret_is_ever_shown(
    site: Site, other_site: Site, http_client: RecordingClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything that is logged at DEBUG, and every error, of requests with a key in them."""
    caplog.set_level("DEBUG")
    # Airflow, once some other test has loaded it, silences httpx: here it has to speak.
    caplog.set_level("DEBUG", logger="httpx")
    caplog.set_level("DEBUG", logger="httpcore")
    http_client.settings = small_settings(request_retries=1, timeout_seconds=0.2)
    # In the query of the answer's own making, and in its body: as it is, and encoded.
    echo = f'{{"message": "The key {KEY} is unknown", "next": "/?code={"%73"}{KEY[1:]}"}}'.encode()
    location = "/end?code=s3cr3t%2FK%2By%3D%C3%A9"
    broken = b"HTTP/1.1 200 OK\r\nX-Echo: s3cr3t/K%2by=%c3%a9\r\nContent-Length: 9\r\n\r\nhal"
    site.on("/end", site.reply(200, b"here"))
    urls = [
        site.on("/ok", site.reply(200, echo)),
        site.on("/moved", site.reply(302, location=location)),
        site.on("/away", site.reply(302, location=f"{other_site.url}{location}")),
        site.on("/nowhere", site.reply(302, location=f"http://h:bad{location}")),
        site.on("/bad", site.reply(400, echo)),
        site.on("/unauthorised", site.reply(401, echo)),
        site.on("/fast", site.reply(429, echo)),
        site.on("/quota", site.reply(429, echo, retry_after="9999")),
        site.on("/down", site.reply(500, b"x" * 190 + KEY.encode() + b"x" * 200)),
        site.on("/broken", site.raw(broken)),
        site.on("/reset", site.raw(b"", reset=True)),
        site.on("/packed", site.reply(200, echo, content_encoding="br")),
        site.on("/silent", site.dripping(b"", 60)),
        site.on("/", site.reply()).replace("http:", "https:"),
        "http://127.0.0.1:1/",
        "http://h:bad/",
    ]
    errors = []
    for url in urls:
        for options in (
            {"params": {"code": KEY}, "secrets": ["code"]},
            {"params": {"apikey": KEY}},
            {"headers": {"Authorization": "Bearer s3cr3t"}, "params": {"apikey": KEY}},
        ):
            try:
                http_client.get(url, **options)
            except Exception as error:  # noqa: BLE001  whatever is raised must not tell
                errors.append(error)
    # Tracebacks quote source lines, so that no call below may spell the secret out.
    userinfo = site.url.replace("://", "://ann:s3cr3t@")
    for headers in ({}, {"X-Api-Key": "s3cr3t\n"}):
        try:
            http_client.get(f"{userinfo}/bad", headers=headers)
        except InvalidSettings as error:
            errors.append(error)

    said = everything_said(caplog) + "".join(map(spoken_by, errors))
    assert len(errors) >= 3 * (len(urls) - 2)
    loggers = {record.name for record in caplog.records}
    assert {"httpx", "httpcore.http11", "include.discovery.fetch.client"} <= loggers
    assert "code=***" in said
    assert "s3cr3t" not in said
    assert "%73" not in said
    assert not any("s3cr3t" in repr(e.response) for e in errors if getattr(e, "response", None))


def test_a_classifier_that_quotes_the_body_is_masked(
    site: Site, http_client: RecordingClient
) -> None:
    def classify(response):
        return InvalidSettings(f"The source says: {response.body.decode()}")

    url = site.on("/a", site.reply(200, b"no such key: s3cr3t"))
    with pytest.raises(InvalidSettings) as caught:
        http_client.get(url, params={"apikey": "s3cr3t"}, classify=classify)
    assert str(caught.value) == f"The source says: no such key: *** ({url}?apikey=***)"


def test_a_token_is_masked_without_its_scheme(site: Site, http_client: RecordingClient) -> None:
    with pytest.raises(AuthenticationFailed, match=re.escape(": no such token: ***. ")):
        http_client.get(
            site.on("/a", site.reply(401, b"no such token: abcdef")),
            headers={"Authorization": "Bearer abcdef"},
        )


def test_a_body_without_secrets_is_left_as_it_is(site: Site, http_client: RecordingClient) -> None:
    url = site.on("/a", site.reply(200, b"see /next?apikey=s3cr3t"))
    response = http_client.get(url, params={"apikey": "s3cr3t"})
    assert response.body == b"see /next?apikey=s3cr3t"
    assert response.url == f"{url}?apikey=***"


def test_each_request_is_logged_in_one_line(
    site: Site, http_client: RecordingClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="include.discovery.fetch")
    http_client.get(site.on("/a", site.reply(500), site.reply(200, b"ok")))
    ours = [r.getMessage() for r in caplog.records if r.name == "include.discovery.fetch.client"]
    assert re.fullmatch(rf"GET {site.url}/a answered 500 in \d+ ms, 0 bytes", ours[0])
    assert re.match(r"Request retry 1/3 in [01]\.\d s: .*500 Internal Server Error", ours[1])
    assert re.fullmatch(rf"GET {site.url}/a answered 200 in \d+ ms, 2 bytes", ours[2])


LONG_KEY = "Qz7mXw9Lk3Rv-T5pHd2Ns8"


def with_key(site: Site) -> Credentials:
    return Credentials(LONG_KEY, hosts=(KeyHost.parse(site.url),))


def test_the_key_of_the_connection_is_masked_in_an_answer_before_it_is_classified(
    site: Site, http_client: RecordingClient
) -> None:
    seen = []

    def classify(response):
        seen.append(response)

    http_client.credentials = with_key(site)
    url = site.on("/a", site.reply(200, f"see {LONG_KEY}".encode(), x_echo=f"is {LONG_KEY}"))
    response = http_client.get(url, headers={"X-Api-Key": LONG_KEY}, classify=classify)
    assert (response.body, response.headers["x-echo"]) == (b"see ***", "is ***")
    assert seen[0].body == b"see ***"


@pytest.mark.parametrize("masked", ["/a?k=***&page=2", "/a?k=%2A%2A%2A&page=2"])
def test_a_mask_in_an_address_is_not_replaced_by_the_key(
    site: Site, http_client: RecordingClient, masked: str
) -> None:
    http_client.credentials = with_key(site)
    site.on("/a", site.reply(200, b"here"))
    http_client.get(f"{site.url}{masked}")
    assert site.paths == [masked]
