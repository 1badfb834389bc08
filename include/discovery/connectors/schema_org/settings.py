"""Settings of the connector ``schema_org``."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from include.discovery.connectors.base import DefaultVenueSettings
from include.discovery.connectors.key import KeySettings
from include.discovery.field_types import WebUrl


def _checked_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_checked_pattern)]


class SchemaOrgSettings(DefaultVenueSettings, KeySettings):
    """Settings of a site whose pages hold schema.org events."""

    address_setting: ClassVar[str] = "urls"

    urls: Annotated[tuple[WebUrl, ...], Field(min_length=1, max_length=100)] = Field(
        description="Pages to read: a calendar or list of events, or pages of single events."
    )
    discover: Literal["none", "links", "sitemap"] = Field(
        "none",
        description="Where to find pages of single events: links, in the pages above; sitemap, in"
        " the site's sitemap; none, if the pages above contain all events.",
    )
    sitemap: WebUrl | None = Field(
        None, description="URL of the sitemap. Empty: the sitemaps named in the site's robots.txt."
    )
    include: tuple[Pattern, ...] = Field(
        (),
        max_length=20,
        description="Regular expressions; a page found is read if one of them matches its URL."
        " Empty: URLs with a part such as /event/ or /wydarzenia/.",
    )
    exclude: tuple[Pattern, ...] = Field(
        (),
        max_length=20,
        description="Regular expressions; a page found is not read if one of them matches its URL.",
    )
    max_pages: Annotated[int, Field(ge=1, le=5_000)] = Field(
        200, description="The most pages found that are read, the latest first."
    )
    trust_offsets: bool = Field(
        default=False,
        description="Whether times such as 19:00+00:00 are correct as written. Most sites mean"
        " local time.",
    )
