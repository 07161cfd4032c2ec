"""Programs that call the API with many values, right or wrong."""

from __future__ import annotations

from typing import Final

HEAD: Final = "from typed_openai import Client\n\nclient = Client()\n"
"""Head of a module that uses the API."""

_TYPED_HEAD: Final = f"from typed_openai.types import ChatCompletionRequestMessage\n{HEAD}"
_MODEL: Final = '"gpt-4o-mini"'
_SIMPLE: Final = (
    "client.files.retrieve_file({n})",
    "client.files.retrieve_file('file-{n}', limit={n})",
    "client.files.retrieve_file()",
    "client.files.retrieve_file('file-{n}')['name_{n}']",
    "client.chat.completions",
)
"""A wrong argument, keyword, number of arguments, key and attribute."""

RIGHT_ROLE: Final = "user"
WRONG_ROLE: Final = "usr"


def one_call(count: int, role: str) -> str:
    """Return one call with a list of messages. No call for none: the API wants at least one."""
    if not count:
        return HEAD
    return f"{HEAD}\nclient.chat.create_chat_completion([\n{_messages(count, role)}], {_MODEL})\n"


def annotated_list(count: int, role: str) -> str:
    """Return a list of messages that is assigned to an annotated variable."""
    head = f"{_TYPED_HEAD}\nhistory: list[ChatCompletionRequestMessage] = [\n"
    return f"{head}{_messages(count, role)}]\n"


def one_dict(count: int, value: str) -> str:
    """Return one call with a dictionary of equal values."""
    lines = "".join(f'    "key_{number}": {value},\n' for number in range(count))
    given = '[{"role": "user", "content": "Hi"}], ' + _MODEL
    return f"{HEAD}\nclient.chat.create_chat_completion({given}, logit_bias={{\n{lines}}})\n"


def calls(count: int, role: str) -> str:
    """Return one call per statement."""
    return HEAD + "".join(f"{_call(number, role)}\n" for number in range(count))


def calls_in_functions(count: int, role: str) -> str:
    """Return one call per function."""
    bodies = (f"\ndef call_{number}() -> None:\n    {_call(number, role)}\n" for number in range(count))
    return HEAD + "".join(bodies)


def simple_mistakes(count: int) -> str:
    """Return one mistake per statement, of kinds that mypy finds in a fraction of a millisecond."""
    return HEAD + "".join(f"{_SIMPLE[number % len(_SIMPLE)].format(n=number)}\n" for number in range(count))


def nested_filter(depth: int, kind: str) -> str:
    """Return one call with a nested filter whose innermost part has the given type. No call for depth 0."""
    if not depth:
        return HEAD
    opening, closing = '{"type": "and", "filters": [' * depth, "]}" * depth
    inner = f'{opening}{{"key": "k", "type": "{kind}", "value": 1}}{closing}'
    return f'{HEAD}\nclient.vector_stores.search_vector_store("vs", "text", filters={inner})\n'


def _messages(count: int, role: str) -> str:
    return "".join(f'    {{"role": "{role}", "content": "Hi {number}"}},\n' for number in range(count))


def _call(number: int, role: str) -> str:
    return f'client.chat.create_chat_completion([{{"role": "{role}", "content": "{number}"}}], {_MODEL})'
