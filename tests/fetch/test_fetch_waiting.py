"""When to ask again: Retry-After in both forms, full jitter, and which errors may pass."""

import random
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery import errors
from include.discovery.fetch.waiting import (
    LONGEST_RETRY_AFTER_SECONDS,
    backoff_delay,
    parse_retry_after,
    quota_renewal,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("-5", 0),
        ("Tue, 24 Nov 2026 12:02:00 GMT", 120),
        ("Tue, 24 Nov 2026 13:02:00 +0100", 120),
        ("Tue, 24 Nov 2026 12:02:00", 120),
        ("Tuesday, 24-Nov-26 12:02:00 GMT", 120),
        ("Tue Nov 24 12:02:00 2026", 120),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
        ("9" * 400, LONGEST_RETRY_AFTER_SECONDS),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER_SECONDS),
        (None, None),
        ("", None),
        ("soon", None),
        ("1e3", None),
        ("٣", None),
        ("inf", None),
        ("Tue, 99 Nov 2026 12:02:00 GMT", None),
    ],
)
def test_a_retry_after_header_is_read_as_seconds(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.integers(min_value=0, max_value=int(LONGEST_RETRY_AFTER_SECONDS)))
def test_both_forms_of_retry_after_give_the_same_wait(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(str(seconds), NOW) == parse_retry_after(date, NOW) == seconds


@given(st.text() | st.from_regex(r"\A[\w, :+-]{1,40}\Z"), st.integers(-14, 14))
def test_any_header_gives_a_bounded_wait_or_none(value: str, offset: int) -> None:
    seconds = parse_retry_after(value, NOW.astimezone(timezone(timedelta(hours=offset))))
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_SECONDS


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "3600"}, 3600),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "60"}, 60),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW.timestamp() + 90:.0f}"}, 90),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW.timestamp() + 90:.0f}000"}, 90),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW.timestamp() - 90:.0f}"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 20}, 7 * 86_400),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 400}, None),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "3600"}, None),
        ({"x-ratelimit-reset": "3600"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, None),
        ({}, None),
    ],
)
def test_the_headers_of_a_used_up_quota_say_when_it_is_renewed(
    headers: dict[str, Any], seconds: int | None
) -> None:
    assert quota_renewal(headers, NOW) == seconds


@pytest.mark.parametrize(("failures", "cap"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (50, 8)])
def test_backoff_is_spread_over_the_whole_wait(failures: int, cap: int) -> None:
    rng = random.Random(3)
    delays = [backoff_delay(failures, rng) for _ in range(500)]
    assert 0 <= min(delays) < cap * 0.05
    assert cap * 0.95 < max(delays) <= cap


@pytest.mark.parametrize(
    ("error", "is_asked_again"),
    [
        (errors.NetworkError, True),
        (errors.TimedOut, True),
        (errors.BrokenOff, True),
        (errors.ServerError, True),
        (errors.RateLimited, True),
        (errors.UnreadableResponse, True),
        (errors.Challenged, True),
        (errors.UnsupportedResponse, False),
        (errors.RedirectRefused, False),
        (errors.QuotaExhausted, False),
        (errors.AuthenticationFailed, False),
        (errors.Blocked, False),
        (errors.NotFound, False),
        (errors.InvalidSettings, False),
        (errors.DiscoveryError, False),
    ],
)
def test_a_request_is_retried_only_where_its_failure_may_pass(
    error: type[errors.DiscoveryError], is_asked_again: bool
) -> None:
    assert error.asked_again is is_asked_again
