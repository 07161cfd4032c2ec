"""Search words in the API: in names, paths and documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from typed_openai_spec import spelling
from typed_openai_spec.index.reader import Index

KINDS: Final = ("group", "operation", "component", "field")
"""The kinds of results, in the order in which they are listed."""

_NEAREST: Final = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result. A smaller ``rank`` is a better match."""

    rank: int
    kind: str
    name: str
    doc: str = ""
    head: str = ""


def search(index: Index, words: Sequence[str]) -> list[Hit]:
    """Return the results that contain all words, the best first: by name, then path, then documentation."""
    wanted = [one.casefold() for one in words if one.strip()]
    found: dict[tuple[str, str], Hit] = {}
    for one, texts in _things(index):
        rank = _rank(wanted, texts)
        known = found.get((one.kind, one.name))
        if rank is not None and (known is None or rank < known.rank):
            found[one.kind, one.name] = Hit(rank, one.kind, one.name, one.doc, one.head)
    order = sorted(found.values(), key=lambda one: (one.rank, KINDS.index(one.kind), len(one.name), one.name))
    return order if wanted else []


def in_its_case(index: Index, name: str) -> str:
    """Return the name that equals ``name`` except for the case; empty if there is none."""
    wanted = name.casefold()
    return next(
        (one.name for one, _ in _things(index, with_fields=False) if one.name.casefold() == wanted), ""
    )


def nearest(index: Index, name: str) -> list[str]:
    """Return known names with a spelling similar to an unknown one."""
    wanted = name.casefold().rpartition(" ")[2]
    names: dict[str, str] = {}
    for one, _ in _things(index, with_fields=False):
        for each in (one.name, one.name.rpartition(".")[2]):
            names.setdefault(each.casefold(), one.name)
    close = spelling.several(wanted, names, _NEAREST)
    return list(dict.fromkeys(names[one] for one in close))


def _things(index: Index, *, with_fields: bool = True) -> Iterator[tuple[Hit, tuple[str, ...]]]:
    """Yield each part of the API with the texts to search, the most significant first."""
    for group in index.groups:
        yield Hit(0, "group", group), (group,)
    for bare in index.operations():
        one = index.documented(bare)
        hit = Hit(0, "operation", one.qualified_name, one.doc, f"{one.method} {one.path}")
        inside = " ".join(f"{each.name} {each.doc}" for each in one.arguments)
        yield hit, (f"{one.qualified_name} {one.id} {' '.join(one.aliases)}", one.path, one.doc, inside)
    for name in index.components:
        docs = index.component_docs.get(name, {})
        hit = Hit(0, "component", name, str(docs.get("doc", "")))
        yield hit, (name, "", hit.doc)
        for field, doc in docs.get("fields", {}).items() if with_fields else ():
            yield Hit(0, "field", f"{name}.{field}", doc), (field, "", doc)


def _rank(wanted: Sequence[str], texts: Sequence[str]) -> int | None:
    """Return the number of texts, minus one, that together contain all words; None if one is missing."""
    read = ""
    for rank, text in enumerate(texts):
        read += f"{text}\n".casefold()
        if all(one in read for one in wanted):
            return rank
    return None
