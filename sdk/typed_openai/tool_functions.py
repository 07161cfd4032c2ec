"""Functions as tools: their schemas come from their signatures, the descriptions from the docstrings."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Annotated, Any, Generic, ParamSpec, TypeAlias, TypeVar, overload

from typed_openai._shapes.shapes_of_types import shape_of_function
from typed_openai._toolkit.parameter_docs import documented
from typed_openai.errors import CallError

__all__ = ["Injected", "Tool", "tool"]

Given = ParamSpec("Given")
Result = TypeVar("Result")
Value = TypeVar("Value")
Result_co = TypeVar("Result_co", covariant=True)


class _Marker:
    """The mark of a parameter that a program gives, and not the model."""


Injected: TypeAlias = Annotated[Value, _Marker]
"""The type of a parameter that a program gives, and not the model: ``database: Injected[Database]``."""


class Tool(Generic[Given, Result_co]):
    """A function as a tool. It is called as the function itself. :func:`tool` makes one.

    ``name``, ``description`` and ``parameters``, a strict JSON Schema, are what the model sees.

    >>> @tool
    ... def add(first: int, second: int) -> int:
    ...     return first + second
    >>> add.name, add.parameters["required"]
    ('add', ['first', 'second'])
    """

    name: str
    description: str
    parameters: dict[str, Any]

    def __init__(
        self,
        function: Callable[Given, Result_co],
        *,
        name: str,
        description: str,
        shape: Any,
        injected: Sequence[str] = (),
        repeatable: bool = False,
    ) -> None:
        functools.update_wrapper(self, function)
        self.name = name
        self.description = description
        self.parameters = shape.schema()
        self._shape = shape
        self._function = function
        self._injected = tuple(injected)
        self._repeatable = repeatable

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Result_co:
        return self._function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<tool {self.name}>"


class _Decorator:
    """The decorator that makes a tool of a function."""

    def __init__(self, name: str, description: str, repeatable: bool, frame: FrameType) -> None:
        self._name = name
        self._description = description
        self._repeatable = repeatable
        self._frame = frame

    def __call__(self, function: Callable[Given, Result], /) -> Tool[Given, Result]:
        own: Any = function
        texts = documented(own.__doc__)
        names, injected = _split(own)
        shape = shape_of_function(own, inspect.signature(own), names, texts.parameters, self._frame)
        return Tool(
            function,
            name=self._name or own.__name__,
            description=self._description or texts.description,
            shape=shape,
            injected=injected,
            repeatable=self._repeatable,
        )


@overload
def tool(function: Callable[Given, Result], /) -> Tool[Given, Result]: ...
@overload
def tool(*, name: str = "", description: str = "", repeatable: bool = False) -> _Decorator: ...
def tool(function: Any = None, /, *, name: str = "", description: str = "", repeatable: bool = False) -> Any:
    """Make a function, or a coroutine function, a tool: ``@tool`` or ``@tool(name="find")``.

    The model sees the function's name, the text of its docstring, and a strict schema of its parameters,
    whose descriptions are those of the docstring (in the form of Google, NumPy or Sphinx) or of
    ``Annotated``. Parameters of a type ``Injected[...]`` are left out. A ``repeatable`` tool has no effect
    that matters if it happens twice, so that a run may call it again after a crash.

    Raises ``CallError`` at the parameter that has no type, no strict schema, or no name (``*args``).

    >>> from typing import Annotated
    >>> @tool(name="find")
    ... def find_book(title: Annotated[str, "A part of the title."]) -> list[str]:
    ...     return [title]
    >>> find_book.parameters["properties"]["title"]
    {'type': 'string', 'description': 'A part of the title.'}
    """
    frame = sys._getframe(1)
    decorator = _Decorator(name, description, repeatable, frame)
    return decorator if function is None else decorator(function)


def _split(function: Any) -> tuple[list[str], list[str]]:
    """Return the names of the model's parameters, and those of the injected ones."""
    names: list[str] = []
    injected: list[str] = []
    for name, one in inspect.signature(function).parameters.items():
        place = f"{function.__name__}.{name}"
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY):
            raise CallError(f"{place}: the model passes arguments by name; expected a parameter with one")
        if one.annotation is one.empty:
            raise CallError(f"{place}: the parameter has no type; annotate it")
        (injected if _is_injected(one.annotation) else names).append(name)
    return names, injected


def _is_injected(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation.split("[")[0].rpartition(".")[2] == "Injected"
    return _Marker in getattr(annotation, "__metadata__", ())
