"""The cost of updating to a new description: ``spec update`` of a full one, compared with reading its file.

Makes a description of three million bytes with :mod:`full_description`, once as YAML and once as JSON, and
prints the processor time of the command (median of rounds that alternate), the time that PyYAML's own
reader takes for the YAML file, and the elapsed seconds. The bounds apply to a machine of two processors
without other load::

    python benchmarks/update.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from full_description import full_description
from measuring import Cost, in_turn, load, measure

from typed_openai_spec.files.texts import to_yaml

ROOT = Path(__file__).parents[1]
MOST_SECONDS = 10
MOST_RATIO = 5
"""The bounds: the seconds of an update, and its ratio to the time of reading alone."""

_READ = "import sys, yaml; yaml.load(open(sys.argv[1], 'rb'), getattr(yaml, 'CSafeLoader', yaml.SafeLoader))"
_COMMAND = (
    sys.executable,
    "-c",
    "import sys; from typed_openai import cli; sys.exit(cli.main())",
    "spec",
    "update",
)


def _checkout(folder: Path) -> Path:
    for name in (
        "spec/openai",
        "spec/overrides",
        "spec/additions",
        "spec/typed_openai_spec/packaged",
        "stubs/typed_openai-stubs",
    ):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def _costs(folder: Path, rounds: int) -> dict[str, Cost]:
    checkout = _checkout(folder / "checkout")
    document = full_description()
    files = {
        "YAML": (folder / "full.yaml", to_yaml(document)),
        "JSON": (folder / "full.json", json.dumps(document)),
    }
    subjects = {}
    for form, (path, text) in files.items():
        path.write_text(text, encoding="utf-8")
        print(f"{form}: {path.stat().st_size / 1e6:.1f} million bytes")
        for content, option in (("facts", ["--facts-only"]), ("prose", [])):
            words = [*_COMMAND, str(path), *option, "--root", str(checkout)]
            subjects[f"{form}, {content}"] = partial(measure, words, folder)
    subjects["reading alone"] = partial(measure, [sys.executable, "-c", _READ, str(files["YAML"][0])], folder)
    return in_turn(subjects, rounds)


def main() -> None:
    """Measure and print; fail if a bound is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        costs = _costs(Path(name), rounds)
    reading = costs.pop("reading alone")
    print(f"{load()}; reading alone: {reading.processor:.2f} s")
    missed = 0
    for what, cost in costs.items():
        ratio = cost.processor / reading.processor
        fits = cost.passed <= MOST_SECONDS and ratio <= MOST_RATIO
        missed += not fits
        print(
            f"{what:<12} {cost.passed:6.2f} s passed (<= {MOST_SECONDS}), {cost.processor:6.2f} s of CPU,"
            f" {ratio:5.1f} of reading (<= {MOST_RATIO}), {cost.mebibytes:4.0f} MiB"
            f"{'' if fits else ', MISSED'}"
        )
    sys.exit(min(missed, 1))


if __name__ == "__main__":
    main()
