"""Building requests. What is malformed is told without its query, which may hold secrets."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_plus, urlencode

import httpx
from pydantic import JsonValue

from include.discovery.errors import InvalidSettings
from include.discovery.fetch.redirects import is_web_address
from include.discovery.redaction.masking import redact_url


def built(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    params: Mapping[str, str | int | float] | None,
    headers: Mapping[str, str] | None,
    payload: JsonValue = None,
) -> httpx.Request:
    """Return a request.

    :raises InvalidSettings: if URL, parameters or headers cannot be sent.
    """
    # The query is left out of messages here: what is malformed cannot be searched for secrets.
    shown = redact_url(url).partition("?")[0]
    try:
        request = client.build_request(
            method, _joined(url, params or {}), headers=headers, json=payload
        )
    except (httpx.InvalidURL, TypeError, ValueError):
        message = "The address, its parameters or headers are malformed; correct them."
        raise InvalidSettings(message, address=shown) from None
    if not is_web_address(request.url):
        message = "The address must be of the form https://host/path; correct it."
        raise InvalidSettings(message, address=shown)
    return request


def _joined(url: str, params: Mapping[str, str | int | float]) -> httpx.URL:
    """Add parameters to a URL whose own query stays as it was written.

    httpx would replace the whole query, or write it anew (``?flag`` as ``?flag=``).
    """
    parsed = httpx.URL(url)
    if not params:
        return parsed
    own = parsed.query.decode("ascii").split("&")
    kept = [pair for pair in own if pair and unquote_plus(pair.partition("=")[0]) not in params]
    return parsed.copy_with(query="&".join([*kept, urlencode(params)]).encode("ascii"))
