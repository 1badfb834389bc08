"""What the benchmark says: scores of clusterings over labelled listings, as rows and as tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.matching.generated import Labelled
from bench.matching.metrics import Score, b_cubed, exact_clusters, pairwise
from include.discovery.identity.judging import Judgement, Verdict
from include.discovery.identity.listing import Listing
from include.discovery.identity.matching import Matching
from include.discovery.model import EventRecord

WORST = 20
WORST_OF_GROUP = 2


@dataclass(frozen=True, slots=True)
class Error:
    """A pair that was joined wrongly or missed.

    ``said`` is the judgement on it, if there is one; of one ``group`` few are shown.
    """

    kind: str
    about: str
    first: Listing
    second: Listing
    said: Judgement | None
    group: str

    @property
    def badness(self) -> tuple[bool, float]:
        """Wrong merges before missed pairs, the surest of them first."""
        score = self.said.score if self.said else 0.5
        wrong = self.kind == "WRONG MERGE"
        return not wrong, -score if wrong else score

    def lines(self) -> Iterator[str]:
        rule = f"{self.said.verdict}: {self.said.rule}" if self.said else "not compared"
        yield f"{self.kind} [{self.about}] {rule}"
        yield f"    {shown(self.first)}"
        yield f"    {shown(self.second)}"


def shown(one: Listing) -> str:
    """Return a listing on one line."""
    venue = one.venue
    place = ", ".join(filter(None, (venue.name, venue.street))) if venue else "-"
    when = f"{one.starts_at:%Y-%m-%d %H:%M%z}" if one.starts_at else str(one.local_date)
    return f"{one.source[:24]} | {one.title[:70]} | {when} | {place[:60]} | {(one.url or '-')[:70]}"


def said_of(matching: Matching) -> dict[tuple[str, str], Judgement]:
    """Return the judgements by their pairs."""
    return {(one.first, one.second): one for one in matching.judgements}


def queue(matching: Matching, cluster: Mapping[str, Hashable]) -> set[frozenset[Hashable]]:
    """Return the pairs of clusters that a person is asked about."""
    return {
        frozenset((cluster[one.first], cluster[one.second]))
        for one in matching.judgements
        if one.verdict is Verdict.REVIEW and cluster[one.first] != cluster[one.second]
    }


# The generated set


def overall(labelled: Sequence[Labelled], found: Mapping[str, Hashable]) -> dict[str, object]:
    """Score one clustering of a generated set."""
    truth = {one.listing.id: one.event for one in labelled}
    score = pairwise(truth, found)
    precision, recall, f1 = b_cubed(truth, found)
    return {
        **of_score(score), "b3_precision": precision, "b3_recall": recall, "b3_f1": f1,
        "exact": exact_clusters(truth, found),
    }  # fmt: skip


def by_language(
    labelled: Sequence[Labelled], found: Mapping[str, Hashable]
) -> dict[str, dict[str, object]]:
    """Score each language on its own."""
    parts: dict[str, list[Labelled]] = defaultdict(list)
    for one in labelled:
        parts[one.language].append(one)
    return {
        language: {"listings": len(part), **overall(part, found)}
        for language, part in parts.items()
    }


def by_perturbation(
    labelled: Sequence[Labelled], found: Mapping[str, Hashable]
) -> dict[str, dict[str, object]]:
    """Score the pairs that hold a listing with a perturbation; wrong ones count for all of both."""
    scores: dict[str, Score] = defaultdict(Score)
    counts = Counter(name for one in labelled for name in one.perturbations)
    for first, second, score in _pairs(labelled, found):
        for name in {*first.perturbations, *second.perturbations}:
            scores[name] += score
    return {name: {"listings": counts[name], **of_score(scores[name])} for name in sorted(counts)}


def by_negative(
    labelled: Sequence[Labelled], found: Mapping[str, Hashable]
) -> dict[str, dict[str, object]]:
    """Count, of pairs of two events of one family, how many were joined; and the pairs of one."""
    scores: dict[str, Score] = defaultdict(Score)
    apart: Counter[str] = Counter()
    families: dict[str, list[Labelled]] = defaultdict(list)
    for one in labelled:
        families[one.family].append(one)
    for members in families.values():
        for first, second in combinations(members, 2):
            name = first.negative or "none"
            apart[name] += first.event != second.event
            scores[name] += _score(first, second, found)
    named = {
        name: {"pairs_apart": apart[name], **of_score(scores[name])} for name in sorted(scores)
    }
    whole = sum(scores.values(), Score())
    wrong = pairwise({one.listing.id: one.event for one in labelled}, found).wrong - whole.wrong
    return {**named, "of two families": {"pairs_apart": None, "wrong": wrong}}


def errors(
    labelled: Sequence[Labelled], found: Mapping[str, Hashable], matching: Matching
) -> list[Error]:
    """Return all wrong and missed pairs, the worst first."""
    said = said_of(matching)
    made = []
    for first, second, score in _pairs(labelled, found):
        if score.right:
            continue
        pair = sorted((first.listing.id, second.listing.id))
        names = " + ".join(sorted({*first.perturbations, *second.perturbations})) or "as it is"
        family = first.negative or "none" if first.family == second.family else "two families"
        about = f"{family}, {first.language}, {names}"
        made.append(
            Error(
                "WRONG MERGE" if score.wrong else "MISSED", about, first.listing, second.listing,
                said.get((pair[0], pair[1])), family if score.wrong else names,
            )
        )  # fmt: skip
    return sorted(made, key=lambda one: one.badness)


def _pairs(
    labelled: Sequence[Labelled], found: Mapping[str, Hashable]
) -> Iterator[tuple[Labelled, Labelled, Score]]:
    """Yield each pair that is of one event or was joined, once."""
    groups: dict[Hashable, list[Labelled]] = defaultdict(list)
    for one in labelled:
        groups["event", one.event].append(one)
        groups["found", found[one.listing.id]].append(one)
    seen = set()
    for group in groups.values():
        for first, second in combinations(group, 2):
            pair = (first.listing.id, second.listing.id)
            if pair not in seen and pair[::-1] not in seen:
                seen.add(pair)
                yield first, second, _score(first, second, found)


def _score(first: Labelled, second: Labelled, found: Mapping[str, Hashable]) -> Score:
    same = first.event == second.event
    together = found[first.listing.id] == found[second.listing.id]
    return Score(same and together, together and not same, same and not together)


def of_score(score: Score) -> dict[str, object]:
    """Return a score by the names of its columns."""
    return {
        "precision": score.precision, "recall": score.recall, "f1": score.f1,
        "right": score.right, "wrong": score.wrong, "missed": score.missed,
    }  # fmt: skip


# Tables


def table(title: str, rows: Mapping[str, Mapping[str, object]], columns: Sequence[str]) -> str:
    """Lay rows out under their columns; shares with three digits behind the point."""
    widest = max(map(len, (title, *rows)), default=0)
    lines = [f"{title:{widest}}" + "".join(_head(name) for name in columns)]
    lines += [
        f"{name:{widest}}" + "".join(_cell(column, row.get(column)) for column in columns)
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def _head(name: str) -> str:
    return f"  {name.replace('_', ' '):>9}"


def _cell(column: str, value: object) -> str:
    width = max(9, len(column))
    if value is None:
        return f"  {'':{width}}"
    return f"  {value:{width}.3f}" if isinstance(value, float) else f"  {value!s:>{width}}"


def worst(made: Iterable[Error], count: int = WORST) -> str:
    """Show the worst errors, of each group the two worst."""
    seen: Counter[str] = Counter()
    chosen = []
    for one in made:
        seen[one.group] += 1
        if seen[one.group] <= WORST_OF_GROUP:
            chosen.append(one)
    return "\n".join(line for one in chosen[:count] for line in one.lines())


def as_line(one: Listing) -> dict[str, object]:
    """Return a listing as ``parse`` prints it, with its source and city."""
    record = {name: getattr(one, name) for name in EventRecord.model_fields if hasattr(one, name)}
    line = EventRecord.model_validate(record).model_dump(mode="json")
    return {**line, "source": one.source, "city": one.city}
