"""Make a description of the size and kind that a vendor publishes: the project's own with filler text.

    python benchmarks/full_description.py FILE.yaml|FILE.json

Every operation, parameter, reply, schema and field gets a paragraph, schemas and fields get titles,
operations get code samples in a vendor extension, and fields get examples: more than three million bytes.
Constants are written as enumerations of one value.
"""

from __future__ import annotations

import json
import random
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typed_openai_spec.files.source import read
from typed_openai_spec.files.texts import to_yaml

FACTS = Path(__file__).parents[1] / "spec" / "openai"

_WORDS = """
    the a this value of request reply model which where may must be given returned is are not only number
    text list field server `null` by default at most least one more than [guide](https://docs.test/guide) see
    """.split()
_SAMPLE = """\
curl https://api.test/v1{path} \\
  -H "Authorization: Bearer $KEY" \\
  -d '{{"number": {number}, "text": "Say \\"hello\\"."}}'
"""


def full_description() -> dict[str, Any]:
    """Return the description, the same each time."""
    document = read(FACTS)
    filler = random.Random(3)
    document["info"]["description"] = _prose(filler, 60)
    document["tags"] = [{"name": "Things", "description": _prose(filler, 20)}]
    for path, item in document["paths"].items():
        for operation in item.values():
            _fill_operation(operation, path, filler)
    for schema in document["components"]["schemas"].values():
        _fill_schema(schema, filler)
        schema["x-oaiMeta"] = {"name": "The object", "example": _SAMPLE.format(path="", number=1)}
    return document


def _fill_operation(operation: dict[str, Any], path: str, filler: random.Random) -> None:
    operation["summary"] = _prose(filler, 6)
    operation["description"] = "\n\n".join(_prose(filler, 40) for _ in range(2))
    operation["tags"] = ["Things"]
    samples = {name: _SAMPLE.format(path=path, number=len(name)) for name in ("curl", "python", "node.js")}
    operation["x-oaiMeta"] = {
        "name": _prose(filler, 4),
        "group": "things",
        "examples": {"request": samples, "response": json.dumps({"id": "1", "list": [1, 2]}, indent=2)},
    }
    for parameter in operation.get("parameters", ()):
        parameter["description"] = _prose(filler, 25)
    for part in (operation.get("requestBody", {}), *operation.get("responses", {}).values()):
        part["description"] = _prose(filler, 5)
        for media in part.get("content", {}).values():
            _fill_schema(media.get("schema", {}), filler)


def _fill_schema(schema: dict[str, Any], filler: random.Random) -> None:
    for one in _schemas(schema):
        if "$ref" not in one:
            one["description"] = _prose(filler, 14)
            one["title"] = _prose(filler, 3).rstrip(".")
        if "const" in one:
            one["enum"] = [one.pop("const")]
        if one.get("type") in ("string", "integer"):
            one["example"] = "example-1" if one["type"] == "string" else 3


def _schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    inner = [*schema.get("properties", {}).values()]
    for key in ("allOf", "anyOf", "oneOf"):
        inner += schema.get(key, ())
    inner += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    for one in inner:
        yield from _schemas(one)


def _prose(filler: random.Random, words: int) -> str:
    text = " ".join(filler.choices(_WORDS, k=words))
    return "\n".join(textwrap.wrap(text, 160, break_long_words=False)).capitalize() + "."


def main() -> None:
    """Write the file that the command line names."""
    path = Path(sys.argv[1])
    document = full_description()
    text = json.dumps(document, indent=2) if path.suffix == ".json" else to_yaml(document)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
