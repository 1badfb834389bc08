"""A faithful fake of the Ticketmaster Discovery API v2, ``events.json`` only.

It answers parsed query parameters and knows nothing of HTTP, so a test can ask it directly, put
it behind an ``httpx.MockTransport``, or use the one inside ``DemoServer``. What is modelled is
what breaks clients: inclusive window edges, the paging depth, the caps, dates to be announced,
both kinds of 429, and quota headers that come with 200 only while every 400 counts as well.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from math import ceil
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from include.demo.reply import Reply
from include.demo.tickets_index import BadDate, Entry, NotDocumented, Query

DEMO_KEY = "demo-key"
DAILY_QUOTA = 5_000
DEFAULT_SIZE = 20
MAX_SIZE = 200
DEEPEST_OFFSET = 1_000
"""size * page above this is refused; exactly this is still served, so 1,200 rows are in reach."""
MAX_RESULTS = 10_000
"""Totals never show more than this, however many events match."""

_DAY_SECONDS = 24 * 60 * 60
_PATH = "/discovery/v2/events.json"
_SORTS = ("relevance,desc", "relevance,asc", "date,asc", "date,desc", "name,asc", "name,desc")
_ERRORS = {
    "DIS1015": "Query param with date must be of valid format YYYY-MM-DDTHH:mm:ssZ "
    "{example: 2026-08-01T14:00:00Z }",
    "DIS1024": "Results limit exceeded",
    "DIS1035": "Max paging depth exceeded. (page * size) must be less than 1,000",
    "DIS1036": "The page size must be less than 200",
}


class _Refused(Exception):
    """A request that the interface answers with 400 and the code in the only argument."""


class FakeDiscovery:
    """The interface with its events, its key and its quota.

    :param events: payloads as the interface shows them; see ``load``.
    :param spike_arrests: how many of the next calls are refused as too fast.
    :param clock: seconds since the epoch; the quota starts anew 24 hours after its first call.
    """

    def __init__(
        self,
        events: Iterable[Mapping[str, Any]] = (),
        *,
        key: str = DEMO_KEY,
        quota: int = DAILY_QUOTA,
        spike_arrests: int = 0,
        max_results: int = MAX_RESULTS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key = key
        self.quota = quota
        self.max_results = max_results
        self.used = 0
        self.calls: deque[dict[str, str]] = deque(maxlen=1_000)
        self._arrests = spike_arrests
        self._clock = clock
        self._resets_at = 0.0
        self._lock = Lock()
        self._entries: tuple[Entry, ...] = ()
        self.load(events)

    def load(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Replace the events by these payloads; only ``id`` is required of them."""
        self.load_entries(Entry.of(event) for event in events)

    def load_entries(self, entries: Iterable[Entry]) -> None:
        """Replace the events by entries that are indexed already."""
        self._entries = tuple(entries)

    def arrest_next(self, calls: int) -> None:
        """Answer the next ``calls`` calls with 429 SpikeArrestViolation."""
        self._arrests = calls

    def exhaust_quota(self) -> None:
        """Answer every call with 429 QuotaViolation until the quota's day is over."""
        with self._lock:
            self._renew_quota()
            self.used = self.quota

    def answer(self, params: Mapping[str, str]) -> Reply:
        """Answer one call. Raises NotDocumented where the real answer is unknown."""
        with self._lock:
            self.calls.append(dict(params))
            refusal = self._gate(params.get("apikey"))
            headers = self._quota_headers()
        if refusal is not None:
            return refusal
        try:
            return Reply.of_json(self._found(params), headers=headers)
        except _Refused as refused:
            return _bad_request(str(refused))
        except BadDate:
            return _bad_request("DIS1015")

    def _gate(self, key: str | None) -> Reply | None:
        """Check key, speed and quota; count the call if it passes, else return the refusal."""
        if key is None:
            message = "Failed to resolve API Key variable request.queryparam.apikey"
            return _fault(401, message, "steps.oauth.v2.FailedToResolveAPIKey")
        if key != self.key:
            return _fault(401, "Invalid ApiKey", "oauth.v2.InvalidApiKey")
        if self._arrests > 0:
            self._arrests -= 1
            message = "Spike arrest violation. Allowed rate : 5ps"
            return _fault(429, message, "policies.ratelimit.SpikeArrestViolation")
        self._renew_quota()
        if self.used >= self.quota:
            message = f"Rate limit quota violation. Quota limit exceeded. Identifier : {key}"
            return _fault(429, message, "policies.ratelimit.QuotaViolation")
        self.used += 1
        return None

    def _renew_quota(self) -> None:
        now = self._clock()
        if now >= self._resets_at:
            self.used = 0
            self._resets_at = now + _DAY_SECONDS

    def _quota_headers(self) -> dict[str, str]:
        return {
            "Rate-Limit": str(self.quota),
            "Rate-Limit-Available": str(self.quota - self.used),
            "Rate-Limit-Over": "0",
            "Rate-Limit-Reset": str(int(self._resets_at * 1000)),
        }

    def _found(self, params: Mapping[str, str]) -> dict[str, object]:
        size, page = _paging(params)
        query = Query.of(params)
        found = [entry for entry in self._entries if query.matches(entry)]
        ordered = _ordered(found, params.get("sort", "relevance,desc"), page)[: self.max_results]
        pages = ceil(len(ordered) / size)
        shown = [entry.payload for entry in ordered[page * size : (page + 1) * size]]
        body: dict[str, object] = {"_embedded": {"events": shown}} if shown else {}
        return {
            **body,
            "_links": _links(params, page, size, pages),
            "page": {
                "size": size,
                "totalElements": len(ordered),
                "totalPages": pages,
                "number": page,
            },
        }


def _paging(params: Mapping[str, str]) -> tuple[int, int]:
    texts = params.get("size", str(DEFAULT_SIZE)), params.get("page", "0")
    if not all(text.isdecimal() for text in texts) or texts[0] == "0":
        raise NotDocumented(f"size={texts[0]!r} page={texts[1]!r}")
    size, page = int(texts[0]), int(texts[1])
    if size > MAX_SIZE:
        raise _Refused("DIS1036")
    if size * page > MAX_RESULTS - DEFAULT_SIZE:
        raise _Refused("DIS1024")
    if size * page > DEEPEST_OFFSET:
        raise _Refused("DIS1035")
    return size, page


def _ordered(entries: list[Entry], sort: str, page: int) -> list[Entry]:
    """``id,asc`` is the only strict order: with all others, ties fall differently on each page.

    A client that pages in any other order therefore loses some events and sees others twice.
    """
    if sort == "id,asc":
        return sorted(entries, key=lambda entry: entry.event_id)
    if sort not in _SORTS:
        raise NotDocumented(f"sort={sort!r}")
    field, direction = sort.split(",")

    def rank(entry: Entry) -> str:
        if field == "relevance":
            return ""
        if field == "name":
            return entry.name
        return entry.starts.isoformat() if entry.starts else "9999"

    mixed = sorted(entries, key=lambda entry: sha256(f"{page}{entry.event_id}".encode()).digest())
    return sorted(mixed, key=rank, reverse=direction == "desc")


def _links(params: Mapping[str, str], page: int, size: int, pages: int) -> dict[str, object]:
    query = {name: value for name, value in params.items() if name not in ("apikey", "page")}

    def link(number: int) -> dict[str, str]:
        shown = urlencode({**query, "page": str(number), "size": str(size)})
        return {"href": f"{_PATH}?{shown}"}

    links: dict[str, object] = {"self": link(page)}
    if pages > 1:
        links |= {"first": link(0), "last": link(pages - 1)}
    if page > 0:
        links["prev"] = link(page - 1)
    if page + 1 < pages:
        links["next"] = link(page + 1)
    return links


def _fault(status: int, message: str, code: str) -> Reply:
    body = {"fault": {"faultstring": message, "detail": {"errorcode": code}}}
    return Reply.of_json(body, status=status)


def _bad_request(code: str) -> Reply:
    about = {"about": {"href": f"/discovery/v2/errors.html#{code}"}}
    status = "400 BAD_REQUEST" if code == "DIS1024" else "400"
    error = {"code": code, "detail": _ERRORS[code], "status": status, "_links": about}
    return Reply.of_json({"errors": [error]}, status=400)
