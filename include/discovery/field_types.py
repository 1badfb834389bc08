"""Types of fields: texts, names, codes and numbers, each with what it may hold.

What they refuse is said in words, since people read it who have typed it into a form or a file.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from include.discovery.slugs import PAIR_LENGTH, PAIR_PATTERN, SLUG_LENGTH, SLUG_PATTERN
from include.discovery.storable import NotStorableError, check_json, text_fault


# Names come from outside, too: of those that are none only so many are remembered.
@lru_cache(maxsize=1_000)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: a name that is a directory, as 'Europe'
        return False
    return True


def _checked_zone(name: str) -> str:
    if not _is_zone(name):
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/Warsaw")
    return name


def _checked_storable(text: str) -> str:
    if text.isascii() and "\x00" not in text:  # asked ten times for each event
        return text
    fault = text_fault(text)
    if fault:
        raise ValueError(fault)
    return text


def _checked_settings(settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        check_json(settings)
    except NotStorableError as error:
        where = ".".join(map(str, error.path))
        raise ValueError(f"{where}: {error}" if where else str(error)) from None
    return settings


_PLAIN_URL = re.compile(
    r"https?://[A-Za-z0-9.-]*[A-Za-z0-9-][A-Za-z0-9.-]*(?::[0-9]{1,4})?(?:[/?#][!-~]*)?"
)


def is_plain_url(text: str) -> bool:
    """Return whether a text is an absolute web address in ASCII, with an ordinary name of a host.

    Most are, and need no closer look; of the others some are web addresses, too.
    """
    return _PLAIN_URL.fullmatch(text) is not None


def _checked_web_url(url: str) -> str:
    if is_plain_url(url):
        return url
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("must be an absolute http or https URL")
    return url


LONGEST_URL = 4_096
"""Characters of an address that is stored."""

DISCOVERY_DB = "discovery_db"
"""The connection that leads to the discovery database."""
DISCOVERY_DB_OWNER = "discovery_db_owner"
"""The connection of the role that owns its schema, where that is another: migrations need it."""


def _worded(words: str) -> WrapValidator:
    """Let a text that does not match its pattern be told what is allowed, not the pattern."""

    def check(value: object, checked: ValidatorFunctionWrapHandler) -> object:
        try:
            return checked(value)
        except ValidationError as error:
            (fault,) = error.errors(include_url=False)
            if fault["type"] == "string_pattern_mismatch":
                raise PydanticCustomError("string_pattern_mismatch", words) from None
            raise

    return WrapValidator(check)


def checked_connection(connection_id: str) -> str:
    """Refuse the system's own connections: ``discovery_db``, and whatever name goes on from it."""
    if f"{connection_id.replace('-', '_')}_".startswith(f"{DISCOVERY_DB}_"):
        raise ValueError(
            f"{connection_id} is a connection of the system itself; name another one that begins"
            " with discovery_"
        )
    return connection_id


ConnectionId = Annotated[
    str,
    StringConstraints(pattern=r"^discovery_[a-z0-9_-]+$", max_length=200),
    _worded(
        "must begin with discovery_, and go on in lower-case letters from a to z, digits, "
        "underscores and hyphens, such as discovery_opera"
    ),
    AfterValidator(checked_connection),
]
"""An Airflow connection that may hold a source's key: no other can be named."""
Slug = Annotated[
    str,
    StringConstraints(pattern=SLUG_PATTERN, max_length=SLUG_LENGTH),
    _worded("must be lower-case letters from a to z, digits and single hyphens, such as new-york"),
]
PairName = Annotated[
    str,
    StringConstraints(pattern=PAIR_PATTERN, max_length=PAIR_LENGTH),
    _worded("must be a city and a source, as krakow/ticketmaster, or a source without a city"),
]
TimeZoneName = Annotated[str, AfterValidator(_checked_zone)]
# Constraints of length stand before functions: behind one, pydantic checks them in Python.
Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_checked_storable)]
ExternalId = Annotated[
    str, StringConstraints(min_length=1, max_length=512), AfterValidator(_checked_storable)
]
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(_checked_storable)
]
WebUrl = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_URL),
    AfterValidator(_checked_storable),
    AfterValidator(_checked_web_url),
]
CountryCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}$"),
    _worded("must be a code of two capital letters (ISO 3166-1), such as PL"),
]
CurrencyCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{3}$"),
    _worded("must be a code of three capital letters (ISO 4217), such as EUR"),
]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
GivenSettings = Annotated[dict[str, JsonValue], AfterValidator(_checked_settings)]
"""Settings as they are configured, before their connector judges them."""
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
