"""Answers are read where they are fetched: once, and asked for again if they cannot be."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    DiscoveryError,
    UnreadableResponse,
    UnsupportedResponse,
)
from include.discovery.fetch.classify import classify_status
from include.discovery.fetch.reading import get_read, get_whole, post_read
from include.discovery.response import Response
from tests.fetch.conftest import RecordingClient, Site


def reading(log: list[Any]) -> Callable[..., Any]:
    def read(response):
        log.append(response.body)
        try:
            return json.loads(response.body)
        except ValueError:
            raise UnreadableResponse("no JSON") from None

    return read


def test_a_good_answer_is_read_once(site: Site, http_client: RecordingClient) -> None:
    seen = []
    url = site.on("/a", site.reply(200, b"[1]"))
    assert http_client.run(lambda fetch: get_read(fetch, url, reading(seen))) == [1]
    assert seen == [b"[1]"]


def test_an_answer_that_cannot_be_read_is_retried(site: Site, http_client: RecordingClient) -> None:
    seen = []
    url = site.on("/a", site.reply(200, b"<p>"), site.reply(200, b""), site.reply(200, b"[1]"))
    assert http_client.run(lambda fetch: get_read(fetch, url, reading(seen))) == [1]
    assert seen == [b"<p>", b"", b"[1]"]
    assert (http_client.requests, len(http_client.waits)) == (3, 2)


def test_an_answer_that_can_never_be_read_ends_with_the_error_of_its_reader(
    site: Site, http_client: RecordingClient
) -> None:
    url = site.on("/a", site.reply(200, b"<p>"))
    with pytest.raises(UnreadableResponse, match=r"^no JSON \(http"):
        http_client.run(lambda fetch: get_read(fetch, url, reading([])))
    assert http_client.requests == 4


@pytest.mark.parametrize("failure", [AuthenticationFailed, UnsupportedResponse])
def test_an_error_of_a_reader_is_retried_by_the_rule_of_its_class(
    site: Site, http_client: RecordingClient, failure: type[DiscoveryError]
) -> None:
    def read(_response):
        raise failure("no")

    url = site.on("/a", site.reply(200, b"[1]"))
    with pytest.raises(failure):
        http_client.run(lambda fetch: get_read(fetch, url, read))
    assert http_client.requests == 1


@pytest.mark.parametrize(
    ("answers", "expected"),
    [([b"[1", b"[1, 2]"], b"[1, 2]"), ([b"[1", b"[1, 2", b"[", b"[1,"], b"[1,")],
)
def test_a_document_that_breaks_off_is_retried_and_finally_taken_as_it_is(
    site: Site, http_client: RecordingClient, answers: list[bytes], expected: bytes
) -> None:
    url = site.on("/a", *(site.reply(200, body) for body in answers))

    def ask(fetch):
        return get_whole(
            fetch,
            url,
            lambda answer: answer.body,
            breaks_off=lambda body: not body.endswith(b"]"),
            words="The list breaks off.",
        )

    assert http_client.run(ask) == expected
    assert http_client.requests == len(answers)


def test_an_answer_is_classified_by_its_status_before_it_is_read(
    site: Site, http_client: RecordingClient
) -> None:
    seen = []
    url = site.on("/a", site.reply(403, b"[1]"))
    with pytest.raises(Blocked):
        http_client.run(lambda fetch: get_read(fetch, url, reading(seen)))
    assert seen == []


def test_an_answer_may_be_classified_by_another_rule_than_its_status(
    site: Site, http_client: RecordingClient
) -> None:
    def judge(response):
        return None if response.status == 404 else classify_status(response)

    url = site.on("/a", site.reply(404, b"[]"))
    assert http_client.run(lambda fetch: get_read(fetch, url, reading([]), classify=judge)) == []


def test_a_posted_query_is_retried_like_an_address(
    site: Site, http_client: RecordingClient
) -> None:
    url = site.on("/a", site.reply(200, b""), site.reply(200, b"[1]"))
    assert http_client.run(lambda fetch: post_read(fetch, url, {"q": 1}, reading([]))) == [1]
    assert site.bodies == [b'{"q":1}'] * 2


def test_a_remembered_answer_is_read(http_client: RecordingClient) -> None:
    remembered = Response(200, {}, b"[1]", "http://a.example/")

    class Remembering:
        async def get(self, _url, **_options):
            return remembered

    assert http_client.run(lambda _: get_read(Remembering(), "http://a.example/", reading([]))) == [
        1
    ]
