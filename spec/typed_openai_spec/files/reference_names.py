"""Names for schemas that have none of their own, by the place that references give."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model.python_names import component_name, pascal_case

_SILENT: Final = frozenset("components schemas properties schema content $defs definitions paths".split())
_WORDS: Final = {"items": "item", "requestBody": "request", "additionalProperties": "value"}


def reference_name(document: Any, steps: tuple[str, ...], file: Path | None) -> str:
    """Return the name of a schema at a place of a document; a whole file has the file's name.

    >>> reference_name({}, ("components", "schemas", "Dog", "properties", "toys", "items"), None)
    'DogToysItem'
    """
    if steps[:1] == ("paths",) and len(steps) > 3:
        operation = mapping(mapping(mapping(mapping(document).get("paths")).get(steps[1])).get(steps[2]))
        named = str(operation.get("operationId") or f"{steps[2]} {steps[1]}")
        return component_name(pascal_case(named) + _words(_of_operation(steps[3:])))
    if steps[-2:-1] in (("$defs",), ("definitions",)) or (
        steps and all(one in _SILENT for one in steps[:-1])
    ):
        return component_name(steps[-1])
    return component_name(_words(steps) or pascal_case(file.name.partition(".")[0] if file else "Schema"))


def _of_operation(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Return the telling steps below an operation, without media types and the status of a success."""
    if steps[:1] == ("responses",) and len(steps) > 1:
        status = steps[1] if not steps[1].startswith("2") else ""
        steps = (f"response {status}", *steps[2:])
    return tuple(one for i, one in enumerate(steps) if i == 0 or steps[i - 1] != "content")


def _words(steps: tuple[str, ...]) -> str:
    return "".join(pascal_case(_WORDS.get(one, one)) for one in steps if one not in _SILENT)
