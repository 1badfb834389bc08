"""Requests to a JSON API: address, parameters and headers. The key is added as they are sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote_plus, urljoin, urlsplit

from include.discovery.connectors.base import ParseContext, SyncContext
from include.discovery.connectors.json_feed.map.paths import Json
from include.discovery.connectors.json_feed.settings import (
    JsonFeedSettings,
    NoPaging,
    PagesByCursor,
    PagesByNextUrl,
    PagesByNumber,
    PagesByOffset,
    Value,
)
from include.discovery.connectors.json_feed.templates import (
    CHANGED_SINCE,
    KEY,
    filled,
    filled_url,
    formatted,
    name_of,
    placeholders,
    values_of_city,
    values_of_window,
    with_query,
)
from include.discovery.connectors.key import KEY_PLACEHOLDER, with_placeholder, without_key
from include.discovery.connectors.paging import ListingState, Token
from include.discovery.errors import InvalidSettings
from include.discovery.redaction.masking import MASK, Redaction

_NEXT_LINK: Final = re.compile(r"<([^<>]{1,4000})>([^<]{0,500})")
_REL_NEXT: Final = re.compile(r";\s*rel\s*=\s*\"?\s*(?:[a-z-]+ )*next\b", re.IGNORECASE)

Query = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without the key."""

    url: str
    headers: Mapping[str, str]


class Api:
    """An API as the settings of one sync describe it."""

    def __init__(self, context: SyncContext[JsonFeedSettings]) -> None:
        self._settings = settings = context.settings
        values = {
            **values_of_window(context.window, context.timezone, settings.date_format),
            **own_values(context),
        }
        self.url = filled_url(settings.url, values, settings.addresses, kept={KEY: KEY_PLACEHOLDER})
        query = dict(settings.query)
        if settings.changes is not None and context.changed_since is not None:
            values[CHANGED_SINCE] = self._since(context.changed_since)
            query |= settings.changes.query
        self._query = _filled_query(query, values)
        headers = {name: filled(text, values) for name, text in settings.headers.items()}
        self._headers = {name.lower(): text for name, text in headers.items() if text is not None}
        key = context.credentials.key if settings.key_use() and context.credentials else ""
        self.sends_key = bool(key)
        self._redaction = Redaction([key] if key else [])

    def request(self, state: ListingState) -> Request:
        """Return the request for the page after a state."""
        paging = self._settings.paging
        if isinstance(state.following, str) and not isinstance(paging, PagesByCursor):
            url = state.following
            if isinstance(paging, PagesByNextUrl) and paging.keep_query:
                url = with_query(url, self._lacking(url))
        else:
            url = with_query(self.url, {**self._query, **self._page_query(state)})
        return Request(url, {"accept": "application/json", **self._headers})

    def without_key(self, document: Json) -> Json:
        """Mask the key in a response in Base64, too, which only a cursor may hold.

        A path that computes (``reverse(next)``) would make of it what nobody knows as the key.
        """
        return self._redaction.in_json(document) if self.sends_key else document

    def following(self, link: str, answered_by: str) -> tuple[str | None, str | None]:
        """Return the address of a next page, without the key; or the reason why there is none.

        It must be on the host that answered; with a key, on the one that is configured. Behind a
        proxy an API may believe that it is asked by http; what is asked by https stays there.
        Parameters in which the key was masked are left out: it goes only where ``key`` says.

        :param answered_by: the address of the page that names the next one.
        """
        base = self.url if self.sends_key else answered_by
        try:
            url = urljoin(base, link)
            there, here = urlsplit(url), urlsplit(base)
            is_same = (there.hostname, there.port) == (here.hostname, here.port)
        except ValueError:
            return None, f"the next page is at {link[:80]!r}, which is not a URL"
        if not is_same or there.scheme not in {"http", "https"}:
            return None, (
                f"the next page is at {there.scheme}://{there.netloc[:80]}, a host other than"
                f" {here.netloc}: not followed"
            )
        if here.scheme == "https":
            url = f"https:{url.partition(':')[2]}"
        url = self._without_key(with_placeholder(url, self.url))
        reason = self.why_not_followed(url)
        return (None, reason) if reason else (url, None)

    def why_not_followed(self, token: Token) -> str | None:
        """Return why a next page is not asked for whose address or cursor held the key.

        It was masked there, and is not put back: what is read from a response is also made by the
        paths in the settings, which could then place the key anywhere in a request.
        """
        if not self._is_masked(token):
            return None
        return (
            "the source puts the key into the link to its next page, but the key is sent only as"
            " the setting key says: not followed"
        )

    def _is_masked(self, token: Token) -> bool:
        texts = (token,) if isinstance(token, str) else token
        return self.sends_key and any(MASK in text for text in texts)

    def _without_key(self, url: str) -> str:
        url = without_key(url, self._settings.key)
        if not self.sends_key:
            return url
        address, _, own = url.partition("?")
        kept = [pair for pair in own.split("&") if pair and not self._is_masked(unquote_plus(pair))]
        return f"{address}?{'&'.join(kept)}" if kept else address

    def _lacking(self, url: str) -> Query:
        given = {name_of(pair) for pair in url.partition("?")[2].split("&")}
        return {name: value for name, value in self._query.items() if name not in given}

    def _page_query(self, state: ListingState) -> Query:
        paging = self._settings.paging
        if isinstance(paging, NoPaging):
            return {}
        query: Query = {}
        if paging.size_parameter:
            query[paging.size_parameter] = str(paging.size)
        if isinstance(paging, PagesByNumber):
            query[paging.parameter] = str(state.next_page - 1 + paging.first)
        elif isinstance(paging, PagesByOffset):
            query[paging.parameter] = str(state.offset)
        elif isinstance(paging, PagesByCursor) and state.following is not None:
            cursor = state.following
            query[paging.parameter] = cursor if isinstance(cursor, str) else list(cursor)
        return query

    def _since(self, moment: datetime) -> str:
        changes = self._settings.changes
        return formatted(moment, changes.date_format if changes else "instant")


def own_values(context: ParseContext[JsonFeedSettings]) -> dict[str, str]:
    """Return the values of a city's placeholders, of the language, and of a preset's settings."""
    return values_of_city(context.city) | values_of_settings(context.settings)


def values_of_settings(settings: JsonFeedSettings) -> dict[str, str]:
    """Return the values of the language, and of a preset's settings."""
    values = {"language": settings.language} if settings.language else {}
    for name in settings.parameters:
        value = getattr(settings, name)
        if value not in (None, "", ()):
            values[name] = ",".join(map(str, value)) if isinstance(value, tuple) else _text(value)
    return values


def address_of(settings: JsonFeedSettings) -> str:
    """Return the address of the listing; placeholders of city and window stay in it."""
    values = values_of_settings(settings)
    unknown = {name: f"{{{name}}}" for name in placeholders(settings.url) if name not in values}
    return filled_url(settings.url, values, settings.addresses, kept=unknown)


def base_of(context: ParseContext[JsonFeedSettings]) -> str | None:
    """Return the address against which a response's relative links are resolved, if it is known."""
    template = context.settings.link_base or context.settings.url
    if context.url and not context.settings.link_base:
        return context.url
    values = {**dict.fromkeys(("from", "to", "day_after"), ""), **own_values(context)}
    try:
        return filled_url(template, values, context.settings.addresses, kept={KEY: MASK})
    except InvalidSettings:  # offline there may be no city
        return context.url


def next_link(header: str) -> str | None:
    """Return the address with ``rel="next"`` out of a header Link."""
    for match in _NEXT_LINK.finditer(header[:20_000]):
        if _REL_NEXT.search(match[2]):
            return match[1].strip()
    return None


def _filled_query(query: Mapping[str, Value], values: Mapping[str, str]) -> Query:
    """Fill in the parameters; one whose placeholder has no value is left out."""
    found: Query = {}
    for name, value in query.items():
        if isinstance(value, tuple):
            texts = [text for one in value if (text := filled(one, values)) is not None]
            if texts:
                found[name] = texts
        elif value is not None:
            text = filled(value, values) if isinstance(value, str) else _text(value)
            if text is not None:
                found[name] = text
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
