"""Resident Advisor: club nights, festivals and concerts of electronic music, area by area.

Provides: title, times, club with address and coordinates, artists, promoter, genres, flyer, the
price as typed, and the editors' text for their picks.

Endpoint: ``POST {site}/graphql``, ``eventListings`` of an area, by listing date: a week at a time,
or longer where there are few events, in numbered pages. It is the site's internal API:
undocumented, and may change at any time.

Auth: no technical one, but the terms of use require permission: ``has_permission`` confirms that
you have it. Requests carry an honest User-Agent. Without an agreement, expect the site to reject
most programs with 403 (``blocked``).

Rate limit: none documented; pages are requested one at a time.

External id: ``id`` of the event, the number in its URL. A festival is listed on each of its days
with the same event: it is loaded once.

Time zone: that of the area, which must match that of the city or the setting: times are local and
name no zone.

Known quirks: ``date`` is midnight of the listing date, not a time; an event without ``startTime``
has no time. An end before the start is after midnight. Events at several places ("Various venues -
Berlin") and at undisclosed ones ("TBA") have no venue. Titles may use styled letters.
``minimumAge`` is not a price. ``totalResults`` counts listings and may be missing: pages are then
read until two are empty. An area (``area_id``) may be larger than its city.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from pydantic import Field, JsonValue

from include.discovery.connectors.base import (
    BaseUrl,
    Connector,
    Page,
    ParseContext,
    PermissionSettings,
    SyncContext,
)
from include.discovery.connectors.detection import Detection, Site, evidence_by_name
from include.discovery.connectors.graphql import GraphQLAnswer, ask, read_answer
from include.discovery.connectors.paging import Answer, Seen, SpanState
from include.discovery.connectors.resident_advisor.parsing import event_record, known_as
from include.discovery.fetch.protocol import Fetcher
from include.discovery.formats.json_repair import load_json
from include.discovery.parsed import Parsed, parse_items

_QUERY = """
query GET_EVENT_LISTINGS($filters: FilterInputDtoInput, $page: Int, $pageSize: Int) {
  eventListings(filters: $filters, page: $page, pageSize: $pageSize) {
    data {
      id
      listingDate
      event {
        id title date startTime endTime contentUrl flyerFront cost
        images { id filename }
        pick { id blurb }
        venue {
          id name address
          area { id name country { id name } }
          location { latitude longitude }
        }
        promoters { id name }
        artists { id name }
        genres { id name }
      }
    }
    totalResults
  }
}
"""
_HOST = re.compile(r"(?:www\.)?ra\.co")
_DAYS_AT_ONCE = 7  # of a large city hundreds of nights, so that paging stays shallow
_MOST_DAYS_AT_ONCE = 56  # months ahead little is listed


class ResidentAdvisorSettings(PermissionSettings):
    """Settings of an area of Resident Advisor."""

    area_id: Annotated[int, Field(ge=1, le=100_000)] = Field(
        description="Number of the area, such as 13 for London or 34 for Berlin."
    )
    site_url: BaseUrl = Field("https://ra.co", description="URL of the site.")
    page_size: Annotated[int, Field(ge=1, le=100)] = Field(50, description="Listings a call.")


class ResidentAdvisor(Connector[ResidentAdvisorSettings]):
    """Resident Advisor, by the interface of its own pages, with its permission."""

    kind = "resident_advisor"
    settings_model = ResidentAdvisorSettings

    def parse(self, body: bytes, context: ParseContext[ResidentAdvisorSettings]) -> Parsed:
        """Read a response of ``eventListings``, or a single event; each event once.

        :raises UnreadableResponse: if it is anything else.
        """
        items = _single(body) or _listed(read_answer(body))[0]
        return _events(_once(items), context)

    async def pages(
        self, context: SyncContext[ResidentAdvisorSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Yield the listings week by week, page by page.

        :raises Blocked: if the site rejects our requests.
        :raises UnreadableResponse: if its schema has changed.
        :raises PageLoop: if it sends the same page repeatedly.
        """
        url = f"{context.settings.site_url}/graphql"
        state = SpanState.at_start(context.window, _DAYS_AT_ONCE).resumed(context.cursor)
        if state.is_last:  # every page is loaded, but the run did not finish
            yield state.as_page(Parsed())
        seen = Seen()
        while not state.is_last:
            if state.done:
                state, seen = state.next_span(_MOST_DAYS_AT_ONCE), Seen()
            variables = _variables(context.settings, state)
            answer = await ask(
                fetch, url, _QUERY, variables, operation="GET_EVENT_LISTINGS", check=_listed
            )
            items, total = _listed(answer)
            state = state.after(Answer([_listing_id(item) for item in items], total), seen)
            where = f"{state.first} to {state.last}, page {state.page}, "
            yield state.as_page(_events(items, context, where), answer.incomplete_reason)

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Recognise the site by its name; a person has to find the number of the area."""
        named = evidence_by_name(site, _HOST, "Resident Advisor")
        if named is None:
            return ()
        return (
            Detection(
                {},
                (
                    named,
                    "its terms require permission: do not add it without that",
                    "it needs the number of the area (area_id)",
                ),
            ),
        )


def _variables(settings: ResidentAdvisorSettings, state: SpanState) -> dict[str, JsonValue]:
    days: dict[str, JsonValue] = {"gte": state.first.isoformat(), "lte": state.last.isoformat()}
    return {
        "filters": {"areas": {"eq": settings.area_id}, "listingDate": days},
        "page": state.next_page,
        "pageSize": settings.page_size,
    }


def _listed(answer: GraphQLAnswer) -> tuple[list[Any], int | None]:
    return answer.listing("eventListings", "data", "totalResults")


def _single(body: bytes) -> list[Any]:
    """Return the single event of a document; nothing if it is something else."""
    try:
        document = load_json(body)
    except (ValueError, RecursionError):
        return []
    is_event = isinstance(document, dict) and {"id", "title", "startTime"} <= document.keys()
    return [document] if is_event else []


def _once(items: Sequence[object]) -> list[object]:
    """Drop the further listings of an event that is listed on several days."""
    first_of: dict[str, object] = {}
    for item in items:
        first_of.setdefault(_event_id(item), item)
    return list(first_of.values())


def _events(
    items: Sequence[object], context: ParseContext[ResidentAdvisorSettings], where: str = ""
) -> Parsed:
    return parse_items(
        items,
        lambda item: event_record(item, context.timezone, context.settings.site_url),
        lambda n, item: f"{where}{_describe(n, item)}",
        known_as,
        window=context.window,
        fingerprints=context.fingerprints,
    )


def _listing_id(item: object) -> str:
    given = item.get("id") if isinstance(item, dict) else None
    return str(given)[:40] if given else f"#{str(item)[:100]}"


def _event_id(item: object) -> str:
    event = item.get("event") if isinstance(item, dict) else None
    return _listing_id(event if isinstance(event, dict) else item)


def _describe(position: int, item: object) -> str:
    return f"listing {position + 1} ({_event_id(item)})"
