"""Which pairs the overview shows, in which order, and what they add up to: pure functions.

The names of filters and columns are those in the page's address.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.discovery.health.verdict import HealthState
from include.discovery.web.answers import Answer
from include.discovery.web.pair_rows import PairNow
from include.discovery.web.run_marks import STRIP

PAGE_SIZE = 100
NO_CITY = "(none)"
"""What asks for the pairs of sources of a wider scope."""
USUAL_ORDER = "health"

_SEVERITY = {state: place for place, state in enumerate(HealthState)}


@dataclass(frozen=True, slots=True)
class PairFilter:
    """What pairs are asked for; what is None does not matter."""

    city: str | None = None
    source: str | None = None
    health: str | None = None
    enabled: str | None = None
    """``true`` or ``false``: whether runs take it."""
    error: str | None = None
    """The category of its last error."""
    text: str | None = None
    """Each of its words stands in its names, its reason or its last error."""


class ChosenPairs(Answer):
    """What the pairs that pass the filters add up to, shown or not."""

    pairs: int
    active: int
    health: dict[HealthState, int]
    """Of those that pass all filters but that of the health; states without any are left out."""
    events_upcoming: int
    fetched: int
    """This and the next three: items of their last runs."""
    inserted: int
    updated: int
    rejected: int
    succeeded: int | None
    """Runs within the window; None: there are no statistics of any."""
    failed: int | None
    page: int
    pages: int
    """So many of 100 pairs each, at least one."""


def choose(
    pairs: Sequence[PairNow], wanted: PairFilter, order: str, page: int
) -> tuple[list[PairNow], ChosenPairs]:
    """Return the pairs of a page, and what all that pass the filters add up to.

    :param order: a column's name, with ``-`` in front of it for the other way round; an unknown
        one leaves the order as it is.
    :param page: from 1; one that is beyond the last is the last.
    """
    of_any_health = [pair for pair in pairs if _passes(pair, wanted)]
    chosen = _of_health(of_any_health, wanted)
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    page = min(page, pages)
    shown = in_order(chosen, order)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return shown, _added_up(chosen, of_any_health, page, pages)


def passing(pairs: Iterable[PairNow], wanted: PairFilter) -> list[PairNow]:
    """Return the pairs that pass the filters, in the order in which they come."""
    return _of_health((pair for pair in pairs if _passes(pair, wanted)), wanted)


def in_order(pairs: Sequence[PairNow], order: str) -> list[PairNow]:
    """Sort pairs by a column; equal ones keep their order, and what is not known comes last."""
    value = _COLUMNS.get(order.removeprefix("-"))
    if value is None:
        return list(pairs)
    values = [value(pair) for pair in pairs]
    known = [place for place, found in enumerate(values) if found not in (None, "")]
    known.sort(key=values.__getitem__, reverse=order.startswith("-"))
    unknown = [pair for pair, found in zip(pairs, values, strict=True) if found in (None, "")]
    return [pairs[place] for place in known] + unknown


def error_categories(pairs: Iterable[PairNow]) -> list[str]:
    """Return the categories of the last errors of pairs."""
    return sorted({error[0] for pair in pairs if (error := pair.last_error)})


def _of_health(pairs: Iterable[PairNow], wanted: PairFilter) -> list[PairNow]:
    return [pair for pair in pairs if wanted.health in (None, pair.verdict.state.value)]


def _passes(pair: PairNow, wanted: PairFilter) -> bool:
    state = pair.state
    return (
        wanted.city in (None, state.city or NO_CITY)
        and wanted.source in (None, state.source)
        and wanted.enabled in (None, "false" if pair.inactive_because else "true")
        and (wanted.error is None or wanted.error == (pair.last_error or ("",))[0])
        and (wanted.text is None or _has_words(pair, wanted.text))
    )


def _has_words(pair: PairNow, text: str) -> bool:
    state, error = pair.state, pair.last_error
    parts = (
        state.label, state.city_name, state.source_name, state.kind, pair.verdict.reason,
        error and error[1],
    )  # fmt: skip
    told = "\n".join(filter(None, parts)).casefold()
    return all(word in told for word in text.casefold().split())


def _added_up(
    chosen: Sequence[PairNow], of_any_health: Sequence[PairNow], page: int, pages: int
) -> ChosenPairs:
    stats = [found for pair in chosen if (found := pair.stats)]
    statistics = [pair.statistics for pair in chosen if pair.statistics]
    health = Counter(pair.verdict.state for pair in of_any_health)
    return ChosenPairs(
        pairs=len(chosen),
        active=sum(pair.inactive_because is None for pair in chosen),
        health={state: health[state] for state in HealthState if health[state]},
        events_upcoming=sum(pair.events_upcoming for pair in chosen),
        fetched=sum(each.fetched for each in stats),
        inserted=sum(each.inserted for each in stats),
        updated=sum(each.updated for each in stats),
        rejected=sum(each.rejected_total for each in stats),
        succeeded=sum(each.succeeded for each in statistics) if statistics else None,
        failed=sum(each.failed for each in statistics) if statistics else None,
        page=page,
        pages=pages,
    )


def _collated(text: str | None) -> tuple[tuple[int, int | str], ...] | None:
    """Return what texts are sorted by: without case and accents, numbers by their value."""
    if not text:
        return None
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(
        (0, int(part)) if part.isdecimal() else (1, part)
        for part in re.split(r"(\d+)", letters)
        if part
    )


def _of_last_run(name: str) -> Callable[[PairNow], Any]:
    def value(pair: PairNow) -> int | None:
        if pair.latest is None:
            return None
        return getattr(pair.stats, name) if pair.stats else 0

    return value


def _next_due(pair: PairNow) -> float | None:
    if pair.inactive_because:
        return None
    return pair.next_due_at.timestamp() if pair.next_due_at else 0.0


_COLUMNS: Mapping[str, Callable[[PairNow], Any]] = {
    "city": lambda pair: _collated(pair.state.city_name),
    "source": lambda pair: _collated(pair.state.source_name),
    "health": lambda pair: _SEVERITY[pair.verdict.state],
    "recent": lambda pair: sum(run.state in ("failed", "lost") for run in pair.state.runs[:STRIP]),
    "success": lambda pair: pair.state.totals["last_success_at"],
    **{name: _of_last_run(name) for name in ("fetched", "inserted", "updated")},
    "rejected": _of_last_run("rejected_total"),
    "duration": lambda pair: pair.duration,
    "error": lambda pair: error[0] if (error := pair.last_error) else None,
    "next": _next_due,
    "rate": lambda pair: pair.statistics.success_rate if pair.statistics else None,
}
"""What each column is sorted by."""
