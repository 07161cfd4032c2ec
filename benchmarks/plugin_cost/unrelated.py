"""Programs that have nothing to do with the API."""

from __future__ import annotations

import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final

APART: Final = "client = object()\n"
"""Head of a module that does not use the API."""

KINDS: Final[Mapping[str, str]] = {
    "assignment": """
def assign_{n}(value: str) -> None:
    number: int = value
""",
    "arg-type": """
def pass_{n}(value: str) -> int:
    return int.from_bytes(value)
""",
    "attr-defined": """
def read_{n}(value: str) -> None:
    value.number_{n}
""",
    "union-attr": """
def upper_{n}(value: str | None) -> str:
    return value.upper()
""",
    "operator": """
def add_{n}(value: str) -> None:
    value + {n}
""",
    "call-arg": """
def split_{n}(value: str) -> list[str]:
    return value.split(number={n})
""",
    "index": """
def index_{n}(values: dict[str, int]) -> int:
    return values[{n}]
""",
}
"""A function with one error for each kind of error. ``n`` is the number of the function."""

_STATEMENTS: Final = (
    "number_{n}: int = 'text {n}'\n",
    "int.from_bytes('text {n}')\n",
    "'text'.number_{n}\n",
    "optional('{n}').upper()\n",
    "'text' + {n}\n",
    "'text'.split(number={n})\n",
    "mapping[{n}]\n",
)
"""A statement with one error for each kind of error."""

_NAMES: Final = """
mapping: dict[str, int] = {}


def optional(value: str) -> str | None:
    return value or None


"""

_RIGHT_HEAD: Final = """\
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
"""
_RIGHT: Final = """

@dataclass
class Entry{n}:
    name: str
    size: int = {n}
    tags: list[str] = field(default_factory=list)

    def label(self) -> str:
        return f"{{self.name.strip()}}: {{self.size + {n}}}"

    def longest(self) -> str:
        return max(self.tags, key=len, default="")


def load_{n}(path: Path, wanted: Mapping[str, int]) -> dict[str, Entry{n}]:
    found: dict[str, Entry{n}] = {{}}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(":")
        if name in wanted and (match := re.match(r"\\d+", rest)) is not None:
            found[name] = Entry{n}(name, int(match.group()), sorted(rest.split(",")))
        elif rest.isdigit() and not name.startswith("#"):
            found.setdefault(name, Entry{n}(name)).size += len(rest) * {n}
    return {{key: entry for key, entry in found.items() if entry.size > wanted.get(key, 0)}}
"""

_COPIED: Final = (
    "argparse calendar configparser csv dataclasses difflib fractions ftplib ipaddress mailbox"
    " optparse pickletools plistlib pprint shlex smtplib statistics tarfile textwrap uuid"
).split()


def errors_of_kind(kind: str, count: int) -> str:
    """Return functions with one error of a kind each."""
    return "".join(KINDS[kind].format(n=number) for number in range(count))


def errors_in_functions(count: int) -> str:
    """Return functions with one error each, of all kinds in turn."""
    forms = list(KINDS.values())
    return "".join(forms[number % len(forms)].format(n=number) for number in range(count))


def errors_in_statements(count: int) -> str:
    """Return top-level statements with one error each, of all kinds in turn."""
    forms = _STATEMENTS
    return _NAMES + "".join(forms[number % len(forms)].format(n=number) for number in range(count))


def right_code(modules: int = 10, classes: int = 20) -> dict[str, str]:
    """Return modules without errors, of 23 lines for each class."""
    text = _RIGHT_HEAD + "".join(_RIGHT.format(n=number) for number in range(classes))
    return {f"right_{number}.py": text for number in range(modules)}


def standard_library() -> dict[str, str]:
    """Return a package with copies of modules of the standard library."""
    folder = Path(sysconfig.get_path("stdlib"))
    copies = {f"copied/{name}.py": (folder / f"{name}.py").read_text("utf-8") for name in _COPIED}
    return {"copied/__init__.py": "", **copies}
