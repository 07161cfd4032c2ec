"""What using typed-openai costs beside the official client, as ratios measured in one run.

Needs both clients and mypy in this Python's environment::

    pip install -e ".[dev]" openai
    python benchmarks/cost.py [--rounds 5]

Prints the median time of an import, and the median time and peak memory of a cold mypy run over
four lines, for an empty file, for typed-openai and for openai.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import Cost, command_cost, median, table

OURS = """\
from typed_openai import Client

reply = Client().chat.create_chat_completion([{"role": "user", "content": "hi"}], "gpt-4o-mini")
print(reply["choices"][0]["message"]["content"])
"""
OPENAI = """\
from openai import OpenAI

reply = OpenAI().chat.completions.create(messages=[{"role": "user", "content": "hi"}], model="gpt-4o-mini")
print(reply.choices[0].message.content)
"""
SUBJECTS = {"empty": "", "typed-openai": OURS, "openai": OPENAI}
IMPORTS = {"empty": "pass", "typed-openai": "import typed_openai", "openai": "import openai"}


def import_costs(rounds: int, folder: str) -> dict[str, Cost]:
    """Cost of starting Python and importing each client; rounds alternate so that drift hits all alike."""
    runs: dict[str, list[Cost]] = {name: [] for name in IMPORTS}
    for _ in range(rounds):
        for name, text in IMPORTS.items():
            runs[name].append(command_cost([sys.executable, "-c", text], folder))
    return {name: median(costs) for name, costs in runs.items()}


def mypy_costs(rounds: int, folder: str) -> dict[str, Cost]:
    """Cost of a cold mypy run over four lines with each client."""
    runs: dict[str, list[Cost]] = {name: [] for name in SUBJECTS}
    for name, text in SUBJECTS.items():
        (Path(folder) / f"{name.replace('-', '_')}_lines.py").write_text(text)
    for _ in range(rounds):
        for name in SUBJECTS:
            file = f"{name.replace('-', '_')}_lines.py"
            runs[name].append(
                command_cost(
                    [sys.executable, "-m", "mypy", "--strict", "--cache-dir", "/dev/null", file], folder
                )
            )
    return {name: median(costs) for name, costs in runs.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        print(table("import, interpreter start included", import_costs(rounds, folder)))
        print(table("mypy --strict over four lines, cold", mypy_costs(rounds, folder)))


if __name__ == "__main__":
    main()
