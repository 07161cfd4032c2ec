"""Classes of pydantic: models, dataclasses, and types that are text.

Nothing is imported unless a program uses such a class.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

from typed_openai._shapes.shape_nodes import Plain
from typed_openai._shapes.unfit_values import Unfit
from typed_openai.errors import CallError

_FORMATS: Final = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
"""The formats that a strict schema may have."""

_KEYWORDS: Final = ("minLength", "maxLength", "pattern")


def has_fields(cls: Any) -> bool:
    """Return True for a model or a dataclass of pydantic."""
    is_model = hasattr(cls, "__pydantic_fields__") or hasattr(cls, "model_fields")
    return is_model and hasattr(cls, "__pydantic_validator__")


def is_root_model(cls: Any) -> bool:
    """Return True for a model that is written as the type of its only field."""
    return bool(getattr(cls, "__pydantic_root_model__", False)) and has_fields(cls)


def fields_of(cls: Any) -> Mapping[str, Any]:
    """Return the fields of a model or a dataclass that its constructor takes."""
    if not cls.__pydantic_complete__:
        rebuild = getattr(cls, "model_rebuild", None)
        if rebuild is not None:
            rebuild(raise_errors=False)
        else:
            import_module("pydantic.dataclasses").rebuild_dataclass(cls, raise_errors=False)
    fields = getattr(cls, "__pydantic_fields__", None) or cls.model_fields
    return {name: one for name, one in fields.items() if getattr(one, "init", None) is not False}


def key_of(cls: Any, name: str, field: Any) -> str:
    """Return the key of a field in JSON. Raises ``CallError`` for one that is inside another object."""
    alias = field.validation_alias or field.alias
    choices = getattr(alias, "choices", [alias])
    found = next((one for one in choices if isinstance(one, str)), None)
    if alias and found is None:
        raise CallError(f"{cls.__name__}.{name}: an AliasPath has no strict schema; use an alias")
    return found or name


def validated(cls: Any) -> Callable[[Any], Any]:
    """Return a function that validates a JSON value, and makes an instance of it."""

    def build(value: Any) -> Any:
        try:
            # As text: a strict model accepts dates as strings only in JSON.
            return cls.__pydantic_validator__.validate_json(json.dumps(value))
        except ValueError as error:
            raise _unfit(error) from None

    return build


def text_of_pydantic(cls: Any, place: str) -> Plain | None:
    """Return the node of a type that pydantic reads from text, such as a URL; None for any other class.

    Raises ``CallError`` if pydantic needs a package for it that is not installed.
    """
    if not hasattr(cls, "__get_pydantic_core_schema__"):
        return None
    try:
        adapter = import_module("pydantic").TypeAdapter(cls)
        schema = adapter.json_schema()
    except ImportError as error:
        raise CallError(f"{place or cls.__name__}: {error}") from None
    except Exception:  # a type without a schema
        return None
    if schema.get("type") != "string":
        return None
    keywords = {name: schema[name] for name in _KEYWORDS if name in schema}
    if schema.get("format") in _FORMATS:
        keywords["format"] = schema["format"]

    def read(text: str) -> Any:
        try:
            return adapter.validate_python(text)
        except ValueError as error:
            raise _unfit(error) from None

    return Plain("string", keywords, read, f"a text of {cls.__name__}")


def _unfit(error: ValueError) -> Exception:
    found: list[Any] = getattr(error, "errors", list)()
    return Unfit(found[0]["msg"], found[0]["loc"]) if found else error
