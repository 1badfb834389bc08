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
    STANDARD,
    DateFormat,
    placeholders,
)
from include.discovery.connectors.key import KeySettings

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Template = Annotated[str, StringConstraints(max_length=4_000)]
Value = Template | int | float | bool | tuple[Template, ...] | None
"""Of a parameter: a text with placeholders, a number, several of them; null drops it."""


_NOT_SETTABLE: Final = frozenset({
    # Half a key is not known as one: where an answer repeats it, a part of the answer shows it.
    "range", "if-range",
    # RFC 9110, 7.6.1, and what frames a message
    "connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "content-length", "expect",
})  # fmt: skip
"""Headers, in lower case, that settings may not set."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NoPaging(_Part):
    """The first answer holds everything."""

    by: Literal["none"] = "none"


class _Sized(_Part):
    size_parameter: Name | None = Field(None, description="Parameter for the size of a page.")
    size: Annotated[int, Field(ge=1, le=50_000)] = Field(100, description="Items a page.")


class PagesByNumber(_Sized):
    """Pages are numbered."""

    by: Literal["page"]
    parameter: Name = Field("page", description="Parameter for the number of the page.")
    first: Annotated[int, Field(ge=0, le=1)] = Field(1, description="Number of the first page.")
    total_pages: JsonPath | None = Field(None, description="Where the number of pages is told.")
    short_page_ends: bool = Field(
        default=True,
        description="Without totals: a page shorter than the first is the last. Not so where an API"
        " leaves items out after cutting pages; there an empty page ends it.",
    )


class PagesByOffset(_Sized):
    """A page begins after so many items."""

    by: Literal["offset"]
    parameter: Name = Field("offset", description="Parameter for how many items are skipped.")
    size_parameter: Name | None = Field("limit", description="Parameter for the size of a page.")
    reach: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="Offset and size together may not be more. What lies beyond is not read.",
    )
    short_page_ends: bool = Field(default=True, description="As for numbered pages.")


class PagesByCursor(_Sized):
    """A page tells the cursor of the next one."""

    by: Literal["cursor"]
    parameter: Name = Field(description="Parameter for the cursor.")
    path: JsonPath = Field(description="Where the next cursor is told; null on the last page.")


class PagesByNextUrl(_Sized):
    """A page tells the address of the next one."""

    by: Literal["next_url"]
    path: JsonPath = Field(description="Where the address is told; null on the last page.")
    keep_query: bool = Field(
        default=False, description="Add the parameters of query that the address lacks."
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
        description="Parameters beside the others, with {changed_since}; null drops one of those."
    )
    date_format: DateFormat = Field("instant", description="Of {changed_since}; as above.")
    removed: JsonPath = Field(description="Says whether an item is gone.")
    id: FieldOf | None = Field(None, description="The id of such an item. Empty: external_id.")


class JsonFeedSettings(KeySettings):
    """Settings of any JSON API."""

    parameters: ClassVar[frozenset[str]] = frozenset()
    """Placeholders that a preset adds: its own settings."""
    addresses: ClassVar[frozenset[str]] = frozenset()
    """Those of them that are addresses."""

    url: Template = Field(
        description="Address of the listing, placeholders allowed: {from} and {to} (the first and"
        " last day wanted), {day_after}, {latitude}, {longitude}, {radius_km}, {radius_miles},"
        " {country} and {city} of the city, {language}, and {key} where the address itself holds"
        " the key."
    )
    query: dict[Name, Value] = Field(
        {}, description="Parameters: texts with placeholders, numbers, lists. Null drops one."
    )
    headers: dict[Name, Template] = Field({}, description="Headers, placeholders allowed.")
    date_format: DateFormat = Field(
        "date",
        description="How {from}, {to} and {day_after} are written: date (2026-05-01), local"
        " (2026-05-01T00:00:00), instant (the same in UTC, with Z), epoch_s, epoch_ms, or a pattern"
        " of strftime as %d/%m/%Y. {to} is the last second of the last day.",
    )
    paging: Paging = Field(
        NoPaging(), description="How to get at the pages after the first: an object with 'by'."
    )
    items: JsonPath = Field("@", description="JMESPath to the list of items in an answer.")
    total: JsonPath | None = Field(
        None, description="JMESPath to how many items the whole listing has, if an answer says so."
    )
    most_items: Annotated[int, Field(ge=1)] | None = Field(
        None, description="The most items that the API gives. As many as that came: it has more."
    )
    occurrences: JsonPath | None = Field(
        None,
        description="JMESPath within an item to a list of its occurrences: each becomes an event,"
        " and paths of fields find it as 'occurrence'.",
    )
    leave_out: JsonPath | None = Field(
        None, description="JMESPath within an item: where it holds, the item is no event."
    )
    fields: FieldMap = Field(
        description="Which member of an item becomes which field: a JMESPath each, or an object of"
        " 'path' and how to read it."
    )
    recurrence: Recurrence | None = Field(
        None, description="How items say that they recur between their start and end."
    )
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = Field(
        None,
        description="Language wanted of texts in several, as 'fi'. What lacks it is taken in"
        " English, else in the first language that the item names.",
    )
    timezone_path: JsonPath | None = Field(
        None, description="JMESPath in an answer to the time zone of all its items."
    )
    trust_offsets: bool = Field(
        default=False,
        description="Offsets from UTC are right. Else those are corrected that cannot be meant.",
    )
    link_base: Template | None = Field(
        None, description="Address against which relative links are resolved. Empty: the url."
    )
    changes: Changes | None = Field(
        None, description="How to ask for changes alone. Empty: everything is read each time."
    )

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
                    f"{name} cannot be set: it would ask for a part of an answer, or change how"
                    " the request itself is sent"
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
                f"query holds {self.key.name}, the place of the key: keys live in connections"
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
