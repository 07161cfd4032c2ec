"""``typed-openai completion``: bash and zsh complete command lines with the script."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from typed_openai import cli
from typed_openai.cli.completing import completions
from typed_openai_spec.index.reader import packaged

COMMAND = Path(sys.executable).with_name("typed-openai")

# The input of a completion function from readline: the line, the cursor, and bash's word there.
ASK = """\
eval "$(typed-openai completion bash)"
ask() {
    COMP_LINE="$1" COMP_POINT="${#1}"
    _typed_openai typed-openai "$2" ""
    printf '%s ' "${COMPREPLY[@]}"
    echo
}
"""

ASKED = {
    ("typed-openai c", "c"): "call check completion",
    ("typed-openai completion ", ""): "bash zsh",
    ("typed-openai spec b", "b"): "build",
    ("typed-openai spec build --", "--"): "--check --help --root",
    ("typed-openai spec update --f", "--f"): "--facts-only --format",
    ("typed-openai spec update --dry-run --format ", ""): "json markdown text",
    ("typed-openai spec diff --format=m", "m"): "markdown",
    ("typed-openai spec diff pa", "pa"): "packaged",
    ("typed-openai spec diff packaged up", "up"): r"up\ load.jsonl uploads/",
    ("typed-openai spec gate --output s", "s"): "sarif",
    ("typed-openai spec gate --old p", "p"): "packaged",
    ("typed-openai spec gate new.yaml -- p", "p"): "",
    ("typed-openai spec nothing ", ""): "",
    ("typed-openai explain embeddings", "embeddings"): "embeddings embeddings.create_embedding",
    ("typed-openai explain CreateEmbeddingR", "CreateEmbeddingR"): (
        "CreateEmbeddingRequest CreateEmbeddingResponse CreateEmbeddingResponseUsage"
    ),
    ("typed-openai explain createEmbedding.enc", "createEmbedding.enc"): "createEmbedding.encoding_format",
    (
        "typed-openai explain createChatCompletion.response_format.json_schema.s",
        "createChatCompletion.response_format.json_schema.s",
    ): (
        "createChatCompletion.response_format.json_schema.schema "
        "createChatCompletion.response_format.json_schema.strict"
    ),
    ("typed-openai explain createEmbedding.no.such.", "createEmbedding.no.such."): "",
    ("typed-openai explain --s", "--s"): "--search --spec",
    ("typed-openai call chat.cr", "chat.cr"): "chat.create_chat_completion",
    ("typed-openai call no.such", "no.such"): "",
    ("typed-openai call --out", "--out"): "--output",
    ("typed-openai call chat.create_chat_completion --temp", "--temp"): "--temperature",
    ("typed-openai call createChatCompletion --max_t", "--max_t"): "--max_tokens",
    ("typed-openai call createChatCompletion --messages '[{\"a\": 1}]' --mod", "--mod"): (
        "--modalities --model --moderation"
    ),
    ("typed-openai call createChatCompletion --verbosity ", ""): "high low medium",
    ("typed-openai call createChatCompletion --verbosity=h", "h"): "high",
    ("typed-openai call createChatCompletion --stream ", ""): "false true",
    ("typed-openai call --output x createChatCompletion --verbosity m", "m"): "medium",
    ("typed-openai call files.create_file @no", "no"): "",
    ("typed-openai call createChatC", "createChatC"): "createChatCompletion",
    ("typed-openai call files.create_file @up", "up"): r"up\ load.jsonl uploads/",
    ("typed-openai call files.create_file --file @uploads/o", "uploads/o"): "uploads/one.jsonl",
    ("typed-openai call files.create_file --file=@uploads/o", "uploads/o"): "uploads/one.jsonl",
    ("typed-openai call files.create_file @a fine", "fine"): "fine-tune",
    ("typed-openai call files.create_file --timeout 3 @a fine", "fine"): "fine-tune",
    ("typed-openai call createChatCompletion --messages '[{\"verb", "'[{\"verb"): "",
}


@pytest.mark.slow(seconds=5)
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_operations_arguments_and_values(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    for name in ("up load.jsonl", "uploads/one.jsonl", "uploads/.hidden"):
        (tmp_path / name).touch()
    environment = {**os.environ, "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"}
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        environment.pop(name, None)
    script = ASK + "".join(f"ask {shlex.quote(line)} {shlex.quote(word)}\n" for line, word in ASKED)
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=True,
        timeout=120,
    )
    answers = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert dict(zip(ASKED, answers, strict=True)) == ASKED
    assert done.stderr == ""


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_takes_the_script_as_its_own() -> None:
    script = 'eval "$(typed-openai completion bash)"; complete -p typed-openai'
    environment = {**os.environ, "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == "complete -o default -F _typed_openai typed-openai\n"


# A typed text, and zsh's completion of it.
TYPED = {
    "call files.create_fi": "call files.create_file ",
    "call createChatCompletion --verbosity=h": "call createChatCompletion --verbosity=high ",
    "call createChatCompletion --messages '[{\"a\": 1}]' --verb": (
        "call createChatCompletion --messages '[{\"a\": 1}]' --verbosity "
    ),
    "call files.create_file @up\\ ": "call files.create_file @up\\ load.jsonl ",
    "call files.create_file --file=@uploads/o": "call files.create_file --file=@uploads/one.jsonl ",
    "call files.create_file @uplo": "call files.create_file @uploads/",
    "explain embeddings.cr": "explain embeddings.create_embedding ",
}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize("typed", TYPED)
def test_zsh_completes_what_is_typed(typed: str, tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    for name in ("up load.jsonl", "uploads/one.jsonl"):
        (tmp_path / name).touch()
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TERM": "dumb", "PS1": "> ", "HOME": str(tmp_path)}
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    shell = subprocess.Popen(
        ["zsh", "-f", "-i"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        setup = (
            'autoload -Uz compinit; compinit -u -D; eval "$(typed-openai completion zsh)"; print re""ady\n'
        )
        os.write(ours, setup.encode())
        assert "ready\r\n" in _read(ours, "ready\r\n")
        os.write(ours, f"typed-openai {typed}\t".encode())
        wanted = f"typed-openai {TYPED[typed]}"
        assert wanted in _read(ours, wanted)
    finally:
        shell.kill()
        shell.wait()
        os.close(ours)


def _read(terminal: int, until: str, seconds: float = 30.0) -> str:
    """Read from a terminal until a text appears, or the time is over."""
    shown, end = "", time.monotonic() + seconds
    while until not in shown and time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            shown += os.read(terminal, 65536).decode()
    return shown


def test_every_operation_and_argument_is_completed() -> None:
    names = {f"{group}.{name}" for group, names in packaged().groups.items() for name in names}
    assert names <= set(completions(["call"], ""))
    for operation in packaged().operations():
        offered = set(completions(["call", operation.qualified_name], "--"))
        assert {f"--{one.name.replace('_', '-')}" for one in operation.arguments} <= offered


def test_the_commands_that_are_completed_are_those_there_are() -> None:
    assert set(completions([], "")) == set(cli.COMMANDS)


def test_completing_imports_neither_the_client_nor_the_embedded_server() -> None:
    slow = {"typed_openai.client", "typed_openai.testing", "requests"}
    code = (
        "import sys\n"
        "from typed_openai import cli\n"
        "cli.main(['_complete', 'typed-openai call chat.create_chat_completion --verbosity ', ''])\n"
        f"print(*({slow} & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["high", "low", "medium"]
