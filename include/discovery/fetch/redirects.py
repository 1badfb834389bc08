"""Where the redirects of a request may lead: on the web, within the site, and to nobody with a key.

Judged before a redirect is followed. A key of the source's connection is bound to its hosts beside
that, at every request: see ``keys``.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from include.discovery.errors import RedirectRefused, shortened
from include.discovery.fetch.protocol import Permit
from include.discovery.redaction.requests import RequestSecrets
from include.discovery.sites import same_site

OFF_THE_WEB = "Redirected to something that is not a web address; correct the address."


@dataclass(frozen=True, slots=True)
class Route:
    """Where redirects of a request may lead."""

    start: httpx.URL
    known: RequestSecrets
    hosts: tuple[str, ...] | None
    """Hosts of other sites that are allowed; ``None``: all."""
    permit: Permit | None = None
    """Has the last word."""

    async def check(self, old: httpx.URL, new: httpx.URL) -> None:
        """Judge one redirect before it is followed.

        :raises DiscoveryError: as ``permit`` does.
        :raises RedirectRefused: if it leads off the web or to another site, or would carry a secret
            to somebody else.
        """
        if not is_web_address(new):
            raise RedirectRefused(f"{OFF_THE_WEB} (It begins with {new.scheme[:20]}:)")
        known = self.known
        carries = known.bound_to_host or known.are_in(str(new))
        if carries and not _same_recipient(old, new):
            raise RedirectRefused(
                f"Redirected to {new.scheme}://{_server_of(new)}, where the key must not go; if the"
                " source has moved there, correct the address."
            )
        if not self._is_allowed(new):
            raise RedirectRefused(
                f"Redirected to {_server_of(new)}, another site than {_server_of(self.start)}: not"
                " followed. If the source has moved there, correct its address to"
                f" {shortened(known.hide_in_url(new))}; if that site serves it, add {new.host}"
                " to the setting redirect_hosts."
            )
        if self.permit is not None:
            await self.permit(str(new))

    def _is_allowed(self, new: httpx.URL) -> bool:
        if self.hosts is None or new.host in {host.lower() for host in self.hosts}:
            return True
        return new.port == self.start.port and same_site(str(new), str(self.start))


def is_web_address(url: httpx.URL) -> bool:
    """Say whether a URL is one of http or https, with a host."""
    return url.scheme in {"http", "https"} and bool(url.host) and (url.port or 0) <= 65535


def _server_of(url: httpx.URL) -> str:
    return url.netloc.decode("ascii").rpartition("@")[2]


def _same_recipient(old: httpx.URL, new: httpx.URL) -> bool:
    """Say whether both URLs lead to the same server, no less protected than before."""
    if old.host != new.host:
        return False
    upgraded = (old.scheme, new.scheme) == ("http", "https")
    if upgraded and old.port is None and new.port is None:
        return True
    return (old.scheme, old.port) == (new.scheme, new.port)
