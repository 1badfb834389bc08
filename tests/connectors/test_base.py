"""What every connector shares: the settings, and a context without secrets on show."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from include.discovery.connectors.base import (
    ConnectorSettings,
    Page,
    SyncContext,
)
from include.discovery.fetch.keys import Credentials
from include.discovery.model import Window
from tests.support.builders import WARSAW, event


def test_connector_settings_have_defaults() -> None:
    settings = ConnectorSettings()

    assert (settings.timezone, settings.horizon_days, settings.request_retries) == (None, 365, 3)


@pytest.mark.parametrize(
    "settings",
    [
        {"timezone": "Warsaw"},
        {"horizon_days": 0},
        {"horizon_days": 731},
        {"timeout_seconds": 0},
        {"timeout_seconds": float("nan")},
        {"timeout_seconds": float("inf")},
        {"request_retries": -1},
        {"request_retries": 6},
        {"max_body_mb": 0},
        {"max_body_mb": 501},
        {"colour": "red"},
    ],
)
def test_settings_beyond_their_bounds_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ConnectorSettings(**settings)


def test_the_representation_of_a_context_shows_no_key() -> None:
    context = SyncContext(
        settings=ConnectorSettings(),
        timezone=WARSAW,
        window=Window(date(2026, 6, 1), date(2026, 6, 2)),
        credentials=Credentials(key="s3cret", login="l0gin"),
    )

    assert "s3cret" not in repr(context)
    assert "l0gin" not in repr(context)


def test_a_page_has_what_was_parsed_and_a_cursor() -> None:
    page = Page([event("1")], cursor="2")

    assert (page.records, page.rejects, page.cursor) == ([event("1")], (), "2")
    assert (page.expected, page.incomplete_reason) == (None, None)
