"""Which key a source sends, whether its connection can be used, and who may send it somewhere new.

A key that is bound to its hosts cannot be sent elsewhere by changing an address. Even so, a user
who may edit the DAG but not connections must not decide what a connection is used for: an edit
that gives an existing connection a new use requires the right to edit connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import JsonValue

from include.discovery.configuration import PairConfiguration
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import KeyUse
from include.discovery.credentials import missing_key
from include.discovery.errors import InvalidSettings
from include.discovery.fetch.keys import KeyHost, why_not
from include.discovery.model import Source
from include.discovery.web.metadata import ConnectionState

Settings = Mapping[str, JsonValue]

_KEY_IN = "key in "


@dataclass(frozen=True, slots=True)
class ConnectionNeed:
    """The Airflow connection that holds a source's key. Never its content."""

    id: str
    """As ``discovery_ticketmaster``."""
    required: bool
    exists: bool | None
    """Whether Airflow knows it; None when that could not be found out."""
    has_key: bool | None
    """Whether its password is set."""
    problem: str | None
    """What keeps the key from being used, in words, and what to set where: it is missing, of the
    wrong type, or may not go to the host that the source asks."""


@dataclass(frozen=True, slots=True)
class KeyNeed:
    """The connection of a source or a pair, and what it is needed for."""

    connection_id: str
    kind: str
    use: KeyUse | None
    """``None``: no key is sent."""

    @classmethod
    def of(cls, connection_id: str, kind: str, settings: Settings) -> KeyNeed:
        """Return what a source of these settings needs, as far as they tell."""
        return cls(connection_id, kind, _use(kind, settings))

    def answer(self, connections: Mapping[str, ConnectionState]) -> ConnectionNeed:
        """Return it as the page shows it."""
        state = connections.get(self.connection_id)
        return ConnectionNeed(
            id=self.connection_id,
            required=self.use is not None and self.use.required,
            exists=state.exists if state else None,
            has_key=state.has_key if state else None,
            problem=self.problem(connections),
        )

    def problem(self, connections: Mapping[str, ConnectionState]) -> str | None:
        """Say what keeps the key from being used, if anything does."""
        state = connections.get(self.connection_id)
        if state is None or self.use is None:
            return None
        connector = connector_for(self.kind)
        if state.problem:
            return state.problem
        if state.exists is False or state.has_key is False:
            exists = state.exists is True
            missing = missing_key(self.connection_id, connector, self.use, exists=exists)
            return missing if self.use.required else None
        if not state.has_key:
            return None
        hosts = state.hosts or tuple(map(KeyHost.parse, connector.api_hosts))
        return why_not(self.use.address, hosts, self.connection_id)


def _use(kind: str, settings: Settings) -> KeyUse | None:
    if kind not in kinds():
        return None
    connector = connector_for(kind)
    try:
        return connector.key_use(connector.validated(settings))
    except InvalidSettings:  # what is missing may stand in the settings of pairs
        return KeyUse("") if connector.needs_connection == "required" else None


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the requests of a source may go, and by which connection."""

    connection_id: str
    places: frozenset[str]
    """The kind, the origins in the settings, and where and how the key is sent."""

    @classmethod
    def of(cls, source: Source, pairs: Iterable[PairConfiguration] = ()) -> Reach:
        """Return the reach of a source by itself and together with its pairs."""
        each = [source.settings, *({**source.settings, **pair.settings} for pair in pairs)]
        places = {place for settings in each for place in _places(source.kind, settings)}
        return cls(source.connection_id, frozenset(places))


def _places(kind: str, settings: Settings) -> Iterator[str]:
    yield f"kind {kind}"
    addresses = [text for text in _texts(settings) if "://" in text]
    yield from map(_origin, addresses)
    use = _use(kind, settings)
    if use is None:
        return
    origin = _origin(use.address)
    yield f"key to {origin}"
    # An API that computes on its parameters would tell the key in pieces.
    yield f"{_KEY_IN}{use.place}"
    # Of a host that many share, each has a path; but where the kind gives the whole address, the
    # path is its service's, whatever the settings fill in.
    own = [address for address in addresses if _origin(address) == origin]
    if addresses and not own:
        own = [use.address]
    for address in own:
        yield f"key to {origin}{_path(address)}"


def _texts(value: JsonValue | Settings) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:  # nobody can ask it; as another address it counts all the same
        return address
    return f"{parts.scheme}://{parts.netloc}".lower()


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return address


def takes_connection_right(
    before: Reach | None, after: Reach, *, is_named: bool, exists: Callable[[str], bool]
) -> str | None:
    """Say what of an edit takes the right to edit the connection; ``None``: nothing does.

    Naming a connection always does, whether it exists or not; anything else only if it exists.

    :param before: ``None`` for a new source.
    :param is_named: the source names its connection, instead of having that of its slug.
    :param exists: says whether there is a connection of an id, or that cannot be told.
    """
    connection = after.connection_id
    if before is not None and before.connection_id != connection:
        return f"another connection, {connection}"
    if before is None:
        what, is_taken = f"a new source that uses connection {connection}", is_named
    elif new := after.places - before.places:
        what, is_taken = f"a new address for what uses connection {connection}", False
        if all(place.startswith(_KEY_IN) for place in new):
            what = f"another place for the key of connection {connection}"
    else:
        return None
    return what if is_taken or exists(connection) else None
