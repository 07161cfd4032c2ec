"""The work of the hooks in calls that may be about the API; :mod:`.lookup` loads it at the first such call.

Features that correct calls do not need are loaded on first use.
"""

from __future__ import annotations

from functools import partial

from mypy.nodes import CallExpr, Expression
from mypy.plugin import FunctionContext, MethodContext, MethodSigContext
from mypy.types import CallableType, FunctionLike, Type, TypedDictType

from typed_openai_mypy import codes
from typed_openai_mypy.api.fullnames import ANONYMOUS, ASKING, CLIENT, PAGES, RUNNING, SYNCHRONOUS
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.beyond import findings
from typed_openai_mypy.beyond.blocking import Blocking
from typed_openai_mypy.calls import overload_choice
from typed_openai_mypy.calls.overload_choice import Plan
from typed_openai_mypy.compat import hook_context, kept_results, partial_types
from typed_openai_mypy.compat.callable_types import SigContext, is_visible
from typed_openai_mypy.explain.narrowing import narrow_signature
from typed_openai_mypy.hooks.indexed_results import indexed_result
from typed_openai_mypy.packages import canonical
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.given_arguments import given_by


class Calling:
    """The work of the hooks in one program. No method raises."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._descriptions = program.descriptions
        self._options = program.options
        self._calls = findings.Calls(program)
        self._blocking = Blocking(program)

    def forget(self) -> None:
        """Drop everything known about operations: their stubs may have changed."""
        overload_choice.forget()

    def called_operation(self, fullname: str, context: MethodSigContext) -> FunctionLike:
        """Handle a call of an operation's method: report findings and return the narrowed signature."""
        call, overload = context.context, context.default_signature
        if isinstance(call, CallExpr) and self._is_excluded(call, overload):
            return kept_results.excluded(overload)
        description = self._descriptions.of(fullname)
        operation = description.operation_called(fullname)
        if operation is None or not isinstance(call, CallExpr):
            return context.default_signature
        if canonical(fullname).startswith(SYNCHRONOUS):
            self._blocking.tell(context, call, operation.qualified_name)
        self._look(context, partial(given_by, description, call, operation))
        if hook_context.wants_native_errors(self._options, context.api, call):
            return context.default_signature
        plan = self._planned(context, call)
        if plan is not None and plan.settles(context.default_signature):
            return indexed_result(context.api, call, plan.signature(context.default_signature))
        signature = narrow_signature(context, self._options.union_threshold)
        return indexed_result(context.api, call, signature if plan is None else plan.eased(signature))

    def _is_excluded(self, call: CallExpr, overload: CallableType) -> bool:
        """Return whether a call for whose first overload nothing was found does not mean this one."""
        return overload_choice.excludes(call, overload) and self._calls.found_nothing(call)

    def _planned(self, context: MethodSigContext, call: CallExpr) -> Plan | None:
        """Return the plan of a call; None if its literal arguments do not determine it. Never raises."""
        try:
            return overload_choice.plan_of(context.api, call, context.default_signature)
        except Exception:  # mypy would crash otherwise; without a plan it tries each overload
            note_failure()
            return None

    def called_by_name(self, context: SigContext) -> FunctionLike:
        """Handle a call that names an operation by a string."""
        from typed_openai_mypy.calls import by_text  # noqa: PLC0415  only calls by name need it

        definition, call = context.default_signature.definition, context.context
        owner, _, name = canonical(definition.fullname if definition is not None else "").rpartition(".")
        if owner == CLIENT and name in {"call", "request"} and isinstance(call, CallExpr):
            self._blocking.tell(context, call, name)
        return by_text.hook(self._program, context, self._look)

    def handed_over(self, context: SigContext) -> FunctionLike:
        """Handle a call that may pass on an operation's method."""
        from typed_openai_mypy.calls import handed_over  # noqa: PLC0415  only calls that hand over a method need it

        definition, call = context.default_signature.definition, context.context
        if definition is not None and definition.fullname == PAGES and isinstance(call, CallExpr):
            self._blocking.tell_pages(context, call)
        is_own = definition is not None and definition.fullname in {*ASKING, RUNNING}
        waits = self._blocking.tell if is_own else None
        return handed_over.signature_hook(self._program, context, self._look, waits)

    def called_partial(self, context: MethodSigContext) -> FunctionLike:
        """Handle a call of a ``functools.partial`` object."""
        from typed_openai_mypy.calls import handed_over  # noqa: PLC0415  only calls that hand over a method need it

        return handed_over.bound_hook(self._program, context, self._look)

    def added_line(self, context: MethodSigContext) -> FunctionLike:
        """Handle a call that adds a call to a batch job."""
        from typed_openai_mypy.calls import batch_lines  # noqa: PLC0415  only batch jobs need it

        batch_lines.tell(self._program, context, self._look)
        return context.default_signature

    def scripted(self, method: str, context: MethodSigContext) -> FunctionLike:
        """Handle a call that scripts a reply of the embedded server."""
        from typed_openai_mypy.calls import scripted_replies  # noqa: PLC0415  only tests script replies

        scripted_replies.tell(self._program, context, self._calls, method)
        return context.default_signature

    def called_with_keywords(self, context: SigContext) -> FunctionLike:
        """Handle a call of any function that takes ``**kwargs: Unpack[...]``."""
        from typed_openai_mypy.displays import display_findings  # noqa: PLC0415  only displays outside of calls need it

        for description in self._descriptions.all() if self._calls.wanted else ():
            display_findings.tell_keywords(description, context, self._calls)
        return context.default_signature

    def made_partial(self, context: FunctionContext) -> Type:
        """Handle a call of ``functools.partial`` itself."""
        if not is_visible(self._program.visibility, context.api):
            return partial_types.made_partial(context)
        from typed_openai_mypy.calls import handed_over  # noqa: PLC0415  only calls that hand over a method need it

        return handed_over.partial_hook(self._program, context)

    def made_tool(self, context: FunctionContext | MethodContext) -> Type:
        """Handle a decorator that makes a tool of a function."""
        from typed_openai_mypy.beyond import tool_definitions  # noqa: PLC0415  few programs use it

        if codes.TOOLS in self._calls.wanted:
            tool_definitions.tell_tool(self._program.reporter, context)
        return context.default_return_type

    def typed_output(self, position: int, context: FunctionContext) -> Type:
        """Handle a call that makes a strict schema of the type at ``position``."""
        from typed_openai_mypy.beyond import unsupported_types  # noqa: PLC0415  few programs use it

        if codes.SCHEMA in self._calls.wanted:
            unsupported_types.tell(self._program.reporter, context, position)
        return context.default_return_type

    def displayed(self, fullname: str, context: FunctionContext) -> Type:
        """Handle a display of a TypedDict, or of a part of one."""
        display = context.context
        if isinstance(display, Expression) and self._calls.has_read(display):
            return context.default_return_type  # its mistakes have been reported with those of the call
        from typed_openai_mypy.displays import display_findings  # noqa: PLC0415  only displays outside of calls need it

        # One without a name belongs to the package whose TypedDict it updates.
        is_anonymous = fullname in ANONYMOUS
        for description in self._descriptions.all() if is_anonymous else (self._descriptions.of(fullname),):
            schema = display_findings.schema_called(description, fullname)
            if self._calls.wanted and (schema is not None or is_anonymous):
                display_findings.tell(description, context, schema, self._calls)
        return context.default_return_type

    def assigned_item(self, context: MethodContext, owner: TypedDictType) -> Type:
        """Handle an assignment to a key of a TypedDict."""
        if self._calls.wanted:
            from typed_openai_mypy.displays import display_findings  # noqa: PLC0415  only displays outside of calls need it

            description = self._descriptions.of(owner.fallback.type.fullname)
            display_findings.tell_item(description, context, self._calls)
        return context.default_return_type

    def _look(self, context: MethodSigContext, read: findings.Reader) -> None:
        if self._calls.wanted:
            findings.tell(context, read, self._calls)
