"""TypedDicts with the arguments of each operation, for ``**params``.

The arguments that select the kind of a call's result are not in an operation's plain params. They are
passed separately (``create(**params, stream=True)``), or as part of the params of that result. A type
checker therefore always knows the type of the result. Arguments that only one such value allows are in its
params alone.

The options of an operation are its plain params without the required ones, for wrappers that name those
themselves (``**options: Unpack[CreateChatCompletionOptions]``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from typed_openai_spec.model.api_model import Argument, Component, Operation, Variant, class_stem
from typed_openai_spec.model.body_choices import arguments_of
from typed_openai_spec.model.nodes import Literals
from typed_openai_spec.records import dataclass

SUFFIX: Final = "Params"
OPTIONS: Final = "Options"

_NO_COMPONENTS: Final[Mapping[str, Component]] = MappingProxyType({})

_WORD: Final = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Params:
    """One TypedDict: its own ``arguments``, and those of its ``base``, if it has one."""

    name: str
    arguments: tuple[Argument, ...]
    base: str = ""
    doc: str = ""


def stems(groups: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the name stem of each operation's params -> its group and name.

    ``groups`` holds the names of each group's operations, like those of an index. If two groups have an
    operation of the same name, the group's name is prefixed.
    """
    places = [(group, name) for group, names in groups.items() for name in names]
    met = Counter(class_stem(name) for _, name in places)
    found: dict[str, tuple[str, str]] = {}
    for group, name in places:
        stem = class_stem(name)
        stem = class_stem(group) + stem if met[stem] > 1 else stem
        while stem in found:
            stem += "_"
        found[stem] = (group, name)
    return found


def params_of(
    operation: Operation, stem: str, components: Mapping[str, Component] = _NO_COMPONENTS
) -> tuple[Params, ...]:
    """Return the params of an operation: the plain ones, then those of each result that a value selects.

    The last are the options, unless no argument is an optional keyword. The result is empty if the
    operation takes no arguments. If there are several ways to fill the body, the plain params are those of
    the first one, and the others follow; ``components`` then have the types of their fields.
    """
    if not operation.arguments:
        return ()
    if operation.choices:
        return tuple(_of_choices(operation, stem, components))
    name = operation.qualified_name
    varying = list(dict.fromkeys(one.argument for one in operation.variants))
    later = {*varying, *(name for one in operation.variants for name in one.only)}
    plain = tuple(one for one in operation.arguments if one.name not in later)
    beside = f" Pass {' or '.join(varying)} separately, or use another of its params." if varying else ""
    optional = tuple(one for one in plain if not one.required and not one.positional)
    doc = f"The optional keywords of ``{name}`` for ``**options: Unpack[...]``."
    options = (Params(stem + OPTIONS, optional, doc=doc),) if optional else ()
    base = Params(stem + SUFFIX, plain, doc=f"The arguments of ``{name}``.{beside}")
    return (base, *_variants(operation, stem, varying, base.name), *options)


def _of_choices(operation: Operation, stem: str, components: Mapping[str, Component]) -> Iterator[Params]:
    taken: set[str] = set()
    for one in operation.choices:
        chosen = replace(operation, arguments=arguments_of(one, operation, components), choices=())
        word = "".join(map(class_stem, _WORD.findall(one.label)))
        is_first = one is operation.choices[0]
        for params in params_of(chosen, stem if is_first else stem + word):
            # The options are those of the first choice: wrappers name what is required themselves.
            if is_first or not params.name.endswith(OPTIONS):
                yield replace(params, name=_free(params.name, taken))


def former_names(operations: Iterable[Operation], current: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the params names that derive from former operation names, and their current names.

    ``current`` is the result of :func:`stems`. A former name that another operation uses now is left out.
    """
    stem_of = {place: stem for stem, place in current.items()}
    found: dict[str, str] = {}
    for one in operations:
        now = params_of(one, stem_of[one.group, one.name]) if one.aliases else ()
        for alias in one.aliases:
            if (stem := class_stem(alias)) not in current:
                then = params_of(one, stem)
                found |= {old.name: new.name for old, new in zip(then, now, strict=True)}
    return found


def _variants(operation: Operation, stem: str, varying: list[str], base: str) -> Iterator[Params]:
    taken = {base}
    only = {name for one in operation.variants for name in one.only}
    deciding = [one for one in operation.arguments if one.name in varying]
    dependent = [one for one in operation.arguments if one.name in only]
    for variant in operation.variants:
        name = _free(f"{stem}{_word(variant)}{SUFFIX}", taken)
        doc = f"The arguments of ``{operation.qualified_name}`` if {_values(variant)}."
        chosen = tuple(
            replace(one, schema=Literals(variant.values), required=True)
            for one in deciding
            if one.name == variant.argument
        )
        allowed = tuple(one for one in dependent if one.name in variant.only)
        yield Params(name, (*chosen, *allowed), base, doc)
    if deciding:
        doc = f"All arguments of ``{operation.qualified_name}``: the call may return any of its results."
        yield Params(_free(f"{stem}Any{SUFFIX}", taken), (*deciding, *dependent), base, doc)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _word(variant: Variant) -> str:
    """Return the distinguishing part of a variant's params name: ``Streaming``, or else its first value."""
    if variant.result.kind == "stream":
        return "Streaming"
    value = variant.values[0]
    text = variant.argument if isinstance(value, bool) else str(value)
    return class_stem("_".join(_WORD.findall(text))) or "Other"


def _values(variant: Variant) -> str:
    return f"``{variant.argument}`` is {' or '.join(map(repr, variant.values))}"
