"""GraphQL over HTTP: a question with its variables, and what its answers and refusals mean.

Servers return 200 even if they refuse a query, so the ``errors`` of every response are read. A
response may have both data and errors: the data is used, and the run is incomplete. Facts: the
GraphQL specification (response format) and the error members of Apollo (``extensions.code``) and of
Absinthe as Mobilizon sets it up (``code``, ``status_code``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    DiscoveryError,
    InvalidSettings,
    RateLimited,
    ServerError,
    UnreadableResponse,
    UnsupportedResponse,
)
from include.discovery.fetch.classify import classify_status
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.reading import post_read
from include.discovery.formats.json_end import check_json_end
from include.discovery.formats.json_repair import load_json
from include.discovery.redaction.masking import redact
from include.discovery.response import Response
from include.discovery.text.cleaning import one_line, shorten

_MESSAGE_LENGTH = 200
_SLOWER = r"rate.?limit|too.?many|throttl|status 429"
_TOO_LARGE = r"complexity|too.?complex|query.?cost"
_UNKNOWN = r"unauthenticated|not authenticated|logged in|invalid.?token|status 401"
_FORBIDDEN = r"forbidden|unauthori[sz]ed|permission|access.?denied|not.?allowed|status 403"
_MISUNDERSTOOD = (
    r"validation|parse.?failed|bad.?user.?input|cannot query|unknown (?:argument|field|type)"
    r"|expected type|invalid value|undefined|syntax|selection|status 422"
)
_FAULT = r"internal|unavailable|time[d-]?.?out|something went wrong|status 5\d\d"
_REFUSALS: tuple[tuple[re.Pattern[str], type[DiscoveryError], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), failure, said)
    for pattern, failure, said in (
        (_SLOWER, RateLimited, "the source asks for fewer requests"),
        (
            _TOO_LARGE,
            InvalidSettings,
            "the source says that the query is too complex (lower page_size)",
        ),
        (_UNKNOWN, AuthenticationFailed, "the source requires authentication"),
        (_FORBIDDEN, Blocked, "the source denies access"),
        (_MISUNDERSTOOD, UnsupportedResponse, "the schema changed"),
        (_FAULT, ServerError, "an error at the source"),
    )
)
"""What the words of an error mean, the most specific first."""


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """The data of a response, and what its errors report as missing."""

    data: Mapping[str, Any]
    errors: tuple[str, ...] = ()

    @property
    def incomplete_reason(self) -> str | None:
        """What the source did not give, in words; ``None`` when nothing is missing."""
        return f"the source left out a part of the data: {self.errors[0]}" if self.errors else None

    def listing(self, field: str, items: str, total: str) -> tuple[list[Any], int | None]:
        """Return the items of a paged field, and how many it says there are, if it says so.

        :param field: the field of the query.
        :param items: the member of it that holds the items.
        :param total: the member that counts them.
        :raises UnreadableResponse: if it is no such field.
        """
        found = self.data.get(field)
        page = found if isinstance(found, dict) else {}
        listed = page.get(items)
        if not isinstance(listed, list):
            raise UnreadableResponse(f"the schema changed: no list in {field}.{items}")
        count = page.get(total)
        is_count = isinstance(count, int) and not isinstance(count, bool) and count >= 0
        return listed, count if is_count else None


async def ask(
    fetch: Fetcher,
    url: str,
    query: str,
    variables: Mapping[str, JsonValue],
    *,
    operation: str,
    check: Callable[[GraphQLAnswer], object] | None = None,
) -> GraphQLAnswer:
    """Send one query; values go into ``variables``, never into its text.

    :param operation: the name of the query within its text.
    :param check: raises an error for an invalid response, so that the query is repeated.
    :raises DiscoveryError: the error that a refusal means.
    :raises UnreadableResponse: if the response is not GraphQL, or the schema has changed.
    """
    question: JsonValue = {
        "operationName": operation,
        "query": query,
        "variables": dict(variables),
    }

    def read(response: Response) -> GraphQLAnswer:
        answer = read_answer(response.body)
        if check is not None:
            check(answer)
        return answer

    return await post_read(
        fetch, url, question, read, headers={"accept": "application/json"}, classify=_judge
    )


def read_answer(body: bytes) -> GraphQLAnswer:
    """Read a response; errors beside data are kept with it.

    :raises DiscoveryError: what the errors stand for when no data came.
    :raises UnreadableResponse: if it is none of GraphQL.
    """
    document = _document(body)
    if document is None:
        check_json_end(body.decode("utf-8", "replace"))
        raise UnreadableResponse("the response is not GraphQL: no JSON with data or errors")
    errors = _errors(document)
    data = document.get("data")
    if isinstance(data, dict) and any(value is not None for value in data.values()):
        return GraphQLAnswer(data, tuple(_words(error) for error in errors))
    if errors:
        raise _failure(errors)
    raise UnreadableResponse("the GraphQL response has no data and no error that says why")


def _judge(response: Response) -> DiscoveryError | None:
    """Classify a response by its errors, if any, so that temporary ones are retried."""
    document = _document(response.body)
    if document is None or not _errors(document):
        return classify_status(response)
    if response.status in {200, 400, 422}:
        try:
            read_answer(response.body)
        except DiscoveryError as error:
            return error
        return None
    return classify_status(response)


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        document = load_json(body)
    except (ValueError, RecursionError):
        return None
    is_answer = isinstance(document, dict) and ("data" in document or "errors" in document)
    return document if is_answer else None


def _errors(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = document.get("errors")
    return (
        [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    )


def _failure(errors: list[dict[str, Any]]) -> DiscoveryError:
    """Return the failure that the errors mean; codes come first, since messages are unreliable."""
    words = _words(errors[0])
    codes = " ".join(_codes(error) for error in errors)
    messages = " ".join(_words(error) for error in errors)
    for told in (codes, messages):
        for pattern, failure, said in _REFUSALS:
            if pattern.search(told):
                return failure(f"{said}: {words}")
    return UnreadableResponse(f"the source rejects the query: {words}")


def _codes(error: Mapping[str, Any]) -> str:
    extensions = error.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    status = error.get("status_code", extensions.get("status"))
    codes = (extensions.get("code"), error.get("code"), f"status {status}" if status else None)
    return " ".join(str(code)[:60] for code in codes if code)


def _words(error: Mapping[str, Any]) -> str:
    message = error.get("message")
    said = one_line(redact(message)) if isinstance(message, str) else None
    return shorten(said, _MESSAGE_LENGTH) or _codes(error) or "no reason given"
