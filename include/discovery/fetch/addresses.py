"""Keeps requests on the public internet: whoever names an address could otherwise look around here.

A feed may link or redirect to ``http://169.254.169.254/`` or a database's port, and whoever may
probe an address on the page asks from inside the api-server's network. So each hop's host is
looked up before it is asked, and the answer is not read when it comes from somewhere else than
the look-up said (a name server can answer twice differently).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from urllib.request import getproxies

import httpx

from include.discovery.errors import InvalidSettings

Resolve = Callable[[str], Awaitable[list[str]]]
"""Host name → its addresses, as texts; empty when it is not known."""


async def resolve(host: str) -> list[str]:
    """Ask the system's resolver."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the client will say what is wrong with it
        return []
    return [str(sockaddr[0]) for *_, sockaddr in found]


def is_public(address: str) -> bool:
    """Say whether an IP address can belong to a site on the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_global and not ip.is_multicast


class PublicAddressesOnly:
    """Refuses hosts at private, loopback, link-local and other addresses that are not public."""

    def __init__(self, look_up: Resolve = resolve) -> None:
        self._look_up = look_up
        # A proxy looks names up itself, and is the peer of every connection.
        self._is_proxied = bool(getproxies())

    async def check_host(self, host: str) -> None:
        """Look a host up before it is asked.

        :raises InvalidSettings: if one of its addresses is not public.
        """
        for address in await self._look_up(host.strip("[]")):
            self._check(host, address)

    def check_peer(self, answer: httpx.Response) -> None:
        """Look who answers, before the answer is read.

        :raises InvalidSettings: if its address is not public.
        """
        stream = answer.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream is not None else None
        if peer is not None and not self._is_proxied:
            self._check(answer.request.url.host, str(peer[0]))

    def _check(self, host: str, address: str) -> None:
        if not is_public(address):
            where = "is" if host == address else f"leads to {address},"
            raise InvalidSettings(
                f"{host} {where} not a public address; if sources inside your network are meant, "
                "set DISCOVERY_ALLOW_PRIVATE_ADDRESSES=true"
            )
