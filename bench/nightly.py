"""What a night costs, with Airflow around it, beside a DAG of the same shape that does nothing.

    python -m bench.nightly [--pairs 20 200] [--calendars] [--per-task N] [--json FILE]

Starts an Airflow of its own with LocalExecutor, as ``make run`` does, and runs ``city_discovery``
for so many pairs: when all is new, and once more, when nothing has changed. That one, too, reads
all of its sources (``force``), as no night does. Each pair is a source of its own, one JSON
document of 25 events on loopback, or a calendar of two; twenty pairs share a city, and as many as
``--per-task`` says a mapped task. Before each run the empty DAG is run: plan, as many mapped tasks,
report and alert, whose bodies do nothing.

CPU is the processor time of everything that was started: scheduler, workers and their tasks,
api-server, dag-processor, both PostgreSQL servers. What serves the documents is nobody's. Memory is
the most that a mapped task has held, what it shares with the scheduler included.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import psutil
import yaml

from bench.chaos.stack import Stack
from bench.tables import Cell, Table, report
from localdev import airflow
from localdev.files import Layout

EVENTS = 25
IN_A_CITY = 20
MOST_TASKS = 1_000
"""Of the empty DAG: Airflow maps 1,024 at most, unless told otherwise."""
REAL = "city_discovery"
EMPTY = "empty"
PROBE = (
    "import resource; used = resource.getrusage(resource.RUSAGE_SELF); "
    'print(f"PROBE {used.ru_maxrss / 1024} {used.ru_utime + used.ru_stime}")'
)
SYNC = "sync_mapped(get_current_context(), name)"
EMPTY_DAG = f"""
from airflow.sdk import dag, get_current_context, task

@dag(dag_id="{EMPTY}", schedule=None, max_active_runs=1, max_active_tasks=16,
     params={{"tasks": 1}}, default_args={{"retries": 3}})
def empty():
    @task
    def plan():
        return [{{"number": n}} for n in range(get_current_context()["params"]["tasks"])]

    @task(map_index_template="{{{{ task.op_kwargs['number'] }}}}")
    def sync(number):
        {PROBE}

    @task(trigger_rule="all_done_min_one_success")
    def report():
        pass

    @task(trigger_rule="all_done")
    def alert():
        pass

    planned = plan()
    synced = sync.expand_kwargs(planned)
    [planned, synced] >> report()
    synced >> alert()

empty()
"""


@dataclass(frozen=True, slots=True)
class Night:
    """What one run took."""

    makespan: float
    """Seconds, from the start of the run to its end."""
    processor: float
    """Seconds."""
    of_task: float
    """Processor time of a mapped task up to its end, in seconds: the median."""
    memory: float
    """Megabytes: the median of the mapped tasks."""


def document(source: str, first: datetime) -> str:
    """Write a JSON document of events."""
    events = [
        {
            "id": f"{source}-{n}",
            "title": f"Concert {n} of {source}",
            "start": (first + timedelta(days=n)).isoformat(),
            "venue": f"Hall {source}",
            "description": "Doors open at seven, free seating. " * 15,
        }
        for n in range(EVENTS)
    ]
    return json.dumps({"total": EVENTS, "events": events})


def calendar(source: str, first: datetime) -> str:
    """Write a calendar of two events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN"]
    for n in range(2):
        start = first + timedelta(days=7 * n)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{n}@{source}",
            f"SUMMARY:Meeting {n} of {source}",
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
            f"LOCATION:Hall {source}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


class Documents(BaseHTTPRequestHandler):
    """Answers any path with the events of the source that it names."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        source, _, ending = self.path.strip("/").partition(".")
        tonight = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
        write, media = (
            (calendar, "text/calendar") if ending == "ics" else (document, "application/json")
        )
        body = write(source, tonight + timedelta(days=1)).encode()
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the documents; give their address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Documents)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def configuration(pairs: int, address: str, kind: str) -> str:
    """Write so many pairs as ``apply`` reads them, of the kind ``json_feed`` or ``icalendar``."""
    cities = {
        f"city-{n}": {
            "name": f"City {n}", "country": "PL", "timezone": "Europe/Warsaw",
            "latitude": 50 + n / 100, "longitude": 19.9, "radius_km": 25,
        }
        for n in range(-(-pairs // IN_A_CITY))
    }  # fmt: skip
    fields = {
        "external_id": "id", "title": "title", "starts_at": "start", "venue_name": "venue",
        "description": "description",
    }  # fmt: skip
    sources = {
        f"source-{n}": {
            "name": f"Source {n}",
            "kind": kind,
            "settings": {"url": f"{address}/source-{n}.ics"} if kind == "icalendar" else {
                "url": f"{address}/source-{n}", "items": "events", "total": "total",
                "fields": fields,
            },
        }
        for n in range(pairs)
    }  # fmt: skip
    joined = [{"city": f"city-{n // IN_A_CITY}", "source": f"source-{n}"} for n in range(pairs)]
    return yaml.safe_dump(
        {"countries": {"PL": "Poland"}, "cities": cities, "sources": sources, "pairs": joined}
    )


class Nights:
    """Runs DAGs in a stack, and measures what each run takes.

    :param folder: of the stack.
    """

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._stack = stack
        self._logs = Layout(folder).airflow / "logs"
        login = {"username": airflow.USER, "password": airflow.password(Layout(folder))}
        token = httpx.post(f"{stack.ui}/auth/token", json=login).json()["access_token"]
        self._client = httpx.Client(
            base_url=f"{stack.ui}/api/v2/dags/", headers={"authorization": f"Bearer {token}"},
            timeout=60,
        )  # fmt: skip

    def wait_for(self, dag: str) -> None:
        """Wait until Airflow knows a DAG."""
        self._stack.wait_for(lambda: self._client.get(dag).status_code == 200, f"the DAG {dag}")

    def run(self, dag: str, conf: dict[str, object]) -> Night:
        """Run a DAG to its end."""
        before = processor_seconds()
        body = {"logical_date": None, "conf": conf}
        answer = self._client.post(f"{dag}/dagRuns", json=body).raise_for_status().json()
        run = f"{dag}/dagRuns/{answer['dag_run_id']}"
        while answer["state"] not in {"success", "failed"}:
            self._stack.look_after(1)
            answer = self._client.get(run).raise_for_status().json()
        if answer["state"] == "failed":
            raise SystemExit(f"the run of {dag} failed: see {self._logs}")
        # What is done after a run, such as writing what it left, is a part of it.
        time.sleep(5)
        began, ended = (datetime.fromisoformat(answer[f"{end}_date"]) for end in ("start", "end"))
        logs = (self._logs / f"dag_id={dag}" / f"run_id={answer['dag_run_id']}").rglob("*.log")
        tasks = [
            tuple(map(float, found))
            for log in logs
            for found in re.findall(r"PROBE ([\d.]+) ([\d.]+)", log.read_text("utf-8"))
        ]
        memory, seconds = map(statistics.median, zip(*tasks, strict=True))
        return Night((ended - began).total_seconds(), processor_seconds() - before, seconds, memory)


def processor_seconds() -> float:
    """Return the processor time so far of all processes below this one, ended ones included."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total


def rows(pairs: int, kind: str, per_task: int) -> Iterator[list[Cell]]:
    """Measure two nights of so many pairs."""
    os.environ["DISCOVERY_PAIRS_PER_TASK"] = f"{kind}={per_task}"
    with (
        tempfile.TemporaryDirectory() as name,
        serving() as address,
        Stack(Path(name), None, lambda text: print(text, file=sys.stderr)) as stack,
    ):
        folder = Path(name)
        dag_file = folder / "dags" / f"{REAL}.py"
        text = dag_file.read_text("utf-8")
        if SYNC not in text:
            raise SystemExit(f"{dag_file.name} no longer has the line {SYNC!r}")
        dag_file.write_text(text.replace(SYNC, f"{SYNC}\n        {PROBE}"), "utf-8")
        (folder / "dags" / "empty.py").write_text(EMPTY_DAG, "utf-8")
        stack.configure(configuration(pairs, address, kind))
        nights = Nights(stack, folder)
        nights.wait_for(EMPTY)
        nights.run(EMPTY, {"tasks": 2})
        tasks = min(pairs, MOST_TASKS)
        each = f" of which {per_task} share a task" if per_task > 1 else ""
        for what in ("all is new", "nothing has changed"):
            empty = nights.run(EMPTY, {"tasks": tasks})
            real = nights.run(REAL, {"force": True})
            yield [f"{tasks:,} empty tasks", *figures(empty), None]
            ratio = real.processor / pairs / (empty.processor / tasks)
            yield [f"{pairs:,} pairs{each}, {what}", *figures(real), ratio]


def figures(night: Night) -> list[float]:
    """Lay out what a run took."""
    return [night.makespan, night.processor, 1000 * night.of_task, night.memory]


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--calendars", action="store_true", help="calendars of two events")
    parser.add_argument("--per-task", type=int, default=1, help="pairs that share a mapped task")
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    kind = "icalendar" if options.calendars else "json_feed"
    table = Table(
        "Runs through the scheduler",
        (
            "",
            "makespan s",
            "CPU s",
            "CPU of a task ms",
            "memory of a task MB",
            "CPU of a pair to empty",
        ),
        [row for pairs in options.pairs for row in rows(pairs, kind, options.per_task)],
    )
    report([table], options.json)


if __name__ == "__main__":
    main()
