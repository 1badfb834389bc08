"""Postal addresses that people wrote in one line: ``Blue Cellar, Floriańska 3, 31-019 Kraków``.

The line is cut at its commas, and the parts are told from behind: country, postcode with its town
and state, street. A part counts only for what its form or its neighbours prove, and nothing is
made up: what stays unclear is left in the name. The ways of writing are those of the United States,
Canada, the United Kingdom, Ireland, Australia, Poland, France, Germany, Austria, Switzerland,
Spain, Italy, Portugal, the Netherlands, Belgium, Finland, Sweden, Czechia and Hungary.

Long because all steps work on the state of one line, and each depends on what the others left.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from include.discovery.places import address_parts as forms
from include.discovery.places import postcodes, streets
from include.discovery.places.regions import (
    is_county,
    is_region_of,
    is_state_code,
    is_state_name,
    is_town_too,
    same_state,
)
from include.discovery.text.cleaning import fold

_LONGEST: Final = 400
_MOST_PARTS: Final = 20


@dataclass(frozen=True, slots=True)
class Address:
    """What a line says of a place; ``country`` is an ISO 3166-1 code, told by the line itself."""

    name: str | None = None
    street: str | None = None
    postcode: str | None = None
    locality: str | None = None
    region: str | None = None
    country: str | None = None

    @property
    def full_street(self) -> str | None:
        """The street with what stands before it, for a line that names no venue."""
        return ", ".join(filter(None, (self.name, self.street))) or None


def read_address(
    line: str, *, country: str | None = None, localities: Collection[str] = ()
) -> Address:
    """Read an address of one line that may begin with the name of a place.

    :param country: ISO 3166-1 code of the country in which the place is taken to be. It decides
        what a number is, and is no part of what is returned.
    :param localities: names of towns that are known to be near, as the names of the city.
    """
    if len(line) > _LONGEST:
        return Address(name=line)
    return _read(line, country, frozenset(map(fold, localities)))


@lru_cache(maxsize=200)
def _read(line: str, country: str | None, localities: frozenset[str]) -> Address:
    parts = forms.parts_of(line)
    if not parts or len(parts) > _MOST_PARTS:
        return Address(name=line.strip() or None)
    found = _Line(parts, country, localities).read()
    return found or _in_brackets(line, country, localities) or Address(name=_name_of(line))


def _in_brackets(line: str, country: str | None, localities: frozenset[str]) -> Address | None:
    """Read an address in brackets behind the name: ``Old Mill (5 Main St, Troy, NY 12180)``."""
    match = forms.TOWN_AND_BRACKETS.fullmatch(line)
    if match is None:
        return None
    found = _read(match["region"], country, localities)
    if found.street is None or not (found.postcode or found.locality):
        return None
    return replace(found, name=match["town"])


def _name_of(line: str) -> str | None:
    return line.strip(forms.EDGES + " ") or None


class _Line:
    """The parts of one line, told from behind; each step takes its own off the end."""

    def __init__(self, parts: list[str], country: str | None, localities: frozenset[str]) -> None:
        self._parts = parts
        self._localities = localities
        self._assumed = country
        self._found: dict[str, str] = {}
        self._after: list[str] = []  # parts behind the postcode, where the street follows

    def read(self) -> Address | None:
        """Return what the line says; ``None`` where nothing in it is proved."""
        self._take_country()
        self._take_postcode()
        self._parts = [
            piece for part in forms.joined(self._parts) for piece in streets.parted_from_name(part)
        ]
        self._take_region()
        self._take_town()
        return self._with_street()

    @property
    def _country(self) -> str | None:
        return self._found.get("country") or self._assumed

    def _put(self, name: str, value: str | None) -> None:
        if value and name not in self._found:
            self._found[name] = value.strip(" ,;")

    # The country

    def _take_country(self) -> None:
        last = self._parts[-1].strip(forms.EDGES)
        code = forms.told_country(last, self._parts[:-1], self._assumed)
        if code:
            self._parts.pop()
        else:
            rest, code = forms.without_country(self._parts[-1])
            if code:
                self._parts[-1] = rest
        self._put("country", code)
        if code in forms.CITY_STATES and not any(map(forms.is_town, self._parts)):
            self._put("locality", forms.city_of(last))
        if code == "GB" and self._parts and fold(self._parts[-1]) in forms.HOME_NATIONS:
            self._parts.pop()  # 'London, England, UK'

    # The postcode, with the town beside it

    def _take_postcode(self) -> None:
        for index in range(len(self._parts) - 1, -1, -1):
            if self._take_postcode_of(index):
                return

    def _take_postcode_of(self, index: int) -> bool:
        part = self._parts[index]
        if not any(c.isdigit() for c in part):
            return False
        if match := forms.CODE_ALONE.fullmatch(part):
            return self._is_code(match, index, alone=True) and self._take_alone(match, index)
        if (match := forms.CODE_AND_TOWN.fullmatch(part)) and self._is_before_town(match, index):
            self._take_with_town(match, index, [])
            return True
        if (match := forms.TOWN_AND_CODE.fullmatch(part)) and self._is_after_town(match, index):
            self._put_code(match)
            self._after = self._parts[index + 1 :]
            self._parts[index:] = self._without_states(match["town"])
            return True
        if (match := forms.STREET_CODE_AND_TOWN.fullmatch(part)) and self._is_in_the_middle(match):
            self._take_with_town(match, index, forms.name_and_street(match["street"]))
            return True
        return False

    def _put_code(self, match: re.Match[str]) -> None:
        self._put("postcode", match["spelled"] or match["digits"])
        self._put("country", postcodes.nation_of(match["nation"]))

    def _take_with_town(self, match: re.Match[str], index: int, before: list[str]) -> None:
        self._put_code(match)
        town = forms.CEDEX.sub("", match["town"])
        if self._is_near(town) or not self._trailing_state(town):
            self._put("locality", town)
        after = [part for part in self._parts[index + 1 :] if fold(part) != fold(town)]
        told = match["region"]
        if told and (index or before) and not forms.is_bracketed_region(told, town):
            after.insert(0, f"({told})")
        else:
            self._put("region", told)
        if after and self._is_region_behind(after[0]):
            self._put("region", after.pop(0))
        self._after = after
        self._parts[index:] = before

    def _is_region_behind(self, part: str) -> bool:
        """Return whether a part behind postcode and town is a region: ``…, Madrid, Spain``."""
        if forms.has_digits(part) or streets.is_street(part) or not part[0].isalpha():
            return False
        return forms.is_region(part) or ("country" in self._found and forms.is_town(part))

    def _trailing_state(self, town: str) -> bool:
        """Take a state behind a town, as in ``Montréal QC``."""
        name, _, last = town.rpartition(" ")
        if not name or not is_state_code(last) or self._country not in {"US", "CA", "AU"}:
            return False
        self._put("locality", name)
        self._put("region", last)
        return True

    def _take_alone(self, match: re.Match[str], index: int) -> bool:
        following = self._parts[index + 1] if index + 1 < len(self._parts) else None
        before = self._parts[index - 1] if index else None
        if following and forms.is_town(following) and not (before and forms.is_region(before)):
            self._put("locality", following)
            self._after = self._parts[index + 2 :]
        else:
            self._after = self._parts[index + 1 :]
            if before is None:
                return False
        self._put_code(match)
        self._parts[index:] = []
        if self._parts and "locality" not in self._found:
            self._parts[-1:] = self._without_states(self._parts[-1])
        return True

    def _is_code(self, match: re.Match[str], index: int, *, alone: bool) -> bool:
        """Return whether digits alone are a postcode; four may be a house number."""
        if match["spelled"] or match["nation"]:
            return True
        if len(match["digits"]) != 4:
            return True
        before = self._parts[index - 1] if index else ""
        if self._country in postcodes.OF_FOUR_DIGITS:
            return not (streets.may_be_street(before) and not forms.has_digits(before))
        return alone and forms.has_digits(before) and index == len(self._parts) - 1

    def _is_before_town(self, match: re.Match[str], index: int) -> bool:
        """Return whether digits before letters are a postcode, and no house number."""
        if match["spelled"] or match["nation"]:
            return True
        part, last = self._parts[index], index == len(self._parts) - 1
        if self._country in postcodes.TOWN_FIRST or forms.is_numbered_street(part):
            return False
        following = "" if last else self._parts[index + 1]
        if following and (is_state_code(following.split()[0]) or is_state_name(following)):
            return False
        if index == 0 and following:
            return streets.is_street(following) or (
                self._country is not None
                and forms.is_town(match["town"])
                and not last
                and self._country not in postcodes.TOWN_FIRST
                and streets.may_be_street(following)
            )
        if len(match["digits"]) == 4 and index == 0:
            return self._country in postcodes.OF_FOUR_DIGITS or self._is_near(match["town"])
        return True

    def _is_after_town(self, match: re.Match[str], index: int) -> bool:
        """Return whether digits behind letters are a postcode, and no house number."""
        town = match["town"]
        if match["spelled"] or match["nation"]:
            return True
        last_word = town.split()[-1]
        if is_state_code(last_word) or is_state_name(town):
            return True
        if self._is_near(town):
            return True
        if len(match["digits"]) == 4:
            return self._country == "AU" and not streets.is_street(self._parts[index])
        is_last = index == len(self._parts) - 1
        return is_last and forms.is_town(town) and not streets.is_street(self._parts[index])

    def _is_in_the_middle(self, match: re.Match[str]) -> bool:
        if match["spelled"] or match["nation"]:
            return True
        if self._country in postcodes.TOWN_FIRST or forms.is_numbered_street(match["town"]):
            return False
        if len(match["digits"]) == 4:
            return self._country in postcodes.OF_FOUR_DIGITS and forms.has_digits(match["street"])
        return forms.has_digits(match["street"]) or streets.is_street(match["street"])

    def _without_states(self, text: str) -> list[str]:
        """Take state, county and nation off the end of a text that holds the town."""
        text, code = forms.without_country(text, is_town=True)
        self._put("country", code)
        if (bracketed := forms.TOWN_AND_BRACKETS.fullmatch(text)) and forms.is_region(
            bracketed["region"]
        ):
            self._put("region", bracketed["region"])
            return [bracketed["town"]]
        before = self._parts[-2] if len(self._parts) > 1 else ""
        if is_state_name(text) and forms.ends_with_town(before):
            self._put("region", text)
            return []
        name, _, last = text.rpartition(" ")
        if is_state_code(last) and (name or len(self._parts) > 1):
            self._put("region", last)
            text = name
        return [text] if text else []

    # State or county, and the town before it

    def _take_region(self) -> None:
        if "locality" in self._found:
            return
        if len(self._parts) > 1 and forms.is_district_of(*self._parts[-2:]):
            self._parts.pop()
        if len(self._parts) > 1 and fold(self._parts[-1]) in forms.HOME_NATIONS:
            self._put("country", "GB")
            self._parts.pop()
        if "region" not in self._found and self._parts and self._is_region_here(self._parts[-1]):
            self._put("region", self._parts.pop())
        self._take_region_behind_town()

    def _is_region_here(self, last: str) -> bool:
        if len(self._parts) < 2 or not forms.is_region(last):
            return False
        if is_state_code(last):
            return last.isupper() and self._country in {"US", "CA", "AU", None}
        if is_county(last):
            before = self._parts[-2]
            is_after_town = forms.is_town(before) or forms.TOWN_AND_DISTRICT.fullmatch(before)
            return self._country in {"GB", "IE", None} and bool(is_after_town)
        before = self._parts[-2]
        if not forms.is_town(before) or streets.is_street(before):
            return False
        if is_region_of(last, self._country):
            return self._country is not None or len(self._parts) > 2
        if self._country in {"US", "CA", "AU"} or "postcode" in self._found:
            return True
        return len(self._parts) > 2 or not (is_town_too(last) or forms.is_venue(before))

    def _take_region_behind_town(self) -> None:
        """Take the state of ``Juneau AK`` where no comma parts them."""
        if "locality" in self._found or "region" in self._found or not self._parts:
            return
        bracketed = forms.TOWN_AND_BRACKETS.fullmatch(self._parts[-1])
        if bracketed and forms.is_region(bracketed["region"]):
            self._put("region", bracketed["region"])
            self._parts[-1] = bracketed["town"]
            return
        name, _, last = self._parts[-1].rpartition(" ")
        known = "postcode" in self._found or self._country in {"US", "CA", "AU"}
        if name and is_state_code(last) and last.isupper() and (known or len(self._parts) > 1):
            self._put("region", last)
            self._parts[-1] = name.strip(" ,")

    # The town

    def _take_town(self) -> None:
        if "locality" in self._found or not self._parts:
            return
        last = self._parts[-1]
        districted = forms.TOWN_AND_DISTRICT.fullmatch(last) is not None
        if self._is_near(last) or (self._is_town_here(last) and not districted):
            self._put("locality", self._parts.pop())
            return
        self._part_street_from_town(last)

    def _is_town_here(self, last: str) -> bool:
        if not forms.is_town(last) or streets.is_street(last) or streets.is_unit(last):
            return False
        if self._found and not (len(self._parts) == 1 and self._is_name(last)):
            return True
        if len(self._parts) > 2 and streets.is_street(self._parts[-2]):
            return True
        return any(map(streets.is_surely_numbered, self._parts[:-1]))

    def _is_name(self, only: str) -> bool:
        """Return whether the only part that is left is a place's name rather than its town."""
        postcode = self._found.get("postcode", "")
        is_elsewhere = postcodes.is_of_london(postcode) and fold(only) != "london"
        return is_elsewhere or forms.is_venue(only)

    def _part_street_from_town(self, last: str) -> None:
        """Find the town at the end of a part that begins with the street."""
        for town in self._towns_at_end(last):
            self._put("locality", town)
            self._parts[-1] = last[: len(last) - len(town)].strip(" ,")
            return
        districted = forms.TOWN_AND_DISTRICT.fullmatch(last)
        if districted:
            self._put("locality", districted["town"])
            self._parts.pop()
            return
        match = streets.STREET_THEN_TOWN.fullmatch(last)
        if match and self._found and match["town"][0].isupper() and forms.is_town(match["town"]):
            self._put("locality", match["town"])
            self._parts[-1] = match["street"]

    def _towns_at_end(self, last: str) -> list[str]:
        words = last.split()
        ends = [" ".join(words[-count:]) for count in (3, 2, 1) if len(words) > count]
        postcode = self._found.get("postcode", "")
        of_london = self._country in {"GB", None} and postcodes.is_of_london(postcode)
        return [end for end in ends if self._is_near(end) or (of_london and fold(end) == "london")]

    def _is_near(self, town: str) -> bool:
        return bool(self._localities) and fold(town) in self._localities

    # The street, and the name before it

    def _with_street(self) -> Address | None:
        parts = self._parts
        parts += forms.joined(self._after)
        parts = self._without_repeats(parts)
        if self._found:
            parts = forms.with_name_parted(parts)
        if len(parts) > 1 and "locality" not in self._found and self._is_near(parts[0]):
            self._put("locality", parts.pop(0))
        index = self._street_in(parts)
        if index and "locality" not in self._found and self._is_town_before(parts, index):
            town = parts.pop(index - 1)
            districted = forms.TOWN_AND_DISTRICT.fullmatch(town)
            self._put("locality", districted["town"] if districted else town)
            index -= 1
        if index is None:
            if not self._found:
                return None
            return Address(name=", ".join(parts) or None, **self._found)
        between = parts[index + 1 :]
        if "locality" not in self._found and between and forms.is_town(between[-1]):
            self._put("locality", between.pop())
        return Address(
            name=", ".join(parts[:index]).strip(" -–") or None,
            street=", ".join((parts[index], *between)).replace(", (", " ("),
            **self._found,
        )

    def _is_town_before(self, parts: list[str], index: int) -> bool:
        """Return whether the town precedes its street, as Hungarians write it."""
        town = parts[index - 1]
        if not streets.is_hungarian(parts[index]) or forms.is_venue(town):
            return False
        is_after_code = "postcode" in self._found and forms.is_town(town)
        if fold(town) == "budapest":
            return True
        return is_after_code or forms.TOWN_AND_DISTRICT.fullmatch(town) is not None

    def _street_in(self, parts: list[str]) -> int | None:
        found = bool(self._found)
        last_first = range(len(parts) - 1, -1, -1)
        sure = [i for i in last_first if streets.is_surely_numbered(parts[i])]
        if sure and (found or sure[0] > 0):
            return sure[0]
        if not found:
            return None
        for test in (streets.is_street, streets.may_be_street):
            for i in last_first:
                if test(parts[i]) and (i > 0 or forms.has_digits(parts[i])):
                    return i
        return None

    def _without_repeats(self, parts: list[str]) -> list[str]:
        """Drop town and state where they come twice: ``Main St., Elmira, NY, Elmira, NY 14901``."""
        known = [self._found[name] for name in ("locality", "region") if name in self._found]
        while len(parts) > 1 and any(
            fold(parts[-1]) == fold(one) or same_state(parts[-1], one) for one in known
        ):
            parts = parts[:-1]
        return parts
