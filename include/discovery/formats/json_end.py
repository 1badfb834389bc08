"""Whether a JSON text ends before its document does: a truncated response.

Such a text must not be repaired: the rest is missing, and the part before may look like a complete
document or list.
"""

from __future__ import annotations

import re
from typing import Final

from include.discovery.errors import BrokenOff

_TOKEN: Final = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*(?P<closed>")?|//[^\r\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*|[\[\]{}]',
    re.DOTALL,
)
_CLOSING: Final = {"{": "}", "[": "]"}


def check_json_end(text: str) -> None:
    """Refuse a text that begins as a JSON object or list and ends in the middle of it.

    Linear in the text. To be called once the text was found not to be valid as it is.

    :raises BrokenOff: if so.
    """
    if _ends_early(text.strip("\ufeff \t\r\n;")):
        raise BrokenOff("The answer ended in the middle of its JSON.")


def _ends_early(text: str) -> bool:
    if text[:1] not in _CLOSING:
        return False
    depth = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first == '"' and not token["closed"]:
            # A quote within a title that was not escaped ends so, too.
            return not text.endswith(_CLOSING[text[0]])
        if first in "{[":
            depth += 1
        elif first in "}]":
            depth -= 1
            if depth == 0:
                return False
    return True
