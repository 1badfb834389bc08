"""Answers of a site to events, as the settings of the connector ``schema_org`` want them read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from include.discovery.connectors.base import ParseContext
from include.discovery.connectors.schema_org.settings import SchemaOrgSettings
from include.discovery.errors import DiscoveryError, UnreadableResponse, shortened
from include.discovery.fetch.visits import is_gone
from include.discovery.formats.schema_org.page import PageEvents, read_page
from include.discovery.model import NOT_LISTED, EventRecord, Reject
from include.discovery.response import Response
from include.discovery.text.encoding import charset_of

_MOST_REASONS = 5
"""Pages that a reason names; there may be hundreds."""


@dataclass(frozen=True, slots=True)
class Visited(PageEvents):
    """What some pages hold, and which of them could not be read."""

    incomplete_reasons: tuple[str, ...] = ()


def read_answers(
    visits: Iterable[tuple[str, Response | DiscoveryError]],
    context: ParseContext[SchemaOrgSettings],
) -> Visited:
    """Read what came of some visits (address, outcome); what cannot be read costs itself."""
    records: list[EventRecord] = []
    rejects: list[Reject] = []
    reasons: list[str] = []
    found = 0
    for url, outcome in visits:
        if isinstance(outcome, DiscoveryError):
            if is_gone(outcome):
                rejects.append(Reject("page is gone", url, str(outcome)[:200], NOT_LISTED))
            else:
                reasons.append(str(outcome.at(url)))
            continue
        charset = charset_of(outcome.headers)
        try:
            events = read_events(outcome.body, outcome.url, context, charset)
        except UnreadableResponse as error:
            reasons.append(str(error.at(outcome.url)))
            continue
        reasons += [f"{item} cannot be read ({shortened(outcome.url)})" for item in events.lost]
        found += events.found
        records += events.records
        rejects += [replace(each, item=f"{outcome.url}: {each.item}") for each in events.rejects]
    if len(reasons) > _MOST_REASONS:
        reasons = [*reasons[:_MOST_REASONS], f"and {len(reasons) - _MOST_REASONS} more pages"]
    return Visited(records, rejects, found, tuple(reasons))


def read_events(
    body: bytes,
    url: str | None,
    context: ParseContext[SchemaOrgSettings],
    charset: str | None = None,
) -> PageEvents:
    """Read one page as the settings say.

    :param charset: of the Content-Type header, if known.
    :raises UnreadableResponse: for a document that is no JSON.
    """
    return read_page(
        body,
        url=url,
        zone=context.timezone,
        window=context.window,
        city=context.city,
        default_venue=context.settings.default_venue,
        charset=charset,
        today=context.window.start if context.window else None,
        offset_is_reliable=context.settings.trust_offsets,
    )
