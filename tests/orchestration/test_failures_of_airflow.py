"""What the errors of Airflow, and of each library that the table names, mean to who has to act."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowRuntimeError,
    AirflowTaskTerminated,
    AirflowTaskTimeout,
)
from airflow.sdk.execution_time.comms import ErrorResponse

from include.discovery import failures
from include.discovery.failures import failure_of


@pytest.mark.parametrize(
    ("error", "category", "words"),
    [
        (
            AirflowTaskTimeout("Timeout, PID: 6467"),
            "timeout",
            (
                "not finished after 2 h, its time limit (setting DISCOVERY_SYNC_TIMEOUT); what was"
                " loaded is kept, and the next attempt goes on from there. If this repeats, raise"
                " the setting, or narrow the source"
            ),
        ),
        (
            AirflowTaskTerminated(),
            "interrupted",
            "stopped before it had ended; what was loaded is kept",
        ),
        (
            AirflowRuntimeError(ErrorResponse(detail={"status": 500})),
            "airflow",
            "Airflow did not answer the task: GENERIC_ERROR",
        ),
        (AirflowException("no"), "airflow", "Airflow did not answer the task: no"),
    ],
)
def test_an_error_of_airflow_has_a_category_and_a_message_with_what_to_do(
    error: BaseException, category: str, words: str
) -> None:
    failure = failure_of(error, after=timedelta(hours=2))

    assert words in str(failure)
    assert (failure.category, failure.retryable) == (category, True)
    assert "PID" not in str(failure)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 s"), (90, "90 s"), (720, "12 min"), (7200, "2 h"), (5400, "1 h 30 min")],
)
def test_the_duration_of_a_time_limit_is_written_in_words(seconds: int, words: str) -> None:
    failure = failure_of(AirflowTaskTimeout("x"), after=timedelta(seconds=seconds))

    assert f"not finished after {words}, its time limit" in str(failure)


def test_every_name_in_the_table_of_foreign_errors_is_one_that_exists() -> None:
    for name in failures._FOREIGN:
        module, _, cls = name.rpartition(".")
        found = getattr(importlib.import_module(module), cls)
        assert issubclass(found, BaseException)
        assert f"{found.__module__}.{found.__qualname__}" == name
