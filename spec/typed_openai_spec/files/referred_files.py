"""The files that a description refers to, and the parts of them that its references lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from typed_openai_spec.files.texts import parse_yaml
from typed_openai_spec.problems import DescriptionError

_DEFINITIONS: Final = ("$defs", "definitions")
_MOST_FILES: Final = 20_000


class Unreachable(Exception):
    """Raised for a reference that leads nowhere; the message follows the word ``$ref``."""


class Target(NamedTuple):
    """A part of a file, by the steps that lead to it. The file is None for a description without one."""

    file: Path | None
    steps: tuple[str, ...]


class ReferredFiles:
    """The file of a description, and others in its folder or below, read when they are first needed."""

    def __init__(self, document: Mapping[str, Any], path: Path | None) -> None:
        self.main = None if path is None or path.is_dir() else path.resolve()
        self._folder = None if self.main is None else self.main.parent
        self._documents: dict[Path | None, Any] = {self.main: document}
        self._names: dict[Path | None, dict[str, tuple[str, ...]]] = {}

    @property
    def read(self) -> tuple[Path, ...]:
        """The other files that were read."""
        return tuple(one for one in self._documents if one is not None and one != self.main)

    def document(self, file: Path | None) -> Any:
        """Return the content of a file that a target is in."""
        return self._documents[file]

    def shown(self, target: Target) -> str:
        """Return the place of a target for messages: a pointer, after the name of another file."""
        pointer = "".join(f"/{one.replace('~', '~0').replace('/', '~1')}" for one in target.steps)
        if target.file == self.main or target.file is None or self._folder is None:
            return pointer
        return f"{target.file.relative_to(self._folder).as_posix()}#{pointer}"

    def target(self, reference: str, file: Path | None, base: tuple[str, ...]) -> Target:
        """Return the target of a reference in ``file``, inside of the component at ``base``.

        Raises :class:`Unreachable`.
        """
        address, _, fragment = reference.partition("#")
        if address and (named := self._anchors(file).get(address)) is not None:
            return self._part(file, named, fragment, reference)
        place = self._other(address, file, reference) if address else file
        return self._part(place, (), fragment, reference, base if place == file else ())

    def value(self, target: Target) -> Any:
        """Return the part of a file that a target is."""
        return _at(self._documents[target.file], target.steps)

    def _part(
        self,
        file: Path | None,
        within: tuple[str, ...],
        fragment: str,
        reference: str,
        base: tuple[str, ...] = (),
    ) -> Target:
        if fragment and not fragment.startswith("/"):
            steps = self._anchors(file).get(f"#{fragment}")
            if steps is None:
                raise Unreachable(f"has no target: {reference[:80]}")
            return Target(file, steps)
        listed = [_unescaped(one) for one in fragment.split("/")[1:]]
        candidates = [(*within, *listed)]
        if base and listed[:1] and listed[0] in _DEFINITIONS:
            # Generators that copy a schema with its definitions leave the references as they are.
            candidates += [(*base[:length], *listed) for length in range(len(base), 0, -1)]
        for steps in candidates:
            if _at(self._documents[file], steps) is not _NOTHING:
                return Target(file, tuple(steps))
        raise Unreachable(f"has no target: {reference[:80]}")

    def _other(self, address: str, file: Path | None, reference: str) -> Path:
        """Return another file, and read it."""
        shown = reference[:80]
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            raise Unreachable(f"points to a URL: {shown}; nothing is read from the network")
        if file is None or self._folder is None:
            raise Unreachable(f"points to another file: {shown}; give the description as a file beside it")
        path = (file.parent / unquote(parts.path)).resolve()
        if not path.is_relative_to(self._folder):
            raise Unreachable(f"points to a file outside of the description's folder: {shown}")
        if path not in self._documents:
            if len(self._documents) >= _MOST_FILES:
                raise Unreachable(f"is one too many: {_MOST_FILES} files are read already")
            try:
                self._documents[path] = parse_yaml(path.read_bytes(), str(path))
            except OSError as error:
                raise Unreachable(
                    f"points to a file that cannot be read: {shown}: {error.strerror}"
                ) from None
            except DescriptionError as error:
                raise Unreachable(f"points to a file that is broken: {error}") from None
        return path

    def _anchors(self, file: Path | None) -> Mapping[str, tuple[str, ...]]:
        """Return the places of a file's anchors, by ``#name``, and of its schemas with an ``$id``."""
        if file not in self._names:
            self._names[file] = dict(_named(self._documents[file]))
        return self._names[file]


_NOTHING: Final = object()


def _at(document: Any, steps: tuple[str, ...]) -> Any:
    value = document
    for step in steps:
        if isinstance(value, Mapping):
            found = value.get(step, _NOTHING)
            if found is _NOTHING:  # keys such as 200 are numbers in YAML
                found = next((one for key, one in value.items() if str(key) == step), _NOTHING)
            value = found
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _NOTHING
    return value


def _named(document: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    waiting: list[tuple[tuple[str, ...], Any]] = [((), document)]
    while waiting:
        steps, node = waiting.pop()
        if isinstance(node, Mapping):
            for key in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.get(key), str):
                    yield f"#{node[key]}", steps
            if isinstance(node.get("$id"), str) and steps:
                yield node["$id"].removesuffix("#"), steps
            waiting += [((*steps, str(key)), one) for key, one in node.items()]
        elif isinstance(node, list):
            waiting += [((*steps, str(number)), one) for number, one in enumerate(node)]


def _unescaped(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")
