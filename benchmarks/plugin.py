"""What the plugin costs: mypy over a correct program of 300 calls, with and without it.

Needs mypy in this Python's environment::

    pip install -e ".[mypy]"
    python benchmarks/plugin.py [--rounds 7]

Prints the medians of the processor time of a cold run, of a run after an edit (the stubs come from the
cache), and of a run over a file that has nothing to do with the API, which is what starting costs. Rounds
alternate between the two, so that drift hits both alike.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CALLS = 300
HEADER = """\
from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

client = Client()
history: list[ChatCompletionRequestMessage] = [{"role": "system", "content": "Be brief."}]
"""
# Each is a function of its number, so that no two are the same text.
FORMS = (
    """
def chat_{n}(question: str) -> str | None:
    reply = client.chat.create_chat_completion(
        [*history, {{"role": "user", "content": question}}], "gpt-4o-mini", temperature=0.{n}, n=1
    )
    return reply["choices"][0]["message"]["content"]
""",
    """
def look_{n}(url: str) -> str | None:
    reply = client.chat.create_chat_completion(
        [
            {{"role": "system", "content": "Number {n}."}},
            {{
                "role": "user",
                "content": [
                    {{"type": "text", "text": "What is it?"}},
                    {{"type": "image_url", "image_url": {{"url": url, "detail": "low"}}}},
                ],
            }},
        ],
        "gpt-4o-mini",
        max_completion_tokens={n},
    )
    return reply["choices"][0]["message"]["content"]
""",
    """
def stream_{n}(question: str) -> str:
    text = ""
    for chunk in client.chat.create_chat_completion(
        [{{"role": "user", "content": question}}], "gpt-4o-mini", stream=True, max_completion_tokens={n}
    ):
        text += chunk["choices"][0]["delta"].get("content") or ""
    return text
""",
    """
def respond_{n}(question: str) -> str:
    reply = client.responses.create_response(
        [
            {{"type": "message", "role": "user", "content": [{{"type": "input_text", "text": question}}]}},
            {{"type": "function_call_output", "call_id": "call_{n}", "output": "42"}},
        ],
        "gpt-4o-mini",
        tools=[{{"type": "web_search"}}],
    )
    return reply["id"]
""",
    """
def embed_{n}(texts: list[str]) -> list[float]:
    reply = client.embeddings.create_embedding(texts, "text-embedding-3-small", dimensions={n} + 1)
    return reply["data"][0]["embedding"]
""",
    """
def files_{n}() -> list[str]:
    return [one["id"] for one in client.files.list_files(limit={n} + 1)["data"]]
""",
)

# Runs a command as a child and tells its processor time.
MEASURE = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps(used.ru_utime + used.ru_stime))
"""


def program(calls: int) -> str:
    """A correct program of so many calls, in a fixed order."""
    order = random.Random(5)
    return HEADER + "".join(order.choice(FORMS).format(n=number) for number in range(1, calls + 1))


def mypy(folder: Path, file: str, config: str, cache: str) -> float:
    """The processor time of a run, in seconds."""
    command = [sys.executable, "-m", "mypy", "--config-file", config, "--cache-dir", cache, file]
    child = [sys.executable, "-c", MEASURE, *command]
    done = subprocess.run(child, cwd=folder, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout))


def assert_correct(folder: Path) -> None:
    """The program has no mistakes for mypy to tell."""
    for config in ("with.ini", "without.ini"):
        command = [
            sys.executable,
            "-m",
            "mypy",
            "--config-file",
            config,
            "--cache-dir",
            f"{config}.c",
            "calls.py",
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def measure(folder: Path, rounds: int) -> dict[str, dict[str, list[float]]]:
    """The times of each kind of run, by configuration."""
    names = ("without.ini", "with.ini")
    times: dict[str, dict[str, list[float]]] = {
        kind: {name: [] for name in names} for kind in ("cold", "after an edit", "another program")
    }
    for number in range(rounds):
        (folder / "calls.py").write_text(program(CALLS) + f"# {number}\n")
        (folder / "other.py").write_text(f"answer: int = {number}\n")
        for name in names if number % 2 else reversed(names):
            times["cold"][name].append(mypy(folder, "calls.py", name, "/dev/null"))
            times["after an edit"][name].append(mypy(folder, "calls.py", name, f"{name}.c"))
            times["another program"][name].append(mypy(folder, "other.py", name, f"{name}.c"))
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "without.ini").write_text("[mypy]\nstrict = True\n")
        (folder / "with.ini").write_text("[mypy]\nstrict = True\nplugins = typed_openai_mypy.plugin\n")
        (folder / "calls.py").write_text(program(CALLS))
        assert_correct(folder)
        print(f"mypy over {CALLS} calls, processor time: without the plugin, with it, the difference")
        for kind, found in measure(folder, rounds).items():
            plain, plugged = (statistics.median(times) for times in found.values())
            more = plugged - plain
            print(
                f"{kind:>16}  {plain:6.2f} s  {plugged:6.2f} s  {1000 * more:+6.0f} ms  {more / plain:+6.1%}"
            )


if __name__ == "__main__":
    main()
