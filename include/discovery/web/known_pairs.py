"""All pairs as they stand, kept by this process: read again are those alone that have changed.

Reading how a thousand pairs stand takes half a second, and between two looks at the page hardly
any of them changes. So each look asks for a mark of every pair first, in one query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from include.discovery.health.verdict import Outcome
from include.discovery.model import default_connection
from include.discovery.monitoring.pair_health import outcomes_of
from include.discovery.store.connection import Connection
from include.discovery.store.queries.pairs import PairState, pair_marks, read_pairs
from include.discovery.web.keys import KeyNeed
from include.discovery.web.run_marks import RunMark, strip_of

OPEN = ("planned", "running")


@dataclass(frozen=True)
class KnownPair:
    """A pair as it stands, with what follows from that whatever the time."""

    state: PairState
    outcomes: Sequence[Outcome]
    need: KeyNeed
    """Which key it sends."""

    @cached_property
    def has_open_run(self) -> bool:
        """Whether one of its runs has not ended, as far as the discovery database knows."""
        return any(run.state in OPEN for run in self.state.runs)

    @cached_property
    def recent(self) -> list[RunMark]:
        """Its last runs, made when they are shown first."""
        return strip_of(self.state)

    @classmethod
    def of(cls, pair: PairState) -> Self:
        """Return what follows from a pair's state."""
        need = KeyNeed.of(
            pair.source_connection or default_connection(pair.source),
            pair.kind,
            {**pair.source_settings, **pair.settings},
        )
        return cls(pair, outcomes_of(pair), need)


class KnownPairs:
    """The pairs that were read last, each with the mark that it had before it was read."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, KnownPair]] = {}

    def read(self, conn: Connection) -> list[KnownPair]:
        """Return all pairs as they stand now, by city and source; those without a city last."""
        before = self._known
        marks = pair_marks(conn)
        unchanged = {
            pair: before[pair]
            for pair, mark in marks.items()
            if pair in before and before[pair][0] == mark
        }
        changed = [pair for pair in marks if pair not in unchanged]
        fresh = read_pairs(conn, changed) if changed else []
        known = unchanged | {pair.id: (marks[pair.id], KnownPair.of(pair)) for pair in fresh}
        self._known = known
        return [known[pair][1] for pair in marks if pair in known]
