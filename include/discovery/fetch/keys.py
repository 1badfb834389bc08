"""A key belongs to hosts: those that its Airflow connection names, and it is sent nowhere else.

Requests are judged by *value*: whatever carries the key, in whatever place and however encoded, is
refused before it is sent unless it goes to a host that may have it. So it does not matter how an
address came about: typed into a setting, filled from a template, read from an answer as the next
page, or the target of a redirect.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Self

import httpx

from include.discovery.errors import KeyNotAllowed
from include.discovery.fetch.addresses import is_localhost
from include.discovery.redaction.masking import Redaction

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65_535

_AUTHORITY = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class KeyHost:
    """A host that may get a key: exactly this one, by https unless it says otherwise."""

    host: str
    """In ASCII and lower case, without a dot at its end; an IPv6 address without brackets."""
    port: int | None = None
    """``None``: the default one of the scheme; on a loopback host any."""
    scheme: Literal["http", "https"] | None = None
    """``http``: also unencrypted. ``None`` means https, on a loopback host either."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a host as people name it: ``api.example.org``, with a port, or as an address.

        ``http://`` in front of it allows the key to go there unencrypted. A path is ignored.

        :raises ValueError: if it is no host; says what is wrong with it.
        """
        if "*" in text:
            raise ValueError("holds a *; name each host in full")
        scheme, separator, rest = text.strip().partition("://")
        authority = (rest if separator else scheme).partition("/")[0]
        # Several colons without brackets are an IPv6 address.
        if authority.count(":") > 1 and "[" not in authority:
            authority = f"[{authority}]"
        url = _parsed(f"{scheme if separator else 'https'}://{authority}")
        is_web = (
            url is not None and url.scheme in _DEFAULT_PORTS and _AUTHORITY.fullmatch(authority)
        )
        if url is None or not is_web or (url.port or 0) > _LAST_PORT:
            raise ValueError("is neither a host nor an http or https address")
        if not separator:
            return cls(host_of(url), url.port)
        return cls(host_of(url), url.port, "http" if url.scheme == "http" else "https")

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, where nothing crosses a wire."""
        if is_localhost(self.host):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def admits(self, url: httpx.URL) -> bool:
        """Say whether a request to the URL goes to this host, and no less protected."""
        if host_of(url) != self.host:
            return False
        if url.scheme == "http" and self.scheme != "http":
            is_protected = self.is_loopback and self.scheme is None
        else:
            is_protected = url.scheme in _DEFAULT_PORTS
        if self.port is None:
            return is_protected and (self.is_loopback or url.port is None)
        return is_protected and self.port == (url.port or _DEFAULT_PORTS[url.scheme])

    def __str__(self) -> str:
        """Write it as :meth:`parse` reads it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = f"{self.scheme}://" if self.scheme else ""
        return f"{scheme}{host}{f':{self.port}' if self.port else ''}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a source's Airflow connection holds. Never printed: the repr hides every secret."""

    key: str = field(repr=False)
    login: str | None = field(default=None, repr=False)
    hosts: tuple[KeyHost, ...] = ()
    """Who may get the key; nobody else does, and without any nobody at all."""
    connection_id: str = field(default="", compare=False)
    """The Airflow connection, for messages that say what to set where."""

    @property
    def secrets(self) -> frozenset[str]:
        """Every value that must neither be shown nor sent to another host."""
        return frozenset({self.key.strip()} - {""})

    def bound_to(self, hosts: Sequence[str]) -> Self:
        """Return them bound to an API's own hosts, unless the connection names its hosts."""
        return replace(self, hosts=self.hosts or tuple(map(KeyHost.parse, hosts)))

    def check_address(self, address: str) -> None:
        """Refuse an address of the settings that must not get the key, before anything is asked.

        An address whose host is still a placeholder is left to :meth:`check`.

        :raises KeyNotAllowed: says what to set where.
        """
        problem = why_not(address, self.hosts, self.connection_id)
        if problem:
            raise KeyNotAllowed(problem)

    def check(self, request: httpx.Request) -> None:
        """Refuse a request that carries the key to a host that must not get it.

        :raises KeyNotAllowed: says what to set where; nothing has been sent then.
        """
        if not self.secrets:
            return
        url, named = request.url, request.headers.get("host", "")
        # Behind one address several sites may be told apart by the header alone.
        is_itself = named == url.netloc.decode("ascii").rpartition("@")[2]
        if is_itself and any(host.admits(url) for host in self.hosts):
            return
        # The host of an address comes in lower case.
        sought = Redaction(self.secrets | {secret.lower() for secret in self.secrets})
        if any(map(sought.finds, _texts_of(request))):
            target = str(url.copy_with(username=None, password=None, raw_path=b"/"))
            if not is_itself:
                target = f"{url.scheme}://{named}"
            raise KeyNotAllowed(
                why_not(target, self.hosts, self.connection_id)
                or f"the key of connection {self.connection_id} may not be sent there"
            )


def host_of(url: httpx.URL) -> str:
    """Return a URL's host in the one form in which hosts are compared."""
    host = url.raw_host.decode("ascii").lower()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.removesuffix(".")


def why_not(address: str, hosts: Collection[KeyHost], connection_id: str) -> str | None:
    """Say why a key must not go to an address, and what to set where; ``None``: it may.

    Also ``None`` while the address is not complete: requests are checked in any case.
    """
    url = _parsed(address)
    if url is None or any(host.admits(url) for host in hosts):
        return None
    if not hosts:
        return (
            f"connection {connection_id} does not say which host may get its key: set its field"
            f" Host to {_wanted(url)} in Airflow, if that is whom the key is for"
        )
    named = ", ".join(map(str, hosts))
    if url.scheme == "http" and any(h.admits(_encrypted(url)) for h in hosts):
        return (
            f"the key of connection {connection_id} would go to {url.host} unencrypted: give the"
            f" source its https address, or name {_wanted(url)} as Host of the connection"
        )
    return (
        f"the key of connection {connection_id} may not go to {_wanted(url)}, only to {named}:"
        " correct the address of the source, or name this host in the connection (its field Host,"
        ' or "hosts" in its extra)'
    )


def entry_for(address: str) -> str:
    """Write what a connection has to name, so that its key may go to an address.

    An address that is not complete is returned as it is.
    """
    url = _parsed(address)
    return address if url is None else _wanted(url)


def _parsed(address: str) -> httpx.URL | None:
    """Return an address as the client understands it; ``None`` if it has no host as yet."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, TypeError, ValueError):
        return None
    authority = address.partition("://")[2].partition("/")[0]
    return url if url.raw_host and "{" not in authority else None


def _encrypted(url: httpx.URL) -> httpx.URL:
    return url.copy_with(scheme="https")


def _wanted(url: httpx.URL) -> str:
    """Write the entry that would admit a URL."""
    return str(KeyHost(host_of(url), url.port, "http" if url.scheme == "http" else None))


def _texts_of(request: httpx.Request) -> list[str]:
    """Return every part of a request in which something can be sent."""
    url = str(request.url)
    headers = [value.decode("latin-1") for _, value in request.headers.raw]
    # Header values are bytes: a key beyond ASCII is one of UTF-8.
    headers += [value.decode("utf-8", "replace") for _, value in request.headers.raw]
    # Read it first: httpx has not with a request that an answer redirects to.
    return [url, *headers, request.read().decode("utf-8", "replace")]
