"""A reader and writer for YAML with the core schema of YAML 1.2; the only module that imports ``yaml``.

:mod:`texts` is the public entry; it imports this module for texts that are not JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

import yaml

YAMLError = yaml.YAMLError

# Tag, pattern and possible first characters of the plain scalars that are not strings. Values that JSON
# does not have (.inf, .nan) stay strings, as do octal and hexadecimal numbers.
_CORE_SCHEMA: Final = (
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL", "~nN"),
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # a base chosen at run time
    """A loader whose keys are unique strings, taken as written (``200:``, ``true:``)."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise yaml.constructor.ConstructorError(None, None, "expected a mapping", node.start_mark)
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping", node.start_mark, "a key is not a scalar", key_node.start_mark
                )
            if key_node.value in mapping:
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping",
                    node.start_mark,
                    f"duplicate key {key_node.value!r}",
                    key_node.start_mark,
                )
            mapping[key_node.value] = self.construct_object(value_node, deep=True)
        return mapping

    def construct_decimal(self, node: Any) -> int:
        """Return a decimal integer; ``010`` is ten in YAML 1.2, but octal in YAML 1.1."""
        return int(self.construct_scalar(node))


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # a base chosen at run time
    """A dumper that quotes every string that YAML 1.1 or 1.2 would read as another type."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_text(self, data: str) -> Any:
        """Write multi-line texts in literal style where YAML allows it, for readable diffs."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


for _tag, _pattern, _first in _CORE_SCHEMA:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_decimal)
_Dumper.add_representer(str, _Dumper.represent_text)


def load(text: bytes, max_depth: int) -> Any:
    """Parse a YAML text. Raises ``ValueError`` or :data:`YAMLError` if it is invalid."""
    refuse_depth(text, max_depth)
    return yaml.load(text, _Loader)  # noqa: S506  # a safe loader with fewer implicit types


def item_lines(text: bytes) -> list[int]:
    """Return the line, counted from 1, on which each item of a YAML text's outermost list begins.

    The result is empty if the text is not a list.
    """
    node = yaml.compose(text, _Loader)
    return [one.start_mark.line + 1 for one in node.value] if isinstance(node, yaml.SequenceNode) else []


def key_lines(text: bytes) -> Callable[[Sequence[str]], range | None]:
    """Return a function that finds the lines of an entry in nested YAML mappings by its keys.

    Lines are counted from 0. The function returns None if there is no such entry, or if it shares its lines
    with others.
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
    """Raise ``ValueError`` if a YAML text nests too deeply: building its value would crash the process."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > most:
                raise ValueError(f"nested more than {most} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def to_yaml(value: Any) -> str:
    """Write block-style YAML with keys in the given order, one item per line and no aliases.

    :func:`texts.parse_yaml` restores the same value.
    """
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))
