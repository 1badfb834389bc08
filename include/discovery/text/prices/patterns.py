"""What in a text about prices is a currency sign, what is no price at all, and what is free."""

from __future__ import annotations

import re

from include.discovery.text.prices import words

LETTER = r"[^\W\d_]"
SET_ASIDE = "\ue000"
"""Stands where a number stood that is no price."""


def longest_first(alternatives: str | frozenset[str] | dict[str, str]) -> str:
    """Order alternatives so that none hides a longer one."""
    parts = alternatives.split("|") if isinstance(alternatives, str) else alternatives
    return "|".join(sorted(parts, key=lambda part: (-len(part), part)))


_SIGN_WORDS = longest_first(frozenset(s for s in words.SIGNS if s.isalpha()))
MARK = (
    rf"(?:(?<!{LETTER})(?i:us|au|ca|nz|hk|mx|[acsr]))?\$|[€£¥₺₽₴₪₹₩]"
    rf"|(?<!{LETTER})(?:(?i:{_SIGN_WORDS}|{longest_first(words.CASUAL_CODES)})"
    rf"|{longest_first(words.CODES)})(?!{LETTER})"
)
"""A currency's sign, word or code."""

_CLOCK = r"[0-9]{1,2}(?:[:.][0-9]{2})?"
_NO_MARK = rf"(?!\s*(?:{MARK}))"
_SUM = r"[$€£]?\s?[0-9]+(?:[.,][0-9]+)?\s*(?:€|£|zł|kr|kč)?"
_RANGE_OF_CENTS = r"[0-9]{1,4}[.,][0-9]{2}(?:\s?[-–/]\s?[0-9]{1,4}[.,][0-9]{2})+(?![0-9.-])"
_NO_PRICE = re.compile(
    # telephone numbers with dots, before they are taken for dates
    r"\b[0-9]{2,3}(?:\.[0-9]{2,3}){3,}\b|"
    # dates, and always
    r"\b24/7\b|\b[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\b|\b[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{4}\b"
    r"|\b[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{2}\b|(?![-–—0-9]))"
    # hours
    rf"|\b(?:{_CLOCK}\s*[-–]\s*)?{_CLOCK}\s*(?i:[ap]\.?m\b\.?|(?:uhr|h(?:[0-9]{{2}})?|hrs?|hod)\b)"
    r"|\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\b"
    r"|\b(?i:klo|kl|godz(?:in[aiye]+)?|o|ore|alle(?: ore)?|a las|at|um|doors(?: open)?(?: at)?)\b"
    rf"\.?:?\s*{_CLOCK}(?:\s*[-–]\s*{_CLOCK})?\b{_NO_MARK}"
    # lengths of time
    r"|(?<![$€£0-9.,])(?<![$€£] )\b[0-9]{1,3}\s*(?i:min|min\.|mins|minut\w*|minuuttia|hours?"
    r"|godzin\w*|stunden?|heures?|horas?|tuntia|timmar|hodin\w*|days?|dni|tage)\b"
    # ages
    r"|(?<![$€£0-9.,])(?<![$€£] )(?<![A-Z]{3} )\b[0-9]{1,2}\s?\+(?!\s*[0-9$€£])"
    r"|(?<![\w$€£])\+\s?[0-9]{2}\b"
    r"|\b[0-9]{1,2}(?:\s*[-–]\s*[0-9]{1,2})?[\s-]*(?i:jahren?|j\.|lat|r\.?\s?ż|years?|yrs?|y/?o|ans"
    r"|años|anni|vuotia\w*|v\.|år|let|(?:and|&)\s+(?:over|under|older|younger))(?!\w)"
    r"|\b(?i:under|over|ages?|aged|alter|wiek|fsk|ikäraja|åldersgräns|edad|età|[âa]ge|věk|[uk]-?)"
    rf"\s?[0-9]{{1,2}}s?\b(?:\s*[-–]\s*[0-9]+)?{_NO_MARK}"
    # shares and discounts
    r"|[0-9]+(?:[.,][0-9]+)?\s*%|\b(?i:save)\s+\W?[0-9.,]+"
    r"|[$€£]?\s?[0-9]+\s*(?:€|zł)?\s+(?i:off|rabatt?u?)\b"
    # fees
    rf"|(?:\+|\b(?i:plus|in[ck]l\w*|zzgl|sis)\.?)\s*{_SUM}\s*(?:\w+[\s-]+)?"
    r"(?i:fees?|bf|gebühr(?:en)?|frais|gastos|avgift|palvelumaksu|poplatek)\b"
    rf"|\b(?i:fees?|gebühr|frais|opłata serwisowa|serviceavgift|palvelumaksu|poplatek)\b:?\s*{_SUM}"
    # telephone numbers
    r"|\(?\b[0-9]{3}\)?[ .-]?[0-9]{3}[ .-][0-9]{4}\b"
    r"|\b[0-9]{3}([ -])(?!000)[0-9]{3}\2(?!000)[0-9]{3}\b"
    rf"|(?<![0-9][.,])(?!{_RANGE_OF_CENTS})\+?[0-9]{{2,4}}(?:[ .-][0-9]{{2,4}}){{3,}}|[0-9]{{10,}}"
)
_SPLIT_CENTS = re.compile(r"(?<![0-9.,])([0-9]{1,4})€([0-9]{2})(?![0-9]|\s?€)")
_ONLY_CENTS = re.compile(r"(^\s*[$£€]?\s?|[$£€]\s?)[.,](?=[0-9]{1,2}(?![0-9.,]))")
_CENTS_APART = re.compile(
    r"(?<=[0-9])\s?([.,])\s?(?=00(?![0-9]))|(?<=[0-9])\s([.,])(?=[0-9][059](?![0-9]))"
)


def without_noise(text: str) -> str:
    """Set aside ages, hours, dates, shares, fees and telephone numbers; write 12€50 as 12.50 €."""
    text = _CENTS_APART.sub(lambda found: found[1] or found[2], text)
    text = _SPLIT_CENTS.sub(r"\1.\2 €", _ONLY_CENTS.sub(r"\g<1>0.", text))
    return _NO_PRICE.sub(SET_ASIDE, text)


FREE = re.compile(
    r"(?<!gluten )(?<!sugar )(?<!smoke )(?<!alcohol )(?<![\w-])"
    rf"(?:{longest_first(words.FREE)})(?!\w)(?!-\w)(?!\s+(?:{words.NOT_WHAT_IS_FREE})\b)",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|nie|nicht|pas|non|no es|inte|ei|ei ole|není)(?:\s+(?:jest|is|an?|for))*\s*$",
    re.IGNORECASE,
)
_SOMETHING_ELSE = re.compile(
    rf"\b(?:{words.NOT_WHAT_IS_FREE})\s*(?:is|are|ist|sind)?[\s:]*$", re.IGNORECASE
)
_AGE = (
    r"(?:(?:to|do lat|do|bis|under|unter|till|<)\s+)?(?:[-–<]\s?)?"
    r"[0-9]{1,2}[\w.-]*(?:\s\w{1,6}\.?)?"
)
_FOR_SOME_BEFORE = re.compile(
    rf"(?:\b(?:{words.WHO_IS_FREE})(?:\s+(?:under|bis|do lat|do|till|fino a|hasta)?\s?{_AGE})?"
    rf"|\b(?:under|unter|alle|moins de|menores de|do)\s{_AGE})"
    r"\s*(?:go|get in|is|are|enter|ist|sind|mają)?[\s:=–-]*$",
    re.IGNORECASE,
)
_FOR_SOME_AFTER = re.compile(
    rf"[\s:,(–-]*(?:\b(?:{words.FREE_FOR})\s+(?!(?:{words.FREE_FOR_ALL})\b)"
    rf"|\b(?:{words.FREE_UNTIL})\s+\D{{0,12}}[0-9]|[-–<]\s?[0-9]{{1,2}}\s)",
    re.IGNORECASE,
)
_BEFORE_LENGTH = 60  # characters that are looked at before a word for free


def free_for(text: str) -> str | None:
    """Return for whom the text calls something free: ``all``, ``some``, or ``None`` for nobody."""
    found: set[str] = set()
    for match in FREE.finditer(text):
        before = text[max(0, match.start() - _BEFORE_LENGTH) : match.start()]
        if _NEGATED.search(before) or _SOMETHING_ELSE.search(before):
            continue
        is_limited = _FOR_SOME_BEFORE.search(before) or _FOR_SOME_AFTER.match(text, match.end())
        found.add("some" if is_limited else "all")
    return min(found, default=None)
