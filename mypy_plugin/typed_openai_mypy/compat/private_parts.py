"""The private parts of mypy that the plugin uses, and a check that this mypy has them.

Everything outside of ``mypy.nodes``, ``mypy.types``, ``mypy.options``, ``mypy.plugin`` and
``mypy.errorcodes`` counts as private. A part that some supported version lacks, and that the plugin can do
without, is not listed; the module that uses it reads it with ``getattr`` or in a ``try``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from inspect import get_annotations
from typing import Final

from typed_openai_mypy.compat.error_tap import watchers_work

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "mypy.argmap": ("map_actuals_to_formals",),
    "mypy.binder": ("ConditionalTypeBinder", "Frame"),
    "mypy.checker": ("TypeChecker", "TypeMap", "is_unreachable_map"),
    "mypy.checker_state": ("checker_state",),
    "mypy.checkexpr": ("arg_approximate_similarity",),
    "mypy.checkmember": ("analyze_member_access",),
    "mypy.constraints": ("SUBTYPE_OF", "SUPERTYPE_OF", "infer_constraints"),
    "mypy.errors": ("CompileError", "ErrorInfo", "ErrorWatcher", "Errors"),
    "mypy.expandtype": ("expand_type", "expand_type_by_instance"),
    "mypy.literals": ("literal",),
    "mypy.maptype": ("map_instance_to_supertype",),
    "mypy.message_registry": ("INCOMPATIBLE_TYPES", "ErrorMessage"),
    "mypy.plugins.default": ("DefaultPlugin",),
    "mypy.scope": ("Scope",),
    "mypy.solve": ("solve_constraints",),
    "mypy.subtypes": ("is_subtype",),
    "mypy.typeanal": ("TypeAnalyser",),
    "mypy.typestate": ("type_state",),
    "mypy.typevars": ("fill_typevars",),
}
"""Functions, classes and constants by module."""

ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "mypy.binder.ConditionalTypeBinder": (
        "break_frames",
        "continue_frames",
        "declarations",
        "dependencies",
        "frame_context",
        "frames",
        "get",
        "last_pop_changed",
        "next_id",
        "options_on_return",
        "put",
        "try_frames",
        "type_assignments",
        "version",
    ),
    "mypy.binder.Frame": ("id", "types"),
    "mypy.checker.PartialTypeScope": ("map",),
    "mypy.checker.TypeChecker": (
        "_type_maps",
        "accept",
        "binder",
        "check_simple_assignment",
        "current_node_deferred",
        "errors",
        "expr_checker",
        "find_isinstance_check",
        "inferred_attribute_types",
        "local_type_map",
        "lookup_type_or_none",
        "lookup_typeinfo",
        "modules",
        "msg",
        "options",
        "partial_types",
        "path",
        "push_type_map",
        "scope",
        "tree",
        "tscope",
        "var_decl_frames",
    ),
    "mypy.checker_shared.CheckerScope": ("current_function", "stack"),
    "mypy.checker_state.TypeCheckerState": ("type_checker",),
    "mypy.checkexpr.ExpressionChecker": (
        "accept",
        "analyze_type_type_callee",
        "check_call",
        "check_for_comp",
        "expr_cache",
        "in_lambda_expr",
        "type_context",
        "type_overrides",
    ),
    "mypy.constraints.Constraint": ("target", "type_var"),
    "mypy.errors.ErrorInfo": (
        "code",
        "column",
        "end_column",
        "end_line",
        "line",
        "message",
        "origin_span",
        "severity",
    ),
    "mypy.errors.ErrorWatcher": (
        "_filter",
        "_filtered",
        "filter_revealed_type",
        "filtered_errors",
        "has_new_errors",
    ),
    "mypy.errors.Errors": (
        "_watchers",
        "error_info_map",
        "file",
        "generate_unused_ignore_errors",
        "global_watcher",
        "ignored_files",
        "ignored_lines",
        "is_error_code_enabled",
        "is_errors",
        "is_ignored_error",
        "options",
        "read_source",
        "report",
        "scope",
        "set_file",
        "target_module",
        "used_ignored_lines",
    ),
    "mypy.message_registry.ErrorMessage": ("value",),
    "mypy.messages.MessageBuilder": ("filter_errors", "no_variant_matches_arguments"),
    "mypy.plugins.default.DefaultPlugin": ("get_method_hook", "get_method_signature_hook"),
    "mypy.scope.Scope": ("class_scope", "classes", "function_scope", "functions", "module_scope"),
    "mypy.typeanal.TypeAnalyser": ("api",),
}
"""Attributes by class."""


@cache
def is_usable() -> bool:
    """Return whether mypy has all parts that the plugin needs; if not, print a message once."""
    missing = missing_parts()
    if missing:
        lacking = ", ".join(missing)
        sys.stderr.write(f"typed_openai_mypy: this mypy lacks {lacking}; its errors keep their own text\n")
    return not missing


def missing_parts() -> tuple[str, ...]:
    """Return the parts that this mypy lacks or that do not work as expected."""
    missing = (*_missing_names(), *_missing_attributes())
    return missing if missing or watchers_work() else ("Errors._watchers",)


def _missing_names() -> Iterator[str]:
    for module, names in NAMES.items():
        for name in names:
            if _found(module, name) is None:
                yield f"{module}.{name}"


def _missing_attributes() -> Iterator[str]:
    for fullname, attributes in ATTRIBUTES.items():
        owner = _found(*fullname.rpartition(".")[::2])
        if owner is None:
            yield fullname
        elif isinstance(owner, type):
            yield from (f"{fullname}.{one}" for one in attributes if not _has(owner, one))


def _found(module: str, name: str) -> object:
    try:
        return getattr(import_module(module), name, None)
    except ImportError:
        return None


def _has(owner: type, attribute: str) -> bool:
    """Return whether instances of a class have an attribute.

    A compiled class has all of them. One that is not compiled may only declare it, or set it in ``__init__``.
    """
    if hasattr(owner, attribute):
        return True
    for one in owner.__mro__:
        code = getattr(one.__dict__.get("__init__"), "__code__", None)
        if attribute in get_annotations(one) or attribute in getattr(code, "co_names", ()):
            return True
    return False
