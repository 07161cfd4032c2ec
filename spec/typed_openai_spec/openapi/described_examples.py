"""Examples of a description: of whole replies, and of components and their fields.

The embedded server replies with them, where they fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from typed_openai_spec.model import Api, Json, Operation

_DEEPEST_REFERENCE: Final = 20
_MARKS: Final[tuple[tuple[str, Any], ...]] = (("=null", None), ("=[]", []), ("={}", {}), ('=""', ""))


def examples_of(document: Mapping[str, Any], api: Api) -> dict[str, Json]:
    """Return what the examples of a document say about replies, in the form of served habits."""
    replies: dict[str, Json] = {}
    for operation in api.operations:
        if found := [*_of_reply(document, operation)]:
            replies[operation.id] = found
    components: dict[str, Json] = {}
    for component in api.components.values():
        schema = _mapping(_mapping(_mapping(document.get("components")).get("schemas")).get(component.source))
        if component.source and (habits := _of_component(document, schema)):
            components[component.name] = habits
    parts: dict[str, Json] = {"examples": replies, "components": components}
    return {part: one for part, one in parts.items() if one}


def _of_reply(document: Mapping[str, Any], operation: Operation) -> Iterator[Json]:
    """Yield the examples of an operation's successful replies as JSON."""
    for path, item in _mapping(document.get("paths")).items():
        if str(path).partition("?")[0] != operation.path:
            continue
        raw = _mapping(_resolved(document, item).get(operation.method.lower()))
        if raw.get("operationId", operation.id) != operation.id:
            continue
        for status, response in _mapping(raw.get("responses")).items():
            if str(status).startswith("2"):
                for media in _mapping(_resolved(document, response).get("content")).values():
                    yield from _of_media(document, _mapping(media))


def _of_media(document: Mapping[str, Any], media: Mapping[str, Any]) -> Iterator[Json]:
    if "example" in media:
        yield media["example"]
    for one in _mapping(media.get("examples")).values():
        if "value" in (example := _resolved(document, one)):
            yield example["value"]
    yield from _of_schema(_mapping(media.get("schema")))


def _of_schema(schema: Mapping[str, Any]) -> Iterator[Json]:
    if "example" in schema:
        yield schema["example"]
    if isinstance(schema.get("examples"), list):
        yield from schema["examples"]


def _of_component(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Json]:
    """Return the typical values of a component's fields, and the keys that its example has."""
    values: dict[str, Json] = {}
    for name, one in _mapping(schema.get("properties")).items():
        for example in _of_schema(_mapping(one)):
            values.setdefault(str(name), example)
    whole = next((one for one in _of_schema(schema) if isinstance(one, dict)), None)
    habits: dict[str, Json] = {}
    if whole:
        values |= whole
        # A name with a space or a sign has no place in a form.
        names = [f"{name}{_mark(one)}" for name, one in sorted(whole.items()) if not set(name) & set(" =")]
        habits["forms"] = {" ".join(names): 1}
    return {**habits, "values": values} if values else {}


def _mark(value: Json) -> str:
    return next((mark for mark, empty in _MARKS if value == empty and type(value) is type(empty)), "")


def _resolved(document: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """Return a mapping of the document, with references followed."""
    for _ in range(_DEEPEST_REFERENCE):
        reference = _mapping(value).get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        found: Any = document
        for part in reference[2:].split("/"):
            found = _mapping(found).get(part.replace("~1", "/").replace("~0", "~"))
        value = found
    return _mapping(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
