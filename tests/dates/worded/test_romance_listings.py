"""Dates as venues and magazines announce them, in French, Italian, Spanish and Portuguese.

Each row is a text and its reading on Friday 27 November 2026.
"""

from __future__ import annotations

import pytest

from tests.dates.worded.worded_support import read, shown

FRENCH = [
    ("Samedi 12 décembre 2026 à 20h30", "2026-12-12 20:30"),
    ("Sam. 12 déc. 2026 - 20:30", "2026-12-12 20:30"),
    ("le 12/12/2026 de 14h à 18h", "2026-12-12 14:00-18:00"),
    ("Les 11, 12 et 13 décembre à 20h", "2026-12-11 20:00, 2026-12-12 20:00, 2026-12-13 20:00"),
    ("Du 11 au 13 décembre 2026", "2026-12-11 to 2026-12-13"),
    (
        "Du vendredi 11 au dimanche 13 décembre, de 10h à 19h",
        "2026-12-11 10:00-19:00, 2026-12-12 10:00-19:00, 2026-12-13 10:00-19:00",
    ),
    (
        "vendredi 11 décembre à 19h et samedi 12 décembre à 15h et 19h",
        "2026-12-11 19:00, 2026-12-12 15:00, 2026-12-12 19:00",
    ),
    ("Ven 11 déc, 20h | Dim 13 déc, 17h", "2026-12-11 20:00, 2026-12-13 17:00"),
    ("jusqu'au 10 janvier 2027", "2026-11-27 to 2027-01-10"),
    ("À partir du 10 décembre", "2026-12-10"),
    ("tous les samedis à 15h jusqu'au 19 décembre", "2026-11-28 15:00, 2026-12-05 15:00 … 4"),
    (
        "Du mercredi au dimanche, 14h-18h, jusqu'au 20 décembre 2026",
        "2026-11-27 14:00-18:00, 2026-11-28 14:00-18:00 … 18",
    ),
    (
        "ouvert tous les jours sauf mardi de 10h à 18h, du 1er au 20 décembre 2026",
        "2026-12-02 10:00-18:00, 2026-12-03 10:00-18:00 … 17",
    ),
    ("Mercredi 9 décembre à 10 h 30 et 14 h", "2026-12-09 10:30, 2026-12-09 14:00"),
    ("mercredi 9 décembre 2026 18h - 20h, entrée libre", "2026-12-09 18:00-20:00"),
    ("1er janvier 2027 à 11h", "2027-01-01 11:00"),
    ("le jeudi 10 décembre dès 18h30", "2026-12-10 18:30"),
    ("Le 31 décembre de 21h à 4h", "2026-12-31 21:00-04:00"),
    ("ce samedi à 14h", "2026-11-28 14:00"),
    ("demain soir à 20h", "2026-11-28 20:00"),
    ("chaque 1er dimanche du mois à 11h", "2026-12-06 11:00, 2027-01-03 11:00 … 13"),
    ("le deuxième et quatrième jeudi du mois à 18h", "2026-12-10 18:00, 2026-12-24 18:00 … 26"),
    ("9 & 10 janvier 2027 | 10h-19h", "2027-01-09 10:00-19:00, 2027-01-10 10:00-19:00"),
    ("Samedi 12/12 - 20h - 12€", "2026-12-12 20:00"),
    ("Reporté au 16 janvier 2027", "2027-01-16"),
    ("Samedi 12 décembre, ouverture des portes 19h, début 20h", "2026-12-12 20:00"),
    ("Le samedi 05 décembre 2026 de 19h00 à 21h00", "2026-12-05 19:00-21:00"),
    (
        (
            "Du mardi 01 décembre 2026 au vendredi 18 décembre 2026 : mardi, mercredi, "
            "jeudi, vendredi de 10h00 à 18h00"
        ),
        "2026-12-01 10:00-18:00, 2026-12-02 10:00-18:00 … 12",
    ),
    (
        (
            "Le mercredi 02 décembre 2026 de 14h00 à 15h30 Le mercredi 09 décembre 2026 "
            "de 14h00 à 15h30 ."
        ),
        "2026-12-02 14:00-15:30, 2026-12-09 14:00-15:30",
    ),
    (
        (
            "Du samedi 05 décembre 2026 au dimanche 20 décembre 2026 : samedi, dimanche "
            "de 15h00 à 16h30."
        ),
        "2026-12-05 15:00-16:30, 2026-12-06 15:00-16:30 … 6",
    ),
    (
        (
            "Du lundi 07 décembre 2026 au vendredi 18 décembre 2026 : lundi de 10h à "
            "12h mercredi de 14h à 16h"
        ),
        "2026-12-07 10:00-12:00, 2026-12-09 14:00-16:00 … 4",
    ),
    (
        (
            "Du samedi 05 décembre 2026 au dimanche 20 décembre 2026 : samedi de 15h00 "
            "à 16h30 et de 17h00 à 18h30 dimanche de 11h00 à 12h30"
        ),
        "2026-12-05 15:00-16:30, 2026-12-05 17:00-18:30 … 9",
    ),
    (
        "Du samedi 05 décembre 2026 au dimanche 20 décembre 2026 : dimanche de 15h00 à 16h30",
        "2026-12-06 15:00-16:30, 2026-12-13 15:00-16:30 … 3",
    ),
    (
        "Du samedi 05 décembre 2026 au dimanche 20 décembre 2026 : tous les jours de 9h à 18h",
        "2026-12-05 09:00-18:00, 2026-12-06 09:00-18:00 … 16",
    ),
    (
        "Du 5 au 20 décembre 2026, samedi et dimanche à 15h, mercredi à 14h",
        "2026-12-05 15:00, 2026-12-06 15:00 … 8",
    ),
    (
        (
            "Du 5 au 20 décembre 2026 Tous les jours sauf le mardi de 10h à 18h, "
            "nocturne le jeudi jusqu'à 21h"
        ),
        "2026-12-05 10:00-18:00, 2026-12-06 10:00-18:00 … 14",
    ),
    ("Sam 12/12 20h30", "2026-12-12 20:30"),
    ("sam 12 > dim 13 déc", "2026-12-12 to 2026-12-13"),
    ("Sam. 12 & dim. 13 déc. 14h–18h", "2026-12-12 14:00-18:00, 2026-12-13 14:00-18:00"),
    ("12 déc. 15h + 20h30", "2026-12-12 15:00, 2026-12-12 20:30"),
    ("12 déc. à 15h ou 20h30", "2026-12-12 15:00, 2026-12-12 20:30"),
    (
        "SAMEDI 12 DÉCEMBRE DE 10H À 12H ET DE 14H À 18H",
        "2026-12-12 10:00-12:00, 2026-12-12 14:00-18:00",
    ),
    ("samedi 12 décembre, 10h-12h / 14h-18h", "2026-12-12 10:00-12:00, 2026-12-12 14:00-18:00"),
    (
        "Du mardi 8 au samedi 12 décembre 2026 à 20h, dimanche 13 décembre à 16h",
        (
            "2026-12-08 20:00, 2026-12-09 20:00, 2026-12-10 20:00, 2026-12-11 20:00, "
            "2026-12-12 20:00, 2026-12-13 16:00"
        ),
    ),
    (
        "les mardis 1, 8 et 15 décembre à 18h30",
        "2026-12-01 18:30, 2026-12-08 18:30, 2026-12-15 18:30",
    ),
    ("mardi et jeudi du 1er au 17 décembre 2026 à 18h", "2026-12-01 18:00, 2026-12-03 18:00 … 6"),
    (
        "du 1er au 23 décembre 2026, du lundi au samedi de 10h à 19h",
        "2026-12-01 10:00-19:00, 2026-12-02 10:00-19:00 … 20",
    ),
    ("du 1er au 23 décembre 2026, sauf dimanche", "2026-12-01, 2026-12-02 … 20"),
    (
        "fermé lundi, du 1er au 23 décembre 2026, 10h-18h",
        "2026-12-01 10:00-18:00, 2026-12-02 10:00-18:00 … 20",
    ),
    ("le 12 décembre vers 20h", "2026-12-12 20:00"),
    ("5 déc. 19h > 21h", "2026-12-05 19:00-21:00"),
    ("5 déc. 19h→21h", "2026-12-05 19:00-21:00"),
    ("5 déc. de 19 h à minuit", "2026-12-05 19:00-00:00"),
]
ITALIAN = [
    ("Sabato 12 dicembre 2026, ore 21:00", "2026-12-12 21:00"),
    ("sab 12 dic, h 21.00", "2026-12-12 21:00"),
    ("12 dicembre 2026 - ore 21", "2026-12-12 21:00"),
    ("12/12/2026 ore 20.45", "2026-12-12 20:45"),
    ("Dall'11 al 13 dicembre 2026", "2026-12-11 to 2026-12-13"),
    (
        "dal 10 dicembre 2026 al 10 gennaio 2027, da martedì a domenica ore 10-18",
        "2026-12-10 10:00-18:00, 2026-12-11 10:00-18:00 … 28",
    ),
    (
        "venerdì 11, sabato 12 e domenica 13 dicembre, ore 20.30",
        "2026-12-11 20:30, 2026-12-12 20:30, 2026-12-13 20:30",
    ),
    ("domenica 13 dicembre ore 16 e ore 18", "2026-12-13 16:00, 2026-12-13 18:00"),
    ("domenica 13 dicembre, ore 16.00 e 18.00", "2026-12-13 16:00, 2026-12-13 18:00"),
    ("domenica 13 dicembre dalle 15 alle 19", "2026-12-13 15:00-19:00"),
    ("domenica 13 dicembre dalle ore 15:00", "2026-12-13 15:00"),
    ("fino al 10 gennaio", "2026-11-27 to 2027-01-10"),
    ("tutti i sabati alle 11 fino al 19 dicembre", "2026-11-28 11:00, 2026-12-05 11:00 … 4"),
    ("il primo sabato del mese, ore 10", "2026-12-05 10:00, 2027-01-02 10:00 … 14"),
    (
        "lunedì chiuso, martedì-domenica 9-19, fino al 13 dicembre",
        "2026-11-27 09:00-19:00, 2026-11-28 09:00-19:00 … 15",
    ),
    ("oggi ore 18.30", "2026-11-27 18:30"),
    ("domani sera alle 21", "2026-11-28 21:00"),
    ("8 dicembre, dalle 22 alle 4", "2026-12-08 22:00-04:00"),
    ("rinviato al 16 gennaio 2027", "2027-01-16"),
    ("apertura porte ore 20, inizio concerto ore 21, 12 dicembre", "2026-12-12 21:00"),
    ("sab 12 e dom 13 dicembre ore 16", "2026-12-12 16:00, 2026-12-13 16:00"),
    (
        "sabato 12 e domenica 13 dicembre dalle 10 alle 19",
        "2026-12-12 10:00-19:00, 2026-12-13 10:00-19:00",
    ),
    ("sabato 12 dicembre ore 10-13 e 15-19", "2026-12-12 10:00-13:00, 2026-12-12 15:00-19:00"),
    (
        "martedì e giovedì dall'1 al 17 dicembre 2026, ore 18",
        "2026-12-01 18:00, 2026-12-03 18:00 … 6",
    ),
    ("tutti i martedì di dicembre 2026 alle 18", "2026-12-01 18:00, 2026-12-08 18:00 … 5"),
    (
        "dal lunedì al venerdì ore 9-13, dal 7 al 18 dicembre 2026",
        "2026-12-07 09:00-13:00, 2026-12-08 09:00-13:00 … 10",
    ),
    ("dall'1 al 23 dicembre 2026, escluso la domenica", "2026-12-01, 2026-12-02 … 20"),
    ("12 dicembre, alle ore 21 e alle ore 23", "2026-12-12 21:00, 2026-12-12 23:00"),
    ("5 dicembre h19-21", "2026-12-05 19:00-21:00"),
    ("5 dicembre h.19", "2026-12-05 19:00"),
    ("5 dicembre ore 19:00/21:00", "2026-12-05 19:00, 2026-12-05 21:00"),
    ("5 dicembre h21", "2026-12-05 21:00"),
    ("5 dicembre h21.30", "2026-12-05 21:30"),
    ("5 dicembre h21:30", "2026-12-05 21:30"),
]
SPANISH = [
    ("Sábado 12 de diciembre de 2026, 20:30 h.", "2026-12-12 20:30"),
    ("sáb. 12 dic. 2026 - 20:30", "2026-12-12 20:30"),
    ("12 de diciembre, 20.30 horas", "2026-12-12 20:30"),
    ("12 y 13 de diciembre, 18:00 h", "2026-12-12 18:00, 2026-12-13 18:00"),
    ("Del 11 al 13 de diciembre", "2026-12-11 to 2026-12-13"),
    (
        "Viernes 11, sábado 12 y domingo 13 de diciembre a las 19h",
        "2026-12-11 19:00, 2026-12-12 19:00, 2026-12-13 19:00",
    ),
    (
        "Del 10 de diciembre de 2026 al 10 de enero de 2027. Martes a domingo de 10 a 20 h",
        "2026-12-10 10:00-20:00, 2026-12-11 10:00-20:00 … 28",
    ),
    (
        "De martes a sábado, de 10:00 a 14:00 y de 17:00 a 20:00, hasta el 19 de diciembre",
        "2026-11-27 10:00-14:00, 2026-11-27 17:00-20:00 … 34",
    ),
    ("sábados y domingos de diciembre, 12 h", "2026-12-05 12:00, 2026-12-06 12:00 … 8"),
    (
        "todos los domingos a las 12:00 h hasta el 20 de diciembre",
        "2026-11-29 12:00, 2026-12-06 12:00 … 4",
    ),
    ("el próximo sábado a las 12", "2026-11-28 12:00"),
    ("hoy, 19:30 h", "2026-11-27 19:30"),
    ("mañana sábado a las 11 h", "2026-11-28 11:00"),
    ("jueves 10 de diciembre, 7:30 pm", "2026-12-10 19:30"),
    ("jueves 10 de diciembre a las 7 y media de la tarde", "2026-12-10 19:30"),
    ("10/12/2026, 19:00 - 21:00 h", "2026-12-10 19:00-21:00"),
    ("10-12-2026 19:00", "2026-12-10 19:00"),
    ("desde las 18 hasta las 22 h del 10 de diciembre", "2026-12-10 18:00-22:00"),
    ("primer sábado de mes a las 11:00", "2026-12-05 11:00, 2027-01-02 11:00 … 14"),
    (
        "lunes a viernes de 9 a 14 h, del 7 al 18 de diciembre",
        "2026-12-07 09:00-14:00, 2026-12-08 09:00-14:00 … 10",
    ),
    ("Aplazado al 16 de enero de 2027", "2027-01-16"),
    ("apertura de puertas 19:00, concierto 20:00, 10 de diciembre", "2026-12-10 20:00"),
    ("Sáb 12 dic - 19:00 y 21:30 h", "2026-12-12 19:00, 2026-12-12 21:30"),
    ("sábado 12 de diciembre a las 18 y 20 h", "2026-12-12 18:00, 2026-12-12 20:00"),
    (
        "sábado 12 de diciembre, de 11 a 14 y de 17 a 20 h",
        "2026-12-12 11:00-14:00, 2026-12-12 17:00-20:00",
    ),
    ("sábado 12 de diciembre, 11-14 h y 17-20 h", "2026-12-12 11:00-14:00, 2026-12-12 17:00-20:00"),
    (
        "12, 13, 19 y 20 de diciembre a las 12 y 18 h",
        (
            "2026-12-12 12:00, 2026-12-12 18:00, 2026-12-13 12:00, 2026-12-13 18:00, "
            "2026-12-19 12:00, 2026-12-19 18:00, 2026-12-20 12:00, 2026-12-20 18:00"
        ),
    ),
    (
        "martes y jueves del 1 al 17 de diciembre de 2026, 18-20 h",
        "2026-12-01 18:00-20:00, 2026-12-03 18:00-20:00 … 6",
    ),
    (
        "lunes, miércoles y viernes de diciembre de 2026 a las 10",
        "2026-12-02 10:00, 2026-12-04 10:00 … 13",
    ),
    (
        "del 1 al 23 de diciembre de 2026, de lunes a sábado de 10 a 20 h",
        "2026-12-01 10:00-20:00, 2026-12-02 10:00-20:00 … 20",
    ),
    ("del 1 al 23 de diciembre de 2026, excepto domingos", "2026-12-01, 2026-12-02 … 20"),
    ("sábado 12 de diciembre, 22:00 h hasta las 3:00 h", "2026-12-12 22:00-03:00"),
    ("el 12 de diciembre por la tarde, a las 6", "2026-12-12 18:00"),
    ("Profesora: Blanca Quintas, 12 de diciembre, 19 h", "2026-12-12 19:00"),
    ("Quinta edición, 12 de diciembre a las 20:00", "2026-12-12 20:00"),
]
PORTUGUESE = [
    (
        "sextas e sábados, de 1 a 23 de outubro de 2027, às 20h",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("às sextas e sábados de 1 a 23 de outubro de 2027", "2027-10-01, 2027-10-02 … 8"),
    (
        "sexta-feira e sábado, 1 a 23 de outubro de 2027, 20h",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("sextas-feiras e sábados de 1 a 23 de outubro de 2027", "2027-10-01, 2027-10-02 … 8"),
    (
        "de 1 a 23 de outubro de 2027, sextas e sábados às 20h",
        "2027-10-01 20:00, 2027-10-02 20:00 … 8",
    ),
    ("todas as sextas e sábados de 1 a 23 de outubro de 2027", "2027-10-01, 2027-10-02 … 8"),
    ("1 a 31 de março de 2027, exceto segundas", "2027-03-02, 2027-03-03 … 26"),
    ("sábado, 12 de dezembro de 2026, 20h30", "2026-12-12 20:30"),
    ("sábado 12 de dezembro às 20h", "2026-12-12 20:00"),
    ("12 de dezembro, das 19h às 21h", "2026-12-12 19:00-21:00"),
    ("12 e 13 de dezembro, 19h-21h", "2026-12-12 19:00-21:00, 2026-12-13 19:00-21:00"),
    ("12 de dezembro, 18h e 21h", "2026-12-12 18:00, 2026-12-12 21:00"),
    ("de 11 a 13 de dezembro de 2026", "2026-12-11 to 2026-12-13"),
    ("todas as terças às 19h", "2026-12-01 19:00, 2026-12-08 19:00 … 57"),
    ("até 10 de janeiro de 2027", "2026-11-27 to 2027-01-10"),
    (
        "terça a domingo, 10h-18h, até 13 de dezembro de 2026",
        "2026-11-27 10:00-18:00, 2026-11-28 10:00-18:00 … 15",
    ),
    ("quinta-feira, 10 de dezembro, 19h", "2026-12-10 19:00"),
    ("hoje às 20h", "2026-11-27 20:00"),
    ("12 de out. de 2027", "2027-10-12"),
]
LISTINGS = {"fr": FRENCH, "it": ITALIAN, "es": SPANISH, "pt": PORTUGUESE}


@pytest.mark.parametrize(
    ("text", "language", "reading"),
    [(text, language, reading) for language, rows in LISTINGS.items() for text, reading in rows],
)
def test_an_announced_date_is_read_as_a_careful_reader_does(
    text: str, language: str | None, reading: str
) -> None:
    assert shown(read(text, language=language)) == reading
