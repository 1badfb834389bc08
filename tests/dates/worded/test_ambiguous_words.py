"""Short words that are a weekday in one language and another word in the next.

Each row is a text, the language of its source and its reading on Friday 27 November 2026.
"""

from __future__ import annotations

import pytest

from tests.dates.worded.worded_support import read, shown

WORDS = [
    ("6 pm on Dec 12", None, "2026-12-12 18:00"),
    ("6 pm on Dec 12", "en", "2026-12-12 18:00"),
    ("On Dec 12 at 7pm", None, "2026-12-12 19:00"),
    ("Live on Dec 12, 7pm", None, "2026-12-12 19:00"),
    ("Concert on 5 December at 8 pm", None, "2026-12-05 20:00"),
    ("on 3 Dec", None, "2026-12-03"),
    ("8 pm on April 10", None, "2027-04-10 20:00"),
    ("Dec 12 on 3rd Avenue", None, "2026-12-12"),
    ("So 5.12.", None, "2026-12-05"),
    ("doors to open 7pm on 5 Dec", None, "2026-12-05 19:00"),
    ("Due to snow moved to Dec 12", None, "2026-12-12"),
    ("come to Dec 12 show", None, "2026-12-12"),
    ("do 5 grudnia", "pl", "2026-11-27 to 2026-12-05"),
    ("Do 3. Dezember", "de", "2026-12-03"),
    ("Di 1. Dez.", "de", "2026-12-01"),
    ("concerto di 5 dicembre", "it", "2026-12-05"),
    ("il concerto del 5 dicembre", "it", "2026-12-05"),
    ("ma 5 décembre", "fr", "2026-12-05"),
    ("Ma 1 déc.", "fr", "2026-12-01"),
    ("lu 7 déc", "fr", "2026-12-07"),
    ("me 2 déc. à 20h", "fr", "2026-12-02 20:00"),
    ("ma 30.11. klo 18", "fi", "2026-11-30 18:00"),
    ("to 3.12. klo 18", "fi", "2026-12-03 18:00"),
    ("on 2 december kl 19", "sv", "2026-12-02 19:00"),
    ("on 2 dec kl 19", None, "2026-12-02 19:00"),
    ("ti 1 dec kl 19", "sv", "2026-12-01 19:00"),
    ("so 5. prosince", "cs", "2026-12-05"),
    ("po 7.12. v 19 h", "cs", "2026-12-07 19:00"),
    ("st 2.12.", "cs", "2026-12-02"),
    ("ne 6.12. 15:00", "cs", "2026-12-06 15:00"),
    ("me and you on May 5, 8pm", None, "2027-05-05 20:00"),
    ("We do 5 May at 8pm", None, "2027-05-05 20:00"),
    ("Mar 5 at 7pm", None, "2027-03-05 19:00"),
    ("sam 5 déc", "fr", "2026-12-05"),
    ("Tuesday 5 December", None, "2026-12-05"),
    ("Sunday 5 December", None, "2027-12-05"),
    ("Thursday, Dec 5 at 7 PM", None, "2026-12-05 19:00"),
    ("Mittwoch, 5. Dezember, 20 Uhr", "de", "2026-12-05 20:00"),
    ("Wed 5 Dec 2026", None, "2026-12-05"),
    ("Sa 5.12. um 8", "de", "2026-12-05 08:00"),
    ("die 5. Dezember", "de", "2026-12-05"),
    ("son 6 diciembre", "es", "2026-12-06"),
    ("Le 5 décembre on joue", "fr", "2026-12-05"),
    ("on joue le 5 décembre à 20h", "fr", "2026-12-05 20:00"),
    ("on the 5th of December", None, "2026-12-05"),
]


@pytest.mark.parametrize(("text", "language", "reading"), WORDS)
def test_a_short_word_does_not_move_a_date(text: str, language: str | None, reading: str) -> None:
    assert shown(read(text, language=language)) == reading
