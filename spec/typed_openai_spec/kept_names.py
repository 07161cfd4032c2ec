"""Keep the names of components whose content is unchanged.

Names come from the description, and a later version may have another name for the same thing. The former
names are in the compiled index.
"""

from __future__ import annotations

from typed_openai_spec.comparison.equal_components import Unnamed, equal_components
from typed_openai_spec.comparison.naming import names_by_alias
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Api
from typed_openai_spec.model.renaming import with_names
from typed_openai_spec.problems import DescriptionError


def with_kept_names(api: Api, index: Index) -> Api:
    """Return the API whose unchanged components have the names that they have in a compiled index.

    The overrides decide about components to which they give aliases. An index that cannot be read is ignored.
    """
    before = _api_of(index, lacking=api)
    if before is None:
        return api
    gone, come = Unnamed.of(before, api), Unnamed.of(api, before)
    chosen = names_by_alias(gone, come)
    aliases = {alias for one in api.components.values() for alias in one.aliases}
    found = equal_components(gone, come, chosen, certain=True)
    names = {new: old for old, new in found.items() if old not in chosen and old not in aliases}
    return with_names(api, names) if names else api


def _api_of(index: Index, *, lacking: Api) -> Api | None:
    """Return the API of an index; None if the other one lacks none of its components."""
    try:
        return None if index.components.keys() <= lacking.components.keys() else index.api()
    except DescriptionError:
        return None
