"""Which requests are repeated, how often, and after which waits."""

import pickle

import pytest

from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    DiscoveryError,
    InvalidSettings,
    NotFound,
    QuotaExhausted,
    RateLimited,
    ServerError,
)
from tests.fetch.conftest import RecordingClient, Site, small_settings

pytestmark = pytest.mark.usefixtures("small_bounds")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_retried(
    site: Site, http_client: RecordingClient, status: int
) -> None:
    url = site.on("/a", site.reply(status), site.reply(status), site.reply(200, b"ok"))
    assert http_client.get(url).body == b"ok"
    assert http_client.requests == 3
    assert len(http_client.waits) == 2
    assert 0 <= http_client.waits[0] <= 1
    assert 0 <= http_client.waits[1] <= 2


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_end_at_the_number_in_the_settings(
    site: Site, http_client: RecordingClient, retries: int
) -> None:
    http_client.settings = small_settings(request_retries=retries)
    with pytest.raises(ServerError, match="500 Internal Server Error"):
        http_client.get(site.on("/a", site.reply(500)))
    assert http_client.requests == retries + 1
    assert len(http_client.waits) == retries


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_a_status_that_does_not_pass_is_not_retried(
    site: Site, http_client: RecordingClient, status: int
) -> None:
    with pytest.raises((InvalidSettings, AuthenticationFailed, Blocked, NotFound)):
        http_client.get(site.on("/a", site.reply(status)))
    assert http_client.requests == 1


@pytest.mark.parametrize(
    ("value", "seconds"), [("40", 40), ("Tue, 24 Nov 2026 12:00:40 GMT", 40), ("90", 90)]
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_a_source_asks_for_is_kept(
    site: Site, http_client: RecordingClient, status: int, value: str, seconds: int
) -> None:
    url = site.on("/a", site.reply(status, retry_after=value), site.reply())
    http_client.get(url)
    assert seconds <= http_client.waits[0] <= seconds + 1


def test_a_used_up_quota_fails_with_the_wait_until_it_is_renewed(
    site: Site, http_client: RecordingClient
) -> None:
    with pytest.raises(RateLimited) as caught:
        http_client.get(
            site.on("/a", site.reply(429, x_ratelimit_remaining="0", x_ratelimit_reset="7200"))
        )
    assert caught.value.retry_after == 7200
    assert http_client.waits == []


@pytest.mark.parametrize(("status", "failure"), [(429, RateLimited), (503, ServerError)])
def test_a_longer_wait_is_left_to_the_task(
    site: Site, http_client: RecordingClient, status: int, failure: type[DiscoveryError]
) -> None:
    with pytest.raises(failure) as caught:
        http_client.get(site.on("/a", site.reply(status, retry_after="121")))
    assert caught.value.retry_after == 121
    assert http_client.waits == []


def test_a_classifier_decides_instead_of_the_status(
    site: Site, http_client: RecordingClient
) -> None:
    def classify(response):
        if b"QuotaViolation" in response.body:
            return QuotaExhausted("The day's calls are used up.")
        return RateLimited("Too fast.") if b"Spike" in response.body else None

    spike, quota = site.reply(429, b"SpikeArrest"), site.reply(429, b"QuotaViolation")
    with pytest.raises(QuotaExhausted, match="used up"):
        http_client.get(site.on("/a", spike, quota), classify=classify)
    assert http_client.requests == 2
    url = site.on("/end", site.reply(404, b'{"code":"event-archive-page-not-found"}'))
    assert http_client.get(url, classify=classify).status == 404


def test_an_error_carries_the_answer_but_not_through_a_pickle(
    site: Site, http_client: RecordingClient
) -> None:
    with pytest.raises(NotFound) as caught:
        http_client.get(site.on("/a", site.reply(404, b'{"code": "gone"}')))
    assert caught.value.response.body == b'{"code": "gone"}'
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.response) == (str(caught.value), None)
