"""YAML documents as plain data, with the line of every path, and values from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")

Location = tuple[str | int, ...]
"""A path within a document."""


class LocatedError(ValueError):
    """A fault at a path of the file, raised inside pydantic's validators."""

    def __init__(self, path: Location, message: str) -> None:
        super().__init__(message)
        self.path = path


class Loader(yaml.SafeLoader):
    """Knows the booleans of YAML 1.2 only: for YAML 1.1 the country NO is one."""


_BOOLEAN = "tag:yaml.org,2002:bool"
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

    def read(self, text: str) -> Any:  # noqa: ANN401  plain YAML data
        """Return the text's data."""
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
        if isinstance(node, yaml.MappingNode):
            return self._build_mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*path, i)) for i, item in enumerate(node.value)]
        try:
            value = self._constructor.construct_object(node)
        except ValueError as error:  # looks like a date or a number, and is none: 2026-02-30
            raise yaml.constructor.ConstructorError(
                None, None, str(error), node.start_mark
            ) from error
        return self._substitute(value, path) if isinstance(value, str) else value

    def _build_mapping(self, node: yaml.MappingNode, path: Location) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            # As written: YAML would read the country NO as false.
            key = key_node.value
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    None, None, "keys must be plain names", key_node.start_mark
                )
            if key in built:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} stands here twice", key_node.start_mark
                )
            self._lines[(*path, key)] = key_node.start_mark.line + 1
            built[key] = self._build(value_node, (*path, key))
        return built

    def _substitute(self, text: str, path: Location) -> str:
        def value(match: re.Match[str]) -> str:
            name, default = match[1], match[2]
            found = self._environment.get(name) or default
            if found is None:
                raise LocatedError(path, f"the environment variable {name} is not set")
            return found

        return _VARIABLE.sub(value, text)
