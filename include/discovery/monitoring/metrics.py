"""What the system measures of itself, for whatever takes Airflow's metrics.

What happened is part of a metric's name, since plain StatsD knows no tags. The only tags are the
source, a category of failures, of which there are few; never a city or a pair, of which there may
be thousands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from include.discovery.health.verdict import HealthState
from include.discovery.store.queries.outcomes import PairOutcome

Kind = Literal["counter", "timer", "gauge"]

_EVENTS: Final = {
    "fetched": "Items that sources sent.",
    "inserted": "Events that are new.",
    "updated": "Events that have changed.",
    "unchanged": "Events that were as before.",
    "duplicates": "Items that a source sent twice in one sync.",
    "skipped": "Items beyond the limit of a trial.",
    "withdrawn": "Events that sources no longer list.",
    "rejected": "Items that were not usable events.",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is emitted, as docs/metrics.md lists it."""

    name: str
    kind: Kind
    tags: tuple[str, ...]
    help: str
    when: str


_ATTEMPT: Final = "end of an attempt"
_RUN: Final = "`report`"
_HEALTH: Final = "`alert`"

METRICS: Final = (
    Metric("discovery.attempts.succeeded", "counter", ("source",), "Attempts that ended well.",
           _ATTEMPT),
    Metric("discovery.attempts.failed", "counter", ("source", "category"), "Attempts that failed.",
           _ATTEMPT),
    Metric("discovery.attempts.retried", "counter", ("source",),
           "Attempts that were not the first of their pair in a run.", _ATTEMPT),
    Metric("discovery.attempts.duration", "timer", ("source",), "How long an attempt took.",
           _ATTEMPT),
    Metric("discovery.attempts.wait", "timer", ("source",),
           "How long a pair waited for its first attempt, from the start of the run.", _ATTEMPT),
    Metric("discovery.requests", "counter", ("source",), "Requests to sources.", _RUN),
    *(
        Metric(f"discovery.events.{name}", "counter", ("source",), text, _RUN)
        for name, text in _EVENTS.items()
    ),
    *(
        Metric(f"discovery.syncs.{name}", "counter", ("source",), text, _RUN)
        for name, text in {
            "complete": "Pairs that a run synced completely.",
            "partial": "Pairs that a run synced in part.",
            "failed": "Pairs that failed, or never began, in a run.",
        }.items()
    ),
    *(
        Metric(f"discovery.pairs.{state}", "gauge", ("source",),
               f"Pairs whose health is '{state.replace('_', ' ')}'.", _HEALTH)
        for state in HealthState
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value of a metric; durations are in milliseconds."""

    name: str
    value: float
    tags: Mapping[str, str] = field(default_factory=dict)


def of_attempt(
    source: str,
    *,
    is_retry: bool,
    failure: str | None,
    duration: timedelta,
    waited: timedelta | None,
) -> Iterator[Measurement]:
    """Measure an attempt that has ended.

    :param failure: category of its failure; ``None`` if it ended well.
    :param waited: of a pair's first attempt, how long after the run it began.
    """
    tags = {"source": source}
    if failure is None:
        yield Measurement("discovery.attempts.succeeded", 1, tags)
    else:
        yield Measurement("discovery.attempts.failed", 1, {**tags, "category": failure})
    if is_retry:
        yield Measurement("discovery.attempts.retried", 1, tags)
    yield Measurement("discovery.attempts.duration", _milliseconds(duration), tags)
    if waited is not None:
        yield Measurement("discovery.attempts.wait", _milliseconds(waited), tags)


def of_run(outcomes: Iterable[PairOutcome]) -> Iterator[Measurement]:
    """Measure what a run brought, over all attempts, those that were killed included."""
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        of_source = counts.setdefault(outcome.source, Counter())
        stats = outcome.stats
        of_source["requests"] += stats.requests
        of_source["events.rejected"] += stats.rejected_total
        for name in _EVENTS.keys() - {"rejected"}:
            of_source[f"events.{name}"] += getattr(stats, name)
        of_source[f"syncs.{_ending(outcome)}"] += 1
    for source, found in counts.items():
        for name, count in sorted(found.items()):
            if count:
                yield Measurement(f"discovery.{name}", count, {"source": source})


def of_health(states: Iterable[tuple[str, HealthState]]) -> Iterator[Measurement]:
    """Measure how many pairs of each source are in each state, those with none included.

    :param states: source and state of each pair.
    """
    found = Counter(states)
    for source in sorted({source for source, _ in found}):
        for state in HealthState:
            count = found[source, state]
            yield Measurement(f"discovery.pairs.{state}", count, {"source": source})


def _ending(outcome: PairOutcome) -> str:
    if outcome.state != "success":
        return "failed"
    return "partial" if outcome.is_partial else "complete"


def _milliseconds(duration: timedelta) -> float:
    return duration.total_seconds() * 1_000
