"""Calls of the synchronous client inside ``async def``: they block the event loop.

A call in a lambda, a nested function or a generator expression is no mistake: it may be handed over to a
thread. A call with ``stream_to`` returns at once.
"""

from __future__ import annotations

from mypy.nodes import CallExpr

from typed_openai_mypy import codes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.callable_types import SigContext
from typed_openai_mypy.messages import replies
from typed_openai_mypy.messages.fragments import written
from typed_openai_mypy.swallowed import note_failure


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
        try:
            if self._blocks(context, call):
                method = written(call.callee)
                text = replies.blocking(f"client.{label}" if "..." in method else method)
                self._report(context, call, text)
        except Exception:  # mypy would crash
            note_failure()

    def tell_pages(self, context: SigContext, call: CallExpr) -> None:
        """Report a loop over the items of the synchronous ``paginate``. Never raises."""
        try:
            if self._blocks(context, call) and hook_context.is_iterated(context.api, call):
                self._report(context, call, replies.blocking_pages())
        except Exception:  # as above
            note_failure()

    def _blocks(self, context: SigContext, call: CallExpr) -> bool:
        """Return whether a call that has not been judged yet runs in a coroutine function itself."""
        if not self._is_wanted or call is self._last or not hook_context.is_in_coroutine(context.api):
            return False
        self._last = call
        return (
            "stream_to" not in call.arg_names
            and not hook_context.is_lazy(context.api, call)
            # That is another mistake, which has an error of its own.
            and not hook_context.is_used_asynchronously(context.api, call)
        )

    def _report(self, context: SigContext, call: CallExpr, text: str) -> None:
        hook_context.report_apart(self._reporter, context.api, text, call, codes.BLOCKING, around=call)
