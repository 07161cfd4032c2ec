"""Every component of the API as a type: ``typed_openai.types.CreateChatCompletionRequest``.

Objects are real TypedDicts; everything else is the type it stands for (a union, a ``Literal``, a ``list``).
Each is created from the packaged index on first access, together with all types it refers to.
``typing.get_type_hints`` and ``pydantic.TypeAdapter`` therefore find every reference, even in recursive
types.
"""

# No public names of this module's own: any such name may be a component's.
from __future__ import annotations as _annotations

from typed_openai._dynamic.lazy_modules import type_attributes as _attributes
from typed_openai_spec.index.reader import packaged as _packaged

__getattr__, __dir__ = _attributes(globals(), _packaged)
