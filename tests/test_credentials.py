"""Connections from the environment: read as Airflow reads them, and never shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.credentials import (
    StoredConnection,
    credentials_from,
    credentials_of,
    database_parameters,
)
from include.discovery.errors import DatabaseUnavailable, InvalidSettings, MissingConnection
from include.discovery.fetch.keys import Credentials
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

    def test_percent_encoding_in_a_connection_uri_is_decoded(self) -> None:
        found = database("postgresql://m%40e:p%40s%2Fs%25%23%3F%20'%5C@h/d%20b")

        assert (found["user"], found["password"], found["dbname"]) == ("m@e", "p@s/s%#? '\\", "d b")

    def test_an_at_sign_in_the_password_need_not_be_encoded(self) -> None:
        """As in Airflow; libpq would take the rest of the password for the host, and print it."""
        found = database("postgresql://me:p@ss@h/d")

        assert (found["password"], found["host"]) == ("p@ss", "h")

    def test_a_part_of_the_uri_that_is_missing_is_left_to_libpq(self) -> None:
        assert database("postgresql://h/d") == {"host": "h", "dbname": "d"}

    def test_the_directory_of_a_socket_keeps_its_letters(self) -> None:
        assert database("postgresql://me@%2Fvar%2FRun/d")["host"] == "/var/Run"

    def test_the_query_of_a_connection_uri_holds_further_parameters(self) -> None:
        assert database("postgresql://h/d?sslmode=require&cursor=dictcursor") == {
            "host": "h",
            "dbname": "d",
            "sslmode": "require",
        }

    def test_parameters_may_be_nested_as_airflow_nests_them(self) -> None:
        value = "postgresql://h/d?__extra__=%7B%22sslmode%22%3A%22verify-full%22%7D"

        assert database(value)["sslmode"] == "verify-full"

    @pytest.mark.parametrize("extra", [{"sslmode": "require"}, '{"sslmode": "require"}'])
    def test_a_connection_in_json_may_hold_its_parameters_as_object_or_text(
        self, extra: object
    ) -> None:
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
    def test_a_connection_in_json_may_hold_any_character(self, parts: dict[str, str]) -> None:
        found = database(json.dumps({**parts, "port": 5432}))

        names = {"host": "host", "login": "user", "password": "password", "schema": "dbname"}
        assert found == {"port": "5432", **{names[k]: v for k, v in parts.items() if v}}

    def test_a_missing_connection_is_explained(self) -> None:
        with pytest.raises(InvalidSettings, match="set AIRFLOW_CONN_DISCOVERY_DB=postgresql://"):
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
    def test_an_invalid_connection_is_refused_without_showing_it(self, value: str) -> None:
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


def key_in(value: str, connection_id: str = "discovery_opera") -> Credentials:
    found = credentials_from({f"AIRFLOW_CONN_{connection_id.upper()}": value})(connection_id)
    assert found is not None
    return found


def hosts_in(**fields: Any) -> list[str]:
    return [str(host) for host in key_in(json.dumps({"conn_type": "http", **fields})).hosts]


class TestSources:
    """``discovery_<source>`` holds a source's key, and names the hosts that may get it."""

    @pytest.mark.parametrize(
        "value",
        [
            "http://:k%2Fe%3Dy@",
            "https://:k%2Fe%3Dy@/x",
            '{"conn_type": "http", "password": "k/e=y"}',
            ' {"conn_type": "HTTP", "password": "k/e=y", "login": null}\n',
        ],
    )
    def test_the_password_of_a_connection_is_the_key(self, value: str) -> None:
        assert key_in(value) == Credentials(key="k/e=y")

    def test_the_login_of_a_connection_is_read_with_the_key(self) -> None:
        assert key_in("http://m%40e:key@").login == "m@e"

    def test_a_number_as_password_is_text(self) -> None:
        assert key_in('{"conn_type": "http", "password": 12345}').key == "12345"

    @pytest.mark.parametrize("environment", [{}, {"AIRFLOW_CONN_X": ""}, {"AIRFLOW_CONN_Y": "a"}])
    def test_a_missing_connection_of_a_source_is_none(self, environment: dict[str, str]) -> None:
        assert credentials_from(environment)("x") is None

    def test_a_connection_without_a_password_has_an_empty_key(self) -> None:
        assert key_in("http://app.example.com").key == ""

    @pytest.mark.parametrize(
        ("fields", "hosts"),
        [
            ({}, []),
            ({"host": "api.example.org"}, ["api.example.org"]),
            ({"host": " API.Example.org. "}, ["api.example.org"]),
            ({"host": "api.example.org", "port": 8443}, ["api.example.org:8443"]),
            ({"host": "api.example.org:8443", "port": "1"}, ["api.example.org:8443"]),
            ({"host": "api.example.org/v2"}, ["api.example.org"]),
            ({"host": "https://api.example.org/v2?x=1"}, ["https://api.example.org"]),
            ({"host": "api.example.org", "schema": "https"}, ["https://api.example.org"]),
            ({"host": "feeds.internal", "schema": "HTTP"}, ["http://feeds.internal"]),
            ({"host": "http://127.0.0.1", "port": 8765}, ["http://127.0.0.1:8765"]),
            ({"host": "::1"}, ["[::1]"]),
            ({"host": "[0:0::1]:81"}, ["[::1]:81"]),
            ({"host": "bücher.example"}, ["xn--bcher-kva.example"]),
            ({"host": "a.example", "extra": {"hosts": "b.example, http://c.example:8080"}},
             ["a.example", "b.example", "http://c.example:8080"]),
            ({"extra": '{"hosts": ["b.example", "a.example", "b.example"]}'},
             ["b.example", "a.example"]),
            ({"extra": {"hosts": None}}, []),
        ],
    )  # fmt: skip
    def test_the_host_of_a_connection_is_the_one_that_gets_the_key(
        self, fields: dict[str, Any], hosts: list[str]
    ) -> None:
        assert hosts_in(**fields) == hosts

    @pytest.mark.airflow
    @pytest.mark.parametrize(
        ("value", "hosts"),
        [
            ("http://:key@api.example.org", ["api.example.org"]),
            ("http://:key@api.example.org:8443/https", ["https://api.example.org:8443"]),
            ("http://https://:key@api.example.org", ["https://api.example.org"]),
            ("http://:key@https%3A%2F%2Fapi.example.org", ["https://api.example.org"]),
            ("http://:key@/?hosts=a.example,b.example", ["a.example", "b.example"]),
        ],
    )
    def test_a_connection_uri_names_hosts_as_airflow_reads_it(
        self, value: str, hosts: list[str]
    ) -> None:
        from airflow.sdk import Connection as AirflowConnection

        airflow = AirflowConnection.from_uri(value, conn_id="discovery_opera")

        assert [str(host) for host in key_in(value).hosts] == hosts
        assert credentials_of("discovery_opera", StoredConnection.of(airflow)) == key_in(value)

    @pytest.mark.parametrize(
        "fields",
        [
            {"host": f"{SECRET}@api.example.org"},
            {"host": "https://user@api.example.org"},
            {"host": "*.example.org"},
            {"host": "ftp://api.example.org"},
            {"host": "https://"},
            {"host": "api example.org"},
            {"host": "api.example.org\\evil.example"},
            {"host": "a.example,b.example"},
            {"host": "[::1"},
            {"host": "https://api.example.org:99999"},
            {"extra": {"hosts": {"a": 1}}},
            {"extra": {"hosts": [1]}},
            {"extra": {"hosts": ["good.example", f"https://:{SECRET}@api.example.org"]}},
        ],
    )
    def test_an_invalid_host_is_refused_without_showing_it(self, fields: dict[str, Any]) -> None:
        with pytest.raises(InvalidSettings, match=r"discovery_opera .*allowed are") as error:
            hosts_in(password="hidden", **fields)

        assert SECRET not in str(error.value)

    @pytest.mark.parametrize("port", ["99999", "0", "-1", "https", "80 80", "٨٠", "9" * 5000])
    def test_an_invalid_port_is_refused_with_what_is_allowed(self, port: str) -> None:
        with pytest.raises(InvalidSettings) as error:
            hosts_in(password="hidden", host="api.example.org", port=port)

        assert str(error.value) == (
            "the field Port of connection discovery_opera is not the number of a port;"
            " allowed are numbers from 1 to 65535"
        )

    @pytest.mark.parametrize(
        ("conn_type", "said"),
        [("postgres", "of type postgres"), ("aws", "of type aws"), ("", "without a type")],
    )
    def test_a_connection_of_another_type_than_http_is_refused_for_a_source(
        self, conn_type: str, said: str
    ) -> None:
        value = json.dumps({"conn_type": conn_type, "password": SECRET, "host": "db"})

        with pytest.raises(MissingConnection, match=f"discovery_opera is {said}.* HTTP") as error:
            key_in(value)

        assert SECRET not in str(error.value)

    @pytest.mark.parametrize("value", [f"http://:{SECRET}[@h", f'{{"password": "{SECRET}"'])
    def test_an_invalid_connection_of_a_source_is_refused_without_showing_it(
        self, value: str
    ) -> None:
        find = credentials_from({"AIRFLOW_CONN_X": value})

        with pytest.raises(InvalidSettings, match=r"AIRFLOW_CONN_X is not a? ?valid") as error:
            find("x")

        assert SECRET not in str(error.value)

    def test_no_representation_of_a_connection_shows_a_secret(self) -> None:
        credentials = Credentials(key=SECRET, login=SECRET)

        assert SECRET not in f"{credentials!r} {credentials}"
