"""Redaction: no secret survives, and what is none stays readable."""

import html
import json
import time
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from textwrap import wrap
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.redaction.masking import Redaction, is_secret_name, redact, redact_url

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
def test_a_known_secret_is_masked_however_it_is_written(
    secret: str, before: str, after: str, write: Callable[..., Any]
) -> None:
    written = write(secret)
    shown = redact(f"{before}{written}{after}", [secret])
    assert secret not in shown
    assert written not in shown


@pytest.mark.parametrize("write", WRITINGS)
@pytest.mark.parametrize("secret", ['it\'s +"a b"', "ża\\b\n%2F/c", "a&b<c>=é\tü", "p%20q+r"])
def test_a_secret_that_needs_escaping_is_masked(secret: str, write: Callable[..., Any]) -> None:
    assert redact(f"<{write(secret)}>", [secret]) == "<***>"


@pytest.mark.slow
@given(secret=secrets, other=secrets, before=around)
def test_secrets_that_overlap_are_all_masked(secret: str, other: str, before: str) -> None:
    shown = redact(f"{before}{secret}{other}{secret}", [secret, other, secret + other])
    assert secret not in shown
    assert other not in shown


@given(secret=secrets, name=names, other=st.sampled_from(["", "q=jazz&", "flag&", "&&"]))
def test_a_parameter_is_masked_by_its_name_alone(secret: str, name: str, other: str) -> None:
    value = quote(secret, safe="")
    url = f"https://api.example/v2/events?{other}{name}={value}&page=2#top"
    shown = redact_url(url)
    assert shown == f"https://api.example/v2/events?{other}{name}=***&page=2#top"
    assert redact_url(shown) == shown


@given(st.text())
def test_masking_does_not_fail_on_any_text(text: str) -> None:
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
def test_an_unknown_secret_is_masked_by_its_context(text: str, shown: str) -> None:
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
def test_ordinary_text_is_not_masked(text: str) -> None:
    assert redact(text) == text
    assert redact_url(text) == text


def test_a_secret_that_begins_with_another_is_masked_whole() -> None:
    assert redact("<abcdef> <abcd>", ["abcd", "abcdef"]) == "<***> <***>"


def test_a_secret_of_few_characters_is_masked_as_a_word_and_not_within_words() -> None:
    assert (
        redact("bad key k7! 'k7' k7x ak7 page=k7", ["k7"]) == "bad key ***! '***' k7x ak7 page=***"
    )


def test_a_key_that_was_pasted_with_a_newline_is_found_without_it() -> None:
    assert redact("bad key s3cr3t!", ["s3cr3t\n"]) == "bad key ***!"


@pytest.mark.parametrize("name", ["apikey", "API-Key", "Authorization", "Cookie", "refresh_token"])
def test_a_name_that_means_a_secret_is_recognised(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["keyword", "author", "monkey", "page", "accept", "signal", ""])
def test_a_name_that_resembles_a_secret_is_not_taken_for_one(name: str) -> None:
    assert not is_secret_name(name)


def test_masking_a_url_keeps_it_a_url() -> None:
    masked = redact_url("https://h/a%20b/?q=%C5%82&token=%2F")
    assert masked == "https://h/a%20b/?q=%C5%82&token=***"
    assert unquote(masked) == "https://h/a b/?q=ł&token=***"


# However it is written

KEY = "aB3dE-fG7h_Kx9L/m2+Nq5Rt"


def every(write: Callable[..., Any]) -> Any:
    return lambda secret: "".join(write(character) for character in secret)


ENCODED = {
    "percent": percent_encode_all,
    "percent, capitals": lambda s: percent_encode_all(s).upper(),
    "percent, three times": lambda s: quote(quote(percent_encode_all(s), safe=""), safe=""),
    "decimal entities": every(lambda c: f"&#{ord(c)};"),
    "padded entities": every(lambda c: f"&#0{ord(c)};"),
    "hexadecimal entities": every(lambda c: f"&#x{ord(c):X};"),
    "named entities": lambda s: s.replace("/", "&sol;").replace("+", "&plus;"),
    "entities twice": every(lambda c: f"&amp;#{ord(c)};"),
    "JSON escapes": every(lambda c: f"\\u{ord(c):04X}"),
    "JSON escapes within JSON": every(lambda c: f"\\\\u{ord(c):04x}"),
    "JavaScript escapes": every(lambda c: f"\\u{{{ord(c):x}}}"),
    "escaped slashes": lambda s: s.replace("/", "\\/"),
    "Python escapes": every(lambda c: f"\\x{ord(c):02x}"),
    "quoted-printable": every(lambda c: f"={ord(c):02X}"),
    "folded": lambda s: f"{s[:9]}\r\n {s[9:]}",
    "soft line break": lambda s: f"{s[:9]}=\r\n{s[9:]}",
    "capitals": str.upper,
    "lower case": str.lower,
    "hexadecimal digits": lambda s: s.encode().hex(),
    "HEXADECIMAL digits": lambda s: s.encode().hex().upper(),
    "Base64": lambda s: b64encode(s.encode()).decode(),
    "Base64 for URLs": lambda s: urlsafe_b64encode(s.encode()).decode(),
    "Basic": lambda s: b64encode(f"ann:{s}".encode()).decode(),
    "Base64 of a line": lambda s: b64encode(f"the key {s} is wrong".encode()).decode(),
    "wrapped Base64": lambda s: "\n".join(wrap(b64encode(f"ann:{s}".encode()).decode(), 20)),
    "Base64, percent-encoded": lambda s: quote(b64encode(f"ann:{s}".encode()), safe=""),
}


@pytest.mark.parametrize("write", ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("around", ["<{}>", "Invalid API key {} given", '{{"key":["{}"]}}'])
def test_a_key_is_masked_in_every_encoding(write: Callable[..., Any], around: str) -> None:
    shown = redact(around.format(write(KEY)), [KEY])
    assert shown == around.format("***")


def test_a_run_of_base64_that_holds_the_key_is_masked_whole() -> None:
    assert redact(f"cursor={b64encode(b'{user: ann, key: ' + KEY.encode() + b'}').decode()}&p=2",
                  [KEY]) == "cursor=***&p=2"  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        ("Bearer abcdef123456", "abcdef123456"),
        ("Token abcdef123456", "abcdef123456"),
        ("Basic YW5uOmFiY2RlZjEyMzQ1Ng==", "abcdef123456"),
        ("Basic YW5uOmFiY2RlZjEyMzQ1Ng==", "ann:abcdef123456"),
        ("Basic YW5uOmFiY2RlZjEyMzQ1Ng==", "YW5uOmFiY2RlZjEyMzQ1Ng=="),
    ],
)
def test_the_secret_within_a_secret_is_masked_too(sent: str, echoed: str) -> None:
    assert redact(f"<{echoed}>", [sent]) == "<***>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16", "utf-32-le"])
def test_a_key_is_masked_in_a_body_of_any_encoding_and_the_rest_is_left_as_it_was(
    encoding: str,
) -> None:
    text = "Żółw: the key {} is unknown; 今日は"
    body = text.format(KEY).encode(encoding)
    assert Redaction([KEY]).in_body(body).decode(encoding) == text.format("***")


@pytest.mark.parametrize(
    "secret", ["concerts", "20261224", "123456789012345678", "jazz-club", "k7"]
)
def test_data_is_not_masked_where_a_secret_might_be_ordinary_text(secret: str) -> None:
    redaction = Redaction([secret])
    assert redaction.in_data(f"All {secret} of the city") == f"All {secret} of the city"
    assert redaction.in_body(f"All {secret}".encode()) == f"All {secret}".encode()
    assert redaction.in_words(f"All {secret} of the city") == "All *** of the city"


@given(st.text(alphabet="aA3=%&#;u\\\"'/+\n\r \0x6125{}", max_size=200))
def test_masking_never_fails_and_never_leaves_the_key(text: str) -> None:
    shown = Redaction([KEY]).in_words(f"{text}{KEY}{text}")
    assert KEY not in shown
    assert Redaction([KEY]).in_data(shown) == shown


HOSTILE = [
    "a", "a.a-", "a=", "://", "'key':'", '"key":"', "bearer ", "%3D", "%25", "%", "authorization:",
    "authorization ", "api_", "authority: ", "aB3dE", "aB3dE-fG7h_Kx9L/m2+Nq5R", "&amp;", "&#0",
    "\\", "\\u006", "\0", "\r\n ", "=\r\n", "a=\r\n", "a\0", "61", "YUI", "{", "<", " ", "\u0301",
    "key=", "token", ".", "-", "_", "://a:", "@", "'", '"', "\\\"", "&#x61;", "%61", "%2561",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("token", HOSTILE)
def test_masking_costs_a_hostile_text_no_more_than_its_length(token: str) -> None:
    redaction = Redaction([KEY, "a.a.a.a-s3cr3t", "aaaaaaaaaaaaaaaab1", "a%a%25a\\\\\\a1"])

    def cost(length: int) -> float:
        text = token * (length // len(token))
        started = time.process_time()
        redact(text)
        redaction.in_words(text)
        redaction.in_body(text.encode())
        return time.process_time() - started

    cost(1000)  # patterns are made once
    small, large = (min(cost(n) for _ in range(3)) for n in (10_000, 40_000))
    assert large < 4 * 2.6 * max(small, 0.002)


@pytest.mark.parametrize("write", [lambda s: b64encode(s).decode(), lambda s: s.hex()])
@given(st.integers(min_value=0, max_value=80), st.text("ab :", max_size=4))
def test_no_more_than_a_few_characters_of_the_key_are_left_of_a_run_that_is_cut_off(
    write: Callable[..., Any], length: int, before: str
) -> None:
    """An excerpt of an answer may end in the middle of a key that is written as digits."""
    key = "Kq7mXw9Lk3RvT5pHd2Ns8"
    run = write(f"{before}{key}".encode())

    for cut in (run[:length], run[length:]):
        left = Redaction({key}).in_words(f"Invalid key '{cut}'")
        held = cut if cut in left else ""
        known = bytes.fromhex(held[: len(held) // 2 * 2]) if write(b"\xff") == "ff" else b64(held)
        assert len(known.rstrip(b"\0")) <= len(before) + 8


def b64(run: str) -> bytes:
    return b64decode(run[: len(run) // 4 * 4])
