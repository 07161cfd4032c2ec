"""Take the published description of the API, and find out whether a person has to decide.

    .ci/update [PATH-OR-URL] [--report FILE] [--gate COMMAND]

Updates the checkout, adds what is new to the lists and golden files, names new parts without a sentence in
tests/cli/undocumented.txt, adds a fragment of the changelog, and runs the gate. The report is Markdown for a
pull request. The last line of standard output, and the output "outcome" of a GitHub step, is one of:

    none        no fact has changed, nor has the checkout
    compatible  nothing breaks, and the gate passes: it can be merged and released
    breaking    something breaks callers, or the gate fails: the report says what
    refused     the description cannot be taken; the checkout is as before

Exit status: 0, or 1 if it was refused.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
UNDOCUMENTED = ROOT / "tests" / "cli" / "undocumented.txt"
GOLDEN = (
    "tests/contract/test_contract.py",
    "tests/stubs/test_stub_generation.py",
    "tests/editors/test_editor_pictures.py",
)
COMMAND = (sys.executable, "-c", "import sys; from typed_openai.cli import main; sys.exit(main())", "spec")


def main() -> int:
    """Take the description; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("description", nargs="?", metavar="PATH-OR-URL")
    parser.add_argument("--report", type=Path, default=ROOT / "update.md", help="default: update.md")
    parser.add_argument("--gate", default=".ci/run", metavar="COMMAND", help="default: .ci/run")
    args = parser.parse_args()
    outcome, report = taken([args.description] if args.description else [], args.gate)
    args.report.write_text(report)
    for name, text in {"GITHUB_STEP_SUMMARY": report, "GITHUB_OUTPUT": f"outcome={outcome}\n"}.items():
        if path := os.environ.get(name):
            with Path(path).open("a") as file:
                file.write(text)
    print(outcome)
    return int(outcome == "refused")


def taken(place: list[str], gate: str) -> tuple[str, str]:
    """Update the checkout; return the outcome and the report."""
    take = ("update", *place, "--facts-only", "--prune-docs", "--format")
    trial = run(*COMMAND, *take, "json", "--dry-run")
    if trial.returncode:
        return "refused", f"The description cannot be taken.\n\n```text\n{trial.stderr}```\n"
    found: dict[str, Any] = json.loads(trial.stdout)
    if not found["changes"]:
        return "none", "No fact has changed.\n"
    done = run(*COMMAND, *take, "markdown")
    if done.returncode:
        return "refused", f"The description cannot be taken.\n\n```text\n{done.stderr}```\n"
    note_undocumented()
    note_changes(found)
    run(sys.executable, "-m", "pytest", "-q", *GOLDEN, env={"UPDATE_GOLDEN": "1"})
    passed = subprocess.run(shlex.split(gate), cwd=ROOT, check=False, stdout=sys.stderr).returncode == 0
    verdict = "The gate passes." if passed else "**The gate fails.**"
    return "compatible" if passed and not found["breaking"] else "breaking", f"{verdict}\n\n{done.stdout}"


def note_undocumented() -> None:
    """List the parts that have no sentence yet."""
    found = json.loads(run(*COMMAND, "coverage", "--missing", "--json").stdout)["missing"]
    lines = sorted(f"{one['kind']} {one['name']}" for one in found)
    UNDOCUMENTED.write_text("".join(f"{one}\n" for one in lines))


def note_changes(found: dict[str, Any]) -> None:
    """Add a fragment of the changelog; what breaks needs the words of a person."""
    day = datetime.datetime.now(tz=datetime.UTC).date()
    operations = [
        one["place"] for one in found["changes"] if (one["kind"], one["subject"]) == ("added", "operation")
    ]
    names = f" New operations: {', '.join(f'`{one}`' for one in operations)}." if operations else ""
    kind = "changed" if found["breaking"] else "added"
    fragment = ROOT / "changelog.d" / f"+description-{day}.{kind}.md"
    fragment.write_text(f"- The API's description as published on {day}.{names}\n")


def run(*command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in the checkout."""
    return subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, env={**os.environ, **(env or {})}
    )


if __name__ == "__main__":
    sys.exit(main())
