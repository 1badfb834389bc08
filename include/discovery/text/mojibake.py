"""Repair of text whose encoding was mistaken on its way: ``Å‚Ã³dÅº`` was ``łódź``.

The repair is ftfy's, and its judgement is good, but not free: it costs time, and it takes closing
punctuation after a capital for a mistake (``IRMÃ”``, ``ÄITI JA MINÄ…``). So it is asked only where
the text holds a sequence that no right text of the languages we meet has.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_LEADS = "ÂÃÄÅ"  # C2 to C5: what the Latin letters up to U+017F begin with in UTF-8
_LOWER = "a-zß-öø-ÿąćęłńśźżčďěňřšťůžőű"
# Second bytes that look like the punctuation with which a word in capitals may end.
_ENDINGS = "’”“‘…–—•·»«™®›\xad"
_OTHERS = "¡-ª¬¯-¶¸-º¼-¿€‚ƒ„†‡ˆ‰Š‹ŒŽ˜šœžŸ"

_SIGNS = re.compile(
    "[\x80-\x9f]"  # C1 controls, which nobody types
    "|â[€‚„†‰]|ðŸ|ï»¿"  # quotes, dashes, signs; emoji; a byte order mark
    f"|[{_LEADS}][{_OTHERS}]"
    f"|(?<=[{_LOWER}])[{_LEADS}][{_ENDINGS}]|[{_LEADS}][{_ENDINGS}](?=[{_LOWER}])"
    rf"|(?:(?<![^\W\d_])|(?<=[{_LOWER}]))[ÂÃ][ \xa0]"  # à, and the space of 'Â 5'
    "|[ĂĹ][‚„…‰‘“”›™ˇ˘¤¦§¨©«¬®°±˛ł´µ¶·¸»˝ľżĽźśą]"  # taken for Windows-1250
    f"|(?:[ÐÑÎÏ][{_ENDINGS}{_OTHERS}\xa0]){{2}}"  # Cyrillic and Greek
)


def repair_encoding(text: str) -> str:
    """Return the text as it was before UTF-8 was read as Windows-1252 and the like.

    Nothing but the encoding is touched: quotes, ligatures and widths stay. What has no certain sign
    stays, too: of words in capitals, those whose only mistaken letter is the last.
    """
    if text.isascii() or not _SIGNS.search(text):
        return text
    from ftfy import fix_text  # noqa: PLC0415  50 ms that most tasks never need

    return fix_text(text, _only_encoding())


@cache
def _only_encoding() -> TextFixerConfig:
    from ftfy import TextFixerConfig  # noqa: PLC0415

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
