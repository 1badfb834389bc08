"""The parts of a postal address in one line: how it is cut, and what each part may be."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from include.discovery.places import postcodes, streets
from include.discovery.places.countries import country_code
from include.discovery.places.regions import is_county, is_region_of, is_state_code, is_state_name
from include.discovery.text.cleaning import fold

_SEPARATORS: Final = re.compile(r"\s*(?:[,;|•·\n]|\s@\s)\s*")
_OPENING, _CLOSING = "([", ")]"
_DASH: Final = re.compile(r"\s[-–—/]\s")
_AROUND: Final = " ,;|•·"
CITY_STATES: Final = frozenset({"LU", "MC", "SG", "SM", "GI", "HK", "MO"})
"""Countries with a town of the same name."""
EDGES: Final = " ,;:.-–|•·"
HOME_NATIONS: Final = frozenset({"england", "scotland", "wales", "northern ireland"})
_TOWN: Final = r"[^\W\d_][^\d,()]{1,58}?"
_DISTRICT: Final = r"\d{1,2}(?:\s?(?:er|e|ème|eme|\.))?|[IVX]{1,5}\.?"
CODE_ALONE: Final = re.compile(
    rf"{postcodes.PREFIX}(?:(?P<spelled>{postcodes.SPELLED})|(?P<digits>{postcodes.DIGITS}))"
)
CODE_AND_TOWN: Final = re.compile(
    rf"{CODE_ALONE.pattern}\s+(?P<town>{_TOWN})(?:\s+(?P<district>{_DISTRICT})"
    r"(?:\s?[-–]\s?[^\W\d_][^\d,]{1,30}|\s(?i:arr|ker|bezirk)\w*\.?)?)?"
    r"(?:\s+\(?(?P<region>(?<=\()[^()]{2,30}(?=\))|[A-Z]{2})\)?)?"
)
STREET_CODE_AND_TOWN: Final = re.compile(rf"(?P<street>\S.*?\D.*?)\s+{CODE_AND_TOWN.pattern}")
TOWN_AND_CODE: Final = re.compile(rf"(?P<town>\S.*?\D)\s+{CODE_ALONE.pattern}")
TOWN_AND_BRACKETS: Final = re.compile(r"(?P<town>[^()]{2,60}?)\s*\((?P<region>[^()]{2,40})\)")
_LONDON_DISTRICT: Final = re.compile(r"(?:[NSEW][EWC]?|EC|WC)\d{1,2}[A-Z]?")
CEDEX: Final = re.compile(r"\s+cedex\b.*", re.IGNORECASE)
TOWN_AND_DISTRICT: Final = re.compile(
    r"(?P<town>paris|lyon|marseille|dublin|praha|prague|prag|wien|vienna|brno|ostrava|budapest"
    rf"|bruxelles|brussels|antwerpen|zürich|(?:london(?=\s(?:[nsew][ewc]?|ec|wc)\d))) ?"
    rf"\s(?:{_DISTRICT}|\d\d?(?:st|nd|rd|th)|(?:[nsew][ewc]?|ec|wc)\d\d?[a-z]?)"
    r"(?:\s*(?:arr\w*\.?|ker\w*\.?|bezirk|district)|\s?[-–]\s?[^\W\d_][^\d,]{1,30})?",
    re.IGNORECASE,
)
VENUE_WORD: Final = re.compile(
    r"\b(?:theat(?:re|er)|halls?|rooms|library|cent(?:re|er)|club|church|school|museum|bar|pub|university"
    r"|college|gallery|hotel|arena|stadium|park|room|house|studio|cafe|restaurant|building|office"
    r"|garden|market|festival|campus|cathedral|chapel|cinema|opera|castle|palace|atrium"
    r"|te[a]?tr\w*|th[ée][âa]tre|muzeum|mus[ée]e|museo|biblio\w*|klub|dom|centrum|kino|sala|salle"
    r"|haus|halle|saal|kirche|schule|bibliothek|zentrum|kościół|szkoła|caf[ée]|galeri\w*|iglesia"
    r"|chiesa|centro|parque|kirjasto|museo|talo|teatteri|kyrka|bibliotek|kulturhus|knihovna"
    r"|divadlo|location|venue|online)\b|['’]s\b|&|@",
    re.IGNORECASE,
)

_TOWN_AFTER_ALL: Final = re.compile(
    r"(?:park|college|castle|garden|market|church|hall|house|palace) (?!of\b)\w+", re.IGNORECASE
)
"""Towns with such a word before another: ``Park City``."""


def parts_of(line: str) -> list[str]:
    """Cut a line at its commas; what stands in brackets stays whole."""
    parts: list[str] = []
    start = depth = 0
    for match in re.finditer(rf"[{re.escape(_OPENING + _CLOSING)}]|{_SEPARATORS.pattern}", line):
        if match[0] in _OPENING:
            depth += 1
        elif match[0] in _CLOSING:
            depth = max(0, depth - 1)
        elif not depth or not _closes_later(line, match.end()):
            parts.append(line[start : match.start()])
            start = match.end()
    parts.append(line[start:])
    return [cut for part in parts for piece in _at_dashes(part) if (cut := piece.strip(_AROUND))]


def _at_dashes(part: str) -> list[str]:
    """Cut at dashes where a street with its number or a postcode follows one."""
    if not _DASH.search(part):
        return [part]
    pieces = [piece.strip() for piece in _DASH.split(part)]
    if any(streets.is_surely_numbered(p) or CODE_AND_TOWN.fullmatch(p) for p in pieces[1:]):
        return pieces
    return [part]


def _closes_later(line: str, position: int) -> bool:
    return any(line.find(bracket, position) >= 0 for bracket in _CLOSING)


def told_country(last: str, before: list[str], assumed: str | None) -> str | None:
    """Return the country that the last part of a line names, if it is no state of the same name."""
    if not last or has_digits(last):
        return None
    code = country_code(last)
    if code is None:
        return None
    bare = last.replace(".", "")
    is_ambiguous = is_state_code(bare) or is_state_name(last)
    if is_ambiguous and not _follows_state(before) and code != assumed:
        return None
    if len(bare) == 2 and not bare.isupper():
        return None
    return code


def _follows_state(before: list[str]) -> bool:
    """Return whether a state or a postcode stands before, so that what follows is the country."""
    if not before:
        return False
    last = before[-1]
    without_code = re.sub(rf"\s*{postcodes.SPELLED}$|\s*{postcodes.DIGITS}$", "", last)
    words = without_code.split()
    return (
        (bool(words) and is_state_code(words[-1]) and words[-1].isupper())
        or (len(before) > 1 and is_state_name(last))
        or CODE_AND_TOWN.fullmatch(last) is not None
    )


def without_country(part: str, *, is_town: bool = False) -> tuple[str, str | None]:
    """Take a country off the end of a part, as in ``London England`` and ``OH 45501 USA``.

    :param is_town: whether it is known to hold a town; else ``Casa Italia`` is a place.
    """
    if is_state_name(part):  # 'Western Australia'
        return part, None
    name, _, last = part.rpartition(" ")
    bare = last.replace(".", "")
    if name and (len(bare) > 3 or bare == "USA") and last[0].isupper() and not is_state_name(last):
        code = None if CODE_ALONE.fullmatch(name) else country_code(last)
        if code and (has_digits(name) or is_town) and not streets.is_street(part):
            return name, code
    if name and bare in {"UK", "US"} and (has_digits(name) or is_town):
        return name, country_code(last)
    return part, None


def is_region(part: str) -> bool:
    return is_state_code(part) or is_state_name(part) or is_county(part) or is_region_of(part, None)


def is_bracketed_region(text: str, town: str) -> bool:
    """Return whether what stands in brackets behind a town is its region or province."""
    is_code = len(text) == 2 and text.isupper()
    return is_code or is_region(text) or fold(text) == fold(town)


def is_venue(part: str) -> bool:
    """Return whether a part has a word that places have and towns have not: ``Shubert Theatre``."""
    return VENUE_WORD.search(part) is not None and _TOWN_AFTER_ALL.fullmatch(part) is None


def ends_with_town(part: str) -> bool:
    """Return whether a part is a town, or a street with its town behind it."""
    if is_town(part) and not streets.is_street(part):
        return True
    match = streets.STREET_THEN_TOWN.fullmatch(part)
    return match is not None and match["town"][0].isupper()


def is_district_of(town: str, part: str) -> bool:
    """Return whether a part is a postal district of London, where that stands before it."""
    return fold(town) == "london" and _LONDON_DISTRICT.fullmatch(part) is not None


def city_of(country: str) -> str:
    """Return the town that is meant by the name of a city state."""
    return country.strip(EDGES)


def is_numbered_street(part: str) -> bool:
    return streets.is_surely_numbered(part) and not streets.is_unit(part)


@lru_cache(maxsize=200)
def is_town(part: str) -> bool:
    return (
        not has_digits(part)
        and part[:1].isalpha()
        and len(part) <= 60
        and country_code(part) is None
        and not is_state_code(part)
    )


def has_digits(text: str) -> bool:
    return any(c.isdigit() for c in text)


def joined(parts: list[str]) -> list[str]:
    """Join what commas parted: ``Calle Mayor, 5``, ``12, rue de Rivoli``, ``9 Elm St, Suite 4``."""
    joined: list[str] = []
    for part, following in zip_longest(parts, parts[1:], fillvalue=""):
        if joined and _belong_together(joined[-1], part, following):
            joined[-1] = f"{joined[-1]}, {part}"
        else:
            joined.append(part)
    return joined


def _belong_together(before: str, part: str, following: str) -> bool:
    if streets.is_house(part):
        leads = streets.is_street(following) and not has_digits(following)
        return not has_digits(before) and (not leads or streets.is_street(before))
    if streets.HOUSE_ALONE.fullmatch(before) and streets.is_street(part):
        return True
    if streets.UNIT_BEFORE.fullmatch(before) and streets.is_surely_numbered(part):
        return True
    return streets.is_unit(part) and streets.may_be_street(before)


def name_and_street(text: str) -> list[str]:
    """Part a name from the street that follows it without a comma, if one is surely there."""
    match = streets.NAME_THEN_STREET.fullmatch(text)
    if match is None or streets.ADJECTIVE.fullmatch(match["name"]):
        return [text]
    return [match["name"].strip(EDGES), match["street"]]


def with_name_parted(parts: list[str]) -> list[str]:
    if not parts or any(map(streets.is_surely_numbered, parts)):
        return parts
    return [*parts[:-1], *name_and_street(parts[-1])]
