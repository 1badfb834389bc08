"""A client of Airflow's REST API: how Airflow and the run that is watched are doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from localdev.airflow import USER
from localdev.errors import LocalRunError

DAG_ID = "city_discovery"
MAPPED_TASK_ID = "sync"
PAGE_SIZE = 100


@dataclass(frozen=True)
class Health:
    """The last heartbeats of Airflow's components."""

    scheduler: datetime | None
    dag_processor: datetime | None


@dataclass(frozen=True)
class Progress:
    """How far a run is: its own state, and how many pairs are in which."""

    state: str
    done: int = 0
    running: int = 0
    retrying: int = 0
    failed: int = 0
    total: int | None = None

    @property
    def finished(self) -> bool:
        """Whether the run has come to an end."""
        return self.state in ("success", "failed")

    def line(self) -> str:
        """Return the progress as one line of text."""
        if self.total is None:
            return "queued" if self.state == "queued" else "planning"
        ended = f"{self.done + self.failed}/{self.total} pairs done"
        parts = [f"{ended} ({self.failed} failed)" if self.failed else ended]
        for count, what in ((self.running, "running"), (self.retrying, "waiting to retry")):
            if count:
                parts.append(f"{count} {what}")
        return ", ".join(parts)


class ApiUnavailableError(LocalRunError):
    """The API did not respond; it may do so in a moment, once the api-server is back."""


class AirflowApi:
    """The few calls of Airflow's REST API that the runner needs."""

    def __init__(self, url: str, user: str, user_password: str) -> None:
        self._login = {"username": user, "password": user_password}
        # trust_env off: no proxy between us and ourselves.
        self._client = httpx.Client(base_url=url, timeout=10.0, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def health(self) -> Health | None:
        """Return the heartbeats; None while the API does not answer.

        Airflow's own word `healthy` is of no use at the start: it may rest on the heartbeat of a
        process of the previous run.
        """
        try:
            answer = self._client.get("/api/v2/monitor/health")
            answer.raise_for_status()
            status = answer.json()
            return Health(
                _timestamp(status["scheduler"]["latest_scheduler_heartbeat"]),
                _timestamp(status["dag_processor"]["latest_dag_processor_heartbeat"]),
            )
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return None

    def dag_parsed_at(self) -> datetime | None:
        """When the DAG file was last parsed; None if the DAG is not known yet."""
        answer = self._call("GET", f"/api/v2/dags/{DAG_ID}", accept=(200, 404))
        return _timestamp(answer.get("last_parsed_time"))

    def import_error(self, since: datetime) -> str | None:
        """Why a DAG file could not be imported, if that happened since then."""
        answer = self._call("GET", "/api/v2/importErrors", params={"order_by": "-timestamp"})
        for entry in answer["import_errors"]:
            when = _timestamp(entry["timestamp"])
            if when is not None and when >= since:
                return f"{entry['filename']}:\n{entry['stack_trace'].strip()}"
        return None

    def trigger(self) -> str:
        """Start a manual run of all pairs, due or not, and return its run id."""
        body = {"logical_date": None, "conf": {"force": True}}
        answer = self._call("POST", f"/api/v2/dags/{DAG_ID}/dagRuns", body=body)
        return str(answer["dag_run_id"])

    def scheduled_run(self) -> str | None:
        """Return the run that the schedule has begun and that is running now."""
        answer = self._call(
            "GET",
            f"/api/v2/dags/{DAG_ID}/dagRuns",
            params={"state": "running", "run_type": "scheduled", "limit": 1},
        )
        runs = answer["dag_runs"]
        return str(runs[0]["dag_run_id"]) if runs else None

    def remove(self, run_id: str) -> None:
        """Remove a run that waits for its turn."""
        self._call("DELETE", f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}", accept=(204, 404))

    def progress(self, run_id: str) -> Progress:
        """How far the run is."""
        base = f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}"
        state = str(self._call("GET", base)["state"])
        mapped = [
            task
            for task in self._task_instances(base)
            if task["task_id"] == MAPPED_TASK_ID and task["map_index"] >= 0
        ]
        if not mapped:
            return Progress(state)
        count = Counter(task["state"] for task in mapped)
        return Progress(
            state,
            done=count["success"] + count["skipped"],
            running=count["running"],
            retrying=count["up_for_retry"],
            failed=count["failed"] + count["upstream_failed"],
            total=len(mapped),
        )

    def _task_instances(self, base: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self._call(
                "GET",
                f"{base}/taskInstances",
                params={"limit": PAGE_SIZE, "offset": len(found), "order_by": "map_index"},
            )
            found += page["task_instances"]
            if not page["task_instances"] or len(found) >= page["total_entries"]:
                return found

    def _call(
        self,
        method: str,
        path: str,
        *,
        accept: tuple[int, ...] = (200,),
        params: Mapping[str, str | int] | None = None,
        body: object = None,
    ) -> dict[str, Any]:
        """Call the API, logging in where needed."""
        try:
            if "Authorization" not in self._client.headers:
                self._log_in()
            answer = self._client.request(method, path, params=params, json=body)
            if answer.status_code == httpx.codes.UNAUTHORIZED:  # The token has expired.
                self._log_in()
                answer = self._client.request(method, path, params=params, json=body)
        except httpx.TransportError as error:
            raise ApiUnavailableError(f"Airflow's API does not answer: {error}") from None
        if answer.is_server_error:
            raise ApiUnavailableError(f"Airflow's API failed: {answer.text[:500]}")
        if answer.status_code not in accept:
            raise LocalRunError(
                f"Airflow refused {method} {path}: {answer.status_code} {answer.text[:500]}"
            )
        content = answer.json() if answer.content else {}
        return content if isinstance(content, dict) else {}

    def _log_in(self) -> None:
        self._client.headers.pop("Authorization", None)
        answer = self._client.post("/auth/token", json=self._login)
        if answer.is_server_error:
            raise ApiUnavailableError(f"Airflow's login failed: {answer.text[:500]}")
        if answer.status_code != httpx.codes.CREATED:
            raise LocalRunError(
                f"Airflow does not accept the login of {USER} ({answer.status_code}); "
                "is another Airflow listening on this port?"
            )
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _timestamp(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
