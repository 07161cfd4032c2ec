"""Calls that are added to a batch job: ``job.add("row-1", "Hello", "gpt-5.5")``.

The job's type has the parameters of a method, and no longer the method: it is found by their names and by the
type of the reply.
"""

from __future__ import annotations

from functools import partial

from mypy.nodes import ArgKind, CallExpr
from mypy.plugin import MethodSigContext
from mypy.types import Instance, Parameters, Type, TypedDictType, get_proper_type

from typed_openai_mypy.api.description import CALL_OPTION_NAMES, Description
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.beyond.findings import Reader
from typed_openai_mypy.calls.handed_over import Look
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.given_arguments import given_by
from typed_openai_spec.model import Operation, Ref


def tell(program: Program, context: MethodSigContext, look: Look) -> None:
    """Report what no type can express in the arguments after the id. Never raises."""
    call = context.context
    try:
        if not isinstance(call, CallExpr) or call.arg_kinds[:1] != [ArgKind.ARG_POS]:
            return
        meant = CallExpr(call.callee, call.args[1:], call.arg_kinds[1:], call.arg_names[1:])
        meant.set_line(call)
        for description in program.descriptions.all():
            if (operation := _operation(description, context.type)) is not None:
                read: Reader = partial(given_by, description, meant, operation)
                look(hook_context.call_context(context, call), read)
                return
    except Exception:  # mypy would crash otherwise
        note_failure()


def _operation(description: Description, job: Type) -> Operation | None:
    """Return the operation whose calls a job has; None if that is not certain."""
    owner = get_proper_type(job)
    taken, reply = map(get_proper_type, owner.args) if isinstance(owner, Instance) else (None, None)
    if not isinstance(taken, Parameters):
        return None
    names = frozenset(one for one in taken.arg_names if one is not None) - CALL_OPTION_NAMES
    found = description.with_arguments(names)
    if len(found) > 1 and isinstance(reply, TypedDictType):
        result = reply.fallback.type.name
        found = [
            one for one in found if isinstance(one.result.schema, Ref) and one.result.schema.name == result
        ]
    return found[0] if len(found) == 1 else None
