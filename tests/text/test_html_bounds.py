"""Markup made to keep a parser busy is cut; markup that only looks odd is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from include.discovery.formats.html_page import HtmlPage
from include.discovery.text.html_bounds import MOST_DEPTH, parseable
from tests.support.amounts import amount

MANY = 200_000
OPEN = "".join(f"<b id={n}>" for n in range(500))


@pytest.mark.slow
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
        # End tags that end nothing
        "<div></x>" * MANY,
        "<div></>" * MANY,
        '<div a="</div>">' * MANY,
        '<div a==">"><b></div>' * MANY,
        "<div><!-- </div> -->" * MANY,
        "<div><!x </div>" * MANY,
        "<div><textarea></div></textarea>" * MANY,
        "<div><script></div></script>" * MANY,
        "<form><div></form>" * MANY,
        "<svg>" + "<g></x>" * MANY,
        # Elements that hold others though they look like such as do not
        "<p-x>" * MANY + "<hr>" * MANY,
        "<br-x></x>" * MANY,
        "<optgroup><option>" * MANY,
        "<li><dd>" * MANY,
        "<svg><p>" + "<g/>" * MANY,
        f"<p {' '.join(f'a{n}' for n in range(MANY))}>",
        "".join(f"<b a{n}></i>" for n in range(MANY)) + "<p>" * MANY,
    ],
)
def test_an_attack_is_cut_and_the_text_before_it_stays(attack: str) -> None:
    started = time.process_time()
    page = HtmlPage(f"<title>Dom</title>{attack}<h1>after</h1>".encode())
    assert page.title == "Dom"
    assert page.tree.css_first("h1") is None
    assert time.process_time() - started < 5


@pytest.mark.slow
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
        "<b><div>ends in the wrong order</b></div>" * 1_000,
        "<svg><title>x</title><path d='1'/><g><circle/></g></svg>" * 5_000,
        "<dl>" + "<dt>no<dd>end" * 20_000 + "</dl>",
        "<script>var a = '<div>'; <!-- <script></script> --></script>" * 6_000,
        "<p data-a='1' data-b=\">\" c=d e>x</p>" * 6_000,
    ],
)
def test_an_odd_but_harmless_document_is_not_cut(markup: str) -> None:
    assert parseable(markup) == markup


@given(st.text("<>/bdiv p", max_size=300))
def test_a_cut_keeps_the_beginning_of_the_document(markup: str) -> None:
    assert markup.startswith(parseable(markup))


NAMES = st.sampled_from(
    [
        "div",
        "span",
        "b",
        "a",
        "p",
        "li",
        "dd",
        "ul",
        "td",
        "tr",
        "table",
        "th",
        "caption",
        "select",
        "option",
        "optgroup",
        "form",
        "svg",
        "g",
        "math",
        "mi",
        "title",
        "textarea",
        "script",
        "style",
        "button",
        "object",
        "template",
        "ruby",
        "rt",
        "x-y",
        "li-x",
        "br",
        "img",
        "input",
        "nobr",
        "font",
        "desc",
        "foreignObject",
        "body",
        "noscript",
        "iframe",
        "frameset",
        "section",
        "path",
    ]
)
PIECES = st.one_of(
    st.builds(
        "<{}{}>".format,
        NAMES,
        st.sampled_from(["", ' a="</div>"', " a='>'/", "/", ' a=="', " a"]),
    ),
    st.builds("</{}>".format, NAMES),
    st.sampled_from(["<!-- -->", "<!-->", "</>", "<![CDATA[", "]]>", "<?x>", "x", "<!--", "-->"]),
)
SHALLOW = 20


def depth_of(tree: LexborHTMLParser) -> int:
    deepest, left = 0, [(tree.root, 1)]
    while left:
        node, depth = left.pop()
        deepest = max(deepest, depth)
        child = node.child
        while child is not None:
            left.append((child, depth + 1))
            child = child.next
    return deepest


@settings(max_examples=amount(full=300, check=50), deadline=None)
@given(st.lists(PIECES, max_size=2), st.lists(PIECES, min_size=1, max_size=5))
def test_a_cut_document_is_no_deeper_than_allowed(before: list[str], repeated: list[str]) -> None:
    """An element that counts may bring some with it that do not: a cell has its row and table."""
    kept = parseable("".join(before) + "".join(repeated) * 60, most_depth=SHALLOW)

    assert depth_of(LexborHTMLParser(kept)) <= 4 * SHALLOW + 10
