"""The arguments of each operation as TypedDicts, for ``**params`` and ``**kwargs: Unpack[...]``.

``CreateChatCompletionParams`` holds all arguments of ``chat.create_chat_completion`` except ``stream``,
which selects the type of the result. Pass ``stream`` separately (``create_chat_completion(**params,
stream=True)``), or use ``CreateChatCompletionStreamingParams``, which requires ``stream=True``, or
``CreateChatCompletionAnyParams``, with which the call may return any of its results.

``CreateChatCompletionOptions`` holds the optional ones alone, for wrappers that name the others themselves:
``def ask(prompt: str, **options: Unpack[CreateChatCompletionOptions])``.

Each is created from the packaged index on first access.
"""

# No public names of this module's own: any such name may be an operation's.
from __future__ import annotations as _annotations

from typed_openai import types as _types
from typed_openai._dynamic.lazy_modules import param_attributes as _attributes
from typed_openai_spec.index.reader import packaged as _packaged

__getattr__, __dir__ = _attributes(globals(), lambda: vars(_types), _packaged)
