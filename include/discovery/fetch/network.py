"""The way to the network: connects to the very address that was checked, or through a proxy.

A name that is looked up twice may be answered differently (DNS rebinding). So it is looked up once,
where the connection is made: every address is judged by ``fetch.addresses``, and one of these is
connected to. The Host header, and the name that TLS asks for and the certificate is checked
against, stay those of the request.

A proxy looks names up itself: where one is configured, only what the request's address says can be
judged here, and the proxy must keep to public addresses.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import cache
from ipaddress import ip_address, ip_network
from types import TracebackType
from typing import Self
from urllib.request import getproxies_environment

import httpcore
import httpx

from include.discovery.errors import InvalidSettings
from include.discovery.fetch.addresses import AddressRules

LookUp = Callable[[str], Awaitable[list[str]]]
"""Host name → its addresses, as texts, in the order in which they are to be tried.

Raises OSError (``socket.gaierror``) for a name that is not known."""

MOST_ADDRESSES_TRIED = 6


async def look_up(host: str) -> list[str]:
    """Ask the system's resolver; its order is that of RFC 6724, both families mixed."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Makes connections: looks a name up once, judges all its addresses, connects to one of them.

    A connection that is kept open leads where it was checked to lead, so that requests which reuse
    it need no further look.
    """

    def __init__(self, rules: AddressRules, look_up: LookUp) -> None:
        self._rules = rules
        self._look_up = look_up
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers.

        :param timeout: seconds for the look-up and for all tries; each gets its share.
        :raises InvalidSettings: if one of the addresses may not be asked.
        """
        clock = asyncio.get_running_loop().time
        ends = None if timeout is None else clock() + timeout
        addresses = await self._addresses_of(host, timeout)
        for address in addresses:
            self._rules.check(host, address)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        tried = addresses[:MOST_ADDRESSES_TRIED]
        for number, address in enumerate(tried):
            left = None if ends is None else max(0.0, ends - clock()) / (len(tried) - number)
            try:
                return await self._plain.connect_tcp(
                    address, port, left, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _addresses_of(self, host: str, seconds: float | None) -> list[str]:
        bare = host.removesuffix(".")
        if ":" in bare or bare.replace(".", "").isdigit():
            return [bare]  # an address already: check_name has refused other spellings
        try:
            async with asyncio.timeout(seconds):
                return await self._look_up(host)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} was not looked up in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be looked up") from error

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  httpcore's own signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: sources are on the network."""
        raise httpcore.ConnectError(f"{path} is not on the network")

    async def sleep(self, seconds: float) -> None:
        """Wait between connection attempts."""
        await asyncio.sleep(seconds)


def tls_context() -> ssl.SSLContext:
    """Return the context of all fetchers that trust the same certificates.

    Made once in a process, or before it is forked.
    """
    return _tls_context_of(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _tls_context_of(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    # Both variables are httpx's to read. It takes about 15 ms to load what every system trusts.
    return httpx.create_ssl_context()


class _DirectTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, on connections that were checked.

    httpx has no parameter for the network backend of its pool. Should a later version keep the
    pool elsewhere, the first line below fails rather than connecting unchecked.
    """

    def __init__(self, backend: CheckedBackend) -> None:
        context = tls_context()
        super().__init__(verify=context)
        if type(self._pool) is not httpcore.AsyncConnectionPool:
            raise TypeError("httpx keeps its connections in another way than it used to")
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=backend,
        )


class NetworkTransport(httpx.AsyncBaseTransport):
    """Sends each request through the proxy of its host, or straight to an address that was checked.

    Proxies are those of the environment (``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY``), but for
    hosts in ``NO_PROXY``.

    :param rules: which hosts and addresses may be asked.
    :param look_up: finds the addresses of a name.
    """

    def __init__(self, rules: AddressRules, look_up: LookUp = look_up) -> None:
        self._rules = rules
        self._proxies = getproxies_environment()
        self._direct = _DirectTransport(CheckedBackend(rules, look_up))
        self._by_proxy: dict[str, httpx.AsyncHTTPTransport] = {}

    async def __aenter__(self) -> Self:
        await self._direct.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        for transport in (self._direct, *self._by_proxy.values()):
            await transport.__aexit__(kind, error, traceback)

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in (self._direct, *self._by_proxy.values()):
            await transport.aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        :raises InvalidSettings: if its host may not be asked, or its proxy cannot be used.
        """
        self._rules.check_name(request.url.raw_host.decode("ascii"))
        proxy = self._proxy_of(request.url)
        if proxy is None:
            return await self._direct.handle_async_request(request)
        if proxy not in self._by_proxy:
            self._by_proxy[proxy] = _through(proxy)
        return await self._by_proxy[proxy].handle_async_request(request)

    def _proxy_of(self, url: httpx.URL) -> str | None:
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not proxy or is_exempt(url, self._proxies.get("no", "")):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"


def is_exempt(url: httpx.URL, no_proxy: str) -> bool:
    """Say whether a request goes past the proxy, by the value of ``NO_PROXY``.

    As with curl, an entry is a host, which stands for its subdomains, too, a host with a port, an
    address, a network, or ``*`` for everything.
    """
    entries = (entry.lower() for entry in re.split(r"[,\s]+", no_proxy) if entry)
    return any(_matches(entry, url.host.lower(), url.port) for entry in entries)


def _matches(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        name, colon, number = entry.removeprefix("*").removeprefix(".").partition(":")
        if colon and number != str(port):
            return False
        return host == name or host.endswith(f".{name}")


def _through(proxy: str) -> httpx.AsyncHTTPTransport:
    try:
        return httpx.AsyncHTTPTransport(proxy=proxy)
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        reason = (
            str(error) if isinstance(error, ImportError) else "it is not the address of a proxy"
        )
        raise InvalidSettings(
            f"The proxy of the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) cannot be used:"
            f" {reason}"
        ) from None


def why_no_answer(error: httpx.HTTPError, timeout: httpx.Timeout) -> str:
    """Say in one sentence of ours why no answer came; what httpx says may quote the request.

    The address is for the caller to add.

    :param timeout: the bounds (seconds) that the request had.
    """
    match error:
        case httpx.ConnectTimeout():
            return f"No connection within {timeout.connect:g} s."
        case httpx.PoolTimeout():
            return f"No connection became free within {timeout.pool:g} s."
        case httpx.TimeoutException():
            return f"Nothing was sent for {timeout.read:g} s (setting timeout_seconds)."
        case httpx.ProxyError():
            return f"The proxy refused: {error}"
    for cause in _causes(error):
        if (reason := _reason(cause)) is not None:
            return reason
    return f"No answer: {str(error) or type(error).__name__}"


def _reason(cause: BaseException) -> str | None:
    match cause:
        case socket.gaierror():
            return f"The host name cannot be resolved (DNS): {cause.strerror}; check the address."
        case ssl.SSLCertVerificationError():
            return f"The TLS certificate is not valid: {cause.verify_message}."
        case ssl.SSLError():
            return f"No TLS connection: {cause.reason}."
        case ConnectionRefusedError():
            return "The connection was refused: nothing listens at this port."
        case ConnectionResetError() | BrokenPipeError():
            return "The connection was reset before an answer came."
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what led to an error; a host with several addresses has a group of causes."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in (error.__cause__ or error.__context__, *inner):
        if cause is not None:
            yield cause
            yield from _causes(cause)
