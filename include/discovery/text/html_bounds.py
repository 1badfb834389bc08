"""How much markup may be parsed: it can be made so that parsing it takes forever.

The HTML standard's algorithm looks through all open elements at each ``<div>`` or ``<li>``, repeats
open formatting elements in every new paragraph, and compares each attribute of a tag with those
before it. 45 kB of nothing but these take seconds and gigabytes. Browsers have limits of their own;
the parser has none.

How deep elements are is counted so that it is never too little, whatever the markup is: a tag that
ends another element than the innermost one may be ignored by the parser, or leave elements open, so
that all it passes over count as open for good.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

MOST_DEPTH: Final = 5_000
"""Elements inside each other; browsers stop at 512."""
MOST_REPEATED: Final = 500_000
"""Formatting elements that the parser would repeat."""
MOST_ATTRIBUTES: Final = 250
"""Attributes of one element."""

_SHORT: Final = 10_000
"""Characters that cannot take long, whatever they are."""
_FEW: Final = 20
_TAG: Final = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][a-zA-Z0-9]{0,20}))")
_MARKUP: Final = re.compile(r"<(?:(!--)|(!\[CDATA\[)|([!?]|/[^a-zA-Z])|(/?)([a-zA-Z][^\s/>]*))")
_STARTS: Final = re.compile(r"<[a-zA-Z]")
_COMMENT_ENDS: Final = re.compile(r"--!?>")
_ENDS_OF_TEXT: Final = {"!--": "-->", "script": "</script", "style": "</style"}
"""What begins text without tags, and what ends it."""
# An attribute as the standard reads it (13.2.5.32 and on): quotes count only right behind '='.
_ATTRIBUTE: Final = re.compile(
    r"[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|(?![\"'])[^\s>]*))?"
)
_OF_SCRIPTS: Final = re.compile(r"(<!--)|(-->)|<(/?)script(?=[\s/>])", re.IGNORECASE)
_TAG_ENDS: Final = re.compile(r"[\s/]*>")
_FORMATTING: Final = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
_RAW: Final = frozenset(
    {"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"}
)
"""Elements that hold text without tags."""
_VOID: Final = frozenset({"br", "embed", "hr", "img", "meta"})
"""Elements that never hold others."""
_FLAT: Final = frozenset({
    "area", "base", "basefont", "bgsound", "body", "caption", "col", "colgroup",
    "frame", "head", "html", "input", "keygen", "link", "option", "p", "param", "source",
    "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
})  # fmt: skip
"""Elements that hold no others, or whose end may be left out, so that they do not pile up without
such as do; in SVG and MathML all of them do."""
_ENDED_BY: Final = {"li": {"li"}, "dd": {"dd", "dt"}, "dt": {"dd", "dt"}}
"""Elements whose end may be left out, too, before such; those of one list pile up in the other."""
_FOREIGN: Final = frozenset({"math", "svg"})
_HTML_IN_FOREIGN: Final = frozenset({
    "annotation-xml", "desc", "foreignobject", "mi", "mn", "mo", "ms", "mtext",
})  # fmt: skip
_ENDS_FOREIGN: Final = _FORMATTING - {"a", "s"} | frozenset({
    "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "embed", "h1", "h2", "h3", "h4",
    "h5", "h6", "head", "hr", "img", "li", "listing", "menu", "meta", "ol", "p", "pre", "ruby", "s",
    "span", "sub", "sup", "table", "ul", "var",
})  # fmt: skip
"""Elements of HTML that end SVG and MathML where they begin (13.2.6.5)."""


def parseable(markup: str, most_depth: int = MOST_DEPTH) -> str:
    """Return markup as far as it can be parsed in reasonable time: nearly always all of it."""
    if len(markup) <= _SHORT and markup.count("<") <= most_depth:
        return markup
    end = _Scan(most_depth).end_in(markup)
    return markup if end == len(markup) else markup[:end]


def without_tags(markup: str) -> str:
    """Return the text of markup that is no use to parse; entities stay.

    What looks like a tag or a comment is one; scripts and styles go with their content.
    """
    kept: list[str] = []
    position = 0
    while match := _TAG.search(markup, position):
        kept.append(markup[position : match.start()])
        name = (match[1] or match[3]).lower()
        end = markup.find(">", match.end())
        if name in _ENDS_OF_TEXT and not match[2]:
            end = markup.find(_ENDS_OF_TEXT[name], match.end())
            end = markup.find(">", end) if end >= 0 else end
        if end < 0:
            return "".join(kept)
        position = end + 1
    return "".join((*kept, markup[position:]))


class _Scan:
    """One look over markup that counts what a parser would have to keep."""

    def __init__(self, most_depth: int) -> None:
        self._most_depth = most_depth
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._left = 0
        """Elements that may be open beside those."""
        self._formatting = 0
        self._formatting_left: Counter[str] = Counter()
        self._is_unsure = False
        """Whether what is text in HTML may be elements, without an SVG that is open."""
        self._repeated = 0

    def end_in(self, markup: str) -> int:
        """Return where the markup begins to be too much."""
        position = 0
        while match := _MARKUP.search(markup, position):
            comment, cdata, other, closes, written = match.groups()
            if written:
                name = written.lower()
                end, attributes = _end_of_tag(markup, match.end())
                if attributes > MOST_ATTRIBUTES:
                    return match.start()
                if closes:
                    self._close(name)
                else:
                    end = self._begin(name, markup, end)
            elif comment:
                found = _COMMENT_ENDS.search(markup, match.end() - 2)
                end = found.end() if found else len(markup)
            elif cdata and self._may_be_foreign:
                end = self._past_text(markup, match.end(), _past(markup, "]]>", match.end()))
            else:  # cdata or other: a comment by mistake
                end = _past(markup, ">", match.end() - len(other or ">"))
            if self._formatting > _FEW:
                self._repeated += self._formatting
            if self._is_too_much:
                return match.start()
            position = end
        return len(markup)

    @property
    def _is_too_much(self) -> bool:
        return len(self._open) + self._left > self._most_depth or self._repeated > MOST_REPEATED

    @property
    def _is_foreign(self) -> bool:
        counts = self._counts
        return any(counts[name] for name in _FOREIGN) and not any(
            counts[name] for name in _HTML_IN_FOREIGN
        )

    @property
    def _may_be_foreign(self) -> bool:
        return self._is_unsure or any(self._counts[name] for name in _FOREIGN)

    def _begin(self, name: str, markup: str, end: int) -> int:
        """Count an element that begins; return where the scan goes on."""
        if self._may_be_foreign and name in _ENDS_FOREIGN:
            self._end_foreign()
        if name == "plaintext" and not self._may_be_foreign:
            return len(markup)
        if name in _RAW:
            if self._may_be_foreign:
                return self._past_text(markup, end, _past_raw(markup, end, name))
            return _past_raw(markup, end, name)
        if name in _VOID or (name in _FLAT and not self._may_be_foreign):
            return end
        if markup[end - 2 : end] == "/>" and (name in _FOREIGN or self._is_foreign):
            return end
        if self._open and self._open[-1] in _ENDED_BY.get(name, ()):
            self._close(self._open[-1])
        self._is_unsure = self._is_unsure or name == "frameset"
        self._open.append(name)
        self._counts[name] += 1
        self._formatting += name in _FORMATTING
        return end

    def _close(self, name: str) -> None:
        """Count an element that ends."""
        if name in {"p", "br"} and self._may_be_foreign:
            self._end_foreign()
        if not self._counts[name]:
            if self._formatting_left[name]:
                self._formatting_left[name] -= 1
                self._formatting -= 1
            return
        if self._open[-1] == name:
            self._open.pop()
            self._formatting -= name in _FORMATTING
        else:
            self._pop_to(name)
            self._left += 1
            self._formatting -= name in _FORMATTING
        self._counts[name] -= 1

    def _pop_to(self, name: str) -> None:
        while (passed := self._open.pop()) != name:
            self._counts[passed] -= 1
            self._left += 1
            self._is_unsure = self._is_unsure or passed in _FOREIGN
            if passed in _FORMATTING:
                self._formatting_left[passed] += 1

    def _end_foreign(self) -> None:
        for name in _FOREIGN:
            while self._counts[name]:
                self._pop_to(name)
                self._counts[name] -= 1
                self._left += 1
                self._is_unsure = True

    def _past_text(self, markup: str, start: int, end: int) -> int:
        """Go past what is text in HTML and elements in SVG, or the other way round: it counts."""
        self._left += len(_STARTS.findall(markup, start, end))
        return end


def _end_of_tag(markup: str, start: int) -> tuple[int, int]:
    """Return where a tag ends, and how many attributes it has."""
    attributes = 0
    position = start
    while not (end := _TAG_ENDS.match(markup, position)):
        attribute = _ATTRIBUTE.match(markup, position)
        if attribute is None:
            return len(markup), attributes
        attributes += 1
        position = attribute.end()
    return end.end(), attributes


def _past(markup: str, ending: str, start: int) -> int:
    found = markup.find(ending, start)
    return len(markup) if found < 0 else found + len(ending)


def _past_raw(markup: str, start: int, name: str) -> int:
    """Return where the end tag of an element of text begins."""
    if name == "script":
        return _past_script(markup, start)
    found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(markup, start)
    return found.start() if found else len(markup)


def _past_script(markup: str, start: int) -> int:
    """Return where a script's end tag begins: behind ``<!--`` each inner script has its own."""
    is_comment = is_inner = False
    for match in _OF_SCRIPTS.finditer(markup, start):
        comment, ends, slash = match.groups()
        if comment:
            is_comment = True
        elif ends:
            is_comment = is_inner = False
        elif not slash:
            is_inner = is_comment
        elif is_inner:
            is_inner = False
        else:
            return match.start()
    return len(markup)
