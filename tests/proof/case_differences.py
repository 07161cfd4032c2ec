"""Statements of the typing cases that a checker judges differently than the case, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class CaseDifference:
    """A statement of ``tests/cases`` that a checker judges differently than the case: its first line."""

    checker: str
    file: str
    line: str
    why: str


_COMPREHENSION: Final = (
    "It reads a dict written out inside a comprehension as a plain dict where overloads are tried."
)
_AUGMENTED: Final = "It reads a list on the right of += without regard to what stands on the left."
_CALLED_DICT: Final = "It reads dict(key=value) as a call, which gives a plain dict."
_UNPACKED: Final = (
    "It does not hold the values of an unpacked plain dict against the arguments they may be for."
)
_FIRST_OVERLOAD: Final = "Without the plugin it takes a function that is handed over for its first overload."
_ANY_OVERLOAD: Final = "Of a function that is handed over it gives what any of its overloads gives."
_UNCHECKED_OVERLOADS: Final = (
    "It does not hold arguments against the overloads of the function that is handed over with them."
)
_UNCHECKED_KEYWORDS: Final = (
    "It does not check the keywords of a function with unpacked TypedDicts for unknown names."
)
_USED: Final = "It also reports each use of a name whose import fails."
_REMOVED: Final = "It does not report the removal of a key that may be absent."
_HANDLED: Final = "It reports a read whose KeyError is caught."
_PATTERNS: Final = "It reports a pattern that never matches."
_INNER_PATTERNS: Final = "It takes a value for Never inside a mapping pattern that narrows a union."
_COMPARED: Final = "It has nothing against comparing with a constant that a value never is."
_SET_ATTRIBUTE: Final = "It lets an attribute of a union of TypedDicts be set."

_EXECUTOR: Final = "It makes nothing certain of overloads together with a tuple of arguments (TypeVarTuple)."
_UNCHECKED_TUPLE: Final = (
    "It does not hold a tuple of arguments (TypeVarTuple) against the function that is handed over with it."
)
_BESIDE_ARGUMENTS: Final = (
    "It knows no keywords beside those of the method (ParamSpec); without the plugin, Tools(...) takes them."
)
_UNKNOWN_INSIDE: Final = "When strict, it asks for the types of empty displays and of parameters."
_OF_OVERLOADS: Final = "It does not know the result of a function that was made from overloads."
_FOLLOWING: Final = "What a wrong call gives is unknown to it, and that this is used is another error."
_SEEN: Final = "It sees what a dict is written for at a place where mypy does not."

_HANDED_OVER: Final = "good/plugin_handed_over.py"
_WAITED: Final = (
    'waited = await loop.run_in_executor(None, create, [{"role": "user", "content": "hi"}], "gpt-4o")'
)
_OWN_FUNCTIONS: Final = tuple(
    f'assert_type({call}(create, [{{"role": "user", "content": "hi"}}], "m"), CreateChatCompletionResponse)'
    for call in ("retried", "await later", "Runner().run", "Runner.apart")
)
"""Calls of functions that take a method and its arguments."""

_ASKED: Final = (
    'kit.run(client.chat.create_chat_completion, [{"role": "user", "content": "Hi"}], "gpt-5.5", max_turns=3)'
)

_HELD: Final = "good/plugin_held_values.py"
_REPLIES: Final = "bad/replies.py"

_AFTER: Final = "It does not know the result of a wrong call of overloads, so it accepts any key of it."
_REPLACED: Final = "It accepts any arguments of dataclasses.replace."

_LAMBDAS: Final = "It infers the type of a lambda's parameters from the lambda, and accepts what it returns."

CASES: Final = (
    *(
        CaseDifference(checker, "bad/rare_forms.py", line, _LAMBDAS)
        for checkers, line in (
            (
                ("pyright", "ty", "pyrefly"),
                'longer = reduce(lambda a, b: a + [{"role": "usr", "content": b}], ["hello"], several)',
            ),
            (
                ("ty", "pyrefly"),
                'print(reduce(lambda a, b: [*a, {"role": "usr", "content": b}], ["hello"], several))',
            ),
            (
                ("ty", "pyrefly"),
                'print(reduce(lambda a, b: {"role": "usr", "content": b}, ["hello"], one))',
            ),
            (
                ("ty", "pyrefly"),
                'print(fold(lambda a, b: [*a, {"role": "user", "content": b, "nme": "Ann"}], several))',
            ),
        )
        for checker in checkers
    ),
    *(
        CaseDifference(checker, file, line, why)
        for checker in ("pyright", "ty", "pyrefly")
        for file, line, why in (
            ("bad/after_mistakes.py", 'chunk["chices"]', _AFTER),
            (
                "bad/class_calls.py",
                'return replace(self, message={"role": "usr", "content": "x"})',
                _REPLACED,
            ),
        )
    ),
    CaseDifference(
        "pyrefly",
        "bad/after_mistakes.py",
        'reply = await asyncio.to_thread(client.embeddings.create_embedding, "x", modl="m")',
        "It does not check the keywords of an overloaded function that is handed over.",
    ),
    CaseDifference(
        "pyright",
        "good/plugin_calls.py",
        'messages += [{"role": role, "content": "again"}]',
        _AUGMENTED,
    ),
    CaseDifference(
        "pyrefly", "good/calls.py", "answer = client.chat.create_chat_completion(", _COMPREHENSION
    ),
    CaseDifference(
        "pyrefly",
        "good/iterables.py",
        'client.chat.create_chat_completion(({"role": "user", "content": one} for one in ("a", "b")), '
        '"gpt-4o")',
        _COMPREHENSION,
    ),
    CaseDifference(
        "pyrefly",
        "good/plugin_calls.py",
        'chat.create_chat_completion([{"role": "user", "content": t} for t in texts if t], "gpt-4o")',
        _COMPREHENSION,
    ),
    CaseDifference(
        "pyrefly",
        "bad/limits.py",
        'chat.create_chat_completion([{"role": "user", "content": []} for _ in range(score)], "gpt-4o")',
        _COMPREHENSION,
    ),
    *(
        CaseDifference(checker, "bad/limits.py", 'messages += [{"role": "user", "content": []}]', _AUGMENTED)
        for checker in ("pyright", "pyrefly")
    ),
    *(
        CaseDifference(
            checker,
            "bad/limits.py",
            'named: dict[str, Message] = {"first": dict(role="user", content=[])}',
            _CALLED_DICT,
        )
        for checker in ("pyright", "ty")
    ),
    *(
        CaseDifference(
            checker,
            "bad/call_arguments.py",
            'chat.create_chat_completion(hello, "gpt-4o", **{"temperature": 0.5})',
            _UNPACKED,
        )
        for checker in ("ty", "pyrefly")
    ),
    *(
        CaseDifference("mypy", _HANDED_OVER, line, _FIRST_OVERLOAD)
        for line in (
            'whole = pool.submit(create, [{"role": "user", "content": "hi"}], "gpt-4o")',
            'stream = pool.submit(create, [{"role": "user", "content": "hi"}], "gpt-4o", stream=True)',
            "assert_type(stream, Future[Stream[CreateChatCompletionStreamResponse]])",
            'reply = await asyncio.to_thread(create, [{"role": "user", "content": "hi"}], "gpt-4o")',
            'chunks = await asyncio.to_thread(create, [{"role": "user", "content": "hi"}], "gpt-4o", '
            "stream=True)",
            "assert_type(chunks, Stream[CreateChatCompletionStreamResponse])",
            'assert_type(streaming([{"role": "user", "content": "hi"}]), '
            "Stream[CreateChatCompletionStreamResponse])",
            _WAITED,
            'stream = retried(create, [{"role": "user", "content": "hi"}], "m", stream=True)',
            "assert_type(stream, Stream[CreateChatCompletionStreamResponse])",
            'reply, seconds = timed(3, create, [{"role": "user", "content": "hi"}], "m")',
            *_OWN_FUNCTIONS,
        )
    ),
    *(
        CaseDifference("ty", _HANDED_OVER, line, _ANY_OVERLOAD)
        for line in (
            "assert_type(whole, Future[CreateChatCompletionResponse])",
            "assert_type(stream, Future[Stream[CreateChatCompletionStreamResponse]])",
            "assert_type(handle, Future[StreamHandle[int]])",
            "assert_type(reply, CreateChatCompletionResponse)",
            "assert_type(chunks, Stream[CreateChatCompletionStreamResponse])",
            "assert_type(waited, CreateChatCompletionResponse)",
            "assert_type(stream, Stream[CreateChatCompletionStreamResponse])",
            *_OWN_FUNCTIONS,
        )
    ),
    *(
        CaseDifference(checker, _HANDED_OVER, line, _EXECUTOR)
        for checker in ("pyright", "pyrefly")
        for line in (
            _WAITED,
            "assert_type(waited, CreateChatCompletionResponse)",
        )
    ),
    *(
        CaseDifference("ty", "bad/handed_over.py", line, _UNCHECKED_TUPLE)
        for line in (
            "await loop.run_in_executor(None, client.chat.create_chat_completion, "
            '[{"role": "usr", "content": "hi"}], "m")',
            "await loop.run_in_executor(None, client.files.retrieve_file, 3)",
        )
    ),
    CaseDifference("pyright", "bad/handed_over.py", "print(item)", _FOLLOWING),
    *(
        CaseDifference("pyrefly", "bad/handed_over.py", line, _UNCHECKED_OVERLOADS)
        for line in (
            'again(client.responses.create_response, "hi", modle="m")',
            'await asyncio.to_thread(client.chat.create_chat_completion, [{"role": "user", "contnt": "hi"}], '
            '"m")',
            'timed(3, client.chat.create_chat_completion, [{"role": "usr", "content": "hi"}], "m")',
        )
    ),
    *(
        CaseDifference(
            checker,
            "bad/shapes.py",
            "chat.create_chat_completion("
            '[*messages, *[{"role": "user", "content": one} for one in texts]], "m")',
            _SEEN,
        )
        for checker in ("pyright", "pyrefly")
    ),
    CaseDifference(
        "ty",
        "bad/shapes.py",
        'chat.create_chat_completion([{"role": "user", "content": "hi"}] + messages, "m")',
        _SEEN,
    ),
    *(
        CaseDifference(
            checker,
            "bad/shapes.py",
            "first: ChatCompletionRequestUserMessage = "
            'field(default_factory=lambda: {"role": "user", "content": "hi"})',
            _SEEN,
        )
        for checker in ("pyright", "ty", "pyrefly")
    ),
    *(
        CaseDifference(checker, _REPLIES, line, _COMPARED)
        for checker in ("ty", "pyrefly")
        for line in (
            'if response["status"] == "complete":',
            'if response["output"][0]["type"] != "mesage":',
            'if event["type"] == "response.output_text.dleta":',
        )
    ),
    CaseDifference("pyrefly", _REPLIES, 'message.content = "hello"', _SET_ATTRIBUTE),
    *(
        CaseDifference("ty", "bad/omission.py", line, _UNCHECKED_KEYWORDS)
        for line in ("wrapped(temperatur=0.5)", "wrapped(stream=True)")
    ),
    CaseDifference("pyright", "bad/newcomers.py", "print(NOT_GIVEN, Asynchronous)", _USED),
    CaseDifference("pyright", "bad/reads.py", 'print(message["annotations"])', _HANDLED),
    CaseDifference("pyright", "bad/reads.py", 'match event["type"]:', _PATTERNS),
    CaseDifference("pyright", "bad/reads.py", 'del message["annotations"]', _REMOVED),
    *(
        CaseDifference("mypy", "good/plugin_answers.py", line, _FIRST_OVERLOAD)
        for line in ("listed = ask(", "other = await aio.ask(")
    ),
    *(
        CaseDifference(checker, "good/plugin_tools.py", _ASKED, _BESIDE_ARGUMENTS)
        for checker in ("mypy", "pyright", "ty")
    ),
    *(
        CaseDifference("pyright", file, line, _UNKNOWN_INSIDE)
        for file, line in (
            ("bad/answers.py", "unset: dict[str, int] = field(default_factory=dict, init=False)"),
            ("bad/scripted.py", 'server.reply(client.chat.create_chat_completion, {"choises": []})'),
            (
                "bad/scripted.py",
                'server.reply(client.chat.create_chat_completion, {"choices": []}, '
                "when=lambda request: request.status == 0)",
            ),
        )
    ),
    *(
        CaseDifference("ty", file, line, _ANY_OVERLOAD)
        for file, line in (
            ("good/batches.py", "assert_type(answer.reply, types.Response)"),
            ("good/batches.py", "assert_type(result.reply, types.CreateEmbeddingResponse)"),
            ("good/plugin_answers.py", "assert_type(answer.reply, types.Response)"),
            ("good/plugin_answers.py", "assert_type(answer.value, Circle | Box)"),
            ("good/plugin_answers.py", 'assert_type(ask(Box, bound, "Draw.").value, Box)'),
            ("good/plugin_answers.py", "assert_type(found.value, Box)"),
            ("good/plugin_answers.py", 'assert_type(listed.reply["choices"][0]["index"], int)'),
            ("good/plugin_answers.py", "assert_type(listed.value, list[Circle])"),
            ("good/plugin_answers.py", "assert_type(other.value, Box)"),
            ("good/plugin_tools.py", "assert_type(found.reply, types.Response)"),
            ("good/plugin_tools.py", "assert_type(run.reply, types.Response)"),
        )
    ),
    *(
        CaseDifference("pyrefly", "good/batches.py", line, _OF_OVERLOADS)
        for line in (
            "assert_type(answer.reply, types.Response)",
            "assert_type(result, BatchFailure)",
            "assert_type(result.reply, types.CreateEmbeddingResponse)",
        )
    ),
    *(
        CaseDifference("pyrefly", file, line, _UNCHECKED_OVERLOADS)
        for file, line in (
            (
                "bad/answers.py",
                'ask(Answered, client.chat.create_chat_completion, [{"role": "usr", "content": "Hi"}], '
                '"gpt-5.5")',
            ),
            (
                "bad/answers.py",
                'ask(Answered, client.responses.create_response, "Hi", "gpt-5.5", temperature="warm")',
            ),
            (
                "bad/answers.py",
                'ask(Answered, client.responses.create_response, "Hi", "gpt-5.5", temprature=1)',
            ),
            (
                "bad/answers.py",
                'await ask(Answered, async_client.responses.create_response, "Hi", "gpt-5.5", temprature=1)',
            ),
            (
                "bad/tools.py",
                'kit.run(client.chat.create_chat_completion, [{"role": "usr", "content": "Hi"}], "gpt-5.5", '
                "max_turns=3)",
            ),
            ("bad/tools.py", 'kit.run(client.responses.create_response, "Hi", "gpt-5.5", max_turns="3")'),
            ("bad/tools.py", 'kit.run(client.responses.create_response, "Hi", "gpt-5.5", temprature=1)'),
        )
    ),
    *(
        CaseDifference("mypy", _HELD, line, _FIRST_OVERLOAD)
        for line in (
            "changing.run(",
            "kit.run(",
            'kit.run(client.responses.create_response, "Hi", "gpt-5.5", '
            'tool_choice={"type": "function", "name": "look"})',
            "self.kit.run(",
        )
    ),
    *(
        CaseDifference(
            checker,
            _HELD,
            'kit.run(client.responses.create_response, "Hi", "gpt-5.5", tool_choice="none", max_turns=2)',
            _BESIDE_ARGUMENTS,
        )
        for checker in ("mypy", "pyright", "ty")
    ),
    CaseDifference("ty", _HELD, "kit.run(", _BESIDE_ARGUMENTS),
    *(
        CaseDifference(
            checker, "bad/held_values.py", 'items += [{"role": "user", "content": "And?"}]', _AUGMENTED
        )
        for checker in ("pyright", "pyrefly")
    ),
    CaseDifference("pyright", "bad/reads.py", "match event:", _PATTERNS),
    *(
        CaseDifference("pyrefly", file, "match event:", _INNER_PATTERNS)
        for file in ("bad/reads.py", "good/reads.py")
    ),
    *(
        CaseDifference(
            checker, "bad/batch_lines.py", 'responses.add("row-2", "Hello", "gpt-5.5", stream=True)', why
        )
        for checker, why in (("ty", _ANY_OVERLOAD), ("pyrefly", _OF_OVERLOADS))
    ),
    *(
        CaseDifference("ty", "good/async_batches.py", line, _ANY_OVERLOAD)
        for line in (
            "assert_type(one.reply, types.Response)",
            "assert_type(result.reply, types.CreateEmbeddingResponse)",
        )
    ),
    *(
        CaseDifference("pyrefly", "good/async_batches.py", line, _OF_OVERLOADS)
        for line in (
            "assert_type(one.reply, types.Response)",
            "assert_type(result, BatchFailure)",
            "assert_type(result.reply, types.CreateEmbeddingResponse)",
        )
    ),
)
"""Lines of the typing cases."""
