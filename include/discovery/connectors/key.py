"""How the key of a source's connection is sent, alike for all kinds that read a user's own address.

The setting ``key`` names a parameter or a header for it; if a part of the URL's path is the secret,
as in private calendars, ``{key}`` marks its place there. The key is sent with each request to the
server of that URL, and with no other; ``fetch.keys`` checks whether that server may receive it at
all.

Users who may edit settings need not be allowed to read the key. So it is sent as a whole value, and
not, as in a general template, within an expression that the server evaluates and repeats.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar, Final, Literal, Self
from urllib.parse import quote, unquote_plus, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from include.discovery.connectors.base import ConnectorSettings, KeyUse
from include.discovery.errors import DiscoveryError, InvalidSettings, MissingConnection
from include.discovery.fetch.classify import classify_status
from include.discovery.fetch.hosts import Hosts
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import Classifier, Fetcher, Permit
from include.discovery.redaction.masking import MASK
from include.discovery.response import Response

KEY_PLACEHOLDER: Final = "{key}"
"""Placeholder for the key in a URL."""

_PLACE_IN_PATH: Final = re.compile(
    r"[^?#]*/(?:[A-Za-z]{1,20}[-_])?\{key\}(?:\.[A-Za-z]{1,10})?(?=[/?#]|$)"
)
"""The URL up to the placeholder, a separate part of the path: ``/{key}/``,
``/private-{key}.ics``."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Key(BaseModel):
    """Where the key goes that is the password of the source's connection."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Literal["query", "header", "bearer", "basic"] = Field(
        "query",
        alias="in",
        description="Parameter, header, 'Authorization: Bearer …', or 'Authorization: Basic …' with"
        " the login of the connection.",
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        "authorization", description="Name of the parameter or header."
    )
    required: bool = Field(default=True, description="The source refuses requests without a key.")

    @property
    def sent_as(self) -> str:
        """The name of the parameter or header that carries it."""
        if self.place == "query":
            return self.name
        return self.name.lower() if self.place == "header" else "authorization"

    def value_for(self, credentials: Credentials) -> str:
        """Return the value of that parameter or header."""
        key = credentials.key.strip()
        if self.place == "bearer":
            return f"Bearer {key}"
        if self.place == "basic":
            pair = f"{credentials.login or ''}:{key}"
            return f"Basic {b64encode(pair.encode()).decode()}"  # RFC 7617, in UTF-8
        return key


class KeySettings(ConnectorSettings):
    """Settings of a kind that may send a key to an address of the user's own."""

    address_setting: ClassVar[str] = "url"
    """The setting that holds the URL, or several URLs of one host."""

    key: Key | None = Field(
        None,
        description="How to send the password of the source's connection, if a key is needed:"
        ' {"in": "query", "name": "apikey"}, {"in": "header", "name": "X-Api-Key"},'
        ' {"in": "bearer"}, or {"in": "basic"} with the connection\'s login. If the URL'
        " itself holds a secret, leave this empty and write {key} in place of the secret.",
    )

    @property
    def keyed_addresses(self) -> tuple[str, ...]:
        """The URLs that receive the key, as in the settings."""
        value = getattr(self, self.address_setting)
        return value if isinstance(value, tuple) else (value,)

    @property
    def has_key_in_address(self) -> bool:
        """Whether a URL contains ``{key}``."""
        return any(KEY_PLACEHOLDER in address for address in self.keyed_addresses)

    @model_validator(mode="after")
    def _check_place_of_key(self) -> Self:
        addresses = self.keyed_addresses
        if fault := _misplaced_in(addresses):
            raise ValueError(f"{self.address_setting}: {fault}")
        if self.has_key_in_address and self.key is not None:
            raise ValueError(
                f"the key can be sent in one way: either in place of {KEY_PLACEHOLDER} in"
                f" {self.address_setting}, or as the setting key says"
            )
        sends_key = self.has_key_in_address or self.key is not None
        if sends_key and len({_server_of(address) for address in addresses}) > 1:
            raise ValueError(
                f"{self.address_setting}: with a key, all URLs must have the same host; add a"
                " source for each host"
            )
        return self

    def key_use(self) -> KeyUse | None:
        """Return where the key goes; ``None``: none is sent."""
        return self.key_use_at(self.keyed_addresses[0])

    def key_use_at(self, address: str) -> KeyUse | None:
        """Return the same for a URL of which the settings hold a template."""
        if self.has_key_in_address:
            return KeyUse(address, place="path")
        if self.key is None:
            return None
        return KeyUse(address, self.key.required, f"{self.key.place} {self.key.sent_as}")


def with_key(
    fetch: Fetcher,
    settings: KeySettings,
    credentials: Credentials | None,
    addresses: Sequence[str],
) -> Fetcher:
    """Return a fetcher that sends the key with each request to the server of some addresses.

    :param addresses: those of the settings, filled in except for the key; all of one server.
    :raises MissingConnection: if the source requires a key, and there is none.
    :raises InvalidSettings: if the key would not be a separate part of the path.
    """
    use = settings.key_use_at(addresses[0])
    if use is None:
        return fetch
    if credentials is None or not credentials.key.strip():
        if use.required:
            raise MissingConnection(
                "needs the source's connection: add it in Airflow, with the key as its password"
            )
        return fetch
    if settings.has_key_in_address and (fault := _misplaced_in(addresses)):
        raise InvalidSettings(fault)
    starts = _starts_of(addresses) if settings.has_key_in_address else ()
    return _KeyedFetcher(fetch, settings.key, credentials, _server_of(addresses[0]), starts)


def with_placeholder(url: str, address: str) -> str:
    """Return a masked URL with ``{key}`` in place of the mask, if the key is in that place."""
    for start in _starts_of((address,)):
        if url.startswith(f"{start}{MASK}"):
            return f"{start}{KEY_PLACEHOLDER}{url[len(start) + len(MASK) :]}"
    return url


def without_key(url: str, key: Key | None) -> str:
    """Return an address without the parameter that holds the key."""
    if key is None or key.place != "query":
        return url
    address, _, own = url.partition("?")
    kept = [
        pair for pair in own.split("&") if pair and unquote_plus(pair.partition("=")[0]) != key.name
    ]
    return f"{address}?{'&'.join(kept)}" if kept else address


@dataclass(frozen=True, slots=True)
class _KeyedFetcher:
    """A fetcher that adds the key to requests to one server.

    Requests that may be redirected anywhere, such as ``robots.txt``, are sent without it: no
    redirect to another server is followed with a key.
    """

    _fetch: Fetcher
    _key: Key | None
    """``None``: it is only in the URL."""
    _credentials: Credentials = field(repr=False)
    _server: str
    _starts: tuple[str, ...]
    """The URLs up to ``{key}`` in their paths."""

    @property
    def hosts(self) -> Hosts:
        """What tasks know together of the hosts that they ask."""
        return self._fetch.hosts

    def keep_interval(self, host: str, seconds: float) -> None:
        self._fetch.keep_interval(host, seconds)

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int | float] | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        classify: Classifier | None = None,
        anywhere: bool = False,
        permit: Permit | None = None,
    ) -> Response:
        if anywhere or _server_of(url) != self._server:
            return await self._fetch.get(
                url,
                params=params,
                headers=headers,
                secrets=secrets,
                classify=classify,
                anywhere=anywhere,
                permit=permit,
            )
        shown = _Shown(self._key, classify or classify_status)
        answer = await self._fetch.get(
            self._address(url),
            params=params,
            headers=self._headers(headers),
            secrets=self._secrets(secrets),
            classify=shown.judge,
            permit=permit,
        )
        return shown.of(answer)

    async def post_json(
        self,
        url: str,
        payload: JsonValue,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        classify: Classifier | None = None,
    ) -> Response:
        if _server_of(url) != self._server:
            return await self._fetch.post_json(
                url, payload, headers=headers, secrets=secrets, classify=classify
            )
        shown = _Shown(self._key, classify or classify_status)
        answer = await self._fetch.post_json(
            self._address(url),
            payload,
            headers=self._headers(headers),
            secrets=self._secrets(secrets),
            classify=shown.judge,
        )
        return shown.of(answer)

    def _address(self, url: str) -> str:
        for start in self._starts:
            if url.startswith(f"{start}{KEY_PLACEHOLDER}") and _PLACE_IN_PATH.match(url):
                written = quote(self._credentials.key.strip(), safe="/")
                return f"{start}{written}{url[len(start) + len(KEY_PLACEHOLDER) :]}"
        if self._key is None or self._key.place != "query":
            return url
        address = without_key(url.partition("#")[0], self._key)
        pair = urlencode({self._key.name: self._key.value_for(self._credentials)})
        return f"{address}{'&' if '?' in address else '?'}{pair}"

    def _headers(self, headers: Mapping[str, str] | None) -> Mapping[str, str] | None:
        if self._key is None or self._key.place == "query":
            return headers
        name = self._key.sent_as
        others = {n: value for n, value in (headers or {}).items() if n.lower() != name}
        return {**others, name: self._key.value_for(self._credentials)}

    def _secrets(self, secrets: Iterable[str]) -> tuple[str, ...]:
        return (*secrets, *(() if self._key is None else (self._key.sent_as,)))


class _Shown:
    """Presents a response as if its URL had never contained the parameter of the key.

    Links are resolved against that address, and events are known by it.
    """

    def __init__(self, key: Key | None, classify: Classifier) -> None:
        self._key = key
        self._classify = classify
        self._last: tuple[Response, Response] | None = None

    def of(self, answer: Response) -> Response:
        """Return the response; always the same object for the same one, since readers cache it."""
        if self._last is None or self._last[0] is not answer:
            self._last = answer, replace(answer, url=without_key(answer.url, self._key))
        return self._last[1]

    def judge(self, answer: Response) -> DiscoveryError | None:
        """Judge what is shown."""
        return self._classify(self.of(answer))


def _starts_of(addresses: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        address.partition(KEY_PLACEHOLDER)[0] for address in addresses if KEY_PLACEHOLDER in address
    )


def _misplaced_in(addresses: Sequence[str]) -> str | None:
    """Return what is wrong with the place of the key in one of some addresses."""
    for address in addresses:
        count = address.count(KEY_PLACEHOLDER)
        _, slash, path = (address.partition("://")[2] or address).partition("/")
        if count > 1 or (count and not _PLACE_IN_PATH.match(f"{slash}{path}")):
            return (
                f"{KEY_PLACEHOLDER} may occur once, as a part of the path: /{KEY_PLACEHOLDER}/ or"
                f" /private-{KEY_PLACEHOLDER}.ics; for a parameter, use the setting key:"
                ' {"in": "query", "name": "…"}'
            )
    return None


def _server_of(address: str) -> str:
    """Return what addresses of one server have in common; of what is none, the address itself."""
    try:
        parts = urlsplit(address)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return address
    return f"{parts.scheme}://{parts.hostname}:{port}"
