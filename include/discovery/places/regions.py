"""States, provinces and counties that people write after a town, of countries where this is usual.

Sources: ISO 3166-2 for the codes of the United States, Canada and Australia; the ceremonial
counties of the United Kingdom and the counties of Ireland, with the short forms of postal use.
"""

from __future__ import annotations

from typing import Final

from include.discovery.text.cleaning import fold


def _words(text: str) -> list[str]:
    return text.split()


_US: Final = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "PR": "Puerto Rico",
}  # fmt: skip
_CA: Final = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories",
    "NU": "Nunavut", "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec",
    "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
_AU: Final = {
    "ACT": "Australian Capital Territory", "NSW": "New South Wales", "NT": "Northern Territory",
    "QLD": "Queensland", "SA": "South Australia", "TAS": "Tasmania", "VIC": "Victoria",
    "WA": "Western Australia",
}  # fmt: skip
_GB: Final = _words(
    """
    Bedfordshire Berkshire Buckinghamshire Cambridgeshire Cheshire Cornwall Cumbria Derbyshire
    Devon Dorset Essex Gloucestershire Hampshire Herefordshire Hertfordshire Kent Lancashire
    Leicestershire Lincolnshire Merseyside Middlesex Norfolk Northamptonshire Northumberland
    Nottinghamshire Oxfordshire Rutland Shropshire Somerset Staffordshire Suffolk Surrey
    Warwickshire Wiltshire Worcestershire Berks Bucks Cambs Glos Hants Herts Lancs Leics Lincs
    Northants Notts Oxon Staffs Wilts Worcs Gwynedd Dyfed Clwyd Gwent Powys Aberdeenshire
    Ayrshire Fife Lanarkshire Midlothian Renfrewshire
    """
)
_GB_LONGER: Final = (
    "County Durham", "Durham County", "East Sussex", "West Sussex", "Sussex", "East Yorkshire",
    "North Yorkshire", "South Yorkshire", "West Yorkshire", "Yorkshire", "Greater London",
    "Greater Manchester", "Isle of Wight", "Tyne and Wear", "West Midlands", "West Lothian",
    "East Lothian", "South Glamorgan", "Mid Glamorgan", "West Glamorgan", "County Antrim",
    "County Armagh", "County Down", "County Fermanagh", "County Londonderry", "County Tyrone",
)  # fmt: skip
_IE: Final = _words(
    """
    Carlow Cavan Clare Cork Donegal Dublin Galway Kerry Kildare Kilkenny Laois Leitrim Limerick
    Longford Louth Mayo Meath Monaghan Offaly Roscommon Sligo Tipperary Waterford Westmeath Wexford
    Wicklow
    """
)

_OTHERS: Final = {
    "PL": "dolnośląskie, kujawsko-pomorskie, lubelskie, lubuskie, łódzkie, małopolskie,"
    " mazowieckie, opolskie, podkarpackie, podlaskie, pomorskie, śląskie, świętokrzyskie,"
    " warmińsko-mazurskie, wielkopolskie, zachodniopomorskie, Małopolska, Mazowsze,"
    " Lesser Poland, Silesia",
    "DE": "Baden-Württemberg, Bayern, Bavaria, Brandenburg, Hessen, Hesse, Mecklenburg-Vorpommern,"
    " Niedersachsen, Lower Saxony, Nordrhein-Westfalen, NRW, North Rhine-Westphalia,"
    " Rheinland-Pfalz, Saarland, Sachsen, Saxony, Sachsen-Anhalt, Schleswig-Holstein, Thüringen",
    "AT": "Burgenland, Kärnten, Niederösterreich, Oberösterreich, Steiermark, Styria, Tirol, Tyrol,"
    " Vorarlberg",
    "FR": "Île-de-France, Auvergne-Rhône-Alpes, Bourgogne-Franche-Comté, Bretagne, Brittany,"
    " Centre-Val de Loire, Corse, Grand Est, Hauts-de-France, Normandie, Nouvelle-Aquitaine,"
    " Occitanie, Pays de la Loire, Provence-Alpes-Côte d'Azur, PACA, Rhône-Alpes",
    "ES": "Andalucía, Andalusia, Aragón, Asturias, Cantabria, Castilla-La Mancha, Castilla y León,"
    " Cataluña, Catalunya, Catalonia, Comunidad de Madrid, Comunidad Valenciana, Euskadi,"
    " País Vasco, Extremadura, Galicia, Islas Baleares, Canarias, La Rioja, Navarra",
    "IT": "Abruzzo, Basilicata, Calabria, Campania, Emilia-Romagna, Friuli-Venezia Giulia, Lazio,"
    " Liguria, Lombardia, Lombardy, Marche, Molise, Piemonte, Piedmont, Puglia, Sardegna, Sicilia,"
    " Sicily, Toscana, Tuscany, Trentino-Alto Adige, Umbria, Veneto",
    "NL": "Noord-Holland, North Holland, Zuid-Holland, South Holland, Noord-Brabant, Gelderland,"
    " Overijssel, Friesland, Flevoland, Drenthe, Zeeland, Limburg",
    "BE": "Vlaanderen, Flanders, Wallonie, Wallonia, Oost-Vlaanderen, West-Vlaanderen",
    "FI": "Uusimaa, Pirkanmaa, Varsinais-Suomi",
    "SE": "Skåne, Skåne län, Stockholms län, Västra Götaland, Västra Götalands län",
}
"""Regions that people write after a town, elsewhere; none is a town's name as well."""

STATE_CODES: Final = frozenset({*_US, *_CA, *_AU})
"""Codes that stand for nothing but a state or province where a town stands before them."""

_STATE_NAMES: Final = frozenset(
    fold(name) for states in (_US, _CA, _AU) for name in states.values()
) | {"newfoundland", "washington dc", "pei"}
_SHORTENED: Final = frozenset(
    _words(
        "ala ariz calif colo conn del fla ill ind kan mass md mich minn miss mont neb nev okla"
        " ont ore pa penn tenn tex va vt wash wis wyo"
    )
)
_TOWNS_TOO: Final = frozenset({"new york", "washington", "georgia", "victoria", "quebec"})
_REGIONS: Final = {
    country: frozenset(fold(name) for name in names.split(","))
    for country, names in _OTHERS.items()
}
_COUNTIES: Final = frozenset(fold(name) for name in (*_GB, *_GB_LONGER)) | frozenset(
    f"{word} {fold(name)}" for name in _IE for word in ("co", "county")
)


def is_state_code(text: str) -> bool:
    """Return whether it is the code of a state or province: ``NY``, ``N.Y.``, ``ON``, ``NSW``."""
    return text.replace(".", "") in STATE_CODES


def is_state_name(text: str) -> bool:
    """Return whether it is the name of a state or province of the US, Canada or Australia."""
    folded = fold(text)
    return folded in _STATE_NAMES or (text.endswith(".") and folded in _SHORTENED)


def is_county(text: str) -> bool:
    """Return whether it is a county of the UK, or one of Ireland that says so (``Co. Cork``)."""
    return fold(text) in _COUNTIES


def is_town_too(state: str) -> bool:
    """Return whether a state's name may mean a town, or a country, without its context."""
    return fold(state) in _TOWNS_TOO


def is_region_of(text: str, country: str | None) -> bool:
    """Return whether it is a region on the continent of Europe, of a country if that is known."""
    folded = fold(text).removeprefix("woj ").removeprefix("wojewodztwo ")
    return any(folded in names for code, names in _REGIONS.items() if country in {code, None})


def same_state(one: str, other: str) -> bool:
    """Return whether two texts mean one state: ``NY`` and ``New York``."""
    return bool(_spellings(one) & _spellings(other))


def _spellings(text: str) -> set[str]:
    own = fold(text)
    bare = text.replace(".", "").upper()
    return {own, *(fold(states[bare]) for states in (_US, _CA, _AU) if bare in states)}
