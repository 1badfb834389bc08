"""The pages that a feed's items link to, read for structured data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from include.discovery.connectors.rss.event import Reading, events_of
from include.discovery.connectors.rss.feed import FeedItem
from include.discovery.errors import (
    Blocked,
    DiscoveryError,
    NotFound,
    RateLimited,
    UnsupportedResponse,
    one_line,
)
from include.discovery.fetch.visits import Visits, is_gone
from include.discovery.formats.schema_org.page import read_page
from include.discovery.model import NOT_LISTED, City, EventRecord, Identity, Reject
from include.discovery.parsed import Parsed, usable_identity
from include.discovery.response import Response
from include.discovery.text.encoding import charset_of

_MOST_REASONS = 3
_NO_EVENT = "no event date, and no event in the linked page"
_NO_LINK = "no event date, and no link to follow"


@dataclass(frozen=True, slots=True)
class Followed(Parsed):
    """What the pages behind some items gave, and what they did not."""

    incomplete_reason: str | None = None
    is_over: bool = False
    """Whether the site asks to be left alone: no further page is to be asked for."""


async def follow(
    items: Sequence[FeedItem], visits: Visits, reading: Reading, city: City | None
) -> Followed:
    """Read the pages behind some items, as robots.txt allows.

    A page that is gone or holds no event rejects its item; one that does not answer is missing.
    When the site wants fewer requests, or refuses all of these, or answers none, that is the end.
    """
    urls = list(dict.fromkeys(item.link for item in items if item.link is not None))
    outcomes = await visits.get_each(urls) if urls else []
    answers = dict(zip(urls, outcomes, strict=True))
    records: list[EventRecord] = []
    rejects: list[Reject] = []
    reasons: list[str] = []
    for item in items:
        outcome = answers.get(item.link or "")
        if isinstance(outcome, DiscoveryError) and not _is_final(outcome):
            reasons.append(one_line(outcome))
            continue
        parsed = _events_of(item, outcome, reading, city)
        records += parsed.records
        rejects += parsed.rejects
    refused = [one for one in outcomes if isinstance(one, Blocked)]
    failed = [one for one in outcomes if isinstance(one, DiscoveryError) and not _is_final(one)]
    is_over = (
        any(isinstance(one, RateLimited) for one in outcomes)
        or (bool(refused) and len(refused) == len(outcomes))
        or len(failed) == len(outcomes) > 1
    )
    return Followed(records, rejects, "; ".join(reasons[:_MOST_REASONS]) or None, is_over)


def _is_final(error: DiscoveryError) -> bool:
    """Say whether an item's page is not there, rather than out of reach."""
    return isinstance(error, (NotFound, UnsupportedResponse))


def _events_of(
    item: FeedItem, outcome: Response | DiscoveryError | None, reading: Reading, city: City | None
) -> Parsed:
    where = item.link or item.identity or "an item"
    known = usable_identity(Identity(where, where)) if item.link or item.identity else None
    if isinstance(outcome, Response):
        found = read_page(
            outcome.body,
            url=outcome.url,
            zone=reading.timezone,
            window=reading.window,
            city=city,
            default_venue=reading.default_venue,
            charset=charset_of(outcome.headers),
            today=reading.today,
        )
        if found.found:
            return found
    if reading.in_words:
        return events_of([item], reading)
    if isinstance(outcome, DiscoveryError):
        identity = NOT_LISTED if is_gone(outcome) else known
        detail = one_line(outcome)[:200]
        return Parsed((), (Reject("linked page not readable", where, detail, identity),))
    reason = _NO_EVENT if item.link else _NO_LINK
    return Parsed((), (Reject(reason, where, identity=known),))
