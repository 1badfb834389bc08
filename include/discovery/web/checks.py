"""Whether an edited source or pair would work, said field by field: what the form shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from include.discovery.configuration import Entity, PairConfiguration, typed_secret_faults
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.validation import SettingsFault
from include.discovery.model import Scope, Source
from include.discovery.typed_secrets import typed_secrets
from include.discovery.web.models import FieldError
from include.discovery.yaml_document import Location


class FieldsInvalidError(Exception):
    """The body is not acceptable; every wrong field is named."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


def field_error(message: str, *path: str | int) -> FieldError:
    """Name one wrong field."""
    return FieldError(path=list(path), message=message)


def check_typed_secrets(entity: Entity, kind: str | None = None) -> None:
    """Refuse secrets that were typed into an entity.

    :param kind: of the source whose entity it is.
    :raises FieldsInvalidError: naming every place, and what to do instead.
    """
    faults = typed_secret_faults(entity, kind)
    if faults:
        raise FieldsInvalidError([field_error(fault.message, *fault.path) for fault in faults])


def check_source(source: Source, pairs: Sequence[PairConfiguration]) -> None:
    """Check a source: its own settings, its scope, and that its pairs still work with it.

    What it does not set may be left to its pairs, so nothing is missing here.

    :raises FieldsInvalidError: naming every fault.
    """
    check_typed_secrets(source, source.kind)
    if source.kind not in kinds():
        known = ", ".join(kinds())
        raise FieldsInvalidError(
            [field_error(f"There is no such kind; there are: {known}", "kind")]
        )
    errors = [
        field_error(fault.message, "settings", *fault.path)
        for fault in connector_for(source.kind).settings_faults(source.settings)
        if not fault.is_missing and _is_own(fault.path, source.settings)
    ]
    errors += _scope_errors(source, pairs)
    if not errors:
        errors = [error for pair in pairs for error in _broken_pair(source, pair)]
    if errors:
        raise FieldsInvalidError(errors)


def check_pair(source: Source | None, pair: PairConfiguration) -> None:
    """Check a pair against its source: the scope, and the settings of both together.

    :raises FieldsInvalidError: naming every fault.
    """
    check_typed_secrets(pair, source.kind if source else None)
    if source is None:
        raise FieldsInvalidError([field_error(f"There is no source {pair.source}.", "source")])
    if source.scope is Scope.CITY and pair.city is None:
        raise FieldsInvalidError([field_error(f"{source.slug} needs a city.", "city")])
    if source.scope is not Scope.CITY and pair.city is not None:
        message = f"{source.slug} has scope {source.scope}: one pair without a city covers it."
        raise FieldsInvalidError([field_error(message, "city")])
    if source.kind not in kinds():
        message = f"Its kind, {source.kind}, is not installed."
        raise FieldsInvalidError([field_error(message, "source")])
    _check_inherited_secrets(source, pair)
    faults = _faults_together(source, pair)
    if faults:
        raise FieldsInvalidError(
            [field_error(fault.message, "settings", *fault.path) for fault in faults]
        )


def _check_inherited_secrets(source: Source, pair: PairConfiguration) -> None:
    """Refuse settings of a pair while its source holds secrets that earlier releases stored.

    Unlike the key of a connection they are bound to no host: a pair with an address of its own
    would have them sent there.
    """
    inherited = [
        secret for secret in typed_secrets(source.settings) if secret.path[0] not in pair.settings
    ]
    if pair.settings and inherited:
        message = (
            f"{inherited[0].what} in the settings of {source.slug} looks like a secret, and would"
            " be used with these settings, too: first move it from the source into its Airflow"
            " connection (docs/keys.md)"
        )
        raise FieldsInvalidError([field_error(message, "settings")])


def _is_own(path: Location, settings: Mapping[str, object]) -> bool:
    return not path or path[0] in settings


def _scope_errors(source: Source, pairs: Sequence[PairConfiguration]) -> list[FieldError]:
    misfits = [pair for pair in pairs if (pair.city is None) == (source.scope is Scope.CITY)]
    if not misfits:
        return []
    message = f"It has {len(misfits)} pair(s) of another scope; delete these first."
    return [field_error(message, "scope")]


def _faults_together(source: Source, pair: PairConfiguration) -> list[SettingsFault]:
    return connector_for(source.kind).settings_faults({**source.settings, **pair.settings})


def _broken_pair(source: Source, pair: PairConfiguration) -> list[FieldError]:
    return [
        field_error(f"Pair {pair.label} would fail: {fault.message}", "settings", *fault.path)
        for fault in connector_for(source.kind).settings_faults(
            {**source.settings, **pair.settings}
        )
    ]
