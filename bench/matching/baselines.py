"""What matching is compared with: ways that others use, over the same listings.

``eventdedupe`` is no part of the project: install ``bench/requirements.txt`` (best into an
environment of its own); without it its rows are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from importlib.util import find_spec
from itertools import combinations

from rapidfuzz.fuzz import token_set_ratio

from bench.matching.metrics import clusters_of, joined
from include.discovery.identity.keys import event_key, venue_key
from include.discovery.identity.listing import Listing
from include.discovery.model import EventRecord
from include.discovery.text.cleaning import fold

ALIKE = 85
Clusterer = Callable[[Sequence[Listing]], dict[str, Hashable]]


def exact_key(listings: Sequence[Listing]) -> dict[str, Hashable]:
    """Cluster by the match keys of the loader: folded title, start and folded venue."""
    return {one.id: (one.city, _key(one)) for one in listings}


def title_and_date(listings: Sequence[Listing]) -> dict[str, Hashable]:
    """Cluster by folded title and date within a city."""
    return {one.id: (one.city, fold(one.title), one.local_date) for one in listings}


def like_titles(listings: Sequence[Listing]) -> dict[str, Hashable]:
    """Join listings of one date and city whose titles' token_set_ratio is 85 or more."""
    return joined(_like(listings), (one.id for one in listings))


def eventdedupe(listings: Sequence[Listing]) -> dict[str, Hashable]:
    """Cluster by ``eventdedupe`` as it is by default, city by city."""
    from eventdedupe import groups  # noqa: PLC0415  optional

    of_city = defaultdict(list)
    for one in listings:
        of_city[one.city].append(one)
    found = [
        [some[index].id for index in group]
        for some in of_city.values()
        for group in groups([_as_dict(one) for one in some])
    ]
    return clusters_of(found, (one.id for one in listings))


def baselines() -> dict[str, Clusterer]:
    """Return all that can run here, by name."""
    known: dict[str, Clusterer] = {
        "exact key": exact_key,
        "same title and date": title_and_date,
        f"token_set_ratio >= {ALIKE} and date": like_titles,
    }
    if find_spec("eventdedupe"):
        known["eventdedupe"] = eventdedupe
    return known


def _like(listings: Sequence[Listing]) -> Iterator[tuple[str, str]]:
    of_day = defaultdict(list)
    for one in listings:
        of_day[one.city, one.local_date].append((one.id, fold(one.title)))
    for day in of_day.values():
        for (first, title), (second, other) in combinations(day, 2):
            if token_set_ratio(title, other) >= ALIKE:
                yield first, second


def _key(one: Listing) -> str:
    record = EventRecord(
        external_id=one.external_id, title=one.title, starts_at=one.starts_at,
        local_date=one.local_date, time_known=one.time_known, timezone=one.timezone,
        status=one.status, venue=one.venue,
    )  # fmt: skip
    return event_key(record, venue_key(one.venue, one.city), one.source)


def _as_dict(one: Listing) -> dict[str, object]:
    """Say a listing in the names that ``eventdedupe`` reads."""
    venue = one.venue
    return {
        "title": one.title,
        "date": one.local_date.isoformat() if one.local_date else None,
        "start": one.starts_at.isoformat() if one.starts_at else None,
        "venue": venue and (venue.name or venue.street),
        "lat": venue and venue.latitude,
        "lon": venue and venue.longitude,
        "link": one.url,
        "source": one.source,
        "attendance_mode": str(one.attendance),
        "status": str(one.status),
    }
