"""The files of additions: parts of an API that its published description lacks.

Each file is a mapping. ``source`` and ``date`` are the origin of its facts; the other keys are optional:

``paths``, ``components`` (of which only ``schemas``), ``webhooks``
    operations, components and webhooks, as in a description
``fields``
    the paths of fields of the description's components (``usage``, ``choices[].logprobs``), as in
    :mod:`departures`: ``new`` with the schema of a field, or ``values`` with further values of an ``enum``
``values``
    components that are an ``enum``, with further values
``parameters``
    operations of the description (``GET /things``) with parameters by name: ``new`` with a parameter as in a
    description, or ``values`` with further values of an ``enum``
``alternatives``
    schemas that are added to the ``oneOf`` or ``anyOf`` of a component
``corrections``
    operations that the description has under another method or path: the true one, with the other one
    (``POST /runs/{id}/cancel: {was: POST /runs/{id}}``)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from typed_openai_spec.files.departures import CHANGES
from typed_openai_spec.files.source import read_bytes, refuse_unread
from typed_openai_spec.files.texts import kind, parse_yaml
from typed_openai_spec.model import METHODS
from typed_openai_spec.problems import DescriptionError
from typed_openai_spec.spelling import hint

Keys: TypeAlias = tuple[str, ...]

_WORDS_OF_FIELDS: Final = ("new", "values")
_DATE: Final = re.compile(r"\d{4}-\d\d(-\d\d)?")
_REQUEST: Final = re.compile(rf"({'|'.join(METHODS).upper()}) (/\S*)")


@dataclass(frozen=True, slots=True)
class Addition:
    """One operation, component, webhook, field or correction in a file of additions.

    ``keys`` lead to it in its file: ``("paths", "/things", "post")``. ``origin`` has the source and the date.
    """

    file: str
    origin: str
    keys: Keys
    value: Any

    @property
    def kind(self) -> str:
        """The first key: ``paths``, ``components``, ``webhooks``, ``fields``, ``corrections``, ..."""
        return self.keys[0]

    @property
    def where(self) -> str:
        """The file and the keys, for messages."""
        return ": ".join((self.file, *self.keys))

    def __str__(self) -> str:
        return f"{self.kind}: {' '.join(self.keys[1:])}"


def read_additions(folder: Path) -> tuple[Addition, ...]:
    """Read the additions in the YAML files of ``folder``, in the order of file names.

    Raises :class:`DescriptionError` if a file is not of the expected form, if two files have the same
    entry, or if the folder has a file that is never read.
    """
    refuse_unread(folder, folders=())
    found: dict[Keys, Addition] = {}
    for path in sorted(folder.glob("*.yaml")):
        for one in additions_of(parse_yaml(read_bytes(path), str(path)), str(path)):
            if one.keys in found:
                raise DescriptionError(f"{one.where}: is also in {found[one.keys].file}")
            found[one.keys] = one
    return tuple(found.values())


def additions_of(read: Any, file: str) -> Iterator[Addition]:
    """Yield the additions of one file's content. Raises :class:`DescriptionError`, see above."""
    if not isinstance(read, Mapping):
        raise DescriptionError(
            f"{file}: expected a mapping of source, date and additions, found {kind(read)}"
        )
    origin = _origin(read, file)
    for key, value in read.items():
        if key in _ORIGIN:
            continue
        if key not in _PARTS:
            raise DescriptionError(
                f"{file}: unknown key {key!r}; expected source, date or one of {', '.join(_PARTS)}"
                f"{hint(key, _PARTS)}"
            )
        if not isinstance(value, Mapping):
            raise DescriptionError(f"{file}: {key}: expected a mapping, found {kind(value)}")
        for keys, one in _PARTS[key](value, f"{file}: {key}"):
            yield Addition(file, origin, (key, *keys), one)


_ORIGIN: Final = ("source", "date")


def _origin(read: Mapping[str, Any], file: str) -> str:
    source, date = (read.get(key) for key in _ORIGIN)
    if not isinstance(source, str) or not source.strip():
        raise DescriptionError(
            f"{file}: expected a source (a text) that tells where the additions are known from"
        )
    if not isinstance(date, str) or not _DATE.fullmatch(date):
        raise DescriptionError(f"{file}: expected a date as in 2026-08 or 2026-08-31, found {date!r:.40}")
    return f"{source.strip()}, {date}"


# The parts of a file: each yields the keys below its own, and the value there.

_Entries: TypeAlias = Iterator[tuple[Keys, Any]]


def _operations(value: Mapping[str, Any], place: str) -> _Entries:
    for path, item in value.items():
        here = f"{place}: {path}"
        if not path.startswith("/"):
            raise DescriptionError(f"{here}: expected a path that begins with /")
        for method, one in _mapping(item, here, "methods").items():
            if method not in METHODS:
                raise DescriptionError(
                    f"{here}: unknown key {method!r}; expected one of {', '.join(METHODS)}"
                )
            operation = _mapping(one, f"{here}: {method}", "an operation's keywords")
            if not isinstance(operation.get("operationId"), str):
                raise DescriptionError(
                    f"{here}: {method}: expected an operationId, which names the operation"
                )
            yield (path, method), operation


def _schemas(value: Mapping[str, Any], place: str) -> _Entries:
    for key, schemas in value.items():
        if key != "schemas":
            raise DescriptionError(f"{place}: unknown key {key!r}; expected schemas")
        for name, one in _mapping(schemas, f"{place}: schemas", "components").items():
            yield ("schemas", name), _mapping(one, f"{place}: schemas: {name}", "a schema's keywords")


def _named(value: Mapping[str, Any], place: str) -> _Entries:
    for name, one in value.items():
        yield (name,), _mapping(one, f"{place}: {name}", "methods")


def _members(value: Mapping[str, Any], place: str) -> _Entries:
    """Yield the fields of components, or the parameters of operations."""
    for owner, members in value.items():
        for name, told in _mapping(members, f"{place}: {owner}", "names").items():
            here = f"{place}: {owner}: {name}"
            said = _mapping(told, here, f"{' or '.join(_WORDS_OF_FIELDS)}")
            if (
                len(said) != 1
                or not said.keys() <= set(_WORDS_OF_FIELDS)
                or not said.keys() <= CHANGES.keys()
            ):
                raise DescriptionError(f"{here}: expected new with a schema, or values with a list")
            form, expected = ("values", list) if "values" in said else ("new", dict)
            if not isinstance(said[form], expected) or not said[form]:
                raise DescriptionError(f"{here}: {form}: expected {_FORMS[form]}, found {kind(said[form])}")
            yield (owner, name), said


_FORMS: Final = {"values": "a list of values", "new": "a schema"}


def _parameters(value: Mapping[str, Any], place: str) -> _Entries:
    for request in value:
        if not _REQUEST.fullmatch(request):
            raise DescriptionError(f"{place}: {request}: expected a method and path, as in GET /things")
    yield from _members(value, place)


def _values(value: Mapping[str, Any], place: str) -> _Entries:
    for component, listed in value.items():
        if not isinstance(listed, list) or not listed:
            raise DescriptionError(f"{place}: {component}: expected a list of values, found {kind(listed)}")
        yield (component,), listed


def _alternatives(value: Mapping[str, Any], place: str) -> _Entries:
    for component, listed in value.items():
        if not isinstance(listed, list) or not listed or not all(isinstance(one, Mapping) for one in listed):
            raise DescriptionError(f"{place}: {component}: expected a list of schemas, found {kind(listed)}")
        yield (component,), listed


def _corrections(value: Mapping[str, Any], place: str) -> _Entries:
    for request, told in value.items():
        said = _mapping(told, f"{place}: {request}", "was")
        requests = (request, said.get("was"))
        if set(said) != {"was"} or not all(_REQUEST.fullmatch(str(one)) for one in requests):
            raise DescriptionError(
                f"{place}: {request}: expected a method and path, and was with those of the description, "
                "as in POST /things/{id}/stop: {was: POST /things/{id}}"
            )
        yield (request,), said


def _mapping(value: Any, place: str, of: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not value:
        raise DescriptionError(f"{place}: expected a mapping of {of}, found {kind(value)}")
    return value


_PARTS: Final[Mapping[str, Callable[[Mapping[str, Any], str], _Entries]]] = {
    "corrections": _corrections,
    "components": _schemas,
    "paths": _operations,
    "webhooks": _named,
    "fields": _members,
    "values": _values,
    "parameters": _parameters,
    "alternatives": _alternatives,
}
"""The parts of a file, in the order in which those of all files apply."""

KINDS: Final = tuple(_PARTS)
"""The kinds of additions, in the order in which they apply."""
