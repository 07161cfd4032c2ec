"""The cost of checking with typed-openai compared with the official client.

Needs both clients, mypy and pyright in this Python's environment::

    pip install -e ".[dev]" openai
    python benchmarks/cost.py [--rounds 5] [PART ...]

Prints medians for: an import; mypy over four lines, without cache, with it, and after a line was added,
without and with the plugin; mypy's daemon and mypy after a line was added to 300 calls; pyright; and the
generation of the index and the stubs. Each exceeded limit is named; the exit status is then 1.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from measuring import Cost, in_turn, load, measure, processor_time
from programs import EDIT, EMPTY, FOUR_LINES, OURS, many_calls

MYPY: Final = (sys.executable, "-m", "mypy", "--strict")
PLUGIN: Final = "[mypy]\nplugins = typed_openai_mypy.plugin\n"
IMPORTS: Final = {"empty": "pass", "typed-openai": "import typed_openai", "openai": "import openai"}
TYPED: Final = f"{OURS}from typed_openai.types import Response\n\nkept: list[Response] = []\n"
ANSWERS: Final = """
from typing import TypedDict

from typed_openai import Tools, accumulate, ask, finished_items, parse, text_deltas, text_format, tool


class Event(TypedDict):
    name: str


@tool
def find(name: str) -> Event:
    return {"name": name}


kit = Tools(find)
create = Client().responses.create_response
print(ask(Event, create, "Hi", "gpt-5.5").value["name"])
response = create("Hi", "gpt-5.5", text={"format": text_format(Event)})
print(parse(response, Event)["name"], [kit.call(call)["name"] for call in kit.calls(response, find)])
events = accumulate(create("Hi", "gpt-5.5", stream=True))
print("".join(text_deltas(events)), events.value["id"])
for item in finished_items(create("Hi", "gpt-5.5", stream=True), "function_call"):
    print(item["name"])
print(kit.run(create, "Hi", "gpt-5.5").reply["id"])
"""
ROOT: Final = Path(__file__).parents[1]


class Limit(NamedTuple):
    """A figure with a limit."""

    name: str
    found: float
    limit: float

    def __str__(self) -> str:
        verdict = "ok" if self.found <= self.limit else "TOO MUCH"
        return f"  {self.name:<34}{self.found:7.2f}  at most {self.limit:.2f}  {verdict}"


Part = Callable[[int, Path], list[Limit]]


def imports(rounds: int, folder: Path) -> list[Limit]:
    """Measure the start of Python with an import of each client."""
    commands = {name: (sys.executable, "-c", text) for name, text in IMPORTS.items()}
    costs = in_turn({name: partial(measure, one, folder) for name, one in commands.items()}, rounds)
    return report("import, interpreter start included", costs)


def cold(rounds: int, folder: Path) -> list[Limit]:
    """Measure mypy over four lines without a cache."""
    command = (*MYPY, "--cache-dir", "/dev/null")
    with_plugin = (*command, "--config-file", written(folder / "plugin.ini", PLUGIN))
    subjects = four_lines(command, folder)
    subjects["with types"] = partial(measure, (*command, written(folder / "typed.py", TYPED)), folder)
    subjects["with plugin"] = partial(measure, (*with_plugin, written(folder / "ours.py", OURS)), folder)
    costs = in_turn(subjects, rounds)
    ours, theirs = costs["typed-openai"], costs["openai"]
    return [
        *report("mypy --strict over four lines, cold", costs),
        Limit("time, ours/openai", ours.processor / theirs.processor, 0.17),
        Limit("seconds above an empty file", ours.processor - costs["empty"].processor, 0.6),
        Limit("memory, ours/openai", ours.mebibytes / theirs.mebibytes, 0.3),
    ]


def answers(rounds: int, folder: Path) -> list[Limit]:
    """Measure mypy over four lines, and over more with answers, tools and streams that end in a value."""
    command = (*MYPY, "--cache-dir", "/dev/null")
    programs = {"four lines": OURS, "answers": OURS + ANSWERS}
    subjects = {
        name: partial(measure, (*command, written(folder / f"{number}.py", text)), folder)
        for number, (name, text) in enumerate(programs.items())
    }
    costs = in_turn(subjects, rounds)
    more = costs["answers"].processor - costs["four lines"].processor
    return [*report("mypy --strict over answers and tools, cold", costs), Limit("seconds more", more, 0.15)]


def warm(rounds: int, folder: Path) -> list[Limit]:
    """Measure mypy over the same four lines with its cache."""
    return with_cache("mypy --strict over four lines, warm", rounds, folder, edited=False)


def edit(rounds: int, folder: Path) -> list[Limit]:
    """Measure mypy with its cache after a line was added to four."""
    return with_cache("mypy --strict over four lines, after an edit", rounds, folder, edited=True)


def with_cache(title: str, rounds: int, folder: Path, *, edited: bool) -> list[Limit]:
    """Measure mypy with a separate cache for each client."""
    subjects = {}
    for name, text in FOUR_LINES.items():
        file = folder / f"{name}_lines.py"
        command = (*MYPY, "--cache-dir", str(folder / f"{name}.cache"), written(file, text))
        measure(command, folder)
        subjects[name] = partial(rerun, command, file, edited=edited)
    costs = in_turn(subjects, rounds)
    ratio = costs["typed-openai"].processor / costs["openai"].processor
    return [*report(title, costs), Limit("time, ours/openai", ratio, 0.6)]


def rerun(command: tuple[str, ...], file: Path, *, edited: bool) -> Cost:
    """Measure a command; with ``edited``, a line is added to the file before."""
    if edited:
        file.write_text(file.read_text() + EDIT)
    return measure(command, file.parent)


def pyright(rounds: int, folder: Path) -> list[Limit]:
    """Measure pyright over four lines."""
    python = ("--pythonpath", sys.executable)
    costs = in_turn(four_lines((sys.executable, "-m", "pyright", *python), folder), rounds)
    ratio = costs["typed-openai"].processor / costs["openai"].processor
    return [*report("pyright over four lines", costs), Limit("time, ours/openai", ratio, 0.7)]


def calls(rounds: int, folder: Path) -> list[Limit]:
    """Measure an edit of 300 mixed calls, with mypy's cache, and with its daemon."""
    subjects: dict[str, Callable[[], Cost]] = {}
    for name, config in (("mypy", "[mypy]\n"), ("mypy, plugin", PLUGIN)):
        kept = (*MYPY, "--cache-dir", str(folder / f"{name}.cache"))
        options = ("--config-file", written(folder / f"{name}.ini", config))
        file = folder / f"calls_{len(subjects)}.py"
        command = (*kept, *options, written(file, many_calls()))
        measure(command, folder)
        subjects[name] = partial(rerun, command, file, edited=True)
    subjects["empty"] = partial(measure, (*MYPY, written(folder / "empty.py", EMPTY)), folder)
    costs = in_turn(subjects, rounds)
    daemons = {
        name: edit_in_daemon(rounds, folder / name, config)
        for name, config in (("daemon", "[mypy]\n"), ("daemon, plugin", PLUGIN))
    }
    report("mypy after an edit of 300 calls", costs)
    return [
        *(Limit(f"seconds, {name}", cost.processor, 1.0) for name, cost in costs.items() if name != "empty"),
        *(Limit(f"seconds, {name}", seconds, 1.0) for name, seconds in daemons.items()),
    ]


def edit_in_daemon(rounds: int, folder: Path, config: str) -> float:
    """Return the median seconds that a mypy daemon and its client take for 300 calls and an added line."""
    folder.mkdir()
    status = folder / "daemon.json"
    file = folder / "daemon.py"
    daemon = (sys.executable, "-m", "mypy.dmypy", "--status-file", str(status))
    options = ("--strict", "--config-file", written(folder / "daemon.ini", config))
    command = (*daemon, "run", "--", *options, written(file, many_calls()))
    took = []
    try:
        measure(command, folder)
        process = json.loads(status.read_text())["pid"]
        for _ in range(rounds):
            before = processor_time(process)
            client = rerun(command, file, edited=True).processor
            took.append(client + processor_time(process) - before)
    finally:
        measure((*daemon, "kill"), folder)
    return statistics.median(took)


def generation(rounds: int, folder: Path) -> list[Limit]:
    """Measure the generation of all files from the description's YAML."""
    program = "import sys; from typed_openai.cli import main; sys.exit(main(sys.argv[1:]))"
    command = (sys.executable, "-c", program, "spec", "build", "--check", "--root", str(ROOT))
    costs = in_turn({"spec build": partial(measure, command, folder)}, rounds)
    report("generating the index and the stubs", costs)
    return [Limit("seconds", costs["spec build"].processor, 4.0)]


PARTS: Final[Mapping[str, Part]] = {
    one.__name__: one for one in (imports, cold, answers, warm, edit, calls, pyright, generation)
}


def four_lines(command: tuple[str, ...], folder: Path) -> dict[str, Callable[[], Cost]]:
    """Return commands that check four lines with each client, and an empty file."""
    return {
        name: partial(measure, (*command, written(folder / f"{name}_lines.py", text)), folder)
        for name, text in FOUR_LINES.items()
    }


def written(path: Path, text: str) -> str:
    """Write a text to a file and return the file's path."""
    path.write_text(text)
    return str(path)


def report(title: str, costs: Mapping[str, Cost]) -> list[Limit]:
    """Print the costs side by side, without any limit."""
    print(f"{title}  ({load()})")
    for name, cost in costs.items():
        figures = f"{cost.processor:7.3f} s of processor  {cost.passed:7.3f} s passed"
        print(f"  {name:<14}{figures}  {cost.mebibytes:6.0f} MiB")
    return []


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)} (default: all)")
    arguments = parser.parse_args()
    unknown = [one for one in arguments.parts if one not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; expected some of: {', '.join(PARTS)}")
    limits: list[Limit] = []
    for name in arguments.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            held = PARTS[name](arguments.rounds, Path(folder))
        for one in held:
            print(one)
        limits += held
    return int(any(one.found > one.limit for one in limits))


if __name__ == "__main__":
    sys.exit(main())
