"""Hostile texts: repeats of the tokens of a grammar, alone, in pairs, nested and behind others.

What a token is, a module says itself: the literals of its patterns and its short constants are the
words of the grammar that it reads. To these come the tokens of the formats that events arrive in.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from types import ModuleType

Build = Callable[[int], str]
"""Makes a text of about so many characters."""

CORE = (
    " ", "\n", "\t", "\r", "\xa0", "a", "A", "a ", "0", "1", "9 ", "-", "–", ".", ",", ";", ":",
    "/", "\\", '"', "'", "(", ")", "[", "]", "{", "}", "<", ">", "&", "=", "?", "#", "%", "@", "*",
    "+", "_", "|", "!", "$", "€", "é", "\u0301", "\u0301\u0323", "\u200d", "\ufe0f", "\u1100\u1161",
    "\ud800", "\x00", "Å\x82", "Ã©", "â€œ", "ð", "𝐀", "＜", "ﷺ", "🏴\U000e0067", "İ",
)  # fmt: skip
"""What any text may hold: spaces, signs, digits, marks, joiners, halves of letters."""

OF_FORMATS = (
    "<div>", "</div>", "<p>", "<b>", "<a>", "<a href=x>", "<li>", "<br>", "<td>", "<table>",
    "<svg>",
    "<select>", "<template>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "<!DOCTYPE ", "<!ENTITY ",
    "<script>", "</script>", "<style>", "<title>", "<textarea>", "<div a=b ", "<x:y>", "<url><loc>",
    '<p itemscope itemprop="location">', '<script type="application/ld+json">{}</script>',
    "&amp;", "&amp", "&#", "&#x", "&#1;", "&lt;", "&lt;p&gt;", "&amp;amp;",
    '"a":', '{"a":', "[[],", "{},", "1,", "1e9,", "-1", "null,", "NaN,", '\\"', "\\u00e9", "\\d",
    "//", "/*", "*/", ", ", ",,", "[ ,", '{"@graph":[', '{"@type":"Event"},',
    "BEGIN:VEVENT\n", "END:VEVENT\n", "BEGIN:X\n", "END:X\n", "BEGIN:VCALENDAR\n", "\n x", ";A=",
    ';A="', "SUMMARY:x\n", "RRULE:FREQ=DAILY\n", "BYDAY=MO,", ";FREQ=DAILY", "\\n", "\\,", "\\;",
    "1:", "1.", "1/", "1-", "1 – ", "12:30 ", "5.5.", "2026-05-01 ", "2026-05-01T19:00:00Z",
    "20260501T190000,", "May ", "5 maja ", "Mon ", "every ", "and ", "from ", "do ", "10 zł ",
    "$5 ",
    "free ", "Wstęp wolny ", "18+ ", "100/", "10,-", "CANCELLED ", "(CANCELLED) ", "odwołane - ",
    "http://", "http://a", "http://a@", "://", "www.", "a@b.", "../", "?a=", "&a=b", "key=", "%41",
    "%253d", "token=", "Bearer ", "authorization: ", '"password": "', "'key', '", "api_key",
    "User-agent: *\n", "Disallow: /\n", "Disallow: /*a\n", "Allow: /a*$\n", "Sitemap: x\n", "*a",
    "- ", "? ", ": ", "&a ", "*a ", "!!x ", "a: b\n", "- a\n", "|\n", "${A}", "${A:-", "---\n",
    "<item>", "<entry>", "<rss>", "<link>", "xmlns:a='b' ", "<item><title>x</title></item>",
    "/mozilla.org/", "Europe/", "UTC+", "{from}", "<x>; rel=next, ", "a.b", "a[0]", "a || ", "a | ",
)  # fmt: skip
"""The tokens of HTML, XML, JSON, iCalendar, dates, prices, status words, URLs, robots.txt, YAML."""

NESTED = (
    ("(", ")"), ("[", "]"), ('{"a":', "}"), ("<div>", "</div>"), ("<b>", "</b>"), ("<a>", "</a>"),
    ("<p><b>", "</b></p>"), ("&lt;div&gt;", "&lt;/div&gt;"), ('{"@graph":[', "]}"), ("{{", "}}"),
    ("BEGIN:X\n", "END:X\n"), ("<item>", "</item>"), ("<![CDATA[", "]]>"), ("/*", "*/"),
    ("(a", ")*"),
)  # fmt: skip
"""What opens and what closes it."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A family of texts, one of each length."""

    name: str
    build: Build


def repeated(token: str, before: str = "", after: str = "") -> Hostile:
    """Repeat a token, with something before and after."""
    around = f"{before[-12:]!r} + " if before else ""
    behind = f" + {after[:12]!r}" if after else ""
    return Hostile(
        f"{around}{token!r} * n{behind}",
        lambda size: f"{before}{token * max(1, size // len(token))}{after}",
    )


def counted(token: str) -> Hostile:
    """Repeat a token, each time with another number behind it."""

    def build(size: int) -> str:
        return "".join(f"{token}{number}" for number in range(max(1, size // (len(token) + 5))))

    return Hostile(f"{token!r} + number, n times", build)


def nested(opening: str, closing: str) -> Hostile:
    """Open often, then close as often."""

    def build(size: int) -> str:
        depth = max(1, size // (len(opening) + len(closing)))
        return f"{opening * depth}x{closing * depth}"

    return Hostile(f"{opening!r} * n + 'x' + {closing!r} * n", build)


def halves(first: str, second: str) -> Hostile:
    """Repeat one token, then another."""

    def build(size: int) -> str:
        half = size // 2
        return first * max(1, half // len(first)) + second * max(1, half // len(second))

    return Hostile(f"{first!r} * n + {second!r} * n", build)


@cache
def tokens_of(module: ModuleType) -> tuple[str, ...]:
    """Return the words of the grammar that a module reads, as far as its source shows them."""
    found: dict[str, None] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            if 0 < len(value) <= 16 and "\n" not in value:
                found[value] = None
            found.update(dict.fromkeys(literals_of(value)))
    return tuple(found)


def literals_of(pattern: str) -> Iterator[str]:
    """Yield the literal characters and runs of a text that is a regular expression."""
    if not re.search(r"[\\\[(|*+?^$]", pattern) or len(pattern) > 2_000:
        return
    for flags in (0, re.VERBOSE):
        try:
            tree = re._parser.parse(pattern, flags)  # type: ignore[attr-defined]
        except (re.error, RecursionError, OverflowError):
            continue
        yield from _runs(tree)
        return


def _runs(tree: object) -> Iterator[str]:
    run = ""
    for part in getattr(tree, "data", tree):  # type: ignore[call-overload]
        name = getattr(part[0], "name", "") if isinstance(part, tuple) and part else ""
        if name in {"LITERAL", "NOT_LITERAL"}:
            run += chr(part[1])
            continue
        if run:
            yield run
            run = ""
        if name == "IN":
            yield from (chr(each[1]) for each in part[1] if each[0].name == "LITERAL")
        elif isinstance(part, (tuple, list)) or hasattr(part, "data"):
            inner = part[1:] if name else part
            for each in inner if isinstance(inner, (tuple, list)) else [inner]:
                if isinstance(each, (tuple, list)) or hasattr(each, "data"):
                    yield from _runs(each)
    if run:
        yield run


def family(module: ModuleType, *, pairs: int, own: int, seed: str) -> Iterator[Hostile]:
    """Yield the texts for a function of a module.

    :param pairs: how many pairs of tokens are tried, besides each token alone.
    :param own: how many of the module's own tokens are, at most.
    :param seed: what the choice of those depends on.
    """
    dice = Random(seed)
    mine = [token for token in tokens_of(module) if token.strip() and token not in CORE]
    mine = dice.sample(mine, min(own, len(mine)))
    tokens = (*CORE, *OF_FORMATS, *mine)
    for token in tokens:
        yield repeated(token)
    for opening, closing in NESTED:
        yield nested(opening, closing)
    for _ in range(pairs):
        one, other = dice.choice(tokens), dice.choice((*CORE, *mine))
        form = dice.randrange(5)
        if form == 0:
            yield repeated(one + other)
        elif form == 1:
            yield repeated(other, before=one)
        elif form == 2:
            yield repeated(one, after=other)
        elif form == 3:
            yield halves(one, other)
        else:
            yield counted(one)
