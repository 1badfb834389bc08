"""What a forking process imports ahead, its tasks get for nothing; others stay light."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def modules_after(code: str) -> set[str]:
    program = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return set(json.loads(output.splitlines()[-1]))


def preloaded_by(*arguments: str) -> set[str]:
    return modules_after(
        "from include.discovery.orchestration.preload import preload_where_tasks_are_forked;"
        f"preload_where_tasks_are_forked({list(arguments)!r})"
    )


def test_the_scheduler_preloads_every_module_that_a_sync_imports() -> None:
    needed = modules_after(
        "import airflow.sdk, runpy; runpy.run_path('dags/city_discovery.py');"
        "import include.discovery.orchestration.tasks, airflow.providers.postgres.hooks.postgres;"
        "from include.discovery.connectors import connector_for, kinds;"
        "[connector_for(kind) for kind in kinds()]"
    )

    assert needed - preloaded_by("airflow", "scheduler") <= {"runpy"}


def test_the_first_request_of_a_task_imports_nothing_and_reads_no_certificates() -> None:
    program = """
import asyncio, json, random, sys, threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

from include.discovery.orchestration.preload import preload_where_tasks_are_forked

preload_where_tasks_are_forked(["airflow", "scheduler"])

import httpx
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.protocol import RequestSettings
from tests.support.loopback import LOOPBACK

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

server = HTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
httpx.create_ssl_context = None
ahead = set(sys.modules)

async def ask():
    async with HttpFetcher(
        RequestSettings(), "", rng=random.Random(1), sleep=asyncio.sleep,
        now=lambda: datetime.now(UTC), addresses=LOOPBACK,
    ) as fetch:
        await fetch.get(f"http://127.0.0.1:{server.server_port}/")

asyncio.run(ask())
print(json.dumps(sorted(set(sys.modules) - ahead)))
"""
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert json.loads(output.splitlines()[-1]) == []


def test_the_first_event_of_a_task_compiles_no_pattern_of_words() -> None:
    program = """
import json, re
from zoneinfo import ZoneInfo

from include.discovery.orchestration.preload import preload_where_tasks_are_forked

preload_where_tasks_are_forked(["airflow", "scheduler"])

compiled = []
compile_pattern = re._compiler.compile

def noting(pattern, flags=0):
    compiled.append(len(pattern))
    return compile_pattern(pattern, flags)

re._compiler.compile = noting
from include.discovery.text.status import split_status, status_named

split_status("Postponed: Concert")
status_named("CONFIRMED")
print(json.dumps(compiled))
"""
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert json.loads(output.splitlines()[-1]) == []


@pytest.mark.parametrize(
    "command", ["api-server", "dag-processor", "triggerer", "tasks", "version"]
)
def test_no_other_process_preloads_the_library(command: str) -> None:
    assert "psycopg" not in preloaded_by("airflow", command)
