"""Plain, storable text out of what sources send: HTML, entities, control characters."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

import nh3
from anyascii import anyascii

from include.discovery.field_types import LONGEST_URL, is_plain_url
from include.discovery.text.encoding import without_marks
from include.discovery.text.html_bounds import parseable, without_tags
from include.discovery.text.mojibake import repair_encoding

_BLOCK_ENDS = re.compile(r"</(?:p|div|li|h[1-6]|tr|ul|ol|blockquote)\s*>|<br\s*/?>", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")
# Tags that were text until their entities were decoded: HTML that somebody escaped once more. Only
# those that texts are marked up with, since '<form>' may be what a text is about.
_ESCAPED_TAGS = re.compile(
    r"</?(?:p|br|div|span|strong|em|a|ul|ol|li|h[1-6]|img|b|i|u|blockquote|table|tr|td)"
    r"(?: [^<>]*)?/?>",
    re.IGNORECASE,
)
# Markup whose text is what is left without its tags: a parser, ten times as slow, gives the same.
# Elements whose content is not text or is moved by a parser are not among it, and of entities only
# the usual ones, properly ended.
_SIMPLE_MARKUP = re.compile(
    r"[^<&]*(?:(?:</?(?:p|br|div|span|strong|em|b|i|u|s|a|ul|ol|li|h[1-6]|hr|img|blockquote|small"
    r"|sub|sup|section|article|figure|figcaption)"
    r"(?:\s+[a-z][a-z0-9_:-]*(?:=(?:\"[^\"<>]*\"|'[^'<>]*'))?)*\s*/?>"
    r"|&(?:amp|lt|gt|quot|nbsp|hellip|[nm]dash|[lrb]dquo|[lrs]squo|#0?39|#x27|#82(?:1[1-9]|2[0-9]|30));)"
    r"[^<&]*)*",
    re.IGNORECASE,
)
_SIMPLE_TAG = re.compile(r"<[^<>]*>")
_MOST_ESCAPES = 3
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")
_BLANK_LINES = re.compile(r"\n{3,}")
_MOST_MARKS = 30
"""Marks on one letter, as in Unicode's Stream-Safe Text Format (UAX #15 §13); languages need four.
How long it takes to put marks in order grows with the square of their number."""
_OF_TWO_MARKS = "\u0f73\u0f75\u0f81"
"""Tibetan vowels that are no marks themselves, and become two of them."""
_MAY_HAVE_MANY_MARKS = re.compile(
    # All marks are among these, which leave out what is before the first of them, ideographs,
    # syllables of Hangul and the private use area.
    f"[\u0300-\u33ff\ua000-\uabff\ufb00-\uffff\U00010000-\U0001ffff]{{{_MOST_MARKS + 1},}}"
)
# Letters and digits that were chosen for their looks: mathematical alphabets (with the letters that
# Unicode keeps elsewhere, as ℋ and ℝ), and those as wide as an ideograph.
_STYLED = re.compile(
    "[\U0001d400-\U0001d7ff\u210a-\u2112\u2115\u2119-\u211d\u2124\u2128\u212c\u212d\u212f-\u2131"
    "\u2133\u2134\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+"
)
_BLANK = re.compile("[\u2800\u3164\uffa0]")  # not spaces to Unicode, but all that is seen of them
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_JOINABLE = "[\u0250-\u1fff\u2070-\U0010ffff]"  # beyond Latin, and no punctuation
# C0 and C1 controls but tab and newline; soft hyphens; zero-width and bidirectional controls, which
# can make a title read differently from what it is; the replacement and noncharacters; lone
# surrogates.
_NEVER_WANTED = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufffd\ufffe\uffff\ud800-\udfff"
)
_UNWANTED = re.compile(
    # Also joiners beside a Latin letter or nothing, where there is nothing to join (in emoji,
    # Persian and the scripts of India they stay), and tags that make no flag.
    rf"[{_NEVER_WANTED}]"
    rf"|(?<!{_JOINABLE})[\u200c\u200d]+|(?<![\u200c\u200d])[\u200c\u200d]+(?![\u200c\u200d]|{_JOINABLE})"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"
)
# Looks at each character once: most texts have none of these, and are spared the pattern above.
_MAY_BE_UNWANTED = re.compile(rf"[{_NEVER_WANTED}\u200c\u200d\U000e0000-\U000e007f]")

# Plain is printable ASCII without < and &, and single accented letters among it: two beside each
# other may be the halves of one letter in a mistaken encoding; so may Â and Ã beside a space.
_NOT_LATIN = re.compile("[^ -%'-;=-~ÀÁÄ-ÖØ-öø-ſ]")
_TWO_ACCENTS = re.compile("[^\x00-\x7f]{2}")

_MOST_DEPTH = 500
"""Elements inside each other in a text; browsers stop at 512."""

TITLE_LENGTH = 500
DESCRIPTION_LENGTH = 20_000
_EMAIL = re.compile(r"(?:https?://)?[^\s@/:?#]+@[\w-]+(?:\.[\w-]+)+/?")
_LONGEST_GIVEN = 10 * LONGEST_URL  # with spaces and entities in it


def plain_text(value: str | None) -> str | None:
    """Turn HTML or text into plain text with single spaces and at most one blank line in a row.

    Scripts, styles and comments vanish with their content; paragraphs and line breaks become
    newlines; entities are decoded, and HTML that was escaped is read as HTML, both also where that
    was done up to four times; a mistaken encoding is repaired;
    styled letters (𝐁𝐨𝐥𝐝, ＷＩＤＥ) become ordinary ones; accents join their letters (NFC). Nothing
    left is ``None``.
    """
    if value is None:
        return None
    if _is_plain(value):
        return value.strip() or None
    # C1 controls wait: in text of a mistaken encoding they are the second halves of letters.
    text = _UNSTORABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if _MARKUP.search(text):
        text = _read_once(text)
        for _ in range(_MOST_ESCAPES):
            if _ESCAPED_TAGS.search(text):
                text = _read_once(text)
            elif _MARKUP.search(text):
                text = unescaped(text)
            else:
                break
    if not text.isascii():
        text = _BLANK.sub(" ", _unstyled(repair_encoding(text)))
        text = composed(text)
    text = "\n".join([" ".join(line.split()) for line in _without_unwanted(text).split("\n")])
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    text = text.strip()
    return text if without_marks(text).strip() else None  # a lost letter alone says nothing


def _without_unwanted(text: str) -> str:
    return _UNWANTED.sub("", text) if _MAY_BE_UNWANTED.search(text) else text


def _read_once(text: str) -> str:
    """Read HTML as the text that it shows."""
    return unescaped(_without_markup(_BLOCK_ENDS.sub("\n", text)))


def _without_markup(text: str) -> str:
    """Remove tags and comments, and scripts and styles with their content; entities stay."""
    if _SIMPLE_MARKUP.fullmatch(text):
        return _SIMPLE_TAG.sub("", text)
    if parseable(text, most_depth=_MOST_DEPTH) is text:
        return nh3.clean(text, tags=set())
    return without_tags(text)


def composed(text: str) -> str:
    """Join letters and their accents (NFC); of more than 30 marks on one letter the rest go."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _MAY_HAVE_MANY_MARKS.sub(_with_few_marks, text))


def _with_few_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        is_mark = unicodedata.combining(character) or character in _OF_TWO_MARKS
        marks = marks + 1 if is_mark else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _is_plain(value: str) -> bool:
    """Return whether there can be nothing to clean, as in most of what is cleaned: ids, names."""
    if "  " in value:
        return False
    if value.isascii():
        return value.isprintable() and "<" not in value and "&" not in value
    return not _NOT_LATIN.search(value) and not _TWO_ACCENTS.search(value)


def one_line(value: str | None) -> str | None:
    """Turn HTML or text into plain text of one line, for titles and names."""
    text = plain_text(value)
    return " ".join(text.split()) if text else None


def shorten(text: str | None, length: int) -> str | None:
    """Cut text to a length, at a word's end where one is near, with an ellipsis."""
    if text is None or len(text) <= length:
        return text
    cut = text[: length - 1]
    space = cut.rfind(" ", length * 4 // 5)
    return f"{cut[:space] if space > 0 else cut}…"


def title_text(value: str | None) -> str | None:
    """Clean a title: one line, at most ``TITLE_LENGTH`` characters."""
    return shorten(one_line(value), TITLE_LENGTH)


def description_text(value: str | None) -> str | None:
    """Clean a description: paragraphs kept, at most ``DESCRIPTION_LENGTH`` characters."""
    return shorten(plain_text(value), DESCRIPTION_LENGTH)


def unescaped(text: str) -> str:
    """Decode the entities of HTML; numbers beyond Unicode, on which Python may choke, vanish."""
    return html.unescape(_NO_CHARACTER.sub("", text))


def web_url(value: str | None, base: str | None = None) -> str | None:
    """Return an absolute http(s) URL, resolved against ``base``; anything else is ``None``.

    ``javascript:``, ``data:`` and the like never get through, whatever whitespace hides them. An
    e-mail address is none, neither bare nor as what browsers make of one: ``http://name@host``.
    Line breaks are left out and spaces encoded, as browsers do; of several addresses the first
    counts. A name and password before the host are left out.
    """
    if not value or len(value) > _LONGEST_GIVEN:
        return None
    given = without_marks(value)
    candidate = _joined(unescaped(given) if "&" in given else given)
    if len(candidate) > LONGEST_URL or ("@" in candidate and _EMAIL.fullmatch(candidate)):
        return None
    if not (candidate.isascii() and candidate.isprintable()):
        candidate = _without_unwanted(candidate)
    if is_plain_url(candidate):
        return candidate
    try:
        is_absolute = candidate.startswith(("https://", "http://"))
        absolute = urljoin(base, candidate) if base and not is_absolute else candidate
        if absolute.startswith("//"):
            absolute = f"https:{absolute}"
        parts = urlsplit(absolute)
        usable = parts.scheme.lower() in {"http", "https"} and "%20" not in (
            parts.hostname or "%20"
        )
        if parts.port == 0:
            return None
    except ValueError:  # malformed IPv6 literal, a port beyond 65535 and the like
        return None
    if "@" in parts.netloc:
        absolute = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return absolute if usable and len(absolute) <= LONGEST_URL else None


def _joined(given: str) -> str:
    parts = given.split()
    if len(parts) < 2:
        return "".join(parts)
    if any(part.lower().startswith(("https://", "http://")) for part in parts[1:]):
        return parts[0]
    has_breaks = any(char.isspace() and char != " " for char in given.strip())
    return ("" if has_breaks else "%20").join(parts)


def fold(value: str) -> str:
    """Reduce text to what comparison should see: ASCII, lower case, words joined by one space.

    ``Łódź, ul. Straße 5`` becomes ``lodz ul strasse 5``. NFKD alone would lose ł, ø and ß.
    """
    return " ".join(value.translate(_FOLDED).split())


class _Folded(dict[int, str]):
    """What becomes of each character, by its number; worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letters = anyascii(chr(code)).lower()
        folded = "".join(letter if letter.isalnum() else " " for letter in letters)
        if code <= _OF_LIVING_LANGUAGES:
            self[code] = folded
        return folded


_OF_LIVING_LANGUAGES = 0xFFFF  # of the others, few come, and a text may hold a million
_FOLDED = _Folded()


def _unstyled(text: str) -> str:
    return _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
