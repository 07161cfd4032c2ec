"""Compile the model to index files: deterministic text, one record per line, with a digest.

``build`` covers all steps from the project's ``spec`` folder to the model. ``index_files`` turns the model
into the files that :mod:`typed_openai_spec.index.reader` reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from typed_openai_spec.docs.attaching import Source, documented
from typed_openai_spec.files.additions import Addition, read_additions
from typed_openai_spec.files.bundling import bundled
from typed_openai_spec.files.doc_files import Docs, read_docs, unmatched
from typed_openai_spec.files.extending import Extended, extended
from typed_openai_spec.files.served_files import Served, read_served
from typed_openai_spec.files.shipped_overrides import (
    additions_beside,
    index_beside,
    overrides_beside,
    shipped_overrides,
)
from typed_openai_spec.files.source import (
    Dead,
    DeadOverrides,
    Document,
    applied,
    digest,
    read,
    read_overrides,
    to_json,
)
from typed_openai_spec.files.texts import mapping
from typed_openai_spec.index.reader import FORMAT, PACKAGED, Index
from typed_openai_spec.kept_names import with_kept_names
from typed_openai_spec.model import METHODS, Api, Component, Object, Operation
from typed_openai_spec.model.encoding import bare, encode
from typed_openai_spec.openapi.described_examples import examples_of
from typed_openai_spec.openapi.document import read_api
from typed_openai_spec.openapi.losses import is_mostly_lost
from typed_openai_spec.openapi.servers import address, located
from typed_openai_spec.problems import DescriptionError, Problem
from typed_openai_spec.unpublished import marked

# An extension that only overrides use.
_OURS: Final = "x-typed"


@dataclass(frozen=True, slots=True)
class Built:
    """A description with its overrides, additions and documentation applied.

    ``sources`` holds the origin of each sentence. ``dead`` lists the entries of overrides and documentation
    that match nothing in the description, and the additions that contradict it. ``published`` are the
    additions that the description has itself. ``overrides`` is the folder of the overrides that were applied.
    ``mostly_lost`` is true if most parts of the description have a problem of the kind ``lost``.
    ``files`` are the other files that the description refers to.
    """

    api: Api
    problems: tuple[Problem, ...]
    sources: tuple[Source, ...] = ()
    dead: tuple[Dead, ...] = ()
    overrides: Path | None = None
    mostly_lost: bool = False
    files: tuple[Path, ...] = ()
    published: tuple[Addition, ...] = ()


def build(description: Path, overrides: Path | None = None, *, allow_dead: bool = False) -> Built:
    """Read a description (a file or a folder in canonical form) with its overrides and documentation.

    Raises :class:`DescriptionError` if a file is missing or broken, and :class:`DeadOverrides` if an
    override matches nothing in the description, or if that has an addition itself, unless ``allow_dead`` is
    set.
    """
    if not description.exists():
        raise DescriptionError(f"{description}: no such file or folder; expected an OpenAPI description")
    former = _index_of(index_beside(description))
    built = build_document(read(description), overrides, former, description)
    dead = (*built.dead, *(Dead(one.where, IS_PUBLISHED) for one in built.published))
    if dead and not allow_dead:
        raise DeadOverrides(dead)
    return built


IS_PUBLISHED: Final = 'the description has it itself; delete it, or let "typed-openai spec update" drop it'
"""The message about an addition that is no addition any more."""


def build_own(description: Path, overrides: Path | None = None, group_by: str = "") -> Built:
    """Read a description like :func:`build`, by default with the overrides that belong to it.

    ``group_by`` is ``path`` or ``tag``, if the groups are not made of what the description says.

    Dead entries are reported in the result. Raises :class:`DescriptionError` if a file is missing or
    broken.
    """
    return build_own_document(_grouped(read(description), group_by), overrides, description)


def _grouped(document: Document, group_by: str) -> Document:
    if not group_by:
        return document
    return {**document, _OURS: {**mapping(document.get(_OURS)), "group_by": group_by}}


def build_own_document(document: Document, overrides: Path | None = None, place: Path | None = None) -> Built:
    """Build from a document that has been read already; ``place`` is its file or folder, if there is one.

    The shipped overrides may not fit another version of the API. Problems that they cause there count as
    dead entries, not as problems of the description.
    """
    former = PACKAGED if _is_shipped(document) else None
    index = _index_of((place and index_beside(place)) or former)
    if overrides is not None:
        return build_document(document, overrides, index, place)
    chosen = own_overrides(document, place)
    built = build_document(document, chosen, index, place)
    if chosen is None or chosen != shipped_overrides():
        return built
    ours = [one for one in built.problems if _OURS in one.place.split("/")]
    dead = (Dead(f"{chosen}: {one.place}", one.text) for one in ours)
    return replace(
        built,
        problems=tuple(one for one in built.problems if one not in ours),
        dead=(*built.dead, *dead),
    )


def _index_of(folder: Path | None) -> Index | None:
    return None if folder is None else Index(folder)


def own_overrides(document: Document, place: Path | None = None) -> Path | None:
    """Return the folder of overrides for a description that was read from ``place``, or None.

    A checkout's ``spec/openai`` uses the overrides beside it. Another version of the API whose index ships
    with the project uses the shipped overrides: what they state about streams, pages, headers and names
    applies to that version as well, except for entries about operations that it lacks.
    """
    if place is not None and (beside := overrides_beside(place)):
        return beside
    return shipped_overrides() if _is_shipped(document) else None


def _is_shipped(document: Document) -> bool:
    """Return True if the document describes the API whose index ships with the project.

    It does if title and server agree. Otherwise it does if most of its operations have known operationIds,
    and these are a substantial part of the shipped operations.
    """
    shipped = Index(PACKAGED)
    if (mapping(document.get("info")).get("title"), address(document.get("servers"))) == (
        shipped.title,
        shipped.base_url,
    ):
        return True
    operations = [
        one
        for path in mapping(document.get("paths")).values()
        for method, one in mapping(path).items()
        if method in METHODS
    ]
    ids = [mapping(one).get("operationId") for one in operations]
    known = sum(isinstance(one, str) and shipped.has_id(one) for one in ids)
    ours = sum(map(len, shipped.groups.values()))
    return known * _MOST >= len(operations) and known * _PART >= ours


_MOST: Final = 2
_PART: Final = 4
"""Known operations must be at least 1/``_MOST`` of the description and 1/``_PART`` of the shipped API."""


def build_document(
    document: Document,
    overrides: Path | None = None,
    former: Index | None = None,
    place: Path | None = None,
) -> Built:
    """Build from a document that has been read already; ``former`` is an index whose names are kept.

    ``place`` is the document's file: other files in its folder that it refers to are read. The additions
    beside the overrides apply, too.

    Dead entries and additions that are published are reported in the result. Raises
    :class:`DescriptionError` if an override or an addition is broken.
    """
    if overrides is not None and not overrides.is_dir():
        raise DescriptionError(f"{overrides}: no such folder; expected the overrides of the description")
    docs = Docs()
    dead: tuple[Dead, ...] = ()
    bundle = bundled(located(document, ""), place)
    document = bundle.document
    more = Extended(document)
    if overrides is not None:
        document, dead = applied(document, read_overrides(overrides))
        additions = additions_beside(overrides)
        more = extended(document, read_additions(additions) if additions else ())
        docs = read_docs(overrides / "docs")
    api, found = read_api(more.document, docs)
    lost = is_mostly_lost(document, (*bundle.problems, *found))
    problems = tuple(sorted(map(bundle.placed, (*bundle.problems, *found))))
    if former is not None:
        api = with_kept_names(api, former)
    api = marked(api, more.added)
    folder = overrides or Path()
    unused = (Dead(f"{folder / 'docs' / one}", "documents nothing") for one in unmatched(docs, api))
    served = Served() if overrides is None else read_served(overrides / "served")
    unserved = (Dead(f"{folder / 'served' / one}", "is about nothing") for one in served.unknown(api))
    api = replace(api, served=served.of(api, examples_of(more.document, api)))
    told = documented(replace(api, digest=_facts_digest(api)), docs)
    dead = (*dead, *more.dead, *unused, *unserved)
    return Built(
        told.api, problems, told.sources, dead, overrides, lost, bundle.files, published=more.published
    )


def _facts_digest(api: Api) -> str:
    """Return the digest of an API's facts; neither documentation nor the form of its files changes it."""
    files = index_files(api)
    return digest(files[name].encode() for name in sorted(files.keys() - _DOCUMENTATION))


_DOCUMENTATION: Final = frozenset({"docs.json", "component_docs.json", "texts.json", "served.json"})


def index_files(api: Api) -> dict[str, str]:
    """Return the index files of an API: path below the index folder -> text."""
    groups = {group: list(ops) for group, ops in groupby(api.operations, key=lambda one: one.group)}
    components = sorted(api.components.values(), key=lambda one: one.name)
    names = {group: {one.name: one.id for one in ops} for group, ops in groups.items()}
    head = {
        "title": api.title,
        "version": api.version,
        "base_url": api.base_url,
        "digest": api.digest,
        "security_schemes": dict(api.security_schemes),
        "query_style": api.query_style,
    }
    if former := {each: one.id for one in api.operations for each in one.former_ids}:
        head["former_ids"] = former
    files = {
        "api.json": _records(head, "groups", names),
        "components.json": _records(
            {"webhooks": [encode(one) for one in api.webhooks]},
            "components",
            [encode(bare(one)) for one in components],
        ),
        "docs.json": _records({}, "operations", {one.id: _docs(one) for one in api.operations}),
        "component_docs.json": _records({}, "components", _by_name(components, "doc")),
    }
    texts = {one.id: _texts(one) for one in api.operations}
    if any(texts.values()) or any(_by_name(components, "text").values()):
        told = {name: one for name, one in texts.items() if one}
        files["texts.json"] = _records({"operations": told}, "components", _by_name(components, "text"))
    if api.accumulations:
        accumulated = {name: encode(one) for name, one in sorted(api.accumulations.items())}
        files["streams.json"] = _records({}, "accumulations", accumulated)
    if api.served:
        files["served.json"] = _records({}, "served", api.served)
    for group, ops in groups.items():
        files[f"operations/{group}.json"] = _records({}, "operations", [_operation(one) for one in ops])
    return files


def _operation(operation: Operation) -> dict[str, Any]:
    """Encode an operation without the texts that the documentation files hold."""
    arguments = tuple(replace(one, doc="", text="") for one in operation.arguments)
    return encode(replace(operation, doc="", text="", arguments=arguments))


def _docs(operation: Operation) -> dict[str, Any]:
    arguments = {one.name: one.doc for one in operation.arguments if one.doc}
    return {"summary": operation.doc, "arguments": arguments}


def _texts(operation: Operation) -> dict[str, Any]:
    arguments = {one.name: one.text for one in operation.arguments if one.text}
    return _filled({"text": operation.text, "arguments": arguments})


def _by_name(components: Iterable[Component], attribute: str) -> dict[str, Any]:
    """Return the ``doc`` or ``text`` of each component and its fields, without empty entries."""
    found = {}
    for one in components:
        fields = one.schema.fields if isinstance(one.schema, Object) else ()
        of_fields = {field.name: text for field in fields if (text := getattr(field, attribute))}
        found[one.name] = _filled({attribute: getattr(one, attribute), "fields": of_fields})
    return _filled(found)


def _filled(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value}


def _records(head: Mapping[str, Any], key: str, records: Mapping[str, Any] | list[Any]) -> str:
    """Write a JSON object with one line per record, so that a diff shows what changed."""
    lines = [f"{to_json(name)}:{to_json(value)}" for name, value in {"format": FORMAT, **head}.items()]
    opening, closing, entries = _lines_of(records)
    body = ",\n".join(entries)
    return "{\n" + ",\n".join(lines) + f",\n{to_json(key)}:{opening}\n{body}\n{closing}}}\n"


def _lines_of(records: Mapping[str, Any] | list[Any]) -> tuple[str, str, Iterable[str]]:
    if isinstance(records, Mapping):
        return "{", "}", (f"{to_json(name)}:{to_json(value)}" for name, value in records.items())
    return "[", "]", (to_json(one) for one in records)
