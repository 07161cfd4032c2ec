"""The descriptions that calls are judged against: one for each client package.

That of ``typed_openai`` is the packaged one, or the one that the options name. A generated package has one of
its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from typed_openai_mypy.api.fullnames import call_label
from typed_openai_mypy.config import Config, ConfigError, mistake
from typed_openai_mypy.field_types import component_names
from typed_openai_mypy.memo import Lookup
from typed_openai_mypy.packages import PACKAGE, explained, package_of
from typed_openai_spec.index.generated_packages import INDEX
from typed_openai_spec.index.reader import Index, packaged
from typed_openai_spec.model import Component, Operation, Ref, Union, class_name
from typed_openai_spec.option_tables import ALL_CALL_OPTIONS
from typed_openai_spec.problems import DescriptionError
from typed_openai_spec.spelling import nearest
from typed_openai_spec.validation.validator import Validator

CALL_OPTION_NAMES: Final = frozenset(ALL_CALL_OPTIONS)


class Description:
    """The description of one package; without an index of its own, the package has the packaged one."""

    def __init__(self, package: str, index: Index | None = None) -> None:
        self.package = package
        self._chosen = index
        self._operations = Lookup(self._found_by_method)
        self._operations_of_params = Lookup(self._found_by_params)

    @cached_property
    def index(self) -> Index:
        """The compiled description."""
        return packaged() if self._chosen is None else self._chosen

    @cached_property
    def validator(self) -> Validator:
        """The judge of values against the description's schemas."""
        return Validator(self.index.components)

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """The group of each resource class, of the synchronous and of the async client."""
        groups = self.index.groups
        return {f"{prefix}{class_name(group)}": group for prefix in ("Async", "") for group in groups}

    @cached_property
    def _stems(self) -> Mapping[str, tuple[str, str]]:
        from typed_openai_spec.model.operation_params import stems  # noqa: PLC0415  few programs have such TypedDicts

        return stems(self.index.groups)

    def actual(self, fullname: str) -> str:
        """The full name that something of the client's has in this package."""
        return f"{self.package}{fullname[len(PACKAGE) :]}"

    def component(self, name: str) -> Component | None:
        """The component of that name."""
        return self.index.components.get(name)

    def operation_called(self, fullname: str) -> Operation | None:
        """The operation whose method has that full name; None for any other name."""
        return self._operations[fullname]

    def _found_by_method(self, fullname: str) -> Operation | None:
        owner, name = _owner_and_name(fullname)
        group = self.groups.get(owner)
        is_known = group is not None and name in self.index.groups[group]
        return self.index.operation(group, name) if group and is_known else None

    def operation_of_params(self, fullname: str) -> Operation | None:
        """The operation whose arguments the TypedDict of that full name holds; None if there is none."""
        return self._operations_of_params[fullname.rpartition(".")[2]]

    def _found_by_params(self, name: str) -> Operation | None:
        from typed_openai_spec.model.operation_params import params_of  # noqa: PLC0415  as above

        for stem in sorted(filter(name.startswith, self._stems), key=len, reverse=True):
            operation = self.index.operation(*self._stems[stem])
            if any(one.name == name for one in params_of(operation, stem)):
                return operation
        return None

    def with_arguments(self, names: frozenset[str]) -> Sequence[Operation]:
        """The operations that have exactly these arguments, apart from the options of all calls."""
        return self._by_arguments.get(names, ())

    @cached_property
    def _by_arguments(self) -> Mapping[frozenset[str], Sequence[Operation]]:
        found: defaultdict[frozenset[str], list[Operation]] = defaultdict(list)
        for one in self.index.operations():
            found[frozenset(two.name for two in one.arguments) - CALL_OPTION_NAMES].append(one)
        return found

    def params_called(self, fullname: str) -> str:
        """The name of the TypedDict of an operation's arguments; empty if no operation has that full name."""
        from typed_openai_spec.model.operation_params import params_of  # noqa: PLC0415  as above

        owner, name = _owner_and_name(fullname)
        operation, place = self.operation_called(fullname), (self.groups.get(owner), name)
        stem = next((one for one, where in self._stems.items() if where == place), None)
        params = params_of(operation, stem) if operation is not None and stem is not None else ()
        return params[0].name if params else ""


def _owner_and_name(fullname: str) -> tuple[str, str]:
    """The last two parts of a full name, the first empty if there is only one: that of a nested function."""
    owner, _, name = fullname.rpartition(".")
    return owner.rpartition(".")[2], name


class Descriptions:
    """The descriptions of all client packages; ``indexes`` are those that the options ask for, by package."""

    def __init__(self, indexes: Mapping[str, Index]) -> None:
        self._by_package = {one: Description(one, indexes.get(one)) for one in explained()}

    def all(self) -> Sequence[Description]:
        """The description of each client package, the client's own first."""
        return list(self._by_package.values())

    def of(self, fullname: str) -> Description:
        """The description of the package that a name belongs to; the client's own for any other name."""
        return self._by_package[package_of(fullname) or PACKAGE]

    def operation_called(self, fullname: str) -> Operation | None:
        """The operation whose method has that full name; None for any other name."""
        return self.of(fullname).operation_called(fullname)

    def label(self, fullname: str) -> str:
        """The name of a function in messages; of an operation's method, the operation's."""
        return call_label(fullname, self.of(fullname).groups)

    def names_component(self, word: str) -> bool:
        """Return whether a component of any client package has that name."""
        return word[:1].isupper() and any(one.component(word) is not None for one in self.all())


def load_indexes(config: Config, search_path: Sequence[Path]) -> tuple[dict[str, Index], Sequence[str]]:
    """The indexes that the options ask for, by package; generated packages are found in ``search_path``.

    The second result is what in the user's description was not understood. Raises :class:`ConfigError` if a
    description cannot be used, or lacks a component that the options name.
    """
    from typed_openai_spec.loading import load  # noqa: PLC0415  most use the packaged description

    try:
        loaded = load(config.spec) if config.spec is not None else None
        indexes = {} if loaded is None else {PACKAGE: loaded.index}
        indexes |= {one: _index_of(one, config, search_path) for one in config.packages}
        if config.extra_fields:
            _check_components(config, Descriptions(indexes))
    except DescriptionError as error:
        raise ConfigError(str(error)) from None
    return indexes, () if loaded is None else loaded.problems


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


def _check_components(config: Config, descriptions: Descriptions) -> None:
    known = {name: it for one in descriptions.all() for name, it in one.index.components.items()}
    types = (text for fields in config.extra_fields.values() for text in fields.values())
    named = (name for text in types for name in component_names(text))
    for name in (*config.extra_fields, *named):
        if name not in known:
            near = nearest(name, known)
            hint = f'; did you mean "{near}"?' if near else ""
            raise mistake(config.path, "extra_fields", f'the API has no component "{name}"{hint}')
        if name in config.extra_fields and isinstance(union := known[name].schema, Union):
            members = [one.name for one in union.members if isinstance(one, Ref)]
            raise mistake(
                config.path,
                "extra_fields",
                f'"{name}" is a union; expected its members: {", ".join(members)}',
            )
