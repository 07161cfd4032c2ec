"""Groups of operations, and names for operations that the description does not name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from typed_openai_spec.model import PLACEHOLDER, Operation, class_name
from typed_openai_spec.model.python_names import group_name, snake_case

# First segments that identify the interface of a server, not a subject: "/api/v1/orders",
# "/rest/2024-10/orders", "/{version}/files". Each segment is judged alone, because a group's name must not
# depend on which other paths exist.
_INTERFACE: Final = re.compile(
    r"api|apis|rest|v?[0-9]+([._-][0-9]+)*([._-]?(alpha|beta|rc)[0-9]*)?", re.IGNORECASE
)


def segments(path: str) -> list[str]:
    """Return the segments of a path without leading interface segments; all of them if no others are left."""
    listed = [one for one in path.split("/") if one]
    rest = list(listed)
    while rest and (_INTERFACE.fullmatch(rest[0]) or PLACEHOLDER.fullmatch(rest[0])):
        del rest[0]
    return rest or listed


def group_of(path: str) -> str:
    """Return the group of a path's operations: its first literal segment that names a subject."""
    literal = next((one for one in segments(path) if not PLACEHOLDER.fullmatch(one)), "")
    return group_name(literal or "root")


def spoken_name(method: str, path: str) -> str:
    """Return a name for an operation without id: ``get /shops/{id}/sales`` -> ``get shops by id sales``."""
    words = [f"by {found[1]}" if (found := PLACEHOLDER.fullmatch(one)) else one for one in segments(path)]
    return " ".join([method, *words])


def short_name(operation_id: str, method: str, path: str) -> str:
    """Return an operationId without FastAPI's suffix: ``read_item_items__item_id__get`` -> ``read_item``."""
    appended = re.sub(r"\W", "_", f"{path}_{method}")
    return operation_id.removesuffix(appended) or operation_id


def with_names_apart(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Yield the operations; those whose short names collide within their group get their full ones."""
    listed = list(operations)
    count = Counter(one.qualified_name for one in listed)
    for one in listed:
        is_short = one.name == snake_case(short_name(one.id, one.method.lower(), one.path))
        clashes = count[one.qualified_name] > 1 and is_short
        yield replace(one, name=snake_case(one.id)) if clashes else one


def with_classes_apart(operations: Iterable[Operation]) -> tuple[list[Operation], dict[str, str]]:
    """Return the operations, in groups with distinct class names, and the groups that were renamed.

    ``a1`` and ``a_1`` would both have the class ``A1``: the second of them becomes ``a_1_2``.
    """
    listed = list(operations)
    classes: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for group in sorted({one.group for one in listed}):
        candidates = (group, *(f"{group}_{number}" for number in range(2, 1000)))
        name = next(one for one in candidates if class_name(one) not in classes)
        classes[class_name(name)] = group
        if name != group:
            renamed[group] = name
    return [replace(one, group=renamed.get(one.group, one.group)) for one in listed], renamed
