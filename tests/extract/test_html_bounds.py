"""Markup made to keep a parser busy is cut; markup that only looks odd is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.extract.html_bounds import MOST_DEPTH, parseable
from include.discovery.extract.html_page import HtmlPage

MANY = 200_000
OPEN = "".join(f"<b id={n}>" for n in range(500))


@pytest.mark.parametrize(
    "attack",
    [
        "<div>" * MANY,
        "<ul><li>" * MANY,
        "<i><div>" * MANY,
        "<DIV>" * MANY + "</DIV>" * MANY,
        "</div>" * MANY + "<div>" * MANY,
        "<script>x</script><!-- x -->" + "<div>" * MANY,
        f"<p>{OPEN}" + "<p>x" * MANY,
        f"<p>{OPEN.upper()}" + "<p>x</p>" * MANY + "</b>" * 500,
        f"<p>{OPEN}" + "<p><i>x</i></p>" * MANY,
    ],
)
def test_an_attack_is_cut_and_what_stands_before_it_stays(attack):
    started = time.process_time()
    page = HtmlPage(f"<title>Dom</title>{attack}<h1>after</h1>".encode())
    assert page.title == "Dom"
    assert page.tree.css_first("h1") is None
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "markup",
    [
        "<ul>" + "<li>no end" * 20_000,
        "<p>no end" * 20_000 + "<br><img src=x>" * 20_000,
        "<table>" + "<tr><td>x" * 20_000,
        "<div><b>x</b></div>" * 50_000,
        "<p><b>never closed" + "<p>x" * 20_000,
        "<div>" * (MOST_DEPTH - 1),
        f"<script>{'a<b;' * 20_000}</script><p>x",
        "<!--" + "<" * 20_000 + "--><p>x",
    ],
)
def test_what_only_looks_odd_is_left_whole(markup):
    assert parseable(markup) == markup


@given(st.text("<>/bdiv p", max_size=300))
def test_what_is_kept_is_the_beginning(markup):
    assert markup.startswith(parseable(markup))
