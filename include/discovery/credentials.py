"""Connections: what they say of a source's key, and who may get it.

One rule holds wherever a connection is found: by Airflow (tasks, the page), or in a variable
``AIRFLOW_CONN_…`` (the command line). The key is the *password*; the *host* says who may get it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Connector, ConnectorSettings, KeyUse
from include.discovery.errors import InvalidSettings, MissingConnection
from include.discovery.fetch.keys import Credentials, KeyHost, entry_for, why_not
from include.discovery.field_types import DISCOVERY_DB, DISCOVERY_DB_OWNER
from include.discovery.model import Source
from include.discovery.store.connection import connection_parameters

HTTP_TYPES = frozenset({"http", "https"})
"""Types of connections whose password may be a source's key. Those of databases, clouds and so on
belong to other parts of the deployment, whatever they are called."""

FindCredentials = Callable[[str], Credentials | None]
"""Looks a connection up by its id; None when there is none of that id.

:raises InvalidSettings: when there is one, and it cannot hold a source's key.
"""


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """An Airflow connection; what is not given is empty. Never printed whole."""

    conn_type: str
    host: str
    port: str
    login: str = field(repr=False)
    password: str = field(repr=False)
    schema: str
    extra: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, connection: Any) -> Self:  # noqa: ANN401  tasks and page have classes of their own
        """Take over a connection of Airflow's, of its task SDK or of its database.

        :raises InvalidSettings: if its extra is not JSON.
        """
        given = {name: getattr(connection, name) for name in _TEXTS}
        with _said_of(connection.conn_id, "the extra"):
            return cls(
                **{name: "" if value is None else str(value) for name, value in given.items()},
                extra=_extra(connection.extra or {}),
            )


_TEXTS = ("conn_type", "host", "port", "login", "password", "schema")


def credentials_from(environment: Mapping[str, str]) -> FindCredentials:
    """Return a look-up over ``AIRFLOW_CONN_<ID>`` variables, as URI or as JSON."""

    def find(connection_id: str) -> Credentials | None:
        connection = _connection(environment, connection_id)
        return None if connection is None else credentials_of(connection_id, connection)

    return find


def credentials_of(connection_id: str, connection: StoredConnection) -> Credentials:
    """Return the key that a connection holds, bound to the hosts that the connection names.

    These are its field Host (a host, or an address, whose path is ignored) with its fields
    Port and Schema (``http`` or ``https``), and those that its extra lists as ``hosts``.

    :raises MissingConnection: if it is of another type than HTTP.
    :raises InvalidSettings: if a host or the extra cannot be read. No message shows a secret.
    """
    conn_type = connection.conn_type.lower()
    if conn_type not in HTTP_TYPES:
        of_type = f"of type {conn_type}" if conn_type else "without a type"
        raise MissingConnection(
            f"connection {connection_id} is {of_type}, and the key of a source must be in one of"
            f" type HTTP: set its type, or name another connection in the source"
        )
    return Credentials(
        key=connection.password,
        login=connection.login or None,
        hosts=tuple(dict.fromkeys(_hosts(connection_id, connection))),
        connection_id=connection_id,
    )


def _hosts(connection_id: str, connection: StoredConnection) -> Iterator[KeyHost]:
    host, scheme = connection.host.strip(), connection.schema.lower()
    with _said_of(connection_id, "the field Port", "numbers from 1 to 65535"):
        port = _port(connection.port.strip())
    if host:
        if "://" not in host and scheme in HTTP_TYPES:
            host = f"{scheme}://{host}"
        with _said_of(connection_id, "the field Host"):
            named = KeyHost.parse(host)
        yield replace(named, port=named.port or port)
    with _said_of(connection_id, '"hosts" in the extra'):
        listed = connection.extra.get("hosts") or []
        texts = listed.split(",") if isinstance(listed, str) else listed
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError("must be a list of hosts, or hosts with commas between them")
        for text in filter(None, map(str.strip, texts)):
            yield KeyHost.parse(text)


def _port(text: str) -> int | None:
    if not text:
        return None
    # So many digits at most: to read a longer number takes as long as its square.
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise ValueError("is not the number of a port")
    return int(text)


_HOSTS = "hosts as api.example.org, api.example.org:8443 and http://127.0.0.1:8000"


@contextmanager
def _said_of(connection_id: str, place: str, allowed: str = _HOSTS) -> Iterator[None]:
    """Say what is wrong with a connection, and not what stands there: it may be a key."""
    try:
        yield
    except ValueError as error:
        raise InvalidSettings(
            f"{place} of connection {connection_id} {error}; allowed are {allowed}"
        ) from None


def _extra(extra: str | Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        parsed = json.loads(extra) if isinstance(extra, str) else extra
    except ValueError:
        parsed = None
    if not isinstance(parsed, Mapping):
        raise ValueError("is not a JSON object")  # noqa: TRY004  as one that cannot be parsed
    return parsed


def key_of(
    source: Source, settings: ConnectorSettings, find: FindCredentials
) -> Credentials | None:
    """Return the key that a source sends; ``None`` when it sends none, or has none to send.

    What sends no key has its connection not even looked up.

    :raises MissingConnection: if there is no key, and none of its kind is answered without.
    :raises KeyNotAllowed: if the key must not go to the address in the settings.
    :raises InvalidSettings: if the connection cannot hold a source's key.
    """
    connector = connector_for(source.kind)
    use = connector.key_use(settings)
    if use is None:
        return None
    credentials = find(source.connection_id)
    if credentials is None or not credentials.key:
        if use.required:
            exists = credentials is not None
            problem = missing_key(source.connection_id, connector, use, exists=exists)
            raise MissingConnection(problem)
        return None
    bound = credentials.bound_to(connector.api_hosts)
    bound.check_address(use.address)
    return bound


def missing_key(connection_id: str, connector: Connector[Any], use: KeyUse, *, exists: bool) -> str:
    """Say which connection has to be added, and what goes into it.

    :param exists: it is there, without a password.
    """
    if exists:
        return f"connection {connection_id} has no password: the key belongs there"
    needed = why_not(use.address, tuple(map(KeyHost.parse, connector.api_hosts)), connection_id)
    host = f" and as Host {entry_for(use.address)}" if needed else ""
    return (
        f"needs connection {connection_id}: add it in Airflow (type HTTP),"
        f" with the key as its password{host}"
    )


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
        raise InvalidSettings(f"no connection discovery_db: set {example}")
    # Airflow also knows it as postgres and postgresql+psycopg2; JSON may leave the type out.
    if not (connection.conn_type or "postgres").startswith("postgres"):
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


def _connection(environment: Mapping[str, str], connection_id: str) -> StoredConnection | None:
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


def _from_uri(value: str) -> StoredConnection:
    conn_type, scheme = "", ""
    if value.count("://") == 2:  # as http://https://host: the type, and how it is reached
        conn_type, _, value = value.partition("://")
        scheme = f"{value.partition('://')[0]}://"
    parts = urlsplit(value)
    if parts.fragment:
        raise ValueError("a password with a # in it ends there")
    extra = dict(parse_qsl(parts.query))
    # A socket's directory may stand for the host; a URL's hostname would come in lower case.
    address = unquote(parts.hostname or "")
    if "/" in address:
        address = unquote(parts.netloc.rpartition("@")[2].partition(":")[0])
    return StoredConnection(
        conn_type=conn_type or parts.scheme,
        host=f"{scheme}{address}",
        port=str(parts.port or ""),
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        schema=unquote(parts.path.removeprefix("/")),
        extra=dict(json.loads(extra["__extra__"])) if "__extra__" in extra else extra,
    )


def _from_json(value: str) -> StoredConnection:
    parts: dict[str, Any] = json.loads(value)
    extra = parts.get("extra") or {}
    given = {name: str(part) for name, part in parts.items() if part is not None}
    return StoredConnection(
        **{name: given.get(name, "") for name in _TEXTS},
        extra=dict(json.loads(extra) if isinstance(extra, str) else extra),
    )
