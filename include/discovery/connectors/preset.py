"""Presets: kinds of source that are ``json_feed`` with settings for one API.

A preset is a YAML file in the folder ``presets``, named after its kind:

``data_sheet``
    Facts about the API, under the same headings as every connector's docstring.
``needs_connection``
    ``required`` if the API rejects requests without a key.
``usual_role``
    What its sources are, unless they say otherwise: ``official_venue``, ``organizer``,
    ``ticket_shop`` or, by default, ``aggregator``.
``parameters``
    Additional settings of the kind, each with ``type``, ``description`` and an optional
    ``default``; without one it is required. They are placeholders in ``url``, ``query`` and
    ``headers``.
``settings``
    Defaults for the settings of ``json_feed``. A source may override each; its ``fields``,
    ``query`` and ``headers`` are merged by key. The host of ``url``, unless it is a placeholder,
    may receive the key without being named in the connection.
``detect``
    Rules that recognise a URL; see :class:`.json_feed.detection.DetectionRule`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, cast

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    create_model,
    model_validator,
)

from include.discovery.connectors.base import Connector
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.json_feed.connector import JsonFeed
from include.discovery.connectors.json_feed.detection import DetectionRule, detection_of
from include.discovery.connectors.json_feed.map.paths import Json
from include.discovery.connectors.json_feed.settings import JsonFeedSettings
from include.discovery.connectors.json_feed.templates import STANDARD
from include.discovery.errors import InvalidSettings
from include.discovery.field_types import WebUrl
from include.discovery.model import SourceRole
from include.discovery.yaml_document import Loader

_MERGED: Final = ("fields", "query", "headers")


def _without_trailing(url: str) -> str:
    return url.partition("?")[0].partition("#")[0].rstrip("/")


_TYPES: Final[Mapping[str, Any]] = {
    "text": Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)],
    "url": Annotated[WebUrl, AfterValidator(_without_trailing)],
    "integer": int,
    "flag": bool,
    "list": tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...],
}
_EXAMPLES: Final[Mapping[str, JsonValue]] = {
    "text": "x", "url": "https://example.org", "integer": 1, "flag": True, "list": ["x"],
}  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Part):
    """A setting of a preset's own. ``default: null`` makes it optional."""

    type: Literal["text", "url", "integer", "flag", "list"] = "text"
    description: Annotated[str, StringConstraints(min_length=1)]
    default: JsonValue = None

    @property
    def is_required(self) -> bool:
        """Whether a source has to give it."""
        return "default" not in self.model_fields_set


class Preset(_Part):
    """A preset's file."""

    data_sheet: Annotated[str, StringConstraints(min_length=1)]
    needs_connection: Literal["no", "required"] = "no"
    usual_role: SourceRole = SourceRole.AGGREGATOR
    parameters: dict[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], Parameter
    ] = {}
    settings: dict[str, JsonValue]
    detect: tuple[DetectionRule, ...] = ()

    @model_validator(mode="after")
    def _check_names(self) -> Preset:
        known = JsonFeedSettings.model_fields
        for name in self.settings:
            if name not in known:
                raise ValueError(f"settings.{name}: json_feed has no such setting")
        for name in self.parameters:
            if name in known or name in STANDARD:
                raise ValueError(f"parameters.{name}: the name is taken")
        for number, rule in enumerate(self.detect):
            for name in rule.settings:
                if name not in known and name not in self.parameters:
                    raise ValueError(f"detect.{number}.settings.{name}: there is no such setting")
        return self


class PresetFeed(JsonFeed):
    """``json_feed`` as a preset fills it in; :func:`connector_of` makes the class of each."""

    preset: ClassVar[Preset]

    @property
    def data_sheet(self) -> str:
        """What the preset says of its API."""
        return self.preset.data_sheet

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Return what the first rule that holds tells."""
        for rule in self.preset.detect:
            detection = await detection_of(rule, site)
            if detection is not None:
                return (detection,)
        return ()


def connector_of(path: Path) -> Connector[Any]:
    """Return the connector of a preset's file.

    :raises InvalidSettings: if the file is no preset; names the place and what is wrong there.
    """
    preset = _read(path)
    model = _settings_model(path.stem, preset)
    _check_settings(path, preset, model)
    members = {
        "__doc__": preset.data_sheet.partition("\n")[0],
        "__module__": JsonFeed.__module__,
        "kind": path.stem,
        "settings_model": model,
        "needs_connection": preset.needs_connection,
        "usual_role": preset.usual_role,
        "api_hosts": _own_hosts(preset),
        "preset": preset,
    }
    kind = cast("type[PresetFeed]", type(f"{_camel(path.stem)}Feed", (PresetFeed,), members))
    return kind()


def _own_hosts(preset: Preset) -> tuple[str, ...]:
    """Return the address of an API that has one for all, which may get the key as it is."""
    url = str(preset.settings.get("url", ""))
    host = url.partition("://")[2].partition("/")[0]
    return (url,) if "key" in preset.settings and host and "{" not in host else ()


def _read(path: Path) -> Preset:
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=Loader)  # noqa: S506  a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"cannot read the preset {path}: {error}") from None
    except yaml.YAMLError as error:
        raise InvalidSettings(f"{path} is not valid YAML: {error}") from None
    try:
        return Preset.model_validate(content)
    except ValidationError as error:
        raise InvalidSettings(f"{path}: {_faults(error)}") from None


def _settings_model(kind: str, preset: Preset) -> type[JsonFeedSettings]:
    """Make the model: the preset's parameters first, then ``json_feed``'s settings."""
    own: dict[str, Any] = {
        name: _parameter_field(parameter) for name, parameter in preset.parameters.items()
    }
    parameters = create_model(f"{_camel(kind)}Parameters", __base__=BaseModel, **own)
    defaults = preset.settings

    def with_defaults(given: Json) -> Json:
        if not isinstance(given, Mapping):
            return given
        merged = {**defaults, **given}
        for name in _MERGED:
            inherited, added = defaults.get(name), given.get(name)
            if isinstance(inherited, dict) and isinstance(added, Mapping):
                merged[name] = {**inherited, **added}
        return merged

    overridden: dict[str, Any] = {}
    for name, value in defaults.items():
        info = copy(JsonFeedSettings.model_fields[name])
        info.default = value
        overridden[name] = (info.annotation, info)
    bases: Any = (JsonFeedSettings, parameters)
    merging: Any = model_validator(mode="before")(with_defaults)
    derive: Any = create_model  # its types do not know several bases
    made = derive(
        f"{_camel(kind)}Settings",
        __base__=bases,
        __doc__=f"Settings of a source of kind {kind}.",
        __validators__={"_with_defaults": merging},
        **overridden,
    )
    made.parameters = frozenset(preset.parameters)
    made.addresses = frozenset(
        name for name, parameter in preset.parameters.items() if parameter.type == "url"
    )
    return cast("type[JsonFeedSettings]", made)


def _parameter_field(parameter: Parameter) -> tuple[Any, Any]:
    annotation = _TYPES[parameter.type]
    if parameter.is_required:
        return annotation, Field(description=parameter.description)
    if parameter.default is None:
        annotation = annotation | None
    default = tuple(parameter.default) if isinstance(parameter.default, list) else parameter.default
    return annotation, Field(default, description=parameter.description)


def _check_settings(path: Path, preset: Preset, model: type[JsonFeedSettings]) -> None:
    """Check the preset's settings as a source's are; what they lack a source has to give."""
    given = {
        name: _EXAMPLES[parameter.type]
        for name, parameter in preset.parameters.items()
        if parameter.is_required
    }
    try:
        model.model_validate(given)
    except ValidationError as error:
        faults = [fault for fault in error.errors(include_url=False) if fault["type"] != "missing"]
        if faults:
            raise InvalidSettings(f"{path}: settings.{_fault(faults[0])}") from None


def _faults(error: ValidationError) -> str:
    return "; ".join(_fault(fault) for fault in error.errors(include_url=False))


def _fault(fault: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _camel(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_"))
