"""Mobilizon: events around a city, of one instance and those that it follows.

Provides: title, times, status, place with coordinates, description, tags and category, organiser
(mostly a group), picture, language, and whether it is online. There are no prices. ``parse`` also
reads ActivityPub documents: an event, an activity that contains one, or an outbox, as Mobilizon,
Gancio and others federate them.

Endpoint: ``POST {site}/api``, GraphQL, ``searchEvents`` with the geohash of the city and a radius
in kilometres, ordered by start; Mobilizon 3 or newer. Without a city the whole instance is read.
The request has no end date, since that would exclude events that end later.

Auth: none; search results are public. For an instance that requires a login, the key of the
source's connection, as a header, a parameter, a bearer token or with the connection's login.

Rate limit: none documented. Instances are small and run by volunteers, so pages are requested one
at a time.

External id: ``url``, the ActivityPub id: the same on every instance that shows the event, even if
it was published with other software. (Those events get a new ``uuid`` on each instance.)

Time zone: ``options.timezone``, the zone of the place, else that of the setting or the city. Times
are UTC.

Known quirks: if ``showStartTime`` is false, the time is a placeholder and is dropped. A place's
country is a name in any language. ``MEETING`` is the default category. Events without an address
(online ones) are not found by radius. Searching the whole fediverse (``search_target`` GLOBAL)
works only if the operator enabled it, and its results have no description; otherwise it equals
INTERNAL. An event that began before the first requested day may be missing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, JsonValue, field_validator

from include.discovery.connectors.base import (
    Connector,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.graphql import GraphQLAnswer, ask, read_answer
from include.discovery.connectors.key import KeySettings, with_key
from include.discovery.connectors.mobilizon.activity import (
    activity_known_as,
    activity_record,
    events_in,
)
from include.discovery.connectors.mobilizon.event import event_record, known_as
from include.discovery.connectors.paging import Answer, Seen, SpanState
from include.discovery.dates.times import localize
from include.discovery.errors import UnreadableResponse
from include.discovery.fetch.protocol import Fetcher
from include.discovery.field_types import WebUrl
from include.discovery.formats.json_repair import load_json
from include.discovery.model import EventRecord
from include.discovery.parsed import Parsed, parse_items
from include.discovery.places.geohash import geohash
from include.discovery.response import Response

_QUERY = """
query SearchEvents(
  $location: String, $radius: Float, $beginsOn: DateTime, $languages: [String],
  $target: SearchTarget, $page: Int, $limit: Int
) {
  searchEvents(
    location: $location, radius: $radius, beginsOn: $beginsOn, languageOneOf: $languages,
    searchTarget: $target, sortBy: START_TIME_ASC, page: $page, limit: $limit
  ) {
    total
    elements {
      url title beginsOn endsOn status category
      picture { url }
      tags { title }
      physicalAddress { description street postalCode locality region country geom }
      organizerActor { name preferredUsername }
      attributedTo { name preferredUsername }
      options { timezone isOnline showStartTime showEndTime }
      ... on Event { description language updatedAt }
    }
  }
}
"""
_KIND = "mobilizon"
_NODEINFO = "/.well-known/nodeinfo"


class MobilizonSettings(KeySettings):
    """Settings of a Mobilizon instance."""

    address_setting: ClassVar[str] = "site_url"

    site_url: WebUrl = Field(description="URL of the instance, such as https://mobilizon.fr.")
    search_target: Literal["SELF", "INTERNAL", "GLOBAL"] = Field(
        "INTERNAL",
        description="SELF: the instance's own events; INTERNAL: also those of instances that it"
        " follows; GLOBAL: of the whole fediverse, if the operator enabled that.",
    )
    radius_km: Annotated[float, Field(gt=0, le=500)] | None = Field(
        None, description="Radius around the city's centre, in kilometres. Empty: the city's."
    )
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = Field(
        (), description="Codes of the languages to read, such as fr. Empty: all."
    )
    page_size: Annotated[int, Field(ge=1, le=100)] = Field(50, description="Events a call.")

    @field_validator("site_url")
    @classmethod
    def _root(cls, value: str) -> str:
        """Accept the URL of any page of the instance, as copied from a browser."""
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.netloc}"


class Mobilizon(Connector[MobilizonSettings]):
    """Mobilizon instances, by their GraphQL interface."""

    kind = _KIND
    settings_model = MobilizonSettings

    def parse(self, body: bytes, context: ParseContext[MobilizonSettings]) -> Parsed:
        """Read a response of ``searchEvents``, or an ActivityPub document that brings events.

        :raises UnreadableResponse: if it is anything else.
        """
        try:
            document = load_json(body)
        except (ValueError, RecursionError):
            raise UnreadableResponse("no JSON, so nothing of Mobilizon's") from None
        if isinstance(document, dict) and ("data" in document or "errors" in document):
            return _events(_listed(read_answer(body))[0], context)

        def parse_item(item: object) -> EventRecord | None:
            return context.wanted(activity_record(item, context.timezone))

        return parse_items(events_in(document), parse_item, _describe, activity_known_as)

    async def pages(
        self, context: SyncContext[MobilizonSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Yield the pages, ordered by start.

        :raises UnreadableResponse: if the instance's schema has no such search.
        :raises PageLoop: if it sends the same page repeatedly.
        """
        settings = context.settings
        url = f"{settings.site_url}/api"
        fetch = with_key(fetch, settings, context.credentials, (url,))
        state, seen = SpanState.at_start(context.window).resumed(context.cursor), Seen()
        if state.done:  # every page is loaded, but the run did not finish
            yield state.as_page(Parsed())
        while not state.done:
            variables = _variables(context, state)
            answer = await ask(
                fetch, url, _QUERY, variables, operation="SearchEvents", check=_listed
            )
            items, total = _listed(answer)
            state = state.after(Answer([_identity(item) for item in items], total), seen)
            yield state.as_page(
                _events(items, context, f"page {state.page}, "), answer.incomplete_reason
            )

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Ask the site's nodeinfo for its software, unless its page names another system."""
        if site.page is None or _KIND not in (site.page.meta("generator") or _KIND).lower():
            return ()
        links = _json(await site.look(_NODEINFO)).get("links")
        listed = links if isinstance(links, list) else []
        addresses = [link.get("href") for link in listed if isinstance(link, dict)]
        if not addresses or not isinstance(addresses[-1], str):
            return ()
        told = _json(await site.look(addresses[-1])).get("software")  # the last is the newest
        software = told if isinstance(told, dict) else {}
        if str(software.get("name")).lower() != _KIND:
            return ()
        parts = urlsplit(site.response.url)
        evidence = f"{_NODEINFO} says that the site runs Mobilizon {software.get('version', '')}"
        return (Detection({"site_url": f"{parts.scheme}://{parts.netloc}"}, (evidence.strip(),)),)


def _variables(
    context: SyncContext[MobilizonSettings], state: SpanState
) -> Mapping[str, JsonValue]:
    midnight, _ = localize(datetime.combine(state.first, time()), context.timezone)
    variables: dict[str, JsonValue] = {
        "beginsOn": midnight.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "target": context.settings.search_target,
        "page": state.next_page,
        "limit": context.settings.page_size,
    }
    if context.settings.languages:
        variables["languages"] = list(context.settings.languages)
    if context.city is not None:
        variables["location"] = geohash(context.city.latitude, context.city.longitude)
        variables["radius"] = context.settings.radius_km or context.city.radius_km
    return variables


def _listed(answer: GraphQLAnswer) -> tuple[list[Any], int | None]:
    return answer.listing("searchEvents", "elements", "total")


def _events(
    items: Sequence[object], context: ParseContext[MobilizonSettings], where: str = ""
) -> Parsed:
    return parse_items(
        items,
        lambda item: event_record(item, context.timezone),
        lambda n, item: f"{where}{_describe(n, item)}",
        known_as,
        window=context.window,
        fingerprints=context.fingerprints,
    )


def _identity(item: object) -> str:
    """Return a value that identifies an event in its listing."""
    url = item.get("url") if isinstance(item, dict) else None
    return url[:512] if isinstance(url, str) else f"#{str(item)[:100]}"


def _describe(position: int, item: object) -> str:
    where = f"event {position + 1}"
    named = item if isinstance(item, dict) else {}
    label = named.get("url") or named.get("id") or named.get("title")
    return f"{where} ({str(label)[:120]})" if label else where


def _json(response: Response | None) -> dict[str, Any]:
    """Return a JSON object that a site answered with; an empty one for anything else."""
    try:
        document = load_json(response.body) if response else None
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
