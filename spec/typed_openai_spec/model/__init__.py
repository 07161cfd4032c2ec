"""The frozen model of an API, shared by everything that reads the description.

Map::

    Api
        operations     Operation
                           arguments   Argument   an argument of the call: path, query, header, body fields
                           bodies      Body       a media type and the arguments that it carries
                           result      Result     the result of a call
                           variants    Variant    another result, selected by an argument's value
                           paging      Paging     the pagination of a list
                           waiting     Waiting    the states of work that takes a while
                           replies     Reply      the documented responses
        components     Component       a named schema; inline objects become components, too
        webhooks       Webhook
        accumulations  Accumulation    how the events of a stream make up a reply

    Schema = Anything | Null | Scalar | Literals | Array | Object | Union | Ref

An ``Object`` with declared fields occurs only as the whole schema of a component; everything else refers to
it by ``Ref``. An ``Object`` without fields is a plain map and may occur anywhere. A nullable schema is a
``Union`` with a ``Null`` member. An open enumeration is a ``Union`` of a string ``Scalar`` and
``Literals``. No component is an alias of itself: following references and union members always ends at
another kind of node.

A ``doc`` is a single sentence. ``text`` is the description's prose, where it contains more.
"""

from __future__ import annotations

from typed_openai_spec.model.api_model import (
    METHODS,
    PLACEHOLDER,
    UNPUBLISHED,
    Api,
    Argument,
    Body,
    Choice,
    Component,
    Location,
    Operation,
    Paging,
    Reply,
    Result,
    ResultKind,
    Variant,
    Waiting,
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
    "METHODS",
    "MISSING",
    "PLACEHOLDER",
    "UNPUBLISHED",
    "Anything",
    "Api",
    "Argument",
    "Array",
    "Body",
    "Choice",
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
    "Waiting",
    "Webhook",
    "class_name",
]
