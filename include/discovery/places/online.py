"""Places that are none: online events, links to meetings, and placeholders, in many languages.

Languages: English, Polish, French, German, Spanish, Italian, Finnish, Swedish, Czech; the usual
words of Dutch, Portuguese, Danish, Norwegian, Hungarian, Ukrainian, Russian and Japanese.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from include.discovery.text.cleaning import fold

_LONGEST: Final = 200
_LINK: Final = re.compile(
    r"(?:https?|zoommtg|msteams|webcal)://\S+|\bwww\.\S+"
    r"|\b(?:[a-z0-9-]+\.)?(?:zoom\.us|meet\.google\.com|teams\.microsoft\.com|youtu\.be|meet\.jit\.si)"
    r"/\S*",
    re.IGNORECASE,
)
_MAPS: Final = re.compile(
    r"(?:maps\.|(?:www\.)?google\.[a-z.]{2,6}/maps|goo\.gl/maps|maps\.app\.goo\.gl|g\.page|g\.co/kgs"
    r"|(?:www\.)?openstreetmap\.org|osm\.org|(?:www\.)?bing\.com/maps|(?:www\.)?waze\.com"
    r"|(?:\w+\.)?mapy\.c(?:z|om)|w3w\.co|what3words\.com|(?:www\.)?here\.com|share\.here\.com"
    r"|yandex\.[a-z]{2,3}/maps|umap\.)",
    re.IGNORECASE,
)
_MEETINGS: Final = re.compile(
    r"(?:[\w-]+\.)*(?:zoom\.us|zoom\.com|zoomgov\.com|teams\.microsoft\.com|teams\.live\.com"
    r"|meet\.google\.com|webex\.com|gotomeeting\.com|gotowebinar\.com|gotomeet\.me|goto\.com"
    r"|whereby\.com|jit\.si|8x8\.vc|bluejeans\.com|bigbluebutton\.org|senfcall\.de|livestorm\.co"
    r"|streamyard\.com|restream\.io|crowdcast\.io|hopin\.com|airmeet\.com|clickmeeting\.com"
    r"|demio\.com|bigmarker\.com|on24\.com|discord\.gg|discord\.com|join\.skype\.com|skype\.com"
    r"|youtube\.com|youtu\.be|twitch\.tv|vimeo\.com|livestream\.com|facebook\.com/.*/live"
    r"|gather\.town|spatial\.io|clubhouse\.com|kosmi\.io|(?:meet|bbb|jitsi)\.[\w.-]+)(?:[:/?#]|$)",
    re.IGNORECASE,
)
_CORE: Final = (
    r"on[- ]?line|on-?line-?(?:veranstaltung|event|kurs|seminar|vortrag|workshop|lesung|treffen)"
    r"(?:en|e|s)?"
    r"|virtual(?:ly)?|virtuell[ea]?[rsn]?|virtuel(?:le)?|virtuale|virtuaalinen|virtuálně"
    r"|virtuálním?|wirtualn\w{1,3}|virtueel|virtuelt|zdalnie|remote(?:ly)?|digital[ety]?|digitaal"
    r"|webinar(?:ium|io|um)?s?|webinaari|nettbasert|онлайн|オンライン(?:開催|配信)?"
    r"|webbinari\w{1,2}|webinaire|seminaire en ligne|web|internet|zoom(?:\.us)?|google ?meet|gmeet"
    r"|(?:microsoft|ms) ?teams|teams|skype|webex|discord|jitsi|gotomeeting|bigbluebutton|bbb|hopin"
    r"|(?:live[- ]?)?stream(?:ed|ing)?|livestreamed|transmisja"
    r"|transmissão ao vivo|diretta(?: streaming)?|трансляц[ії]я|youtube(?: live)?|facebook ?live"
    r"|fb ?live|instagram ?live|twitch(?:\.tv)?|cyberspace|vimeo"
    r"|en ligne|[àa] distance|(?:en )?visio(?:-?conf[ée]rence)?|w sieci|przez internet"
    r"|en l[ií]nea|a distancia|in remoto|da remoto|a distanza|verkossa|verkkotapahtuma|etänä"
    r"|etayhteys|etäyhteys|etäyhteydellä|p[åa] n[äa]tet|digitalt|p[åa] distans|distans"
    r"|p[åa] nettet?|via nettet|ao vivo online|(?:im|übers?) internet|a través de internet"
    r"|video ?(?:call|konferen[cz](?:e|ja)?|conferen(?:ce|cia|za))"
)
_FILLER: Final = (
    r"via|per|over|on|in|at|by|through|using|durch|über|przez|na|par|sur|mit|med|přes|tramite|por"
    r"|vía|a través de|su|pelo|no|p[åa]|op|aan"
    r"|only|nur|tylko|wyłącznie|solo|s[óo]lo|seulement|uniquement|vain|endast|jen|pouze|soltanto"
    r"|event|ereignis|veranstaltung|wydarzenie|spotkanie|meeting|tapahtuma|[ée]v[ée]nement|r[ée]union"
    r"|evento|reuni[óo]n|riunione|evenemang|m[öo]te|akce|přenos|setkání|call|evenement|bijeenkomst"
    r"|arrangement|m[øo]de|esemény|rendezvény|подія|захід|мероприятие|зустріч|встреча|piattaforma"
    r"|platforma|plattform|gratuit[oa]|facebook|instagram|link|links|url|platform"
    r"|cisco|session|class|course|kurs|kurz|corso|cours|conference|konferenz|broadcast|show|location|venue"
    r"|place|the|a|an|and|und|et|or|this|is|will|be|held|live|free|remote|audience|workshop"
    r"|details|join|to|follow|see|description|below|please|register|for|after|registration|app"
)
_MEETING_ID: Final = (
    r"(?:meeting )?id\W{0,3}\d[\d ]{5,20}|(?:pass(?:code|word)|kennwort|hasło|pw)\W{1,3}\S{1,20}"
)
_JOINT: Final = r"[\s:/,;.()|&+!–—-]*"
_ONLINE: Final = re.compile(
    rf"{_JOINT}(?:(?:{_MEETING_ID}|{_CORE}|{_FILLER})(?!\w){_JOINT})+", re.IGNORECASE
)
_HAS_CORE: Final = re.compile(rf"(?<!\w)(?:{_CORE})(?!\w)", re.IGNORECASE)
_ONLINE_FIRST: Final = re.compile(
    r"(?:on-?line|virtual|virtuell|en ligne|online[- ](?:event|veranstaltung))"
    r"\s*(?:[-–—:|]\s|\s-|$)",
    re.IGNORECASE,
)
_HYBRID: Final = re.compile(
    r"\b(?:hybrid\w*|hybryd\w*|ibrid[oa]|h[íi]brid[oa]|hybridn\w+)\b|[+&/]\s?(?:on-?line|zoom|livestream)\b"
    r"|^on-?line\s*(?:and|&|\+|und|oraz|i|et|y|e|ja|och|a)\s"
    r"|\b(?:and|und|oraz|i|et|y|e|ja|och|a|as well as|or|oder|lub|ou)\s+(?:on-?line|zoom|via zoom"
    r"|livestream|en ligne|verkossa)\b",
    re.IGNORECASE,
)
_HYBRID_ENDING: Final = re.compile(
    r"^on-?line\s*(?:and|&|\+|und|oraz|i|et|y|e|ja|och|a)\s+(?:at |in |im |w |à |en |bei )?|"
    r"[\s,(–-]*(?:[+&/]|\b(?:and|und|oraz|i|et|y|e|ja|och|a|or|oder|lub|ou)\b)\s*(?:via\s+)?"
    r"(?:on-?line|zoom|livestream|en ligne|verkossa)\)?\s*$|^hybrid\w*(?:\s+event)?\s*[:–-]\s*"
    r"|\s*\(hybrid\w*\)\s*$",
    re.IGNORECASE,
)

_WHAT: Final = (
    r"(?:the |exact |genaue[rs]? |der |die |dok[łl]adn\w+ )?"
    r"(?:venue|location|place|address|room|ort|veranstaltungsort|treffpunkt|adresse|miejsce|lokalizacja"
    r"|adres|sala|lieu|salle|lugar|ubicacion|sede|luogo|indirizzo|paikka|osoite|plats|lokal|misto|adresa|local|locatie|plaats|sted|helyszin)"
)
_NOTHING: Final = (
    r"none|null|nil|nan|n a|na|undefined|unknown|unspecified|not (?:specified|set|known|available)"
    r"|various (?:venues?|locations?|places?)|multiple (?:venues?|locations?)|undisclosed"
    r"|see (?:description|details|below|website)|details to follow|coming soon"
    r"|brak|nieznan[ey]|do (?:ustalenia|potwierdzenia|uzgodnienia|ogloszenia|okreslenia)"
    r"|(?:podamy|podane|ogloszone|zostanie podane|info) wkrotce|wkrotce"
    r"|rozne (?:miejsca|lokalizacje)"
    r"|a (?:definir|confirmer|determiner|preciser|venir|annoncer)"
    r"|non (?:communique|precise|defini)e?"
    r"|lieu[xs]? divers|divers lieux|inconnu"
    r"|(?:wird|werden) (?:noch )?(?:bekannt ?gegeben|bekannt ?gemacht|mitgeteilt|angekundigt)"
    r"|noch (?:offen|nicht bekannt|unbekannt|nicht festgelegt|in planung)"
    r"|folgt(?: noch)?|in klarung"
    r"|steht noch nicht fest|unbekannt|n n|diverse orte|verschiedene orte|wird noch festgelegt"
    r"|(?:por|a) (?:determinar|confirmar|definir|anunciar|concretar)(?:se)?"
    r"|sin (?:definir|confirmar)"
    r"|varios lugares|desconocido|pendiente(?: de confirmar)?"
    r"|da (?:definire|confermare|annunciare|stabilire|destinarsi|decidere|comunicare)|varie sedi"
    r"|sconosciuto|in via di definizione"
    r"|(?:ilmoitetaan|vahvistetaan|tarkentuu|varmistuu|selviaa|kerrotaan) myohemmin|ei tiedossa"
    r"|avoin|tarkentuu|useita paikkoja"
    r"|(?:meddelas|bekraftas|kommer|anges|tillkannages)(?: senare)?|ej bestamt|okand|ej faststalld"
    r"|olika platser"
    r"|nog te bepalen|nog niet bekend|(?:locatie )?volgt(?: nog)?"
    r"|wordt (?:nog )?(?:later )?bekend ?gemaakt"
    r"|kommer senere|annonceres senere|oplyses senere|kunngj\w+ senere|hamarosan|kesobb"
    r"|siehe (?:beschreibung|website)|voir (?:la )?description|ver descripcion|vedi descrizione"
    r"|see (?:the )?website"
    # uk, ru, ja, as fold() writes them
    r"|utochnyuiet sya|bude ogolosheno|utochnyaetsya|budet ob yavleno|weiding"
    r"|bude (?:upresneno|oznameno|doplneno|urceno|potvrzeno)|upresnime|nezname|neuvedeno"
    r"|ruzna mista"
)
_ANNOUNCED: Final = (
    r"tb[acd]|t b [acd]|to be (?:announced|confirmed|determined|decided|advised|arranged)"
    r"|various venues?|secret (?:location|venue)|will be announced"
)
_PLACEHOLDER: Final = re.compile(
    rf"(?:{_WHAT} )?(?:is |est |ist |es |e )?(?:(?:{_NOTHING})(?: {_WHAT})?|(?:{_ANNOUNCED})\b.*)"
)


@lru_cache(maxsize=200)
def is_online(text: str) -> bool:
    """Return whether a text in the place of a venue says only that the event is online.

    ``Zoom Meeting`` and ``Online via Teams`` do, ``Zoom Gallery`` and a link to a map do not.
    """
    if len(text) > _LONGEST and not _LINK.search(text):
        return False
    links = _LINK.findall(text)
    if any(map(is_map, links)):
        return False
    rest = without_links(text)
    if links and (not rest or (any(map(is_meeting, links)) and _ONLINE.fullmatch(rest))):
        return True
    if _ONLINE_FIRST.match(rest) and not is_hybrid(rest):
        return True
    return (
        len(rest) <= _LONGEST
        and _HAS_CORE.search(rest) is not None
        and _ONLINE.fullmatch(rest) is not None
    )


@lru_cache(maxsize=200)
def is_hybrid(text: str) -> bool:
    """Return whether a text in the place of a venue says that the event is online, too."""
    return _HYBRID.search(text[:_LONGEST]) is not None


def without_hybrid(text: str) -> str:
    """Return the name of a place without the words that the event is online, too."""
    return _HYBRID_ENDING.sub("", text[:_LONGEST]) + text[_LONGEST:]


def without_links(text: str) -> str:
    """Return a text without the web addresses in it."""
    return _LINK.sub("", text).strip(" ,;()-–|") if "." in text else text


def is_only_unknown_link(text: str) -> bool:
    """Return whether a text is a web address that is neither a map nor a known meeting's."""
    found = _LINK.fullmatch(text.strip())
    return found is not None and not is_meeting(found[0]) and not is_map(found[0])


def is_map(url: str) -> bool:
    """Return whether an address leads to a map."""
    return _MAPS.match(_without_scheme(url)) is not None


def is_meeting(url: str) -> bool:
    """Return whether an address leads to a meeting or a stream."""
    if url.lower().startswith(("zoommtg:", "msteams:")):
        return True
    return _MEETINGS.match(_without_scheme(url)) is not None


@lru_cache(maxsize=200)
def is_placeholder(text: str) -> bool:
    """Return whether a text in the place of a venue says that there is none yet, or nothing."""
    if len(text) > _LONGEST:
        return False
    folded = fold(text)
    return not folded or _PLACEHOLDER.fullmatch(folded) is not None


def _without_scheme(url: str) -> str:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
    except ValueError:  # malformed IPv6 literal
        return url
    return f"{parts.netloc.removeprefix('www.')}{parts.path}"[:_LONGEST]
