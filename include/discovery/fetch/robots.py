"""By which name we ask, and what a site's robots.txt allows under that name (RFC 9309)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from protego import Protego

from include.discovery.errors import InvalidSettings
from include.discovery.response import Response

PRODUCT = "DiscoverySystem"
"""Our product token (RFC 9309 §2.2.1): the name in the User-Agent, without its version."""

_VERSION = "1.0"

_MOST_BYTES = 500 * 1024
"""RFC 9309 §2.5: at least so much is parsed; what lies beyond need not be."""


def user_agent(contact: str) -> str:
    """Return the User-Agent: product, version, and whom to ask about us.

    :raises InvalidSettings: if the contact is not one line of printable ASCII.
    """
    contact = contact.strip()
    if not (contact.isascii() and contact.isprintable()):
        message = f"The contact {contact!r} must be one line of ASCII: an e-mail address or a URL."
        raise InvalidSettings(message)
    return f"{PRODUCT}/{_VERSION} (+{contact})" if contact else f"{PRODUCT}/{_VERSION}"


class RobotsRules:
    """The rules of one host."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse(text)

    @classmethod
    def of(cls, response: Response | None) -> Self:
        """Read the answer to ``/robots.txt``; ``None`` stands for no answer at all.

        RFC 9309 §2.3.1: where the file is unavailable (4xx) everything is allowed; where it cannot
        be reached (5xx, no answer) nothing is.
        """
        if response is None or response.status >= 500:
            return cls("User-agent: *\nDisallow: /")
        if response.status >= 400:
            return cls("")
        return cls(response.body[:_MOST_BYTES].decode("utf-8-sig", "replace"))

    def allows(self, url: str) -> bool:
        """Say whether we may read a URL of this host."""
        return bool(self._rules.can_fetch(url, PRODUCT))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds that the site wants between two requests, if it says so."""
        delay = self._rules.crawl_delay(PRODUCT)
        return None if delay is None else float(delay)

    @property
    def sitemaps(self) -> Sequence[str]:
        """The addresses of the sitemaps that the file names."""
        return tuple(self._rules.sitemaps)
