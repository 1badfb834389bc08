"""Which hosts may be asked: those on the public internet, and the private ones that a list names.

A feed may link or redirect to ``http://169.254.169.254/`` or to a database's port, and an address
that is probed on the page is asked from inside the API server's network. Pure: names are looked up
in ``fetch.network``, which asks here about every address before it connects to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from include.discovery.errors import InvalidSettings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry, as of 2026, and multicast. Python's
# own is_global differs between its versions, and knows several of the IPv6 forms below as global.
_IPV4_NOT_PUBLIC: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
_IPV6_PUBLIC: Final = IPv6Network("2000::/3")
"""The only global unicast space that is allocated (RFC 4291, 2.4)."""
_IPV6_NOT_PUBLIC: Final = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20"))
)
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_TRANSLATED: Final = IPv6Network("::ffff:0:0:0/96")
_COMPATIBLE: Final = IPv6Network("::/96")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_6TO4: Final = IPv6Network("2002::/16")
_TEREDO: Final = IPv6Network("2001::/32")
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
"""Upper half of an interface identifier whose lower half is an IPv4 address (RFC 5214, 6.1)."""

_NEVER: Final[tuple[Network, ...]] = (
    *map(IPv4Network, ("169.254.0.0/16", "100.100.100.200", "168.63.129.16", "192.0.0.192")),
    *map(IPv6Network, ("fe80::/10", "fd00:ec2::/32", "fd20:ce::254", "64:ff9b:1::/48")),
)
"""Link-local; where clouds tell machines their secrets (AWS and most others within 169.254.0.0/16
and fd00:ec2::/32, Google also at fd20:ce::254, Alibaba, Azure, Oracle); and local NAT64 (RFC 8215),
of which nobody can tell where it leads."""
_NEVER_NAMES: Final = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data"}
)
"""Names of such services, for where a proxy looks names up."""

_IPV4_NUMBER: Final = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
_HOST_NAME: Final = re.compile(
    r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.IGNORECASE
)


def private_host(text: str) -> Network | str:
    """Read an entry of ``DISCOVERY_PRIVATE_HOSTS``: an address, a network, or the name of a host.

    :raises ValueError: if it is none of these.
    """
    entry = text.strip()
    try:
        return ip_network(entry.removeprefix("[").removesuffix("]"), strict=False)
    except ValueError:
        name = _normal(entry)
        if not _HOST_NAME.fullmatch(name) or _is_number(name):
            raise
        return name


def is_localhost(name: str) -> bool:
    """Say whether a name, in lower case, is one of this machine (RFC 6761, 6.3)."""
    return name == "localhost" or name.endswith(".localhost")


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Refuses hosts at private, loopback, link-local and other addresses that are not public.

    ``private_hosts`` are networks, and names of hosts, that may be asked nevertheless.
    """

    private_hosts: tuple[Network | str, ...] = ()

    def check_name(self, host: str) -> None:
        """Judge a host by what the address of a request says, before any name is looked up.

        :raises InvalidSettings: if it is an address that may not be asked, or one that is written
            as a number, as octal, or with a scope.
        """
        name = _normal(host)
        if "%" in name:
            raise InvalidSettings(f"an address with a scope is of one link only: {host}")
        if name in _NEVER_NAMES:
            raise InvalidSettings(
                f"never asked, as it tells machines of a cloud their secrets: {host}"
            )
        if ":" in name or _is_canonical(name):
            self.check(host, name)
        elif _is_number(name):
            raise InvalidSettings(
                "an IPv4 address in a spelling that is not accepted; write it as four decimal "
                f"numbers, as in 192.0.2.1: {host}"
            )
        elif is_localhost(name):
            self.check(host, "127.0.0.1")

    def names(self, host: str) -> bool:
        """Say whether a host is one that ``private_hosts`` names, or this machine."""
        name = _normal(host)
        found = _address("127.0.0.1" if is_localhost(name) else name)
        if found is None:
            return name in self.private_hosts
        return not _is_public(found) and self._allows(name, found)

    def check(self, host: str, address: str) -> None:
        """Judge one of the addresses of a host, before it is connected to.

        :raises InvalidSettings: if it is not public, and not allowed by ``private_hosts``.
        """
        found = _address(address)
        if found is not None and _is_public(found):
            return
        where = host if _normal(host) == address else f"{host} leads to {address}"
        if found is None or self._is_never_allowed(found):
            raise InvalidSettings(
                "not a public address, and never asked, as it is link-local or tells machines of a "
                f"cloud their secrets: {where}"
            )
        if not self._allows(_normal(host), found):
            raise InvalidSettings(
                f"not a public address; if this source inside your network is meant, add {host} "
                f"to DISCOVERY_PRIVATE_HOSTS: {where}"
            )

    def _allows(self, name: str, address: Address) -> bool:
        return any(
            entry == name if isinstance(entry, str) else _is_in(entry, address)
            for entry in self.private_hosts
        )

    @staticmethod
    def _is_never_allowed(address: Address) -> bool:
        return any(_is_in(network, address) for network in _NEVER)


PUBLIC_ONLY: Final = AddressRules()


def _is_public(address: Address) -> bool:
    if any(address in network for network in _NEVER):
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _IPV4_NOT_PUBLIC)
    embedded = tuple(_embedded(address))
    if not all(map(_is_public, embedded)):
        return False
    if embedded and any(address in form for form in (_MAPPED, _NAT64, _TEREDO)):
        return True
    return address in _IPV6_PUBLIC and not any(address in network for network in _IPV6_NOT_PUBLIC)


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an address of IPv6 stands for, or is reached through."""
    number = int(address)
    if any(address in form for form in (_MAPPED, _TRANSLATED, _COMPATIBLE, _NAT64)):
        yield IPv4Address(number & 0xFFFF_FFFF)
    elif address in _6TO4:
        yield IPv4Address(number >> 80 & 0xFFFF_FFFF)
    elif address in _TEREDO:  # its server, and the client with every bit turned (RFC 4380, 4)
        yield IPv4Address(number >> 64 & 0xFFFF_FFFF)
        yield IPv4Address(~number & 0xFFFF_FFFF)
    elif number >> 32 & 0xFFFF_FFFF in _ISATAP:
        yield IPv4Address(number & 0xFFFF_FFFF)


def _is_in(network: Network, address: Address) -> bool:
    """Say whether an address, or one that it stands for, is in a network."""
    if isinstance(address, IPv6Address) and any(map(network.__contains__, _embedded(address))):
        return True
    return address in network


def _address(text: str) -> Address | None:
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def _normal(host: str) -> str:
    return host.strip().removeprefix("[").removesuffix("]").removesuffix(".").lower()


def _is_canonical(name: str) -> bool:
    return isinstance(_address(name), IPv4Address)


def _is_number(name: str) -> bool:
    """Say whether resolvers may take a name for an IPv4 address, as its last part is a number."""
    return _IPV4_NUMBER.fullmatch(name.rpartition(".")[2]) is not None
