"""Parameters of the routes: every one has a type and bounds, those of the column it is compared to.

Beyond them the database would fail where the sender is wrong. The examples are shown in the OpenAPI
document.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query

from include.discovery.slugs import SLUG_LENGTH, SLUG_PATTERN
from include.discovery.web.answers import LARGEST_VERSION

LARGEST_ID = 2**63 - 1
"""Of the ids that the database gives."""
_SLUG: dict[str, Any] = {"pattern": SLUG_PATTERN, "max_length": SLUG_LENGTH}

Days = Annotated[int, Query(ge=1, le=3660, description="The window of the counters, in days.")]
ErrorDays = Annotated[int, Query(ge=1, le=90, description="How far back to look, in days.")]

CitySlug = Annotated[str, Path(**_SLUG, description="A city's slug.", examples=["krakow"])]
SourceSlug = Annotated[str, Path(**_SLUG, description="A source's slug.", examples=["theatres"])]
KindName = Annotated[
    str,
    Path(
        pattern="^[a-z][a-z0-9_]*$",
        max_length=SLUG_LENGTH,
        description="A kind of source.",
        examples=["icalendar"],
    ),
]
EventId = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="An event's id, as the list of events gives it.")
]
ListingId = Annotated[int, Query(ge=1, le=LARGEST_ID, description="A listing's id.")]
VenueId = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="A venue's id, as the list of venues gives it.")
]
VenueQuery = Annotated[int, Query(ge=1, le=LARGEST_ID, description="A venue's id.")]
CityQuery = Annotated[
    str | None,
    Query(**_SLUG, description="The city of the pair; none for a source of a wider scope."),
]
CityFilter = Annotated[str | None, Query(**_SLUG, description="What concerns this city alone.")]
SourceFilter = Annotated[str | None, Query(**_SLUG, description="What concerns this source alone.")]
SourceQuery = Annotated[str, Query(**_SLUG, description="The source of the pair.")]

FilterText = Annotated[
    str | None,
    Query(min_length=1, max_length=200, description="Only pairs that have this; none: all."),
]
SortOrder = Annotated[
    str,
    Query(max_length=50, description="A column to sort by; with - in front the other way round."),
]
PageNumber = Annotated[
    int, Query(ge=1, le=1_000_000, description="Which page of the list, from 1.")
]

SeenVersion = Annotated[
    int, Query(ge=1, le=LARGEST_VERSION, description="The version that the sender has seen.")
]
PageSize = Annotated[int, Query(ge=1, le=200, description="How many entries to return at most.")]
Before = Annotated[
    int | None, Query(ge=1, le=LARGEST_ID, description="Return entries older than this one.")
]
RunId = Annotated[
    str,
    Query(
        min_length=1, max_length=250, description="The id of a run, as Airflow gives it to a run."
    ),
]
ApprovalId = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="The id of what awaits approval.")
]
AnswerId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="A kept answer's id.")]
Confirm = Annotated[
    str | None,
    Query(
        **_SLUG,
        description="The slug as a person typed it: of the city or source that is removed, or of "
        "the pair's source. Needed when anything goes with it.",
    ),
]
