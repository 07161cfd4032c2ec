"""Calls of the synchronous client inside ``async def``: they block the event loop.

A call in a lambda or a nested function is no mistake: it may be handed over to a thread.
"""

from __future__ import annotations

from mypy.nodes import CallExpr
from mypy.plugin import MethodSigContext

from typed_openai_mypy import codes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.messages import replies
from typed_openai_mypy.messages.fragments import written
from typed_openai_mypy.swallowed import note_failure


class Blocking:
    """Finds blocking calls. A signature hook runs once per overload: each call is reported once."""

    def __init__(self, program: Program) -> None:
        self._is_wanted = not program.is_disabled(codes.BLOCKING)
        self._reporter = program.reporter
        self._last: CallExpr | None = None

    def tell(self, context: MethodSigContext, call: CallExpr, label: str) -> None:
        """Report a call of the synchronous client if it is in a coroutine function. Never raises.

        ``label`` is the name of the operation.
        """
        try:
            if not self._is_wanted or call is self._last or not hook_context.is_in_coroutine(context.api):
                return
            self._last = call
            if hook_context.is_used_asynchronously(context.api, call):
                return  # another mistake, which has an error of its own
            method = written(call.callee)
            text = replies.blocking(f"client.{label}" if "..." in method else method)
            hook_context.report_apart(self._reporter, context.api, text, call, codes.BLOCKING, around=call)
        except Exception:  # mypy would crash
            note_failure()
