"""Rules by which a bare address is known to be of a preset's kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.json_feed.map.answer import read_document
from include.discovery.connectors.json_feed.map.paths import Json, JsonPath, getter_of, is_false
from include.discovery.errors import UnreadableResponse
from include.discovery.response import Response

_MOST_PAGE: Final = 500_000
"""Bytes of a page that a rule searches for its pattern."""
_NAMED: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FromAnswer(_Part):
    """A setting that is found in the response of a rule."""

    path: JsonPath


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from None
    return text


class DetectionRule(_Part):
    """What has to hold of an address for the preset to fit; all that is given must.

    ``address`` is sought in where the address led, ``page`` in its response; named groups of both
    are placeholders of the rest, as are ``{root}`` (``https://host``) and ``{address}`` itself.
    ``look`` is another address of the site; its response, else that of the address itself, is the
    JSON in which ``holds`` is true.
    """

    address: Annotated[str, AfterValidator(_pattern)] | None = None
    page: Annotated[str, AfterValidator(_pattern)] | None = None
    look: str | None = None
    holds: JsonPath | None = None
    evidence: Annotated[str, StringConstraints(min_length=1)]
    settings: dict[str, Annotated[FromAnswer | JsonValue, Field(union_mode="left_to_right")]] = {}


async def detection_of(rule: DetectionRule, site: Site) -> Detection | None:
    """Return the settings and the evidence of a rule that holds; ``None`` if it does not."""
    names = _names(rule, site.response)
    if names is None:
        return None
    answer: Json = None
    if rule.look or rule.holds:
        response = await site.look(_filled(rule.look, names)) if rule.look else site.response
        answer = _json(response)
        if answer is None or (rule.holds and is_false(_found(rule.holds, answer))):
            return None
    settings: dict[str, JsonValue] = {}
    for name, value in rule.settings.items():
        found = _found(value.path, answer) if isinstance(value, FromAnswer) else value
        if found is not None:
            settings[name] = _filled(found, names) if isinstance(found, str) else found
    return Detection(settings, (_filled(rule.evidence, names),))


def _names(rule: DetectionRule, response: Response) -> dict[str, str] | None:
    """Return the values of a rule's placeholders; ``None`` if address or page speak against it."""
    parts = urlsplit(response.url)
    names = {"root": f"{parts.scheme}://{parts.netloc}", "address": response.url}
    page = response.body[:_MOST_PAGE].decode("utf-8", "replace") if rule.page else ""
    for pattern, text in ((rule.address, response.url), (rule.page, page)):
        match = re.search(pattern, text) if pattern else None
        if pattern and match is None:
            return None
        if match:
            names |= {name: found for name, found in match.groupdict().items() if found}
    return names


def _filled(template: str, names: Mapping[str, str]) -> str:
    return _NAMED.sub(lambda match: names.get(match[1], match[0]), template)


def _json(response: Response | None) -> Json:
    try:
        return None if response is None else read_document(response.body).value
    except UnreadableResponse:
        return None


def _found(path: str, answer: Json) -> Json:
    try:
        return getter_of(path)(answer)
    except ValueError:  # a function was given what it cannot work on
        return None
