"""GraphQL answers: data, errors next to data, refusals in an answer of 200."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.graphql import GraphQLAnswer, ask, read_answer
from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    DiscoveryError,
    InvalidSettings,
    RateLimited,
    ServerError,
    UnreadableResponse,
)
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.protocol import RequestSettings

URL = "https://api.example/graphql"
GOOD = {"data": {"things": {"items": [1], "total": 1}}}


def error(message: str = "No.", **more: Any) -> dict[str, Any]:
    return {"message": message, **more}


def read(document: Any) -> GraphQLAnswer:
    return read_answer(json.dumps(document).encode())


def asked(*answers: httpx.Response, retries: int = 0) -> tuple[Any, ...]:
    """Ask one question of a server that gives these answers in turn; return all requests, too."""
    requests = []
    left = list(answers)

    def respond(request):
        requests.append(request)
        return left.pop(0) if len(left) > 1 else left[0]

    async def run():
        async with HttpFetcher(
            RequestSettings(request_retries=retries),
            "",
            rng=random.Random(1),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: datetime.now(UTC),
            transport=httpx.MockTransport(respond),
        ) as fetch:
            return await ask(
                fetch, URL, "query Q($n: Int) { things(n: $n) }", {"n": 3}, operation="Q"
            )

    return asyncio.run(run()), requests


def test_the_data_of_a_good_answer_is_read() -> None:
    assert read(GOOD) == GraphQLAnswer(GOOD["data"])
    assert read(GOOD).incomplete_reason is None


def test_errors_next_to_data_make_the_run_incomplete_and_the_data_is_used() -> None:
    answer = read({**GOOD, "errors": [error("venue is gone", path=["things", 0, "venue"])]})

    assert answer.data == GOOD["data"]
    assert answer.incomplete_reason == "the source left out a part of the data: venue is gone"


@pytest.mark.parametrize("data", [None, {}, {"things": None}])
@pytest.mark.parametrize(
    ("given", "failure"),
    [
        (error("Too many requests"), RateLimited),
        (error(extensions={"code": "RATE_LIMITED"}), RateLimited),
        (error("Slow", status_code=429), RateLimited),
        (error("You need to be logged in", code="unauthenticated"), AuthenticationFailed),
        (error(extensions={"code": "UNAUTHENTICATED"}), AuthenticationFailed),
        (error(extensions={"code": "FORBIDDEN"}), Blocked),
        (error("You don't have permission to do this", status_code=403), Blocked),
        (error(extensions={"code": "GRAPHQL_VALIDATION_FAILED"}), UnreadableResponse),
        (error("Operation Q is too complex: complexity is 900"), InvalidSettings),
        (error('Cannot query field "cost" on type "Event".'), UnreadableResponse),
        (error("Something went wrong", status_code=500), ServerError),
        (error(extensions={"code": "INTERNAL_SERVER_ERROR"}), ServerError),
        (error("A riddle"), UnreadableResponse),
    ],
)
def test_errors_without_data_are_failures_by_code_or_message(
    data: dict[str, Any] | None, given: dict[str, Any], failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        read({"data": data, "errors": [given]})


def test_the_code_of_an_error_takes_precedence_over_its_message() -> None:
    with pytest.raises(Blocked):
        read({"data": None, "errors": [error("Unknown field", extensions={"code": "FORBIDDEN"})]})


def test_a_changed_schema_is_reported_with_the_message_of_the_server() -> None:
    message = 'Unknown argument "radius" on field "things".'

    with pytest.raises(
        UnreadableResponse, match=r"^the schema changed: Unknown argument \"radius\""
    ):
        read({"errors": [error(message)]})


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "no reason given"), ({"extensions": {"code": "ODD"}}, "ODD"), (error("x" * 500), "x…")],
)
def test_a_refusal_is_reported_in_short(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UnreadableResponse, match=f"{said}$") as caught:
        read({"data": None, "errors": [given]})

    assert len(str(caught.value)) < 300


def test_keys_in_messages_are_masked() -> None:
    with pytest.raises(DiscoveryError) as caught:
        read({"data": None, "errors": [error("Forbidden for apikey=abc123def")]})

    assert "abc123def" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"data": null}', b'{"data": []}', b"[" * 100_000]
)
def test_a_body_that_is_no_answer_of_graphql_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableResponse):
        read_answer(body)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["data", "errors", "message", "extensions", "code"]), inner),
    max_leaves=12,
))  # fmt: skip
def test_any_json_is_an_answer_or_a_discovery_error(document: Any) -> None:
    with contextlib.suppress(DiscoveryError):
        assert isinstance(read(document), GraphQLAnswer)


def test_a_listing_gives_its_items_and_its_total() -> None:
    assert read(GOOD).listing("things", "items", "total") == ([1], 1)


@pytest.mark.parametrize("total", [None, True, -1, "7", 2.5])
def test_a_total_that_is_no_count_is_none(total: Any) -> None:
    answer = GraphQLAnswer({"things": {"items": [], "total": total}})

    assert answer.listing("things", "items", "total") == ([], None)


@pytest.mark.parametrize("things", [None, [], {}, {"items": None}, {"items": {}}])
def test_a_listing_without_a_list_is_a_changed_schema(things: Any) -> None:
    with pytest.raises(UnreadableResponse, match=r"the schema changed: no list in things\.items"):
        GraphQLAnswer({"things": things}).listing("things", "items", "total")


def test_the_query_is_posted_with_separate_variables() -> None:
    answer, (request,) = asked(httpx.Response(200, json=GOOD))

    assert (request.method, str(request.url)) == ("POST", URL)
    assert json.loads(request.content) == {
        "operationName": "Q",
        "query": "query Q($n: Int) { things(n: $n) }",
        "variables": {"n": 3},
    }
    assert answer.data == GOOD["data"]


def test_a_refusal_that_passes_is_retried_although_its_status_is_200() -> None:
    slow = httpx.Response(200, json={"data": None, "errors": [error("Too many requests")]})

    answer, requests = asked(slow, httpx.Response(200, json=GOOD), retries=1)

    assert answer.data == GOOD["data"]
    assert len(requests) == 2


def test_an_invalid_query_is_a_changed_schema_whatever_its_status() -> None:
    wrong = {"errors": [error('Cannot query field "x" on type "Y".')]}

    with pytest.raises(UnreadableResponse, match="the schema changed"):
        asked(httpx.Response(400, json=wrong))


def test_the_status_decides_where_there_is_no_answer_of_graphql() -> None:
    with pytest.raises(Blocked):
        asked(httpx.Response(403, html="<title>Access denied</title>"))
