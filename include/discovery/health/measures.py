"""What the events of a run look like in numbers, and whether that is as it should be. Pure.

A source that breaks often goes on answering: with half of its events, without its venues, with
every hour at midnight. Such a run succeeds; its numbers tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import time
from statistics import median
from typing import Any, Final
from zoneinfo import ZoneInfo

from include.discovery.expectations import Assertion, Measure
from include.discovery.model import EventRecord

_ENOUGH_ITEMS: Final = 10
"""Shares of fewer items say little."""
_ENOUGH_RUNS: Final = 5
_USUAL_OF: Final = 14
"""So many of the latest runs tell what is usual."""
_SHARE_OF_USUAL: Final = 0.8
_TIMES_USUAL: Final = 2
_LEAST_SHARE: Final = 0.2
"""What few events have is no rule that others break."""
_SOME_SHARE: Final = 0.1
"""A rare fault may become twice as frequent without anything being wrong."""

_WANTED: Final = (Measure.VENUE, Measure.TIME, Measure.PRICE)
_UNWANTED: Final = (Measure.MIDNIGHT, Measure.REJECTED, Measure.WARNINGS)


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts of a run's items, addable so that pages and attempts sum up."""

    events: int = 0
    with_venue: int = 0
    with_time: int = 0
    with_price: int = 0
    at_midnight: int = 0
    with_warnings: int = 0
    rejected: int = 0

    @classmethod
    def of(cls, records: Iterable[EventRecord], rejected: int = 0) -> Measures:
        """Count what records have."""
        counts = dict.fromkeys((field.name for field in fields(cls)), 0)
        for record in records:
            counts["events"] += 1
            counts["with_venue"] += record.venue is not None
            counts["with_time"] += record.time_known
            counts["with_price"] += record.price is not None
            counts["at_midnight"] += _is_at_midnight(record)
            counts["with_warnings"] += bool(record.warnings)
        return cls(**{**counts, "rejected": rejected})

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Measures:
        """Read what :meth:`stored` wrote; what is not there is nothing."""
        return cls(**{field.name: int(stored.get(field.name) or 0) for field in fields(cls)})

    def stored(self) -> dict[str, int]:
        """Return the counts as plain data."""
        return asdict(self)

    def __add__(self, other: Measures) -> Measures:
        return Measures(**{name: n + getattr(other, name) for name, n in asdict(self).items()})

    def value(self, measure: Measure) -> float | None:
        """Return a measure; None for a share of too few items."""
        if measure is Measure.EVENTS:
            return self.events
        items = self.events + (self.rejected if measure is Measure.REJECTED else 0)
        return getattr(self, measure) / items if items >= _ENOUGH_ITEMS else None


def _is_at_midnight(record: EventRecord) -> bool:
    start = record.starts_at
    return start is not None and start.astimezone(ZoneInfo(record.timezone)).time() == time.min


@dataclass(frozen=True, slots=True)
class Assessment:
    """What of a run is not as it was asserted, in words."""

    failed: tuple[Measure, ...] = ()
    """What is below its bound: such a run may not conclude that anything has vanished."""
    warnings: tuple[str, ...] = ()


def assess(measures: Measures, assertions: Mapping[Measure, Assertion]) -> Assessment:
    """Compare a complete run of everything with what was asserted of it."""
    failed: list[Measure] = []
    warnings: list[str] = []
    for measure, assertion in assertions.items():
        value = measures.value(measure)
        if value is None:
            continue
        if assertion.least is not None and value < assertion.least:
            failed.append(measure)
            bound = f"at least {_in_words(measure, assertion.least)}"
        elif assertion.most is not None and value > assertion.most:
            bound = f"at most {_in_words(measure, assertion.most)}"
        else:
            continue
        warnings.append(f"{measure} is {_in_words(measure, value)}, asserted is {bound}")
    return Assessment(tuple(failed), tuple(warnings))


def _in_words(measure: Measure, value: float) -> str:
    return f"{value:g}" if measure is Measure.EVENTS else f"{value:.0%}"


def propose_count(history: Sequence[Measures]) -> Assertion | None:
    """Propose bounds for the number of events of a pair.

    :param history: of its complete runs of everything, newest first.
    """
    counts = [each.events for each in history[:_USUAL_OF] if each.events]
    if len(counts) < _ENOUGH_RUNS or median(counts) < _ENOUGH_ITEMS:
        return None
    usual = median(counts)
    return Assertion(least=_rounded(_SHARE_OF_USUAL * usual), most=_rounded(_TIMES_USUAL * usual))


def propose_shares(histories: Iterable[Sequence[Measures]]) -> dict[Measure, Assertion]:
    """Propose bounds for the shares of a source.

    :param histories: of each of its pairs, as for :func:`propose_count`.
    """
    runs = [each for history in histories for each in history[:_USUAL_OF]]
    proposed: dict[Measure, Assertion] = {}
    for measure in (*_WANTED, *_UNWANTED):
        shares = [share for each in runs if (share := each.value(measure)) is not None]
        if len(shares) < _ENOUGH_RUNS:
            continue
        usual = median(shares)
        if measure in _UNWANTED:
            most = max(_SOME_SHARE, _TIMES_USUAL * usual)
            if most < 1:
                proposed[measure] = Assertion(most=_rounded(most))
        elif usual >= _LEAST_SHARE:
            proposed[measure] = Assertion(least=_rounded(_SHARE_OF_USUAL * usual))
    return proposed


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
