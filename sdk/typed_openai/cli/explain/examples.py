"""Example calls of an operation, in Python and in the shell, with generated values that fit their types."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from typed_openai.cli.type_words import leaves
from typed_openai.testing.fake import Faker, Wishes
from typed_openai.testing.multipart import UploadedFile
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Body, Null, Operation, Ref, Schema, Union

_WIDTH: Final = 88

# The constants to prefer, so that an example resembles most calls.
_CONSTANTS: Final = ("user", "message", "text", "input_text", "auto", "function")
_WISHES: Final = Wishes(text="Hello!", constants=_CONSTANTS, optional=False, files=True)

# The first pattern that matches an argument's name determines the name of its file.
_FILE_NAMES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"image|mask|reference"), "image.png"),
    (re.compile(r"audio|recording|sample"), "speech.wav"),
    (re.compile(r"video"), "video.mp4"),
    (re.compile(r""), "data.jsonl"),
)


def values(index: Index, operation: Operation) -> dict[str, object]:
    """Return a value for each required or positional argument; a file is an ``UploadedFile``."""
    faker = Faker(index.components)
    body = operation.bodies[0] if operation.bodies else None
    carried = _of_body(faker, body, operation) if body else {}
    found: dict[str, object] = {}
    for one in operation.arguments:
        if one.name in carried or one.required or one.positional:
            # Null may be valid, but would be a useless example.
            value = carried.get(one.name)
            schema = _not_null(one.schema, index)
            found[one.name] = faker.value(schema, _WISHES, name=one.name) if value is None else value
    return {name: _named(value, name) for name, value in found.items()}


def _not_null(schema: Schema, index: Index) -> Schema:
    """Return the type without null, if other kinds of values are left."""
    found = tuple(
        Ref(name) if name else one
        for one, name in leaves(schema, index.components)
        if not isinstance(one, Null)
    )
    return Union(found) if found else schema


def _of_body(faker: Faker, body: Body, operation: Operation) -> dict[str, object]:
    """Return the arguments in the smallest body that fits its schema as a whole."""
    if body.raw:
        return {}
    made = faker.value(body.schema, _WISHES)
    names = {one.wire: one.name for one in operation.arguments if one.name in body.fields}
    return (
        {names[wire]: value for wire, value in made.items() if wire in names}
        if isinstance(made, dict)
        else {}
    )


def _named(value: object, name: str) -> object:
    if isinstance(value, UploadedFile):
        return UploadedFile(next(file for word, file in _FILE_NAMES if word.search(name)), value.content)
    if isinstance(value, list):
        return [_named(one, name) for one in value]
    return value


def in_python(operation: Operation, given: Mapping[str, object], made_from: str = "") -> str:
    """Return a program that makes the call; ``made_from`` is the file of another description."""
    arguments = "".join(f"{name}={_literal(value, 4)},\n    " for name, value in given.items())
    call = f"client.{operation.qualified_name}"
    whole = f"{call}(\n    {arguments.rstrip()}\n)" if arguments else f"{call}()"
    flat = f"{call}({', '.join(f'{name}={_literal(value, 0, flat=True)}' for name, value in given.items())})"
    call = flat if len(flat) < _WIDTH and "\n" not in flat else whole
    imports = ["from pathlib import Path", ""] if any(map(_holds_file, given.values())) else []
    client = f"Client(spec={_literal(made_from, 0)})" if made_from else "Client()"
    head = [*imports, "from typed_openai import Client", "", f"client = {client}"]
    return "\n".join((*head, *_used(operation, call)))


def _used(operation: Operation, call: str) -> Iterator[str]:
    match operation.result.kind:
        case "none":
            yield call
        case "binary":
            yield f"reply = {call}"
            yield 'reply.save("reply.bin")'
        case "stream":
            yield f"for event in {call}:"
            yield "    print(event)"
        case _:
            yield f"reply = {call}"
            yield "print(reply)"


def in_shell(operation: Operation, given: Mapping[str, object]) -> str:
    """Return the command that makes the same call."""
    words = [f"--{name.replace('_', '-')} {shlex.quote(_word(value))}" for name, value in given.items()]
    words += ["--output reply.bin"] if operation.result.kind == "binary" else []
    command = f"typed-openai call {operation.qualified_name}"
    flat = " ".join((command, *words))
    return flat if len(flat) < _WIDTH else " \\\n    ".join((command, *words))


def _word(value: object) -> str:
    """Return a value as a word for the shell command."""
    if isinstance(value, UploadedFile):
        return f"@{value.filename}"
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], UploadedFile):
        return _word(value[0])
    if isinstance(value, str):
        return f"@{value}" if value.startswith("@") else value
    return json.dumps(value, ensure_ascii=False)


def _holds_file(value: object) -> bool:
    return isinstance(value, UploadedFile) or (isinstance(value, list) and any(map(_holds_file, value)))


def _literal(value: object, indent: int, *, flat: bool = False) -> str:
    """Return a value as Python source, on several lines if one is too short."""
    match value:
        case UploadedFile(filename=name):
            return f"Path({json.dumps(name)})"
        case str():
            return json.dumps(value)
        case list():
            parts = [_literal(one, indent + 4, flat=flat) for one in value]
            opening, closing = "[", "]"
        case dict():
            parts = [
                f"{json.dumps(key)}: {_literal(one, indent + 4, flat=flat)}" for key, one in value.items()
            ]
            opening, closing = "{", "}"
        case _:
            return repr(value)
    line = f"{opening}{', '.join(parts)}{closing}"
    if flat or (len(line) + indent < _WIDTH and "\n" not in line):
        return line
    inner = "".join(f"{' ' * (indent + 4)}{one},\n" for one in parts)
    return f"{opening}\n{inner}{' ' * indent}{closing}"
