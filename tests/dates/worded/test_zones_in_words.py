"""Time zones behind hours: one counts for both ends, and its name is known.

Each row is a text, the language of its source and its reading on Friday 27 November 2026.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.dates.worded.worded_support import read, shown

ZONES = [
    ("Sat 12 June 2027 11:00-14:00 GMT", None, "2027-06-12 13:00-16:00"),
    ("12. Juni 2027 16:00 - 19:00 UTC", None, "2027-06-12 18:00-21:00"),
    ("12 June 2027 11:00 to 14:00 UTC+1", None, "2027-06-12 12:00-15:00"),
    ("12 June 2027 11:00 UTC to 14:00 UTC", None, "2027-06-12 13:00-16:00"),
    ("12 June 2027, 7-9pm ET", None, "2027-06-13 01:00-03:00"),
    ("12 June 2027, 7-9 p.m. EDT", None, "2027-06-13 01:00-03:00"),
    ("12 June 2027, 7pm EST", None, "2027-06-13 01:00"),
    ("12 June 2027, 7pm PT", None, "2027-06-13 04:00"),
    ("12 June 2027, 7pm PST", None, "2027-06-13 04:00"),
    ("12 June 2027, 19:00 CET", None, "2027-06-12 19:00"),
    ("12 June 2027, 19:00 CEST", None, "2027-06-12 19:00"),
    ("12 June 2027, 19:00-21:00 (CEST)", None, "2027-06-12 19:00-21:00"),
    ("12. Juni 2027, 19 Uhr MESZ", "de", "2027-06-12 19:00"),
    ("12. Juni 2027, 19-21 Uhr MEZ", "de", "2027-06-12 19:00-21:00"),
    ("12. Juni 2027, 19:00 Uhr (MEZ)", "de", "2027-06-12 19:00"),
    ("12 June 2027, 7pm BST", None, "2027-06-12 20:00"),
    ("12 June 2027, 7pm (BST)", None, "2027-06-12 20:00"),
    ("12 June 2027 19:00 GMT+1", None, "2027-06-12 20:00"),
    ("12 June 2027 19:00-21:00 GMT+1", None, "2027-06-12 20:00-22:00"),
    ("12 June 2027 19:00 UTC+5.5", None, "2027-06-12 15:30"),
    ("12 June 2027 19:00 UTC+05:30", None, "2027-06-12 15:30"),
    ("12 June 2027 19:00 UTC+5:30", None, "2027-06-12 15:30"),
    ("12 June 2027 19:00 GMT+0530", None, "2027-06-12 15:30"),
    ("12 June 2027 19:00 UTC-5", None, "2027-06-13 02:00"),
    ("12 June 2027 19:00 UTC−5", None, "2027-06-13 02:00"),
    ("12 de junio de 2027, 19:00 (hora peninsular)", "es", "2027-06-12 19:00"),
    ("12 de junio de 2027, a las 19 h, hora peninsular", "es", "2027-06-12 19:00"),
    ("12 de junio de 2027, 19:00 hora de Madrid", "es", "2027-06-12 19:00"),
    ("12 de junio de 2027, 19:00 hora canaria", "es", "2027-06-12 20:00"),
    ("12 June 2027, 7pm Eastern", None, "2027-06-13 01:00"),
    ("12 June 2027, 7pm Eastern Time", None, "2027-06-13 01:00"),
    ("12 June 2027, 7 pm Pacific Time", None, "2027-06-13 04:00"),
    ("12 June 2027, 7 pm Central European Time", None, "2027-06-12 19:00"),
    ("12 June 2027, 7 pm local time", None, "2027-06-12 19:00"),
    ("12 June 2027, 7 pm UK time", None, "2027-06-12 20:00"),
    ("12 juin 2027 à 19h (heure de Paris)", "fr", "2027-06-12 19:00"),
    ("12 juin 2027, 19h-21h, heure de Paris", "fr", "2027-06-12 19:00-21:00"),
    ("12 giugno 2027 ore 19 (ora italiana)", "it", "2027-06-12 19:00"),
    ("12 czerwca 2027, godz. 19:00 CET", "pl", "2027-06-12 19:00"),
    ("12 czerwca 2027, godz. 19:00 czasu polskiego", "pl", "2027-06-12 19:00"),
    ("12. června 2027 v 19:00 SELČ", "cs", "2027-06-12 19:00"),
    ("12.6.2027 klo 19 Suomen aikaa", "fi", "2027-06-12 18:00"),
    ("12 juni 2027 kl 19 svensk tid", "sv", "2027-06-12 19:00"),
    ("12 June 2027, 7pm ET / 4pm PT", None, "2027-06-13 01:00"),
    ("12 June 2027, 19:00 CEST / 18:00 BST", None, "2027-06-12 19:00"),
    ("SAMEDI 12 JUIN 2027 19H ET 21H", "fr", "2027-06-12 19:00, 2027-06-12 21:00"),
    ("SAMEDI 12 JUIN 2027 19H ET DIMANCHE 13 JUIN 15H", "fr", "2027-06-12 19:00, 2027-06-13 15:00"),
    ("12. JUNI 2027 19 UHR IST BEGINN", "de", "2027-06-12 19:00"),
    ("12 June 2027 11:00 - 14:00 GMT. Doors at 10:50am", None, "2027-06-12 13:00-16:00"),
    ("12 June 2027, 18:00 JST", None, "2027-06-12 11:00"),
    ("12 June 2027 18:00 AEST", None, "2027-06-12 10:00"),
    ("12 June 2027, 10:00 EEST", None, "2027-06-12 09:00"),
    ("12 June 2027, 10:00-12:00 EET", None, "2027-06-12 09:00-11:00"),
    ("Sat June 12 2027 19:00:00 GMT+0200 (Central European Summer Time)", None, "2027-06-12 19:00"),
    ("Sat June 12 19:00:00 CEST 2027", None, "2027-06-12 19:00"),
    ("12 June 2027 7:00PM - 9:00PM EDT", None, "2027-06-13 01:00-03:00"),
    ("12 June 2027, 10 to 11:30 a.m. PDT", None, "2027-06-12 19:00-20:30"),
    ("12 June 2027, noon ET", None, "2027-06-12 18:00"),
    ("12 June 2027 12 noon - 2 pm CT", None, "2027-06-12 19:00-21:00"),
]


@pytest.mark.parametrize(("text", "language", "reading"), ZONES)
def test_a_zone_behind_an_hour_counts_for_all_hours_beside_it(
    text: str, language: str | None, reading: str
) -> None:
    assert shown(read(text, language=language)) == reading


@pytest.mark.parametrize(
    ("text", "home", "reading"),
    [
        ("12 June 2027, 7pm IST", "Asia/Kolkata", "2027-06-12 19:00"),
        ("12 June 2027, 7pm IST", "Europe/Dublin", "2027-06-12 19:00"),
        ("12 June 2027, 7pm IST", "Asia/Jerusalem", "2027-06-12 19:00"),
        ("12 June 2027, 7pm IST", "Europe/Paris", "2027-06-12 15:30"),
        ("12 June 2027, 7pm CST", "Asia/Shanghai", "2027-06-12 19:00"),
        ("12 June 2027, 7pm CT", "America/Chicago", "2027-06-12 19:00"),
        ("12 June 2027, 7pm EST", "America/New_York", "2027-06-12 19:00"),
        ("12 June 2027, 7pm ET", "America/New_York", "2027-06-12 19:00"),
        ("12 June 2027, 7pm ET", "America/Los_Angeles", "2027-06-12 16:00"),
        ("12 June 2027, 7pm MST", "America/Phoenix", "2027-06-12 19:00"),
        ("12 June 2027, 7pm BST", "Europe/London", "2027-06-12 19:00"),
        ("12 June 2027, 7pm GMT", "Europe/London", "2027-06-12 19:00"),
        ("12 June 2027, 19:00 GMT", "Africa/Accra", "2027-06-12 19:00"),
        ("12 June 2027, 7pm CET", "Europe/London", "2027-06-12 18:00"),
        ("12. Juni 2027, 19 Uhr MEZ", "Europe/Vienna", "2027-06-12 19:00"),
        ("12 de junio de 2027, 19 h (hora peninsular)", "Atlantic/Canary", "2027-06-12 18:00"),
        ("12 de junio de 2027, 19 h (hora canaria)", "Atlantic/Canary", "2027-06-12 19:00"),
        ("12 June 2027, 19:00 UTC+5.5", "Asia/Kolkata", "2027-06-12 19:00"),
        ("12 June 2027, 7 pm local time", "Asia/Tokyo", "2027-06-12 19:00"),
        ("12 June 2027, 7pm Eastern Market", "America/Detroit", "2027-06-12 19:00"),
        ("12 June 2027, 7pm CEST", "UTC", "2027-06-12 19:00"),
    ],
)  # fmt: skip
def test_a_zone_means_that_of_the_place_where_it_has_one_of_that_name(
    text: str, home: str, reading: str
) -> None:
    assert shown(read(text, zone=ZoneInfo(home))) == reading


def test_a_zone_of_the_other_season_is_taken_as_the_local_time_with_a_warning() -> None:
    (when,) = read("12 June 2027, 7pm EST", zone=ZoneInfo("America/New_York")).times

    assert when.warnings == (
        "EST is not in use on that day; taken as the time in America/New_York",
    )
