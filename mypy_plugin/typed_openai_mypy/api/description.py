"""The descriptions that calls are checked against: the packaged one, or those that the options name.

A generated package has an index of its own. The functions refer to the current package, unless a full name
belongs to another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from typed_openai_mypy import packages
from typed_openai_mypy.config import Config, ConfigError, mistake
from typed_openai_spec.index.generated_packages import INDEX
from typed_openai_spec.index.reader import PACKAGED, Index, packaged
from typed_openai_spec.model import Component, Operation, Ref, Union, class_name
from typed_openai_spec.model.operation_params import params_of, stems
from typed_openai_spec.problems import DescriptionError
from typed_openai_spec.spelling import nearest

_CHOSEN: Final[dict[str, Index]] = {}
"""The index of each package, except those that use the packaged one."""


def use(config: Config, search_path: Sequence[Path] = ()) -> tuple[str, ...]:
    """Use the descriptions that the options name; generated packages are searched for in ``search_path``.

    Returns the unsupported parts of the description in ``spec``. Raises :class:`ConfigError` if one cannot
    be used, or lacks a component that the options name.
    """
    from typed_openai_spec.loading import load  # noqa: PLC0415  most go by the packaged description

    packages.use(config.packages)
    try:
        loaded = load(config.spec) if config.spec is not None else None
        _CHOSEN.clear()
        _CHOSEN.update({} if loaded is None else {packages.PACKAGE: loaded.index})
        _CHOSEN.update({one: _index_of(one, config, search_path) for one in config.packages})
        for one in (_groups, _stems, operation_called, _operation_of_params):
            one.cache_clear()
        if config.extra_fields:
            _check_components(config)
    except DescriptionError as error:
        raise ConfigError(str(error)) from None
    return () if loaded is None else loaded.problems


def _index_of(package: str, config: Config, search_path: Sequence[Path]) -> Index:
    """The index of a generated package, whose folder is found as mypy finds it."""
    for folder in search_path:
        found = folder / package
        if (found / INDEX / "api.json").is_file():
            index = Index(found / INDEX)
            index.verify()
            return index
        if (found / "__init__.py").is_file() or (found / "__init__.pyi").is_file():
            text = f"{found} was not made by typed-openai generate: it has no index of an API"
            raise mistake(config.path, "packages", text)
    raise mistake(config.path, "packages", f'mypy finds no package "{package}"')


def described() -> Index:
    """The description of the current package."""
    return _of_package(packages.at_hand())


def _of_package(package: str) -> Index:
    return _CHOSEN[package] if package in _CHOSEN else packaged()


def names_component(word: str) -> bool:
    """Return whether a component of any package whose use is explained has that name."""
    return word[:1].isupper() and any(word in _of_package(one).components for one in packages.explained())


def digest(package: str = packages.PACKAGE) -> str:
    """The digest of a package's description, and of the source that reads it.

    Raises :class:`ConfigError` if it cannot be read.
    """
    total = hashlib.sha256()
    for path in sorted(PACKAGED.parent.rglob("*.py")):
        total.update(path.read_bytes())
    try:
        index = _CHOSEN[package] if package in _CHOSEN else Index(PACKAGED)
        total.update(index.digest.encode())
    except DescriptionError as error:
        raise ConfigError(str(error)) from None
    return total.hexdigest()[:16]


@cache
def operation_called(fullname: str) -> Operation | None:
    """The operation whose method has that full name; None if there is none."""
    owner, name = _owner_and_name(fullname)
    package = packages.package_of(fullname) or packages.PACKAGE
    group, index = _groups(package).get(owner), _of_package(package)
    return index.operation(group, name) if group and name in index.groups[group] else None


def _owner_and_name(fullname: str) -> tuple[str, str]:
    """The last two parts of a full name; a single part, as of a nested function, is the second."""
    owner, _, name = fullname.rpartition(".")
    return owner.rpartition(".")[2], name


def component_called(fullname: str) -> Component | None:
    """The component whose TypedDict has that full name; None if there is none."""
    package = packages.package_of(fullname)
    return None if package is None else _of_package(package).components.get(fullname.rpartition(".")[2])


def operation_of_params(fullname: str) -> Operation | None:
    """The operation whose arguments are in the TypedDict of that full name; None if there is none."""
    return _operation_of_params(
        packages.package_of(fullname) or packages.at_hand(), fullname.rpartition(".")[2]
    )


@cache
def _operation_of_params(package: str, name: str) -> Operation | None:
    known = _stems(package)
    for stem in sorted(filter(name.startswith, known), key=len, reverse=True):
        operation = _of_package(package).operation(*known[stem])
        if any(one.name == name for one in params_of(operation, stem)):
            return operation
    return None


def params_called(fullname: str) -> str:
    """The name of the TypedDict with the arguments of an operation; empty if there is none."""
    owner, name = _owner_and_name(fullname)
    operation, place = operation_called(fullname), (groups(fullname).get(owner), name)
    known = _stems(packages.package_of(fullname) or packages.at_hand())
    stem = next((one for one, where in known.items() if where == place), None)
    params = params_of(operation, stem) if operation is not None and stem is not None else ()
    return params[0].name if params else ""


def groups(fullname: str = "") -> Mapping[str, str]:
    """The group of each resource class in the package of ``fullname``, or in the current one."""
    return _groups(packages.package_of(fullname) or packages.at_hand())


@cache
def _stems(package: str) -> Mapping[str, tuple[str, str]]:
    return stems(_of_package(package).groups)


@cache
def _groups(package: str) -> Mapping[str, str]:
    return {class_name(group): group for group in _of_package(package).groups}


def _check_components(config: Config) -> None:
    known = {name: it for one in packages.explained() for name, it in _of_package(one).components.items()}
    for name in config.extra_fields:
        if name not in known:
            near = nearest(name, known)
            hint = f'; did you mean "{near}"?' if near else ""
            raise mistake(config.path, "extra_fields", f'the API has no component "{name}"{hint}')
        if isinstance(union := known[name].schema, Union):
            members = [one.name for one in union.members if isinstance(one, Ref)]
            raise mistake(
                config.path,
                "extra_fields",
                f'"{name}" is a union; expected its members: {", ".join(members)}',
            )
