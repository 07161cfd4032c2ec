"""The arguments of each operation as TypedDicts, for ``**params`` and ``**kwargs: Unpack[...]``.

``CreateChatCompletionParams`` holds all of ``chat.create_chat_completion`` but ``stream``, which decides
what the call gives: give it beside (``create_chat_completion(**params, stream=True)``), or take
``CreateChatCompletionStreamingParams``, which requires ``stream=True``, or
``CreateChatCompletionAnyParams``, with which the call may give any of its results.

Each is made from the packaged index when it is first asked for.
"""

# Nothing here may have a public name of its own: any such name may be an operation's.
from __future__ import annotations as _annotations

from difflib import get_close_matches as _get_close_matches
from functools import cache as _cache
from typing import Any as _Any

from typed_openai import types as _types
from typed_openai.schema_types import define_params as _define_params
from typed_openai_spec import index as _index
from typed_openai_spec import params as _params


@_cache
def _stems() -> dict[str, tuple[str, str]]:
    return _params.stems(_index.packaged().groups)


@_cache
def _former_names() -> dict[str, str]:
    return _params.former_names(_index.packaged().operations(), _stems())


def _found(stem: str) -> tuple[_params.Params, ...]:
    return _params.params_of(_index.packaged().operation(*_stems()[stem]), stem)


def __getattr__(name: str) -> _Any:
    if name == "__all__":
        return __dir__()
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for stem in _stems():
        if name.startswith(stem):
            all_of_one = {one.name: one for one in _found(stem)}
            if (params := all_of_one.get(name)) is not None:
                plain = all_of_one.get(params.base)
                inherited = plain.arguments if plain else ()
                made = _define_params(params, inherited, _index.packaged().components, vars(_types), __name__)
                return globals().setdefault(name, made)
    if (current := _former_names().get(name)) is not None:
        return __getattr__(current)
    near = _get_close_matches(name, [f"{stem}{_params.SUFFIX}" for stem in _stems()], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise AttributeError(f"no operation has params called {name!r}{hint}", name=name)


def __dir__() -> list[str]:
    return sorted(one.name for stem in _stems() for one in _found(stem))
