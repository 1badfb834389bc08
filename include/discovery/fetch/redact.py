"""Keeping secrets out of every text that leaves us: URLs, messages, log lines, tracebacks.

Two nets, since each has holes. By *name*: whatever stands behind ``apikey=``, ``Authorization:``
and the like, known to us or not. By *value*: the secrets of the request in hand, wherever and
however encoded they turn up; some services echo the key in their error texts.
"""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from urllib.parse import unquote_plus

MASK = "***"

SHORTEST_SECRET = 4
"""Values below this length are masked by name only: masked anywhere, they would garble all text."""

_NAME = (
    r"(?:[\w.-]{0,60}?(?:(?:api|app|dev|user|access|private|consumer|license)[-_]?key|token|secret"
    r"|passw(?:or)?d|signature|client[-_]?id|app[-_]?id|authorization|cookie)"
    r"|(?:[\w.-]{0,60}?[-_.])?(?:key|sig|auth|pwd))"
)
_SECRET_NAME = re.compile(_NAME, re.IGNORECASE)

# Each pattern starts only where a run of name characters starts, and looks at a bounded stretch
# of it: texts come from outside, and must not be able to make the search quadratic.
_PARAMETER = re.compile(
    rf"(?:(?<![\w.%-])|(?<=%[0-9a-f]{{2}}))({_NAME}(?:=|%(?:25)*3d))[^&\s\"'<>#]*", re.IGNORECASE
)
_QUOTED_FIELD = re.compile(
    rf"([\"']{_NAME}[\"']\s*[:,]\s*b?([\"']))(?:\\.|(?!\2)[^\\])*", re.IGNORECASE | re.DOTALL
)
_AUTHORIZATION = re.compile(r"\b(authorization\s*:\s*)[^\r\n\"']+", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^\s/?#\"'<>]*(?=@)")


def is_secret_name(name: str) -> bool:
    """Say whether a parameter or header of this name holds a secret, as far as names can tell."""
    return _SECRET_NAME.fullmatch(name.strip()) is not None


def redact_url(url: str) -> str:
    """Mask passwords and secret-like parameters in one URL; the rest stays as it was written.

    Names are compared decoded, so that ``api%6Bey`` hides nothing. Never raises, whatever it gets.
    """
    address, hash_mark, fragment = url.partition("#")
    base, question_mark, query = address.partition("?")
    scheme, slashes, rest = base.partition("//")
    authority, slash, path = rest.partition("/")
    userinfo, at, host = authority.rpartition("@")
    masked = "".join((
        scheme, slashes, _masked_userinfo(userinfo) if at else "", at, host, slash, path,
        question_mark, _masked_query(query), hash_mark, _masked_query(fragment),
    ))  # fmt: skip
    return redact(masked)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask what is secret in any text.

    :param secrets: values to mask anywhere: as they are, percent-encoded, or escaped as in JSON,
        HTML and Python literals. Those shorter than ``SHORTEST_SECRET`` are passed over.
    """
    text = _USERINFO.sub(lambda match: _masked_userinfo(match[0]), text)
    text = _PARAMETER.sub(rf"\1{MASK}", text)
    text = _QUOTED_FIELD.sub(rf"\1{MASK}", text)
    text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    # Values come last: a mask put in by name cannot bring a value back, but masking a value that
    # happens to be part of a name would hide the name.
    pattern = _values_pattern(frozenset(secrets))
    return pattern.sub(MASK, text) if pattern else text


@contextmanager
def hiding(secrets: Iterable[str]) -> Iterator[None]:
    """Have the log lines of the HTTP libraries masked of these values, too, while it lasts.

    Bound to the running task (a context variable), so that concurrent requests do not meet.
    """
    token = _hidden.set(frozenset(secrets))
    try:
        yield
    finally:
        _hidden.reset(token)


class RedactingFilter(logging.Filter):
    """Rewrites log records so that neither message nor traceback shows a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record in place; it is always let through."""
        secrets = _hidden.get()
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):  # the call's arguments do not fit its format
            message = f"{record.msg} {record.args}"
        record.msg, record.args = redact(message, secrets), None
        if record.exc_info:
            # Formatters print exc_text as it is when there is no exc_info to format again.
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text, secrets)
        return True


HTTP_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
"""Where httpx 0.28 and httpcore 1.0 log. A logger's filter does not see its children's records."""


def install_redaction() -> None:
    """Put a :class:`RedactingFilter` on the HTTP libraries' loggers, once however often called.

    httpx logs each URL at INFO, httpcore each answer's headers (``Location``) at DEBUG.
    """
    for name in HTTP_LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(present, RedactingFilter) for present in logger.filters):
            logger.addFilter(RedactingFilter())


_hidden: ContextVar[frozenset[str]] = ContextVar("hidden_secrets", default=frozenset())


def _masked_userinfo(userinfo: str) -> str:
    user, colon, _ = userinfo.partition(":")
    return f"{user}:{MASK}" if user and colon else MASK  # a lone user name may be a token


def _masked_query(query: str) -> str:
    return "&".join(_masked_pair(pair) for pair in query.split("&"))


def _masked_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals and is_secret_name(unquote_plus(name)) else pair


@lru_cache(maxsize=64)
def _values_pattern(secrets: frozenset[str]) -> re.Pattern[str] | None:
    # Stripped: a key pasted with a newline is echoed without it. Longest first: a secret that
    # begins with another one is masked whole.
    values = {secret.strip() for secret in secrets}
    usable = sorted((v for v in values if len(v) >= SHORTEST_SECRET), key=lambda v: (-len(v), v))
    if not usable:
        return None
    return re.compile("|".join("".join(_character_pattern(c) for c in value) for value in usable))


def _character_pattern(character: str) -> str:
    """Match one character however it may be written.

    Encoders differ in which characters they encode, and a URL within a URL is encoded twice.
    """
    raw = character.encode("utf-8", "surrogatepass")
    written = {
        character,
        html.escape(character),
        json.dumps(character)[1:-1],
        ascii(character)[1:-1],
        repr(raw)[2:-1],
        f"\\{character}" if character in "\"'" else character,
        "+" if character == " " else character,
    }
    percent_encoded = "".join(f"%(?:25)*{byte:02x}" for byte in raw)
    literal = "|".join(re.escape(form) for form in sorted(written, key=lambda f: (-len(f), f)))
    return f"(?:{literal}|(?i:{percent_encoded}))"
