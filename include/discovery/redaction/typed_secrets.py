"""Secrets that were typed into the configuration, where everyone who sees the page could read them.

They are refused where a configuration is edited or applied, with where they belong: the password of
the source's Airflow connection. What is stored already is hidden wherever it would be shown.

Both come from one walk over the values, so that exactly what is hidden is refused when it comes
back. A secret is known by the name that it stands under (a setting, a parameter, a header), by its
place in an address (before the ``@``, or where private calendars have it in the path), or by its
look (``Bearer …``, a JSON Web Token, the prefixes of some services' keys). What only looks like one
is listed in the setting ``public_names``.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from pydantic import JsonValue

from include.discovery.redaction.masking import MASK, is_secret_name
from include.discovery.storable import Location

PUBLIC_NAMES: Final = "public_names"
"""The setting that lists names which only look like those of secrets."""

_DEEPEST: Final = 4
"""How many addresses within addresses are looked into."""

_ADDRESS = re.compile(
    # At the start of a text, what is before the @ may hold quotes and, after a colon, spaces.
    r"^\s*(?:[a-z][a-z0-9+.-]{0,20}:)?[/\\]{2,}(?:[^\s/?#]*|[^\s/?#:]*:[^\s/?#][^/?#]*)@[^\s\"'<>]+"
    # Browsers read 'https:' as a start with any number of slashes, of either kind.
    r"|(?:https?:[/\\]*|(?:[a-z][a-z0-9+.-]{0,20}:)?[/\\]{2})[^\s\"'<>]+",
    re.IGNORECASE,
)
_START_OF_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:[/\\]*|[/\\]{2,})", re.IGNORECASE)
_RELATIVE = re.compile(r"[/?][^\s\"'<>\[\]()`]*")
_PLACEHOLDERS = re.compile(r"(?:\{[a-z][a-z0-9_]*\})+")
_HEADER_LINE = re.compile(
    r"\b(authorization|cookie|[a-z][a-z0-9]{0,40}-[a-z0-9-]{1,40}):[ \t]*(\S.*)", re.IGNORECASE
)
_LOOKS = (
    # RFC 6750; shorter words follow 'bearer' in ordinary text, too.
    re.compile(r"\bbearer\s+(?:(?=[^\s]*\d)[\w.~+/=-]{6,}|[\w.~+/=-]{16,})", re.IGNORECASE),
    re.compile(r"^\s*(?:bearer|token|api[-_]?key)\s+[\w.~+/=:-]{8,}\s*$", re.IGNORECASE),
    re.compile(r"\b(?:token|api[-_]?key)\s+(?=[^\s]*\d)[\w.~+/=:-]{12,}", re.IGNORECASE),
    re.compile(
        r"\b(?:token\s+token|digest\s+[a-z]{1,20}|aws4-[a-z0-9-]{1,20}\s+credential)=.*", re.I
    ),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),  # a JSON Web Token (RFC 7519)
    re.compile(
        r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|[sr]k_(?:live|test)_\w{10,}"
        r"|xox[abeprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|ya29\.[\w-]{20,})"
    ),
)
_BETWEEN_WORDS = re.compile(r"[\[\]\s]+")
_PAIR_IN_TEXT = re.compile(
    # Not in paths of JMESPath (key=='x'), selectors ([data-key=x]), patterns (key=(\d+)).
    r"(?<![\w.%+\[@-])([\w.%+-]{1,80})=(?![=(\\]|\.[*+])([^\s&;,\"'`<>#\[\]|]+)"
)
_MASKED = re.compile(rf"(?:^|[=/:\"'`]){re.escape(MASK)}(?=$|[\s@/?&;,#\"'`<>|\[\]]|\.\w)")
_PRIVATE_PATHS: Final = (
    # Google: /calendar/ical/<calendar>/private-<secret>/basic.ics; the calendar's name is none.
    re.compile(r"/(?:private|secret|token)[-_](?P<secret>[0-9a-f]{16,})(?=[/.?]|$)", re.I),
    # Outlook and Exchange: /owa/calendar/<mailbox>/<secret>/calendar.ics
    re.compile(r"/owa/calendar/[^/]+/(?P<secret>[0-9a-z-]{20,})(?=/|$)", re.I),
    # iCloud: /published/2/<secret>
    re.compile(r"/published/[0-9]/(?P<secret>[\w=~+-]{20,})(?=/|$)"),
    # Whoever calls it so: /token/<secret>. Letters and digits in one word, or a UUID, not a slug.
    re.compile(
        r"/(?:[a-z_-]{0,20}token|secret|api[-_]?key|(?:auth|secret|access)[-_]?key)/"
        r"(?P<secret>(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4})"
        r"(?=[/.]|$)",
        re.I,
    ),
)
"""Where secrets stand in the paths of addresses. What people share by a link as public, as the
``public-calendars`` of Nextcloud, is not among them."""
_PATH: Final = "path"
"""What a path is called in ``public_names``."""
_BASIC = re.compile(r"\bbasic\s+([A-Za-z0-9+/_-]{4,}={0,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedSecret:
    """A secret that stands in a configuration."""

    path: Location
    what: str
    """What it is known by, as 'the parameter apikey'. Never the secret."""
    name: str | None
    """The name under which it stands, if that is what it is known by."""
    place: str
    """``header``, ``query``, ``path``, ``user`` or ``setting``."""
    value: str = field(repr=False)

    def advice(self, key_is_a_setting: bool) -> str:  # noqa: FBT001
        """Say in a sentence what to do instead.

        :param key_is_a_setting: whether the kind of source has the setting ``key``.
        """
        message = (
            f"{self.what} looks like a secret, and everyone who sees the page would read it: leave"
            " it out, and put it into the Airflow connection of the source, as its password"
            " (docs/keys.md)"
        )
        if key_is_a_setting and self.place == "path":
            message += "; in the address, {key} stands for it"
        elif key_is_a_setting and self.place == "user":
            message += (
                ", and the user name as its login; the setting key says where they go:"
                ' {"in": "basic"}'
            )
        elif key_is_a_setting and self.place == "header":
            where = self._scheme if self.name and self.name.lower() == "authorization" else "header"
            named = f', "name": "{self.name}"' if where == "header" else ""
            message += f'; the setting key says where it goes: {{"in": "{where}"{named}}}'
        elif key_is_a_setting and self.name:
            message += (
                f'; the setting key says where it goes: {{"in": "query", "name": "{self.name}"}}'
            )
        if self.name:
            message += f". If it is not a secret, list {self.name} in the setting {PUBLIC_NAMES}"
        return message

    @property
    def _scheme(self) -> str:
        return "basic" if self.value.lstrip().lower().startswith("basic ") else "bearer"


def typed_secrets(values: Mapping[str, JsonValue]) -> list[TypedSecret]:
    """Return every secret in an entity or its settings, each with its path."""
    walk = _Walk()
    walk.value(dict(values), (), None, frozenset())
    return walk.found


def secret_values(values: Mapping[str, JsonValue]) -> frozenset[str]:
    """Return the secrets themselves, for what must not repeat them."""
    found = [secret.value for secret in typed_secrets(values)]
    # Of a user name and a password each may be repeated alone.
    passwords = [value.rpartition(":")[2] for value in found if ":" in value]
    return frozenset(map(unquote_plus, (*found, *passwords))) - {"", MASK}


def without_secrets(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return an entity or its settings with each secret replaced by a mask."""
    masked = _Walk().value(dict(values), (), None, frozenset())
    return masked if isinstance(masked, dict) else {}


def value_without_secrets(name: str, value: JsonValue) -> JsonValue:
    """Return the value of one setting with each secret replaced by a mask."""
    return _Walk().value(value, (name,), name, frozenset())


def shown_text(text: str) -> str:
    """Return a text of no setting with each secret in it replaced by a mask."""
    return _Walk().text(text, (), None, frozenset())


class _Walk:
    """One walk over values: returns them masked, and keeps what it found."""

    def __init__(self) -> None:
        self.found: list[TypedSecret] = []

    def value(
        self, value: JsonValue, path: Location, name: str | None, allowed: Collection[str]
    ) -> JsonValue:
        match value:
            case dict():
                allowed = {*allowed, *_allowed_in(value)}
                named = _named_in(value)
                return {
                    key: self.value(
                        inner, (*path, key), named if key.lower() == "value" else key, allowed
                    )
                    for key, inner in value.items()
                }
            case list() | tuple():
                return [
                    self.value(inner, (*path, index), name, allowed)
                    for index, inner in enumerate(value)
                ]
            case str():
                return self.text(value, path, name, allowed)
            case bool() | None:
                return value
            case _:  # a number
                masked = self.text(str(value), path, name, allowed)
                return value if masked == str(value) else masked

    def text(self, text: str, path: Location, name: str | None, allowed: Collection[str]) -> str:
        if name is not None and _is_secret(name, text, allowed):
            place = "header" if "headers" in path else "query" if "query" in path else "setting"
            what = {"header": "the header", "query": "the parameter"}.get(place, "the setting")
            self.found.append(TypedSecret(path, f"{what} {name}", name, place, text))
            return MASK
        if name is not None and name.lower() in allowed:
            return text
        if _MASKED.search(text):
            what = f"{MASK}, which stands for something hidden,"
            self.found.append(TypedSecret(path, what, None, "setting", text))
        return self._within(text, path, allowed, 0)

    def _within(self, text: str, path: Location, allowed: Collection[str], depth: int) -> str:
        """Mask the secrets within a text: in addresses, in lines of headers, and by their look."""

        def address(match: re.Match[str]) -> str:
            return self._address(match[0], path, allowed, depth)

        text = _ADDRESS.sub(address, text)
        if _RELATIVE.fullmatch(text):
            text = self._address(text, path, allowed, depth)

        def header(line: re.Match[str]) -> str:
            if not _is_secret(line[1], line[2], allowed):
                return line[0]
            self.found.append(
                TypedSecret(path, f"the header {line[1]}", line[1], "header", line[2])
            )
            return f"{line[0].removesuffix(line[2])}{MASK}"

        def looks_so(match: re.Match[str]) -> str:
            if match.re is _BASIC and not _is_login(match[1]):
                return match[0]
            self.found.append(TypedSecret(path, "this text", None, "setting", match[0]))
            return MASK

        def pair(match: re.Match[str]) -> str:
            name, value = unquote_plus(match[1]), match[2]
            if value == MASK or not _is_secret(name, value, allowed):
                return match[0]
            self.found.append(TypedSecret(path, f"the parameter {name}", name, "query", value))
            return f"{match[1]}={MASK}"

        # Each where it stands: to replace it in the whole text would take as often as long.
        text = _HEADER_LINE.sub(header, text)
        for shape in (*_LOOKS, _BASIC):
            text = shape.sub(looks_so, text)
        return _PAIR_IN_TEXT.sub(pair, text)

    def _address(self, address: str, path: Location, allowed: Collection[str], depth: int) -> str:
        head, hash_mark, fragment = address.partition("#")
        base, question_mark, query = head.partition("?")
        start = _START_OF_ADDRESS.match(base)
        scheme = start[0] if start else ""
        rest = base.removeprefix(scheme)
        authority, slash, folders = rest.partition("/") if start else ("", "", rest)
        userinfo, at, host = authority.rpartition("@")
        if at:
            what = "the user name or password in this address"
            self.found.append(TypedSecret(path, what, None, "user", userinfo))
            userinfo = MASK

        def pairs(text: str) -> str:
            return "".join(
                part if part in "&;" else self._pair(part, path, allowed, depth)
                for part in re.split("([&;])", text)
            )

        before, semicolon, matrix = folders.partition(";")
        if _PATH not in allowed:
            before = self._folders(f"/{before}", path)[1:]
        return "".join((
            scheme, userinfo, at, host, slash, before, semicolon, pairs(matrix),
            question_mark, pairs(query), hash_mark, pairs(fragment),
        ))  # fmt: skip

    def _folders(self, folders: str, path: Location) -> str:
        """Mask the secrets in the path of an address, each as a whole part of it."""

        def hidden(match: re.Match[str]) -> str:
            what = "a part of the path of this address"
            self.found.append(TypedSecret(path, what, _PATH, "path", match["secret"]))
            return f"{match[0][: match[0].rindex('/') + 1]}{MASK}"

        for place in _PRIVATE_PATHS:
            folders = place.sub(hidden, folders)
        return folders

    def _pair(self, pair: str, path: Location, allowed: Collection[str], depth: int) -> str:
        written, equals, value = pair.partition("=")
        name, plain = unquote_plus(written), unquote_plus(value)
        if not equals:
            return pair
        if _is_secret(name, plain, allowed):
            self.found.append(TypedSecret(path, f"the parameter {name}", name, "query", plain))
            return f"{written}={MASK}"
        if depth < _DEEPEST and name.lower() not in allowed:
            inner = self._within(plain, path, allowed, depth + 1)
            if inner != plain:
                return f"{written}={MASK}"
        return pair


def _allowed_in(settings: Mapping[str, JsonValue]) -> Iterator[str]:
    listed = settings.get(PUBLIC_NAMES)
    names = listed if isinstance(listed, list | tuple) else [listed]
    return (name.lower() for name in names if isinstance(name, str))


def _named_in(pair: Mapping[str, JsonValue]) -> str:
    """Return the name of what stands under ``value``, as in a list of parameters."""
    for key, name in pair.items():
        if key.lower() in {"name", "key", "parameter", "header"} and isinstance(name, str):
            return name
    return "value"


def _is_secret(name: str, value: str, allowed: Collection[str]) -> bool:
    # Also in brackets, with spaces, numbered, and in letters of full width.
    plain = _BETWEEN_WORDS.sub("_", unicodedata.normalize("NFKC", name)).strip("_")
    named = is_secret_name(plain) or is_secret_name(plain.rstrip("0123456789"))
    if not named or name.lower() in allowed:
        return False
    return bool(value.strip()) and not _PLACEHOLDERS.fullmatch(value.strip())


def _is_login(token: str) -> bool:
    try:
        return b":" in base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_")
    except (binascii.Error, ValueError):
        return False
