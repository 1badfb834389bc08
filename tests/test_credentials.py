"""Connections from the environment: read as Airflow reads them, and never shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.base import Credentials
from include.discovery.credentials import credentials_from, database_parameters
from include.discovery.errors import DatabaseUnavailable, InvalidSettings
from include.discovery.store.connection import connect

SECRET = "s3cret-w0rd"


def database(value: str) -> dict[str, Any]:
    return database_parameters({"AIRFLOW_CONN_DISCOVERY_DB": value})


class TestTheDatabase:
    """``discovery_db`` becomes what libpq understands."""

    @pytest.mark.parametrize(
        "scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"]
    )
    def test_every_scheme_that_airflow_knows_works(self, scheme: str) -> None:
        assert database(f"{scheme}://me:pw@db.example:5433/discovery") == {
            "user": "me",
            "password": "pw",
            "host": "db.example",
            "port": "5433",
            "dbname": "discovery",
        }

    def test_percent_encoding_is_undone(self) -> None:
        found = database("postgresql://m%40e:p%40s%2Fs%25%23%3F%20'%5C@h/d%20b")

        assert (found["user"], found["password"], found["dbname"]) == ("m@e", "p@s/s%#? '\\", "d b")

    def test_an_at_sign_in_the_password_need_not_be_encoded(self) -> None:
        """As in Airflow; libpq would take the rest of the password for the host, and print it."""
        found = database("postgresql://me:p@ss@h/d")

        assert (found["password"], found["host"]) == ("p@ss", "h")

    def test_what_is_not_given_is_left_to_libpq(self) -> None:
        assert database("postgresql://h/d") == {"host": "h", "dbname": "d"}

    def test_the_directory_of_a_socket_keeps_its_letters(self) -> None:
        assert database("postgresql://me@%2Fvar%2FRun/d")["host"] == "/var/Run"

    def test_the_query_holds_further_parameters(self) -> None:
        assert database("postgresql://h/d?sslmode=require&cursor=dictcursor") == {
            "host": "h",
            "dbname": "d",
            "sslmode": "require",
        }

    def test_parameters_may_be_nested_as_airflow_nests_them(self) -> None:
        value = "postgresql://h/d?__extra__=%7B%22sslmode%22%3A%22verify-full%22%7D"

        assert database(value)["sslmode"] == "verify-full"

    @pytest.mark.parametrize("extra", [{"sslmode": "require"}, '{"sslmode": "require"}'])
    def test_json_may_hold_them_as_object_or_as_text(self, extra: object) -> None:
        connection = {"conn_type": "postgres", "host": "h", "schema": "d", "extra": extra}

        assert database(json.dumps(connection)) == {
            "host": "h",
            "dbname": "d",
            "sslmode": "require",
        }

    @given(
        st.fixed_dictionaries(
            {name: st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))
             for name in ("host", "login", "password", "schema")}
        )
    )  # fmt: skip
    def test_json_may_hold_any_character(self, parts: dict[str, str]) -> None:
        found = database(json.dumps({**parts, "port": 5432}))

        names = {"host": "host", "login": "user", "password": "password", "schema": "dbname"}
        assert found == {"port": "5432", **{names[k]: v for k, v in parts.items() if v}}

    def test_a_missing_connection_is_explained(self) -> None:
        with pytest.raises(InvalidSettings, match="Set AIRFLOW_CONN_DISCOVERY_DB=postgresql://"):
            database_parameters({})

    @pytest.mark.parametrize(
        "value",
        [
            f"mysql://me:{SECRET}@h/d",
            f"postgresql://me:{SECRET}@[::1/d",
            f"postgresql://me:#{SECRET}@h/d",
            f"postgresql://me:x{SECRET}#@h/d",
            f"postgresql://me:{SECRET}\uff03@h/d",
            f"postgresql://h/d?__extra__={SECRET}",
            f"me:{SECRET}",
            f'{{"password": "{SECRET}"',
            f'{{"password": "{SECRET}", "extra": "{SECRET}"}}',
            f'{{"password": "{SECRET}", "extra": ["{SECRET}"]}}',
        ],
    )
    def test_a_bad_value_is_refused_without_showing_it(self, value: str) -> None:
        with pytest.raises(InvalidSettings, match="AIRFLOW_CONN_DISCOVERY_DB is not") as error:
            database(value)

        assert SECRET not in str(error.value)
        assert error.value.__suppress_context__ or error.value.__context__ is None

    @pytest.mark.parametrize(
        "address",
        [
            f"mysql://me:{SECRET}@h/d",
            f"postgresql://me:{SECRET}@[::1]x/d",
            f"postgresql://me:{SECRET}@h/d?no_such_parameter=1",
            f"password={SECRET} =",
            f"postgresql://me:{SECRET}@127.0.0.1:1/d",
        ],
    )
    def test_no_failure_to_connect_shows_the_password(self, address: str) -> None:
        with pytest.raises(DatabaseUnavailable, match="connection discovery_db") as error:
            connect(address)

        assert SECRET not in str(error.value)
        assert SECRET not in str(error.value.__cause__)
        assert error.value.__suppress_context__


class TestSources:
    """``discovery_<source>`` holds a source's key."""

    @pytest.mark.parametrize(
        "value",
        [
            "http://:k%2Fe%3Dy@",
            "http://:k%2Fe%3Dy@app.example.com/x",
            '{"conn_type": "http", "password": "k/e=y"}',
            ' {"password": "k/e=y", "login": null}\n',
        ],
    )
    def test_the_password_is_the_key(self, value: str) -> None:
        find = credentials_from({"AIRFLOW_CONN_DISCOVERY_TICKETMASTER": value})

        assert find("discovery_ticketmaster") == Credentials(key="k/e=y")

    def test_the_login_comes_along(self) -> None:
        find = credentials_from({"AIRFLOW_CONN_X": "http://m%40e:key@h"})

        assert find("x") == Credentials(key="key", login="m@e")

    def test_a_number_as_password_is_text(self) -> None:
        find = credentials_from({"AIRFLOW_CONN_X": '{"password": 12345}'})

        assert find("x") == Credentials(key="12345")

    @pytest.mark.parametrize("environment", [{}, {"AIRFLOW_CONN_X": ""}, {"AIRFLOW_CONN_Y": "a"}])
    def test_a_connection_that_is_not_there_is_none(self, environment: dict[str, str]) -> None:
        assert credentials_from(environment)("x") is None

    def test_one_without_a_password_has_an_empty_key(self) -> None:
        find = credentials_from({"AIRFLOW_CONN_X": "http://app.example.com"})

        assert find("x") == Credentials(key="")

    @pytest.mark.parametrize("value", [f"http://:{SECRET}[@h", f'{{"password": "{SECRET}"'])
    def test_a_bad_value_is_refused_without_showing_it(self, value: str) -> None:
        find = credentials_from({"AIRFLOW_CONN_X": value})

        with pytest.raises(InvalidSettings, match=r"AIRFLOW_CONN_X is not a? ?valid") as error:
            find("x")

        assert SECRET not in str(error.value)

    def test_no_representation_shows_a_secret(self) -> None:
        credentials = Credentials(key=SECRET, login=SECRET)

        assert SECRET not in f"{credentials!r} {credentials}"
