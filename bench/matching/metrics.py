"""How good a clustering is, beside the true one. Pure functions over ids.

``truth`` and ``found`` name the cluster of each id; both have the same ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

Clusters = Mapping[str, Hashable]


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs that were joined rightly, joined wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """The share of the joined pairs that are right; 1 where none was joined."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of the true pairs that were joined; 1 where there is none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / both if both else 1.0


def pairwise(truth: Clusters, found: Clusters) -> Score:
    """Score all pairs of ids, by counts of clusters and of their intersections alone."""
    joint = Counter((truth[one], found[one]) for one in truth)
    right = sum(map(_pairs, joint.values()))
    joined = sum(map(_pairs, Counter(found[one] for one in truth).values()))
    true = sum(map(_pairs, Counter(truth.values()).values()))
    return Score(right, joined - right, true - right)


def b_cubed(truth: Clusters, found: Clusters) -> tuple[float, float, float]:
    """Return precision, recall and F1, each id counting the same whatever its cluster's size.

    Bagga and Baldwin (1998): of each id, the share of its found cluster that belongs with it, and
    the share of what belongs with it that was found; then the means.
    """
    if not truth:
        return 1.0, 1.0, 1.0
    joint = Counter((truth[one], found[one]) for one in truth)
    of_truth, of_found = Counter(truth.values()), Counter(found[one] for one in truth)
    precision = sum(n * n / of_found[f] for (_, f), n in joint.items()) / len(truth)
    recall = sum(n * n / of_truth[t] for (t, _), n in joint.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def exact_clusters(truth: Clusters, found: Clusters) -> float:
    """Return the share of true clusters that were found with all members and no other."""
    if not truth:
        return 1.0
    return len(_groups(truth) & _groups({one: found[one] for one in truth})) / len(_groups(truth))


def clusters_of(groups: Iterable[Iterable[str]], ids: Iterable[str]) -> dict[str, Hashable]:
    """Name the cluster of each id by the groups; an id that is in none is a cluster of its own."""
    found: dict[str, Hashable] = {one: ("alone", one) for one in ids}
    for number, group in enumerate(groups):
        found.update(dict.fromkeys(group, number))
    return found


def joined(pairs: Iterable[tuple[str, str]], ids: Iterable[str]) -> dict[str, Hashable]:
    """Return the connected components of pairs."""
    parent = {one: one for one in ids}

    def root(one: str) -> str:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for first, second in pairs:
        parent[max(root(first), root(second))] = min(root(first), root(second))
    return {one: root(one) for one in parent}


def _groups(clusters: Clusters) -> set[frozenset[str]]:
    members: dict[Hashable, set[str]] = defaultdict(set)
    for one, name in clusters.items():
        members[name].add(one)
    return set(map(frozenset, members.values()))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
