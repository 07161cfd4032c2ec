"""YAML's own reader and writer, bound to the core schema of YAML 1.2: all that imports the ``yaml`` package.

:mod:`parsing` is how texts are read; it comes here for what is no JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

import yaml

YAMLError = yaml.YAMLError

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

    def represent_text(self, data: str) -> Any:
        """Texts of several lines keep their lines, where YAML allows: prose is easier to compare so."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


for _tag, _pattern, _first in _CORE_SCHEMA:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_decimal)
_Dumper.add_representer(str, _Dumper.represent_text)


def load(text: bytes, max_depth: int) -> Any:
    """The value of a YAML text. Raises ``ValueError`` or :data:`YAMLError` where it has none."""
    refuse_depth(text, max_depth)
    return yaml.load(text, _Loader)  # noqa: S506  # a safe loader with fewer implicit types


def item_lines(text: bytes) -> list[int]:
    """The line, counted from 1, on which each item of a YAML text's outermost list begins.

    Where it is no list, there are none.
    """
    node = yaml.compose(text, _Loader)
    return [one.start_mark.line + 1 for one in node.value] if isinstance(node, yaml.SequenceNode) else []


def key_lines(text: bytes) -> Callable[[Sequence[str]], range | None]:
    """Tells the lines, counted from 0, of an entry of a mapping and all in it, by the keys that lead to it.

    None where there is no such entry, or it does not stand on lines of its own.
    """
    root, after = yaml.compose(text, _Loader), text.count(b"\n") + 1

    def lines(keys: Sequence[str]) -> range | None:
        node, end, found = root, after, None
        for key in keys:
            if not isinstance(node, yaml.MappingNode) or node.flow_style:
                return None
            names = [one.value for one, _ in node.value]
            if key not in names:
                return None
            place = names.index(key)
            starts = [*(one.start_mark.line for one, _ in node.value), end]
            found, end, node = (
                range(starts[place], starts[place + 1]),
                starts[place + 1],
                node.value[place][1],
            )
        return found

    return lines


def refuse_depth(text: bytes, most: int) -> None:
    """Raise ``ValueError`` where a YAML text nests too deeply: building its value would crash the process."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > most:
                raise ValueError(f"nested more than {most} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def to_yaml(value: Any) -> str:
    """Block-style YAML, keys in the order given, one item a line, no aliases.

    ``parsing.parse_yaml`` gives the same value back.
    """
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))
