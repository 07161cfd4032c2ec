"""The two forms of a conversation with tools: messages of a chat, and items of a response."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from typed_openai._answers.reply_texts import chosen, not_a_reply
from typed_openai._calls.endpoints import Endpoint
from typed_openai.errors import CallError
from typed_openai.omission import OMIT


@dataclass(frozen=True, slots=True)
class AskedCall:
    """A call of a function that a reply asks for: its id, the function's name, the JSON text of arguments.

    ``is_cut`` is True if the reply ended before the call did, so that its arguments are not known.
    """

    id: str
    name: str
    arguments: str
    is_cut: bool = False


_CUT: Final = ("length", "content_filter")
"""The reasons why a chat completion is not complete."""

_ANSWERED_BY_PROGRAMS: Final = frozenset(
    (
        *("custom_tool_call", "computer_call", "local_shell_call", "shell_call", "apply_patch_call"),
        "mcp_approval_request",
    )
)
"""The items, apart from calls of functions, that the program has to answer in its next request."""


def calls_in(reply: Any) -> list[AskedCall]:
    """Return the calls of functions in a reply. Raises ``CallError`` for a value that is no reply."""
    if isinstance(reply, Mapping) and ("output" in reply or "choices" in reply):
        return _calls_of_items(reply) if "output" in reply else _calls_of_message(reply)
    raise not_a_reply(reply)


def _calls_of_items(reply: Mapping[str, Any]) -> list[AskedCall]:
    found = [one for one in reply["output"] or () if one.get("type") == "function_call"]
    is_cut = reply.get("status") == "incomplete"
    return [
        _asked(one.get("call_id") or one.get("id"), one, is_cut, is_open=one.get("status") == "incomplete")
        for one in found
    ]


def _calls_of_message(reply: Mapping[str, Any]) -> list[AskedCall]:
    is_cut = any(one.get("finish_reason") in _CUT for one in (reply["choices"] or ())[:1])
    calls = [one for one in _tool_calls(reply) if one.get("type", "function") == "function"]
    return [_asked(one.get("id"), one.get("function") or {}, is_cut) for one in calls]


def _asked(id: str | None, function: Mapping[str, Any], is_cut: bool, *, is_open: bool = False) -> AskedCall:
    arguments = function.get("arguments") or ""
    if not isinstance(arguments, str):  # some servers send them as an object
        arguments = json.dumps(arguments)
    # In a reply that was cut off, a call without any text is not one without arguments.
    is_cut = is_open or (is_cut and not arguments.strip())
    return AskedCall(id or "", function.get("name") or "", arguments, is_cut)


def _tool_calls(reply: Mapping[str, Any]) -> list[Any]:
    """Return the calls of a chat completion, of which there are none without choices."""
    message = (chosen(reply, 0).get("message") or {}) if reply["choices"] else {}
    return message.get("tool_calls") or []


def has_other_calls(reply: Mapping[str, Any]) -> bool:
    """Return True if a reply asks the program for more than calls of functions."""
    if "output" not in reply:
        return any(one.get("type", "function") != "function" for one in _tool_calls(reply))
    items = reply["output"] or ()
    done = {one.get("call_id") for one in items if str(one.get("type")).endswith("_output")}
    return any(
        one.get("type") in _ANSWERED_BY_PROGRAMS and (one.get("call_id") or one.get("id")) not in done
        for one in items
    )


class Conversation:
    """The arguments of the next request. One that the server keeps is continued by what is new alone."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.arguments = dict(arguments)

    def add(self, reply: Mapping[str, Any], answers: Iterable[tuple[AskedCall, str]]) -> None:
        """Add a reply and the answers to its calls."""
        raise NotImplementedError

    def _free_choice(self) -> None:
        """Let the model choose from now on: a choice that forces a call would force one each time."""
        choice = self.arguments.get("tool_choice", OMIT)
        if choice is not OMIT and choice not in ("none", "auto", None):
            self.arguments["tool_choice"] = "auto"


class _Items(Conversation):
    def __init__(self, arguments: Mapping[str, Any]) -> None:
        super().__init__(arguments)
        if self.arguments.get("store") is False:
            include = [*(self.arguments.get("include") or ())]
            # A server that stores nothing must get the reasoning back.
            self.arguments["include"] = [*dict.fromkeys((*include, "reasoning.encrypted_content"))]

    def add(self, reply: Mapping[str, Any], answers: Iterable[tuple[AskedCall, str]]) -> None:
        made = [
            {"type": "function_call_output", "call_id": call.id, "output": text} for call, text in answers
        ]
        if self.arguments.get("conversation"):
            self.arguments["input"] = made
        elif self.arguments.get("previous_response_id"):
            self.arguments["previous_response_id"] = reply["id"]
            self.arguments["input"] = made
        else:
            before = self.arguments.get("input", OMIT)
            known = [{"role": "user", "content": before}] if isinstance(before, str) else [*(before or ())]
            self.arguments["input"] = [*known, *reply["output"], *made]
        self._free_choice()


class _Messages(Conversation):
    def add(self, reply: Mapping[str, Any], answers: Iterable[tuple[AskedCall, str]]) -> None:
        message = chosen(reply, 0)["message"]
        said = {name: one for name, one in message.items() if one is not None and name not in _REPLY_ONLY}
        if isinstance(said.get("audio"), Mapping):
            said["audio"] = {"id": said["audio"]["id"]}
        made = [{"role": "tool", "tool_call_id": call.id, "content": text} for call, text in answers]
        self.arguments["messages"] = [*self.arguments["messages"], said, *made]
        self._free_choice()


_REPLY_ONLY: Final = frozenset(("annotations",))
"""The keys of a message that a request may not have."""

_FORMS: Final[Mapping[str, type[Conversation]]] = {"input": _Items, "messages": _Messages}
"""The form of a conversation by the argument that has it."""


def is_chat(endpoint: Endpoint) -> bool:
    """Return True if an operation takes messages; False if it takes items.

    Raises ``CallError`` for an operation that takes no tools.
    """
    form = next((one for one in _FORMS if one in endpoint.arguments), None)
    if form is None or "tools" not in endpoint.arguments:
        raise CallError(f"run: {endpoint.name} takes no tools")
    return _FORMS[form] is _Messages


def conversation(endpoint: Endpoint, arguments: Mapping[str, Any]) -> Conversation:
    """Return the conversation that the arguments of an operation begin."""
    made = (_Messages if is_chat(endpoint) else _Items)(arguments)
    for name in _FORMS:
        given = made.arguments.get(name)
        if given is not None and given is not OMIT and not isinstance(given, (str, list)):
            made.arguments[name] = [*given]
    return made
