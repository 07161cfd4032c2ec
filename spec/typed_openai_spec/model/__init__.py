"""The frozen model of an API: what every reader of the description shares.

Map::

    Api
      operations   Operation
                     arguments   Argument   what a caller passes: path, query, header, body fields
                     bodies      Body       which media types carry which arguments
                     result      Result     what a call gives back
                     variants    Variant    what it gives instead when an argument has some value
                     paging      Paging     how its list goes on, where it comes in pages
                     errors      Reply      the error replies the description lists
      components   Component      a named schema; inline objects are lifted to components too
      webhooks     Webhook

    Schema = Anything | Null | Scalar | Literals | Array | Object | Union | Ref

An ``Object`` with declared fields occurs only as the whole schema of a component: whatever refers
to it does so by ``Ref``. An ``Object`` without fields is a plain map and occurs anywhere. A
nullable schema is a ``Union`` with a ``Null`` member; an open enumeration is a ``Union`` of a
string ``Scalar`` and ``Literals``. No component is an alias of itself: who follows references and
the members of unions comes to a node of another kind.

A ``doc`` is a sentence; ``text`` is the prose that the description has, where that says more.
"""

from __future__ import annotations

from typed_openai_spec.model.api_model import (
    CALL_OPTIONS,
    ON_PROGRESS,
    PLACEHOLDER,
    STREAM_TO,
    Api,
    Argument,
    Body,
    Component,
    Location,
    Operation,
    Paging,
    Reply,
    Result,
    ResultKind,
    Variant,
    Webhook,
    class_name,
)
from typed_openai_spec.model.nodes import (
    MISSING,
    Anything,
    Array,
    Discriminator,
    Field,
    Json,
    Literals,
    Missing,
    Null,
    Object,
    Ref,
    Scalar,
    ScalarKind,
    Schema,
    Union,
)

__all__ = [
    "CALL_OPTIONS",
    "MISSING",
    "ON_PROGRESS",
    "PLACEHOLDER",
    "STREAM_TO",
    "Anything",
    "Api",
    "Argument",
    "Array",
    "Body",
    "Component",
    "Discriminator",
    "Field",
    "Json",
    "Literals",
    "Location",
    "Missing",
    "Null",
    "Object",
    "Operation",
    "Paging",
    "Ref",
    "Reply",
    "Result",
    "ResultKind",
    "Scalar",
    "ScalarKind",
    "Schema",
    "Union",
    "Variant",
    "Webhook",
    "class_name",
]
