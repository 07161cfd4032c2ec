"""Findings beyond types are reported in every form of an operation's arguments, exactly once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from mypy.version import __version__ as mypy_version

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

CONSTANTS = """\
from typing import Final, Literal

HOT: Final = 3
WARM: Final[float] = 2.5
HOTTER: Literal[4] = 4
"""
HEADER = """\
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar, Unpack
import constants
import typed_openai
from constants import HOT, HOTTER
from typed_openai import Client, paginate
from typed_openai.params import CreateChatCompletionParams as Params
from typed_openai.params import CreateChatCompletionStreamingParams as Streaming
from typed_openai.types import ChatCompletionRequestMessage, CreateChatCompletionRequest

P = ParamSpec("P")
R = TypeVar("R")

class Agent:
    def __init__(self, name: str, **settings: Unpack[Params]) -> None: ...
    def ask(self, **params: Unpack[Params]) -> None: ...
    def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)
    @classmethod
    def make(cls, **request: Unpack[CreateChatCompletionRequest]) -> None: ...

class Mine(Agent): ...

def retry(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R: return function(*args, **kwargs)
def ask(retries: int = 0, **params: Unpack[Params]) -> None: ...

client, pool = Client(), ThreadPoolExecutor()
create, members = client.chat.create_chat_completion, client.skills.list_skills
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "x"}]
bound = partial(create, model="m")
started = partial(create, hello)
both: Params = {"messages": hello, "model": "m"}
HOTTEST: Final = 3 + 2

def main() -> None:
    pass
"""
CHAT = '"model": "m", "messages": hello'
HOT = "temperature: expected at most 2, got"
LIMIT = "expected at most 100, got 101"
FEW = "expected at least 1"
DEPRECATED = "assistants.list_assistants is deprecated; use the Responses API"
LOGPROBS = 'needs "logprobs" to be True, which is not given'
STRICT = '"name": "n", "strict": True, "schema": @{"type": "array"}'

# An expression, and the message: the column of the mistake is that of the mark.
MISTAKES = {
    # Constants, of this module and of another.
    'create(hello, "m", temperature=@HOT)': f"{HOT} 3",
    'create(hello, "m", temperature=@HOTTER)': f"{HOT} 4",
    'create(hello, "m", temperature=@HOTTEST)': f"{HOT} 5",
    'create(hello, "m", temperature=@constants.WARM)': f"{HOT} 2.5",
    'create(hello, "m", n=@-constants.HOT)': "n: expected at least 1, got -3",
    # Other clients, and the package's default client.
    'client.with_options(timeout=3).chat.create_chat_completion(hello, "m", temperature=@3)': f"{HOT} 3",
    'typed_openai.chat.create_chat_completion(hello, "m", temperature=@3)': f"{HOT} 3",
    # Operations named in text.
    'client.call("createChatCompletion", hello, "m", temperature=@HOT)': f"{HOT} 3",
    'client.as_curl("createChatCompletion", hello, "m", temperature=@3)': f"{HOT} 3",
    'client.as_curl("createChatCompletion", hello, "m", top_logprobs=@3)': f"top_logprobs: {LOGPROBS}",
    '@client.as_curl("listAssistants")': DEPRECATED,
    'client.request("GET", "/skills", params={"limit": @101})': f"params.limit: {LIMIT}",
    'client.request("GET", "/skills", params=dict(limit=@101))': f"params.limit: {LIMIT}",
    f'client.request("POST", "/chat/completions", json={{{CHAT}, "n": @0}})': f"json.n: {FEW}, got 0",
    f'client.request("POST", "/chat/completions", json={{{CHAT}, "top_logprobs": @3}})': (
        f"json.top_logprobs: {LOGPROBS}"
    ),
    f'client.request("POST", "/chat/completions", json={{{CHAT}, "stream_options": @{{}}}})': (
        'json.stream_options: needs "stream" to be True, which is not given'
    ),
    f'client.request("POST", "/chat/completions", json={{{CHAT}, "max_tokens": @9}})': (
        "json.max_tokens: deprecated; use max_completion_tokens"
    ),
    'client.request("POST", "/chat/completions", json={"model": "m", "messages": @[]})': (
        "json.messages: expected at least 1 item, got 0"
    ),
    # Methods that another function calls.
    'pool.submit(create, hello, "m", temperature=@3)': f"{HOT} 3",
    "paginate(members, limit=@101)": f"limit: {LIMIT}",
    "@paginate(client.assistants.list_assistants)": DEPRECATED,
    "partial(create, temperature=@3)": f"{HOT} 3",
    'partial(create, temperature=@3)(hello, "m")': f"{HOT} 3",
    'partial(create, messages=@[], model="m")': "messages: expected at least 1 item, got 0",
    "bound(hello, temperature=@3)": f"{HOT} 3",
    "bound(@[])": "messages: expected at least 1 item, got 0",
    'started("m", temperature=@3)': f"{HOT} 3",
    "@partial(client.assistants.list_assistants)()": DEPRECATED,
    'retry(create, hello, "m", temperature=@3)': f"{HOT} 3",
    'Mine("a", **both).run(members, limit=@101)': f"limit: {LIMIT}",
    # Functions of the user's own that take an operation's arguments.
    'ask(messages=hello, model="m", temperature=@3)': f"{HOT} 3",
    'ask(messages=hello, model="m", max_tokens=@3)': "max_tokens: deprecated; use max_completion_tokens",
    'ask(messages=[{"role": "user", "content": @[]}], model="m")': (
        "messages[0].content: expected at least 1 item, got 0"
    ),
    'Agent("a", messages=hello, model="m", temperature=@3)': f"{HOT} 3",
    'Mine("a", **both).ask(messages=hello, model="m", temperature=@3)': f"{HOT} 3",
    'Agent.make(messages=hello, model="m", temperature=@3)': f"{HOT} 3",
    'both["temperature"] = @3': f"both.{HOT} 3",
}
# The same in displays of TypedDicts, about which older versions of mypy ask no plugin.
DISPLAYED = {
    f'one: Params = {{{CHAT}, "temperature": @3}}': f"one.{HOT} 3",
    f'many: list[Params] = [{{{CHAT}, "temperature": @HOT}}]': f"many[0].{HOT} 3",
    'made = Params(messages=hello, model="m", temperature=@3)': f"made.{HOT} 3",
    'create(**Params(messages=hello, model="m", temperature=@3))': f"{HOT} 3",
    f'two: Params = {{{CHAT}, "max_tokens": @3}}': "two.max_tokens: deprecated; use max_completion_tokens",
    'three: Params = {"messages": [{"role": "user", "content": @[]}], "model": "m"}': (
        "three.messages[0].content: expected at least 1 item, got 0"
    ),
    f'four: Streaming = {{{CHAT}, "stream": True, "temperature": @3}}': f"four.{HOT} 3",
    'both.update({"temperature": @3})': f"{HOT} 3",
    f'both["response_format"] = {{"type": "json_schema", "json_schema": {{{STRICT}}}}}': (
        "both.response_format.json_schema.schema"
    ),
}
# Code that may be right, as far as is known.
SILENT = [
    'ask(messages=hello, model="m", top_logprobs=3)',
    f'six: Params = {{{CHAT}, "top_logprobs": 3}}',
    "partial(create, top_logprobs=3)",
    "bound(hello, stream_options={})",
    f'client.request("POST", "/chat/completions", json={{{CHAT}, "stream_options": {{}}}}, stream=True)',
    f'client.request("POST", "/chat/completions", json={{{CHAT}, "top_logprobs": 3}}, extra_body={{}})',
    'client.request("POST", "/chat/completions", json=both)  # type: ignore[openai-arg]',
    'create(hello, "m", temperature=2)',
]


@pytest.fixture(scope="module")
def printed(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    folder = tmp_path_factory.mktemp("reach")
    written = [one.replace("@", "") for one in (*MISTAKES, *DISPLAYED)]
    (folder / "constants.py").write_text(CONSTANTS)
    (folder / "example.py").write_text(HEADER + "".join(f"    {one}\n" for one in [*written, *SILENT]))
    return run_mypy(["example.py"], folder=folder).by_line(HEADER)


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=list(MISTAKES))
def test_a_mistake_is_told_once_at_its_place(number: int, printed: dict[int, list[str]]) -> None:
    written, text = [*MISTAKES.items()][number]
    (line,) = printed[number]
    assert line.startswith(f"{written.index('@') + 5}: error: {text}")
    assert re.search(r"\[openai-(limit|deprecated|dependent|schema)\]$", line)


@pytest.mark.skipif(
    mypy_version.startswith("1."), reason="this mypy asks no plugin about TypedDicts' displays"
)
@pytest.mark.parametrize("number", range(len(DISPLAYED)), ids=list(DISPLAYED))
def test_so_it_is_in_the_displays_of_params(number: int, printed: dict[int, list[str]]) -> None:
    written, text = [*DISPLAYED.items()][number]
    (line,) = printed[len(MISTAKES) + number]
    assert line.startswith(f"{written.index('@') + 5}: error: {text}")


def test_what_may_be_right_is_silent(printed: dict[int, list[str]]) -> None:
    first = len(MISTAKES) + len(DISPLAYED)
    assert {one: printed[first + i] for i, one in enumerate(SILENT) if first + i in printed} == {}
