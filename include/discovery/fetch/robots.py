"""By which name we ask, and what a site's robots.txt allows under that name (RFC 9309).

A parser of our own, since none agrees with the standard: the names of groups are matched as product
tokens, paths are compared percent-encoded, the longest rule wins. It is linear in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from include.discovery.errors import InvalidSettings
from include.discovery.fetch.hosts import RobotsFile

PRODUCT = "DiscoverySystem"
"""Our product token (RFC 9309 §2.2.1): the name in the User-Agent, without its version."""

_VERSION = "1.0"

MOST_BYTES: Final = 500 * 1024
"""RFC 9309 §2.5: at least so much is parsed; what lies beyond need not be."""

_BOM: Final = b"\xef\xbb\xbf"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}|[^\x21-\x7e]+")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DELAY: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_RATE: Final = re.compile(r"([0-9]{1,6})\s*/\s*([0-9]{1,6})\s*([smh]?)")
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}

_Field = Literal["agent", "allow", "disallow", "delay", "rate", "sitemap"]
_FIELDS: Final[dict[str, _Field]] = {
    "user-agent": "agent",
    "useragent": "agent",
    "user agent": "agent",
    "allow": "allow",
    "disallow": "disallow",
    "dissallow": "disallow",
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
    "crawl-delay": "delay",
    "request-rate": "rate",
    "sitemap": "sitemap",
    "site-map": "sitemap",
}
"""How fields are written, misspellings included that sites are known to use."""

_FORBIDDING_TAGS: Final = frozenset({"noindex", "none"})
_TAGS_WITH_VALUE: Final = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)


def user_agent(contact: str) -> str:
    """Return the User-Agent: product, version, and whom to ask about us.

    :raises InvalidSettings: if the contact is not one line of printable ASCII.
    """
    contact = contact.strip()
    if not (contact.isascii() and contact.isprintable()):
        message = f"The contact {contact!r} must be one line of ASCII: an e-mail address or a URL."
        raise InvalidSettings(message)
    return f"{PRODUCT}/{_VERSION} (+{contact})" if contact else f"{PRODUCT}/{_VERSION}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A path, in pieces between its wildcards, and whether it is allowed."""

    allows: bool
    length: int
    pieces: tuple[str, ...]
    to_the_end: bool

    @classmethod
    def of(cls, allows: bool, pattern: str) -> _Rule:  # noqa: FBT001  one of the two kinds of rules
        normal = _normal(pattern)
        to_the_end = normal.endswith("$")
        pieces = normal.removesuffix("$").split("*")
        return cls(allows, len(normal), tuple(pieces), to_the_end)

    def matches(self, path: str) -> bool:
        """Say whether a path begins as the rule says, or is as it says to the end."""
        first, *others = self.pieces
        if not path.startswith(first):
            return False
        if not others:
            return not self.to_the_end or path == first
        position = len(first)
        last = others.pop() if self.to_the_end else ""
        for piece in others:
            found = path.find(piece, position)
            if found < 0:
                return False
            position = found + len(piece)
        return path.endswith(last) and len(path) - len(last) >= position


@dataclass(slots=True)
class _Group:
    """What all groups of one name say together."""

    rules: list[_Rule]
    delay: float | None = None

    def add(self, name: _Field, value: str) -> None:
        """Take in one line of the group."""
        if name == "delay" and _DELAY.fullmatch(value):
            self.delay = float(value)
        elif name == "rate" and (rate := _RATE.match(value)) and int(rate[1]):
            self.delay = int(rate[2]) * _SECONDS[rate[3]] / int(rate[1])
        elif name in {"allow", "disallow"} and value:
            self.rules.append(_Rule.of(name == "allow", value))


class RobotsRules:
    """The rules of one host for one crawler.

    :param body: the file.
    :param product: the crawler's product token.
    """

    def __init__(self, body: bytes, product: str = PRODUCT) -> None:
        own, everybody = _Group([]), _Group([])
        sitemaps: list[str] = []
        is_named, takes_names = False, True
        current: list[_Group] = []
        for name, value in _lines(body):
            if name == "sitemap":
                sitemaps.append(value)
            elif name == "agent":
                if not takes_names:
                    current, takes_names = [], True
                if value[:1] == "*" and not value[1:2].strip():
                    current.append(everybody)
                elif (token := _TOKEN.match(value)) and token[0].lower() == product.lower():
                    current.append(own)
                    is_named = True
            else:
                # A delay does not end the names of a group: the standard does not know it.
                takes_names = takes_names and name not in {"allow", "disallow"}
                for group in current:
                    group.add(name, value)
        self._group = own if is_named else everybody
        self.sitemaps: Sequence[str] = tuple(sitemaps)
        """The addresses of the sitemaps that the file names."""

    @classmethod
    def of(cls, file: RobotsFile | None) -> Self:
        """Read the answer to ``/robots.txt``; ``None`` stands for no answer at all.

        RFC 9309 §2.3.1: where the file is unavailable (4xx) everything is allowed; where it cannot
        be reached (5xx, no answer) nothing is.
        """
        if file is None or file.status >= 500:
            return cls(b"User-agent: *\nDisallow: /")
        if file.status >= 400:
            return cls(b"")
        return cls(file.body)

    def allows(self, url: str) -> bool:
        """Say whether we may read a URL of this host: as the longest rule says that matches."""
        path = _path_of(url)
        if path == "/robots.txt":
            return True
        matching = [rule for rule in self._group.rules if rule.matches(path)]
        return max(((rule.length, rule.allows) for rule in matching), default=(0, True))[1]

    @property
    def crawl_delay(self) -> float | None:
        """Seconds that the site wants between two requests, if it says so."""
        return self._group.delay


def tag_that_forbids(value: str, product: str = PRODUCT) -> str | None:
    """Return the rule of an ``X-Robots-Tag`` header that forbids us to use a page, if there is one.

    A rule may be for one crawler alone (``otherbot: noindex, nofollow``), which holds up to the
    next name. Several headers come as one, with commas in between.
    """
    is_ours = True
    for part in value.lower().split(","):
        name, colon, rest = part.partition(":")
        rule = part.strip()
        if colon and name.strip() not in _TAGS_WITH_VALUE:
            is_ours = name.strip() == product.lower()
            rule = rest.strip()
        if is_ours and rule in _FORBIDDING_TAGS:
            return rule
    return None


def _lines(body: bytes) -> Iterator[tuple[_Field, str]]:
    """Yield the lines that say something, comments removed."""
    start = 0  # files that lost the first bytes of their mark exist, too
    while start < len(_BOM) and body[start : start + 1] == _BOM[start : start + 1]:
        start += 1
    text = body[start:MOST_BYTES].decode("utf-8", "surrogateescape")
    for line in _LINE_END.split(text):
        said = line.partition("#")[0]
        name, colon, value = said.partition(":")
        if not colon and len(words := said.split()) == 2:
            name, value = words
        if field := _FIELDS.get(name.strip().lower()):
            yield field, value.strip()


def _path_of(url: str) -> str:
    """Return what rules are compared with: path and query, percent-encoded in one way."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    # A rule that means these two characters has them encoded (§2.2.3).
    return _normal(path).replace("*", "%2A").replace("$", "%24")


def _normal(path: str) -> str:
    """Encode what must be encoded, and nothing that need not be (§2.2.2)."""

    def encode(found: re.Match[str]) -> str:
        text = found[0]
        if text[0] == "%":
            character = chr(int(text[1:], 16))
            return character if character in _UNRESERVED else text.upper()
        return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogateescape"))

    return _ENCODED.sub(encode, path)
