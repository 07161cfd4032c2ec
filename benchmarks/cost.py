"""What using typed-openai costs beside the official client, as ratios measured in one run.

Needs both clients and mypy in this Python's environment::

    pip install -e ".[dev]" openai
    python benchmarks/cost.py [--rounds 5]

Prints the median time of an import, and the median time and peak memory of a cold mypy run over
four lines, for an empty file, for typed-openai and for openai.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

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

# Runs a command as a child and reports how long it took and how much memory it had at most.
MEASURE = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
took = time.perf_counter() - start
print(json.dumps([took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""


class Cost(NamedTuple):
    """Seconds and MiB at most."""

    seconds: float
    mebibytes: float


def measure(command: list[str], cwd: str) -> Cost:
    """The cost of one run of a command."""
    child = [sys.executable, "-c", MEASURE, *command]
    done = subprocess.run(child, cwd=cwd, capture_output=True, text=True, check=True)
    return Cost(*json.loads(done.stdout))


def median(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def import_costs(rounds: int, folder: str) -> dict[str, Cost]:
    """Cost of starting Python and importing each client; rounds alternate so that drift hits all alike."""
    runs: dict[str, list[Cost]] = {name: [] for name in IMPORTS}
    for _ in range(rounds):
        for name, text in IMPORTS.items():
            runs[name].append(measure([sys.executable, "-c", text], folder))
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
                measure([sys.executable, "-m", "mypy", "--strict", "--cache-dir", "/dev/null", file], folder)
            )
    return {name: median(costs) for name, costs in runs.items()}


def table(title: str, costs: dict[str, Cost]) -> str:
    """The costs beside each other, and ours as a ratio to openai's."""
    rows = [f"{name:>14}  {cost.seconds:7.3f} s  {cost.mebibytes:6.0f} MiB" for name, cost in costs.items()]
    ours, theirs = costs["typed-openai"], costs["openai"]
    time, memory = ours.seconds / theirs.seconds, ours.mebibytes / theirs.mebibytes
    return "\n".join((title, *rows, f"{'ours/openai':>14}  {time:7.2f}    {memory:6.2f}"))


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
