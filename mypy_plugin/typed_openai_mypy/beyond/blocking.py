"""Calls of the synchronous client inside ``async def``: they block the event loop.

A call in a lambda, a nested function or a generator expression is no mistake: it may be handed over to a
thread. A call with ``stream_to`` returns at once.
"""

from __future__ import annotations

from typing import TypeAlias

from mypy.nodes import CallExpr
from mypy.plugin import FunctionSigContext, MethodSigContext

from typed_openai_mypy import codes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.messages import replies
from typed_openai_mypy.messages.fragments import written
from typed_openai_mypy.swallowed import note_failure

SigContext: TypeAlias = MethodSigContext | FunctionSigContext


class Blocking:
    """Finds blocking calls. A signature hook runs once per overload: each call is reported once."""

    def __init__(self, program: Program) -> None:
        self._is_wanted = not program.is_disabled(codes.BLOCKING)
        self._reporter = program.reporter
        self._last: CallExpr | None = None

    def tell(self, context: SigContext, call: CallExpr, label: str) -> None:
        """Report a call of the synchronous client if it is in a coroutine function. Never raises.

        ``label`` is the name of the operation.
        """
        method = written(call.callee)
        self._report(context, call, replies.blocking(f"client.{label}" if "..." in method else method))

    def tell_pages(self, context: SigContext, call: CallExpr) -> None:
        """Report a loop over the items of the synchronous ``paginate``. Never raises."""
        try:
            if self._is_wanted and hook_context.is_iterated(context.api, call):
                self._report(context, call, replies.blocking_pages())
        except Exception:  # mypy would crash
            note_failure()

    def _report(self, context: SigContext, call: CallExpr, text: str) -> None:
        try:
            if not self._is_wanted or call is self._last or not hook_context.is_in_coroutine(context.api):
                return
            self._last = call
            if "stream_to" in call.arg_names or hook_context.is_lazy(context.api, call):
                return
            if not hook_context.is_used_asynchronously(context.api, call):  # which has an error of its own
                hook_context.report_apart(
                    self._reporter, context.api, text, call, codes.BLOCKING, around=call
                )
        except Exception:  # as above
            note_failure()
