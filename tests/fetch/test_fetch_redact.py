"""Redaction: no secret survives, and what is none stays readable."""

import html
import json
import logging
import time
from urllib.parse import quote, quote_plus, unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.fetch.redact import (
    HTTP_LOGGERS,
    RedactingFilter,
    hiding,
    install_redaction,
    is_secret_name,
    redact,
    redact_url,
)

# Without the mask's own character: '***' beside a star would otherwise contain such a "secret".
secrets = st.text(min_size=4, max_size=40).filter(lambda s: s == s.strip() and "*" not in s)
around = st.text(max_size=60).filter(lambda s: "*" not in s)
names = st.sampled_from(
    [
        "apikey",
        "api_key",
        "ApiKey",
        "api%6Bey",
        "app_key",
        "key",
        "token",
        "access_token",
        "client_id",
        "client_secret",
        "app_id",
        "signature",
        "sig",
        "X-Amz-Signature",
        "password",
        "secret",
    ]
)


def percent_encode_all(secret: str) -> str:
    return "".join(f"%{byte:02x}" for byte in secret.encode())


WRITINGS = [
    str,
    quote,
    lambda s: quote(s, safe=""),
    quote_plus,
    percent_encode_all,
    lambda s: quote(quote(s, safe=""), safe=""),
    lambda s: json.dumps(s)[1:-1],
    lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    html.escape,
    lambda s: repr(s.encode())[2:-1],
    lambda s: ascii(s)[1:-1],
    lambda s: repr(f"'\"{s}")[4:-1],
]


@given(secret=secrets, before=around, after=around, write=st.sampled_from(WRITINGS))
def test_a_known_secret_never_survives_however_written(secret, before, after, write):
    written = write(secret)
    shown = redact(f"{before}{written}{after}", [secret])
    assert secret not in shown
    assert written not in shown


@pytest.mark.parametrize("write", WRITINGS)
@pytest.mark.parametrize("secret", ['it\'s +"a b"', "ża\\b\n%2F/c", "a&b<c>=é\tü", "p%20q+r"])
def test_secrets_that_need_escaping(secret, write):
    assert redact(f"<{write(secret)}>", [secret]) == "<***>"


@given(secret=secrets, other=secrets, before=around)
def test_secrets_that_overlap_are_all_masked(secret, other, before):
    shown = redact(f"{before}{secret}{other}{secret}", [secret, other, secret + other])
    assert secret not in shown
    assert other not in shown


@given(secret=secrets, name=names, other=st.sampled_from(["", "q=jazz&", "flag&", "&&"]))
def test_a_parameter_is_masked_by_its_name_alone(secret, name, other):
    value = quote(secret, safe="")
    url = f"https://api.example/v2/events?{other}{name}={value}&page=2#top"
    shown = redact_url(url)
    assert shown == f"https://api.example/v2/events?{other}{name}=***&page=2#top"
    assert redact_url(shown) == shown


@given(st.text())
def test_neither_function_fails_on_any_text(text):
    redact(text, [text])
    redact_url(text)
    redact_url(f"https://{text}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ann:pw@host/p", "https://ann:***@host/p"),
        ("https://ann:p@w@host/p", "https://ann:***@host/p"),
        ("https://t0ken@host/p", "https://***@host/p"),
        ("GET http://h/?q=a&apikey=abc HTTP/1.1", "GET http://h/?q=a&apikey=*** HTTP/1.1"),
        ("http://h/?next=http%3A%2F%2Fi%3Fkey%3Dabc", "http://h/?next=http%3A%2F%2Fi%3Fkey%3D***"),
        ("http://h/#access_token=abc", "http://h/#access_token=***"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("authorization: Basic YTpi", "authorization: ***"),
        ("sent 'bearer abcdefgh12' in vain", "sent 'bearer ***' in vain"),
        ("{'X-Api-Key': 'abc', 'Accept': '*/*'}", "{'X-Api-Key': '***', 'Accept': '*/*'}"),
        ("[(b'Set-Cookie', b'sid=abc')]", "[(b'Set-Cookie', b'***')]"),
        ('{"token": "a\\"b", "page": 1}', '{"token": "***", "page": 1}'),
    ],
)
def test_secrets_are_known_by_their_surroundings(text, shown):
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://api.example/v2/events?q=monkey&sort=date,asc&keyword=jazz&author=ann#top",
        "The key to the city: a musical",
        "mail ann@example.org or see https://example.org/@ann",
        "",
    ],
)
def test_ordinary_text_stays(text):
    assert redact(text) == text
    assert redact_url(text) == text


def test_a_secret_that_begins_with_another_is_masked_whole():
    assert redact("<abcdef> <abcd>", ["abcd", "abcdef"]) == "<***> <***>"


def test_short_values_are_masked_by_name_only():
    assert redact("a=1 apikey=1 1", ["1"]) == "a=1 apikey=*** 1"


def test_a_key_pasted_with_a_newline_is_found_without_it():
    assert redact("bad key s3cr3t!", ["s3cr3t\n"]) == "bad key ***!"


@pytest.mark.parametrize("name", ["apikey", "API-Key", "Authorization", "Cookie", "refresh_token"])
def test_names_that_mean_secrets(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["keyword", "author", "monkey", "page", "accept", "signal", ""])
def test_names_that_do_not(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a.a-",
        "a=",
        "://",
        "'key':'",
        "bearer ",
        "%3D",
        "authorization:",
        "api_",
        "authority: ",
    ],
)
def test_hostile_text_takes_no_more_than_linear_time(text):
    started = time.perf_counter()
    redact(text * (300_000 // len(text)), ["a.a.a.a-s3cr3t", "aaaaaaaaaaaaaaaab"])
    assert time.perf_counter() - started < 5


def record(message, *args, exc_info=None):
    return logging.LogRecord("httpx", logging.INFO, __file__, 1, message, args, exc_info)


def test_the_filter_masks_message_and_arguments():
    line = record("GET %s with %s", httpx.URL("http://h/?apikey=abc"), "s3cr3t")
    with hiding(["s3cr3t"]):
        assert RedactingFilter().filter(line)
    assert line.getMessage() == "GET http://h/?apikey=*** with ***"


def test_the_filter_masks_tracebacks():
    error = ValueError("no such key: s3cr3t")
    line = record("failed", exc_info=(ValueError, error, None))
    with hiding(["s3cr3t"]):
        RedactingFilter().filter(line)
    shown = logging.Formatter().format(line)
    assert "ValueError: no such key: ***" in shown
    assert "s3cr3t" not in shown


def test_the_filter_survives_a_log_call_that_does_not_fit_its_format():
    line = record("GET %s %s", "http://h/?apikey=abc")
    RedactingFilter().filter(line)
    assert line.getMessage() == "GET %s %s ('http://h/?apikey=***',)"


def test_values_are_hidden_only_while_it_lasts():
    with hiding(["s3cr3t"]):
        pass
    line = record("s3cr3t")
    RedactingFilter().filter(line)
    assert line.getMessage() == "s3cr3t"


@pytest.mark.usefixtures("_bare_loggers")
def test_installing_twice_filters_once():
    install_redaction()
    install_redaction()
    for name in HTTP_LOGGERS:
        present = logging.getLogger(name).filters
        assert sum(isinstance(f, RedactingFilter) for f in present) == 1


def test_every_logger_of_the_http_libraries_is_covered():
    ours = {"httpx", "httpcore"}
    loggers = logging.root.manager.loggerDict.items()
    existing = {n for n, o in loggers if n.split(".")[0] in ours and isinstance(o, logging.Logger)}
    assert existing - {"httpcore"} <= set(HTTP_LOGGERS)


def test_masking_a_url_keeps_it_a_url():
    masked = redact_url("https://h/a%20b/?q=%C5%82&token=%2F")
    assert masked == "https://h/a%20b/?q=%C5%82&token=***"
    assert unquote(masked) == "https://h/a b/?q=ł&token=***"
