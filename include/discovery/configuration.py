"""Configuration as code: reads ``discovery.yaml``, and says where and how it is wrong.

Values may hold ``${DISCOVERY_NAME}`` or ``${DISCOVERY_NAME:-default}``, replaced from the
environment, so that one file serves several deployments. Other variables are not read: they hold
connections and passwords, and whoever writes the file may not be the one who applies it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, assert_never

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.validation import (
    SettingsFault,
    message_with_input,
    unknown_setting,
)
from include.discovery.errors import InvalidSettings
from include.discovery.expectations import Monitoring
from include.discovery.field_types import CountryCode, GivenSettings, Slug, Text
from include.discovery.model import City, Scope, Source, SourceRole, pair_label
from include.discovery.redaction.typed_secrets import typed_secrets
from include.discovery.storable import Location
from include.discovery.yaml_document import Document, LocatedError


def with_role(source: Mapping[str, Any]) -> dict[str, Any]:
    """Give a source, as a form or a file has it, the usual role of its kind if it names none."""
    if source.get("role") is not None:
        return dict(source)
    kind = source.get("kind")
    role = connector_for(str(kind)).usual_role if kind in kinds() else SourceRole.AGGREGATOR
    return {**source, "role": role}


class PairConfiguration(BaseModel):
    """One pair as configured; ``city`` is absent for sources of a wider scope."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    city: Slug | None = None
    source: Slug
    enabled: bool = True
    frequency_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    max_frequency_hours: Annotated[int, Field(ge=1, le=24 * 7)] | None = None
    """Up to how many hours a sync may be put off while nothing changes; ``None``: it is not."""
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    settings: GivenSettings = {}
    monitoring: Monitoring = Monitoring()

    @property
    def label(self) -> str:
        """The pair's name."""
        return pair_label(self.city, self.source)


Entity = City | Source | PairConfiguration
EntityType = Literal["city", "source", "pair"]


def keeping_monitoring(entity: Entity, current: Entity | None) -> Entity:
    """Return an entity with the monitoring that is stored, unless it says what that is to be.

    People mute and set bounds while a problem lasts: neither a form nor a file that knows nothing
    of it ends that.
    """
    if isinstance(entity, City) or current is None or isinstance(current, City):
        return entity
    if "monitoring" in entity.model_fields_set:
        return entity
    return entity.model_copy(update={"monitoring": current.monitoring})


@dataclass(frozen=True, slots=True)
class Key:
    """Which entity: a city or a source by its slug, a pair by both."""

    type: EntityType
    slug: str | None = None
    city: str | None = None
    source: str | None = None

    @classmethod
    def of(cls, entity: Entity) -> Self:
        """Return the key of an entity."""
        match entity:
            case City():
                return cls("city", slug=entity.slug)
            case Source():
                return cls("source", slug=entity.slug)
            case PairConfiguration():
                return cls("pair", city=entity.city, source=entity.source)
            case _:
                assert_never(entity)


class Configuration(BaseModel):
    """Everything that is configured: what the file holds, and what ``export`` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    countries: dict[CountryCode, Text] = {}
    cities: dict[Slug, City] = {}
    sources: dict[Slug, Source] = {}
    pairs: tuple[PairConfiguration, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _complete_entries(cls, data: Any) -> Any:  # noqa: ANN401  raw input of any shape
        """Let cities and sources be named by their key alone, and sources have their usual role."""
        if not isinstance(data, Mapping):
            return data
        completed = dict(data)
        for section, complete in (("cities", dict), ("sources", with_role)):
            entries = completed.get(section)
            if isinstance(entries, Mapping):
                completed[section] = {
                    slug: {**complete(entry), "slug": slug} if isinstance(entry, Mapping) else entry
                    for slug, entry in entries.items()
                }
        return completed

    @model_validator(mode="after")
    def _check_references(self) -> Self:
        for slug, city in self.cities.items():
            _check_typed(city, ("cities", slug))
            if city.country not in self.countries:
                raise LocatedError(
                    ("cities", slug, "country"),
                    f"{city.country} is not among the countries: {_listed(self.countries)}",
                )
        for slug, source in self.sources.items():
            _check_typed(source, ("sources", slug), source.kind)
            _check_kind(source, ("sources", slug))
        seen: set[tuple[str | None, str]] = set()
        for index, pair in enumerate(self.pairs):
            self._check_pair(pair, ("pairs", index))
            if (pair.city, pair.source) in seen:
                raise LocatedError(("pairs", index), f"{pair.label} is configured twice")
            seen.add((pair.city, pair.source))
        return self

    def _check_pair(self, pair: PairConfiguration, path: Location) -> None:
        source = self.sources.get(pair.source)
        _check_typed(pair, path, source.kind if source else None)
        if source is None:
            raise LocatedError((*path, "source"), _not_in_file("source", pair.source, self.sources))
        if source.scope is Scope.CITY and pair.city is None:
            raise LocatedError(path, f"{pair.source} has scope city: name a city")
        if source.scope is not Scope.CITY and pair.city is not None:
            raise LocatedError(
                (*path, "city"),
                f"{pair.source} has scope {source.scope}: one pair without a city covers it",
            )
        if pair.city is not None and pair.city not in self.cities:
            raise LocatedError((*path, "city"), _not_in_file("city", pair.city, self.cities))
        settings = {**source.settings, **pair.settings}
        for fault in connector_for(source.kind).settings_faults(settings):
            # What the pair does not set itself came from its source, and is wrong there.
            is_inherited = fault.path and fault.path[0] in source.settings.keys() - pair.settings
            holder = ("sources", source.slug) if is_inherited else path
            raise LocatedError((*holder, "settings", *fault.path), fault.message)


def typed_secret_faults(entity: Entity, kind: str | None = None) -> list[SettingsFault]:
    """Return where secrets were typed into an entity, each with what to do instead.

    :param kind: of the source whose entity it is; it may have the setting ``key``.
    """
    has_key = kind in kinds() and "key" in connector_for(str(kind)).settings_model.model_fields
    return [
        SettingsFault(secret.path, secret.advice(key_is_a_setting=has_key))
        for secret in typed_secrets(entity.model_dump(mode="json"))
    ]


def _check_typed(entity: Entity, path: Location, kind: str | None = None) -> None:
    for fault in typed_secret_faults(entity, kind):
        raise LocatedError((*path, *fault.path), fault.message)


def _listed(names: Mapping[str, object] | Sequence[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _not_in_file(what: str, name: str, known: Mapping[str, object]) -> str:
    """Say of a reference that what it names may be in the database, and has to be in the file."""
    return _unknown(what, name, known, where=" in this file")


def _unknown(
    what: str, name: str, known: Mapping[str, object] | Sequence[str], where: str = ""
) -> str:
    begun = sorted(each for each in known if name and each.startswith(name))
    close = begun or difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; there are: {_listed(known)}"
    return f"there is no {what} {name!r}{where}{hint}"


def _check_kind(source: Source, path: Location) -> None:
    if source.kind not in kinds():
        raise LocatedError((*path, "kind"), _unknown("kind", source.kind, kinds()))
    model = connector_for(source.kind).settings_model
    for key in source.settings:
        if key not in model.model_fields:
            raise LocatedError((*path, "settings", key), unknown_setting(source.kind, model))


def load_configuration(path: Path, environment: Mapping[str, str]) -> Configuration:
    """Read and check a configuration file.

    :param environment: where ``${…}`` values come from.
    :raises InvalidSettings: with one line per fault: file, line, path, what is wrong and allowed.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise InvalidSettings(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidSettings(f"{path} is not UTF-8 text: {error.reason}") from error
    document = Document(environment)
    try:
        return Configuration.model_validate(document.read(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise InvalidSettings(f"{path}{line}: not valid YAML: {problem}") from error
    except LocatedError as error:
        raise InvalidSettings(_line(path, document, error.path, str(error))) from error
    except ValidationError as error:
        faults = [_fault(fault) for fault in error.errors(include_url=False)]
        raise InvalidSettings(
            "; ".join(_line(path, document, where, text) for where, text in faults)
        ) from error


def _fault(fault: Mapping[str, Any]) -> tuple[Location, str]:
    """Path and message of one fault; references between sections bring their own path."""
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, LocatedError):
        return cause.path, str(cause)
    return tuple(fault["loc"]), message_with_input(fault["msg"], fault)


def _line(path: Path, document: Document, where: Location, message: str) -> str:
    """Say one fault: ``discovery.yaml:12: pairs.3.city: there is no city …``."""
    dotted = ".".join(str(part) for part in where if part != "[key]")
    place = f"{path}:{document.line_of(where)}"
    return f"{place}: {dotted}: {message}" if dotted else f"{place}: {message}"
