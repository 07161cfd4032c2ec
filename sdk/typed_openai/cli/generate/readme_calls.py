"""The example of a generated package's README: a client, and some calls of its API.

The example passes ``mypy --strict``: each call has its required arguments, with values that fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pprint import pformat
from textwrap import indent
from typing import Final

from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec.model import Api, Argument, Operation
from typed_openai_spec.model.body_choices import arguments_of

_CALLS: Final = 3
_WIDTH: Final = 88
_LONGEST: Final = 700

# The methods that examples are taken from, in this order.
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

# The example for each kind of result; other results are not used.
_USES: Final = {
    "json": "print({call})\n",
    "text": "print({call})\n",
    "stream": "with {call} as stream:\n    for event in stream:\n        print(event)\n",
}


def client_example(api: Api, *, named: bool) -> str:
    """Return the line that creates the client; ``named`` is true if the description has its server's URL."""
    settings = [_keys(api)] if _has_keys(api) else []
    settings += [] if named else ['base_url="https://server.example.com"']
    return f"client = Client({', '.join(settings)})"


def _has_keys(api: Api) -> bool:
    """Return True if some operations take a key, or if the description says nothing about keys."""
    return not api.security_schemes or any(
        one.security or one.optional_security or one.combined_security for one in api.operations
    )


def _keys(api: Api) -> str:
    combined = next((one.combined_security[0] for one in api.operations if _needs_several(one)), ())
    if not combined:
        return 'api_key="..."'
    return "api_key={" + ", ".join(f'{_quoted(name)}: "..."' for name in combined) + "}"


def _needs_several(operation: Operation) -> bool:
    return bool(operation.combined_security and not operation.security)


def call_examples(api: Api) -> Iterator[str]:
    """Yield some calls, one for each method, the simplest first."""
    shown = 0
    for method in _METHODS:
        found = [_of_first_choice(one, api) for one in api.operations if one.method == method]
        simple = [one for one in found if not (one.deprecated or _takes_file(one))]
        for one in sorted(simple, key=lambda one: (_rank(one), one.qualified_name)):
            text = _call(one, api)
            if len(text) <= _LONGEST:
                yield text
                shown += 1
                break
        if shown == _CALLS:
            return


def _of_first_choice(operation: Operation, api: Api) -> Operation:
    """Return the operation with the arguments of the first of several bodies."""
    if not operation.choices:
        return operation
    return replace(operation, arguments=arguments_of(operation.choices[0], operation, api.components))


def _takes_file(operation: Operation) -> bool:
    files = {name for one in operation.bodies for name in one.files}
    return any(one.name in files for one in operation.arguments)


def _rank(operation: Operation) -> tuple[bool, int]:
    """Sort calls with few arguments first, but calls of other methods than GET without arguments last."""
    count = len(_required(operation))
    return (operation.method != "GET" and count == 0, count)


def _required(operation: Operation) -> list[Argument]:
    return [one for one in operation.arguments if one.required]


def _call(operation: Operation, api: Api) -> str:
    faker, wishes = Faker(api.components), Wishes(optional=False)
    arguments = [
        f"{one.name}={_written(faker.value(one.schema, wishes, name=one.name))}"
        for one in _required(operation)
    ]
    use = _USES.get(operation.result.kind, "{call}\n")
    function = f"client.{operation.qualified_name}"
    short = use.format(call=f"{function}({', '.join(arguments)})")
    if all(len(line) <= _WIDTH for line in short.splitlines()):
        return short
    lines = indent("".join(f"{one},\n" for one in arguments), "    ")
    call = f"{function}(\n{lines})"
    is_printed = use.startswith("print(")
    return use.format(call=f"\n{indent(call, '    ')},\n" if is_printed else call)


def _written(value: object) -> str:
    """Return the value as Python source, texts in double quotes where that needs no escape."""
    if isinstance(value, str):
        return _quoted(value)
    plain = pformat(value, width=_WIDTH - 16, sort_dicts=False)
    return plain if '"' in plain else plain.replace("'", '"')


def _quoted(text: str) -> str:
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain.startswith("'") and '"' not in plain else plain
