"""The terms of JSON-LD as schema.org names them, however a document spells them.

``schema:name``, ``http://schema.org/name`` and a term that the document's own ``@context`` defines
are all ``name``; ``type`` and ``id`` are ``@type`` and ``@id`` where the context says so, as do
schema.org's own (https://schema.org/docs/jsonldcontext.jsonld) and OpenActive's, which are known
here without being fetched. This is the part of JSON-LD 1.1's expansion
(https://www.w3.org/TR/json-ld11-api/#expansion-algorithm) that events of pages need: a library that
does all of it loads contexts from the network and gives every value as a list of objects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

_MOST_NODES: Final = 200_000
_MOST_TERMS: Final = 1_000
_SCHEMA: Final = re.compile(r"https?://(?:www\.)?schema\.org/?#?", re.IGNORECASE)
_ALIASING: Final = re.compile(
    r"https?://(?:www\.)?(?:schema\.org|openactive\.io|w3id\.org)\b", re.IGNORECASE
)
_KEYWORDS: Final = {"type": "@type", "id": "@id"}
# A look at the text spares nearly all documents the walk.
_UNUSUAL: Final = re.compile(
    r'"(?:[A-Za-z][\w.-]{0,30}:[A-Za-z]|https?://(?:www\.)?schema\.org/#?)[A-Za-z]*"\s*:'
    r'|"@context"\s*:\s*[\[{]|"type"\s*:'
)


@dataclass(frozen=True, slots=True)
class _Context:
    """What a document's ``@context`` says: terms and prefixes of schema.org's vocabulary."""

    terms: Mapping[str, str] = field(default_factory=dict)
    prefixes: frozenset[str] = frozenset({"schema", "sdo"})
    by_language: frozenset[str] = frozenset()
    """Terms whose values are texts by language."""
    has_aliases: bool = False
    """``type`` and ``id`` are keywords."""

    def with_given(self, given: object) -> _Context:
        """Return the context after a node's own ``@context``."""
        context = self
        for each in given if isinstance(given, list) else [given]:
            if isinstance(each, str):
                context = replace(
                    context, has_aliases=context.has_aliases or bool(_ALIASING.match(each))
                )
            elif isinstance(each, dict):
                context = context.with_definitions(each)
        return context

    def with_definitions(self, definitions: Mapping[str, Any]) -> _Context:
        """Return the context after an object of term definitions."""
        terms = dict(self.terms)
        prefixes = set(self.prefixes)
        by_language = set(self.by_language)
        pairs = [pair for pair in definitions.items() if isinstance(pair[0], str)][:_MOST_TERMS]
        for term, definition in pairs:
            iri = definition.get("@id") if isinstance(definition, dict) else definition
            if isinstance(iri, str) and _SCHEMA.fullmatch(iri):
                prefixes.add(term)
        context = replace(self, prefixes=frozenset(prefixes))
        for term, definition in pairs:
            given = definition if isinstance(definition, dict) else {"@id": definition}
            if not term.startswith("@") and isinstance(given.get("@id"), str):
                name = context.name_of(given["@id"])
                is_plain = given["@id"].isidentifier()  # relative to the vocabulary: 'name'
                if name != given["@id"] or is_plain or name.startswith("@"):
                    terms[term] = name
            if "@language" in _as_list(given.get("@container")):
                by_language.add(term)
        vocabulary = definitions.get("@vocab")
        is_schema = isinstance(vocabulary, str) and bool(_ALIASING.match(vocabulary))
        return replace(
            context,
            terms=terms,
            by_language=frozenset(by_language),
            has_aliases=context.has_aliases or is_schema,
        )

    def name_of(self, key: str) -> str:
        """Return schema.org's name of a key; one of another vocabulary stays as it is."""
        if key in self.terms:
            return self.terms[key]
        if match := _SCHEMA.match(key):
            return key[match.end() :] or key
        prefix, colon, local = key.partition(":")
        return local if colon and local and prefix in self.prefixes else key


def with_plain_terms(value: Any, text: str) -> Any:  # noqa: ANN401  any JSON value
    """Return a JSON-LD document whose keys are schema.org's names.

    :param text: what the value was read from, to see whether there is anything to do.
    """
    if not _UNUSUAL.search(text):
        return value
    result: list[Any] = [None]
    waiting: list[tuple[Any, _Context, Any, Any]] = [(value, _Context(), result, 0)]
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        current, context, into, at = waiting.pop()
        if isinstance(current, list):
            into[at] = items = list(current)
            waiting += [
                (item, context, items, index)
                for index, item in enumerate(items)
                if isinstance(item, (dict, list))
            ]
        elif isinstance(current, dict):
            if "@context" in current:
                context = context.with_given(current["@context"])
            into[at] = node = _renamed(current, context)
            waiting += [
                (inner, context, node, key)
                for key, inner in node.items()
                if key != "@context" and isinstance(inner, (dict, list))
            ]
        else:
            into[at] = current
    return result[0]


def _renamed(node: Mapping[str, Any], context: _Context) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for key, value in node.items():
        name = context.name_of(key)
        if context.has_aliases and key in _KEYWORDS and _KEYWORDS[key] not in node:
            name = _KEYWORDS[key]
        if key in context.by_language and isinstance(value, dict):
            value = [text for text in value.values() if isinstance(text, (str, list))]  # noqa: PLW2901
        if name == key or name not in node:
            named.setdefault(name, value)
    return named


def _as_list(given: object) -> list[object]:
    return given if isinstance(given, list) else [given]
