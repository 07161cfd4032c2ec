"""The canonical form of a description: many small YAML files in a fixed order, for readable diffs.

::

    SOURCE                  the origin of the files, see :mod:`provenance`
    api.yaml                everything except paths and schemas
    paths/<group>.yaml      the paths whose first segment is the group's
    components/<A>.yaml     the schemas by first letter

Names are sorted, and the keywords of a schema or operation follow the order of a table. With
``facts_only``, prose, titles, examples and vendor extensions are left out, and an ``enum`` of one value is
written as ``const``, because descriptions change between the two without changing a fact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from typed_openai_spec.files.layout import HEAD
from typed_openai_spec.files.source import Document
from typed_openai_spec.files.texts import mapping, to_yaml
from typed_openai_spec.model.python_names import group_name

_PROSE: Final = frozenset("description summary title example examples externalDocs tags".split())
_KEPT_EXTENSIONS: Final = frozenset({"x-beta", "x-typed"})

# The order of keywords; all others follow alphabetically. Names of the API's own are sorted separately.
_ORDER: Final = """
    openapi info servers security components operationId name in type const enum format deprecated
    x-beta required nullable default properties additionalProperties items allOf anyOf oneOf
    discriminator parameters requestBody responses
""".split()
_RANK: Final = {key: number for number, key in enumerate(_ORDER)}

# The keys of a mapping below one of these are names, not keywords, and are sorted as names.
_NAMES_BELOW: Final = frozenset(
    {
        "properties",
        "paths",
        "webhooks",
        "schemas",
        "securitySchemes",
        "responses",
        "parameters",
        "headers",
        "mapping",
    }
    | {"content", "patternProperties", "requestBodies", "encoding", "$defs", "pathItems", "dependentSchemas"}
    | {"variables", "scopes", "links", "callbacks"}
)
# The values of these keys are data, in which nothing is a keyword or prose.
_DATA: Final = frozenset({"default", "enum", "const", "example", "examples", "security"})


def canonical(document: Document, *, facts_only: bool = True) -> Document:
    """Return the document in canonical order; with ``facts_only``, without prose and vendor extensions."""
    result: Document = _ordered(document, facts_only, names=False)
    return result


def _ordered(value: Any, facts_only: bool, *, names: bool) -> Any:
    if isinstance(value, list):
        return [_ordered(one, facts_only, names=False) for one in value]
    if not isinstance(value, Mapping):
        return value
    if facts_only and not names:
        value = _with_constant(value)
    keys = (
        sorted(value, key=str)
        if names
        else sorted(value, key=lambda key: (_RANK.get(key, len(_RANK)), str(key)))
    )
    kept = [key for key in keys if names or not (facts_only and _is_prose(str(key)))]
    return {key: _entry(key, value[key], facts_only, names=names) for key in kept}


def _with_constant(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with ``const`` in place of an ``enum`` of one value; others as they are.

    Only schemas have a type. A server variable may have an ``enum``, but no ``const``.
    """
    values = schema.get("enum")
    if not isinstance(values, list) or len(values) != 1 or "const" in schema or "type" not in schema:
        return schema
    return {"const" if key == "enum" else key: values[0] if key == "enum" else schema[key] for key in schema}


def _entry(key: Any, value: Any, facts_only: bool, *, names: bool) -> Any:
    if not names and key in _DATA:
        return _sorted_keys(value)
    if not names and key == "required" and isinstance(value, list):
        return sorted(value, key=str)
    if not names and key == "info":
        # The title of a schema is prose, that of the API is its name.
        title = {"title": value["title"]} if "title" in mapping(value) else {}
        return {**title, **mapping(_ordered(value, facts_only, names=False))}
    return _ordered(value, facts_only, names=not names and key in _NAMES_BELOW)


def _sorted_keys(value: Any) -> Any:
    """Sort the keys of all objects in the data; their order has no meaning in JSON."""
    if isinstance(value, Mapping):
        return {key: _sorted_keys(value[key]) for key in sorted(value, key=str)}
    return [_sorted_keys(one) for one in value] if isinstance(value, list) else value


def _is_prose(key: str) -> bool:
    return key in _PROSE or (key.startswith("x-") and key not in _KEPT_EXTENSIONS)


def parts(document: Document) -> dict[str, Document]:
    """Split a document in canonical order into its files: path below the folder -> part."""
    components = dict(document.get("components") or {})
    schemas = components.pop("schemas", None) or {}
    rest = {key: value for key, value in document.items() if key not in ("paths", "components")}
    found: dict[str, Document] = {HEAD: {**rest, "components": components, "paths": {}}}
    groups: dict[str, Document] = defaultdict(dict)
    for path, item in document["paths"].items():
        group = group_name(path.strip("/").partition("/")[0].partition("?")[0] or "root")
        groups[group if group.isascii() else "_"][path] = item
    found |= {f"paths/{group}.yaml": {"paths": items} for group, items in groups.items()}
    letters: dict[str, Document] = defaultdict(dict)
    for name, schema in schemas.items():
        letters[name[:1].upper() if name[:1].isalpha() and name[:1].isascii() else "_"][name] = schema
    found |= {
        f"components/{letter}.yaml": {"components": {"schemas": part}} for letter, part in letters.items()
    }
    return dict(sorted(found.items()))


def texts(parts: Mapping[str, Document]) -> dict[str, str]:
    """Return the text of each file."""
    return {path: to_yaml(part) for path, part in parts.items()}


def files(document: Document) -> dict[str, str]:
    """Return the canonical files of a document in canonical order: path below the folder -> text."""
    return texts(parts(document))
