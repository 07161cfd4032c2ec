"""Answers of an async client as Python values."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from typing_extensions import TypeForm

from typed_openai.outputs import Answer, asked

__all__ = ["ask"]

Given = ParamSpec("Given")
Value = TypeVar("Value")
Reply = TypeVar("Reply")


def ask(
    type: TypeForm[Value],
    method: Callable[Given, Coroutine[Any, Any, Reply]],
    /,
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> Coroutine[Any, Any, Answer[Value, Reply]]:
    """Call the API, and return the answer as a value of ``type`` together with the reply.

    This is :func:`typed_openai.ask` for methods of an async client alone; to a type checker, its result is a
    coroutine, as ``asyncio.TaskGroup.create_task`` requires it.

    >>> async def main() -> None:
    ...     client = AsyncClient()
    ...     await ask(list[str], client.files.list_files)
    >>> asyncio.run(main())
    Traceback (most recent call last):
        ...
    typed_openai.errors.CallError: ask: files.list_files takes no format for its answer
    """
    made: Coroutine[Any, Any, Answer[Value, Reply]] = asked(type, method, args, kwargs, sys._getframe(1))
    return made
