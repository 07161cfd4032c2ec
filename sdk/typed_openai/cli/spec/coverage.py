"""``typed-openai spec coverage``: the documented parts of an API, and the origin of their sentences."""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from typed_openai.cli.spec.checkout import spec_folder
from typed_openai.cli.spec.locations import read_place
from typed_openai.cli.spec.statuses import STATUSES
from typed_openai.cli.type_words import type_text
from typed_openai_spec.compile import Built, build
from typed_openai_spec.docs.attaching import ORIGINS, Kind, Source
from typed_openai_spec.model import Api, Component, Field, Object
from typed_openai_spec.model.walking import references
from typed_openai_spec.problems import DescriptionError

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Missing:
    """A name without a sentence: the number of its uses, its type and, for a field, its owners."""

    kind: Kind
    name: str
    uses: int
    type: str
    owners: tuple[str, ...] = ()


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``coverage``."""
    cover = commands.add_parser(
        "coverage",
        help="show how much of a description is documented, and from which source",
        epilog=STATUSES.format(one="--fail-under is not reached", two="the place"),
    )
    cover.add_argument(
        "place",
        nargs="?",
        help="an OpenAPI file or its URL, or a folder of one (default: the checkout's own)",
    )
    cover.add_argument("--overrides", type=Path, help="the overrides of the place")
    cover.add_argument("--root", type=Path, default=Path(), help="the project's folder (default: this one)")
    cover.add_argument("--missing", action="store_true", help="list undocumented items, the most used first")
    cover.add_argument("--kind", choices=KINDS, action="append", help="only these; may be repeated")
    cover.add_argument(
        "--fail-under",
        type=float,
        metavar="PERCENT",
        help="exit with 1 if the coverage of any kind is lower",
    )
    cover.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the coverage; return 1 if it is below ``--fail-under``."""
    built = _built(args)
    kinds = tuple(args.kind or KINDS)
    counts = count(one for one in built.sources if one.kind in kinds)
    missing = list(_missing(built, kinds)) if args.missing else []
    if args.json:
        print(json.dumps(_as_json(counts, missing if args.missing else None), indent=2))
    else:
        print("\n".join((*_table(counts), *_listed(missing))))
    least = min((covered(one) for one in counts.values()), default=100.0)
    return int(args.fail_under is not None and least < args.fail_under)


def count(sources: Iterable[Source]) -> dict[Kind, Counter[str]]:
    """Count the origins of sentences for each kind of item."""
    counts: defaultdict[Kind, Counter[str]] = defaultdict(Counter)
    for one in sources:
        counts[one.kind][one.origin] += 1
    return {kind: counts[kind] for kind in KINDS if kind in counts}


def covered(counts: Mapping[str, int]) -> float:
    """Return the percentage of items with a sentence; 100 only if all of them have one."""
    total = sum(counts.values())
    return 100 * (total - counts.get("none", 0)) / total if total else 100.0


def _built(args: argparse.Namespace) -> Built:
    if args.place is None:
        spec = spec_folder(args.root)
        return build(spec / "openai", args.overrides or spec / "overrides")
    built = read_place(args.place, args.overrides)
    if not built.sources:
        raise DescriptionError(
            f"{args.place}: a compiled index does not record the origin of its sentences; "
            "pass the description"
        )
    return built


def _table(counts: Mapping[Kind, Mapping[str, int]]) -> Iterator[str]:
    yield f"{'':<11}{'total':>7}" + "".join(f"{one:>13}" for one in ORIGINS) + f"{'covered':>10}"
    for kind, one in counts.items():
        numbers = "".join(f"{one.get(origin, 0):>13}" for origin in ORIGINS)
        # Rounded down, so that an incomplete coverage is never shown as complete.
        share = f"{int(covered(one) * 10) / 10:.1f}%"
        yield f"{kind + 's':<11}{sum(one.values()):>7}{numbers}{share:>10}"


def _missing(built: Built, kinds: tuple[Kind, ...]) -> Iterator[Missing]:
    """Yield the items without a sentence; fields and arguments of the same name are combined."""
    owners: defaultdict[tuple[Kind, str], list[str]] = defaultdict(list)
    for one in built.sources:
        if one.origin == "none" and one.kind in kinds:
            owners[one.kind, one.name].append(one.owner)
    uses = _uses(built.api)
    found = [
        Missing(
            kind,
            name,
            len(places) if places[0] else uses[name],
            _type(built.api, kind, name, places[0]),
            tuple(filter(None, places)),
        )
        for (kind, name), places in owners.items()
    ]
    yield from sorted(found, key=lambda one: (KINDS.index(one.kind), -one.uses, one.name))


def _uses(api: Api) -> Counter[str]:
    """Count the references to each component."""
    arguments = (one.schema for operation in api.operations for one in operation.arguments)
    results = (one.schema for operation in api.operations for one in operation.replies if one.schema)
    components = (one.schema for one in api.components.values())
    return Counter(name for one in (*arguments, *results, *components) for name in references(one))


def _type(api: Api, kind: Kind, name: str, owner: str) -> str:
    if kind == "argument":
        operation = next(one for one in api.operations if one.id == owner)
        return next(type_text(one.schema, api.components) for one in operation.arguments if one.name == name)
    if kind == "field":
        return next(
            type_text(one.schema, api.components)
            for one in _fields(api.components[owner])
            if one.name == name
        )
    if kind == "component":
        component = api.components[name]
        fields = ", ".join(one.name for one in _fields(component))
        return f"{{{fields}}}" if fields else type_text(component.schema, api.components)
    return next(f"{one.method} {one.path}" for one in api.operations if one.id == name)


def _fields(component: Component) -> tuple[Field, ...]:
    return component.schema.fields if isinstance(component.schema, Object) else ()


def _listed(missing: Iterable[Missing]) -> Iterator[str]:
    kind = ""
    for one in missing:
        if one.kind != kind:
            kind = one.kind
            yield from ("", f"{kind}s without a sentence:")
        more = len(one.owners) - _EXAMPLES
        places = ", ".join(one.owners[:_EXAMPLES]) + (f" and {more} more" if more > 0 else "")
        yield f"{one.uses:>5}  {one.name}: {one.type}" + (f"  in {places}" if places else "")


def _as_json(counts: Mapping[Kind, Mapping[str, int]], missing: list[Missing] | None) -> dict[str, object]:
    found: dict[str, object] = {
        "coverage": {
            f"{kind}s": {"total": sum(one.values()), **{origin: one.get(origin, 0) for origin in ORIGINS}}
            for kind, one in counts.items()
        }
    }
    if missing is not None:
        found["missing"] = [
            {"kind": one.kind, "name": one.name, "uses": one.uses, "type": one.type, "in": list(one.owners)}
            for one in missing
        ]
    return found
