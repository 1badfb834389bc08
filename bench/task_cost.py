"""The cost of a mapped sync task before its own work begins, compared with an empty mapped task.

    python -m bench.task_cost [--tasks 40]

Runs both DAGs in a real Airflow (a copy of this checkout below a temporary folder, started as by
`make run`), with the bodies of city_discovery replaced by a line that prints the CPU seconds that
the task's process has used so far. Printed twice: with this package's preloading in the scheduler,
and without it, where every task pays for its own imports as in a stock Airflow.
"""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
PROBE = 'import time; print("CPU-SECONDS", time.process_time())'
EMPTY_DAG = f"""
from airflow.sdk import dag, task

@dag(schedule=None, max_active_tasks=16)
def empty():
    @task
    def plan():
        return list(range({{tasks}}))

    @task
    def mapped(x):
        {PROBE}

    mapped.expand(x=plan())

empty()
"""


def prepare(folder: Path, tasks: int, *, preload: bool) -> None:
    """Copy the checkout and put the probes in."""
    for package in ("dags", "plugins", "include", "localdev"):
        shutil.copytree(ROOT / package, folder / package)
    dag_file = folder / "dags" / "city_discovery.py"
    text = dag_file.read_text("utf-8")
    pairs = f'[f"c{{n}} · s" for n in range({tasks})]'
    text = text.replace("return plan_run(get_current_context())", f"return {pairs}")
    text = text.replace("sync_mapped(get_current_context(), name)", PROBE)
    if PROBE not in text:
        raise SystemExit("dags/city_discovery.py no longer has the lines that are replaced here")
    dag_file.write_text(text, "utf-8")
    (folder / "dags" / "empty.py").write_text(EMPTY_DAG.format(tasks=tasks), "utf-8")
    if not preload:
        shutil.rmtree(folder / "plugins")
        (folder / "plugins").mkdir()


def measure(tasks: int, *, preload: bool) -> dict[str, list[float]]:
    """Return the CPU seconds of each task, by DAG."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, tasks, preload=preload)
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        log = folder / "output.log"
        with log.open("wb") as output:
            runner = subprocess.Popen(
                [sys.executable, "-m", "localdev", "run", "--port", str(port)],
                cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            while "Ctrl-C stops everything" not in log.read_text("utf-8"):
                if runner.poll() is not None:
                    raise SystemExit(log.read_text("utf-8"))
                time.sleep(0.5)
            trigger(f"http://127.0.0.1:{port}", log.read_text("utf-8"), "empty")
            return {dag: seconds(folder, dag) for dag in ("empty", "city_discovery")}
        finally:
            runner.send_signal(signal.SIGINT)
            runner.wait(60)
            subprocess.run([sys.executable, "-m", "localdev", "clean"], cwd=folder, check=False)


def trigger(base: str, output: str, dag: str) -> None:
    """Run a DAG to its end."""
    found = re.search(r"^Login\s+admin / (\S+)", output, re.MULTILINE)
    if found is None:
        raise SystemExit(output)
    login = {"username": "admin", "password": found[1]}
    token = httpx.post(f"{base}/auth/token", json=login).json()["access_token"]
    runs = f"/api/v2/dags/{dag}/dagRuns"
    with httpx.Client(base_url=base, headers={"authorization": f"Bearer {token}"}) as client:
        run_id = client.post(runs, json={"logical_date": None}).json()["dag_run_id"]
        while client.get(f"{runs}/{run_id}").json()["state"] not in {"success", "failed"}:
            time.sleep(0.5)


def seconds(folder: Path, dag: str) -> list[float]:
    """Collect what the probes printed from the task logs."""
    logs = (folder / ".local" / "airflow" / "logs" / f"dag_id={dag}").rglob("*.log")
    return [float(n) for log in logs for n in re.findall(r"CPU-SECONDS ([\d.]+)", log.read_text())]


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=40)
    options = parser.parse_args()
    print(f"{'CPU ms before the work':24}{'tasks':>6}{'min':>8}{'median':>8}{'max':>8}")
    stock = None
    for preload in (False, True):
        for dag, found in measure(options.tasks, preload=preload).items():
            median = statistics.median(found)
            stock = stock or median
            label = f"{dag}{', preloaded' if preload else ''}"
            figures = "".join(f"{1000 * n:8.1f}" for n in (min(found), median, max(found)))
            print(
                f"{label:24}{len(found):>6}{figures}   x{median / stock:.2f} of a stock empty one"
            )


if __name__ == "__main__":
    main()
