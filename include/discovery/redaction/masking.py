"""Keeping secrets out of everything that leaves the process: messages, log lines, rows, pages.

Two nets, since each has holes. By *name*: whatever stands behind ``apikey=``, ``Authorization:``
and the like, known to us or not. By *value*: known secrets, wherever and however encoded they turn
up; some services echo the key in their answers, with status 200 and in the middle of their data.

The known secrets are those in play: for the whole sync of a pair the ones of its connection, for a
request also those that it carries under a telling name. They are kept for the process as a whole
(:data:`IN_PLAY`) and not in a context variable, since threads of executors and libraries
log, too, and have no part in the context of a task. Syncs that share a process only hide each
other's secrets as well.

How much is masked depends on what a text is:

* what is said (errors, gaps, log lines): every known secret. One of fewer than four characters is
  masked where it stands alone as a word; within words it would garble every text.
* what a source sent (bodies, the fields of events): only secrets that cannot be mistaken for
  ordinary text, see :func:`is_distinctive`. A password ``concerts`` would cost data otherwise.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from urllib.parse import unquote_plus

from pydantic import JsonValue

from include.discovery.redaction.spellings import as_characters, as_run, is_distinctive, variants

MASK = "***"

_NAME = (
    r"(?:[\w.-]{0,60}?(?:(?:api|app|auth|dev|user|access|account|client|consumer|license|master"
    r"|partner|passphrase|private|secret|service|session|shared|subscription)[-_]?key(?:[-_]?id)?|token|secret"
    r"|passw(?:or)?d|passphrase|passcode|signature|credentials?|client[-_]?id|app[-_]?id"
    r"|sess(?:ion)?[-_]?id|authorization|cookie|jwt)"
    r"|(?:[\w.-]{0,60}?[-_.])?(?:key|wskey|sig|auth|pwd|pw|pass|sid))"
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
    """Mask what is secret in any text that is said.

    :param secrets: values to mask beside those in play, in whatever way they are written.
    """
    text = _USERINFO.sub(lambda match: _masked_userinfo(match[0]), text)
    text = _PARAMETER.sub(rf"\1{MASK}", text)
    text = _QUOTED_FIELD.sub(rf"\1{MASK}", text)
    text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    # Values come last: a mask put in by name cannot bring a value back, but masking a value that
    # happens to be part of a name would hide the name.
    return Redaction({*secrets, *IN_PLAY.values}).in_words(text)


class Redaction:
    """Masks known secrets, however they are written; linear in the text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Longest first: a secret that begins with another one is masked whole.
        values = {value for secret in secrets for value in variants(secret) if value}
        ordered = sorted(values, key=lambda value: (-len(value), value))
        self._secrets = [_patterns_of(value) for value in ordered]

    def in_words(self, text: str) -> str:
        """Mask every secret in what is said."""
        return _masked(text, self._secrets)

    def finds(self, text: str) -> bool:
        """Say whether a secret stands in a text, however it is written."""
        return any(
            pattern.search(text)
            for secret in self._secrets
            for pattern in (secret.in_text, *secret.in_runs)
        )

    def in_data(self, text: str) -> str:
        """Mask the distinctive secrets in a value that a source sent."""
        return _masked(text, [secret for secret in self._secrets if secret.is_distinctive])

    def in_json(self, document: JsonValue) -> JsonValue:
        """Mask the distinctive secrets in all texts of a JSON document, names of members included.

        Unlike :meth:`in_body` also in Base64: for what is not to lead to the next page.
        """
        if self.in_data(written := json.dumps(document, ensure_ascii=False)) == written:
            return document  # nearly always, and found out at once for all of it
        return self._in_value(document)

    def _in_value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return self.in_data(value)
        if isinstance(value, list):
            return [self._in_value(part) for part in value]
        if isinstance(value, dict):
            return {self.in_data(name): self._in_value(part) for name, part in value.items()}
        return value

    def in_body(self, body: bytes) -> bytes:
        """Mask the distinctive secrets in the bytes of an answer, whatever they are of.

        What stands in Base64 stays: it may be the cursor by which the source goes on.
        """
        for secret in self._secrets:
            if secret.is_distinctive:
                body = secret.in_bytes.sub(_masked_bytes, body)
        return body


class _Patterns:
    """The patterns of one secret, made when they are first needed."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self.is_distinctive = is_distinctive(secret)

    @cached_property
    def in_text(self) -> re.Pattern[str]:
        return re.compile(as_characters(self._secret))

    @cached_property
    def in_bytes(self) -> re.Pattern[bytes]:
        return re.compile(as_characters(self._secret).encode("utf-8", "surrogatepass"))

    @cached_property
    def in_runs(self) -> list[re.Pattern[str]]:
        return [re.compile(pattern) for pattern in as_run(self._secret)]


@lru_cache(maxsize=256)
def _patterns_of(secret: str) -> _Patterns:
    return _Patterns(secret)


def _masked(text: str, secrets: Iterable[_Patterns]) -> str:
    for secret in secrets:
        text = secret.in_text.sub(MASK, text)
        for pattern in secret.in_runs:
            text = "".join(_without_run(pattern, text))
    return text


class SecretsInPlay:
    """The secrets that the process knows at the moment, each as often as it was brought in."""

    def __init__(self) -> None:
        self.values: frozenset[str] = frozenset()
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, secrets: frozenset[str]) -> None:
        """Bring secrets in; each is in play until it was taken out as often."""
        with self._lock:
            self._counts.update(secrets)
            self.values = frozenset(self._counts)

    def remove(self, secrets: frozenset[str]) -> None:
        """Take secrets out."""
        with self._lock:
            self._counts -= Counter(secrets)
            self.values = frozenset(self._counts)


IN_PLAY = SecretsInPlay()
"""Those of this process. Brought in by ``scrub.keeping_secret``."""


def _masked_bytes(match: re.Match[bytes]) -> bytes:
    """Write the mask in the width of the characters that it replaces (UTF-16 has two bytes)."""
    hit = match[0]
    width = len(hit[1:]) - len(hit[1:].lstrip(b"\0"))
    return (b"\0" * width).join(MASK.encode()[i : i + 1] for i in range(len(MASK)))


_RUN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_REST_OF_RUN = re.compile(r"(?:[A-Za-z0-9+/_=-]|%2[bBfF]|%3[dD])*")


def _without_run(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Mask what a pattern finds together with the run of digits around it: its ends hold bits."""
    end = 0
    for match in pattern.finditer(text):
        if match.end() <= end:
            continue
        start = max(match.start(), end)
        while start > end and text[start - 1] in _RUN:
            start -= 1
        yield text[end:start]
        yield MASK
        end = _REST_OF_RUN.match(text, match.end()).end()  # type: ignore[union-attr]
    yield text[end:]


def _masked_userinfo(userinfo: str) -> str:
    user, colon, _ = userinfo.partition(":")
    return f"{user}:{MASK}" if user and colon else MASK  # a lone user name may be a token


def _masked_query(query: str) -> str:
    return "&".join(_masked_pair(pair) for pair in query.split("&"))


def _masked_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals and is_secret_name(unquote_plus(name)) else pair
