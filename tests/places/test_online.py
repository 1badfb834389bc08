"""What stands in the place of a venue and is none: words for online, placeholders, links."""

from __future__ import annotations

import pytest

from include.discovery.places.online import (
    is_hybrid,
    is_map,
    is_meeting,
    is_online,
    is_placeholder,
    without_hybrid,
)

ONLINE = """
Online | online | On-line | ONLINE EVENT | Online event | Online-Event | Virtual | Virtual Event
Virtual meeting | This event is online | This event will be held online | Online only | Remote
Zoom | Zoom Meeting | Zoom meeting, link to follow | Online via Zoom | Via Zoom | On Zoom | zoom.us
Zoom (online) | Online (Zoom) | Online / Zoom | Zoom ID: 812 3456 7890
Zoom webinar
Zoom Meeting ID 812 3456 7890, Passcode: lamp7
Microsoft Teams | Microsoft Teams Meeting | MS Teams | Teams | Teams meeting | Google Meet
Webex | Cisco Webex | Skype | Jitsi | Discord | BigBlueButton | YouTube | YouTube Live
Live Stream | Livestream | Live-Stream | Live streaming | Facebook Live | Twitch | Webinar
Internet | Digital event | Online course | Online workshop | Online - link after registration
Wydarzenie online | Spotkanie online | Transmisja online | Zdalnie | Wirtualnie | W sieci
Przez internet | Webinarium | Tylko online | Na Zoom
En ligne | Événement en ligne | Réunion en ligne | À distance | En visioconférence | Visio
Webinaire
Online-Veranstaltung | Virtuell | Nur online | Digital | Online über Zoom | Videokonferenz
En línea | Evento en línea | Evento online | Evento virtual | A distancia | Videoconferencia
Evento in streaming | Evento virtuale | In remoto | Da remoto | Videoconferenza
Verkossa | Etänä | Verkkotapahtuma | Etäyhteys | Virtuaalinen tapahtuma
På nätet | Digitalt | Digitalt möte | På distans | Webbinarium
Online akce | Online setkání | Virtuálně | Přes Zoom | Videokonference
Onlineveranstaltung | Online-Seminar | Onlinekurs | Im Internet | On line | Vía Zoom
Online su Zoom | In diretta streaming | Diretta Facebook | Piattaforma Zoom
Platforma Zoom | A través de Zoom
Virtueel | Online bijeenkomst | Digitaal | Online-evenement | Transmissão ao vivo | Online pelo Zoom
Digitalt arrangement | Online arrangement | På Zoom | Nettbasert | Online esemény | Webinaari
Онлайн | Zoom (онлайн) | Онлайн-трансляція | Онлайн мероприятие | オンライン | オンライン開催
https://zoom.us/j/81234567890 | https://meet.google.com/abc-defg-hij | www.youtube.com/watch?v=x
Zoom: https://us02web.zoom.us/j/81234567890 | Join: zoom.us/j/812345 | https://lamps.example/live
"""

ON_SITE = """
Zoom Gallery | Virtual Reality Centre | Live Stream Café | Online Café Lodz | Internet Museum
Teams Hall | Digital Arts Centre | The Remote Farm | Discord Theatre | Web House | Meeting Room 2
Event Hall | Link House | Main Stage | Room 4 | Conference Centre | Old Mill | Zoomtorium
Internetcafé Mitte | Digitalwerk Berlin | Online Cafe Oslo | Skype House Hotel | Plattform 12
Gratuito Club | Internet Café, Mill Lane | Vía Láctea | Facebook Building | Diretta Mill
Distant Hall | Live House | The Stream, Mill Lane | Meeting | Evento | Course | Venue
https://www.google.com/maps/place/Old+Mill | https://maps.app.goo.gl/xYz | https://goo.gl/maps/abc
https://www.openstreetmap.org/node/5 | https://maps.apple.com/?q=Mill | https://mapy.cz/s/abc
Old Mill, https://mill.example | Old Mill (https://zoom.us/j/1)
"""

PLACEHOLDERS = """
None | none | NULL | N/A | n/a | N.A. | - | -- | ? | . | TBA | tbd | TBC | T.B.A. | Venue TBA
TBA - Lodz | Location TBD | Venue: TBC | To be announced | to be confirmed | To Be Determined
Location to be announced | Venue to be confirmed | Various venues | Various locations
Secret location | Undisclosed location | Unknown | Not specified | See description | Coming soon
Do ustalenia | do potwierdzenia | Miejsce do ustalenia | Miejsce: do ustalenia | Brak | Nieznane
Podamy wkrótce | Różne miejsca | Lokalizacja do potwierdzenia
à définir | À confirmer | à préciser | Lieu à définir | Lieu à confirmer | À venir | Non communiqué
wird noch bekannt gegeben | Wird bekanntgegeben | Ort wird noch bekannt gegeben | Noch offen
noch nicht bekannt | Unbekannt | N.N. | Diverse Orte | Steht noch nicht fest | Ort: noch offen
Por determinar | por confirmar | Lugar por confirmar | A confirmar | Sin definir | Por definir
Da definire | da confermare | Luogo da definire | Da annunciare | Da stabilire | Sede da definire
Ilmoitetaan myöhemmin | Paikka ilmoitetaan myöhemmin | Ei tiedossa | Tarkentuu myöhemmin
Meddelas senare | Plats meddelas senare | Bekräftas senare | Ej bestämt
Nog te bepalen | Locatie volgt | Wordt nog bekend gemaakt | Local a definir | Hamarosan
Kommer senere | Sted annonceres senere | Siehe Beschreibung | Voir description | See website
Уточнюється | Буде оголошено | Уточняется | 未定
Bude upřesněno | Místo bude upřesněno | Bude oznámeno | Neznámé | Upřesníme
"""

VENUES = """
None Such Hall | Tbaraque | Secret Garden | Various | Unknown Pleasures | The Null Space | Na Rogu
Folger Theatre | Brakhalle | Offenes Haus | Noch Ein Bier | Do Ustalenia Club | Da Mario
A Casa | Bude Castle | Ort der Begegnung | Lieu Unique | Venue 5 | Place des Arts | Avoin Talo
"""


def entries(table: str) -> list[str]:
    return [entry.strip() for line in table.strip().splitlines() for entry in line.split(" | ")]


@pytest.mark.parametrize("text", entries(ONLINE))
def test_words_and_links_for_an_online_event_are_recognised(text: str) -> None:
    assert is_online(text)


@pytest.mark.parametrize("text", entries(ON_SITE))
def test_a_place_with_such_a_word_in_its_name_is_a_place(text: str) -> None:
    assert not is_online(text)


@pytest.mark.parametrize("text", entries(PLACEHOLDERS))
def test_a_placeholder_for_a_venue_is_recognised(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", entries(VENUES))
def test_a_venue_that_only_resembles_a_placeholder_is_one(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Old Mill & online", "Old Mill"),
        ("Old Mill + Online", "Old Mill"),
        ("Old Mill and Zoom", "Old Mill"),
        ("Stary Młyn oraz online", "Stary Młyn"),
        ("Alte Mühle und online", "Alte Mühle"),
        ("Le Moulin et en ligne", "Le Moulin"),
        ("Vanha mylly ja verkossa", "Vanha mylly"),
        ("Hybrid: Old Mill", "Old Mill"),
        ("Old Mill (hybrid)", "Old Mill"),
    ],
)
def test_a_place_with_an_online_audience_is_hybrid_and_keeps_its_name(text: str, name: str) -> None:
    assert is_hybrid(text)
    assert without_hybrid(text) == name


@pytest.mark.parametrize("text", ["Old Mill", "Mill and Lamp", "Zoom Gallery", "Online"])
def test_a_text_that_names_no_second_way_to_attend_is_not_hybrid(text: str) -> None:
    assert not is_hybrid(text)


@pytest.mark.parametrize(
    ("url", "meeting", "map_"),
    [
        ("https://us02web.zoom.us/j/1?pwd=x", True, False),
        ("https://teams.microsoft.com/l/meetup-join/19", True, False),
        ("https://meet.jit.si/Lamp", True, False),
        ("https://meet.lamps.example/room", True, False),
        ("zoommtg://zoom.us/join?confno=1", True, False),
        ("https://www.google.de/maps/@50,19", False, True),
        ("https://maps.google.com/?q=x", False, True),
        ("https://osm.org/go/x", False, True),
        ("https://mill.example/zoom.us/", False, False),
        ("https://[bad", False, False),
    ],
)
def test_links_to_meetings_and_to_maps_are_told_apart(url: str, meeting: bool, map_: bool) -> None:
    assert (is_meeting(url), is_map(url)) == (meeting, map_)
