"""Texts, lists and answers to yes or no, out of whatever JSON holds them.

Nothing here is guessed: an ambiguous value is an error, which ``attempt`` turns into a warning of
the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from include.discovery.connectors.json_feed.map.fields import FlagOf, ListOf, TextOf
from include.discovery.connectors.json_feed.map.paths import Item, Json, getter_of
from include.discovery.formats.json_fields import WrongType
from include.discovery.text.cleaning import fold, one_line

_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_SHORT: Final = 120
"""Characters up to which cleaned texts are remembered."""
_MOST_ENTRIES: Final = 100
"""Entries of a list that are read: beyond it, a list of categories is none."""

_YES: Final = frozenset(
    {"true", "yes", "y", "on", "1", "oui", "si", "sim", "ja", "kylla", "tak", "ano", "igen", "da"}
)
_NO: Final = frozenset(
    {"false", "no", "n", "off", "0", "non", "nein", "nej", "nee", "ei", "nie", "ne", "nao"}
)


class Reader:
    """Reads the members of items in the requested language.

    :param language: two letters: of texts in several languages this one is taken; else English,
        else the first that the item names.
    """

    def __init__(self, language: str | None) -> None:
        self.language = language
        self._languages = tuple(dict.fromkeys(filter(None, (language, "en"))))

    def raw_text(self, value: Json) -> str | None:
        """Return a value as the text that it is; numbers count as text, a list of one as its entry.

        :raises WrongType: for objects that are no translations, and longer lists.
        """
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            raise WrongType(f"{str(value).lower()} is not text")
        if isinstance(value, int | float):
            return _number_text(value)
        if isinstance(value, dict):
            return self.raw_text(self._translation(value))
        if len(value) > 1:
            raise WrongType(f"a list of {len(value)} is not text; select one of it, as with [0]")
        return self.raw_text(value[0]) if value else None

    def text(self, field: TextOf | None, scope: Item) -> str | None:
        """Return a field as plain text of one line."""
        found = self.markup(field, scope)
        return line_of(found) if found else None

    def markup(self, field: TextOf | None, scope: Item) -> str | None:
        """Return a field's text as sent; ``None`` if it is empty."""
        if field is None:
            return None
        value = getter_of(field.path)(scope)
        found = value if type(value) is str else self.raw_text(value)
        if found is None or (field.ignore and _is_ignored(found, field.ignore)):
            return None
        return found

    def texts(self, field: ListOf | None, scope: Item) -> tuple[str, ...]:
        """Return a field's entries, each once, as plain texts of one line."""
        if field is None:
            return ()
        value = getter_of(field.path)(scope)
        if isinstance(value, dict):
            value = self._translation(value)
        parts = value if isinstance(value, list) else [value]
        found = (line_of(part) for part in self._parts(parts, field.split))
        kept = (one for one in found if one and not _is_ignored(one, field.ignore))
        return tuple(dict.fromkeys(kept))[:_MOST_ENTRIES]

    def language_of(self, field: TextOf, scope: Item) -> str | None:
        """Return the language in which a field is read, where it is a text of several."""
        value = getter_of(field.path)(scope)
        return self._chosen(value) if isinstance(value, dict) else None

    def _parts(self, values: Iterable[Any], split: str | None) -> Iterable[str]:
        for value in values:
            text = self.raw_text(value)
            if text is not None:
                yield from re.split(f"[{re.escape(split)}]", text) if split else (text,)

    def _translation(self, value: dict[str, Any]) -> Json:
        chosen = self._chosen(value)
        return None if chosen is None else value[chosen]

    def _chosen(self, value: dict[str, Any]) -> str | None:
        strange = _no_language(tuple(value))
        if strange is not None:
            raise WrongType(f"an object with {strange!r} is not text; select a member of it")
        for language in self._languages:
            if not _is_empty(value.get(language)):
                return language
        filled = [name for name, text in value.items() if not _is_empty(text)]
        for language in self._languages:
            for name in filled:
                if name[:3].lower() in (f"{language}-", f"{language}_"):  # en-GB
                    return name
        return filled[0] if filled else None


def flag(field: FlagOf | None, scope: Item) -> bool | None:
    """Read a yes or no; ``None`` if there is none.

    :raises WrongType: for a word that is neither.
    """
    if field is None:
        return None
    value = getter_of(field.path)(scope)
    if value is None or value == "":
        return None
    has_words = bool(field.yes or field.no)
    if isinstance(value, bool) and not has_words:
        return value
    said = fold(_flag_text(value))
    if has_words:
        yes, no = _folded(field.yes), _folded(field.no)
        return True if said in yes else (False if said in no else None)
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise WrongType(f"{_flag_text(value)[:60]!r} means neither yes nor no")


def _flag_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, str):
        return value
    raise WrongType(f"a JSON {type(value).__name__} is not yes or no")


def line_of(text: str) -> str | None:
    """Return what :func:`one_line` returns, sooner for short texts that came before."""
    return _line_of_short(text) if len(text) <= _SHORT else one_line(text)


@lru_cache(maxsize=10_000)
def _line_of_short(text: str) -> str | None:
    """Remember names of places, categories and the like, which come again and again."""
    return one_line(text)


def _no_language(names: tuple[str, ...]) -> str | None:
    """Return the first name that is no tag of a language, cut short; ``None`` if all are."""
    if len(names) > _MOST_ENTRIES or sum(map(len, names)) > _MOST_ENTRIES * _SHORT:
        return names[0][:40]
    return _no_language_of_few(names)


@lru_cache(maxsize=1_000)
def _no_language_of_few(names: tuple[str, ...]) -> str | None:
    return next((name[:40] for name in names if not _LANGUAGE.fullmatch(name)), None)


def _is_empty(text: Json) -> bool:
    return text is None or text in ("", [])


def _number_text(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@lru_cache(maxsize=500)
def _folded(words: Sequence[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def _is_ignored(text: str, ignore: Sequence[str]) -> bool:
    return bool(ignore) and fold(text) in _folded(ignore)
