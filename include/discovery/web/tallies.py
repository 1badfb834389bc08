"""Makes the page's statistics of the tallies of the metadata database."""

from __future__ import annotations

from include.discovery.web import models
from include.discovery.web.statistics import Tally
from include.discovery.web.words import actor_of, log_path


def pair_statistics(tally: Tally, city: str | None, source: str) -> models.PairStatistics:
    """Return a pair's statistics as the page shows them."""
    judged = tally.succeeded + tally.failed
    error = tally.last_error
    return models.PairStatistics(
        city=city,
        source=source,
        label=tally.label,
        runs=tally.runs,
        succeeded=tally.succeeded,
        failed=tally.failed,
        running=tally.running,
        other=tally.runs - judged - tally.running,
        success_rate=tally.succeeded / judged if judged else None,
        last_run_at=tally.last_run_at,
        last_state=tally.last_state,
        last_error=error
        and models.StatisticsError(
            category=error.category,
            message=error.message,
            actor=actor_of(error.category),
            run_id=error.run_id,
            at=error.at,
            try_number=error.try_number,
            log_path=log_path(error.run_id, error.map_index, error.try_number) or "",
        ),
    )


def statistics_of(label: str, tally: Tally) -> models.PairStatistics:
    """Return statistics of a pair that is known by its label alone."""
    city, separator, source = label.rpartition(" · ")
    return pair_statistics(tally, city if separator else None, source)
