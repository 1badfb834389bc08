"""Connections outside Airflow: read from ``AIRFLOW_CONN_…`` variables, as Airflow does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from include.discovery.connectors.base import Credentials
from include.discovery.errors import InvalidSettings
from include.discovery.store.connection import connection_parameters

DISCOVERY_DB = "discovery_db"
"""The connection that leads to the discovery database."""

DISCOVERY_DB_OWNER = "discovery_db_owner"
"""The connection of the role that owns its schema, where that is another: migrations need it."""

FindCredentials = Callable[[str], Credentials | None]
"""Looks a connection up by its id; None when there is none of that id."""


def credentials_from(environment: Mapping[str, str]) -> FindCredentials:
    """Return a look-up over ``AIRFLOW_CONN_<ID>`` variables, as URI or as JSON."""

    def find(connection_id: str) -> Credentials | None:
        connection = _connection(environment, connection_id)
        if connection is None:
            return None
        return Credentials(key=connection.password, login=connection.login or None)

    return find


def database_parameters(
    environment: Mapping[str, str], *, as_owner: bool = False
) -> dict[str, Any]:
    """Return what leads to the discovery database, for :func:`store.connection.connect`.

    :param as_owner: by the connection of the schema's owner, if there is such.
    :raises InvalidSettings: when the connection is not there, or is none to PostgreSQL.
    """
    name, connection = DISCOVERY_DB, None
    if as_owner and (connection := _connection(environment, DISCOVERY_DB_OWNER)):
        name = DISCOVERY_DB_OWNER
    connection = connection or _connection(environment, DISCOVERY_DB)
    variable = f"AIRFLOW_CONN_{name.upper()}"
    example = f"{variable}=postgresql://user:password@host:5432/discovery"
    if connection is None:
        raise InvalidSettings(f"where is the discovery database? Set {example}")
    # Airflow also knows it as postgres and postgresql+psycopg2.
    if not connection.type.startswith("postgres"):
        raise InvalidSettings(
            f"{variable} is not a connection to PostgreSQL; it should read {example}"
        )
    return connection_parameters(
        host=connection.host,
        port=connection.port,
        login=connection.login,
        password=connection.password,
        schema=connection.schema,
        extra=connection.extra,
    )


@dataclass(frozen=True, slots=True)
class _Connection:
    """An Airflow connection; what is not given is empty. Never printed whole."""

    type: str
    host: str
    port: str
    login: str = field(repr=False)
    password: str = field(repr=False)
    schema: str
    extra: Mapping[str, Any] = field(repr=False)


def _connection(environment: Mapping[str, str], connection_id: str) -> _Connection | None:
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    value = environment.get(variable, "").strip()
    if not value:
        return None
    # What is wrong with it is said without the value, which holds a password.
    if value.startswith("{"):
        try:
            return _from_json(value)
        except (ValueError, TypeError):
            raise InvalidSettings(f"{variable} is not valid JSON of a connection") from None
    try:
        return _from_uri(value)
    except (ValueError, TypeError):
        raise InvalidSettings(
            f"{variable} is not a valid URI; in its user and password, characters other than "
            "letters and digits must be percent-encoded"
        ) from None


def _from_uri(value: str) -> _Connection:
    parts = urlsplit(value)
    if parts.fragment:
        raise ValueError("a password with a # in it ends there")
    extra = dict(parse_qsl(parts.query))
    # A socket's directory may stand for the host; a URL's hostname would come in lower case.
    address = unquote(parts.hostname or "")
    if "/" in address:
        address = unquote(parts.netloc.rpartition("@")[2].partition(":")[0])
    return _Connection(
        type=parts.scheme,
        host=address,
        port=str(parts.port or ""),
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        schema=unquote(parts.path.removeprefix("/")),
        extra=dict(json.loads(extra["__extra__"])) if "__extra__" in extra else extra,
    )


def _from_json(value: str) -> _Connection:
    parts: dict[str, Any] = json.loads(value)
    extra = parts.get("extra") or {}
    given = {name: str(part) for name, part in parts.items() if part is not None}
    return _Connection(
        type=given.get("conn_type", "postgres"),
        host=given.get("host", ""),
        port=given.get("port", ""),
        login=given.get("login", ""),
        password=given.get("password", ""),
        schema=given.get("schema", ""),
        extra=dict(json.loads(extra) if isinstance(extra, str) else extra),
    )
