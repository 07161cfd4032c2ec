"""The ways to fill the body of a request, where the required arguments alone do not say it.

An operation has choices if its body may be left out as a whole, or if it may be one of several: an object or
a file, one object or another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final

from typed_openai_spec.model.api_model import Argument, Body, Choice, Component, Operation
from typed_openai_spec.model.media import FORM, bare, is_json
from typed_openai_spec.model.nodes import Object, Ref, Schema, Union

MOST_CHOICES: Final = 8
"""Maximum number of choices; type checkers try each of them at each call."""

_WORDS: Final = {FORM: "form", "multipart/form-data": "multipart", "application/octet-stream": "bytes"}
_NO_BODY: Final = "nothing"

Resolve = Callable[[Schema], Schema]


def choices_of(operation: Operation, resolve: Resolve) -> tuple[Choice, ...]:
    """Return the choices of an operation; none if its arguments say as much, or if there are too many.

    The number of signatures would multiply if the result depends on arguments as well: there are no choices
    then either.
    """
    if operation.variants or not operation.bodies:
        return ()
    names = {one.wire: one.name for one in operation.arguments if one.location == "body"}
    found: dict[tuple[frozenset[str], frozenset[str], str], Choice] = {}
    for body in operation.bodies:
        for one in _of_body(body, names, resolve):
            found.setdefault((frozenset(one.fields), frozenset(one.required), one.component), one)
    is_optional = not any(one.required for one in operation.bodies)
    if is_optional and len(found) == 1 and all(len(one.fields) == 1 for one in found.values()):
        return ()  # one argument that may be omitted
    if is_optional and all(one.required for one in found.values()):
        found[frozenset(), frozenset(), ""] = Choice(_NO_BODY)
    required = {name for one in operation.arguments if one.required for name in (one.name,)}
    says_more = len({frozenset(one.required) for one in found.values()}) > 1
    says_more = says_more or any(set(one.required) - required for one in found.values())
    several_objects = any(one.component for one in found.values())
    if not (says_more or several_objects) or len(found) > MOST_CHOICES:
        return ()
    return tuple(found.values())


def _of_body(body: Body, names: Mapping[str, str], resolve: Resolve) -> Iterator[Choice]:
    word = _WORDS.get(bare(body.media_type)) or _word(body.media_type)
    if body.raw:
        yield Choice(word, body.fields, body.fields)
        return
    members = list(_objects(body.schema, resolve))
    for name, node in members:
        # A form's "image[]" is the array that JSON calls "image".
        fields = {one.name if one.name in names else one.name.removesuffix("[]"): one for one in node.fields}
        taken = {names[wire]: one for wire, one in fields.items() if names.get(wire) in body.fields}
        required = tuple(sorted(one for one, field in taken.items() if field.required))
        component = name if len(members) > 1 else ""
        yield Choice(component or word, tuple(sorted(taken)), required, component)


def _word(media_type: str) -> str:
    return "json" if is_json(media_type) else bare(media_type).rpartition("/")[2].rpartition(".")[2]


def _objects(schema: Schema, resolve: Resolve) -> Iterator[tuple[str, Object]]:
    """Yield the objects that a body can be, with their components' names; each component once."""
    waiting, seen = [schema], set[str]()
    while waiting:
        one = waiting.pop(0)
        name = one.name if isinstance(one, Ref) else ""
        node = resolve(one)
        if isinstance(node, Union):
            waiting[:0] = node.members
        elif isinstance(node, Object) and name not in seen:
            seen.add(name)
            yield name, node


def arguments_of(
    choice: Choice, operation: Operation, components: Mapping[str, Component]
) -> tuple[Argument, ...]:
    """Return the arguments of the operation with this choice."""
    component = components.get(choice.component)
    node = component.schema if component is not None else None
    fields = {one.name: one for one in node.fields} if isinstance(node, Object) else {}
    found = []
    for one in operation.arguments:
        if one.location != "body":
            found.append(one)
        elif one.name in choice.fields:
            own = fields.get(one.wire) or fields.get(f"{one.wire}[]")
            schema = one.schema if own is None else own.schema
            found.append(replace(one, schema=schema, required=one.name in choice.required))
    return tuple(found)


def incomplete(choices: Collection[Choice], given: Collection[str]) -> list[tuple[str, ...]] | None:
    """Return what each choice lacks that the given body arguments may have meant; None if one is complete.

    Arguments of several objects may be mixed, because objects are usually open.
    """
    present = set(given)
    meant = [one for one in choices if (present & set(one.fields) if present else True)]
    if not meant or any(set(one.required) <= present for one in meant):
        return None
    lacks = (tuple(name for name in one.required if name not in present) for one in meant)
    return list(dict.fromkeys(lacks))
