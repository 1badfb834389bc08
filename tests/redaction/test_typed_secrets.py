"""Secrets in a configuration: found wherever they stand, hidden, and told from what is none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.configuration import load_configuration
from include.discovery.connectors import connector_for, kinds
from include.discovery.redaction.masking import is_secret_name
from include.discovery.redaction.typed_secrets import typed_secrets, without_secrets
from tests.sites.every import site_of

SECRET = "s3cr3t-0f-mine"
TODAY = date(2026, 5, 1)
SHIPPED = Path(__file__).parents[2] / "include" / "config" / "discovery.yaml"

SECRETS: list[Any] = [
    {"url": f"https://example.org/events?apikey={SECRET}"},
    {"url": f"https://example.org/events?a=1&api_key={SECRET}&b=2"},
    {"url": f"https://example.org/events?api%6Bey={SECRET}"},
    {"url": f"https://example.org/events?APIKEY={SECRET}"},
    {"url": f"https://example.org/events?access_token={SECRET}"},
    {"url": f"https://example.org/events?key={SECRET}"},
    {"url": f"https://example.org/events?client_id={SECRET}"},
    {"url": f"https://example.org/events?user=me&pass={SECRET}"},
    {"url": f"https://example.org/events?sig={SECRET}"},
    {"url": f"https://example.org/events#access_token={SECRET}"},
    {"url": f"https://example.org/events;token={SECRET}/list"},
    {"url": f"https://me:{SECRET}@example.org/events"},
    {"url": f"https://{SECRET}@example.org/events"},
    {"url": f"HTTPS://{SECRET}@example.org/events"},
    {"url": f"webcal://me:{SECRET}@example.org/events"},
    {"url": f"//me:{SECRET}@example.org/events"},
    {"url": f"https://proxy.example/?url=https%3A%2F%2Fexample.org%2F%3Fapikey%3D{SECRET}"},
    {"url": f"https://proxy.example/?url=https://me:{SECRET}@example.org/"},
    {"url": f"https:/\\me:{SECRET}@example.org/events"},
    {"url": f"https:\\\\me:{SECRET}@example.org/events"},
    {"url": f"https:///me:{SECRET}@example.org/events"},
    {"url": f"https:/me:{SECRET}@example.org/events"},
    {"url": f"https:me:{SECRET}@example.org/events"},
    {"url": f"https://me:it's{SECRET}@example.org/events"},
    {"url": f'https://me:"{SECRET}"@example.org/events'},
    {"url": f"https://me:two words {SECRET}@example.org/events"},
    {"url": f" https://me:{SECRET}@example.org/events"},
    {"url": f"https://example.org/events?wskey={SECRET}"},
    {"url": f"https://example.org/events?AWSAccessKeyId={SECRET}"},
    {"url": f"https://example.org/events?sid={SECRET}"},
    {"url": f"https://example.org/apikey={SECRET}/events"},
    {"path": f"/events?token={SECRET}"},
    {"path": f"/events;token={SECRET}/list"},
    {"query": {"AccessKeyId": SECRET}},
    {"query": {"passcode": SECRET}},
    {"query": {"pw": SECRET}},
    {"query": {"PHPSESSID": SECRET}},
    {"query": {"q": f"apikey={SECRET}"}},
    {"query": {"q": f"town=1 api%6Bey={SECRET}"}},
    {"url": f"https://example.org/events?q=apikey%3D{SECRET}"},
    {"note": f"Append apikey={SECRET} to the address"},
    {"parameters": [{"name": "apikey", "value": SECRET}]},
    {"query": [{"value": [SECRET], "Name": "access_token"}]},
    {"headers": [{"key": "X-Api-Key", "value": SECRET}]},
    {"headers": {"X-Custom": f'Digest username="me", response="{SECRET}"'}},
    {"headers": {"X-Custom": f"Token {SECRET}"}},
    {"headers": {"X-Custom": f'Token token="{SECRET}"'}},
    {"headers": {"X-Custom": f"ApiKey me:{SECRET}"}},
    {"note": f"send 'Token {SECRET}' along"},
    {"urls": ["https://example.org/", f"https://me:{SECRET}@example.org/"]},
    {"query": {"apikey": SECRET}},
    {"query": {"filter[apikey]": SECRET}},
    {"query": {"ApiKey[]": SECRET}},
    {"query": {"api key": SECRET}},
    {"query": {"token1": SECRET}},
    {"query": {"ａｐｉｋｅｙ": SECRET}},
    {"query": {"key": [SECRET]}},
    {"query": {"subscription-key": SECRET}},
    {"query": {"token": 12345678}},
    {"headers": {"Authorization": f"Bearer {SECRET}"}},
    {"headers": {"authorization": f"Basic {SECRET}"}},
    {"headers": {"X-Api-Key": SECRET}},
    {"headers": {"Cookie": f"session={SECRET}"}},
    {"headers": {"Ocp-Apim-Subscription-Key": SECRET}},
    {"headers": {"X-Custom": f"Bearer {SECRET}"}},
    {"headers": {"X-Custom": "Basic bWU6czNjcjN0"}},
    {"headers": {"X-Custom": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"}},
    {"headers": {"X-Custom": "ghp_0123456789abcdefghijABCDEFGHIJ012345"}},
    {"changes": {"query": {"apikey": SECRET}}},
    {"key": SECRET},
    {"api_key": SECRET},
    {"password": SECRET},
    {"secretKey": SECRET},
    {"auth": {"credentials": SECRET}},
    {"note": f"curl -H 'Authorization: Bearer {SECRET}' https://example.org"},
    {"homepage": f"https://example.org/?token={SECRET}"},
    {"attribution": f"See https://me:{SECRET}@example.org/ for more"},
    {"settings": {"url": f"https://example.org/?apikey={SECRET}"}},
]

NO_SECRETS: list[Any] = [
    {"url": "https://example.org/events?from={from}&to={to}"},
    {"url": "https://example.org/@town/events"},
    {"url": "https://example.org/events?email=a@example.org"},
    {"url": "https://example.org/events?keyword=key&tokens=1&author=me&monkey=1"},
    {"url": "https://example.org/events?apikey="},
    {"query": {"keywords": "jazz", "hockey": 1, "sort": "id.asc", "token": None, "key": ""}},
    {"query": {"access_token": "{language}"}},
    {"key": {"in": "header", "name": "X-App-Token", "required": False}},
    {"key": {"in": "query", "name": "client_id"}},
    {"paging": {"by": "cursor", "parameter": "pageToken", "path": "next_page_token"}},
    {"fields": {"title": "name", "price": {"path": "[?key=='x'].price | [0]"}}},
    {"fields": {"categories": "tags[?token != 'a'].name", "status": "state && state != `2`"}},
    {"headers": {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}},
    {"name": "Bearer of good news", "licence": "Basic Bar", "attribution": "Token ring"},
    {"query": {"key": "concerts"}, "public_names": ["key"]},
    {"url": "https://example.org/?key=concerts&KEY=b", "public_names": ["Key"]},
    {"query": {"client_id": ["town"]}, "public_names": ["client_id"]},
    {"artists": ["Basic Element", "The Bearers", "Keys N Krates"]},
    {"base_url": "http://127.0.0.1:8765/tickets/discovery/v2"},
    {"path": "/@town/events"},
    {"attribution": "https://example.org, mail us@example.org"},
    {"pattern": r"[?&](?:sid|key)=(\d+)", "selector": "li[data-key=title] a"},
    {"note": "pin=1 otp=2"},
    {"fields": [{"name": "title", "value": "summary"}, {"name": "token", "value": None}]},
    {"query": {"side": 1, "inside": 2, "newskey": 3, "q": "town=Łódź"}},
    {"url": "https://example.org/?api+key=concerts", "public_names": ["api key"]},
    {"query": [{"name": "sid", "value": "7"}], "public_names": ["sid"]},
]  # fmt: skip


HEX = "0123456789abcdef0123456789abcdef"
LONG_HEX = "1b9f4e7a2c3d5b6e8f90a1b2c3d4e5f612345678901234567890"
UUID = "3f2b8c1e-9a4d-4e6f-8b7a-0c1d2e3f4a5b"
NIL = "00000000-0000-0000-0000-000000000000"
TOKEN = "MTYyNDM2OTgzNjE2MjQzNqP7a0bU3_XkQv9-zW2LmN8sRtYcE4dG6hJ1fK5oB"
GROUP = "abc123def456%40group.calendar.google.com"
OUTLOOK = "https://outlook.office365.com/owa/calendar"

PRIVATE_ADDRESSES = [
    (f"https://calendar.google.com/calendar/ical/{GROUP}/private-{HEX}/basic.ics", HEX),
    (f"https://www.google.com/calendar/ical/me%40gmail.com/private-{HEX}/full.ics", HEX),
    (f"webcal://calendar.google.com/calendar/ical/{GROUP}/private-{HEX}/basic.ics", HEX),
    (f"https://calendar.google.com/calendar/feeds/{GROUP}/private-{HEX}/basic", HEX),
    (f"{OUTLOOK}/{HEX}@opera.example/{LONG_HEX}/calendar.ics", LONG_HEX),
    (f"{OUTLOOK}/{HEX}@opera.example/{LONG_HEX}/calendar.html", LONG_HEX),
    (f"https://outlook.live.com/owa/calendar/{NIL}/{UUID}/cid-0A1B2C/calendar.ics", UUID),
    (f"https://mail.opera.example/owa/calendar/{UUID}@opera.example/{HEX}/calendar.ics", HEX),
    (f"webcal://p42-caldav.icloud.com/published/2/{TOKEN}", TOKEN),
    (f"https://p42-calendars.icloud.com/published/2/{TOKEN}", TOKEN),
    (f"https://api.opera.example/token/{HEX}/events.json", HEX),
    (f"https://api.opera.example/v1/access_token/{UUID}/events", UUID),
    (f"https://api.opera.example/apikey/a1{HEX}", f"a1{HEX}"),
    (f"https://opera.example/ical/secret/{UUID}.ics", UUID),
    (f"https://opera.example/feed/token-{HEX}.ics", HEX),
    (f"https://opera.example/x.ics?key={HEX}", HEX),
    (f"https://calendar.proton.me/api/calendar/v1/url/x/calendar.ics?PassphraseKey={HEX}", HEX),
    (f"https://proxy.example/?url=https%3A%2F%2Fa.example%2Fprivate-{HEX}%2Fbasic.ics", HEX),
]

PUBLIC_ADDRESSES = [
    f"https://calendar.google.com/calendar/ical/{GROUP}/public/basic.ics",
    f"https://calendar.google.com/calendar/ical/c_{HEX}{HEX}%40group.calendar.google.com/public/a.ics",
    f"https://calendar.google.com/calendar/ical/{GROUP}/private-{{key}}/basic.ics",
    f"{OUTLOOK}/{HEX}@opera.example/{{key}}/calendar.ics",
    "https://p42-caldav.icloud.com/published/2/{key}",
    "https://opera.example/x.ics?token={key}",
    "https://cloud.example/remote.php/dav/public-calendars/Ab3dEf6hIj9kLmN2?export",
    "https://cloud.example/apps/calendar/p/Ab3dEf6hIj9kLmN2",
    f"https://opera.example/calendars/{UUID}/events.ics",
    f"https://opera.example/events/{UUID}",
    f"https://opera.example/events/{HEX}",
    "https://opera.example/events/507f1f77bcf86cd799439011",
    "https://opera.example/events/2026/05/01/the-secret-life-of-letters-a-private-view-1234567890",
    "https://opera.example/private-concert-in-the-old-town-hall-2026-05-01/",
    "https://opera.example/private-sightseeingtour2026/",
    "https://opera.example/private/events/spring-2026",
    "https://opera.example/secret/location-party-2026-edition-number-12",
    "https://opera.example/secret/wonderlandofwinter",
    "https://opera.example/token/the-lord-of-the-rings-in-concert-2026",
    "https://opera.example/token/1234567890123456",
    "https://opera.example/tokens/a1b2c3d4e5f6a7b8c9d0",
    "https://opera.example/published/2026/spring-programme-of-the-opera",
    "https://opera.example/published/2/the opera",
    "https://example.org/owa/calendar/opera/list",
    "https://www.meetup.com/krakow-secret-dinners/events/ical/",
    "https://opera.example/wydarzenia/dluga-noc-muzeow-w-krakowie-edycja-dwudziesta-trzecia",
]


@pytest.mark.parametrize(("address", "secret"), PRIVATE_ADDRESSES)
def test_a_secret_in_a_private_address_is_found_and_hidden(address: str, secret: str) -> None:
    settings: dict[str, Any] = {"url": address}
    (found,) = typed_secrets(settings)
    shown = without_secrets(settings)

    assert found.path == ("url",)
    assert secret in found.value
    assert secret not in f"{shown} {found} {found.advice(key_is_a_setting=True)}"
    assert address.partition("://")[0] in str(shown["url"])
    assert typed_secrets(shown)
    assert without_secrets(shown) == shown


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_a_long_address_is_not_a_secret(address: str) -> None:
    assert typed_secrets({"url": address}) == []
    assert without_secrets({"url": address}) == {"url": address}


def test_an_address_that_is_listed_as_public_is_not_a_secret() -> None:
    settings = {
        "url": f"{OUTLOOK}/{HEX}@opera.example/{LONG_HEX}/calendar.ics",
        "public_names": ["path"],
    }

    assert typed_secrets(settings) == []
    assert typed_secrets({**settings, "public_names": ["key"]})


@pytest.mark.parametrize("settings", SECRETS, ids=json.dumps)
def test_a_secret_is_found_and_hidden_wherever_it_stands(settings: dict[str, Any]) -> None:
    found = typed_secrets(settings)
    shown = without_secrets(settings)

    assert found
    assert all(secret.path[0] in settings for secret in found)
    assert shown != settings
    assert SECRET not in str(shown)
    for secret in found:
        assert SECRET not in f"{secret} {secret.advice(key_is_a_setting=True)}"
        assert "Airflow connection" in secret.advice(key_is_a_setting=False)


@pytest.mark.parametrize("settings", SECRETS, ids=json.dumps)
def test_a_hidden_value_that_comes_back_is_refused(settings: dict[str, Any]) -> None:
    """A form that was filled with masks must not store them as values."""
    shown = without_secrets(settings)

    assert typed_secrets(shown)
    assert without_secrets(shown) == shown


@pytest.mark.parametrize("settings", NO_SECRETS, ids=json.dumps)
def test_a_value_that_only_resembles_a_secret_is_not_hidden(settings: dict[str, Any]) -> None:
    assert typed_secrets(settings) == []
    assert without_secrets(settings) == settings


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"query": {"apikey": SECRET}}, 'it goes: {"in": "query", "name": "apikey"}'),
        ({"url": f"https://a.example/?k=1&token={SECRET}"}, '{"in": "query", "name": "token"}'),
        ({"headers": {"X-Key": SECRET}}, '{"in": "header", "name": "X-Key"}'),
        ({"headers": {"Authorization": f"Bearer {SECRET}"}}, '{"in": "bearer"}'),
        ({"headers": {"Authorization": f"Basic {SECRET}"}}, '{"in": "basic"}'),
        ({"url": f"https://me:{SECRET}@a.example/"}, 'as its login; the setting key says where'),
        ({"url": f"https://me:{SECRET}@a.example/"}, '{"in": "basic"}'),
        ({"url": f"https://a.example/private-{HEX}/basic.ics"}, "{key} stands for it"),
        ({"url": f"https://a.example/private-{HEX}/basic.ics"}, "list path in the setting public"),
        ({"query": {"key": "concerts"}}, "not a secret, list key in the setting public_names"),
    ],
)  # fmt: skip
def test_the_advice_says_what_to_write_instead(settings: dict[str, Any], said: str) -> None:
    (found,) = typed_secrets(settings)

    assert said in found.advice(key_is_a_setting=True)


def test_no_setting_of_any_kind_is_named_like_a_secret() -> None:
    """But ``key``, which says where the key goes and is not text."""
    for kind in kinds():
        names = connector_for(kind).settings_model.model_fields
        assert {name for name in names if is_secret_name(name)} <= {"key"}, kind


@pytest.mark.parametrize("kind", kinds())
def test_no_default_setting_of_a_kind_is_taken_for_a_secret(kind: str) -> None:
    settings = connector_for(kind).settings_model.model_validate(
        site_of(kind)("https://a.example", TODAY).settings
    )

    assert typed_secrets(settings.model_dump(mode="json", by_alias=True)) == []


def test_no_setting_of_the_shipped_configuration_is_taken_for_a_secret() -> None:
    shipped = load_configuration(SHIPPED, {})

    for entity in (*shipped.cities.values(), *shipped.sources.values(), *shipped.pairs):
        assert typed_secrets(entity.model_dump(mode="json")) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["url", "key", "apikey", "headers", "Authorization", "public_names"]
                )
                | st.text(max_size=5),
                inner,
                max_size=3,
            )
        ),
        max_leaves=10,
    )
)
def test_hiding_never_fails_and_hiding_again_changes_nothing(value: Any) -> None:
    settings = {"x": value}
    shown = without_secrets(settings)

    assert without_secrets(shown) == shown
    assert (shown == settings) or typed_secrets(settings)
