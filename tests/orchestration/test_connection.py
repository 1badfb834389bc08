"""The connection ``discovery_db`` means the same to tasks, to the page and to the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from include.discovery.credentials import database_parameters
from include.discovery.errors import DatabaseUnavailable
from include.discovery.orchestration.connection import open_discovery_db
from include.discovery.store.connection import Connection, connect
from include.discovery.web.database import open_for_requests

EXTRA = {
    "sslmode": "allow",
    "connect_timeout": 7,
    "application_name": "ours",
    "options": "-c lock_timeout=4321",
    "keepalives_idle": 33,
    "target_session_attrs": "read-write",
    "prepare_threshold": 9,
    # Only Airflow's own hook knows these.
    "cursor": "dictcursor",
    "sqlalchemy_scheme": "postgresql+psycopg",
}


def as_query(url: str) -> str:
    return f"{url}?{urlencode(EXTRA, quote_via=quote)}"


def as_nested_query(url: str) -> str:
    return f"{url}?{urlencode({'__extra__': json.dumps(EXTRA)})}"


def as_json(url: str, extra: Any = EXTRA) -> str:
    parts = urlsplit(url)
    return json.dumps(
        {
            "conn_type": "postgres",
            "host": parts.hostname,
            "port": parts.port,
            "login": parts.username,
            "password": parts.password,
            "schema": parts.path[1:],
            "extra": extra,
        }
    )


def as_json_in_text(url: str) -> str:
    return as_json(url, json.dumps(EXTRA))


def open_from_command_line() -> Connection:
    return connect(**database_parameters(os.environ))


OPENERS = (open_discovery_db, open_for_requests, open_from_command_line)


@pytest.mark.parametrize("form", [as_query, as_nested_query, as_json, as_json_in_text])
@pytest.mark.parametrize("opener", OPENERS)
def test_parameters_of_the_connection_are_honoured_by_every_caller_in_every_form(
    opener: Callable[[], Connection],
    form: Callable[[str], str],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", form(database_url))

    with opener() as conn:
        parameters = conn.info.get_parameters()
        assert {name: parameters[name] for name in list(EXTRA)[:6]} == {
            name: str(value) for name, value in list(EXTRA.items())[:6]
        }
        assert conn.prepare_threshold == 9
        assert conn.execute("SHOW lock_timeout").fetchone() == ("4321ms",)


@pytest.mark.parametrize("opener", OPENERS)
def test_a_connection_without_parameters_prepares_no_statement_and_has_a_connect_timeout(
    opener: Callable[[], Connection], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)

    with opener() as conn:
        assert conn.prepare_threshold is None
        assert conn.autocommit
        assert conn.info.get_parameters()["application_name"] == "discovery"
        assert int(conn.info.get_parameters()["connect_timeout"]) <= 10


@pytest.mark.parametrize("opener", OPENERS)
def test_a_parameter_that_postgresql_does_not_know_is_refused_without_the_password(
    opener: Callable[[], Connection], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", f"{database_url}?row_factory=dict_row")

    with pytest.raises(DatabaseUnavailable, match="parameters that PostgreSQL does not") as error:
        opener()

    assert str(urlsplit(database_url).password) not in str(error.value)
