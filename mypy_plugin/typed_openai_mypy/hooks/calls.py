"""The work of the hooks in calls that may be about the API; :mod:`.lookup` loads it at the first such call.

Features that correct calls do not need are loaded on first use.
"""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

from mypy.nodes import CallExpr, Expression
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import FunctionLike, Type, TypedDictType

from typed_openai_mypy import codes
from typed_openai_mypy.api.description import operation_called
from typed_openai_mypy.api.fullnames import ANONYMOUS
from typed_openai_mypy.beyond import findings
from typed_openai_mypy.calls import overload_choice
from typed_openai_mypy.calls.overload_choice import Plan, Plans
from typed_openai_mypy.compat import hook_context, partial_types
from typed_openai_mypy.compat.callable_types import is_visible
from typed_openai_mypy.config import Config
from typed_openai_mypy.explain.narrowing import narrow_signature
from typed_openai_mypy.packages import explained, judging
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.given_arguments import given_by

SigContext: TypeAlias = MethodSigContext | FunctionSigContext


class Calling:
    """The work of the hooks under the user's options. No method raises."""

    def __init__(self, options: Config) -> None:
        self._options = options
        self._beyond = frozenset(one for one in codes.BEYOND if one.code not in options.disable)
        self._calls = findings.Calls()
        self._plans = Plans()

    def forget(self) -> None:
        """Drop everything known about operations: their stubs may have changed."""
        overload_choice.forget()

    def called_operation(self, fullname: str, context: MethodSigContext) -> FunctionLike:
        """Handle a call of an operation's method: report findings and return the narrowed signature."""
        operation, call = operation_called(fullname), context.context
        if operation is None or not isinstance(call, CallExpr):
            return context.default_signature
        with judging(fullname):
            self._look(context, partial(given_by, call, operation))
        if hook_context.wants_native_errors(context.api, call):
            return context.default_signature
        plan = self._planned(context, call)
        if plan is not None and plan.settles(context.default_signature):
            return plan.signature(context.default_signature)
        signature = narrow_signature(context)
        signature = signature if plan is None else plan.eased(signature)
        if not self._options.extra_fields:
            return signature
        from typed_openai_mypy.calls import by_text  # noqa: PLC0415  few have such options

        return by_text.with_extras(context, signature)

    def _planned(self, context: MethodSigContext, call: CallExpr) -> Plan | None:
        """Return the plan of a call; None if its literal arguments do not determine it. Never raises."""
        try:
            return self._plans.plan(context.api, call, context.default_signature)
        except Exception:  # mypy would crash otherwise; without a plan it tries each overload
            note_failure()
            return None

    def called_by_name(self, context: SigContext) -> FunctionLike:
        """Handle a call that names an operation by a string."""
        from typed_openai_mypy.calls import by_text  # noqa: PLC0415  only calls by name need it

        tells = codes.ARGUMENT.code not in self._options.disable
        definition = context.default_signature.definition
        with judging(definition.fullname if definition is not None else ""):
            return by_text.hook(context, self._look, tells=tells)

    def handed_over(self, context: SigContext) -> FunctionLike:
        """Handle a call that may pass on an operation's method."""
        from typed_openai_mypy.calls import handed_over  # noqa: PLC0415  only calls that hand over a method need it

        return handed_over.signature_hook(context, self._look)

    def called_partial(self, context: MethodSigContext) -> FunctionLike:
        """Handle a call of a ``functools.partial`` object."""
        from typed_openai_mypy.calls import handed_over  # noqa: PLC0415  only calls that hand over a method need it

        return handed_over.bound_hook(context, self._look)

    def called_with_keywords(self, context: SigContext) -> FunctionLike:
        """Handle a call of any function that takes ``**kwargs: Unpack[...]``."""
        from typed_openai_mypy.displays import display_findings  # noqa: PLC0415  only displays outside of calls need it

        for package in explained() if self._beyond else ():
            with judging(package):
                display_findings.tell_keywords(context, self._beyond, self._calls)
        return context.default_signature

    def made_partial(self, context: FunctionContext) -> Type:
        """Handle a call of ``functools.partial`` itself."""
        if not is_visible(context.api):
            return partial_types.made_partial(context)
        from typed_openai_mypy.calls import handed_over  # noqa: PLC0415  only calls that hand over a method need it

        return handed_over.partial_hook(context)

    def displayed(self, fullname: str, context: FunctionContext) -> Type:
        """Handle a display of a TypedDict, or of a part of one."""
        display = context.context
        if isinstance(display, Expression) and self._calls.has_read(display):
            return context.default_return_type  # its mistakes have been reported with those of the call
        from typed_openai_mypy.displays import display_findings  # noqa: PLC0415  only displays outside of calls need it

        # A display without a name belongs to the package whose TypedDict it updates.
        for package in explained() if fullname in ANONYMOUS else (fullname,):
            with judging(package):
                schema = display_findings.schema_called(fullname)
                if self._beyond and (schema is not None or fullname in ANONYMOUS):
                    display_findings.tell(context, schema, self._beyond, self._calls)
        return context.default_return_type

    def assigned_item(self, context: MethodContext, owner: TypedDictType) -> Type:
        """Handle an assignment to a key of a TypedDict."""
        if self._beyond:
            from typed_openai_mypy.displays import display_findings  # noqa: PLC0415  only displays outside of calls need it

            with judging(owner.fallback.type.fullname):
                display_findings.tell_item(context, self._beyond)
        return context.default_return_type

    def _look(self, context: MethodSigContext, read: findings.Reader) -> None:
        if self._beyond:
            findings.tell(context, read, self._beyond, self._calls)
