"""Renders events as rows of the REST interface of WordPress' The Events Calendar."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

from include.demo.model import DemoEvent, JsonObject, Status
from include.demo.tribe_api import TribeRow
from include.demo.wording import (
    HOSTILE_HTML,
    HOSTILE_URL,
    description_text,
    is_hostile,
    listed_title,
    page_url,
    price_text,
    says_status_in_title,
)

_WORDPRESS_ENTITIES = {
    "–": "&#8211;",
    "’": "&#8217;",
    "„": "&#8222;",
    "”": "&#8221;",
    "'": "&#8217;",
}
_STATUS = {Status.CANCELLED: "canceled", Status.POSTPONED: "postponed"}
_ODD_OFFSET_SHARE = 0.06


def tribe_row(event: DemoEvent, source: str) -> TribeRow:
    """Return the row of one event on one site, with the interval by which the site files it."""
    dice, modified = event.dice(f"{source} row"), event.modified
    zone, utc_start, utc_end = _clocks(event)
    starts, ends = event.starts.replace(tzinfo=None), event.ends.replace(tzinfo=None)
    title = _entities(listed_title(event, source))
    status = None if says_status_in_title(event) else _STATUS.get(event.status)
    payload: JsonObject = {
        "id": event.number,
        "global_id": _global_id(event, source, event.number),
        "global_id_lineage": [_global_id(event, source, event.number)],
        "author": str(dice.randint(1, 9)),
        "status": "publish",
        "date": _timestamp(modified.astimezone(event.city.zone)),
        "date_utc": _timestamp(modified),
        "modified": _timestamp(modified.astimezone(event.city.zone)),
        "modified_utc": _timestamp(modified),
        "url": page_url(event, source),
        "title": title,
        "description": _description_html(event),
        "excerpt": f"<p>{_entities(event.programme.blurb[:60])} [&hellip;]</p>\n",
        "slug": event.key,
        "image": _image(event, source) if dice.random() < 0.6 else False,
        "all_day": event.all_day,
        "start_date": _timestamp(starts),
        "start_date_details": _details(starts),
        "end_date": _timestamp(ends),
        "end_date_details": _details(ends),
        "utc_start_date": _timestamp(utc_start),
        "utc_start_date_details": _details(utc_start),
        "utc_end_date": _timestamp(utc_end),
        "utc_end_date_details": _details(utc_end),
        "timezone": zone,
        "timezone_abbr": zone if zone.startswith("UTC") else event.starts.tzname(),
        **_cost(event),
        "website": HOSTILE_URL if is_hostile(event) else "",
        "featured": dice.random() < 0.05,
        "sticky": False,
        "categories": [_category(event, source)] if dice.random() < 0.95 else [],
        "tags": [],
        "venue": _venue(event, source) if dice.random() < 0.92 else dice.choice(([], {})),
        "organizer": [_organizer(event)] if dice.random() < 0.8 else dice.choice(([], {})),
    }
    if status:
        payload |= {"event_status": status, "status_reason": ""}
    return TribeRow(starts, ends, payload)


def _clocks(event: DemoEvent) -> tuple[str, datetime, datetime]:
    """Zone name and UTC start and end, which disagree with the wall clock on careless sites.

    A site set to "UTC+0" or "UTC+2" still shows the right local time; its UTC fields are wrong.
    """
    if not event.chance("offset", _ODD_OFFSET_SHARE):
        return event.city.timezone, event.starts.astimezone(UTC), event.ends.astimezone(UTC)
    zone = event.dice("odd offset").choice(event.city.odd_offsets)
    offset = timedelta(hours=int(zone.removeprefix("UTC+")))
    wall_start, wall_end = event.starts.replace(tzinfo=None), event.ends.replace(tzinfo=None)
    return zone, wall_start - offset, wall_end - offset


def _timestamp(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")


def _details(moment: datetime) -> dict[str, str]:
    names = ("year", "month", "day", "hour", "minutes", "seconds")
    return dict(zip(names, re.split("[- :]", _timestamp(moment)), strict=True))


def _entities(plain: str) -> str:
    """Text as WordPress prints it: ampersands and typographic signs as numbered entities."""
    text = html.escape(plain, quote=False).replace("&amp;", "&#038;")
    for sign, entity in _WORDPRESS_ENTITIES.items():
        text = text.replace(sign, entity)
    return text


def _description_html(event: DemoEvent) -> str:
    paragraphs = [f"<p>{_entities(part)}</p>" for part in description_text(event).split("\n")]
    if event.chance("style", 0.3):
        paragraphs.insert(
            0, f'<p style="text-align:center"><strong>{_entities(event.title)}</strong></p>'
        )
    if is_hostile(event):
        paragraphs.append(HOSTILE_HTML)
    return "\n".join(paragraphs) + "\n"


def _cost(event: DemoEvent) -> JsonObject:
    """Return the cost; a free event says so in words, or, as often in reality, says nothing."""
    silent = event.price is None and event.chance("cost", 0.4)
    values = [] if event.price is None else [str(value) for value in sorted(set(event.price))]
    return {
        "cost": "" if silent else _entities(price_text(event)),
        "cost_details": {
            "currency_symbol": "" if silent else event.city.currency_symbol,
            "currency_code": "" if silent else event.city.currency,
            "currency_position": "suffix",
            "values": values,
        },
    }


def _global_id(event: DemoEvent, source: str, number: int) -> str:
    """Return the plugin's key across sites; each city has a site of its own."""
    return f"{source}.example/{event.city.slug}?id={number}"


def _image(event: DemoEvent, source: str) -> JsonObject:
    root = f"https://{source}.example/wp-content/uploads/{event.venue.slug}"
    medium = {"width": 300, "height": 200, "mime-type": "image/jpeg", "url": f"{root}-300x200.jpg"}
    return {
        "url": f"{root}.jpg",
        "id": event.number + 1,
        "extension": "jpg",
        "width": 1200,
        "height": 800,
        "sizes": {"medium": medium},
    }


def _category(event: DemoEvent, source: str) -> JsonObject:
    names = sorted({programme.category for programme in event.city.programmes.values()})
    position = names.index(event.programme.category) + 1
    return {
        "id": position,
        "name": _entities(event.programme.category),
        "slug": f"cat-{position}",
        "taxonomy": "tribe_events_cat",
        "urls": {"self": f"https://{source}.example/wp-json/tribe/events/v1/categories/{position}"},
    }


def _venue(event: DemoEvent, source: str) -> JsonObject:
    venue, city = event.venue, event.city
    number = 1000 + city.position(venue)
    fields: JsonObject = {
        "id": number,
        "status": "publish",
        "url": f"https://{source}.example/venue/{venue.slug}/",
        "venue": _entities(venue.name),
        "slug": venue.slug,
        "address": venue.street,
        "city": event.locality,
        "country": city.country,
        "province": city.region,
        "zip": venue.postcode,
        "show_map": True,
        "global_id": _global_id(event, source, number),
    }
    if event.chance("coordinates", 0.5):
        fields |= {"geo_lat": str(venue.latitude), "geo_lng": str(venue.longitude)}
    return fields


def _organizer(event: DemoEvent) -> JsonObject:
    number = 2000 + event.city.position(event.venue)
    return {"id": number, "organizer": _entities(event.venue.organizer), "slug": f"org-{number}"}
