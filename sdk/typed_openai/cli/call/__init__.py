"""``typed-openai call``: any operation of the API from the shell.

``command_line`` parses the words, ``argument_values`` reads the arguments' values by their types,
``prechecks`` validates them against the description, ``output`` writes the result, and ``overview`` is the
help.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from typed_openai._calls.bind import Call, bind
from typed_openai._calls.descriptions import described
from typed_openai._calls.endpoints import Endpoint, Endpoints
from typed_openai.cli.call import overview
from typed_openai.cli.call.argument_values import ValueReader
from typed_openai.cli.call.command_line import Given, UsageError, Words, divided, text_of
from typed_openai.cli.call.output import Output
from typed_openai.cli.call.prechecks import problems
from typed_openai.cli.call.stream_text import texts
from typed_openai.cli.call_options import CALL_KEYWORDS
from typed_openai.cli.printing import harmless, one_line
from typed_openai.cli.progress_bar import progress_bar
from typed_openai.client import Client
from typed_openai.errors import CallError, MissingKeyError
from typed_openai_spec import spelling
from typed_openai_spec.model import Anything
from typed_openai_spec.option_tables import ON_PROGRESS

_WRONG_USAGE: Final = 2


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``call`` to the overview; :func:`run_words` parses its words."""
    subparsers.add_parser("call", help="call an operation of the API", add_help=False)


def run_words(words: list[str]) -> int:
    """Make the call that the words describe; the exit status is 2 if they are wrong."""
    try:
        # The option comes first because it determines the operations.
        spec = text_of("spec", words)
        return _Calling(described(spec), spec).run(words)
    except (UsageError, CallError) as error:
        for line in error.args:
            print(f"typed-openai call: error: {one_line(line)}", file=sys.stderr)
        return _WRONG_USAGE
    except MissingKeyError as error:
        # A message for the shell rather than for Python.
        ways = f"set the environment variable {error.variable}"
        if not error.variable:
            ways = "name the environment variable that holds it: --key-from VARIABLE"
        text = one_line(f"{error.operation} needs a key: {ways}")
        print(f"typed-openai call: error: {text}", file=sys.stderr)
        return 1


class _Calling:
    """Calls operations of one API."""

    def __init__(self, endpoints: Endpoints, spec: str | None) -> None:
        self._endpoints = endpoints
        self._spec = spec
        self._reader = ValueReader(endpoints.index.components)

    def run(self, words: list[str]) -> int:
        found = divided(words, self._is_flag)
        if "help" in found.options:
            print(harmless(self._help(found.operation)))
            return 0
        if not found.operation:
            raise UsageError("expected an operation, such as chat.create_chat_completion; see --help")
        endpoint = self._endpoint(found.operation)
        call, args, kwargs = self._bound(endpoint, found)
        output = Output(_text(found.options.get("output")))
        dry = "dry_run" in found.options
        output.check("text" if dry else call.result.kind)
        with Client(spec=self._spec, api_key=_key(found.options.get("key_from"))) as client:
            if dry:
                output.write(client.as_curl(endpoint.operation.id, *args, **kwargs) + "\n")
                return 0
            self._send(client, call, args, kwargs, output, only_text="only_text" in found.options)
        return 0

    def _send(
        self,
        client: Client,
        call: Call,
        args: list[object],
        kwargs: dict[str, Any],
        output: Output,
        *,
        only_text: bool,
    ) -> None:
        operation = call.endpoint.operation
        with progress_bar("upload") as tell:
            if operation.sends_files and tell is not None:
                kwargs[ON_PROGRESS] = tell
            result = client.call(operation.id, *args, **kwargs)
        if call.result.kind != "stream":
            output.write(result)
        elif only_text:
            output.write_texts(result, texts(result, call.result))
        else:
            output.write_events(result)

    def _bound(self, endpoint: Endpoint, found: Words) -> tuple[Call, list[object], dict[str, Any]]:
        """Return the checked call, and its arguments."""
        lenient = "no_check" in found.options
        args = list(self._positional(endpoint, found.positional))
        options: dict[str, Any] = {
            name: found.options[name] for name in CALL_KEYWORDS if name in found.options
        }
        named = dict(self._named(endpoint, found.named, lenient=lenient))
        if lenient:
            extra = {name: named.pop(name) for name in [*named] if name not in endpoint.arguments}
            options |= {"extra_body": {**extra, **_mapping(options.get("extra_body"))}} if extra else {}
        if "only_text" in found.options:
            _ask_for_stream(endpoint, named)
        call = bind(endpoint, tuple(args), {**named, **options})
        if not lenient and (wrong := problems(endpoint, call.values, self._reader.validator)):
            raise UsageError(*(f"{endpoint.name}: {one}" for one in wrong))
        if "only_text" in found.options and not call.result.text:
            raise UsageError(f"--only-text: {endpoint.name} streams no text with these arguments")
        return call, args, {**named, **options}

    def _positional(self, endpoint: Endpoint, texts: list[str]) -> Iterator[object]:
        for position, text in enumerate(texts):
            # Binding reports surplus arguments.
            known = position < len(endpoint.positional)
            name = endpoint.positional[position] if known else ""
            schema = endpoint.arguments[name].schema if known else Anything()
            yield self._reader.read([Given(name, text)], schema)

    def _named(
        self, endpoint: Endpoint, given: list[Given], *, lenient: bool
    ) -> Iterator[tuple[str, object]]:
        for name, several in groupby(sorted(given, key=lambda one: one.name), key=lambda one: one.name):
            if name in endpoint.arguments:
                yield name, self._reader.read([*several], endpoint.arguments[name].schema)
            elif name in endpoint.keywords:
                raise UsageError(f'unexpected keyword "{name}" for {endpoint.name}')
            elif not lenient and (hint := _stream_hint(endpoint, name)):
                raise UsageError(f"--{name}: no such argument of {endpoint.name}; {hint}")
            else:
                values = [self._reader.read([one], Anything()) if one.text else True for one in several]
                yield name, values[0] if len(values) == 1 else values

    def _is_flag(self, operation: str, name: str) -> bool:
        argument = self._endpoint(operation).arguments.get(name)
        return argument is not None and self._reader.is_flag(argument.schema)

    def _endpoint(self, name: str) -> Endpoint:
        group, dot, operation = name.partition(".")
        if group in self._endpoints.index.groups and not operation:
            raise UsageError(f'"{group}" is a group; its operations: typed-openai call {group} --help')
        return self._endpoints.get(group, operation) if dot else self._endpoints.by_id(name)

    def _help(self, name: str) -> str:
        index = self._endpoints.index
        if not name:
            return overview.general(index)
        if name in index.groups:
            return overview.of_group(index, name)
        return overview.of_operation(index, self._endpoint(name).operation)


def _stream_hint(endpoint: Endpoint, name: str) -> str:
    """Return a hint how to request the operation's stream, if ``name`` resembles "stream"."""
    if endpoint.stream is None or spelling.nearest(name, ("stream",)) is None:
        return ""
    argument, value = endpoint.stream.argument.replace("_", "-"), endpoint.stream.values[0]
    return f"it streams with --{argument}" + ("" if value is True else f" {value}")


def _ask_for_stream(endpoint: Endpoint, named: dict[str, object]) -> None:
    """Request a stream: ``--only-text`` implies it."""
    if endpoint.stream is None:
        if endpoint.operation.can_stream:
            return
        raise UsageError(f"--only-text: {endpoint.name} does not stream")
    named.setdefault(endpoint.stream.argument, endpoint.stream.values[0])


def _key(variable: object) -> str | None:
    """Return the key in an environment variable. Raises :class:`UsageError` if it is not set."""
    if not isinstance(variable, str):
        return None
    if not os.environ.get(variable):
        raise UsageError(f"--key-from: the environment variable {variable} is not set")
    return os.environ[variable]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
