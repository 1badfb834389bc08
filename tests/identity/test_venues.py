"""What two names of venues are to each other."""

from __future__ import annotations

import pytest

from include.discovery.identity.venues import Relation, compare, place_of
from include.discovery.model import Venue


def relation(one: str, other: str, city: str = "krakow") -> Relation:
    return compare(
        place_of(Venue(name=one), city),
        place_of(Venue(name=other), city),
    ).relation


@pytest.mark.parametrize(
    ("one", "other", "city"),
    [
        ("Old Mill", "The Old Mill", "troy"),
        ("Lantern Theatre", "Lantern Theater, Elm Centre for the Arts", "troy"),
        ("Elm Trust - Lantern Hall", "Lantern Hall", "troy"),
        ("Elm Players - Ada Lantern Theatre", "Ada Lantern Theatre, West Hill", "troy"),
        ("Théâtre Lanterne", "Cercle des Ormes, Lanterne Theatre", "paris"),
        ("Lantern City Hall, 2nd floor Council Chamber", "Lantern City Hall", "troy"),
        ("Grande salle Ada Doru - Moulin", "Moulin de Paris", "paris"),
        ("L'Orme, Sala 1 Ada Doru", "L'Orme de Barcelona", "barcelona"),
        ("Latarnia Krakowska, Sala Koncertowa", "Latarnia im. A. Doru w Krakowie", "krakow"),
        ("OKW Kraków, Sala Widowiskowa", "Centrum Kongresowe OKW", "krakow"),
        ("Kino Latarnia", "Latarnia Cinema", "krakow"),
        ("Alte Brauerei", "Alte Brewery", "berlin"),
        ("Laterne Unter den Ulmen, Großer Saal", "Laterne Berlin", "berlin"),
        ("Lantern Brewing Co.", "Lantern Brewery", "troy"),
        ("Laternenhaus Großer Saal", "Laternenhaus", "hamburg"),
        ("Kino Latarnia - velký sál", "Latarnia", "praga"),
        ("Lyktan, Stora scenen", "Gamla teatern (Lyktan), Nytorget", "stockholm"),
        ("Lantern Brewing Co.", "Lantern Brewpub Company", "troy"),
        ("7th St Lantern", "7th Street Lantern", "troy"),
        ("Public Lantern Library", "Lantern Library, Elm Annex", "troy"),
        ("Lantern 276", "Lantern Physical Laboratory, Rm 276", "troy"),
        ("Doru Field at Elm Park", "Doru Field", "troy"),
        ("Sala Latarnia", "Latarnia 1", "krakow"),
        ("Middle Mill (Downstairs), Westford", "Middle Mill Downstairs", "troy"),
    ],
)
def test_names_of_one_venue(one: str, other: str, city: str) -> None:
    assert relation(one, other, city) in {Relation.SAME, Relation.HALL}
    assert relation(other, one, city) is relation(one, other, city)


@pytest.mark.parametrize(
    ("one", "other", "city"),
    [
        ("Troy Library", "Utica Library", "troy"),
        ("Lantern Library - North", "Lantern Library - South", "troy"),
        ("Biblioteka Latarnia, Filia nr 5", "Biblioteka Latarnia, Filia nr 20", "krakow"),
        ("Latarnia 1", "Latarnia 2", "krakow"),
        ("Laternenhaus Großer Saal", "Laternenhaus Kleiner Saal", "hamburg"),
        ("Lantern 276", "Lantern Hall, Room 101", "troy"),
        ("Main Library", "Lantern Branch Library", "troy"),
        ("Sala Doru - Forum", "Sala Mozart - Forum", "madrid"),
        ("Lantern Games (Annex)", "Lantern Games (Midtown)", "troy"),
        ("Elm Hall, Room 203", "Elm Hall, Room 146", "troy"),
        ("Teatr Latarnia, Duża Scena", "Teatr Latarnia, Scena Kameralna", "krakow"),
        ("Krakow Museum", "Krakow Library", "krakow"),
    ],
)
def test_names_of_two_venues(one: str, other: str, city: str) -> None:
    assert relation(one, other, city) not in {Relation.SAME, Relation.HALL}
    assert relation(other, one, city) is relation(one, other, city)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Café Grand Lantern", "Grand Lantern Dining Room", Relation.UNKNOWN),
        ("Restauracja Latarnia", "Latarnia Cafe", Relation.UNKNOWN),
        ("Restauracja Latarnia", "Latarnia Restaurant", Relation.SAME),
        ("Hotel Grand Lantern", "Grand Lantern Dining Room", Relation.SAME),
        ("Lantern Theatre", "Lantern Hall", Relation.SAME),
    ],
)
def test_one_house_may_have_several_places_to_eat(one: str, other: str, expected: Relation) -> None:
    first, second = (
        place_of(Venue(name=name, street="Elm Street 12", locality="Troy"), "troy")
        for name in (one, other)
    )

    assert compare(first, second).relation is compare(second, first).relation is expected
