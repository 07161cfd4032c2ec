"""Functions as tools: their schemas come from their signatures, the descriptions from the docstrings."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType, UnionType
from typing import (
    Annotated,
    Any,
    Generic,
    ParamSpec,
    TypeAlias,
    TypeGuard,
    TypeVar,
    Union,
    get_args,
    get_origin,
    overload,
)

from typed_openai._shapes.annotation_scope import Scope
from typed_openai._shapes.function_forms import doc_of, name_of, set_by_partial, written_function
from typed_openai._shapes.json_values import loaded
from typed_openai._shapes.pydantic_types import is_root_model
from typed_openai._shapes.shapes_of_types import Shape, shape_of, shape_of_function
from typed_openai._shapes.shown_types import checked_name, shown
from typed_openai._toolkit.parameter_docs import documented
from typed_openai.errors import CallError
from typed_openai.tool_runs import ToolCall
from typed_openai_spec.validation.strict_types import RECEIVER, UNTYPED_PARAMETER

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
    """A function, or a class, as a tool. It is called as the function itself. :func:`tool` makes one.

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
        is_class = _is_class(function)
        # The attributes of a class are not those of the tool.
        functools.update_wrapper(self, function, updated=() if is_class else ("__dict__",))
        self.name = name
        self.description = description
        self.parameters = shape.schema()
        self._shape: Shape = shape
        self._fields: Shape | None = shape.as_dict() if is_class else None
        self._function = function
        self._injected = tuple(injected)
        self._needed = _without_default(function, injected)
        self._repeatable = repeatable
        self._is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(function, "__call__", None)  # noqa: B004  # that of an object
        )

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Result_co:
        return self._function(*args, **kwargs)

    def is_called_by(self, call: ToolCall[..., object], /) -> TypeGuard[ToolCall[Given, Result_co]]:
        """Return True if a call is one of this tool: to checkers it has its parameters and its result then.

        >>> @tool
        ... def add(first: int, second: int) -> int:
        ...     return first + second
        >>> add.is_called_by(ToolCall("call_1", "add", "", {"first": 1, "second": 2}))
        True
        """
        return call.name == self.name

    def _read(self, text: str) -> dict[str, Any]:
        """Return the arguments of a call in JSON. Raises ``Unfit`` if they do not have the types."""
        value = loaded(text)
        found: dict[str, Any] = self._shape.read(value)
        # An instance of the class was created only to validate them.
        return found if self._fields is None else self._fields.read(value)

    def _result(self, arguments: Mapping[str, Any]) -> Any:
        """Return the result for arguments that were read."""
        function: Any = self._function if self._fields is None else self._shape.instance
        return function(**arguments)

    def __repr__(self) -> str:
        return f"<tool {self.name}>"


class _Decorator:
    """The decorator that makes a tool of a function, or of a class."""

    def __init__(self, name: str, description: str, repeatable: bool, frame: FrameType) -> None:
        self._name = name
        self._description = description
        self._repeatable = repeatable
        self._frame = frame

    @overload
    def __call__(self, function: type[Value], /) -> Tool[..., Value]: ...
    @overload
    def __call__(self, function: Callable[Given, Result], /) -> Tool[Given, Result]: ...
    def __call__(self, function: Any, /) -> Tool[..., Any]:
        if _is_class(function):
            return self._of_class(function)
        if not callable(function):
            found = type(function).__name__
            raise CallError(f'tool: expected a function or a class with fields, got "{found}"')
        return self._of_function(function)

    def _of_class(self, own: type[Any]) -> Tool[..., Any]:
        shape = shape_of(own, self._frame)
        if shape.is_wrapped or is_root_model(own):
            raise CallError(f'tool: "{shown(own)}" has no fields; expected a function or a class with fields')
        return Tool(
            own,
            name=checked_name("tool", self._name or shape.name),
            description=self._description or shape.doc,
            shape=shape,
            repeatable=self._repeatable,
        )

    def _of_function(self, own: Any) -> Tool[..., Any]:
        name = checked_name("tool", self._name or name_of(own))
        texts = documented(doc_of(own))
        names, injected = _split(own, self._frame)
        shape = shape_of_function(own, names, texts.parameters, self._frame)
        return Tool(
            own,
            name=name,
            description=self._description or texts.description,
            shape=shape,
            injected=injected,
            repeatable=self._repeatable,
        )


@overload
def tool(function: type[Value], /) -> Tool[..., Value]: ...
@overload
def tool(function: Callable[Given, Result], /) -> Tool[Given, Result]: ...
@overload
def tool(*, name: str = "", description: str = "", repeatable: bool = False) -> _Decorator: ...
def tool(function: Any = None, /, *, name: str = "", description: str = "", repeatable: bool = False) -> Any:
    """Make a function, or a coroutine function, a tool: ``@tool`` or ``@tool(name="find")``.

    A class with fields, as a dataclass or a TypedDict, may be a tool, too: ``query = tool(Query)``. The
    result of a call is an instance of it.

    The model sees the function's name, the text of its docstring, and a strict schema of its parameters,
    whose descriptions are those of the docstring (in the form of Google, NumPy or Sphinx) or of
    ``Annotated``. Parameters of a type ``Injected[...]`` are left out. A ``repeatable`` tool has no effect
    that matters if it happens twice, so that a run may call it again after a crash.

    Raises ``CallError`` at the parameter that has no type, no strict schema, or no name (``*args``), and for
    a class without fields.

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


def _is_class(function: Any) -> bool:
    """Return True for a class, also for a generic one with its arguments."""
    return isinstance(function, type) or isinstance(get_origin(function), type)


def _without_default(function: Any, names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    parameters = inspect.signature(function).parameters
    return tuple(one for one in names if parameters[one].default is inspect.Parameter.empty)


def _split(function: Any, frame: FrameType) -> tuple[list[str], list[str]]:
    """Return the names of the model's parameters, and those of the injected ones."""
    names: list[str] = []
    injected: list[str] = []
    scope, set_before = Scope(written_function(function), frame), set_by_partial(function)
    for number, (name, one) in enumerate(inspect.signature(function).parameters.items()):
        place = f"{name_of(function)}.{name}"
        if name in set_before:
            continue
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY):
            raise CallError(f"{place}: the model passes arguments by name; expected a parameter with one")
        if one.annotation is one.empty:
            is_receiver = number == 0 and name in ("self", "cls")
            raise CallError(f"{place}: {RECEIVER if is_receiver else UNTYPED_PARAMETER}")
        (injected if _is_injected(one.annotation, scope) else names).append(name)
    return names, injected


def _is_injected(annotation: Any, scope: Scope) -> bool:
    try:
        form = scope.evaluated(annotation)
    except Exception:  # a name that only checkers know
        form = annotation
    if isinstance(form, str):
        return form.split("[")[0].rpartition(".")[2] == "Injected"
    if get_origin(form) in (Union, UnionType):
        return any(_is_injected(one, scope) for one in get_args(form))
    return _Marker in getattr(form, "__metadata__", ())
