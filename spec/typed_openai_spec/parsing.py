"""YAML and JSON texts -> plain values, and back: the core schema of YAML 1.2, read strictly.

A description's author may be anyone, so a text is refused (:class:`DescriptionError`) where keys
repeat, where it nests deeper or expands further than any real description does, and where a tag
asks for anything but plain JSON values.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from math import isfinite
from typing import Any, ClassVar, Final

import yaml

from typed_openai_spec.problems import DescriptionError

MAX_DEPTH: Final = 200
"""How deep values may nest; a vendor's full description nests about thirty levels deep."""

MAX_NODES: Final = 5_000_000
"""How many values a text may hold, aliases expanded; a vendor's full description holds 200,000."""

# Tag, pattern and possible first characters of the plain scalars that are no strings. The signs and
# names that JSON has no value for (.inf, .nan) stay strings, as do octal and hexadecimal numbers.
_CORE_SCHEMA: Final = (
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL", "~nN"),
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # a base chosen at run time
    """Keys are strings as they are written (``200:``, ``true:``), and unique."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise yaml.constructor.ConstructorError(None, None, "expected a mapping", node.start_mark)
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping", node.start_mark, "a key is no scalar", key_node.start_mark
                )
            if key_node.value in mapping:
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping",
                    node.start_mark,
                    f"key {key_node.value!r} is given twice",
                    key_node.start_mark,
                )
            mapping[key_node.value] = self.construct_object(value_node, deep=True)
        return mapping

    def construct_decimal(self, node: Any) -> int:
        """An integer; ``010`` is ten in YAML 1.2, where YAML 1.1 reads an octal number."""
        return int(self.construct_scalar(node))


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # a base chosen at run time
    """Quotes every string that a reader of YAML 1.1 or 1.2 would take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


for _tag, _pattern, _first in _CORE_SCHEMA:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_decimal)


def parse_yaml(text: bytes, name: str) -> Any:
    """The value of a YAML or JSON text in UTF-8; ``name`` is what its errors call it.

    Raises :class:`DescriptionError`.
    """
    text = text.removeprefix(BOM_UTF8)
    try:
        value = _parse_json(text) if text.lstrip()[:1] == b"{" else None
        if value is None:
            _refuse_depth(text)
            value = yaml.load(text, _Loader)  # noqa: S506  # a safe loader with fewer implicit types
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise DescriptionError(f"{name}: not valid YAML: {_one_line(error)}") from error
    if (excess := _excess(value)) is not None:
        raise DescriptionError(f"{name}: {excess}")
    return value


def _refuse_depth(text: bytes) -> None:
    """Raise ``ValueError`` where a YAML text nests too deeply: building its value would crash the process."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _parse_json(text: bytes) -> Any:
    """The value of a JSON text, or None where it is none: YAML's flow style begins like JSON.

    YAML's own reader refuses some of JSON: tabs, surrogate pairs, an escaped slash.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refused)
    except json.JSONDecodeError:
        return None
    if b"\\u" in text:  # half a surrogate pair can be escaped, but is no text that could be written
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON value")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in pairs:
        if key in mapping:
            raise ValueError(f"key {key!r} is given twice")
        mapping[key] = value
    return mapping


def _excess(value: Any) -> str | None:
    """What is wrong with a value that is too deep, too large or no JSON value; None where all is well."""
    level: list[Any] = [value]
    count = 1
    for _ in range(MAX_DEPTH):
        deeper: list[Any] = []
        for one in level:
            if isinstance(one, (Mapping, list)):
                deeper.extend(one.values() if isinstance(one, Mapping) else one)
                if count + len(deeper) > MAX_NODES:
                    return f"holds more than {MAX_NODES} values"
            elif isinstance(one, float) and not isfinite(one):
                return "holds a number beyond what can be told from infinity"
            elif one is not None and not isinstance(one, (str, int, float)):
                return f"expected plain JSON values, found a {type(one).__name__}"
        if not deeper:
            return None
        count += len(deeper)
        level = deeper
    return f"nested more than {MAX_DEPTH} levels deep"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def to_yaml(value: Any) -> str:
    """Block-style YAML, keys in the order given, one item a line, no aliases.

    :func:`parse_yaml` gives the same value back.
    """
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))
