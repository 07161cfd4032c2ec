"""What calls are held against: the packaged description of the API, or the one that the options name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Final

from typed_openai_mypy import fullnames
from typed_openai_mypy.config import Config, ConfigError
from typed_openai_mypy.messages import nearest
from typed_openai_spec.index import PACKAGED, Index, packaged
from typed_openai_spec.loading import load
from typed_openai_spec.model import Operation, Ref, Union
from typed_openai_spec.params import params_of, stems
from typed_openai_spec.problems import DescriptionError

_CHOSEN: Final[list[Index]] = []


def use(config: Config) -> tuple[str, ...]:
    """Use the description that the options ask for.

    Gives what in it was not understood. Raises :class:`ConfigError` where it cannot be used, or lacks a
    component that the options name.
    """
    try:
        loaded = load(config.spec) if config.spec is not None else None
        _CHOSEN[:] = [] if loaded is None else [loaded.index]
        for one in (_groups, _stems, operation_called, operation_of_params):
            one.cache_clear()
        if config.extra_fields:
            _check_components(config.extra_fields)
    except DescriptionError as error:
        raise ConfigError(str(error)) from None
    return () if loaded is None else loaded.problems


def described() -> Index:
    """The description in use."""
    return _CHOSEN[0] if _CHOSEN else packaged()


def digest() -> str:
    """The digest of the description in use, and of the source that reads it and judges by it.

    Raises :class:`ConfigError` where it cannot be read.
    """
    total = hashlib.sha256()
    for path in sorted(PACKAGED.parent.glob("*.py")):
        total.update(path.read_bytes())
    try:
        total.update((_CHOSEN[0] if _CHOSEN else Index(PACKAGED)).digest.encode())
    except DescriptionError as error:
        raise ConfigError(str(error)) from None
    return total.hexdigest()[:16]


@cache
def operation_called(fullname: str) -> Operation | None:
    """The operation whose method has that full name; None for what is no operation's."""
    *_, owner, name = fullname.split(".")
    group = groups().get(owner)
    return described().operation(group, name) if group and name in described().groups[group] else None


@cache
def operation_of_params(name: str) -> Operation | None:
    """The operation whose arguments a TypedDict of that name holds; None where there is none."""
    for stem in sorted(filter(name.startswith, _stems()), key=len, reverse=True):
        operation = described().operation(*_stems()[stem])
        if any(one.name == name for one in params_of(operation, stem)):
            return operation
    return None


def groups() -> Mapping[str, str]:
    """The group of each resource class."""
    return _groups()


@cache
def _stems() -> Mapping[str, tuple[str, str]]:
    return stems(described().groups)


@cache
def _groups() -> Mapping[str, str]:
    return {fullnames.pascal_case(group): group for group in described().groups}


def _check_components(extra_fields: Mapping[str, frozenset[str]]) -> None:
    known = described().components
    for name in extra_fields:
        if name not in known:
            near = nearest(name, known)
            hint = f'; did you mean "{near}"?' if near else ""
            raise ConfigError(f'extra_fields: the API has no component "{name}"{hint}')
        if isinstance(union := known[name].schema, Union):
            members = [one.name for one in union.members if isinstance(one, Ref)]
            raise ConfigError(
                f'extra_fields: "{name}" is a union; expected its members: {", ".join(members)}'
            )
