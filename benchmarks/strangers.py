"""Generate packages of public descriptions, check calls of them, and print a table of the results.

    python benchmarks/strangers.py FOLDER [--only NAME ...] [--beside FOLDER_OF_TOOLS]

``FOLDER`` has the descriptions; for one of several files it has a folder with ``openapi.yaml``. Nothing in
them is kept. For each, the table has the number of operations, problems that cost something, processor
seconds and memory of ``typed-openai generate``, processor seconds that mypy needs above an empty program to
check an import of the package, and how many of some calls were judged rightly: calls with the required
arguments should be accepted, and the same calls with a wrong argument should be refused. The right calls are
also made for real, against the embedded server. With ``--beside``, openapi-python-client and
datamodel-code-generator of that environment's ``bin`` are measured in the same run.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from measuring import Failed, measure

from typed_openai import Client
from typed_openai.errors import OpenAIError
from typed_openai.testing import serve
from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec.index.generated_packages import INDEX
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Operation

CALLS = 40
"""The number of operations whose calls are tried, at even distances."""

LIMIT = 600
"""Seconds of processor time after which another generator is stopped."""

TOOLS = ("openapi-python-client", "datamodel-codegen")
_SERIOUS = re.compile(r"^(lost|approximated): ", re.M)
_HEAD = ("description", "operations", "problems", "s", "MiB", "mypy s", "accepted", "caught", "called")


class Row(NamedTuple):
    """A line of the table."""

    cells: tuple[str, ...]

    def __str__(self) -> str:
        return f"| {' | '.join(self.cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--beside", type=Path)
    args = parser.parse_args()
    tools = TOOLS if args.beside else ()
    print(Row((*_HEAD, *tools)))
    print(Row(("---",) * (len(_HEAD) + len(tools))))
    for name, spec in sorted(descriptions(args.folder)):
        if args.only and name not in args.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            cells = own_cells(name, spec, Path(folder))
            cells += [beside(tool, spec, args.beside / "bin" / tool, Path(folder)) for tool in tools]
            print(Row((name, *cells)), flush=True)
    return 0


def descriptions(folder: Path) -> Iterator[tuple[str, Path]]:
    for one in folder.iterdir():
        if one.is_dir() and (one / "openapi.yaml").exists():
            yield one.name, one / "openapi.yaml"
        elif one.suffix in (".json", ".yaml", ".yml"):
            yield one.stem, one


def own_cells(name: str, spec: Path, folder: Path) -> list[str]:
    """Return the cells about this project's package."""
    package = re.sub(r"\W", "_", name).lower() + "_api"
    out = folder / "package"
    errors = folder / "errors.txt"
    tool = str(Path(sys.executable).with_name("typed-openai"))
    command = [tool, "generate", "--spec", str(spec.absolute()), "--package", package, "--out", str(out)]
    try:
        made = measure(["sh", "-c", f'exec "$@" 2>{errors}', "sh", *command], folder)
    except Failed as error:
        return [f"failed: {str(error).splitlines()[-1][:60]}", *["-"] * (len(_HEAD) - 2)]
    index = Index(out / package / INDEX)
    api = index.api()
    serious = len(_SERIOUS.findall(errors.read_text()))
    return [
        str(len(api.operations)),
        str(serious),
        f"{made.processor:.1f}",
        f"{made.mebibytes:.0f}",
        f"{mypy_seconds(package, out):.1f}",
        *judged(package, out, index),
    ]


def mypy_seconds(package: str, out: Path) -> float:
    """Return the seconds to check a program with a client, above those of an empty program."""
    (out / "empty.py").write_text("")
    (out / "client.py").write_text(f"from {package} import Client\n\nclient = Client()\n")
    took = []
    for program in ("client.py", "empty.py"):
        command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir", os.devnull]
        took.append(measure([*command, program], out, statuses=(0, 1)).processor)
    return took[0] - took[1]


def judged(package: str, out: Path, index: Index) -> list[str]:
    """Return how many right calls are accepted, wrong ones caught, and right ones answered."""
    operations = [one for one in index.api().operations if not (one.deprecated or one.choices)]
    chosen = operations[:: max(1, len(operations) // CALLS)][:CALLS]
    faker, wishes = Faker(index.components), Wishes(optional=False)
    given = [
        {
            one.name: faker.value(one.schema, wishes, name=one.name)
            for one in operation.arguments
            if one.required
        }
        for operation in chosen
    ]
    lines = [f"from {package} import Client", "client = Client()"]
    for operation, values in zip(chosen, given, strict=True):
        words = ", ".join(f"{name}={value!r}" for name, value in values.items())
        lines += [f"client.{operation.qualified_name}({words})"]
        lines += [f"client.{operation.qualified_name}({words + ', ' if words else ''}no_such_argument=1)"]
    (out / "calls.py").write_text("\n".join(lines) + "\n")
    wrong = wrong_lines(out)
    rights = [one for one in range(3, len(lines) + 1, 2) if one not in wrong]
    mistakes = [one for one in range(4, len(lines) + 1, 2) if one in wrong]
    with warnings.catch_warnings(), serve(index=index) as server:
        warnings.simplefilter("ignore")
        client = Client("key", spec=index.folder, base_url=server.base_url, max_retries=0)
        # What is deleted is gone for the calls after it.
        pairs = sorted(zip(chosen, given, strict=True), key=lambda one: one[0].method == "DELETE")
        called = sum(answered(client, *one) for one in pairs)
    return [f"{one}/{len(chosen)}" for one in (len(rights), len(mistakes), called)]


def wrong_lines(out: Path) -> set[int]:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "calls.py"]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
    return {int(one) for one in re.findall(r"^calls\.py:(\d+): error:", done.stdout, re.M)}


def answered(client: Client, operation: Operation, values: dict[str, Any]) -> bool:
    """Make a call against the embedded server, and return True if it was answered."""
    try:
        client.call(operation.qualified_name, **values)
    except OpenAIError:
        return False
    return True


def beside(tool: str, spec: Path, command: Path, folder: Path) -> str:
    """Return the processor seconds and the memory of another generator, or that it failed."""
    words = {
        "openapi-python-client": [
            "generate",
            "--path",
            str(spec.absolute()),
            "--meta",
            "none",
            "--output-path",
        ],
        "datamodel-codegen": ["--input", str(spec.absolute()), "--input-file-type", "openapi", "--output"],
    }[tool]
    name = "other" if tool == "openapi-python-client" else "other.py"
    run = [str(command.absolute()), *words, str(folder / name)]
    try:
        made = measure(["sh", "-c", 'exec "$@" >/dev/null 2>&1', "sh", *run], folder, limit=LIMIT)
    except Failed:
        return "failed"
    return f"{made.processor:.1f} s, {made.mebibytes:.0f} MiB"


if __name__ == "__main__":
    sys.exit(main())
