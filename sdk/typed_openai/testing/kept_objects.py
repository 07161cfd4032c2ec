"""The objects that a server has created, by path: what was created can be retrieved, listed and deleted.

Everything follows from the paths of the API. The object that ``POST /files`` returns is retrieved at
``/files/{file_id}``, because that is where the description has an operation with the same result. Lists have
the objects below their own path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from typed_openai.testing.habits import State
from typed_openai.testing.offered_tools import ToolCall
from typed_openai_spec.model import PLACEHOLDER, Operation, Ref

_MOST: Final = 10_000
"""Maximum number of objects; the oldest ones are forgotten."""


@dataclass(slots=True)
class Kept:
    """An object, the states that it will pass through, and the values that it gets in the last one.

    ``content`` is that of the file that was uploaded for it.
    """

    value: dict[str, Any]
    path: str
    states: list[State] = field(default_factory=list)
    waits: bool = False
    final: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[ToolCall, ...] = ()
    made_up: bool = False
    content: bytes | None = None


class KeptObjects:
    """The objects of one server. It must not be used by two threads at the same time."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._kept: dict[str, Kept] = {}
        self._deleted: dict[str, None] = {}
        self._known_lists: set[str] = set()
        self._templates: dict[str, list[str]] = {}
        listed = [(one, kind) for one in operations if (kind := kind_of(one))]
        created = {(one.path, kind) for one, kind in listed if one.method == "POST"}
        for one, kind in listed:
            path = one.path
            if one.method == "POST" and _is_action(path, kind, created):
                path = path.rpartition("/")[0]  # objects that nothing retrieves, but something completes
            elif one.method != "GET" or not path.endswith("}"):
                continue
            if path not in (known := self._templates.setdefault(kind, [])):
                known.append(path)

    def forget(self) -> None:
        """Forget all objects."""
        self._kept.clear()
        self._deleted.clear()
        self._known_lists.clear()

    def is_item(self, operation: Operation) -> bool:
        """Return True if an operation's path is that of the object that it returns."""
        return operation.path in self._templates.get(kind_of(operation), ())

    def item_path_of(self, operation: Operation) -> str:
        """Return the path of the object that an operation acts on, as ``/batches/{batch_id}/cancel`` does."""
        owner, _, action = operation.path.rpartition("/")
        is_action = operation.method != "GET" and not PLACEHOLDER.search(action)
        return owner if is_action and owner in self._templates.get(kind_of(operation), ()) else ""

    def owner_path_of(self, operation: Operation) -> str:
        """Return the path of the object that an operation returns although its own path is below; or ""."""
        templates = self._templates.get(kind_of(operation), ())
        return next((one for one in templates if operation.path.startswith(f"{one}/")), "")

    def place(self, operation: Operation, known: Mapping[str, Any], value: Mapping[str, Any]) -> str:
        """Return the path of a new object; empty if nothing retrieves it. ``known`` has the path's values."""
        templates = self._templates.get(kind_of(operation), ())
        nearest = sorted(templates, key=lambda one: one.rpartition("/")[0] != operation.path)
        for template in nearest:
            *owners, last = PLACEHOLDER.findall(template)
            found = {name: known.get(name, value.get(name)) for name in owners}
            found[last] = value.get("id", value.get(last))
            if all(isinstance(one, (str, int)) for one in found.values()):
                return concrete(template, found)
        return ""

    def keep(self, kept: Kept) -> None:
        """Keep an object, in place of a former one at its path."""
        self._deleted.pop(kept.path, None)
        self._kept[kept.path] = kept
        if not kept.made_up:
            self._known_lists.add(kept.path.rpartition("/")[0])
        for oldest in list(islice(self._kept, max(0, len(self._kept) - _MOST))):
            del self._kept[oldest]

    def begin_list(self, path: str) -> None:
        """Note that everything in the list at a path is known: it is empty if nothing else is created."""
        self._known_lists.add(path)

    def find(self, path: str) -> Kept | None:
        """Return the object at a path, or None."""
        return self._kept.get(path)

    def with_id(self, item_id: object) -> Kept | None:
        """Return an object with an id, at any path, or None."""
        return next((one for one in self._kept.values() if one.value.get("id") == item_id), None)

    def delete(self, path: str) -> None:
        """Delete the object at a path. What was never seen before does not become unknown."""
        if self._kept.pop(path, None) is not None:
            self._deleted[path] = None
        self._known_lists.add(path.rpartition("/")[0])

    def gone(self, path: str) -> str:
        """Return the id of the deleted object at a path or above it, or an empty string."""
        parts = path.split("/")
        above = ("/".join(parts[:end]) for end in range(2, len(parts) + 1))
        return next((one.rpartition("/")[2] for one in above if one in self._deleted), "")

    def below(self, path: str) -> list[Kept]:
        """Return the objects in the list at a path, the oldest first."""
        return [one for one in self._kept.values() if one.path.rpartition("/")[0] == path]

    def under(self, path: str) -> list[Kept]:
        """Return the objects at any depth below a path."""
        return [one for one in self._kept.values() if one.path.startswith(f"{path}/")]

    def is_unknown(self, path: str) -> bool:
        """Return True if no object of a list was ever created or deleted."""
        return path not in self._known_lists and not self.below(path)


def _is_action(path: str, kind: str, created: Collection[tuple[str, str]]) -> bool:
    """Return True for the path of an action on an object that another operation creates."""
    owner, _, action = path.rpartition("/")
    return owner.endswith("}") and "{" not in action and (owner.rpartition("/")[0], kind) in created


def kind_of(operation: Operation) -> str:
    """Return the name of the component that an operation returns as JSON, or an empty string."""
    result = operation.result
    return result.schema.name if result.kind == "json" and isinstance(result.schema, Ref) else ""


def concrete(path: str, values: Mapping[str, Any]) -> str:
    """Return a path with its placeholders filled."""
    return PLACEHOLDER.sub(lambda found: quote(str(values.get(found[1], found[0])), safe=""), path)
