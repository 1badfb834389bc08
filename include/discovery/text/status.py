"""Status words in titles: ``ODWOŁANE: Koncert`` is a cancelled event that is called ``Koncert``.

Publishers who cannot or will not set a status write it into the title. It is taken for one only
where its form says that it is no part of the name: set apart by brackets, decoration or a separator
at the title's start or end, or shouted before a title that is not. ``The Cancelled Stamp`` and
``Postponed Love`` stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache

from include.discovery.model import EventStatus
from include.discovery.text.cleaning import composed

_LONGEST = 1_000

# Stems with their endings (gender, number), accents optional since capitals often go without.
# Languages, in this order: en, pl, fr, de, es, it, fi, sv, cs.
_WORDS = {
    EventStatus.MOVED_ONLINE: (
        r"(?:moved|now) online|przeniesion[ey] (?:do sieci|online)"
        r"|passée? en ligne|(?:in den )?online(?:-raum)? verlegt|jetzt online"
        r"|trasladad[oa] online|(?:spostat[oa]|ora) online|siirretty verkkoon"
        r"|flyttat (?:till nätet|online)|přesunuto online"
    ),
    EventStatus.CANCELLED: (
        r"cancell?ed|odwo[łl]an[yaei]|annul[ée]e?s?|annulation|abgesagt|absage|entf[äa]llt"
        r"|f[äa]llt (?:leider )?aus|(?:cancel|anul)ad[oa]s?|suspendid[oa]s?"
        r"|(?:annull|cancell)at[oaie]|sospes[oaie]|peruttu|peruutettu"
        r"|inst[äa]ll(?:t|d|da)|zru[šs]en[oaéýy]?"
    ),
    EventStatus.RESCHEDULED: (
        r"rescheduled(?: date)?|new date|nowy termin|zmiana terminu|nouvelle date|neuer termin"
        r"|terminänderung|(?:nachhol|ersatz)termin"
        r"|nueva fecha|reprogramad[oa]s?|nuova data|riprogrammat[oaie]|uusi (?:ajankohta|päivä)"
        r"|nytt datum|nov[ýy] term[íi]n|zm[ěe]na term[íi]nu"
        # Moved to another day; without a date it may be to another place.
        r"|moved to(?= \d)|przeniesion[yaei] na(?= \d)|verlegt auf(?: den)?(?= \d)"
        r"|trasladad[oa] al(?= \d)|spostat[oa] al(?= \d)|flytta[dt] till(?= \d)"
        r"|p[řr]esunut[oaéý]? na(?= \d)"
    ),
    EventStatus.POSTPONED: (
        r"postponed|prze[łl]o[żz]on[yaei]|report[ée]e?s?|verschoben|aplazad[oa]s?|pospuest[oa]s?"
        r"|(?:rinvi|posticip|rimand)at[oaie]|siirretty|siirtyy|siirtynyt|uppskjut(?:en|et|na)|framflytta[dt]"
        r"|odlo[žz]en[oaéýy]?|p[řr]elo[žz]en[oaéýy]?"
    ),
}
_SEVERITY = (
    EventStatus.CANCELLED,
    EventStatus.POSTPONED,
    EventStatus.RESCHEDULED,
    EventStatus.MOVED_ONLINE,
)

# 'Event cancelled', 'Koncert odwołany': a word for what the status is said of.
_SUBJECT = (
    r"(?:(?:this|dieses?|diese|to|cet|este|questo) )?(?:event|date|show|concert|gig|class"
    r"|wydarzenie|koncert|spektakl|seans|warsztaty|[ée]v[ée]nement|spectacle"
    r"|veranstaltung|konzert|vorstellung|evento|concierto|concerto|spettacolo|tapahtuma"
    r"|konsertti|evenemanget?|konserten?|akce|p[řr]edstaven[íi])"
)
_IS = (
    r"(?:is|has been|was|jest|zosta[łl][ao]?|est|a été|ist|wurde|è|è stat[oa]|ha sido|on|är|bylo?)"
)
_CALL = (  # 'UWAGA! ODWOŁANE: …'
    r"(?:(?:please note|attention|important|update|uwaga|ważne|attention|achtung|wichtig|atención"
    r"|attenzione|huom|obs|pozor)\s*[!:,–-]+\s*)"
)
# 'Postponed to 5 May', 'ANNULÉ en raison de la pluie': what may follow before the marker ends.
_DETAIL = (
    r"(?P<detail>\s*[:,]?\s*(?:\d|(?:to|until|till?|due|because|na|do|z|ze|au|[àa]|en|du|jusqu['’]"
    r"|auf|vom|from|od|dal|del|från|wegen|bis|al?|hasta|por|per|causa|på|grund|p\.?g\.?a|kv[ůu]li|kun"
    r"|indefinitely|bezterminowo)\b)[^()\[\]{}:|]{0,60}?)??"
)
_ALTERNATIVES = "|".join(f"(?P<{status.value}>{words})" for status, words in _WORDS.items())
_PLAIN = "|".join(f"(?:{words})" for words in _WORDS.values())
_AND = r"\s*(?:[/&,]|\b(?:and|or|i|lub|et|ou|und|oder|y|e|o|ja|och|a)\b)\s*"
_WORD = rf"(?P<word>(?:{_ALTERNATIVES})(?![^\W_])(?:{_AND}(?:{_PLAIN})(?![^\W_]))?)"
_MARKER = rf"{_CALL}?(?:{_SUBJECT}\s+)?(?:{_IS}\s+)?{_WORD}"

_DECO = r"[*!~_#<>=+•·|/\-–—\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]"
_SEPARATOR = rf"(?:\s*[:|•·]|\s*//|\s+[-–—]+(?=\s)|[-–—]+(?=\s)|\s*{_DECO}{{2,8}})"
_MARKS = r"[*~_#]{1,8}"
_OPEN = rf"[(\[{{]\s*{_DECO}{{0,4}}\s*"
_CLOSE = rf"\s*{_DECO}{{0,4}}\s*[!.]*[)\]}}]"


# Any of the words at all: most titles have none, and are done.
_HINT = re.compile(rf"(?<![^\W_])(?:{_PLAIN})(?![^\W_])", re.IGNORECASE)
# Words with a second meaning: 'reporte' is Spanish for a report, 'annule' a French present tense,
# 'przełożony' a Polish superior. Before a separator they need capitals.
_AMBIGUOUS = re.compile(
    r"annules?|annulation|reportes?|prze[łl]o[żz]on[ya]|suspendid[oa]s?|sospes[oaie]|absage",
    re.IGNORECASE,
)
_NO_DATE_YET = re.compile(
    r"until further notice|indefinitely|bezterminowo|na czas nieokreślony|jusqu['’]à nouvel ordre"
    r"|auf unbestimmte zeit|hasta nuevo aviso|a data da destinarsi|tills vidare",
    re.IGNORECASE,
)


def split_status(title: str) -> tuple[str, EventStatus | None]:
    """Split status markers off a title: ``[ODWOŁANE] X`` gives ``X`` and cancelled.

    Understood in English, Polish, French, German, Spanish, Italian, Finnish, Swedish and Czech. Of
    several markers the gravest counts. A title that holds nothing else stays as it is (its status
    counts when it is set apart or in capitals), so that a title never becomes empty; so does one of
    more than 1,000 characters, which is none.
    """
    if len(title) > _LONGEST:
        return title, None
    rest = " ".join(composed(title).split())
    found: set[EventStatus] = set()
    stripped = False
    while match := _marker_in(rest):
        found.add(_status_of(match))
        remaining = (rest[: match.start()] + rest[match.end() :]).strip()
        if not any(char.isalnum() for char in remaining):
            break
        rest, stripped = remaining, True
    return (rest if stripped else title), gravest(found)


def gravest(statuses: Collection[EventStatus | None]) -> EventStatus | None:
    """Return the gravest of what several places say of an event; ``None`` if nothing unusual."""
    return next((status for status in _SEVERITY if status in statuses), None)


def _marker_in(title: str) -> re.Match[str] | None:
    if not _HINT.search(title):
        return None
    for pattern, is_marker in _forms():
        match = pattern.search(title)
        if match and is_marker(match):
            return match
    return None


@cache
def _forms() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...]:
    """Return the forms of markers, the surest first, each with what must hold beside it.

    Late, since they take 50 ms to compile and many a task never sees a marker.
    """

    def bracketed(_match: re.Match[str]) -> bool:
        return True

    forms = (
        (
            rf"^\s*{_DECO}{{0,4}}\s*{_OPEN}{_MARKER}{_DETAIL}{_CLOSE}\s*{_DECO}{{0,4}}[\s:,.]*",
            bracketed,
        ),
        (rf"[\s,:\-–—]*{_OPEN}{_MARKER}{_DETAIL}{_CLOSE}[\s!.]*$", bracketed),
        (rf"^\s*{_DECO}{{1,8}}\s*{_MARKER}{_DETAIL}\s*{_DECO}{{1,8}}[\s:]*", _is_clear),
        (rf"^\s*{_DECO}{{0,8}}\s*{_MARKER}{_DETAIL}{_SEPARATOR}\s*", _is_clear),
        (rf"^\s*{_DECO}{{0,8}}\s*{_MARKER}\s*[!.,/\-–—]+\s*(?=\S)", _is_loud),
        (rf"\s+[-–—|]+\s+{_MARKER}{_DETAIL}\s*{_DECO}{{0,8}}[\s!.]*$", _is_clear),
        (rf"\s*{_MARKS}\s*{_WORD}\s*{_MARKS}[\s!.]*$", _is_clear),
        (rf"(?:\s+[-–—|/*]+\s*|[:!]\s+){_WORD}\s*{_DECO}{{0,8}}[\s!.]*$", _is_loud),
        (rf"^\s*{_DECO}{{0,8}}\s*{_MARKER}\s+(?=\S)", _is_shouted),
        (rf"\s{_WORD}[\s!.]*$", _is_shouted),
        (rf"^[\W_]*{_MARKER}[\W_]*$", _is_loud),
    )
    return tuple((re.compile(text, re.IGNORECASE), holds) for text, holds in forms)


def _is_loud(match: re.Match[str]) -> bool:
    return match["word"].isupper()


def _is_clear(match: re.Match[str]) -> bool:
    """Return whether a marker can be nothing else; not in capitals, its detail must hold a date."""
    if _is_loud(match):
        return True
    detail = match.groupdict().get("detail")
    if detail and not (any(char.isdigit() for char in detail) or _NO_DATE_YET.search(detail)):
        return False
    return _AMBIGUOUS.fullmatch(match["word"]) is None


def _is_shouted(match: re.Match[str]) -> bool:
    """Return whether a marker is in capitals before an unrelated rest in mixed case."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    is_calm = any(char.islower() for char in before + after)
    return _is_loud(match) and is_calm and not after[:1].islower()


def _status_of(match: re.Match[str]) -> EventStatus:
    return next(status for status in _WORDS if match[status.value])
