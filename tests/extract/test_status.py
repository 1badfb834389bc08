"""Status markers in titles: what is taken for one, and what stays part of a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.extract.status import split_status
from include.discovery.model import EventStatus

CANCELLED = EventStatus.CANCELLED
POSTPONED = EventStatus.POSTPONED
RESCHEDULED = EventStatus.RESCHEDULED
MOVED_ONLINE = EventStatus.MOVED_ONLINE


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        # English
        ("CANCELLED: Jazz Night", "Jazz Night", CANCELLED),
        ("Canceled - Jazz Night", "Jazz Night", CANCELLED),
        ("CANCELLED Jazz Night", "Jazz Night", CANCELLED),
        ("CANCELLED! Jazz Night", "Jazz Night", CANCELLED),
        ("**CANCELLED** Jazz Night", "Jazz Night", CANCELLED),
        ("__CANCELLED__ Jazz Night", "Jazz Night", CANCELLED),
        ("❌ Cancelled ❌ Jazz Night", "Jazz Night", CANCELLED),
        ("Jazz Night (cancelled)", "Jazz Night", CANCELLED),
        ("Jazz Night [CANCELLED]", "Jazz Night", CANCELLED),
        ("Jazz Night - CANCELLED", "Jazz Night", CANCELLED),
        ("Jazz Night CANCELLED", "Jazz Night", CANCELLED),
        ("Event cancelled: Jazz Night", "Jazz Night", CANCELLED),
        ("(Cancelled due to weather) Jazz Night", "Jazz Night", CANCELLED),
        ("CANCELLED DUE TO WEATHER - Jazz Night", "Jazz Night", CANCELLED),
        ("POSTPONED – Jazz Night", "Jazz Night", POSTPONED),
        ("Postponed to 5 May – Jazz Night", "Jazz Night", POSTPONED),
        ("Jazz Night (postponed until further notice)", "Jazz Night", POSTPONED),
        ("Rescheduled: Jazz Night", "Jazz Night", RESCHEDULED),
        ("NEW DATE: Jazz Night", "Jazz Night", RESCHEDULED),
        ("[Moved online] Jazz Night", "Jazz Night", MOVED_ONLINE),
        # Polish
        ("[ODWOŁANE] Koncert w parku", "Koncert w parku", CANCELLED),
        ("ODWOŁANY Koncert w parku", "Koncert w parku", CANCELLED),
        ("Odwołana: Wystawa", "Wystawa", CANCELLED),
        ("ODWOLANE: Koncert", "Koncert", CANCELLED),
        ("Koncert odwołany: Zespół Pieśni", "Zespół Pieśni", CANCELLED),
        ("PRZEŁOŻONE | Koncert", "Koncert", POSTPONED),
        ("Koncert (przełożony na 5.05)", "Koncert", POSTPONED),
        ("NOWY TERMIN: Koncert", "Koncert", RESCHEDULED),
        ("Przeniesione online: Wykład", "Wykład", MOVED_ONLINE),
        # French
        ("ANNULÉ : Concert", "Concert", CANCELLED),
        ("Lecture (annulée)", "Lecture", CANCELLED),
        ("ANNULE - Concert", "Concert", CANCELLED),
        ("[Reporté] Concert", "Concert", POSTPONED),
        ("REPORTÉE – Visite", "Visite", POSTPONED),
        ("REPORTÉ AU 12 MAI : Concert", "Concert", POSTPONED),
        ("ANNULÉ/REPORTÉ - Concert", "Concert", CANCELLED),
        # German
        ("ABGESAGT: Lesung", "Lesung", CANCELLED),
        ("Entfällt – Lesung", "Lesung", CANCELLED),
        ("Lesung (abgesagt)", "Lesung", CANCELLED),
        ("Verschoben auf 12.3. – Lesung", "Lesung", POSTPONED),
        ("Neuer Termin: Lesung", "Lesung", RESCHEDULED),
        # Spanish
        ("CANCELADO: Concierto", "Concierto", CANCELLED),
        ("Función (cancelada)", "Función", CANCELLED),
        ("APLAZADO - Concierto", "Concierto", POSTPONED),
        ("Reprogramado: Concierto", "Concierto", RESCHEDULED),
        # Italian
        ("ANNULLATO - Concerto", "Concerto", CANCELLED),
        ("Mostra (annullata)", "Mostra", CANCELLED),
        ("RINVIATO: Concerto", "Concerto", POSTPONED),
        # Finnish
        ("PERUTTU: Konsertti", "Konsertti", CANCELLED),
        ("Peruttu - Konsertti", "Konsertti", CANCELLED),
        ("Konsertti (siirretty)", "Konsertti", POSTPONED),
        ("Siirretty verkkoon: Luento", "Luento", MOVED_ONLINE),
        # Swedish
        ("INSTÄLLT! Konsert", "Konsert", CANCELLED),
        ("Inställd: Föreläsning", "Föreläsning", CANCELLED),
        ("UPPSKJUTEN – Konsert", "Konsert", POSTPONED),
        ("Nytt datum: Konsert", "Konsert", RESCHEDULED),
        # Czech
        ("ZRUŠENO: Koncert", "Koncert", CANCELLED),
        ("Koncert (zrušen)", "Koncert", CANCELLED),
        ("ODLOŽENO – Koncert", "Koncert", POSTPONED),
        ("Nový termín: Koncert", "Koncert", RESCHEDULED),
    ],
)
def test_a_marker_becomes_a_status_and_leaves_the_title(title, rest, status):
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    "title",
    [
        "The Cancelled Stamp",
        "Cancelled Stamps of Europe",
        "Cancelled by popular demand - a comedy",
        "Report from Iraq",
        "Report: Iraq",
        "Postponed Love",
        "Not cancelled: Jazz Night",
        "Cancel culture: a debate",
        "Jazz Night (Cancelled Stamp Society)",
        "CANCELLED STAMP SHOW",
        "Moved",
        "Odwołania i skargi: wykład",
        "Przełożony - komedia o szefach",
        "Concert reporté par la presse",
        "Il annule tout",
        "Reporte: la ciudad",
        "Die abgesagte Hochzeit",
        "Das verschobene Bild",
        "El concierto cancelado",
        "Un amor aplazado",
        "Il matrimonio annullato",
        "Peruttu häät ja muita tarinoita",
        "Installation: light",
        "Inställningen till livet",
        "Zrušená svatba",
        "Odložený život",
        "Online: Jazz Night",
        "Jazz Night (online)",
        "Speed dating",
        "",
        "   ",
    ],
)
def test_a_plain_word_of_a_title_stays(title):
    assert split_status(title) == (title, None)


@pytest.mark.parametrize("title", ["CANCELLED", "[Odwołane]", "*** ANNULÉ ***", "Cancelled:"])
def test_a_title_of_nothing_else_stays_and_counts(title):
    assert split_status(title) == (title, CANCELLED)


@pytest.mark.parametrize("title", ["Postponed", "Cancelled", "Reporté"])
def test_a_single_word_in_lower_case_is_a_name(title):
    assert split_status(title) == (title, None)


def test_of_several_markers_the_gravest_counts():
    assert split_status("POSTPONED: Jazz Night (cancelled)") == ("Jazz Night", CANCELLED)


def test_decomposed_accents_are_understood():
    assert split_status("ANNULE\u0301 : Concert") == ("Concert", CANCELLED)


MARKERS = ["CANCELLED", "ODWOŁANE", "Annulé", "postponed", "moved online", "NEW DATE", "verschoben"]
PIECES = st.sampled_from([*MARKERS, *"[](): -–|!*/.,", " ", "Jazz", "NIGHT", "to 5 May", "5", "é"])


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join)))
def test_splitting_again_changes_nothing_and_no_title_becomes_empty(title):
    rest, _ = split_status(title)
    assert split_status(rest)[0] == rest
    assert bool(rest.strip()) == bool(title.strip())
