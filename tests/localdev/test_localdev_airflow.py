"""The environment of Airflow, what is kept between runs, and the client of the API."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from localdev import airflow
from localdev.airflow import Addresses, Secrets
from localdev.airflow_api import AirflowApi, ApiUnavailableError, Progress
from localdev.errors import LocalRunError
from localdev.files import Layout, Memory


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    layout.airflow.mkdir(parents=True)
    return layout


def environment(layout: Layout) -> dict[str, str]:
    return airflow.environment(
        layout,
        Addresses(port=8081, demo_port=9001),
        Secrets("jwt", "session", "fernet"),
        metadata_url="postgresql://postgres:x@127.0.0.1:5/airflow",
        discovery_url="postgresql://postgres:x@127.0.0.1:5/discovery",
    )


def test_tasks_reach_the_api_on_the_chosen_port(layout: Layout) -> None:
    values = environment(layout)
    assert values["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8081/execution/"
    assert values["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8081"
    assert values["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert values["DISCOVERY_DEMO_URL"] == "http://127.0.0.1:9001"


def test_airflow_and_the_discovery_have_a_database_each(layout: Layout) -> None:
    values = environment(layout)
    assert values["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("postgresql+psycopg2://")
    assert values["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].endswith("/airflow")
    assert values["AIRFLOW_CONN_DISCOVERY_DB"].endswith("/discovery")


def test_the_user_may_set_values_but_not_those_that_the_run_needs(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "2")
    monkeypatch.setenv("DISCOVERY_RETRY_DELAYS", "1")
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_HOME", "/elsewhere")
    monkeypatch.setenv("AIRFLOW_CONFIG", "/elsewhere/airflow.cfg")
    values = environment(layout)
    assert values["AIRFLOW__CORE__PARALLELISM"] == "2"
    assert values["DISCOVERY_RETRY_DELAYS"] == "1"
    assert values["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert values["AIRFLOW_HOME"] == str(layout.airflow)
    assert "AIRFLOW_CONFIG" not in values


def test_a_proxy_is_not_used_for_the_local_addresses(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "example.org")
    assert environment(layout)["NO_PROXY"] == "example.org,127.0.0.1,localhost"


def test_the_demo_may_be_read_in_addition_to_the_private_hosts_of_the_user(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISCOVERY_PRIVATE_HOSTS", raising=False)
    assert environment(layout)["DISCOVERY_PRIVATE_HOSTS"] == "127.0.0.1"
    monkeypatch.setenv("DISCOVERY_PRIVATE_HOSTS", "feeds.internal")
    assert environment(layout)["DISCOVERY_PRIVATE_HOSTS"] == "feeds.internal,127.0.0.1"


def test_keys_come_from_the_env_file(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    (layout.root / ".env").write_text(
        '# keys\n\nexport AIRFLOW_CONN_DISCOVERY_A=\'{"password": "k=1"}\'\nB=file\n'
    )
    monkeypatch.setenv("B", "environment")
    values = environment(layout)
    assert values["AIRFLOW_CONN_DISCOVERY_A"] == '{"password": "k=1"}'
    assert values["B"] == "environment"


def test_a_bad_line_of_the_env_file_is_named_but_not_shown(layout: Layout) -> None:
    (layout.root / ".env").write_text("A=1\nsecret without a name\n")
    with pytest.raises(LocalRunError, match="line 2: expected NAME=value") as caught:
        environment(layout)
    assert "secret" not in str(caught.value)


def test_the_password_is_kept_and_private(layout: Layout) -> None:
    first = airflow.password(layout)
    path = airflow.password_file(layout)
    assert airflow.password(layout) == first
    assert json.loads(path.read_text()) == {"admin": first}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_password_file_is_replaced(layout: Layout) -> None:
    airflow.password_file(layout).write_text("{")
    assert airflow.password(layout)


def test_the_secrets_are_kept_and_private(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    first = Secrets.kept_in(memory)
    assert Secrets.kept_in(memory) == first
    assert len(first.jwt) >= 64
    assert (tmp_path / "memory.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (Progress("queued"), "queued"),
        (Progress("running"), "planning"),
        (Progress("running", total=5), "0/5 pairs done"),
        (
            Progress("running", done=1, running=2, retrying=1, failed=1, total=5),
            "2/5 pairs done (1 failed), 2 running, 1 waiting to retry",
        ),
    ],
)
def test_progress_is_shown_in_one_line(progress: Progress, line: str) -> None:
    assert progress.line() == line


class FakeAirflow:
    """Answers as Airflow's API does; counts the logins."""

    def __init__(self) -> None:
        self.logins = 0
        self.token = "first"
        self.broken = False
        self.tasks: list[dict[str, Any]] = []
        self.scheduled: list[str] = []
        self.removed: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.broken:
            return httpx.Response(500, text="Database error")
        path = request.url.path
        if path == "/auth/token":
            self.logins += 1
            return httpx.Response(201, json={"access_token": self.token})
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return httpx.Response(401)
        if path.endswith("/taskInstances"):
            offset = int(request.url.params["offset"])
            limit = int(request.url.params["limit"])
            page = self.tasks[offset : offset + limit]
            return httpx.Response(
                200, json={"task_instances": page, "total_entries": len(self.tasks)}
            )
        return self._of_runs(request, path)

    def _of_runs(self, request: httpx.Request, path: str) -> httpx.Response:
        if path.endswith("/dagRuns") and request.method == "GET":
            assert dict(request.url.params)["run_type"] == "scheduled"
            runs = [{"dag_run_id": name} for name in self.scheduled]
            return httpx.Response(200, json={"dag_runs": runs})
        if path.endswith("/dagRuns"):
            assert json.loads(request.content) == {"logical_date": None, "conf": {"force": True}}
            return httpx.Response(200, json={"dag_run_id": "manual__1"})
        if request.method == "DELETE":
            self.removed.append(path.rpartition("/")[2])
            return httpx.Response(204)
        if "/dagRuns/" in path:
            return httpx.Response(200, json={"state": "running"})
        return httpx.Response(404, json={"detail": "not found"})


@pytest.fixture
def fake() -> FakeAirflow:
    return FakeAirflow()


@pytest.fixture
def api(fake: FakeAirflow) -> AirflowApi:
    api = AirflowApi("http://127.0.0.1:1", "admin", "password")
    api._client = httpx.Client(
        base_url="http://127.0.0.1:1", transport=httpx.MockTransport(fake), trust_env=False
    )
    return api


def test_triggering_forces_all_pairs(api: AirflowApi, fake: FakeAirflow) -> None:
    assert api.trigger() == "manual__1"
    assert fake.logins == 1


def test_progress_counts_the_pairs_over_all_pages(api: AirflowApi, fake: FakeAirflow) -> None:
    states = ["success"] * 120 + ["failed"] * 2 + ["up_for_retry"] * 3 + ["running"] * 5 + [None]
    fake.tasks = [{"task_id": "plan", "map_index": -1, "state": "success"}] + [
        {"task_id": "sync", "map_index": index, "state": state}
        for index, state in enumerate(states)
    ]
    assert api.progress("manual__1") == Progress(
        "running", done=120, running=5, retrying=3, failed=2, total=131
    )


def test_an_unmapped_sync_is_still_planning(api: AirflowApi, fake: FakeAirflow) -> None:
    fake.tasks = [{"task_id": "sync", "map_index": -1, "state": None}]
    assert api.progress("manual__1").total is None


def test_a_run_that_the_schedule_has_begun_is_found(api: AirflowApi, fake: FakeAirflow) -> None:
    assert api.scheduled_run() is None

    fake.scheduled = ["scheduled__1"]

    assert api.scheduled_run() == "scheduled__1"


def test_a_waiting_run_can_be_removed(api: AirflowApi, fake: FakeAirflow) -> None:
    api.remove("manual__1")

    assert fake.removed == ["manual__1"]


def test_an_expired_token_is_renewed(api: AirflowApi, fake: FakeAirflow) -> None:
    api.trigger()
    fake.token = "second"
    api.trigger()
    assert fake.logins == 2


def test_an_unknown_dag_has_no_time_of_parsing(api: AirflowApi) -> None:
    assert api.dag_parsed_at() is None


def test_a_failing_api_is_unavailable_and_not_a_refusal(api: AirflowApi, fake: FakeAirflow) -> None:
    fake.broken = True
    assert api.health() is None
    with pytest.raises(ApiUnavailableError, match="Database error"):
        api.trigger()


def test_an_unreachable_server_is_unavailable() -> None:
    api = AirflowApi("http://127.0.0.1:1", "admin", "password")
    assert api.health() is None
    with pytest.raises(ApiUnavailableError):
        api.trigger()
    api.close()


def test_a_shell_can_take_over_the_environment(layout: Layout, tmp_path: Path) -> None:
    values = {**environment(layout), "DISCOVERY_CONTACT": "it's $HOME"}
    script = tmp_path / "activate"
    script.write_text(airflow.shell_script(values))
    show = 'printf "%s|%s|%s" "$AIRFLOW_CONN_DISCOVERY_DB" "$DISCOVERY_CONTACT" "$PYTHONPATH"'
    shown = subprocess.run(
        ["sh", "-c", f". {script}; {show}"], capture_output=True, text=True, check=True
    ).stdout

    assert shown == f"{values['AIRFLOW_CONN_DISCOVERY_DB']}|it's $HOME|{layout.root}"


def test_a_shell_that_takes_over_the_environment_has_the_python_that_runs_it(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "elsewhere"))
    python = tmp_path / "elsewhere" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    script = tmp_path / "activate"
    script.write_text(airflow.shell_script(environment(layout)))

    found = subprocess.run(
        ["sh", "-c", f". {script}; command -v python"], capture_output=True, text=True, check=True
    ).stdout

    assert found.strip() == str(python)


def test_the_owner_of_the_schema_is_unknown_to_airflow(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", "postgresql://somebody@else/where")

    assert "AIRFLOW_CONN_DISCOVERY_DB_OWNER" not in environment(layout)


def test_a_scheduler_that_beats_late_on_a_busy_machine_is_not_taken_for_dead(
    layout: Layout,
) -> None:
    """Airflow's own default is 30 s; less made a busy scheduler reset its own running tasks."""
    threshold = environment(layout)["AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD"]

    assert int(threshold) >= 60
