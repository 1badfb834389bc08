"""Occurrences to records: what a VEVENT says about the event beside when it is.

Not read on purpose: ATTENDEE and addresses of people (personal data), and DTSTAMP (the time of
export in most feeds, not of a change).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from include.discovery.connectors.icalendar.event import Event
from include.discovery.connectors.icalendar.lines import Component
from include.discovery.connectors.icalendar.places import location_of, place_of
from include.discovery.connectors.icalendar.series import Occurrence
from include.discovery.model import City, EventRecord, EventStatus, Price, Venue
from include.discovery.parsed import RejectItem
from include.discovery.record_warnings import SourceWarning, status_of_title
from include.discovery.text.cleaning import description_text, one_line, title_text, web_url
from include.discovery.text.pictures import picture_url
from include.discovery.text.prices.parsing import parse_price
from include.discovery.text.status import gravest, split_status, status_named

_IMAGE_PATH = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PERCENT = re.compile(r"%(?:2[0-9A-F]|[CDEF][0-9A-F]%[89AB])", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class RecordBuilder:
    """Builds records; the fields shared by all occurrences of a VEVENT are read once."""

    def __init__(self, default_venue: Venue | None, city: City | None) -> None:
        """Take the venue for events without a place, and the city whose names are recognised."""
        self._default_venue = default_venue
        self._city = city
        self._component: Component | None = None
        self._fields: dict[str, Any] = {}

    def build(self, occurrence: Occurrence) -> EventRecord:
        """Build the record of one occurrence.

        :raises RejectItem: if it has no title.
        :raises pydantic.ValidationError: if the fields do not make a record.
        """
        event = occurrence.event
        if event.component is not self._component:
            self._fields = self._shared_fields(event)
            self._component = event.component
        when = occurrence.when
        shared = dict(self._fields)
        warnings = (*shared.pop("warnings"), *occurrence.warnings, *when.warnings)
        return EventRecord(
            external_id=occurrence.external_id,
            **when.as_fields(),
            series_id=occurrence.series_id,
            warnings=warnings,
            **shared,
        )

    def _shared_fields(self, event: Event) -> dict[str, Any]:
        component = event.component
        if event.title is None:  # an exception whose series the feed does not have
            raise RejectItem("no title")
        title, title_status = split_status(event.title)
        warnings = list(event.warnings)
        location = location_of(component)
        place = place_of(
            component,
            location,
            warnings,
            near=self._city,
            default=self._default_venue,
            is_moved=title_status is EventStatus.MOVED_ONLINE,
        )
        return {
            "title": title_text(title) or event.title,
            "url": _url(component, warnings),
            "status": _status(event, title_status, warnings),
            "attendance": place.attendance,
            "venue": place.venue,
            "categories": _categories(component),
            "organizer": _organizer(component),
            "description": _description(component),
            "image_url": _image(component),
            "language": _language(component),
            "price": _price(component),
            "source_updated_at": event.modified,
            "warnings": warnings,
        }


def _status(event: Event, of_title: EventStatus | None, warnings: list[str]) -> EventStatus:
    """Return the most severe status of the calendar, the STATUS and the title."""
    said = event.component.text("STATUS") or ""
    stated = EventStatus.TENTATIVE if said.upper() == "TENTATIVE" else status_named(said)
    if event.calendar.cancels or stated is EventStatus.CANCELLED:
        return EventStatus.CANCELLED
    status = gravest((stated, of_title)) or stated or EventStatus.SCHEDULED
    warnings += status_of_title(status, of_title, stated)
    return status


def _url(component: Component, warnings: list[str]) -> str | None:
    # Not resolved against the feed: RFC 5545 has no relative URLs, so they would be guesses.
    text = component.text("URL")
    if text is None:
        return None
    url = web_url(f"https://{text}" if text.lower().startswith("www.") else text)
    if url is None:
        reason = "it is not a web address"
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="URL", reason=reason))
    return url


def _description(component: Component) -> str | None:
    for name in ("DESCRIPTION", "X-ALT-DESC", "STYLED-DESCRIPTION"):
        if text := description_text(component.text(name)):
            return text
    return None


def _categories(component: Component) -> tuple[str, ...]:
    texts = (one_line(text) for item in component.all("CATEGORIES") for text in item.texts)
    # Google and Yahoo write the kind of object, 'http://schemas.google.com/g/2005#event'.
    return tuple(dict.fromkeys(text for text in texts if text and not _ADDRESS.match(text)))


def _organizer(component: Component) -> str | None:
    item = component.first("ORGANIZER")
    given = item.parameters.get("CN", "") if item else ""
    # The Events Calendar writes spaces and commas in names as %20 and %2C.
    name = one_line(unquote(given) if _PERCENT.search(given) else given)
    return None if name is None or "@" in name else name


def _image(component: Component) -> str | None:
    for name in ("IMAGE", "ATTACH"):  # RFC 7986 §5.10, RFC 5545 §3.8.1.1
        for item in component.all(name):
            url = picture_url(item.text)
            kind = item.parameters.get("FMTTYPE", "").lower()
            if url and (name == "IMAGE" or kind.startswith("image/") or _IMAGE_PATH.search(url)):
                return url
    # All-in-One Event Calendar: 'size;url;width;height,size;url;width;height'
    parts = re.split(r"[;,]", component.text("X-WP-IMAGES-URL") or "")
    return next((url for part in parts if (url := web_url(part))), None)


def _price(component: Component) -> Price | None:
    """Return the price, for which the format has no property, as All-in-One Event Calendar adds it.

    ``X-COST-TYPE:free`` is told of events that are free, ``X-COST`` has what others cost.
    """
    if (component.text("X-COST-TYPE") or "").lower() == "free":
        return Price(min=Decimal(0), max=Decimal(0), is_free=True)
    return parse_price(component.text("X-COST"), in_field=True)


def _language(component: Component) -> str | None:
    item = component.first("SUMMARY")
    tag = item.parameters.get("LANGUAGE", "") if item and item.raw_parameters else ""
    if not _LANGUAGE.fullmatch(tag):
        return None
    primary, hyphen, rest = tag.partition("-")
    return f"{primary.lower()}{hyphen}{rest}"
