"""The arguments of each operation as TypedDicts, for ``**params`` and ``**kwargs: Unpack[...]``.

``CreateChatCompletionParams`` holds all of ``chat.create_chat_completion`` but ``stream``, which decides
what the call gives: give it beside (``create_chat_completion(**params, stream=True)``), or take
``CreateChatCompletionStreamingParams``, which requires ``stream=True``, or
``CreateChatCompletionAnyParams``, with which the call may give any of its results.

Each is made from the packaged index when it is first asked for.
"""

# Nothing here may have a public name of its own: any such name may be an operation's.
from __future__ import annotations as _annotations

from typed_openai import types as _types
from typed_openai._dynamic.lazy_modules import param_attributes as _attributes
from typed_openai_spec.index.reader import packaged as _packaged

__getattr__, __dir__ = _attributes(globals(), lambda: vars(_types), _packaged)
