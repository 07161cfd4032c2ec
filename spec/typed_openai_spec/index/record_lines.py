"""Find the records of a file of an index without reading them: each has a line of its own.

A program needs a few of two thousand components, and to parse all of them takes long.
"""

from __future__ import annotations

from typing import Final, NamedTuple

_START: Final = b'{"name":"'
_END: Final = b"\n]}\n"


class Lines(NamedTuple):
    """The JSON text of each record by its name, and that of the file without them."""

    records: dict[str, bytes]
    rest: bytes


def split(data: bytes, key: str) -> Lines | None:
    r"""Return the records of the list at ``key``, the last one of a file; None if the file looks otherwise.

    >>> split(b'{"format":2,\n"things":[\n{"name":"One"},\n{"name":"Two"}\n]}\n', "things")
    Lines(records={'One': b'{"name":"One"}', 'Two': b'{"name":"Two"}'}, rest=b'{"format":2,\n"things":[]}')
    """
    opening = b'\n"%s":[' % key.encode()
    before, found, after = data.partition(opening)
    if not found or not after.endswith(_END):
        return None
    lines = after[1 : -len(_END)].split(b",\n")
    if after.count(b"\n") != len(lines) + 2 or not all(one.startswith(_START) for one in lines):
        return None
    first = len(_START)  # a name is an identifier, so that the next quote ends it
    records = {one[first : one.index(b'"', first)].decode(): one for one in lines}
    return Lines(records, before + opening + b"]}")
