"""One event of The Events Calendar, field by field, in the dialect of its REST interface.

Observed: ``venue`` is ``[]``, ``{}``, an object, or a list of one; ``organizer`` a list or ``{}``;
``image`` ``false`` or an object; coordinates strings, with 0, 0 for none; titles hold entities, and
status words where the status extension is not in use; countries are names in the site's language.
"""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.connectors.events_calendar.dates import read_when, utc_timestamp
from include.discovery.connectors.events_calendar.venue import entries, read_venue
from include.discovery.formats.json_fields import attempt, obj, text
from include.discovery.model import Attendance, EventRecord, EventStatus, Identity, Price, Venue
from include.discovery.parsed import RejectItem, Withheld, excerpt
from include.discovery.places.countries import currency_in
from include.discovery.places.venues import placed
from include.discovery.record_warnings import SourceWarning, status_of_title
from include.discovery.text.cleaning import description_text, one_line, title_text, web_url
from include.discovery.text.prices.parsing import currency_of, parse_price
from include.discovery.text.status import gravest, split_status

_STATUS = {
    "scheduled": EventStatus.SCHEDULED,
    "canceled": EventStatus.CANCELLED,
    "cancelled": EventStatus.CANCELLED,
    "postponed": EventStatus.POSTPONED,
    "rescheduled": EventStatus.RESCHEDULED,
    "moved-online": EventStatus.MOVED_ONLINE,
}
_YES = (True, 1, "1", "yes", "true")
# WordPress puts this before the title of a post behind a password, in the site's language.
_PROTECTED = re.compile(
    r"(?:protected|zabezpieczone|protégé|geschützt|protegido|protetto|suojattu|skyddad|chráněno)\s?:",
    re.IGNORECASE,
)
_PASSWORD_FORM = "post-password-form"  # noqa: S105  a CSS class
_SHORTCODE = re.compile(
    r"\[/?(?:vc|et|tribe|fusion|av|caption|gallery|embed)(?:_\w+)?(?:\s[^\[\]]*)?\]"
)


def event_record(
    item: object, default_zone: ZoneInfo, url: str | None = None, country: str | None = None
) -> EventRecord:
    """Map one event.

    A field that cannot be read is dropped with a warning; the event is kept.

    :param default_zone: for times whose zone is missing or only an offset.
    :param url: where the event came from, to resolve relative links.
    :param country: ISO 3166-1 code of the site's country, for prices without a currency.
    :raises RejectItem: for an unusable event: no id, no title, no date, not public.
    """
    if not isinstance(item, dict):
        raise RejectItem("not an object", excerpt(item))
    warnings: list[str] = []
    external_id = _external_id(item)
    given_title = _rendered(item.get("title"))
    title = title_text(given_title)
    if title is None:
        raise RejectItem("no title", excerpt(item.get("title")))
    _check_public(item, title)
    title, marked = split_status(title)
    when = read_when(item, default_zone)
    venue = attempt("venue", lambda: read_venue(item, warnings), warnings)
    status = _status(item, marked, warnings)
    place = placed(
        venue,
        warnings,
        stated=_stated_attendance(item, venue),
        is_virtual=item.get("is_virtual") in _YES,
        is_moved=status is EventStatus.MOVED_ONLINE,
        country=country,
    )
    return EventRecord(
        external_id=external_id,
        title=title,
        url=attempt("url", lambda: _link(item, "url", url), warnings)
        or attempt("website", lambda: _link(item, "website", url), warnings),
        **when.as_fields(),
        status=status,
        attendance=place.attendance,
        venue=place.venue,
        categories=attempt("categories", lambda: _names(item, "categories", "name"), warnings)
        or (),
        organizer=attempt("organizer", lambda: _organizer(item), warnings),
        description=attempt("description", lambda: _description(item), warnings),
        image_url=attempt("image", lambda: _image(item, url), warnings),
        price=attempt("price", lambda: _price(item, venue, country), warnings),
        series_id=attempt("series_id", lambda: text(item, "series_id"), warnings),
        source_updated_at=utc_timestamp(item.get("modified_utc")),
        warnings=(*when.warnings, *warnings),
    )


def known_as(item: object) -> Identity | None:
    """Return an event's identity, even if it is otherwise invalid."""
    return Identity(_external_id(item)) if isinstance(item, dict) else None


def identity(item: object) -> str | None:
    """Return an event's id within its site, or ``None``; it distinguishes pages of a listing."""
    if not isinstance(item, dict):
        return None
    for name in ("id", "global_id"):
        value = item.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, (int, str)) or isinstance(value, bool):
            continue
        # 'host?id=5' of global_id: the number that ``id`` would hold.
        found = one_line(str(value).rpartition("?id=")[2])
        if found and found != "0":
            return found
    return None


def _external_id(item: dict[str, Any]) -> str:
    """Return the plugin's own cross-site key (``host?id=5``) if there is one, else the number.

    A source may have several sites, and each numbers its posts from one.
    """
    found = identity(item)
    if found is None:
        raise RejectItem("no id", excerpt(item.get("id")))
    everywhere = item.get("global_id")
    if isinstance(everywhere, str) and everywhere.endswith(f"?id={found}"):
        return one_line(everywhere) or found
    return found


def _check_public(item: dict[str, Any], title: str) -> None:
    status = item.get("status")
    if isinstance(status, str) and status.strip() and status != "publish":
        raise Withheld("not published", status)
    if item.get("hide_from_listings") in _YES:
        raise Withheld("hidden from listings")
    body = _rendered(item.get("description"))
    locked = bool(item.get("password")) or (body is not None and _PASSWORD_FORM in body)
    if locked or (_PROTECTED.match(title) and not body):
        raise Withheld("behind a password")


def _rendered(value: object) -> str | None:
    """Return a text that may be wrapped in an object, as in WordPress' own API."""
    if isinstance(value, dict):
        value = value.get("rendered")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def _status(item: dict[str, Any], marked: EventStatus | None, warnings: list[str]) -> EventStatus:
    given = item.get("event_status")
    named = _STATUS.get(given.strip().lower()) if isinstance(given, str) and given.strip() else None
    if given not in (None, "", False) and named is None:
        reason = f"{excerpt(given, 60)} is unknown"
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="event_status", reason=reason))
    status = gravest((named, marked)) or EventStatus.SCHEDULED
    warnings += status_of_title(status, marked, named)
    return status


def _stated_attendance(item: dict[str, Any], venue: Venue | None) -> Attendance | None:
    """Return what the flags say; the name of a venue alone makes no virtual event a mixed one."""
    if item.get("is_virtual") not in _YES:
        return None
    if item.get("virtual_event_type") == "hybrid":
        return Attendance.MIXED
    is_located = venue is not None and (venue.street or venue.latitude is not None)
    return None if is_located else Attendance.ONLINE


def _link(item: dict[str, Any], name: str, base: str | None) -> str | None:
    given = text(item, name)
    if given is None:
        return None
    link = web_url(given, base)
    if link is None:
        raise ValueError(f"{excerpt(given, 80)} is not a web address")
    return link


def _names(item: dict[str, Any], name: str, field: str) -> tuple[str, ...]:
    objects = (e if isinstance(e, dict) else {field: e} for e in entries(item, name))
    found = (text(each, field) for each in objects)
    return tuple(dict.fromkeys(one for one in found if one))


def _organizer(item: dict[str, Any]) -> str | None:
    return ", ".join(_names(item, "organizer", "organizer")) or None


def _description(item: dict[str, Any]) -> str | None:
    for name in ("description", "excerpt"):
        given = _rendered(item.get(name))
        if given and (found := description_text(_SHORTCODE.sub(" ", given))):
            return found
    return None


def _image(item: dict[str, Any], base: str | None) -> str | None:
    given = item.get("image")
    if given in (None, "", False, [], {}):
        return None
    return _link(
        item if isinstance(given, str) else obj(item, "image"),
        "image" if isinstance(given, str) else "url",
        base,
    )


def _price(item: dict[str, Any], venue: Venue | None, country: str | None) -> Price | None:
    """Read ``cost``, a free text, else the numbers that the plugin took from it."""
    details = item.get("cost_details")
    details = details if isinstance(details, dict) else {}
    words = text(item, "cost")
    values = _names(details, "values", "value")
    if not words and not values:
        return None
    currency = _currency(details, (venue.country if venue else None) or country)
    # Where the plugin took numbers from it, they are prices: 'from 15' is no age then.
    cost = parse_price(words, currency, in_field=bool(values))
    if cost is not None and (cost.min is not None or cost.max is not None):
        return cost
    counted = parse_price(" / ".join(values), currency)
    if counted is None or counted.min is None:
        return cost
    return counted.model_copy(update={"text": cost.text}) if cost else counted


def _currency(details: dict[str, Any], country: str | None) -> str | None:
    """Return the currency of amounts without one: the site's, else the country's."""
    local = currency_in(country) if country else None
    code = text(details, "currency_code") or local
    symbol = text(details, "currency_symbol")
    return (currency_of(symbol, code) if symbol else None) or code
