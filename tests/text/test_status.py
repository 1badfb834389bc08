"""Status markers in titles: what is taken for one, and what stays part of a name."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.model import EventStatus
from include.discovery.text.status import split_status, status_named

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
def test_a_marker_becomes_a_status_and_leaves_the_title(
    title: str, rest: str, status: EventStatus
) -> None:
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
def test_a_plain_word_of_a_title_stays(title: str) -> None:
    assert split_status(title) == (title, None)


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("CANCELLED: X Y", "X Y", CANCELLED),
        ("Cancelled – Jazz Night", "Jazz Night", CANCELLED),
        ("cancelled: jazz night", "jazz night", CANCELLED),
        ("[cancelled] Jazz Night", "Jazz Night", CANCELLED),
        ("(canceled) Jazz Night", "Jazz Night", CANCELLED),
        ("Jazz Night – cancelled", "Jazz Night", CANCELLED),
        ("Jazz Night [canceled]", "Jazz Night", CANCELLED),
        ("Jazz Night *CANCELLED*", "Jazz Night", CANCELLED),
        ("Jazz Night ***cancelled***", "Jazz Night", CANCELLED),
        ("Jazz Night / CANCELLED /", "Jazz Night", CANCELLED),
        ("CANCELLED - JAZZ NIGHT", "JAZZ NIGHT", CANCELLED),
        ("SHOW CANCELLED: Jazz Night", "Jazz Night", CANCELLED),
        ("THIS EVENT HAS BEEN CANCELLED: Jazz Night", "Jazz Night", CANCELLED),
        ("This event is cancelled - Jazz Night", "Jazz Night", CANCELLED),
        ("Jazz Night - this event has been cancelled", "Jazz Night", CANCELLED),
        ("Jazz Night (event cancelled)", "Jazz Night", CANCELLED),
        ("Jazz Night (CANCELLED!)", "Jazz Night", CANCELLED),
        ("Jazz Night (has been cancelled)", "Jazz Night", CANCELLED),
        ("❌CANCELLED❌ Jazz Night", "Jazz Night", CANCELLED),
        ("⚠️ CANCELLED ⚠️ Jazz Night", "Jazz Night", CANCELLED),
        ("~~CANCELLED~~ Jazz Night", "Jazz Night", CANCELLED),
        ("CANCELLED!!! Jazz Night", "Jazz Night", CANCELLED),
        ("CANCELED: SOLD OUT: Jazz Night", "SOLD OUT: Jazz Night", CANCELLED),
        ("POSTPONED TO 2027: Jazz Night", "Jazz Night", POSTPONED),
        ("Postponed until further notice: Jazz Night", "Jazz Night", POSTPONED),
        ("Jazz Night - POSTPONED", "Jazz Night", POSTPONED),
        ("Jazz Night (Rescheduled from May 5)", "Jazz Night", RESCHEDULED),
        ("Jazz Night (rescheduled date)", "Jazz Night", RESCHEDULED),
        ("RESCHEDULED - Jazz Night", "Jazz Night", RESCHEDULED),
        ("Jazz Night (new date!)", "Jazz Night", RESCHEDULED),
        ("Jazz Night - NEW DATE", "Jazz Night", RESCHEDULED),
        ("CANCELLED/POSTPONED: Jazz Night", "Jazz Night", CANCELLED),
        ("NOW ONLINE: Jazz Night", "Jazz Night", MOVED_ONLINE),
        ("ODWOŁANE! Koncert", "Koncert", CANCELLED),
        ("[odwołane] Koncert", "Koncert", CANCELLED),
        ("odwołane: Koncert", "Koncert", CANCELLED),
        ("Koncert - ODWOŁANY", "Koncert", CANCELLED),
        ("Koncert (ODWOŁANY)", "Koncert", CANCELLED),
        ("WYDARZENIE ODWOŁANE: Koncert", "Koncert", CANCELLED),
        ("WYDARZENIE ODWOŁANE Koncert", "Koncert", CANCELLED),
        ("UWAGA! ODWOŁANE: Koncert", "Koncert", CANCELLED),
        ("KONCERT ODWOŁANY - Zespół Pieśni", "Zespół Pieśni", CANCELLED),
        ("ZMIANA TERMINU Koncert", "Koncert", RESCHEDULED),
        ("Koncert (nowy termin)", "Koncert", RESCHEDULED),
        ("Koncert - nowy termin 12.05", "Koncert", RESCHEDULED),
        ("Koncert (przeniesiony na 12 maja)", "Koncert", RESCHEDULED),
        ("PRZENIESIONY NA 12.05: Koncert", "Koncert", RESCHEDULED),
        ("PRZEŁOŻONY: Koncert", "Koncert", POSTPONED),
        ("PRZEŁOŻONE Koncert", "Koncert", POSTPONED),
        ("REPORTÉ : Concert", "Concert", POSTPONED),
        ("REPORTÉ - Concert", "Concert", POSTPONED),
        ("Reporté : Concert", "Concert", POSTPONED),
        ("ANNULATION : Concert", "Concert", CANCELLED),
        ("ANNULATION - Concert", "Concert", CANCELLED),
        ("Annulé: concert", "concert", CANCELLED),
        ("CONCERT ANNULÉ : Duo", "Duo", CANCELLED),
        ("Concert (annulé)", "Concert", CANCELLED),
        ("Concert - annulé", "Concert", CANCELLED),
        ("ÉVÉNEMENT ANNULÉ - Duo", "Duo", CANCELLED),
        ("Date annulée : Duo", "Duo", CANCELLED),
        ("ABGESAGT! Lesung", "Lesung", CANCELLED),
        ("+++ ABGESAGT +++ Lesung", "Lesung", CANCELLED),
        ("+++ Abgesagt +++ Lesung", "Lesung", CANCELLED),
        ("Abgesagt: Lesung", "Lesung", CANCELLED),
        ("FÄLLT AUS: Lesung", "Lesung", CANCELLED),
        ("FÄLLT LEIDER AUS: Lesung", "Lesung", CANCELLED),
        ("Lesung - fällt aus!", "Lesung", CANCELLED),
        ("Lesung (entfällt)", "Lesung", CANCELLED),
        ("ENTFÄLLT! Lesung", "Lesung", CANCELLED),
        ("ABSAGE: Lesung", "Lesung", CANCELLED),
        ("VERSCHOBEN! Lesung", "Lesung", POSTPONED),
        ("Lesung - verschoben auf 5.5.2027", "Lesung", POSTPONED),
        ("Lesung (verschoben vom 5. Mai)", "Lesung", POSTPONED),
        ("NACHHOLTERMIN: Lesung", "Lesung", RESCHEDULED),
        ("Lesung (Ersatztermin)", "Lesung", RESCHEDULED),
        ("CANCELADO Concierto", "Concierto", CANCELLED),
        ("CANCELADO - Concierto", "Concierto", CANCELLED),
        ("Concierto (CANCELADO)", "Concierto", CANCELLED),
        ("SUSPENDIDO: Concierto", "Concierto", CANCELLED),
        ("[Suspendida] Función", "Función", CANCELLED),
        ("CANCELLED / CANCELADO: Duo", "Duo", CANCELLED),
        ("APLAZADO: Concierto", "Concierto", POSTPONED),
        ("POSPUESTO - Concierto", "Concierto", POSTPONED),
        ("NUEVA FECHA: Concierto", "Concierto", RESCHEDULED),
        ("ANNULLATO: Concerto", "Concerto", CANCELLED),
        ("EVENTO ANNULLATO - Concerto", "Concerto", CANCELLED),
        ("[annullato] Concerto", "Concerto", CANCELLED),
        ("SOSPESO: Concerto", "Concerto", CANCELLED),
        ("RIMANDATO: Concerto", "Concerto", POSTPONED),
        ("RINVIATO A DATA DA DESTINARSI: Concerto", "Concerto", POSTPONED),
        ("Concerto - RINVIATO", "Concerto", POSTPONED),
        ("PERUTTU Konsertti", "Konsertti", CANCELLED),
        ("PERUTTU! Konsertti", "Konsertti", CANCELLED),
        ("PERUTTU - Konsertti", "Konsertti", CANCELLED),
        ("Peruttu: Konsertti", "Konsertti", CANCELLED),
        ("Konsertti PERUTTU", "Konsertti", CANCELLED),
        ("Konsertti (peruttu)", "Konsertti", CANCELLED),
        ("PERUUTETTU: Konsertti", "Konsertti", CANCELLED),
        ("TAPAHTUMA PERUTTU: Konsertti", "Konsertti", CANCELLED),
        ("SIIRRETTY: Konsertti", "Konsertti", POSTPONED),
        ("Siirtyy: Konsertti", "Konsertti", POSTPONED),
        ("SIIRTYNYT: Konsertti", "Konsertti", POSTPONED),
        ("UUSI PÄIVÄ: Konsertti", "Konsertti", RESCHEDULED),
        ("INSTÄLLT: Konsert", "Konsert", CANCELLED),
        ("INSTÄLLT - Konsert", "Konsert", CANCELLED),
        ("INSTÄLLT Konsert", "Konsert", CANCELLED),
        ("Konsert (inställd)", "Konsert", CANCELLED),
        ("KONSERTEN INSTÄLLD: Duo", "Duo", CANCELLED),
        ("UPPSKJUTET: Konsert", "Konsert", POSTPONED),
        ("FRAMFLYTTAD: Konsert", "Konsert", POSTPONED),
        ("Flyttad till 5 maj: Konsert", "Konsert", RESCHEDULED),
        ("ZRUŠENO! Koncert", "Koncert", CANCELLED),
        ("ZRUŠENO - Koncert", "Koncert", CANCELLED),
        ("zrušeno: Koncert", "Koncert", CANCELLED),
        ("Koncert – ZRUŠENO", "Koncert", CANCELLED),
        ("!ZRUŠENO! Koncert", "Koncert", CANCELLED),
        ("PŘEDSTAVENÍ ZRUŠENO: Komedie", "Komedie", CANCELLED),
        ("PŘELOŽENO: Koncert", "Koncert", POSTPONED),
        ("přesunuto na 5.5.: Koncert", "Koncert", RESCHEDULED),
        ("Moved Online: Poetry", "Poetry", MOVED_ONLINE),
    ],
)
def test_a_marker_is_read_as_publishers_write_it(
    title: str, rest: str, status: EventStatus
) -> None:
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    "title",
    [
        "CANCELLED JAZZ NIGHT",
        "SOLD OUT: Jazz Night",
        "Sold Out! Jazz Night",
        "Jazz Night (sold out)",
        "VIRTUAL: Jazz Night",
        "Koncert odwołany",
        "Duo (COMPLET)",
        "AUSVERKAUFT: Lesung",
        "Concierto suspendido",
        "AGOTADO: Concierto",
        "VYPRODÁNO: Koncert",
        "The Postponed – live",
        "Cancel My Subscription",
        "Reported Missing",
        "Reportage: Warszawa",
        "Rescheduled Love – a play",
        "New Date Night",
        "NEW DATE NIGHT",
        "Annule-moi: comédie",
        "Nowy termin zapisów na warsztaty",
        "Suspended: aerial dance",
        "Sospeso - mostra",
        "Siirretty perintö: näyttely",
        "REPORT: the climate",
        "Schule fällt aus",
        "Przeniesiony do klubu: koncert",
        "VERLEGT: Lesung",
        "Annulation - comédie",
    ],
)
def test_a_word_that_may_be_a_name_or_about_something_else_stays(title: str) -> None:
    assert split_status(title) == (title, None)


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("LESSON CANCELLED: Pottery", "Pottery", CANCELLED),
        ("Rehearsal cancelled: Choir", "Choir", CANCELLED),
        ("LECTURE CANCELED - Black Holes", "Black Holes", CANCELLED),
        ("Film screening cancelled: Nosferatu", "Film screening: Nosferatu", CANCELLED),
        ("BOOK SIGNING CANCELLED: Ana Reyes", "BOOK SIGNING: Ana Reyes", CANCELLED),
        ("WARSZTATY ODWOŁANE: Ceramika", "Ceramika", CANCELLED),
        ("Seans odwołany: Nosferatu", "Nosferatu", CANCELLED),
        ("POKAZ ODWOŁANY – Balet", "Balet", CANCELLED),
        ("Zajęcia odwołane: Joga", "Joga", CANCELLED),
        ("SÉANCE ANNULÉE : Nosferatu", "Nosferatu", CANCELLED),
        ("Atelier annulé : Poterie", "Poterie", CANCELLED),
        ("VISITE ANNULÉE - Vieille ville", "Vieille ville", CANCELLED),
        ("LESUNG ABGESAGT: Lyrik", "Lyrik", CANCELLED),
        ("Yogakurs fällt aus: Anfänger", "Anfänger", CANCELLED),
        ("STADTFÜHRUNG ENTFÄLLT - Altstadt", "Altstadt", CANCELLED),
        ("Vortrag verschoben: Sterne", "Sterne", POSTPONED),
        ("REUNIÓN CANCELADA: Vecinos", "Vecinos", CANCELLED),
        ("FUNCIÓN SUSPENDIDA: Bodas de sangre", "Bodas de sangre", CANCELLED),
        ("Charla aplazada: Estrellas", "Estrellas", POSTPONED),
        ("LEZIONE ANNULLATA: Ceramica", "Ceramica", CANCELLED),
        ("PROIEZIONE ANNULLATA – Nosferatu", "Nosferatu", CANCELLED),
        ("Riunione rinviata: Condominio", "Condominio", POSTPONED),
        ("LUENTO PERUTTU: Tähdet", "Tähdet", CANCELLED),
        ("KURSSI PERUTTU – Jooga", "Jooga", CANCELLED),
        ("Kokous siirretty: Hallitus", "Hallitus", POSTPONED),
        ("MÖTET INSTÄLLT: Styrelsen", "Styrelsen", CANCELLED),
        ("VISNING INSTÄLLD - Slottet", "Slottet", CANCELLED),
        ("Kursen inställd: Yoga", "Yoga", CANCELLED),
        ("PŘEDNÁŠKA ZRUŠENA: Hvězdy", "Hvězdy", CANCELLED),
        ("PROJEKCE ZRUŠENA – Nosferatu", "Nosferatu", CANCELLED),
        ("Schůze odložena: Výbor", "Výbor", POSTPONED),
        ("Lezing geannuleerd: Sterren", "Sterren", CANCELLED),
    ],
)
def test_a_status_said_of_a_kind_of_event_is_a_marker(
    title: str, rest: str, status: EventStatus
) -> None:
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("Yoga - cancelled due to illness", "Yoga", CANCELLED),
        ("Yoga: CANCELLED BECAUSE OF STORM", "Yoga", CANCELLED),
        ("Yoga (Cancelled - instructor is ill)", "Yoga", CANCELLED),
        ("Yoga (CANCELED: too few sign-ups)", "Yoga", CANCELLED),
        ("Yoga [cancelled; refunds by e-mail]", "Yoga", CANCELLED),
        ("Town Board - Cancelled - no quorum", "Town Board", CANCELLED),
        ("Town Board - CANCELLED, will meet next month", "Town Board", CANCELLED),
        ("Cancelled due to heat: Yoga", "Yoga", CANCELLED),
        ("Concert au parc - annulé en raison de la pluie", "Concert au parc", CANCELLED),
        ("Concert au parc annulé pour cause de pluie", "Concert au parc", CANCELLED),
        ("Lesung - abgesagt wegen Krankheit", "Lesung", CANCELLED),
        ("Lesung entfällt krankheitsbedingt", "Lesung", CANCELLED),
        ("Konzert im Park, abgesagt wegen Sturm", "Konzert im Park", CANCELLED),
        ("Spotkanie z autorem odwołane z powodu choroby", "Spotkanie z autorem", CANCELLED),
        ("Koncert w parku - odwołany ze względu na pogodę", "Koncert w parku", CANCELLED),
        ("Concierto en el parque - cancelado por lluvia", "Concierto en el parque", CANCELLED),
        ("Concierto en el parque CANCELADO POR LLUVIA", "Concierto en el parque", CANCELLED),
        ("Taller - suspendido debido a la huelga", "Taller", CANCELLED),
        ("Concerto nel parco - annullato causa maltempo", "Concerto nel parco", CANCELLED),
        ("Mostra - annullata a causa di un guasto", "Mostra", CANCELLED),
        ("Konsertti puistossa - peruttu sateen vuoksi", "Konsertti puistossa", CANCELLED),
        ("Luento peruttu sairastumisen takia", "Luento", CANCELLED),
        ("Konsert i parken inställd på grund av sjukdom", "Konsert i parken", CANCELLED),
        ("Föreläsning - inställd p.g.a. sjukdom", "Föreläsning", CANCELLED),
        ("Koncert v parku - zrušen kvůli dešti", "Koncert v parku", CANCELLED),
        ("Přednáška o hvězdách zrušena z důvodu nemoci", "Přednáška o hvězdách", CANCELLED),
    ],
)
def test_the_reason_for_a_status_goes_with_its_marker(
    title: str, rest: str, status: EventStatus
) -> None:
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("Town Meeting-CANCELLED", "Town Meeting", CANCELLED),
        ("Town Meeting–Cancelled", "Town Meeting", CANCELLED),
        ("Town Meeting—cancelled", "Town Meeting", CANCELLED),
        ("Town meeting-cancelled", "Town meeting", CANCELLED),
        ("Yoga-CANCELED!", "Yoga", CANCELLED),
        ("CANCELLED-Yoga", "Yoga", CANCELLED),
        ("CANCELLED:Yoga", "Yoga", CANCELLED),
        ("Koncert–ODWOŁANY", "Koncert", CANCELLED),
        ("Lesung-ABGESAGT", "Lesung", CANCELLED),
        ("Concert–annulé", "Concert", CANCELLED),
        ("Yoga: cancelled!", "Yoga", CANCELLED),
        ("Konsert–inställd", "Konsert", CANCELLED),
    ],
)
def test_a_marker_may_be_tied_to_the_title_without_spaces(
    title: str, rest: str, status: EventStatus
) -> None:
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("Cancelled! Yoga", "Yoga", CANCELLED),
        ("Postponed! Yoga", "Yoga", POSTPONED),
        ("Odwołany! Recital", "Recital", CANCELLED),
        ("Annulé ! Récital", "Récital", CANCELLED),
        ("Abgesagt! Matinee", "Matinee", CANCELLED),
        ("Fällt aus! Lesung", "Lesung", CANCELLED),
        ("¡Cancelado! Recital", "Recital", CANCELLED),
        ("Annullato! Recital", "Recital", CANCELLED),
        ("Peruttu! Konsertti", "Konsertti", CANCELLED),
        ("Inställt! Konsert", "Konsert", CANCELLED),
        ("Zrušeno! Koncert", "Koncert", CANCELLED),
    ],
)
def test_an_exclamation_mark_sets_a_marker_apart(
    title: str, rest: str, status: EventStatus
) -> None:
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("Pottery class cancelled", "Pottery class", CANCELLED),
        ("Pottery class cancelled today", "Pottery class", CANCELLED),
        ("Pottery has been cancelled", "Pottery", CANCELLED),
        ("Pottery is cancelled", "Pottery", CANCELLED),
        ("Pottery class will not take place", "Pottery class", CANCELLED),
        ("Town meeting postponed to May 5", "Town meeting", POSTPONED),
        ("Town board meeting postponed until further notice", "Town board meeting", POSTPONED),
        ("Yoga fällt aus", "Yoga", CANCELLED),
        ("Yoga fällt heute leider aus", "Yoga", CANCELLED),
        ("Stadtführung fällt wegen Regen aus", "Stadtführung", CANCELLED),
        ("Matinee entfällt", "Matinee", CANCELLED),
        ("Konzert muss leider entfallen", "Konzert", CANCELLED),
        ("Stammtisch findet nicht statt", "Stammtisch", CANCELLED),
        ("Koncert został odwołany", "Koncert", CANCELLED),
        ("Spotkanie z autorem nie odbędzie się", "Spotkanie z autorem", CANCELLED),
        ("La visite guidée a été annulée", "La visite guidée", CANCELLED),
        ("La visite n'aura pas lieu", "La visite", CANCELLED),
        ("El taller de barro se cancela", "El taller de barro", CANCELLED),
        ("El recital ha sido cancelado", "El recital", CANCELLED),
        ("Il concerto è stato annullato", "Il concerto", CANCELLED),
        ("Luento on peruttu", "Luento", CANCELLED),
        ("Konserten är inställd", "Konserten", CANCELLED),
        ("Přednáška byla zrušena", "Přednáška", CANCELLED),
        ("Voorstelling gaat niet door", "Voorstelling", CANCELLED),
    ],
)
def test_a_sentence_may_say_the_status(title: str, rest: str, status: EventStatus) -> None:
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("POSTPONED PTA", "PTA", POSTPONED),
        ("PTA POSTPONED", "PTA", POSTPONED),
        (
            "HAMLET CANCELLED: refunds at the box office",
            "HAMLET: refunds at the box office",
            CANCELLED,
        ),
        ("GUIDED TOUR CANCELLED: Old Town", "GUIDED TOUR: Old Town", CANCELLED),
        (
            "Hamlet CANCELLED - refunds at the box office",
            "Hamlet - refunds at the box office",
            CANCELLED,
        ),
        ("TOWN BOARD MEETING CANCELLED", "TOWN BOARD MEETING", CANCELLED),
    ],
)
def test_capitals_beside_a_separator_or_an_abbreviation_are_a_marker(
    title: str, rest: str, status: EventStatus
) -> None:
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    "title",
    [
        "No cancellations",
        "Cancel culture talk",
        "The Cancelled",
        "Cancelled (live)",
        "Cancelled live in concert",
        "Cancelled + support",
        "NOT CANCELLED: Yoga",
        "Yoga - NOT CANCELLED",
        "Yoga (not cancelled)",
        "Yoga is not cancelled",
        "Concert is NOT CANCELLED",
        "Concert: NOT CANCELLED!",
        "Yoga has not been cancelled",
        "Koncert nie odwołany",
        "Nicht abgesagt: Lesung",
        "Pas annulé : Concert",
        "Non annullato",
        "Konsertti ei peruttu",
        "Inte inställd: Konsert",
        "Koncert není zrušen",
        "No cancelado",
        "UN-CANCELLED",
        "Kein Konzert entfällt",
        "Wenn der Unterricht entfällt: Vortrag",
        "Was tun, wenn der Zug ausfällt?",
        "Why my flight was cancelled",
        "What happens if the concert is cancelled?",
        "The day the music was cancelled",
        "Christmas is Cancelled",
        "Christmas is cancelled!",
        "Weihnachten fällt aus",
        "Tomorrow Is Cancelled",
        "Your Subscription Has Been Cancelled",
        "The Show That Was Cancelled",
        "Free until cancelled",
        "Cancellation policy workshop",
        "How to deal with cancellations",
        "Die Kunst der Absage",
        "Rechtsberatung: Absage und Storno",
        "Entfällt die Maske? Diskussion",
        "Un concert annulé, une vie changée",
        "La función cancelada",
        "Love, Cancelled",
        "Almost Cancelled",
        "Never Cancelled Tour",
        "Best of cancelled shows",
        "Cancelled TV shows quiz",
        "Postponed adulthood: lecture",
        "A Postponed Wedding",
        "Suspended animation",
        "Suspended - exhibition",
        "Ausfallstraße: Rundgang",
    ],
)
def test_what_is_denied_asked_or_told_of_cancellations_is_no_status(title: str) -> None:
    assert split_status(title) == (title, None)


@pytest.mark.parametrize(
    "title", ["CANCELLED", "[Odwołane]", "*** ANNULÉ ***", "Cancelled:", "CONCERT ANNULÉ"]
)
def test_a_title_that_is_only_a_marker_stays_and_gives_the_status(title: str) -> None:
    assert split_status(title) == (title, CANCELLED)


@pytest.mark.parametrize("title", ["Postponed", "Cancelled", "Reporté"])
def test_a_single_word_in_lower_case_is_a_name(title: str) -> None:
    assert split_status(title) == (title, None)


def test_the_most_serious_of_several_markers_counts() -> None:
    assert split_status("POSTPONED: Jazz Night (cancelled)") == ("Jazz Night", CANCELLED)


def test_decomposed_accents_are_understood() -> None:
    assert split_status("ANNULE\u0301 : Concert") == ("Concert", CANCELLED)


MARKERS = ["CANCELLED", "ODWOŁANE", "Annulé", "postponed", "moved online", "NEW DATE", "verschoben"]
PIECES = st.sampled_from([*MARKERS, *"[](): -–|!*/.,", " ", "Jazz", "NIGHT", "to 5 May", "5", "é"])


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join)))
def test_splitting_again_changes_nothing_and_no_title_becomes_empty(title: str) -> None:
    rest, _ = split_status(title)
    assert split_status(rest)[0] == rest
    assert bool(rest.strip()) == bool(title.strip())


@pytest.mark.parametrize(
    "piece", ["CANCELLED: ", "- ", "(", "*", "UWAGA! ", "this event is ", "a - "]
)
def test_a_long_title_is_split_in_linear_time(piece: str) -> None:
    began = time.process_time()
    split_status(f"{piece * 100}cancelled{piece * 100}")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        # English
        ("Board Meeting - Cancelled for lack of quorum", "Board Meeting", CANCELLED),
        ("Board Meeting – CANCELED (no quorum)", "Board Meeting", CANCELLED),
        ("City Council Meeting: Cancelled", "City Council Meeting", CANCELLED),
        ("City Council Meeting, cancelled", "City Council Meeting", CANCELLED),
        ("Jazz Night • Cancelled", "Jazz Night", CANCELLED),
        ("Book Club (moved to Zoom)", "Book Club", MOVED_ONLINE),
        ("Now Virtual: Book Club", "Book Club", MOVED_ONLINE),
        # Polish, German, French, Finnish: further words
        ("ANULOWANO: Koncert", "Koncert", CANCELLED),
        ("Koncert (anulowany)", "Koncert", CANCELLED),
        ("ENTFAELLT: Lesung", "Lesung", CANCELLED),
        ("Gecancelt: Duo", "Duo", CANCELLED),
        ("Vortrag (findet online statt)", "Vortrag", MOVED_ONLINE),
        ("Déprogrammé : Film", "Film", CANCELLED),
        ("Film (supprimé)", "Film", CANCELLED),
        ("PERUUNTUNUT: Konsertti", "Konsertti", CANCELLED),
        # Dutch
        ("NIEUWE DATUM: Concert", "Concert", RESCHEDULED),
        ("Jazz (verplaatst naar 12 mei)", "Jazz", RESCHEDULED),
        ("Gecanceld – Jazz", "Jazz", CANCELLED),
        # Portuguese
        ("NOVA DATA: Concerto", "Concerto", RESCHEDULED),
        ("REAGENDADO: Concerto", "Concerto", RESCHEDULED),
        ("Concerto adiado para 12 de maio", "Concerto", POSTPONED),
        # Danish, Norwegian
        ("FOREDRAG AFLYST: Stjerner", "Stjerner", CANCELLED),
        ("Jazz (utsatt)", "Jazz", POSTPONED),
        ("UDSAT: Jazz", "Jazz", POSTPONED),
        ("NY DATO: Jazz", "Jazz", RESCHEDULED),
        ("Jazz – flyttet til 12. maj", "Jazz", RESCHEDULED),
        # Hungarian
        ("ELMARAD: Koncert", "Koncert", CANCELLED),
        ("Koncert – ELHALASZTVA", "Koncert", POSTPONED),
        ("ÚJ IDŐPONT: Koncert", "Koncert", RESCHEDULED),
        # Ukrainian, Russian
        ("СКАСОВАНО: Джаз", "Джаз", CANCELLED),
        ("КОНЦЕРТ СКАСОВАНО: Джаз", "Джаз", CANCELLED),
        ("Джаз (перенесено)", "Джаз", POSTPONED),
        ("Джаз (перенесено на 12 травня)", "Джаз", RESCHEDULED),
        ("КОНЦЕРТ ОТМЕНЁН: Джаз", "Джаз", CANCELLED),
        ("ОТМЕНА! Джаз", "Джаз", CANCELLED),
        ("Отложено: Джаз", "Джаз", POSTPONED),
        # Romanian, Croatian, Catalan, Slovak
        ("ANULAT: Concert", "Concert", CANCELLED),
        ("OTKAZANO: Koncert", "Koncert", CANCELLED),
        ("CANCEL·LAT: Concert", "Concert", CANCELLED),
        ("ZRUŠENÉ: Koncert", "Koncert", CANCELLED),
        # Japanese
        ("【中止】コンサート", "コンサート", CANCELLED),
        ("コンサート（延期）", "コンサート", POSTPONED),
    ],
)
def test_a_marker_is_read_in_further_languages_and_punctuation(
    title: str, rest: str, status: EventStatus
) -> None:
    assert split_status(title) == (rest, status)


@pytest.mark.parametrize(
    "title",
    [
        "Отмена крепостного права: лекция",
        "Udsat ungdom: debat",
        "Vervallen glorie: lezing",
        "Il supprime tout",
        "Everything, Cancelled",
        "Nova Data Science Meetup",
        "Now on Tour",
    ],
)
def test_a_word_of_these_that_is_part_of_a_name_stays(title: str) -> None:
    assert split_status(title) == (title, None)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Abgesagt", CANCELLED),
        ("odwołane", CANCELLED),
        ("Concert annulé", CANCELLED),
        ("cancelled due to weather", CANCELLED),
        ("Event has been canceled.", CANCELLED),
        ("verschoben auf 12. Mai", POSTPONED),
        ("скасовано", CANCELLED),
        ("moved to Zoom", MOVED_ONLINE),
        ("not cancelled", None),
        ("sold out", None),
        ("", None),
    ],
)
def test_a_field_for_the_status_may_say_it_in_words(word: str, status: EventStatus | None) -> None:
    assert status_named(word) is status
