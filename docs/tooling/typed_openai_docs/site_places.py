"""The places of operations and components on the site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from typed_openai_docs.families import families
from typed_openai_spec.index.reader import Index

_UP = "../.."
"""The way from any page of a group or family to the reference's own folder."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of components: its title, the name of its page, and its members."""

    title: str
    page: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The pages of the reference, and the URL of everything on them as seen from one of them."""

    groups: tuple[str, ...]
    families: tuple[Family, ...]
    urls: Mapping[str, str]

    def url(self, name: str) -> str:
        """The URL of a component, or of an operation by its qualified name; empty for other names."""
        return self.urls.get(name, "")


def places(index: Index) -> Places:
    """The places of everything in an index."""
    found = tuple(
        Family(title, _slug(title), members) for title, members in families(index.components).items()
    )
    urls = {name: f"{_UP}/types/{one.page}/#{name}" for one in found for name in one.members}
    operations = {
        f"{group}.{name}": f"{_UP}/operations/{group}/#{name}"
        for group, names in index.groups.items()
        for name in names
    }
    return Places(tuple(index.groups), found, {**urls, **operations})


def _slug(title: str) -> str:
    return re.sub(r"\W+", "_", title).lower()
