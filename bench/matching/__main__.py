"""How well the listings of one event are found, beside other ways, and what it costs.

    python -m bench.matching [--pairs FOLDER] [--part tuning|unused] [--merges 100]
        [--growth] [--increment] [--restaurants ARCHIVE] [--json FILE] [--write FILE]
        [--only pairs|generated|growth|increment]

1. Labelled pairs of real feeds (``bench.matching.labelled`` says in which files; by default those
   of ``../shared/cases/pairs``, left out where that is not there): precision and recall by cluster
   and by verdict, what goes to review, each stratum, the worst errors, and over all listings what
   share of the pairs with one title and date is joined that the exact key misses.
2. A generated set in six languages (``families`` says what happens in its cities, ``perturbations``
   what sources make of it): pairwise and B-cubed figures, by language, perturbation and hard
   negative. Three of ten families are never used for tuning: of them only figures are printed,
   unless ``--part unused`` asks for their errors. Targets on them: precision 0.995, recall 0.95.
3. With ``--growth``: seconds for 1,000 to 100,000 listings.
4. With ``--increment``: what matching 1,000 new listings among 1,000,000 stored ones takes, in a
   PostgreSQL that is filled for it (ten minutes).
5. With ``--restaurants`` and the source distribution of ``py-entitymatching``: how well the venues
   of two restaurant guides are found, 112 pairs of one.

Exact key, same title and date, token_set_ratio and ``eventdedupe`` stand beside it in 1 and 2.
``eventdedupe`` is no part of the project: install ``bench/requirements.txt`` (best into an
environment of its own).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Hashable, Sequence
from pathlib import Path

from bench.matching import growth, increment, labelled, reports, restaurants
from bench.matching.baselines import baselines
from bench.matching.generated import FAMILIES, Labelled, generate
from bench.matching.metrics import clusters_of
from bench.matching.reports import table, worst
from bench.matching.world import TUNING, UNUSED
from include.discovery.identity.listing import Listing
from include.discovery.identity.matching import Matching, match

OURS = "match"
SCORES = ("precision", "recall", "f1", "right", "wrong", "missed")
B_CUBED = ("b3_precision", "b3_recall", "b3_f1", "exact")
PAIRS = Path(__file__).parents[2] / ".." / "shared" / "cases" / "pairs"
PARTS = ("pairs", "generated", "growth", "increment")

Report = dict[str, object]


def of_pairs(folder: Path, options: argparse.Namespace) -> Report:
    """Report on labelled pairs of real feeds."""
    listings, pairs = labelled.read(folder)
    matching, found = _matched(listings)
    rows: dict[str, dict[str, object]] = {}
    score = labelled.score(pairs, found)
    review = labelled.with_review(pairs, matching, found)
    rows[OURS] = {**reports.of_score(score), **review}
    rows[f"{OURS}, by verdict"] = reports.of_score(labelled.by_verdict(pairs, matching))
    for name, cluster in baselines().items():
        rows[name] = reports.of_score(labelled.score(pairs, cluster(listings)))
    beyond = labelled.missed_by_the_key(listings, found)
    strata = labelled.by_stratum(pairs, matching, found)
    print(f"\nLABELLED PAIRS of {folder}: {len(listings):,} listings, {len(pairs):,} pairs\n")
    print(table("", rows, (*SCORES, "recall_with_review")))
    print(
        f"\n{review['queue']:,} questions for a person over all listings; of the labelled pairs"
        f" {review['labelled_in_queue']} are among them, {review['of_them_same']} of these the same"
    )
    print(
        f"of {beyond['pairs']:,} pairs with one title and date, of two sources, the exact key"
        f" misses {beyond['missed_by_key']:,}; {beyond['joined']:,} of them are joined"
        f" ({beyond['share']:.0%})\n"
    )
    print(table("stratum", strata, ("same", "different", "right", "wrong", "missed", "asked")))
    print(f"\nthe worst errors\n{worst(labelled.errors(listings, pairs, matching, found))}")
    if options.merges:
        print(f"\n{options.merges} merges that the exact key does not make, drawn at random\n")
        print("\n".join(labelled.merges(listings, found, options.merges, options.seed)))
    return {"scores": rows, "strata": strata, "beyond_the_key": beyond}


def of_generated(part: str, options: argparse.Namespace) -> Report:
    """Report on one part of the generated set."""
    items = generate(part, options.seed, options.families)
    listings = [one.listing for one in items]
    matching, found = _matched(listings)
    rows = {OURS: {**reports.overall(items, found), "queue": len(reports.queue(matching, found))}}
    for name, cluster in baselines().items():
        rows[name] = reports.overall(items, cluster(listings))
    languages = reports.by_language(items, found)
    perturbations = reports.by_perturbation(items, found)
    negatives = reports.by_negative(items, found)
    events = len({one.event for one in items})
    print(
        f"\nGENERATED, {part} part, seed {options.seed}: {len(items):,} listings of {events:,}"
        f" events in {len(languages)} languages\n"
    )
    print(table("", rows, (*SCORES, *B_CUBED, "queue")))
    print(f"\n{table('language', languages, ('listings', *SCORES, *B_CUBED[2:]))}")
    print(f"\n{table('perturbation', perturbations, ('listings', *SCORES))}")
    shown = ("pairs_apart", "wrong", "right", "missed")
    print(f"\n{table('easily taken for another', negatives, shown)}")
    if part == TUNING or options.part == UNUSED:
        print(f"\nthe worst errors\n{worst(reports.errors(items, found, matching))}")
    return {
        "scores": rows, "languages": languages, "perturbations": perturbations,
        "negatives": negatives,
    }  # fmt: skip


def of_growth() -> Report:
    """Report what sets of growing size cost."""
    rows = {f"{one.listings:,} listings": one.row() for one in growth.costs()}
    columns = ("cpu_s", "wall_s", "us_each", "events", "exponent")
    print(f"\nGROWTH\n\n{table('', rows, columns)}")
    return {"costs": rows}


def of_increment() -> Report:
    """Report what a few new listings among very many cost."""
    rows = {one.where: one.row() for one in increment.costs()}
    columns = ("new", "judged", "joined", "cpu_s", "server_s", "wall_s")
    print(
        f"\n{increment.NEW:,} NEW AMONG {increment.STORED:,} STORED\n\n{table('', rows, columns)}"
    )
    return {"costs": rows}


def of_restaurants(archive: Path) -> Report:
    """Report how well the venues of two restaurant guides are found."""
    fodors, zagats, truth = restaurants.read(archive)
    rows = {
        name: reports.of_score(restaurants.score(find(fodors, zagats), truth))
        for name, find in ((OURS, restaurants.found), ("same name and town", restaurants.same_name))
    }
    print(f"\nRESTAURANTS: {len(fodors)} and {len(zagats)} venues, {len(truth)} in both\n")
    print(table("", rows, SCORES))
    return {"scores": rows}


def _matched(listings: Sequence[Listing]) -> tuple[Matching, dict[str, Hashable]]:
    matching = match(listings)
    return matching, clusters_of(matching.clusters, (one.id for one in listings))


def write(path: Path, items: Sequence[Labelled]) -> None:
    """Write a generated part as JSON lines that ``match`` reads; ``cluster`` is the true event."""
    with path.open("w", encoding="utf-8") as file:
        for one in items:
            line = {**reports.as_line(one.listing), "cluster": one.event}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, default=PAIRS, metavar="FOLDER")
    parser.add_argument("--part", choices=(TUNING, UNUSED), help="both, if not given")
    parser.add_argument("--families", type=int, default=FAMILIES, help="of each language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--merges", type=int, default=0, help="print so many merges to be read")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--increment", action="store_true")
    parser.add_argument("--restaurants", type=Path, metavar="ARCHIVE")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the listings of --part")
    options = parser.parse_args()
    if options.write:
        write(options.write, generate(options.part or TUNING, options.seed, options.families))
        return 0
    wanted = {options.only} if options.only else set(PARTS)
    report: Report = {}
    if "pairs" in wanted:
        if options.pairs.is_dir():
            report["pairs"] = of_pairs(options.pairs, options)
        else:
            print(f"labelled pairs are left out: {options.pairs} is not there")
    if "generated" in wanted:
        for part in (options.part,) if options.part else (TUNING, UNUSED):
            report[part] = of_generated(part, options)
    if options.growth or options.only == "growth":
        report["growth"] = of_growth()
    if options.increment or options.only == "increment":
        report["increment"] = of_increment()
    if options.restaurants:
        report["restaurants"] = of_restaurants(options.restaurants)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
