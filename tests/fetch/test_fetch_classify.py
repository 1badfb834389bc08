"""Which failure an answer is, and what its message says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery import errors
from include.discovery.errors import DiscoveryError
from include.discovery.fetch.classify import EXCERPT_LENGTH, classify_status
from include.discovery.response import Response

URL = "https://api.example/events?apikey=***"


def judge(status: int, body: bytes = b"") -> DiscoveryError | None:
    return classify_status(Response(status, {}, body, URL))


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_is_no_failure(status: int) -> None:
    assert judge(status) is None


def test_partial_content_that_nobody_asked_for_is_not_taken_for_the_whole() -> None:
    assert isinstance(judge(206), errors.UnreadableResponse)


@pytest.mark.parametrize("body", [b"BEGIN:VCALENDAR", b'{"title": "Tosca"}', b"<html><title>Tosca"])
def test_partial_content_is_not_quoted_in_the_message(body: bytes) -> None:
    """It is data: a piece of the events, and no words about the failure."""
    assert str(judge(206, body)) == str(judge(206))


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (206, errors.UnreadableResponse),
        (304, errors.UnreadableResponse),
        (300, errors.UnreadableResponse),
        (400, errors.InvalidSettings),
        (401, errors.AuthenticationFailed),
        (403, errors.Blocked),
        (404, errors.NotFound),
        (405, errors.InvalidSettings),
        (408, errors.ServerError),
        (410, errors.NotFound),
        (418, errors.InvalidSettings),
        (422, errors.InvalidSettings),
        (425, errors.ServerError),
        (429, errors.RateLimited),
        (451, errors.Blocked),
        (500, errors.ServerError),
        (502, errors.ServerError),
        (503, errors.ServerError),
        (504, errors.ServerError),
        (522, errors.ServerError),
        (799, errors.UnreadableResponse),
    ],
)
def test_each_status_has_its_class_of_failure(
    status: int, failure: type[errors.DiscoveryError]
) -> None:
    error = judge(status)
    assert type(error) is failure
    assert str(status) in str(error)
    assert URL in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "Invalid app_token specified"}',
        b'{"message": "API key missing"}',
        b'[{"message": "Not authorized for this scope"}]',
        b'{"code": "oauth.v2.InvalidApiKey"}',
    ],
)
def test_a_403_that_mentions_keys_in_json_is_a_failure_of_the_credentials(body: bytes) -> None:
    assert type(judge(403, body)) is errors.AuthenticationFailed


@pytest.mark.parametrize(
    "body",
    [
        b'{"code": "rest_forbidden", "message": "Sorry, you are not allowed to do that."}',
        b"<html><title>Just a moment...</title>token key</html>",
        b"No token, no show",
        b'{"token',
        b'{"message": "Hackneyed, says the author"}',
        b"[" * 100_000,
    ],
)
def test_any_other_403_is_a_block(body: bytes) -> None:
    assert type(judge(403, body)) is errors.Blocked


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2"}}}',
            ": Invalid ApiKey. ",
        ),
        (b'{"errors":[{"code":"DIS1035","detail":"Size too\\nlarge."}]}', ": Size too large. "),
        (b'{"detail":{"a":1},"message":" ","error":"Nope"}', ": Nope. "),
        (b"quota\x1b[31m exceeded", ": quota [31m exceeded. "),
        (b"<!DOCTYPE html><head><title>\n Bad &amp; gone</title>", ": Bad & gone. "),
        (b"<html><p>nothing</p></html>", "Bad Request. "),
        (b"", "Bad Request. "),
        (b'{"token":"abcdef"}', ': {"token":"***"}. '),
        ("brak klucza: żółć".encode(), ": brak klucza: żółć. "),
    ],
)
def test_the_message_quotes_what_the_source_says(body: bytes, words: str) -> None:
    assert words in str(judge(400, body))


def test_long_words_are_cut_after_redaction_not_before() -> None:
    body = b"x" * (EXCERPT_LENGTH - 20) + b" https://h/?apikey=" + b"k" * 100
    message = str(judge(400, body))
    assert "kk" not in message
    assert len(message) < EXCERPT_LENGTH + 200


def test_deep_and_wide_json_is_searched_within_bounds() -> None:
    deep = json.dumps({"error": None})
    for _ in range(50):
        deep = json.dumps({"errors": [json.loads(deep)] * 2}) if len(deep) < 10_000 else deep
    assert judge(400, deep.encode()) is not None


@given(st.integers(100, 999), st.binary(max_size=300))
def test_any_answer_gets_a_message_of_one_printable_line(status: int, body: bytes) -> None:
    error = judge(status, body)
    assert error is None or str(error).isprintable()


def test_an_error_page_that_only_repeats_its_status_adds_nothing() -> None:
    page = Response(404, {}, b"<html><title>404 Not Found</title></html>", "https://a.example/x")

    assert str(classify_status(page)) == (
        "404 Not Found. Correct the address in the settings, or disable the source if it has closed"
        " (https://a.example/x)"
    )
