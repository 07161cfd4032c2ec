"""Wishes of a request about its reply: numbers of items, formats of texts, and values to repeat."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from typed_openai.testing import value_paths
from typed_openai.testing.checking import Checked
from typed_openai.testing.habits import Form, Habits, OperationHabits, form_of
from typed_openai.testing.json_schema_values import fitting_value
from typed_openai.testing.multipart import UploadedFile


def forms_of(habits: OperationHabits, arguments: Mapping[str, Any]) -> dict[str, Form]:
    """Return the forms of components that the arguments of a request decide."""
    forms: dict[str, Form] = {}
    for rule in habits.forms:
        value = arguments.get(rule["argument"])
        if isinstance(value, str) and re.fullmatch(rule["pattern"], value):
            forms.setdefault(rule["component"], form_of(rule["keys"]))
    return forms


def number_of(source: object) -> int:
    """Return a number that a request has, or the number of texts or token lists in it."""
    if isinstance(source, int) and not isinstance(source, bool):
        return source
    if isinstance(source, list) and any(isinstance(one, (str, list)) for one in source):
        return len(source)
    return 1


def structured_text(habits: OperationHabits, arguments: Mapping[str, Any]) -> str:
    """Return the text that fits the format that a request asks for, or an empty string."""
    rule = habits.format
    asked = arguments.get(rule.get("argument", ""))
    if not isinstance(asked, dict):
        return ""
    kind = value_paths.read(asked, rule["type"])
    if kind == "json_schema":
        return json.dumps(fitting_value(value_paths.read(asked, rule["schema"])), ensure_ascii=False)
    return '{"answer": "example"}' if kind == "json_object" else ""


def repeated_values(checked: Checked, habits: Habits) -> dict[str, object]:
    """Return the values that a reply repeats, by field: arguments, and an uploaded file's name and size."""
    echo: dict[str, object] = {}
    for argument in checked.operation.arguments:
        value = checked.arguments.get(argument.name)
        if isinstance(value, UploadedFile):
            echo |= {"filename": value.filename, "bytes": value.size}
        elif argument.name in checked.arguments and not _holds_file(value):
            echo[argument.wire] = value
    if checked.object_asked_for is not None:
        echo["id"] = checked.object_asked_for
    if isinstance(model := echo.get("model"), str):
        echo["model"] = habits.models.get(model, model)
    return echo


def _holds_file(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_file(one) for one in value.values())
    if isinstance(value, list):
        return any(_holds_file(one) for one in value)
    return isinstance(value, UploadedFile)
