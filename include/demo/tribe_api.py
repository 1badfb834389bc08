"""The paging and filtering of The Events Calendar's REST interface (version 1).

Serves ``/wp-json/tribe/events/v1/events`` from rows that are rendered elsewhere. Dates select whole
days and every event that touches them, per_page is clamped instead of refused, and a page past the
end is a 404 of its own kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from urllib.parse import urlencode

from include.demo.reply import Reply

API_PATH = "wp-json/tribe/events/v1"
DEFAULT_PER_PAGE = 10
MAX_PER_PAGE = 50
_TWO_YEARS = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class TribeRow:
    """A row and the interval of local time by which the site files it.

    The two are apart because a broken row may say anything, or nothing, about its date.
    """

    starts: datetime
    ends: datetime
    payload: object


class _BadParameter(ValueError):
    """A parameter that WordPress refuses; its only argument is the name."""


@dataclass(frozen=True, slots=True)
class TribeSite:
    """One WordPress site: its address, its rows in order of time, and its day of today."""

    site_url: str
    rows: Sequence[TribeRow]
    today: date

    @property
    def rest_root(self) -> str:
        """Address under which the interface lives."""
        return f"{self.site_url}{API_PATH}"

    def events(self, params: Mapping[str, str]) -> Reply:
        """Answer one request for a page of events."""
        try:
            page = _positive(params, "page", 1)
            per_page = min(_positive(params, "per_page", DEFAULT_PER_PAGE), MAX_PER_PAGE)
            yesterday = datetime.combine(self.today, time(0)) - timedelta(minutes=1)
            first = _moment(params, "start_date", time(0)) or yesterday
            last = _moment(params, "end_date", time(23, 59, 59)) or yesterday + _TWO_YEARS
        except _BadParameter as bad:
            return _error(400, "rest_invalid_param", f"Invalid parameter(s): {bad}")
        found = [row for row in self.rows if row.starts <= last and row.ends >= first]
        pages = ceil(len(found) / per_page)
        if page > max(pages, 1):
            message = "The requested event archive page does not exist."
            return _error(404, "event-archive-page-not-found", message)
        query = {**params, "per_page": str(per_page), "status": "publish"}
        body: dict[str, object] = {
            "events": [row.payload for row in found[(page - 1) * per_page : page * per_page]],
            "rest_url": self._page_url(query, page),
        }
        if page < pages:
            body["next_rest_url"] = self._page_url(query, page + 1)
        if page > 1:
            body["previous_rest_url"] = self._page_url(query, page - 1)
        totals = {"X-TEC-Total": str(len(found)), "X-TEC-TotalPages": str(pages)}
        return Reply.of_json(
            {**body, "total": len(found), "total_pages": pages},
            headers={**totals, **self.signature()},
        )

    def index(self) -> Reply:
        """Answer ``/wp-json/``, where a visitor sees which interfaces the site has."""
        namespaces = ["oembed/1.0", "tribe/events/v1", "wp/v2"]
        return Reply.of_json({"name": "Demo", "url": self.site_url, "namespaces": namespaces})

    def signature(self) -> dict[str, str]:
        """Return the headers by which the plugin can be recognised."""
        return {
            "X-TEC-API-VERSION": "v1",
            "X-TEC-API-ROOT": f"{self.rest_root}/",
            "X-TEC-API-ORIGIN": self.site_url.rstrip("/"),
        }

    def _page_url(self, query: Mapping[str, str], page: int) -> str:
        return f"{self.rest_root}/events/?{urlencode({**query, 'page': str(page)})}"


def no_such_route() -> Reply:
    """Answer what WordPress says to a path that no plugin has claimed."""
    message = "No route was found matching the URL and request method."
    return _error(404, "rest_no_route", message)


def _error(status: int, code: str, message: str) -> Reply:
    body = {"code": code, "message": message, "data": {"status": status}}
    return Reply.of_json(body, status=status)


def _positive(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise _BadParameter(name)
    return int(text)


def _moment(params: Mapping[str, str], name: str, clock: time) -> datetime | None:
    """Return a bound of the window: only its day counts, as strict_dates is off."""
    if name not in params:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(params[name]).date(), clock)
    except ValueError:
        raise _BadParameter(name) from None
