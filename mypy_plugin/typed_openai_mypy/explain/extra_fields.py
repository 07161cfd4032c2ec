"""Keywords that are fields of a compatible server, which the options name."""

from __future__ import annotations

from mypy.types import CallableType

from typed_openai_mypy.api.program import Program
from typed_openai_spec.model import Ref


def is_extra(program: Program, signature: CallableType, name: str) -> bool:
    """Return True if a keyword that an operation does not take is an extra field that its body may have.

    The client rejects keywords that are not in the description; such a field must be passed in
    ``extra_body``.
    """
    definition = signature.definition
    operation = program.descriptions.operation_called(definition.fullname) if definition is not None else None
    bodies = [one.schema.name for one in operation.bodies if isinstance(one.schema, Ref)] if operation else []
    return any(name in program.options.extra_fields.get(one, {}) for one in bodies)
