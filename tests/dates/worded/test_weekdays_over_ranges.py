"""Weekdays beside a range of days: the event is on these days only.

Each row is a text, the language of its source and its reading on Friday 27 November 2026.
"""

from __future__ import annotations

import pytest

from tests.dates.worded.worded_support import read, shown

WEEKDAYS = [
    ("Freitag und Samstag von 01.10. bis 23.10.2027", None, "2027-10-01, 2027-10-02 … 8"),
    ("Freitag und Samstag, 01.10. bis 23.10.2027", None, "2027-10-01, 2027-10-02 … 8"),
    ("Freitag & Samstag, 1.–23. Oktober 2027", "de", "2027-10-01, 2027-10-02 … 8"),
    ("Freitags und samstags, 1.–23. Oktober 2027", "de", "2027-10-01, 2027-10-02 … 8"),
    ("jeden Freitag und Samstag vom 1. bis 23. Oktober 2027", "de", "2027-10-01, 2027-10-02 … 8"),
    ("Fr und Sa, 1.10.–23.10.2027, 20 Uhr", "de", "2027-10-01 20:00, 2027-10-02 20:00 … 8"),
    ("Fr + Sa 1.10.–23.10.2027, 20 Uhr", "de", "2027-10-01 20:00, 2027-10-02 20:00 … 8"),
    ("Fr/Sa 1.10.–23.10.2027, 20 Uhr", "de", "2027-10-01 20:00, 2027-10-02 20:00 … 8"),
    (
        "1. bis 23. Oktober 2027, freitags und samstags, 20 Uhr",
        "de",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "1. bis 23. Oktober 2027, Freitag und Samstag, 20 Uhr",
        "de",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("01.10.–23.10.2027 (Fr, Sa)", "de", "2027-10-01, 2027-10-02 … 8"),
    ("01.10.–23.10.2027, jeweils Freitag und Samstag", "de", "2027-10-01, 2027-10-02 … 8"),
    ("viernes y sábados del 1 al 23 de octubre de 2027", None, "2027-10-01, 2027-10-02 … 8"),
    ("viernes y sábado del 1 al 23 de octubre de 2027", "es", "2027-10-01, 2027-10-02 … 8"),
    (
        "los viernes y sábados del 1 al 23 de octubre de 2027 a las 20 h",
        "es",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "del 1 al 23 de octubre de 2027, viernes y sábados, 20:00",
        "es",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "todos los viernes y sábados, del 1 al 23 de octubre de 2027",
        "es",
        "2027-10-01, 2027-10-02 … 8",
    ),
    ("venerdì e sabato dal 1 al 23 ottobre 2027", None, "2027-10-01, 2027-10-02 … 8"),
    (
        "ogni venerdì e sabato dal 1 al 23 ottobre 2027, ore 20",
        "it",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("il venerdì e il sabato dal 1 al 23 ottobre 2027", "it", "2027-10-01, 2027-10-02 … 8"),
    (
        "dal 1 al 23 ottobre 2027, venerdì e sabato ore 20",
        "it",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("vendredi et samedi du 1er au 23 octobre 2027", "fr", "2027-10-01, 2027-10-02 … 8"),
    (
        "les vendredis et samedis du 1er au 23 octobre 2027 à 20h",
        "fr",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "vendredis et samedis du 1er au 23 octobre 2027, 20h",
        "fr",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "du 1er au 23 octobre 2027, les vendredis et samedis à 20h",
        "fr",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "du 1er au 23 octobre 2027, le vendredi et le samedi à 20h",
        "fr",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("le vendredi et le samedi du 1er au 23 octobre 2027", "fr", "2027-10-01, 2027-10-02 … 8"),
    ("Fri & Sat, 1-23 October 2027", None, "2027-10-01, 2027-10-02 … 8"),
    ("Friday and Saturday, October 1-23, 2027", None, "2027-10-01, 2027-10-02 … 8"),
    (
        "Fridays and Saturdays, October 1-23, 2027, 8pm",
        None,
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "Fridays & Saturdays October 1 – 23, 2027 at 8 p.m.",
        None,
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("every Fri & Sat 1-23 October 2027", None, "2027-10-01, 2027-10-02 … 8"),
    (
        "October 1-23, 2027, Fridays and Saturdays at 8pm",
        None,
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("October 1–23, 2027 (Fri & Sat), 8pm", None, "2027-10-01 20:00, 2027-10-02 20:00 … 8"),
    (
        "1 October to 23 October 2027, Fridays and Saturdays, 8pm",
        None,
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("piątki i soboty od 1 do 23 października 2027", "pl", "2027-10-01, 2027-10-02 … 8"),
    (
        "w piątki i soboty, 1-23 października 2027, godz. 20",
        "pl",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("piątek i sobota, od 1 do 23 października 2027", "pl", "2027-10-01, 2027-10-02 … 8"),
    (
        "od 1 do 23 października 2027 w piątki i soboty o 20:00",
        "pl",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("w każdy piątek i sobotę od 1 do 23 października 2027", "pl", "2027-10-01, 2027-10-02 … 8"),
    ("fredag och lördag 1–23 oktober 2027", "sv", "2027-10-01, 2027-10-02 … 8"),
    (
        "fredagar och lördagar 1–23 oktober 2027 kl 20",
        "sv",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "1–23 oktober 2027, fredagar och lördagar kl. 20",
        "sv",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("pátek a sobota od 1. do 23. října 2027", "cs", "2027-10-01, 2027-10-02 … 8"),
    ("pátky a soboty 1.–23. října 2027 ve 20 h", "cs", "2027-10-01 20:00, 2027-10-02 20:00 … 8"),
    ("každý pátek a sobotu od 1. do 23. října 2027", "cs", "2027-10-01, 2027-10-02 … 8"),
    ("perjantaisin ja lauantaisin 1.–23.10.2027", "fi", "2027-10-01, 2027-10-02 … 8"),
    (
        "perjantaina ja lauantaina 1.–23.10.2027 klo 20",
        "fi",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    (
        "1.–23.10.2027 perjantaisin ja lauantaisin klo 20",
        "fi",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("Fri-Sat, 1-23 October 2027", None, "2027-10-01, 2027-10-02 … 8"),
    ("Friday, 1 October – Saturday, 23 October 2027", None, "2027-10-01 to 2027-10-23"),
    ("Fri 1 – Sun 3 October 2027", None, "2027-10-01 to 2027-10-03"),
    ("Friday & Saturday, 1-2 October 2027, 8pm", None, "2027-10-01 20:00, 2027-10-02 20:00"),
    ("Freitag und Samstag, 1. und 2. Oktober 2027", "de", "2027-10-01, 2027-10-02"),
    ("vendredi et samedi 1 et 2 octobre 2027", "fr", "2027-10-01, 2027-10-02"),
    ("every Tue & Thu 1-31 March 2027", None, "2027-03-02, 2027-03-04 … 9"),
    ("Tue & Thu, March 2027", None, "2027-03-02, 2027-03-04 … 9"),
    ("jeden Dienstag vom 1. bis 31. März 2027", "de", "2027-03-02, 2027-03-09 … 5"),
    (
        "1.–31. März 2027, Mo-Fr 10-18 Uhr",
        "de",
        "2027-03-01 10:00-18:00, 2027-03-02 10:00-18:00 … 23",
    ),
    ("Mo-Fr, 1.–31. März 2027", "de", "2027-03-01, 2027-03-02 … 23"),
    ("1–31 March 2027, closed Mondays", None, "2027-03-02, 2027-03-03 … 26"),
    (
        "1–31 March 2027, daily except Mondays, 10am–6pm",
        None,
        "2027-03-02 10:00-18:00, 2027-03-03 10:00-18:00 … 26",
    ),
    (
        "1–31 March 2027, 10–18, closed on Mondays",
        None,
        "2027-03-02 10:00-18:00, 2027-03-03 10:00-18:00 … 26",
    ),
    ("1. bis 31. März 2027, täglich außer Montag", "de", "2027-03-02, 2027-03-03 … 26"),
    (
        "1. bis 31. März 2027, täglich außer montags 10-18 Uhr",
        "de",
        "2027-03-02 10:00-18:00, 2027-03-03 10:00-18:00 … 26",
    ),
    ("1. bis 31. März 2027, Montag Ruhetag", "de", "2027-03-02, 2027-03-03 … 26"),
    ("1. bis 31. März 2027, außer montags", "de", "2027-03-02, 2027-03-03 … 26"),
    ("du 1er au 31 mars 2027, sauf le lundi", "fr", "2027-03-02, 2027-03-03 … 26"),
    ("du 1er au 31 mars 2027, fermé le lundi", "fr", "2027-03-02, 2027-03-03 … 26"),
    (
        "du 1er au 31 mars 2027, tous les jours sauf lundi et mardi",
        "fr",
        "2027-03-03, 2027-03-04 … 21",
    ),
    ("del 1 al 31 de marzo de 2027, excepto lunes", "es", "2027-03-02, 2027-03-03 … 26"),
    ("del 1 al 31 de marzo de 2027, lunes cerrado", "es", "2027-03-02, 2027-03-03 … 26"),
    ("dal 1 al 31 marzo 2027, chiuso il lunedì", "it", "2027-03-02, 2027-03-03 … 26"),
    (
        "dal 1 al 31 marzo 2027, tutti i giorni tranne il lunedì",
        "it",
        "2027-03-02, 2027-03-03 … 26",
    ),
    ("od 1 do 31 marca 2027, oprócz poniedziałków", "pl", "2027-03-02, 2027-03-03 … 26"),
    ("od 1 do 31 marca 2027, codziennie oprócz poniedziałków", "pl", "2027-03-02, 2027-03-03 … 26"),
    ("1–31 mars 2027, dagligen utom måndagar", "sv", "2027-03-02, 2027-03-03 … 26"),
    ("1–31 mars 2027, stängt måndagar", "sv", "2027-03-02, 2027-03-03 … 26"),
    ("1.–31. března 2027, denně kromě pondělí", "cs", "2027-03-02, 2027-03-03 … 26"),
    ("1.–31.3.2027 päivittäin paitsi maanantaisin", "fi", "2027-03-02, 2027-03-03 … 26"),
    ("1.–31.3.2027, maanantaisin suljettu", "fi", "2027-03-02, 2027-03-03 … 26"),
    (
        "Wed–Sun, 1–31 March 2027, 12–6pm",
        None,
        "2027-03-03 12:00-18:00, 2027-03-04 12:00-18:00 … 21",
    ),
    (
        "1–31 March 2027, Wed–Sun 12–6pm",
        None,
        "2027-03-03 12:00-18:00, 2027-03-04 12:00-18:00 … 21",
    ),
    ("1–31 March 2027, weekends only", None, "2027-03-06, 2027-03-07 … 8"),
    (
        "1–31 March 2027, weekdays 9am–5pm",
        None,
        "2027-03-01 09:00-17:00, 2027-03-02 09:00-17:00 … 23",
    ),
    ("Saturdays in March 2027", None, "2027-03-06, 2027-03-13 … 4"),
    ("Saturdays, March 6–27, 2027, 2pm", None, "2027-03-06 14:00, 2027-03-13 14:00 … 4"),
    ("Saturday 6 March to Saturday 27 March 2027", None, "2027-03-06 to 2027-03-27"),
    (
        "Tuesday and Thursday evenings from 2 to 25 March 2027, 7pm",
        None,
        "2027-03-02 19:00, 2027-03-04 19:00 … 8",
    ),
    ("Mon, Wed & Fri 1–31 March 2027", None, "2027-03-01, 2027-03-03 … 14"),
    ("lundi, mercredi et vendredi du 1er au 31 mars 2027", "fr", "2027-03-01, 2027-03-03 … 14"),
    ("poniedziałek, środa, piątek 1–31 marca 2027", "pl", "2027-03-01, 2027-03-03 … 14"),
]


@pytest.mark.parametrize(("text", "language", "reading"), WEEKDAYS)
def test_weekdays_beside_a_range_choose_its_days(
    text: str, language: str | None, reading: str
) -> None:
    assert shown(read(text, language=language)) == reading
