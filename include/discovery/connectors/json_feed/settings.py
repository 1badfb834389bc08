"""The settings of ``json_feed``: how to ask an API, and what its answers mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from include.discovery.connectors.json_feed.map.fields import FieldMap, FieldOf, Recurrence
from include.discovery.connectors.json_feed.map.mapper import ItemMap
from include.discovery.connectors.json_feed.map.paths import JsonPath
from include.discovery.connectors.json_feed.templates import (
    CHANGED_SINCE,
    KEY,
    OF_WINDOW,
    STANDARD,
    DateFormat,
    placeholders,
)
from include.discovery.connectors.key import KeySettings

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Template = Annotated[str, StringConstraints(max_length=4_000)]
Value = Template | int | float | bool | tuple[Template, ...] | None
"""Value of a parameter: a text with placeholders, a number, or a list of these; null removes it."""


_NOT_SETTABLE: Final = frozenset({
    # Half a key is not known as one: where a response repeats it, a part of the response shows it.
    "range", "if-range",
    # RFC 9110, 7.6.1, and what frames a message
    "connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "content-length", "expect",
})  # fmt: skip
"""Headers that settings may not set, in lower case."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NoPaging(_Part):
    """The first answer holds everything."""

    by: Literal["none"] = "none"


class _Sized(_Part):
    size_parameter: Name | None = Field(
        None, description="Name of the parameter for the page size."
    )
    size: Annotated[int, Field(ge=1, le=50_000)] = Field(100, description="Items a page.")


class PagesByNumber(_Sized):
    """Pages are numbered."""

    by: Literal["page"]
    parameter: Name = Field("page", description="Name of the parameter for the page number.")
    first: Annotated[int, Field(ge=0, le=1)] = Field(1, description="Number of the first page.")
    total_pages: JsonPath | None = Field(None, description="JMESPath to the number of pages.")
    short_page_ends: bool = Field(
        default=True,
        description="Without totals: a page shorter than the first is the last. Turn it off for an"
        " API that filters items after paging; then an empty page is the end.",
    )


class PagesByOffset(_Sized):
    """A page begins after so many items."""

    by: Literal["offset"]
    parameter: Name = Field(
        "offset", description="Name of the parameter for the number of items to skip."
    )
    size_parameter: Name | None = Field(
        "limit", description="Name of the parameter for the page size."
    )
    reach: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="The highest sum of offset and size that the API allows. Items beyond it are"
        " not read.",
    )
    short_page_ends: bool = Field(default=True, description="The same as for numbered pages.")


class PagesByCursor(_Sized):
    """A page tells the cursor of the next one."""

    by: Literal["cursor"]
    parameter: Name = Field(description="Name of the parameter for the cursor.")
    path: JsonPath = Field(description="JMESPath to the next cursor; null on the last page.")


class PagesByNextUrl(_Sized):
    """A page tells the address of the next one."""

    by: Literal["next_url"]
    path: JsonPath = Field(
        description="JMESPath to the URL of the next page; null on the last page."
    )
    keep_query: bool = Field(
        default=False, description="Add the parameters of query that the URL lacks."
    )


class PagesByLinkHeader(_Sized):
    """The header Link tells the address of the next page (RFC 8288)."""

    by: Literal["link_header"]


Paging = Annotated[
    NoPaging | PagesByNumber | PagesByOffset | PagesByCursor | PagesByNextUrl | PagesByLinkHeader,
    Field(discriminator="by"),
]


class Changes(_Part):
    """How to ask for what has changed since an instant, removals included."""

    query: dict[Name, Value] = Field(
        description="Additional parameters, one with {changed_since}; null removes a parameter of"
        " query."
    )
    date_format: DateFormat = Field(
        "instant", description="Format of {changed_since}, as in date_format."
    )
    removed: JsonPath = Field(description="JMESPath within an item: true if the item was removed.")
    id: FieldOf | None = Field(
        None, description="JMESPath to the id of a removed item. Empty: external_id."
    )


class JsonFeedSettings(KeySettings):
    """Settings of any JSON API."""

    parameters: ClassVar[frozenset[str]] = frozenset()
    """Placeholders that a preset adds for its own settings."""
    addresses: ClassVar[frozenset[str]] = frozenset()
    """Those of them that are URLs."""

    url: Template = Field(
        description="URL of the API. Placeholders: {from} and {to} (first and last day to read),"
        " {day_after}, {latitude}, {longitude}, {radius_km}, {radius_miles}, {country} and {city}"
        " of the city, {language}, and {key} if the URL itself holds the key."
    )
    query: dict[Name, Value] = Field(
        {},
        description="Query parameters: texts with placeholders, numbers, lists. Null removes one.",
    )
    headers: dict[Name, Template] = Field({}, description="Headers, placeholders allowed.")
    date_format: DateFormat = Field(
        "date",
        description="Format of {from}, {to} and {day_after}: date (2026-05-01), local"
        " (2026-05-01T00:00:00), instant (the same in UTC, with Z), epoch_s, epoch_ms, or a"
        " strftime pattern such as %d/%m/%Y. {to} is the last second of the last day.",
    )
    paging: Paging = Field(
        NoPaging(), description="How to request the pages after the first: an object with 'by'."
    )
    items: JsonPath = Field("@", description="JMESPath to the list of items in a response.")
    total: JsonPath | None = Field(
        None, description="JMESPath to the total number of items, if the response gives it."
    )
    most_items: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="The most items that the API returns. If it returns that many, it may"
        " have more.",
    )
    occurrences: JsonPath | None = Field(
        None,
        description="JMESPath within an item to a list of its occurrences. Each becomes an event;"
        " field paths reach it as 'occurrence'.",
    )
    leave_out: JsonPath | None = Field(
        None, description="JMESPath within an item: if true, the item is skipped."
    )
    fields: FieldMap = Field(
        description="Maps members of an item to fields: a JMESPath for each field, or an object"
        " with 'path' and options for reading it."
    )
    recurrence: Recurrence | None = Field(
        None, description="How items express recurrence between their start and end."
    )
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = Field(
        None,
        description="Preferred language of multilingual texts, such as 'fi'. If missing: English,"
        " else the first language of the item.",
    )
    timezone_path: JsonPath | None = Field(
        None, description="JMESPath in a response to the time zone of all its items."
    )
    trust_offsets: bool = Field(
        default=False,
        description="Trust UTC offsets as written. Otherwise implausible ones are corrected.",
    )
    link_base: Template | None = Field(
        None, description="URL against which relative links are resolved. Empty: url."
    )
    changes: Changes | None = Field(
        None,
        description="How to request only what has changed. Empty: every sync reads everything.",
    )

    def asks_by_day(self) -> bool:
        """Return whether the request is another one each day."""
        templates = (self.url, *_templates(self.query), *_templates(self.headers))
        return any(name in OF_WINDOW for each in templates for name in placeholders(each))

    @field_validator("url", "link_base")
    @classmethod
    def _check_address(cls, template: str | None, info: ValidationInfo) -> str | None:
        if template is not None:
            begins_well = template.startswith(("http://", "https://"))
            if not begins_well and next(placeholders(template), None) not in cls.addresses:
                raise ValueError("must begin with https:// or http://")
            cls._check_placeholders([template], also=(KEY,) if info.field_name == "url" else ())
        return template

    @field_validator("query", "headers")
    @classmethod
    def _check_values(cls, values: Mapping[str, Value]) -> Mapping[str, Value]:
        cls._check_placeholders(_templates(values))
        return values

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        for name in headers:
            if name.strip().lower() in _NOT_SETTABLE:
                raise ValueError(
                    f"{name} cannot be set: it would request part of a response, or change how the"
                    " request itself is sent"
                )
        return headers

    @field_validator("changes")
    @classmethod
    def _check_changes(cls, changes: Changes | None) -> Changes | None:
        if changes is not None:
            templates = list(_templates(changes.query))
            cls._check_placeholders(templates, also=(CHANGED_SINCE,))
            if not any(CHANGED_SINCE in placeholders(template) for template in templates):
                raise ValueError("no parameter of query has {changed_since}")
        return changes

    @classmethod
    def _check_placeholders(cls, templates: Iterable[str], also: tuple[str, ...] = ()) -> None:
        allowed = (*sorted(cls.parameters), *STANDARD, *also)
        for template in templates:
            for name in placeholders(template):
                if name not in allowed:
                    listed = ", ".join(f"{{{each}}}" for each in allowed)
                    raise ValueError(f"there is no placeholder {{{name}}}; there are: {listed}")

    @model_validator(mode="after")
    def _check_key(self) -> Self:
        if self.key is not None and self.key.place == "query" and self.key.name in self.query:
            raise ValueError(
                f"query contains {self.key.name}, the parameter for the key: keys belong in"
                " connections"
            )
        return self

    @property
    def item_map(self) -> ItemMap:
        """What is configured of an item."""
        return ItemMap(
            self.fields,
            self.occurrences,
            self.leave_out,
            self.recurrence,
            self.language,
            self.trust_offsets,
        )


def _templates(values: Mapping[str, Value]) -> Iterable[str]:
    for value in values.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value
