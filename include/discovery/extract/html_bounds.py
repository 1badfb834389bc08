"""How much markup may be parsed: it can be made so that parsing it takes forever.

The HTML standard's algorithm looks through all open elements at each ``<div>`` or ``<li>``, and
repeats open formatting elements in every new paragraph. 45 kB of nothing but these take seconds and
gigabytes. Browsers have limits of their own; the parser has none.
"""

from __future__ import annotations

import re
from typing import Final

MOST_DEPTH: Final = 5_000
"""Elements inside each other; browsers stop at 512."""
MOST_REPEATED: Final = 500_000
"""Formatting elements that the parser would repeat."""

_CHUNK: Final = 16_384
_FEW: Final = 20
_TAG: Final = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][a-zA-Z0-9]{0,20}))")
_ENDS_OF_TEXT: Final = {"!--": "-->", "script": "</script", "style": "</style"}
"""What begins text without tags, and what ends it."""
_FORMATTING: Final = re.compile(
    r"<(/?)(?=[biusetcfnBIUSETCFN])(?i:[bius]|em|tt|big|code|font|nobr|small|strike|strong)[\s/>]"
)
# Elements that never hold others, or whose end may be left out, so that they do not pile up.
_FLAT: Final = frozenset({
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link",
    "meta", "option", "optgroup", "p", "param", "rb", "rp", "rt", "rtc", "source", "tbody",
    "td", "tfoot", "th", "thead", "tr", "track", "wbr",
})  # fmt: skip


def parseable(markup: str, most_depth: int = MOST_DEPTH) -> str:
    """Return markup as far as it can be parsed in reasonable time: nearly always all of it."""
    end = min(_end_by_depth(markup, most_depth), _end_by_formatting(markup))
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


def _end_by_depth(markup: str, most_depth: int) -> int:
    """Return where elements are inside each other too deep."""
    if not _may_be_deep(markup, most_depth):
        return len(markup)
    depth = position = 0
    while match := _TAG.search(markup, position):
        position = match.end()
        comment, closes, tag = match.groups()
        name = comment or tag.lower()
        if name in _ENDS_OF_TEXT and not closes:
            position = markup.find(_ENDS_OF_TEXT[name], position)
            if position < 0:
                break
        elif name not in _FLAT:
            depth = max(0, depth - 1) if closes else depth + 1
            if depth > most_depth:
                return match.start()
    return len(markup)


def _may_be_deep(markup: str, most_depth: int) -> bool:
    """Say whether many more elements begin than end somewhere: a cheap look, at every chunk."""
    if markup.count("<") <= most_depth:
        return False
    excess = 0
    for start in range(0, len(markup), _CHUNK):
        end = start + _CHUNK
        excess += markup.count("<", start, end) - 2 * markup.count("</", start, end)
        if excess > most_depth:
            return True
        excess = max(0, excess)
    return False


def _end_by_formatting(markup: str) -> int:
    """Return where open formatting elements begin to be repeated too often."""
    still_open = repeated = position = 0
    for match in _FORMATTING.finditer(markup):
        if still_open > _FEW:
            repeated += still_open * markup.count("<", position, match.start())
            if repeated > MOST_REPEATED:
                return position
        still_open = max(0, still_open - 1) if match[1] else still_open + 1
        position = match.start()
    if still_open > _FEW and repeated + still_open * markup.count("<", position) > MOST_REPEATED:
        return position
    return len(markup)
