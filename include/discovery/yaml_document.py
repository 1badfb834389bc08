"""YAML documents as plain data, with the line of every path, and values from the environment.

A document may be small and still stand for gigabytes: an alias repeats what its anchor names, and
that may hold aliases, too. So the size of a document is bounded, and that of what it becomes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from include.discovery.settings import PREFIX
from include.discovery.storable import Location

MOST_CHARACTERS: Final = 1_000_000
"""Of a document: some 10,000 pairs, which take a quarter of a minute to read."""
MOST_VALUES: Final = 100_000
"""Values that a document may become, those of aliases counted each time."""
MOST_EXPANDED: Final = 10_000_000
"""Characters of all these values together."""
MOST_DEPTH: Final = 50
"""Lists and objects inside each other; a configuration has about six."""

_LONGEST_NUMBER: Final = 100
"""Characters of a number or date: how long those take to read grows faster than they do."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


class LocatedError(ValueError):
    """A fault at a path of the file, raised inside pydantic's validators."""

    def __init__(self, path: Location, message: str) -> None:
        super().__init__(message)
        self.path = path


class Loader(yaml.SafeLoader):
    """Knows the booleans of YAML 1.2 only: for YAML 1.1 the country NO is one.

    What is nested too deeply is refused while it is read: the reader calls itself for each level.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401  a number, or a node
        """Compose what comes next.

        :raises yaml.YAMLError: if it is malformed, or inside too many others.
        """
        if self._depth > MOST_DEPTH:
            raise _error(_TOO_DEEP, self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


_TOO_DEEP: Final = f"more than {MOST_DEPTH} lists and objects inside each other"


def _error(problem: str, mark: yaml.Mark | None = None) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)


_BOOLEAN: Final = "tag:yaml.org,2002:bool"
_STRING: Final = "tag:yaml.org,2002:str"
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(_BOOLEAN, re.compile(r"(?i:true|false)\Z"), list("tTfF"))


class Document:
    """A YAML document as plain data, with the line of every path."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._lines: dict[Location, int] = {}
        self._environment = environment
        self._constructor = Loader("")
        self._values_left = MOST_VALUES
        self._characters_left = MOST_EXPANDED

    def read(self, text: str) -> Any:  # noqa: ANN401  plain YAML data
        """Return the text's data.

        :raises yaml.YAMLError: if it is no YAML, or beyond the bounds of this module.
        :raises LocatedError: if a variable of the environment is missing, or may not be used.
        """
        if len(text) > MOST_CHARACTERS:
            raise _error(
                f"{len(text):,} characters; at most {MOST_CHARACTERS:,} are read: divide the file"
            )
        node = yaml.compose(text, Loader=Loader)
        return {} if node is None else self._build(node, ())

    def line_of(self, path: Location) -> int:
        """Return the line (from 1) of a path, or of the nearest thing around it that exists."""
        for length in range(len(path), -1, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 1

    def _build(self, node: yaml.Node, path: Location) -> Any:  # noqa: ANN401  plain YAML data
        self._lines.setdefault(path, node.start_mark.line + 1)
        self._count(node, path)
        if isinstance(node, yaml.MappingNode):
            return self._build_mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*path, i)) for i, item in enumerate(node.value)]
        value = self._value(node)
        return self._substitute(value, path) if isinstance(value, str) else value

    def _count(self, node: yaml.Node, path: Location) -> None:
        if len(path) > MOST_DEPTH:  # an alias inside of what it repeats
            raise _error(_TOO_DEEP, node.start_mark)
        self._values_left -= 1
        if isinstance(node, yaml.ScalarNode):
            self._characters_left -= len(node.value)
        if self._values_left < 0 or self._characters_left < 0:
            raise _error(
                f"the document becomes more than {MOST_VALUES:,} values, or {MOST_EXPANDED:,}"
                " characters: its aliases (*name) repeat too much",
                node.start_mark,
            )

    def _value(self, node: yaml.Node) -> Any:  # noqa: ANN401  plain YAML data
        is_text = node.tag == _STRING
        if not is_text and len(node.value) > _LONGEST_NUMBER:
            raise _error(
                f"a number or date of {len(node.value)} characters; quote it if it is a text",
                node.start_mark,
            )
        try:
            return self._constructor.construct_object(node)
        # Looks like a date or a number, and is none: 2026-02-30; or is called one: !!bool perhaps.
        except (ValueError, KeyError, AttributeError, OverflowError) as error:
            name = node.tag.rpartition(":")[2]
            reason = str(error) if isinstance(error, ValueError) else f"no {name}: {node.value!r}"
            raise _error(reason, node.start_mark) from error

    def _build_mapping(self, node: yaml.MappingNode, path: Location) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            # As written: YAML would read the country NO as false.
            key = key_node.value
            if not isinstance(key, str):
                raise _error("keys must be plain names", key_node.start_mark)
            if key in built:
                raise _error(f"{key!r} stands here twice", key_node.start_mark)
            self._lines[(*path, key)] = key_node.start_mark.line + 1
            built[key] = self._build(value_node, (*path, key))
        return built

    def _substitute(self, text: str, path: Location) -> str:
        def value(match: re.Match[str]) -> str:
            name, default = match[1], match[2]
            if not name.startswith(PREFIX):
                raise LocatedError(
                    path,
                    f"the environment variable {name} is not filled in, only those whose names"
                    f" begin with {PREFIX}: others hold the secrets of the deployment",
                )
            found = self._environment.get(name) or default
            if found is None:
                raise LocatedError(path, f"the environment variable {name} is not set")
            return found

        return _VARIABLE.sub(value, text)
