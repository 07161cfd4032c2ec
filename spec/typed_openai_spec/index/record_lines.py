"""Find the records of a file of an index without reading them: each has a line of its own.

A program needs a few of two thousand components, and to parse all of them takes long.
"""

from __future__ import annotations

from operator import methodcaller
from typing import Final, NamedTuple

_START: Final = b'{"name":"'
_END: Final = [b"]}", b""]
_STARTS: Final = methodcaller("startswith", _START)
_CONTINUES: Final = methodcaller("endswith", b",")


class Lines(NamedTuple):
    """The line of each record by its name, and the JSON text of the file without them.

    A line is JSON text with a comma behind it, except for the last one.
    """

    records: dict[str, bytes]
    rest: bytes


def split(data: bytes, key: str) -> Lines | None:
    r"""Return the records of the list at ``key``, the last one of a file; None if the file looks otherwise.

    >>> split(b'{"format":2,\n"things":[\n{"name":"One"},\n{"name":"Two"}\n]}\n', "things")
    Lines(records={'One': b'{"name":"One"},', 'Two': b'{"name":"Two"}'}, rest=b'{"format":2,\n"things":[]}')
    """
    lines = data.split(b"\n")
    opening = b'"%s":[' % key.encode()
    if opening not in lines or lines[-2:] != _END:
        return None
    first = lines.index(opening) + 1
    texts = lines[first:-2]
    if not all(map(_STARTS, texts)) or not all(map(_CONTINUES, texts[:-1])):
        return None
    name = len(_START)  # a name is an identifier, so that the next quote ends it
    records = {one[name : one.index(b'"', name)].decode(): one for one in texts}
    return Lines(records, b"\n".join(lines[:first]) + b"]}") if texts else None
