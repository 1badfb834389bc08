"""How the pairs of each city, and those of each source, are doing together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from include.discovery.health.verdict import HealthState, roll_up


@dataclass(frozen=True, slots=True)
class GroupHealth:
    """How the pairs of a city or a source are doing together."""

    state: HealthState
    """The worst of those that are enabled."""
    counts: dict[HealthState, int]
    """How many pairs are in each state; states without any are left out."""


def health_by_group(pairs: Iterable[tuple[str | None, HealthState]]) -> dict[str, GroupHealth]:
    """Sum up the states of pairs by what they belong to: the slug of a city, or of a source.

    Pairs without a slug are left out: those of a wider scope belong to no city.
    """
    states: dict[str, list[HealthState]] = defaultdict(list)
    for slug, state in pairs:
        if slug is not None:
            states[slug].append(state)
    return {
        slug: GroupHealth(state=found.state, counts=dict(found.counts))
        for slug, of in states.items()
        if (found := roll_up(of)) is not None
    }
