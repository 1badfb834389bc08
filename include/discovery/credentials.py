"""Connections outside Airflow: read from ``AIRFLOW_CONN_…`` variables, as Airflow does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

from include.discovery.connectors.base import Credentials
from include.discovery.errors import InvalidSettings

DISCOVERY_DB = "discovery_db"
"""The connection that leads to the discovery database."""

FindCredentials = Callable[[str], Credentials | None]
"""Looks a connection up by its id; None when there is none of that id."""


def credentials_from(environment: Mapping[str, str]) -> FindCredentials:
    """Return a look-up over ``AIRFLOW_CONN_<ID>`` variables, as URI or as JSON."""

    def find(connection_id: str) -> Credentials | None:
        value = _variable(environment, connection_id)
        if value is None:
            return None
        if value.lstrip().startswith("{"):
            parts = _json(value, connection_id)
            return Credentials(key=parts.get("password") or "", login=parts.get("login"))
        uri = urlsplit(value)
        return Credentials(
            key=unquote(uri.password or ""), login=unquote(uri.username) if uri.username else None
        )

    return find


def database_url(environment: Mapping[str, str]) -> str:
    """Return the discovery database's address for psycopg.

    :raises InvalidSettings: when the connection is not there.
    """
    value = _variable(environment, DISCOVERY_DB)
    if value is None:
        raise InvalidSettings(
            "where is the discovery database? Set AIRFLOW_CONN_DISCOVERY_DB="
            "postgresql://user:password@host:5432/discovery"
        )
    if value.lstrip().startswith("{"):
        parts = _json(value, DISCOVERY_DB)
        names = {"host": "host", "port": "port", "login": "user", "password": "password",
                 "schema": "dbname"}  # fmt: skip
        return " ".join(
            f"{name} = '{_escaped(str(parts[key]))}'"
            for key, name in names.items()
            if parts.get(key)
        )
    # Airflow also allows postgres:// and postgresql+psycopg2://, which libpq does not know.
    scheme, _, rest = value.partition("://")
    return f"postgresql://{rest}" if scheme.startswith("postgres") else value


def _variable(environment: Mapping[str, str], connection_id: str) -> str | None:
    return environment.get(f"AIRFLOW_CONN_{connection_id.upper()}") or None


def _json(value: str, connection_id: str) -> dict[str, str]:
    try:
        parts = json.loads(value)
    except ValueError:
        # Never the value itself: it holds a password.
        raise InvalidSettings(f"AIRFLOW_CONN_{connection_id.upper()} is not valid JSON") from None
    return dict(parts)


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("'", r"\'")
