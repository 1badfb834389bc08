"""What is kept of an answer that could not be read: text, bounded, without secrets."""

from __future__ import annotations

import json
import random
import string

import pytest

from include.discovery.redaction.kept_answers import HEAD_BYTES, MOST_BYTES, head_of, kept_answer
from include.discovery.response import Response
from tests.support.planted_key import KEY, assert_hidden


def answer(body: bytes, kind: str = "text/html", url: str = "https://a.example/") -> Response:
    return Response(200, {"content-type": kind}, body, url)


def noise(length: int) -> str:
    return "".join(random.Random(1).choices(string.ascii_letters + " ", k=length))


def test_a_short_answer_is_kept_as_it_came() -> None:
    body = "<h1>Zażółć".encode()
    kept = kept_answer(answer(body), len(body))

    assert kept is not None
    assert (kept.text, kept.size, kept.is_cut) == ("<h1>Zażółć", len(body), False)
    assert (kept.status, kept.content_type, kept.url) == (200, "text/html", "https://a.example/")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-2"])
def test_a_key_in_an_answer_is_masked_in_any_charset(encoding: str) -> None:
    body = f"<p>Klucz {KEY} jest zły: ąęł".encode(encoding)

    kept = kept_answer(answer(body, f"text/html; charset={encoding}"), len(body), {KEY})

    assert kept is not None
    assert "jest zły: ąęł" in kept.text
    assert_hidden([kept.text])


def test_a_value_that_is_secret_by_its_name_is_masked_although_nobody_knows_it() -> None:
    body = json.dumps({"error": "denied", "access_token": "0a1b2c3d4e5f"}).encode()

    kept = kept_answer(answer(body, "application/json"), len(body))

    assert kept is not None
    assert "0a1b2c3d4e5f" not in kept.text


def test_a_key_in_the_address_or_the_content_type_is_masked() -> None:
    kept = kept_answer(answer(b"x", f"text/{KEY}", f"https://a.example/?q={KEY}"), 1, {KEY})

    assert kept is not None
    assert_hidden([kept.url, kept.content_type])


@pytest.mark.slow
@pytest.mark.parametrize("before_the_end", range(0, len(KEY) + 1, 3))
def test_a_key_that_the_end_of_a_large_answer_cuts_in_two_is_not_kept(before_the_end: int) -> None:
    filler = ("x" * 99 + " ") * (HEAD_BYTES // 100 + 1)
    body = f"{filler[: HEAD_BYTES - before_the_end]}{KEY} {filler}".encode()

    kept = kept_answer(*head_of(answer(body)), {KEY})

    assert kept is not None
    assert kept.is_cut
    assert kept.size == len(body)
    assert_hidden([kept.text])


def test_an_answer_that_hardly_shrinks_is_cut_to_the_bound() -> None:
    body = noise(400_000).encode()

    kept = kept_answer(answer(body), len(body))

    assert kept is not None
    assert kept.is_cut
    assert MOST_BYTES // 2 < len(kept.compressed) <= MOST_BYTES
    assert body.decode().startswith(kept.text)


def test_a_large_answer_is_cut_between_two_characters() -> None:
    for shift in range(4):
        body = b"x" * shift + "語".encode() * HEAD_BYTES

        kept = kept_answer(*head_of(answer(body, "text/html; charset=utf-8")))

        assert kept is not None
        assert set(kept.text) <= {"x", "語"}


@pytest.mark.parametrize("body", [b"", b"  \n", b"PK\x03\x04\x00\x00\x08", bytes(range(1, 32)) * 9])
def test_nothing_is_kept_of_what_is_not_text(body: bytes) -> None:
    """No secret can be found in what is compressed."""
    assert kept_answer(answer(body), len(body)) is None
