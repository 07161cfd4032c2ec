"""Every component of the API as a type: ``typed_openai.types.CreateChatCompletionRequest``.

Objects are real TypedDicts, everything else is the type it stands for (a union, a ``Literal``, a
``list``). Each is made from the packaged index when it is first asked for, together with all it
refers to, so ``typing.get_type_hints`` and ``pydantic.TypeAdapter`` find every reference, in
recursive types too.
"""

# Nothing here may have a public name of its own: any such name may be a component's.
from __future__ import annotations as _annotations

from typed_openai._dynamic.lazy_modules import type_attributes as _attributes
from typed_openai_spec.index.reader import packaged as _packaged

__getattr__, __dir__ = _attributes(globals(), _packaged)
