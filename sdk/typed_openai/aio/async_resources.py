"""One class per group of operations of the async client: ``AsyncChat``, ``AsyncFiles``...

The classes are created on first access.
"""

# No public names of this module's own except ``AsyncResource``: any other may be a group's class.
from __future__ import annotations as _annotations

from typed_openai._calls.endpoints import packaged as _packaged
from typed_openai._dynamic.methods import ASYNC as _ASYNC
from typed_openai._dynamic.methods import resource_attributes as _attributes

__getattr__, __dir__ = _attributes(globals(), _packaged, _ASYNC)
