"""The checks every Astro project carries, in a form that works on Airflow 3.3, and our own."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import CronTriggerTimetable
from airflow.sdk.exceptions import ParamValidationError

from include.discovery.choices import Choices, write_choices
from include.discovery.orchestration.retry import PairBackoff

ROOT = Path(__file__).parents[2]
APPROVED_TAGS = {"discovery", "events"}


@pytest.fixture(scope="module")
def bag() -> DagBag:
    return DagBag(dag_folder=str(ROOT / "dags"))


@pytest.fixture
def dag(bag: DagBag) -> Any:
    return bag.dags["city_discovery"]


def test_every_dag_file_imports_with_the_database_down(bag: DagBag) -> None:
    assert bag.import_errors == {}
    assert set(bag.dags) == {"city_discovery", "discovery_maintenance"}


def test_every_dag_has_approved_tags_an_owner_and_a_page_of_documentation(bag: DagBag) -> None:
    for dag in bag.dags.values():
        assert dag.tags
        assert set(dag.tags) <= APPROVED_TAGS
        assert dag.owner == "discovery"
        assert dag.doc_md


def test_every_dag_retries_its_tasks(bag: DagBag) -> None:
    for dag in bag.dags.values():
        assert dag.default_args["retries"] >= 2


def test_the_dag_runs_at_midnight_utc_one_run_at_a_time_without_catching_up(dag: Any) -> None:
    assert dag.schedule == "0 0 * * *"
    assert str(dag.timezone) == "UTC"
    assert dag.catchup is False
    assert dag.max_active_runs == 1


@pytest.mark.parametrize(
    ("schedule", "zone", "said"),
    [
        ("@hourly", None, "0 * * * *"),
        ("0 */6 * * *", None, "0 */6 * * *"),
        ("0 3 * * *", "Europe/Warsaw", CronTriggerTimetable("0 3 * * *", timezone="Europe/Warsaw")),
    ],
)
def test_the_schedule_of_the_dag_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, schedule: str, zone: str | None, said: object
) -> None:
    monkeypatch.setenv("DISCOVERY_SCHEDULE", schedule)
    if zone:
        monkeypatch.setenv("DISCOVERY_SCHEDULE_TIMEZONE", zone)

    dag: Any = DagBag(dag_folder=str(ROOT / "dags")).dags["city_discovery"]

    assert dag.schedule == said
    assert str(dag.timetable.timezone) == (zone or "UTC")


def test_a_schedule_that_is_none_is_an_import_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISCOVERY_SCHEDULE", "every night")

    (error,) = DagBag(dag_folder=str(ROOT / "dags")).import_errors.values()

    assert "DISCOVERY_SCHEDULE='every night' is not a cron expression of five fields" in error


def test_the_dag_has_no_start_date_so_that_unpausing_starts_nothing(dag: Any) -> None:
    assert dag.start_date is None
    assert all(task.start_date is None for task in dag.tasks)


def test_the_tasks_of_the_dag_are_plan_then_sync_then_report_and_alert(dag: Any) -> None:
    assert {t.task_id: t.downstream_task_ids for t in dag.tasks} == {
        "plan": {"sync", "report"},
        "sync": {"report", "alert"},
        "report": set(),
        "alert": set(),
    }


def test_a_sync_is_tried_four_times_by_the_retry_policy(dag: Any) -> None:
    options = dag.get_task("sync").partial_kwargs

    assert options["retries"] == 3
    assert isinstance(options["retry_policy"], PairBackoff)


def test_a_killed_task_waits_by_airflows_own_backoff(dag: Any) -> None:
    options = dag.get_task("sync").partial_kwargs

    assert options["retry_delay"] == timedelta(seconds=30)
    assert options["retry_exponential_backoff"] == 4
    assert options["max_retry_delay"] == timedelta(minutes=8)


def test_the_report_runs_whatever_the_outcome_of_the_syncs_where_there_was_a_plan(dag: Any) -> None:
    assert dag.get_task("report").trigger_rule == "all_done_min_one_success"


def test_the_alerts_run_whatever_became_of_the_run(dag: Any) -> None:
    assert dag.get_task("alert").trigger_rule == "all_done"


def test_the_dag_has_a_deadline_only_where_one_is_set(dag: Any) -> None:
    program = "import runpy; dag = runpy.run_path('dags/city_discovery.py')['city_discovery']()"
    show = "; print(dag.deadline[0].interval, dag.deadline[0].callback.path)"
    environment = {**os.environ, "DISCOVERY_LATE_AFTER": "21600"}

    output = subprocess.run(
        [sys.executable, "-c", program + show],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert not dag.deadline
    assert output.strip() == "6:00:00 include.discovery.orchestration.alerting.run_is_late"


@pytest.mark.parametrize(
    ("conf", "allowed"),
    [
        ({"limit": -1}, "minimum of 1"),
        ({"limit": 0}, "minimum of 1"),
        ({"limit": "ten"}, "is not of type 'null', 'integer'"),
        ({"cities": [7]}, "is not of type 'string'"),
        ({"cities": "krakow"}, "is not of type 'null', 'array'"),
        ({"cities": ["Kraków"]}, "does not match"),
        ({"sources": ["a", "a"]}, "non-unique"),
        ({"pairs": ["krakow · opera"]}, "does not match"),
        ({"pairs": ["a/b"] * 2}, "non-unique"),
        ({"force": "maybe"}, "is not of type 'boolean'"),
        ({"dry_run": 1}, "is not of type 'boolean'"),
        ({"withdraw_missing": "all"}, "is not of type 'boolean'"),
    ],
)
def test_a_bad_param_is_refused_with_what_is_allowed(
    dag: Any, conf: dict[str, Any], allowed: str
) -> None:
    params = copy.deepcopy(dag.params)
    ((name, value),) = conf.items()
    with pytest.raises(ParamValidationError, match=allowed):
        params[name] = value


def test_every_param_has_a_title_and_a_help_text(dag: Any) -> None:
    for name in ("cities", "sources", "pairs", "limit", "force", "dry_run", "withdraw_missing"):
        param = dag.params.get_param(name)
        assert param.schema["title"]
        assert param.description


@pytest.mark.parametrize("name", ["cities", "sources", "pairs", "limit"])
def test_a_param_that_may_be_left_empty_is_not_marked_as_required(dag: Any, name: str) -> None:
    """Airflow's form marks what may not be null, and sends null for a list that was emptied."""
    params = copy.deepcopy(dag.params)
    params[name] = None

    assert "null" in params.get_param(name).schema["type"]


def test_the_form_offers_the_cities_and_sources_that_the_file_of_choices_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "choices.json")
    write_choices(file, Choices({"krakow": "Kraków", "paris": "Paris"}, {"opera": "Opera"}))
    monkeypatch.setenv("DISCOVERY_CHOICES_FILE", file)

    dag: Any = DagBag(dag_folder=str(ROOT / "dags")).dags["city_discovery"]

    cities = dag.params.get_param("cities").schema
    assert cities["examples"] == ["krakow", "paris"]
    assert cities["values_display"] == {"krakow": "Kraków", "paris": "Paris"}
    assert dag.params.get_param("sources").schema["examples"] == ["opera"]
    dag.params["cities"] = ["not-in-the-file-yet"]


def modules_after(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after running the code."""
    program = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return set(json.loads(output.splitlines()[-1]))


EMPTY_DAG = """
from airflow.sdk import Asset, Param, dag, task
@dag(schedule="0 0 * * *", params={"p": Param([], type="array")})
def empty():
    @task(outlets=[Asset("a")])
    def mapped(x): ...
    mapped.expand(x=[1])
empty()
"""


def test_parsing_the_dag_imports_few_modules_of_the_library() -> None:
    """A task process parses the DAG file: what that imports, every task pays for."""
    ours = modules_after("import runpy; runpy.run_path('dags/city_discovery.py')")
    own = ours - modules_after(EMPTY_DAG)

    assert {name for name in own if name.startswith("include")} == {
        "include",
        "include.discovery",
        "include.discovery.choices",
        "include.discovery.errors",
        "include.discovery.fetch",
        "include.discovery.fetch.addresses",  # reads DISCOVERY_PRIVATE_HOSTS
        "include.discovery.orchestration",
        "include.discovery.orchestration.retry",
        "include.discovery.settings",
        "include.discovery.slugs",
    }
    heavy = ("psycopg", "icalendar", "httpx", "nh3", "yaml", "pydantic", "airflow.providers.")
    assert [name for name in own if name.startswith(heavy)] == []
