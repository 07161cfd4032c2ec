"""Names that only stubs have, for what writes them and what reads them."""

from __future__ import annotations


def further_alias(component: str) -> str:
    """Return the name of the alias for the values of an open object's further keys.

    >>> further_alias("Metadata")
    '_MetadataFurther'
    """
    return f"_{component}Further"
