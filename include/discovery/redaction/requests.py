"""What a single request carries that must not be shown, beside the secrets of its connection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl

import httpx

from include.discovery.redaction.masking import Redaction, is_secret_name, redact, redact_url
from include.discovery.redaction.spellings import SHORTEST_WITHIN_WORDS


@dataclass(frozen=True, slots=True)
class RequestSecrets:
    """What of one request must not be shown, nor be sent to another host than it is meant for."""

    values: frozenset[str] = field(repr=False)
    bound_to_host: bool
    """Whether the caller declared a secret or sends credentials (not only a name that looks so)."""

    @classmethod
    def of(
        cls,
        request: httpx.Request,
        headers: Mapping[str, str],
        declared: Collection[str],
        kept: frozenset[str],
    ) -> Self:
        """Find the secrets of a request: the declared, those named like one, and the password.

        :param headers: the caller's own (cookies that a site has set are not ours to keep).
        :param declared: names of parameters and headers, in lower case.
        :param kept: the secrets of the source's connection, wherever they are.
        """
        values = set(kept)
        bound_to_host = False
        for name, value in parse_qsl(request.url.query.decode("ascii", "replace")):
            is_declared = name.lower() in declared
            # A short value that is secret by its name alone may be a number of a page.
            is_guessed = is_secret_name(name) and len(value) >= SHORTEST_WITHIN_WORDS
            if is_declared or is_guessed:
                values.add(value)
                bound_to_host |= is_declared
        for name, value in headers.items():
            if name.lower() in declared or is_secret_name(name):
                # The token alone, too: 'Bearer abc' is echoed as 'abc'.
                values |= {value, value.rpartition(" ")[2]}
                bound_to_host = True
        if request.url.userinfo:
            values.add(request.url.password or request.url.username)
            bound_to_host = True
        return cls(values=frozenset(values), bound_to_host=bound_to_host)

    def hide(self, text: str) -> str:
        """Mask the secrets in a text."""
        return redact(text, self.values)

    def are_in(self, text: str) -> bool:
        """Say whether a text holds one of them."""
        return Redaction(self.values).finds(text)

    def hide_in_url(self, url: httpx.URL) -> str:
        """Mask them in an address, with whatever else in it looks like a secret."""
        return self.hide(redact_url(str(url)))

    def hide_in_body(self, body: bytes) -> bytes:
        """Mask them in what is taken for text."""
        text = body.decode("utf-8", "surrogateescape")
        return self.hide(text).encode("utf-8", "surrogateescape")
