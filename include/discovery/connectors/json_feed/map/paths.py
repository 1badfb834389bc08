"""JMESPath expressions (https://jmespath.org/specification.html): checked early, evaluated fast.

Most paths of a map are plain (``venue.name``, ``dates[0].start || start``). These are turned into
closures, which is several times as fast as the library's interpreter; what a closure does not cover
is left to the interpreter, node by node.

Besides the specified functions there is ``split(text, separator)``: the parts of a text, trimmed
and without empty ones; of null it is an empty list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Annotated, Any, Final, TypeAlias

from jmespath import Options, functions
from jmespath.exceptions import JMESPathError, LexerError, ParseError
from jmespath.parser import Parser
from jmespath.visitor import TreeInterpreter
from pydantic import AfterValidator, StringConstraints

Json: TypeAlias = Any
"""Any JSON value."""

Item: TypeAlias = Mapping[str, Any]
"""An item of an API, perhaps with its occurrence."""

Getter = Callable[[Json], Json]
"""Evaluates an expression over a JSON value; null is ``None``."""

_Node: TypeAlias = Any
"""A node of the library's syntax tree: a dict with its type, children and perhaps a value."""

_LONGEST: Final = 2_000


class _Functions(functions.Functions):
    """The specified functions, and our own."""

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        if not text:
            return []
        parts = text.split(separator) if separator else text.split()
        return [part.strip() for part in parts if part.strip()]


_INTERPRETER: Final = TreeInterpreter(Options(custom_functions=_Functions()))


def _checked(path: str) -> str:
    getter_of(path)
    return path


JsonPath = Annotated[
    str, StringConstraints(min_length=1, max_length=_LONGEST), AfterValidator(_checked)
]
"""A JMESPath expression that is known to be well-formed."""


@lru_cache(maxsize=1_000)
def getter_of(path: str) -> Getter:
    """Compile an expression.

    The getter raises a ``ValueError`` where a function is given what it cannot work on.

    :raises ValueError: if it is malformed, saying at which character, or calls an unknown function.
    """
    tree = _parsed(path)
    try:
        return _compiled(tree)
    except RecursionError:
        raise ValueError(f"{path[:80]!r} is not a JMESPath: nested too deeply") from None


@lru_cache(maxsize=1_000)
def mentions(path: str, name: str) -> bool:
    """Return whether an expression reads a member of that name anywhere."""
    return any(
        node["type"] == "field" and node.get("value") == name for node in _nodes(_parsed(path))
    )


@lru_cache(maxsize=1_000)
def computes(path: str) -> bool:
    """Return whether an expression calls a function: else it yields texts just as they stand."""
    return any(node["type"] == "function_expression" for node in _nodes(_parsed(path)))


def _parsed(path: str) -> _Node:
    if len(path) > _LONGEST:
        raise ValueError(f"{path[:80]!r}… is longer than {_LONGEST} characters")
    try:
        tree: _Node = Parser().parse(path).parsed
    except (LexerError, ParseError) as error:
        at = (error.lex_position or 0) + 1
        shown = path[at - 1 : at + 19]
        found = f"{shown!r} is unexpected" if shown else "the expression ends too early"
        raise ValueError(f"{path!r} is not a JMESPath: {found} at character {at}") from None
    except (JMESPathError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ValueError(f"{path[:80]!r} is not a JMESPath: {said}") from None
    known = _Functions.FUNCTION_TABLE
    for node in _nodes(tree):
        if node["type"] == "function_expression" and node["value"] not in known:
            raise ValueError(
                f"{path!r} calls {node['value']}(), which JMESPath does not have; there are:"
                f" {', '.join(sorted(known))}"
            )
    return tree


def _nodes(tree: _Node) -> Iterator[_Node]:
    left = [tree]
    while left:
        node = left.pop()
        yield node
        left += [child for child in node["children"] if isinstance(child, dict)]  # a slice has ints


def _compiled(node: _Node) -> Getter:
    compile_node = _COMPILERS.get(node["type"])
    if compile_node is None:
        return partial(_interpreted, node)
    return compile_node(node)


def _interpreted(node: _Node, value: Json) -> Json:
    try:
        return _INTERPRETER.visit(node, value)
    except TypeError as error:  # the library orders what has no order, as 'x' > `0`
        raise ValueError(str(error)) from None


def _field(node: _Node) -> Getter:
    name = node["value"]
    return lambda value: value.get(name) if isinstance(value, dict) else None


def _chain(node: _Node) -> Getter:
    children = node["children"]
    if [child["type"] for child in children] == ["field", "field"]:
        return _member_of_member(*(child["value"] for child in children))
    steps = [_compiled(child) for child in children]
    if len(steps) == 2:
        first, second = steps
        return lambda value: second(first(value))

    def follow(value: Json) -> Json:
        for step in steps:
            value = step(value)
        return value

    return follow


def _member_of_member(outer: str, inner: str) -> Getter:
    """Compile what most paths with a dot are, at a third of the calls."""

    def member(value: Json) -> Json:
        if isinstance(value, dict):
            value = value.get(outer)
            if isinstance(value, dict):
                return value.get(inner)
        return None

    return member


def _index(node: _Node) -> Getter:
    place = node["value"]

    def entry(value: Json) -> Json:
        if not isinstance(value, list):
            return None
        try:
            return value[place]
        except IndexError:
            return None

    return entry


def _or(node: _Node) -> Getter:
    left, right = (_compiled(child) for child in node["children"])

    def either(value: Json) -> Json:
        found = left(value)
        return right(value) if is_false(found) else found

    return either


def _and(node: _Node) -> Getter:
    left, right = (_compiled(child) for child in node["children"])

    def both(value: Json) -> Json:
        found = left(value)
        return found if is_false(found) else right(value)

    return both


def _not(node: _Node) -> Getter:
    inner = _compiled(node["children"][0])
    return lambda value: is_false(inner(value))


def _projection(node: _Node) -> Getter:
    left, right = (_compiled(child) for child in node["children"])

    def each(value: Json) -> Json:
        entries = left(value)
        if not isinstance(entries, list):
            return None
        return [found for entry in entries if (found := right(entry)) is not None]

    return each


def _flatten(node: _Node) -> Getter:
    inner = _compiled(node["children"][0])

    def flat(value: Json) -> Json:
        entries = inner(value)
        if not isinstance(entries, list):
            return None
        merged: list[Json] = []
        for entry in entries:
            merged += entry if isinstance(entry, list) else [entry]
        return merged

    return flat


def _comparator(node: _Node) -> Getter:
    left, right = (_compiled(child) for child in node["children"])
    if node["value"] not in {"eq", "ne"}:
        return partial(_interpreted, node)
    wanted = node["value"] == "eq"

    def compare(value: Json) -> bool:
        one, other = left(value), right(value)
        # For Python 1 equals true, for JSON it does not.
        is_same = one == other and isinstance(one, bool) == isinstance(other, bool)
        return is_same is wanted

    return compare


def _literal(node: _Node) -> Getter:
    constant = node["value"]
    return lambda _value: constant


def _current(_node: _Node) -> Getter:
    return lambda value: value


_COMPILERS: Final[dict[str, Callable[[_Node], Getter]]] = {
    "field": _field,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "index": _index,
    "or_expression": _or,
    "and_expression": _and,
    "not_expression": _not,
    "projection": _projection,
    "flatten": _flatten,
    "comparator": _comparator,
    "literal": _literal,
    "current": _current,
    "identity": _current,
}


def is_false(value: object) -> bool:
    """Return whether JMESPath treats a value as false: null, false and empty values; not zero."""
    return value is None or value is False or value in ("", [], {})
