"""Charts: what attempts did on each day of the last weeks, for a city, a source, or all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from include.discovery.store.queries.charts import by_day
from include.discovery.web.answers import Answer, now
from include.discovery.web.parameters import CityFilter, SourceFilter
from include.discovery.web.services import Uses

router = APIRouter()

ChartDays = Annotated[int, Query(ge=1, le=90, description="How many days, today included.")]


class ChartDay(Answer):
    """A day (UTC): its attempts, and what they did."""

    day: date
    complete: int = 0
    partial: int = 0
    failed: int = 0
    inserted: int = 0
    updated: int = 0
    withdrawn: int = 0
    requests: int = 0
    median_seconds: float | None = None
    """How long attempts took; None on a day without any."""
    slow_seconds: float | None = None
    """What 95 of 100 attempts took at most."""


class ChartsAnswer(Answer):
    """The days of a chart."""

    generated_at: datetime
    days: list[ChartDay]
    """Oldest first, days without attempts included."""


@router.get("/charts")
def charts(
    uses: Uses, days: ChartDays = 30, city: CityFilter = None, source: SourceFilter = None
) -> ChartsAnswer:
    """Return what attempts did on each day; dry runs, and runs with a limit, are left out.

    Of all pairs it may be half a minute old.
    """
    at = now()
    first = at.date() - timedelta(days=days - 1)
    since = datetime.combine(first, time.min, UTC)

    def read() -> list[dict[str, Any]]:
        with uses.database.lend() as conn:
            return by_day(conn, since, city=city, source=source)

    is_of_all = city is None and source is None
    found = {row["day"]: row for row in (uses.charts[days].get(read) if is_of_all else read())}
    return ChartsAnswer(
        generated_at=at,
        days=[_day(first + timedelta(days=n), found) for n in range(days)],
    )


def _day(day: date, found: Mapping[date, Mapping[str, Any]]) -> ChartDay:
    row = dict(found.get(day, {"day": day}))
    median, slow = row.pop("seconds", None) or (None, None)
    return ChartDay.model_validate({**row, "median_seconds": median, "slow_seconds": slow})
