"""Nights in which sources, tasks and servers fail, and what is in the database afterwards.

    python -m bench.chaos [--share 0.2] [--pairs 20] [--seed 1]
        [--redis PROGRAM --celery FOLDER] [--keep FOLDER]

Twenty sources on loopback with 300 events each answer a fifth of their requests with a fault, by
chance one of all those that tests/support/fault_kinds.py lists. Airflow syncs them in several
nights, while tasks are killed, PostgreSQL is killed and stopped, and so are the scheduler and a
Celery worker, until all that is done; then a day passes, and in the last night nothing fails any
more. After each night, of every source whose sync is complete each event must be there once, and
nothing may be withdrawn; after the last one that holds for all sources.

Prints what was injected and what attempts ended with, and exits with 1 unless all is as it must be.
On two processors it takes 3 minutes with LocalExecutor, and 4 with Celery. Needs Linux, where all
addresses of 127.0.0.0/8 exist: each source is a host of its own.

With ``--redis`` (the program redis-server) and ``--celery`` (a folder of packages) the executor is
CeleryExecutor with two workers, else LocalExecutor. The folder is filled by

    pip install --no-deps --target FOLDER -r bench/chaos/celery.txt
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from pathlib import Path

import psycopg

from bench.chaos.sources import KINDS, Unreliable, configuration, serving_all
from bench.chaos.stack import Celery, Stack
from bench.tables import Table
from include.discovery.store.connection import Connection, connect, rows
from localdev.airflow_api import ApiUnavailableError, Progress

LONGEST_NIGHT_SECONDS = 900.0
SECONDS_OF_AN_ANSWER = 0.1
EVERY = 60
"""Requests between one harm and the next."""
MOST_NIGHTS = 5

MUST_BE_NOTHING = {
    "doubled": "SELECT count(*) - count(DISTINCT title) AS count FROM discovery.events",
    "wrongly withdrawn": "SELECT count(*) FROM discovery.listings WHERE withdrawn_at IS NOT NULL",
    "counted wrong": "SELECT abs((SELECT COALESCE(sum(inserted), 0) FROM discovery.sync_runs)"
    " - (SELECT count(*) FROM discovery.listings))::int AS count",
    "listings without event": "SELECT count(*) FROM discovery.listings WHERE event_id IS NULL",
}
"""Beside what is compared with the sources."""

A_DAY_PASSES = """
UPDATE discovery.hosts SET held_until = NULL, blocks = 0, openings = 0;
UPDATE discovery.city_source SET parked_until = NULL, parked_because = NULL;
"""

OWN_CATEGORIES = frozenset({"interrupted", "database", "busy", "timeout"})
"""Of attempts that were killed, had no database, or sent nothing."""

NO_FAULT = "(killed, no database, or nothing sent)"


@dataclass(slots=True)
class Harm:
    """What is done to the deployment, when the sources have seen so many requests."""

    after: int
    what: str
    do: Callable[[], bool]
    """Returns whether it could be done now."""
    is_done: bool = False


def harms(stack: Stack, sources: Sequence[Unreliable], *, celery: bool) -> list[Harm]:
    """Return the harms of a night, in their order."""
    site_ports = {source.port for source in sources}

    def kill_task() -> bool:
        return stack.kill_task(site_ports)

    plan: list[tuple[str, Callable[[], bool]]] = [
        ("a task is killed", kill_task),
        ("PostgreSQL is killed", stack.kill_database),
        ("a task is killed", kill_task),
        ("the scheduler is killed", stack.kill_scheduler),
        ("a task is killed", kill_task),
        ("PostgreSQL is stopped at once (fast)", stack.stop_database),
        ("a task is killed", kill_task),
    ]
    if celery:
        plan.insert(4, ("a Celery worker is killed", stack.kill_worker))
    return [Harm(EVERY * at, what, do) for at, (what, do) in enumerate(plan, start=1)]


def night(
    stack: Stack, sources: Sequence[Unreliable], to_do: Sequence[Harm], tell: Callable[[str], None]
) -> str:
    """Sync all pairs, and do harm meanwhile; return the state in which the run has ended."""
    run_id = stack.api.trigger()
    began, progress = time.monotonic(), Progress("queued")
    for moment in cycle(range(10)):
        requests = sum(len(source.requests) for source in sources)
        due = next((harm for harm in to_do if not harm.is_done), None)
        if due is not None and requests >= due.after:
            due.is_done = due.do()
            if due.is_done:
                tell(f"after {requests} requests {due.what}")
        stack.look_after()
        if moment == 0:
            try:
                progress = stack.api.progress(run_id)
            except ApiUnavailableError:
                continue
        if progress.finished:
            break
        if time.monotonic() - began > LONGEST_NIGHT_SECONDS:
            return f"not ended: {progress.line()}"
    tell(f"the run has ended: {progress.line()}")
    return progress.state


def examine(conn: Connection, sources: Sequence[Unreliable], *, all_complete: bool) -> Counter[str]:
    """Compare the database with what the sources have."""
    found = Counter({"lost": 0, "doubled": 0})
    latest = {
        row["source_slug"]: row
        for row in rows(
            conn,
            "SELECT DISTINCT ON (source_slug) source_slug, state, complete FROM discovery.sync_runs"
            " ORDER BY source_slug, id DESC",
        )
    }
    stored: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(
        conn,
        "SELECT s.slug, l.external_id FROM discovery.listings l"
        " JOIN discovery.sources s ON s.id = l.source_id WHERE l.withdrawn_at IS NULL",
    ):
        stored[row["slug"]][row["external_id"]] += 1
    for source in sources:
        run = latest.get(source.name)
        is_complete = run is not None and bool(run["complete"])
        found["not complete"] += all_complete and not is_complete
        if is_complete:
            found["lost"] += len(source.ids - stored[source.name].keys())
        found["never listed"] += len(stored[source.name].keys() - source.ids)
        found["doubled"] += (stored[source.name] - Counter(source.ids)).total()
        found["asked in a wait"] += source.early
    for what, query in MUST_BE_NOTHING.items():
        found[what] += rows(conn, query)[0]["count"]
    return found


def endings(conn: Connection, sources: Sequence[Unreliable]) -> dict[str, Counter[str]]:
    """Return the categories of the attempts that failed, by the fault that came last."""
    injected = {source.name: source.injected for source in sources}
    ended: dict[str, Counter[str]] = defaultdict(Counter)
    for run in rows(
        conn,
        "SELECT source_slug, started_at, finished_at, error_category FROM discovery.sync_runs"
        " WHERE state = 'failed' ORDER BY id",
    ):
        category = run["error_category"]
        faults = [] if category in OWN_CATEGORIES else injected[run["source_slug"]]
        ended[last_fault(faults, run["started_at"], run["finished_at"])][category] += 1
    return ended


def classes(ended: dict[str, Counter[str]], sources: Sequence[Unreliable]) -> Table:
    """Lay out, by fault, how often it was injected, and which attempts ended with it."""
    count = Counter(name for source in sources for _, name in source.injected)
    return Table(
        "Faults, and the attempts that ended with them",
        ("fault", "injected", "attempts", "class"),
        [
            (name, count[name], ended[name].total(), shown(ended[name]))
            for name in (*KINDS, NO_FAULT)
        ],
    )


def other_than_expected(ended: dict[str, Counter[str]]) -> int:
    """Count the attempts that ended with another class than their fault has."""
    return sum(
        ended[name].total() - ended[name][kind.category or ""] for name, kind in KINDS.items()
    )


def last_fault(injected: Sequence[tuple[datetime, str]], begin: datetime, end: datetime) -> str:
    """Return the latest fault of an attempt's time."""
    return next((name for at, name in reversed(injected) if begin <= at <= end), NO_FAULT)


def shown(classes_: Counter[str]) -> str:
    """Write classes with their counts."""
    return ", ".join(f"{name} {count}" for name, count in classes_.most_common())


@contextmanager
def folder_of(keep: Path | None) -> Iterator[Path]:
    """Give an empty folder: one to keep, or one that is removed."""
    if keep is not None:
        keep.mkdir(parents=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        yield Path(name)


def run(options: argparse.Namespace, folder: Path) -> Counter[str]:
    """Run the nights; return what must be nothing, after the last one."""
    began = time.monotonic()

    def tell(text: str) -> None:
        print(f"[{time.monotonic() - began:5.0f} s] {text}", flush=True)

    celery = Celery(options.redis, options.celery) if options.redis and options.celery else None
    tell(f"executor: {'CeleryExecutor, two workers' if celery else 'LocalExecutor'}")
    total: Counter[str] = Counter()
    with (
        serving_all(
            options.pairs, share=options.share, seconds=SECONDS_OF_AN_ANSWER, seed=options.seed
        ) as sources,
        Stack(folder, celery, tell) as stack,
    ):
        stack.configure(configuration(sources))
        to_do = harms(stack, sources, celery=celery is not None)
        for number in range(1, MOST_NIGHTS + 1):
            tell(f"night {number}")
            worst(total, one_night(stack, sources, to_do, tell))
            if number > 1 and all(harm.is_done for harm in to_do):
                break
        with reconnected(stack) as conn:
            ended = endings(conn, sources)
            print(classes(ended, sources).text())
            conn.execute(A_DAY_PASSES)
        total["other class than expected"] = other_than_expected(ended)
        total["harm not done"] = sum(not harm.is_done for harm in to_do)
        for source in sources:
            source.mend()
        tell("a day passes; the last night")
        worst(total, one_night(stack, sources, [], tell, is_last=True))
        requests = sum(len(source.requests) for source in sources)
        tell(f"{requests} requests, {sum(len(each.injected) for each in sources)} faults")
    return total


def worst(total: Counter[str], found: Counter[str]) -> None:
    """Keep the larger count of each, zeros too."""
    for what, count in found.items():
        total[what] = max(total[what], count)


def one_night(
    stack: Stack,
    sources: Sequence[Unreliable],
    to_do: Sequence[Harm],
    tell: Callable[[str], None],
    *,
    is_last: bool = False,
) -> Counter[str]:
    """Sync all pairs, and return what must be nothing."""
    state = night(stack, sources, to_do, tell)
    with reconnected(stack) as conn:
        found = examine(conn, sources, all_complete=is_last)
    found["hanging"] = int(state not in {"success", "failed"})
    tell("after it: " + shown(found))
    return found


@contextmanager
def reconnected(stack: Stack) -> Iterator[Connection]:
    """Connect as soon as the database is back."""

    def serves() -> bool:
        try:
            psycopg.connect(stack.database, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    stack.wait_for(serves, "PostgreSQL")
    with connect(stack.database) as conn:
        yield conn


def main() -> None:
    """Run the nights, and print what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--share", type=float, default=0.2, help="of the requests that fail")
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--redis", type=Path, help="the program redis-server")
    parser.add_argument("--celery", type=Path, help="a folder with Airflow's provider of Celery")
    parser.add_argument("--keep", type=Path, help="a new folder for logs and databases, to keep")
    options = parser.parse_args()
    with folder_of(options.keep) as folder:
        total = run(options, folder)
    print("\n".join(f"{what:28}{count:>6}" for what, count in total.items()))
    sys.exit(1 if total.total() else 0)


if __name__ == "__main__":
    main()
