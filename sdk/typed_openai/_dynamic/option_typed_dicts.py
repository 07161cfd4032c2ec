"""The TypedDicts of call options and client settings, made from their tables."""

from __future__ import annotations

import collections.abc  # noqa: F401  # types of options are looked up here
import os  # noqa: F401
import typing

import typed_openai  # noqa: F401
from typed_openai_spec.option_tables import OptionType


def typed_dict_of(options: OptionType, module: str) -> typing.Any:
    """Return the TypedDict of call options or settings, as a member of ``module``."""
    # The types are looked up in this module when they are asked for: it imports all packages that they name.
    types = {name: typing.ForwardRef(one, module=__name__) for name, one in options.fields.items()}
    functional: typing.Any = typing.TypedDict  # checkers want a literal dict here
    made = functional(options.name, types, total=False)
    made.__module__ = module
    made.__doc__ = options.doc
    return made
