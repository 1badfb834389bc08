"""What a street is written like, in the languages of twenty countries."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final


def _any_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=lambda word: (-len(word), word)))


_LEADING: Final = _any_of(
    # French, Spanish and Catalan, Italian, Portuguese, Polish, Czech: the kind of street leads
    r"rue avenue av\. av ave\. boulevard bd\.? blvd\.? bld\.? quai place pl\. chemin impasse allée"
    r" allées passage route cours esplanade faubourg fbg\.? ruelle villa"
    r" calle c/ avenida avda\.? avd\.? plaza pza\.? plza\.? paseo p\.º pº ronda travesía camino"
    r" glorieta carretera ctra\.? callejón carrer c\. avinguda plaça passeig pg\. rambla"
    r" via v\. viale v\.le piazza p\.zza p\.za piazzale p\.le corso c\.so largo vicolo lungotevere"
    r" lungarno strada contrada borgo fondamenta"
    r" rua r\. praça pça\.? travessa tv\.? estrada alameda largo calçada"
    r" ul\. ul ulica al\. aleja aleje pl\. plac os\. osiedle rynek skwer rondo bulwar pasaż"
    r" ulice náměstí nám\. třída tř\. nábřeží"
)
_LEADING_DE: Final = (
    r"(?:an|auf|in|vor|hinter|unter|bei|zu)\s+(?:der|dem|den)|am|im|zum|zur|alte[rn]?|neue[rn]?"
    r"|große[rn]?|kleine[rn]?|str\.|straße|strasse"
)
"""German streets that no ending gives away: ``Am Kanal 47``."""

_ENDING_SURE: Final = (
    r"(?:\w|\b)(?:straße|strasse|str\.?|gasse|straat|gatan|vägen|katu)|\b(?:utca|körút|rakpart)"
)
"""Endings that nothing but a street has, number or not."""

_ENDING: Final = (
    # German, Dutch, Swedish, Finnish: the kind of street ends the word, or is one of its own
    r"(?:\w|\b)(?:straße|strasse|str\.?|weg|platz|allee|gasse|damm|ufer|chaussee|steig|graben"
    r"|promenade|stieg|zeile|bogen|kai|brücke|markt|ring|wall|park|hof|berg|straat|laan|plein"
    r"|gracht|kade|dijk|dreef|singel|steenweg|pad|gatan|gata|vägen|väg|torget|torg|gränd|gränden"
    r"|stigen|kajen|allén|backen|plan|platsen|katu|tie|kuja|tori|polku|aukio|ranta|bulevardi|kaari"
    r"|väylä|esplanadi|puistikko|penger"
    # Danish, Norwegian
    r"|vej|vejen|gade|gaden|stræde|torvet|plads|pladsen|brygge|vei|veien|vegen|gaten|plass|plassen)"
    r"|\w{2}s?gate|\ws\sgate"
    # Polish and Czech, as adjectives and genitives: 'Floriańska 3', 'Kopernika', 'Vodičkova 36'
    r"|\w(?:sk|ck|dzk)(?:a|iego|iej|ich)|\w(?:ego|iej|ów)|\w(?:sk|ck)á|\w(?:ova|owa|ské|ého)"
    # Hungarian
    r"|\b(?:utca|u\.|út|útja|tér|tere|krt\.?|körút|köz|fasor|sétány|rakpart|rkp\.?)"
)
_ENDING_EN: Final = _any_of(
    "street st road rd drive dr avenue ave av boulevard blvd parkway pkwy lane ln way highway hwy"
    " court ct place pl square sq terrace ter close crescent cres row hill gardens gdns mews walk"
    " yard quay wharf circle cir trail trl plaza pike turnpike tpke alley broadway loop freeway"
    " expressway esplanade parade pde strand embankment bypass"
)
_ENDING_EN_SURE: Final = _any_of(
    "street st road rd drive dr avenue ave boulevard blvd parkway pkwy lane ln way highway hwy"
    " square"
)
"""Those of them that make a street of what has no number."""

_ROUTE_EN: Final = (
    r"(?:state route|route|rte\.?|highway|hwy\.?|interstate|us|sr|county road|cr|county rd\.?"
    r"|new york|state road|rural route)\s\d{1,4}[A-Z]?"
)
_COMPASS: Final = (
    r"n|s|e|w|ne|nw|se|sw|n\.|s\.|e\.|w\.|n\.?w\.?|n\.?e\.?|s\.?w\.?|s\.?e\.?"
    r"|north|south|east|west|northeast|northwest|southeast|southwest"
)
_HOUSE: Final = (
    r"\d{1,5}(?:\s?/?[a-z](?![\w.]))?(?:-(?:hs|huis)\b)?(?:[\s-]?(?:bis|ter|quater)\b)?"
    r"(?:\s?[-–/+&]\s?\d{1,5}(?:\s?[a-z](?!\w))?)*"
)
_ROOM: Final = re.compile(
    r"\b(?:hall|halle|room|rm|raum|haus|house|saal|sala|salle|sali|stage|floor|building|bldg|level"
    r"|studio|scena|aula|klasa|pokój|zimmer|gate|platform|pier|area|zone|screen|theatre|theater"
    r"|pavilion|pavillon|tent|zelt|kino|club|klub|bar|pub|cafe|café|school|schule|szkoła"
    r"|szkola|école|museum|church|library|bibliothek|gallery|galerie|hotel|sektor|sal)\b",
    re.IGNORECASE,
)
"""Words of a place within or instead of a street, after which a number is no house's."""

_ADVERB_DE: Final = re.compile(r"(?:Am|An der|An den|Zum|Zur|Unter den|Auf der|Auf dem) [A-ZÄÖÜ].*")
_HUNGARIAN: Final = re.compile(
    rf".*\b(?:utca|u\.|út|útja|tér|tere|krt\.?|körút|köz|fasor|sétány|rakpart)\s{_HOUSE}\.?.*",
    re.IGNORECASE,
)
_LEADS: Final = re.compile(rf"(?:{_HOUSE},?\s)?(?:{_LEADING})(?:\s|(?<=[./]))\s*\S", re.IGNORECASE)
_LEADS_DE: Final = re.compile(rf"(?:{_LEADING_DE})\s+\S.*\s{_HOUSE}\.?", re.IGNORECASE)
_ENDS: Final = re.compile(
    rf"[^\d]{{0,60}}?(?:{_ENDING})\s+(?:n[°ºo.]\.?\s?|nr\.?\s?)?{_HOUSE}\.?(?:,?\s\S{{1,12}}){{0,4}}",
    re.IGNORECASE,
)
_ENDS_SURELY: Final = re.compile(rf"[^\d]{{1,60}}(?:{_ENDING_SURE})", re.IGNORECASE)
_ENGLISH: Final = re.compile(
    rf"(?:{_HOUSE}|one|two|three|four|five),?\s.*\b(?:{_ENDING_EN})\b\.?(?:\s+(?:{_COMPASS})\b\.?)?"
    r"(?:,?\s(?:\S+\s?){1,3})?",
    re.IGNORECASE,
)
_ENGLISH_SURE: Final = re.compile(
    rf"\D{{2,60}}\s(?:{_ENDING_EN_SURE})\b\.?(?:\s+(?:{_COMPASS})\b\.?)?", re.IGNORECASE
)
_ROUTE: Final = re.compile(rf"\d{{1,5}}\s(?:[\w.]+\s){{0,3}}?{_ROUTE_EN}", re.IGNORECASE)
_PLAIN: Final = re.compile(
    rf"{_HOUSE},?\s\D.{{2,80}}|[^\d]{{3,60}}\s(?:n[°ºo.]\.?\s?)?{_HOUSE}\.?"
    rf"|\d{{1,2}}\.?\s\D{{3,40}}\s{_HOUSE}\.?",
    re.IGNORECASE,
)
HOUSE_ALONE: Final = re.compile(
    rf"(?:n[°ºo.]\.?|nr\.?|no\.?|núm\.?|num\.?|č\.|č\.p\.)?\s*{_HOUSE}\.?|s/n|s\.n\.|sn|snc",
    re.IGNORECASE,
)
"""A house number that a comma parts from its street: ``Calle Mayor, 5``."""

_UNIT: Final = re.compile(
    r"(?:suite|ste\.?|unit|apt\.?|apartment|flat|floor|fl\.?|room|rm\.?|level|lvl\.?|box|bus|bte\.?"
    r"|piso|puerta|planta|esc\.?|local|bajo|étage|bât\.?|bâtiment|batiment|lok\.?|lokal|m\.|piętro"
    r"|p\.|stock|etage|hinterhaus|vorderhaus|hof|aufgang|eingang|int\.?|interno|scala|kerros"
    r"|krs\.?|lgh|rappu|patro|podlaží|emelet|em\.|fszt\.?|andar|fração|porta)(?![^\W\d_])\s*#?[\w./-]{0,8}"
    r"|#\s?[\w-]{1,8}"
    r"|(?:\d{1,2}(?:st|nd|rd|th|er|re|e|ème|\.?º|\.?ª|\.)?|ground|first|second|third|fourth|top|lower)"
    r"\s*(?:floor|fl\.?|level|étage|piso|planta|piętro|stock|etage|og|kerros|krs\.?|patro|emelet"
    r"|em\.|vån\.?|tr\.?|andar|piano)(?:\s.{1,30})?"
    r"|\d{1,2}\s?[ºª°]\s?\w{0,3}",
    re.IGNORECASE,
)
NAME_THEN_STREET: Final = re.compile(
    rf"(?P<name>[^\d,]{{3,80}}?)\s(?:[–-]\s)?(?P<street>{_HOUSE}\s(?:\S+\s){{0,4}}?(?:{_ENDING_EN})\b.*"
    rf"|(?:ul\.|ulica|al\.|aleja|pl\.|os\.|rue|calle|c/|via|viale|piazza|rua|praça|náměstí)\s.+\d.*"
    rf"|{_HOUSE},?\s(?:{_LEADING})\s.+"
    r"|\S+(?:straße|strasse|str\.|weg|platz|allee|gasse|straat|gatan|vägen|katu)\s+\d.*)",
    re.IGNORECASE,
)
"""A name and, without a comma, the street: ``House of Wickersham 213 7th St.``"""

STREET_THEN_TOWN: Final = re.compile(
    rf"(?P<street>(?:[^\d,]{{3,80}}\s)?\d.*\b(?:{_ENDING_EN})\b\.?(?:\s(?:{_COMPASS})\b\.?)?"
    r"(?:\s(?:suite|ste\.?|unit|apt\.?|rm\.?|floor|#)\s?#?[\w-]{1,6})?)"
    r"\s(?P<town>[^\W\d_][^\d,]{1,40})",
    re.IGNORECASE,
)
"""A street and, without a comma, its town: ``47 Mill Hill London``."""

ADJECTIVE: Final = re.compile(
    r".*\b(?:alte|neue|große|kleine|obere|untere|innere|äußere|lange|kurze|am|an|der|dem|den|zum|zur"
    r"|sankt|st\.?|dr\.?|prof\.?|the)",
    re.IGNORECASE,
)
"""What is no name of a place if a street follows, but the beginning of that street's."""

UNIT_BEFORE: Final = re.compile(
    r"(?:suite|ste\.?|unit|apt\.?|apartment|flat|level)\s*#?[\w-]{1,6}"
    r"|(?:\d{1,2}(?:st|nd|rd|th)|ground|first|second|third|top)\s(?:floor|level)",
    re.IGNORECASE,
)
"""A part of a building that may stand before the street, and is no place's name."""

_LEVEL: Final = re.compile(r"^(?:level|unit|suite|shop|flat)\s(?=\d+/\d)", re.IGNORECASE)
_KIND_LEADS: Final = re.compile(
    r"(?P<name>[^\d,]{3,80}?)\s(?P<street>(?:ul\.|ulica|al\.|aleja|pl\.|os\.|rue|calle|c/|via|viale"
    r"|piazza|rua|praça|náměstí|nám\.)\s.+\d.*)",
    re.IGNORECASE,
)
_PREPOSITION: Final = re.compile(
    r".*\b(?:przy|na|obok|koło|u|róg|zbiegu|near|at|by|opposite|angle|coin|esquina|junto a|bei|an"
    r"|Ecke|angolo|presso|roh)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d|\bs/n\b|^(?:one|two|three|four|five)\s", re.IGNORECASE)
_LONGEST: Final = 160


@lru_cache(maxsize=200)  # each part of a line is asked about several times
def is_street(part: str) -> bool:
    """Return whether a part of an address is surely a street: it has a street's word in it."""
    if len(part) > _LONGEST:
        return False
    unit, comma, rest = part.partition(", ")
    if comma and UNIT_BEFORE.fullmatch(unit):
        part = rest
    part = _LEVEL.sub("", part)
    if _LEADS.match(part) or _LEADS_DE.fullmatch(part) or _ROUTE.fullmatch(part):
        return True
    if _ENGLISH.fullmatch(part) or (_ENDS.fullmatch(part) and not _ROOM.match(part)):
        return True
    return (_ENGLISH_SURE.fullmatch(part) or _ENDS_SURELY.fullmatch(part)) is not None


def is_surely_numbered(part: str) -> bool:
    """Return whether it is surely a street with its house number."""
    return is_street(part) and _NUMBER.search(part) is not None


@lru_cache(maxsize=200)
def may_be_street(part: str) -> bool:
    """Return whether it reads like a street where other parts prove an address: ``Rynek 3``."""
    if len(part) > _LONGEST:
        return False
    if is_street(part) or _ADVERB_DE.fullmatch(part):
        return True
    return _PLAIN.fullmatch(part) is not None and not _ROOM.search(part)


def is_hungarian(part: str) -> bool:
    """Return whether it is a street of Hungary, where the town precedes it."""
    return _HUNGARIAN.fullmatch(part) is not None


def parted_from_name(part: str) -> list[str]:
    """Part a name from the street behind it, where the street begins with its kind: ``ul. …``."""
    match = _KIND_LEADS.fullmatch(part) if len(part) <= _LONGEST else None
    if match is None or _PREPOSITION.fullmatch(match["name"]):
        return [part]
    return [match["name"].strip(" -–:"), match["street"]]


def is_house(part: str) -> bool:
    """Return whether it is a house number alone, or one with a part of the building."""
    if HOUSE_ALONE.fullmatch(part):
        return True
    number, dash, unit = part.partition(" - ")
    return bool(dash) and HOUSE_ALONE.fullmatch(number) is not None and is_unit(unit)


def is_unit(part: str) -> bool:
    """Return whether it is a part of a building: ``Suite 4``, ``2. Stock``, ``lok. 5``."""
    return _UNIT.fullmatch(part) is not None
