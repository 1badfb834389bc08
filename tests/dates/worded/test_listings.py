"""Dates as venues and magazines announce them, in all languages.

Each row is a text, the language of its source and its reading on Friday 27 November 2026.
"""

from __future__ import annotations

import pytest

from tests.dates.worded.worded_support import read, shown

LISTINGS = [
    ("Sat 12 Dec, 7:30pm (doors 7pm)", "en", "2026-12-12 19:30"),
    ("Doors: 7pm, Show: 8pm, Friday December 11", "en", "2026-12-11 20:00"),
    ("Dec 11-13", "en", "2026-12-11 to 2026-12-13"),
    ("Fri, Dec 11 – Sun, Dec 13", "en", "2026-12-11 to 2026-12-13"),
    ("Dec 11 - Jan 3", "en", "2026-12-11 to 2027-01-03"),
    ("Thu Dec 10 @ 6:30 pm – 8:00 pm", "en", "2026-12-10 18:30-20:00"),
    ("December 10 @ 6:30 pm - December 12 @ 8:00 pm", "en", "2026-12-10 18:30 to 2026-12-12 20:00"),
    (
        "Every Wednesday at 6pm from January 6 to February 24, 2027",
        "en",
        "2027-01-06 18:00, 2027-01-13 18:00 … 8",
    ),
    (
        "Wednesdays, Jan 6–Feb 24, 6–7:30pm",
        "en",
        "2027-01-06 18:00-19:30, 2027-01-13 18:00-19:30 … 8",
    ),
    ("Mon 7 & Tue 8 Dec, 8pm", "en", "2026-12-07 20:00, 2026-12-08 20:00"),
    ("Wed 9, Thu 10 & Fri 11 December", "en", "2026-12-09, 2026-12-10, 2026-12-11"),
    ("Thursday 10th December 2026, 19.30 - 22.00", "en", "2026-12-10 19:30-22:00"),
    ("10 December 2026 | 6pm to 9pm", "en", "2026-12-10 18:00-21:00"),
    ("10th Dec from 6pm till 9pm", "en", "2026-12-10 18:00-21:00"),
    ("Runs until 10 January", "en", "2026-11-27 to 2027-01-10"),
    ("Opens 10 December 2026", "en", "2026-12-10"),
    ("10/12/2026 19:30", "en", "2026-12-10 19:30"),
    ("10.12.26, 7.30pm", "en", "2026-12-10 19:30"),
    ("2026-12-10 at 7:30 PM", "en", "2026-12-10 19:30"),
    ("Thursday, 10 December 2026 from 19:30 to 21:30 (CET)", "en", "2026-12-10 19:30-21:30"),
    ("Dec 10, 2026, 7:30 PM – 9:30 PM GMT+1", "en", "2026-12-10 19:30-21:30"),
    (
        "Thursday, December 10, 2026 7:30 PM - Sunday, December 13, 2026 10:00 PM",
        "en",
        "2026-12-10 19:30 to 2026-12-13 22:00",
    ),
    (
        "Sat, Dec 12 at 2pm and 7pm; Sun, Dec 13 at 3pm",
        "en",
        "2026-12-12 14:00, 2026-12-12 19:00, 2026-12-13 15:00",
    ),
    (
        "Saturday December 12, 2 & 7 p.m. and Sunday December 13, 3 p.m.",
        "en",
        "2026-12-12 14:00, 2026-12-12 19:00, 2026-12-13 15:00",
    ),
    (
        "Dec 4, 5, 11 & 12 at 7:30pm, Dec 6 & 13 at 2pm",
        "en",
        (
            "2026-12-04 19:30, 2026-12-05 19:30, 2026-12-06 14:00, 2026-12-11 19:30, "
            "2026-12-12 19:30, 2026-12-13 14:00"
        ),
    ),
    (
        "First Friday of every month, 5–8 pm",
        "en",
        "2026-12-04 17:00-20:00, 2027-01-01 17:00-20:00 … 13",
    ),
    (
        "Tue-Sat 10am-5pm, Sun 12-4pm, until 31 January 2027",
        "en",
        "2026-11-27 10:00-17:00, 2026-11-28 10:00-17:00 … 57",
    ),
    ("Sat 12 December, 10:30am-12 noon", "en", "2026-12-12 10:30-12:00"),
    ("12 December, 8pm-2am", "en", "2026-12-12 20:00-02:00"),
    ("NYE: Dec 31, 9pm - 3am", "en", "2026-12-31 21:00-03:00"),
    ("Tonight at 8", "en", "2026-11-27 20:00"),
    ("Today, 6:30 PM", "en", "2026-11-27 18:30"),
    ("Tomorrow 10am–4pm", "en", "2026-11-28 10:00-16:00"),
    ("This Saturday at 3 p.m.", "en", "2026-11-28 15:00"),
    ("Jan. 9–10, 2027", "en", "2027-01-09 to 2027-01-10"),
    (
        "January 9 and 10, 2027, 10 a.m.–4 p.m.",
        "en",
        "2027-01-09 10:00-16:00, 2027-01-10 10:00-16:00",
    ),
    (
        "Sat 9 & Sun 10 January 2027, 10am – 4pm",
        "en",
        "2027-01-09 10:00-16:00, 2027-01-10 10:00-16:00",
    ),
    ("9 Jan 2027 at 7pm, £12/£10", "en", "2027-01-09 19:00"),
    ("9 Jan, 7pm. Tickets £15 from 1 Dec", "en", "2027-01-09 19:00"),
    ("Jan 9, 7-10pm, $15-20, 21+", "en", "2027-01-09 19:00-22:00"),
    ("Jan 9 • 7:00 PM • Ages 18+ • $25", "en", "2027-01-09 19:00"),
    ("Sat, Jan 9 | Doors 7 PM | Show 8 PM | 21+", "en", "2027-01-09 20:00"),
    ("Jan 9 / 9am-12pm & 1-4pm", "en", "2027-01-09 09:00-12:00, 2027-01-09 13:00-16:00"),
    ("Jan 9, 9-12 & 1-4", "en", "2027-01-09 09:00-12:00, 2027-01-09 13:00-16:00"),
    ("Jan 9, 9:30-11:30am and 1-3pm", "en", "2027-01-09 09:30-11:30, 2027-01-09 13:00-15:00"),
    (
        "Mon Jan 11 thru Fri Jan 15, 9am-3pm",
        "en",
        (
            "2027-01-11 09:00-15:00, 2027-01-12 09:00-15:00, 2027-01-13 09:00-15:00, "
            "2027-01-14 09:00-15:00, 2027-01-15 09:00-15:00"
        ),
    ),
    ("Weekends in January 2027, 1pm", "en", "2027-01-02 13:00, 2027-01-03 13:00 … 10"),
    ("Saturdays & Sundays, 2–17 January 2027", "en", "2027-01-02, 2027-01-03 … 6"),
    ("3rd Thursday of the month, 7pm", "en", "2026-12-17 19:00, 2027-01-21 19:00 … 13"),
    ("Second and fourth Tuesdays at 6:30 p.m.", "en", "2026-12-08 18:30, 2026-12-22 18:30 … 26"),
    (
        "Daily at 11am and 2pm, 26 Dec – 3 Jan (closed 1 Jan)",
        "en",
        "2026-12-26 11:00, 2026-12-26 14:00 … 16",
    ),
    ("Postponed from 5 December to 16 January 2027, 7pm", "en", "2027-01-16 19:00"),
    ("Sa, 12. Dezember 2026, 20:00 Uhr (Einlass: 19:00 Uhr)", "de", "2026-12-12 20:00"),
    ("Sa 12.12.2026 | 20.00 Uhr | Einlass 19.00 Uhr", "de", "2026-12-12 20:00"),
    ("12.12. - 20.12.2026", "de", "2026-12-12 to 2026-12-20"),
    ("12.–20. Dezember 2026, Mi–So 19 Uhr", "de", "2026-12-12 19:00, 2026-12-13 19:00 … 7"),
    (
        "Fr 11.12., Sa 12.12. und So 13.12., jeweils 19:30",
        "de",
        "2026-12-11 19:30, 2026-12-12 19:30, 2026-12-13 19:30",
    ),
    ("Fr. 11. + Sa. 12. Dezember, 20 h", "de", "2026-12-11 20:00, 2026-12-12 20:00"),
    ("Mittwoch, 9.12.2026, 18-20 Uhr", "de", "2026-12-09 18:00-20:00"),
    ("Mi, 9. Dez. 2026, 18.30-20.30 Uhr", "de", "2026-12-09 18:30-20:30"),
    ("am Mittwoch, dem 9. Dezember 2026, um 18 Uhr", "de", "2026-12-09 18:00"),
    ("Beginn 19 Uhr, Einlass 18 Uhr, Mittwoch 9. Dezember", "de", "2026-12-09 19:00"),
    (
        "Vernissage: Donnerstag, 10. Dezember, 19 Uhr. Ausstellung bis 17. Januar 2027",
        "de",
        "2026-12-10 19:00",
    ),
    (
        "10. Dezember bis 17. Januar 2027, Di-So 11-18 Uhr",
        "de",
        "2026-12-10 11:00-18:00, 2026-12-11 11:00-18:00 … 34",
    ),
    ("noch bis 17.1.2027", "de", "2026-11-27 to 2027-01-17"),
    ("ab 10.12.2026", "de", "2026-12-10"),
    ("jeden 1. Sonntag im Monat, 15 Uhr", "de", "2026-12-06 15:00, 2027-01-03 15:00 … 13"),
    (
        "jeden ersten und dritten Mittwoch im Monat um 19 Uhr",
        "de",
        "2026-12-02 19:00, 2026-12-16 19:00 … 26",
    ),
    (
        "Sonntags 11-17 Uhr, 6.-27. Dezember 2026",
        "de",
        "2026-12-06 11:00-17:00, 2026-12-13 11:00-17:00 … 4",
    ),
    ("Sonntag, 6. Dezember 2026, 11 und 15 Uhr", "de", "2026-12-06 11:00, 2026-12-06 15:00"),
    ("Sonntag, 6.12.2026, 11:00 Uhr und 15:00 Uhr", "de", "2026-12-06 11:00, 2026-12-06 15:00"),
    ("Heute, 20:15", "de", "2026-11-27 20:15"),
    ("Morgen 10-13 Uhr", "de", "2026-11-28 10:00-13:00"),
    ("Silvester, 31.12., 21 Uhr bis 3 Uhr", "de", "2026-12-31 21:00-03:00"),
    ("31.12.2026 ab 21 Uhr bis 1.1.2027 5 Uhr", "de", "2026-12-31 21:00-05:00"),
    (
        "Mo-Fr 9-17 Uhr, Sa 10-14 Uhr, vom 7. bis 19. Dezember 2026",
        "de",
        "2026-12-07 09:00-17:00, 2026-12-08 09:00-17:00 … 12",
    ),
    (
        "täglich außer montags 10–18 Uhr, 1.–31.12.2026",
        "de",
        "2026-12-01 10:00-18:00, 2026-12-02 10:00-18:00 … 27",
    ),
    (
        "7. bis 11. Dezember 2026, jeweils 10 bis 16 Uhr",
        "de",
        (
            "2026-12-07 10:00-16:00, 2026-12-08 10:00-16:00, 2026-12-09 10:00-16:00, "
            "2026-12-10 10:00-16:00, 2026-12-11 10:00-16:00"
        ),
    ),
    ("12.12.26 / 20h / 15 €", "de", "2026-12-12 20:00"),
    ("Samstag 12. Dezember, 14 bis 17 Uhr, Raum 3, ab 6 Jahren", "de", "2026-12-12 14:00-17:00"),
    ("Sa, 12. Dez., ganztägig", "de", "2026-12-12"),
    ("verschoben auf 16. Januar 2027", "de", "2027-01-16"),
    ("2. Weihnachtstag, 26.12., 17 Uhr", "de", "2026-12-26 17:00"),
    ("Samedi 12 décembre 2026 à 20h30", "fr", "2026-12-12 20:30"),
    ("Sam. 12 déc. 2026 - 20:30", "fr", "2026-12-12 20:30"),
    ("le 12/12/2026 de 14h à 18h", "fr", "2026-12-12 14:00-18:00"),
    (
        "Les 11, 12 et 13 décembre à 20h",
        "fr",
        "2026-12-11 20:00, 2026-12-12 20:00, 2026-12-13 20:00",
    ),
    ("Du 11 au 13 décembre 2026", "fr", "2026-12-11 to 2026-12-13"),
    (
        "Du vendredi 11 au dimanche 13 décembre, de 10h à 19h",
        "fr",
        "2026-12-11 10:00-19:00, 2026-12-12 10:00-19:00, 2026-12-13 10:00-19:00",
    ),
    (
        "vendredi 11 décembre à 19h et samedi 12 décembre à 15h et 19h",
        "fr",
        "2026-12-11 19:00, 2026-12-12 15:00, 2026-12-12 19:00",
    ),
    ("Ven 11 déc, 20h | Dim 13 déc, 17h", "fr", "2026-12-11 20:00, 2026-12-13 17:00"),
    ("jusqu'au 10 janvier 2027", "fr", "2026-11-27 to 2027-01-10"),
    ("À partir du 10 décembre", "fr", "2026-12-10"),
    ("tous les samedis à 15h jusqu'au 19 décembre", "fr", "2026-11-28 15:00, 2026-12-05 15:00 … 4"),
    (
        "Du mercredi au dimanche, 14h-18h, jusqu'au 20 décembre 2026",
        "fr",
        "2026-11-27 14:00-18:00, 2026-11-28 14:00-18:00 … 18",
    ),
    (
        "ouvert tous les jours sauf mardi de 10h à 18h, du 1er au 20 décembre 2026",
        "fr",
        "2026-12-02 10:00-18:00, 2026-12-03 10:00-18:00 … 17",
    ),
    ("Mercredi 9 décembre à 10 h 30 et 14 h", "fr", "2026-12-09 10:30, 2026-12-09 14:00"),
    ("mercredi 9 décembre 2026 18h - 20h, entrée libre", "fr", "2026-12-09 18:00-20:00"),
    ("1er janvier 2027 à 11h", "fr", "2027-01-01 11:00"),
    ("le jeudi 10 décembre dès 18h30", "fr", "2026-12-10 18:30"),
    ("Le 31 décembre de 21h à 4h", "fr", "2026-12-31 21:00-04:00"),
    ("ce samedi à 14h", "fr", "2026-11-28 14:00"),
    ("demain soir à 20h", "fr", "2026-11-28 20:00"),
    ("chaque 1er dimanche du mois à 11h", "fr", "2026-12-06 11:00, 2027-01-03 11:00 … 13"),
    (
        "le deuxième et quatrième jeudi du mois à 18h",
        "fr",
        "2026-12-10 18:00, 2026-12-24 18:00 … 26",
    ),
    ("9 & 10 janvier 2027 | 10h-19h", "fr", "2027-01-09 10:00-19:00, 2027-01-10 10:00-19:00"),
    ("Samedi 12/12 - 20h - 12€", "fr", "2026-12-12 20:00"),
    ("Reporté au 16 janvier 2027", "fr", "2027-01-16"),
    ("Samedi 12 décembre, ouverture des portes 19h, début 20h", "fr", "2026-12-12 20:00"),
    ("Sábado 12 de diciembre de 2026, 20:30 h.", "es", "2026-12-12 20:30"),
    ("sáb. 12 dic. 2026 - 20:30", "es", "2026-12-12 20:30"),
    ("12 de diciembre, 20.30 horas", "es", "2026-12-12 20:30"),
    ("12 y 13 de diciembre, 18:00 h", "es", "2026-12-12 18:00, 2026-12-13 18:00"),
    ("Del 11 al 13 de diciembre", "es", "2026-12-11 to 2026-12-13"),
    (
        "Viernes 11, sábado 12 y domingo 13 de diciembre a las 19h",
        "es",
        "2026-12-11 19:00, 2026-12-12 19:00, 2026-12-13 19:00",
    ),
    (
        ("Del 10 de diciembre de 2026 al 10 de enero de 2027. Martes a domingo de 10 a 20 h"),
        "es",
        "2026-12-10 10:00-20:00, 2026-12-11 10:00-20:00 … 28",
    ),
    (
        ("De martes a sábado, de 10:00 a 14:00 y de 17:00 a 20:00, hasta el 19 de diciembre"),
        "es",
        "2026-11-27 10:00-14:00, 2026-11-27 17:00-20:00 … 34",
    ),
    ("sábados y domingos de diciembre, 12 h", "es", "2026-12-05 12:00, 2026-12-06 12:00 … 8"),
    (
        "todos los domingos a las 12:00 h hasta el 20 de diciembre",
        "es",
        "2026-11-29 12:00, 2026-12-06 12:00 … 4",
    ),
    ("el próximo sábado a las 12", "es", "2026-11-28 12:00"),
    ("hoy, 19:30 h", "es", "2026-11-27 19:30"),
    ("mañana sábado a las 11 h", "es", "2026-11-28 11:00"),
    ("jueves 10 de diciembre, 7:30 pm", "es", "2026-12-10 19:30"),
    ("jueves 10 de diciembre a las 7 y media de la tarde", "es", "2026-12-10 19:30"),
    ("10/12/2026, 19:00 - 21:00 h", "es", "2026-12-10 19:00-21:00"),
    ("10-12-2026 19:00", "es", "2026-12-10 19:00"),
    ("desde las 18 hasta las 22 h del 10 de diciembre", "es", "2026-12-10 18:00-22:00"),
    ("primer sábado de mes a las 11:00", "es", "2026-12-05 11:00, 2027-01-02 11:00 … 14"),
    (
        "lunes a viernes de 9 a 14 h, del 7 al 18 de diciembre",
        "es",
        "2026-12-07 09:00-14:00, 2026-12-08 09:00-14:00 … 10",
    ),
    ("Aplazado al 16 de enero de 2027", "es", "2027-01-16"),
    ("apertura de puertas 19:00, concierto 20:00, 10 de diciembre", "es", "2026-12-10 20:00"),
    ("Sabato 12 dicembre 2026, ore 21:00", "it", "2026-12-12 21:00"),
    ("sab 12 dic, h 21.00", "it", "2026-12-12 21:00"),
    ("12 dicembre 2026 - ore 21", "it", "2026-12-12 21:00"),
    ("12/12/2026 ore 20.45", "it", "2026-12-12 20:45"),
    ("Dall'11 al 13 dicembre 2026", "it", "2026-12-11 to 2026-12-13"),
    (
        "dal 10 dicembre 2026 al 10 gennaio 2027, da martedì a domenica ore 10-18",
        "it",
        "2026-12-10 10:00-18:00, 2026-12-11 10:00-18:00 … 28",
    ),
    (
        "venerdì 11, sabato 12 e domenica 13 dicembre, ore 20.30",
        "it",
        "2026-12-11 20:30, 2026-12-12 20:30, 2026-12-13 20:30",
    ),
    ("domenica 13 dicembre ore 16 e ore 18", "it", "2026-12-13 16:00, 2026-12-13 18:00"),
    ("domenica 13 dicembre, ore 16.00 e 18.00", "it", "2026-12-13 16:00, 2026-12-13 18:00"),
    ("domenica 13 dicembre dalle 15 alle 19", "it", "2026-12-13 15:00-19:00"),
    ("domenica 13 dicembre dalle ore 15:00", "it", "2026-12-13 15:00"),
    ("fino al 10 gennaio", "it", "2026-11-27 to 2027-01-10"),
    ("tutti i sabati alle 11 fino al 19 dicembre", "it", "2026-11-28 11:00, 2026-12-05 11:00 … 4"),
    ("il primo sabato del mese, ore 10", "it", "2026-12-05 10:00, 2027-01-02 10:00 … 14"),
    (
        "lunedì chiuso, martedì-domenica 9-19, fino al 13 dicembre",
        "it",
        "2026-11-27 09:00-19:00, 2026-11-28 09:00-19:00 … 15",
    ),
    ("oggi ore 18.30", "it", "2026-11-27 18:30"),
    ("domani sera alle 21", "it", "2026-11-28 21:00"),
    ("8 dicembre, dalle 22 alle 4", "it", "2026-12-08 22:00-04:00"),
    ("rinviato al 16 gennaio 2027", "it", "2027-01-16"),
    ("apertura porte ore 20, inizio concerto ore 21, 12 dicembre", "it", "2026-12-12 21:00"),
    ("Sobota, 12 grudnia 2026, godz. 19:00", "pl", "2026-12-12 19:00"),
    ("12.12.2026 (sobota), godz. 19.00", "pl", "2026-12-12 19:00"),
    ("12 grudnia (sobota) o godz. 19:00", "pl", "2026-12-12 19:00"),
    ("sob., 12 gru 2026, 19:00", "pl", "2026-12-12 19:00"),
    ("11-13 grudnia 2026", "pl", "2026-12-11 to 2026-12-13"),
    ("od 11 do 13 grudnia br.", "pl", "2026-12-11 to 2026-12-13"),
    (
        "11, 12 i 13 grudnia, godz. 18:00",
        "pl",
        "2026-12-11 18:00, 2026-12-12 18:00, 2026-12-13 18:00",
    ),
    (
        "piątek 11 grudnia o 20:00, niedziela 13 grudnia o 17:00",
        "pl",
        "2026-12-11 20:00, 2026-12-13 17:00",
    ),
    ("12 grudnia 2026 w godzinach 10:00-18:00", "pl", "2026-12-12 10:00-18:00"),
    ("12 grudnia w godz. od 10 do 18", "pl", "2026-12-12 10:00-18:00"),
    ("w soboty o 11:00, do 19 grudnia 2026", "pl", "2026-11-28 11:00, 2026-12-05 11:00 … 4"),
    ("w każdą sobotę grudnia 2026 o 11.00", "pl", "2026-12-05 11:00, 2026-12-12 11:00 … 4"),
    (
        "od wtorku do niedzieli w godz. 10–18, do 20 grudnia 2026",
        "pl",
        "2026-11-27 10:00-18:00, 2026-11-28 10:00-18:00 … 21",
    ),
    ("wystawa czynna do 17 stycznia 2027", "pl", "2026-11-27 to 2027-01-17"),
    ("pierwsza niedziela miesiąca, godz. 12", "pl", "2026-12-06 12:00, 2027-01-03 12:00 … 13"),
    ("co drugi czwartek, godz. 18", "pl", "2026-12-03 18:00, 2026-12-17 18:00 … 29"),
    ("dziś o 18:00", "pl", "2026-11-27 18:00"),
    ("jutro, godz. 17", "pl", "2026-11-28 17:00"),
    ("31 grudnia 2026, godz. 21:00 - 3:00", "pl", "2026-12-31 21:00-03:00"),
    ("12 XII 2026, g. 17", "pl", "2026-12-12 17:00"),
    ("12.12 godz. 17 i 19:30", "pl", "2026-12-12 17:00, 2026-12-12 19:30"),
    ("przeniesione na 16 stycznia 2027", "pl", "2027-01-16"),
    ("start: 12 grudnia, 9:00, zapisy do 10 grudnia", "pl", "2026-12-12 09:00"),
    ("12 grudnia o godz. 19 (otwarcie drzwi godz. 18)", "pl", "2026-12-12 19:00"),
    ("sobota 12. prosince 2026 v 19:00", "cs", "2026-12-12 19:00"),
    ("12. 12. 2026, 19:00", "cs", "2026-12-12 19:00"),
    ("so 12. 12. 2026 od 19.00 hod.", "cs", "2026-12-12 19:00"),
    ("11.–13. prosince 2026", "cs", "2026-12-11 to 2026-12-13"),
    ("od 11. do 13. prosince", "cs", "2026-12-11 to 2026-12-13"),
    ("pátek 11. a sobota 12. prosince ve 20 hodin", "cs", "2026-12-11 20:00, 2026-12-12 20:00"),
    ("12. prosince od 10 do 18 hodin", "cs", "2026-12-12 10:00-18:00"),
    ("každou středu v 18:00 do 16. prosince", "cs", "2026-12-02 18:00, 2026-12-09 18:00 … 3"),
    (
        "út–ne 10–18 h, do 13. prosince 2026",
        "cs",
        "2026-11-27 10:00-18:00, 2026-11-28 10:00-18:00 … 15",
    ),
    ("první neděli v měsíci ve 14 h", "cs", "2026-12-06 14:00, 2027-01-03 14:00 … 13"),
    ("dnes v 19 hod", "cs", "2026-11-27 19:00"),
    ("zítra v 10:00", "cs", "2026-11-28 10:00"),
    ("9. ledna 2027 v 19.30 h", "cs", "2027-01-09 19:30"),
    ("čtvrtek 10. prosince v 17 a ve 20 hodin", "cs", "2026-12-10 17:00, 2026-12-10 20:00"),
    ("lördag 12 december kl. 19.00", "sv", "2026-12-12 19:00"),
    ("lör 12 dec kl 19-22", "sv", "2026-12-12 19:00-22:00"),
    ("11–13 december 2026", "sv", "2026-12-11 to 2026-12-13"),
    ("fre 11 dec och lör 12 dec kl 18", "sv", "2026-12-11 18:00, 2026-12-12 18:00"),
    ("den 12/12 kl 15:00", "sv", "2026-12-12 15:00"),
    ("12 december, kl. 15.00 och 18.00", "sv", "2026-12-12 15:00, 2026-12-12 18:00"),
    (
        "tisdagar kl 18–20 t.o.m. 15 december",
        "sv",
        "2026-12-01 18:00-20:00, 2026-12-08 18:00-20:00 … 3",
    ),
    ("varje onsdag kl 17 till 16 december", "sv", "2026-12-02 17:00, 2026-12-09 17:00 … 3"),
    (
        "tis–sön 11–17, till och med 13 december",
        "sv",
        "2026-11-27 11:00-17:00, 2026-11-28 11:00-17:00 … 15",
    ),
    ("i morgon kl 12", "sv", "2026-11-28 12:00"),
    ("ikväll 19.30", "sv", "2026-11-27 19:30"),
    ("första söndagen i månaden kl 14", "sv", "2026-12-06 14:00, 2027-01-03 14:00 … 13"),
    ("12 dec 19:00, insläpp 18:00", "sv", "2026-12-12 19:00"),
    ("Flyttat till 16 januari 2027", "sv", "2027-01-16"),
    ("lauantaina 12.12.2026 klo 19.00", "fi", "2026-12-12 19:00"),
    ("la 12.12. klo 19 (ovet klo 18)", "fi", "2026-12-12 19:00"),
    ("11.–13.12.2026", "fi", "2026-12-11 to 2026-12-13"),
    ("pe 11.12. ja la 12.12. klo 18", "fi", "2026-12-11 18:00, 2026-12-12 18:00"),
    ("12. joulukuuta 2026 klo 15–17", "fi", "2026-12-12 15:00-17:00"),
    ("su 13.12. klo 14 ja 17", "fi", "2026-12-13 14:00, 2026-12-13 17:00"),
    (
        "tiistaisin klo 18–20, 1.–15.12.2026",
        "fi",
        "2026-12-01 18:00-20:00, 2026-12-08 18:00-20:00 … 3",
    ),
    ("joka keskiviikko klo 17, 16.12. asti", "fi", "2026-12-02 17:00, 2026-12-09 17:00 … 3"),
    ("ti–su 11–17, 13.12.2026 saakka", "fi", "2026-11-27 11:00-17:00, 2026-11-28 11:00-17:00 … 15"),
    ("huomenna klo 12", "fi", "2026-11-28 12:00"),
    ("kuukauden ensimmäinen sunnuntai klo 14", "fi", "2026-12-06 14:00, 2027-01-03 14:00 … 13"),
    ("31.12. klo 21–03", "fi", "2026-12-31 21:00-03:00"),
    ("ma-pe 9-16, 7.-18.12.2026", "fi", "2026-12-07 09:00-16:00, 2026-12-08 09:00-16:00 … 10"),
    ("Lauantai 12.12. kello 13:00", "fi", "2026-12-12 13:00"),
    ("Le samedi 05 décembre 2026 de 19h00 à 21h00", "fr", "2026-12-05 19:00-21:00"),
    (
        (
            "Du mardi 01 décembre 2026 au vendredi 18 décembre 2026 : mardi, mercredi, "
            "jeudi, vendredi de 10h00 à 18h00"
        ),
        "fr",
        "2026-12-01 10:00-18:00, 2026-12-02 10:00-18:00 … 12",
    ),
    (
        (
            "Le mercredi 02 décembre 2026 de 14h00 à 15h30 Le mercredi 09 décembre 2026 "
            "de 14h00 à 15h30 ."
        ),
        "fr",
        "2026-12-02 14:00-15:30, 2026-12-09 14:00-15:30",
    ),
    (
        (
            "Du samedi 05 décembre 2026 au dimanche 20 décembre 2026 : samedi, dimanche "
            "de 15h00 à 16h30."
        ),
        "fr",
        "2026-12-05 15:00-16:30, 2026-12-06 15:00-16:30 … 6",
    ),
    (
        (
            "Du lundi 07 décembre 2026 au vendredi 18 décembre 2026 : lundi de 10h à "
            "12h mercredi de 14h à 16h"
        ),
        "fr",
        "2026-12-07 10:00-12:00, 2026-12-09 14:00-16:00 … 4",
    ),
    (
        (
            "Du samedi 05 décembre 2026 au dimanche 20 décembre 2026 : samedi de 15h00 "
            "à 16h30 et de 17h00 à 18h30 dimanche de 11h00 à 12h30"
        ),
        "fr",
        "2026-12-05 15:00-16:30, 2026-12-05 17:00-18:30 … 9",
    ),
    (
        ("Du samedi 05 décembre 2026 au dimanche 20 décembre 2026 : dimanche de 15h00 à 16h30"),
        "fr",
        "2026-12-06 15:00-16:30, 2026-12-13 15:00-16:30 … 3",
    ),
    (
        ("Du samedi 05 décembre 2026 au dimanche 20 décembre 2026 : tous les jours de 9h à 18h"),
        "fr",
        "2026-12-05 09:00-18:00, 2026-12-06 09:00-18:00 … 16",
    ),
    (
        "Du 5 au 20 décembre 2026, samedi et dimanche à 15h, mercredi à 14h",
        "fr",
        "2026-12-05 15:00, 2026-12-06 15:00 … 8",
    ),
    (
        (
            "Du 5 au 20 décembre 2026 Tous les jours sauf le mardi de 10h à 18h, "
            "nocturne le jeudi jusqu'à 21h"
        ),
        "fr",
        "2026-12-05 10:00-18:00, 2026-12-06 10:00-18:00 … 14",
    ),
]


@pytest.mark.parametrize(("text", "language", "reading"), LISTINGS)
def test_an_announced_date_is_read_as_a_careful_reader_does(
    text: str, language: str | None, reading: str
) -> None:
    assert shown(read(text, language=language)) == reading
