"""``typed_openai.params`` at run time: TypedDicts that agree with the operations, and work with pydantic."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, get_args, get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError
from typing_extensions import is_typeddict

from typed_openai import Omit, params, types
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model.operation_params import params_of, stems

OPERATIONS = {stem: packaged().operation(*place) for stem, place in stems(packaged().groups).items()}


def test_every_operation_with_arguments_has_params_of_them_all() -> None:
    for stem, operation in OPERATIONS.items():
        if operation.choices:
            continue
        names = {one.name for one in operation.arguments}
        whole = f"{stem}AnyParams" if operation.variants else f"{stem}Params"
        assert hasattr(params, whole) is bool(names)
        if names:
            made = getattr(params, whole)
            assert is_typeddict(made)
            assert set(made.__annotations__) == names
            required = {
                one.name
                for one in operation.arguments
                if one.required and one.name not in {variant.argument for variant in operation.variants}
            }
            assert required <= made.__required_keys__


def test_each_body_of_an_operation_has_params_of_its_arguments() -> None:
    several = {stem: one for stem, one in OPERATIONS.items() if one.choices}
    assert several
    for stem, operation in several.items():
        found = params_of(operation, stem, packaged().components)
        bodies = [set(one.fields) for one in operation.choices]
        outside = {one.name for one in operation.arguments if one.location != "body"}
        made = [getattr(params, one.name) for one in found if not one.name.endswith("Options")]
        assert [set(one.__annotations__) for one in made] == [outside | body for body in bodies]


def test_options_are_the_optional_arguments_that_decide_nothing() -> None:
    options = params.CreateChatCompletionOptions
    assert options.__required_keys__ == frozenset()
    assert options.__optional_keys__ == params.CreateChatCompletionParams.__optional_keys__
    assert options.__doc__ == (
        "The optional keywords of ``chat.create_chat_completion`` for ``**options: Unpack[...]``."
    )
    with pytest.raises(AttributeError, match="RetrieveModelOptions"):  # all of its arguments are required
        _ = params.RetrieveModelOptions


def test_an_argument_that_needs_a_stream_is_only_in_the_params_of_streams() -> None:
    assert "stream_options" not in params.CreateChatCompletionParams.__annotations__
    assert "stream_options" in params.CreateChatCompletionStreamingParams.__optional_keys__
    assert "stream_options" in params.CreateChatCompletionAnyParams.__optional_keys__
    assert "timestamp_granularities" not in params.CreateTranscriptionTextParams.__annotations__
    assert "timestamp_granularities" in params.CreateTranscriptionVerboseJsonParams.__annotations__


def test_what_decides_the_result_is_in_none_of_the_plain_params() -> None:
    plain, streaming = params.CreateChatCompletionParams, params.CreateChatCompletionStreamingParams
    assert "stream" not in plain.__annotations__
    assert set(streaming.__annotations__) == {*plain.__annotations__, "stream", "stream_options"}
    assert get_type_hints(streaming)["stream"] == Literal[True]
    assert streaming.__required_keys__ == {"messages", "model", "stream"}
    assert plain.__required_keys__ == {"messages", "model"}


def test_components_are_those_of_the_types_module() -> None:
    hints = get_type_hints(params.CreateChatCompletionParams, include_extras=True)
    assert hints["messages"] == Sequence[types.ChatCompletionRequestMessage]
    assert hints["tool_choice"] == NotRequired[types.ChatCompletionToolChoiceOption | None | Omit]
    assert hints["metadata"] == NotRequired[Mapping[str, str] | None | Omit]


@pytest.mark.slow(seconds=1)
def test_pydantic_makes_an_adapter_of_all_params() -> None:
    for name in dir(params):
        TypeAdapter[Any](getattr(params, name))


def test_pydantic_checks_what_is_given() -> None:
    adapter = TypeAdapter[Any](params.CreateTranscriptionTextParams)
    given = {"file": b"...", "model": "whisper-1", "response_format": "srt"}
    assert adapter.validate_python(given) == given
    with pytest.raises(ValidationError, match="response_format"):
        adapter.validate_python({**given, "response_format": "json"})


def test_dir_lists_all_params_and_nothing_else() -> None:
    expected = {one.name for stem, operation in OPERATIONS.items() for one in params_of(operation, stem)}
    assert set(dir(params)) == expected
    assert len(dir(params)) > 200
    assert all(getattr(params, name).__module__ == "typed_openai.params" for name in expected)


def test_params_say_which_operation_takes_them() -> None:
    assert params.ListFilesParams.__doc__ == "The arguments of ``files.list_files``."
    assert params.CreateEmbeddingBase64Params.__doc__ is not None
    assert "``encoding_format`` is 'base64'" in params.CreateEmbeddingBase64Params.__doc__


def test_an_unknown_name_hints_at_the_nearest_one() -> None:
    with pytest.raises(AttributeError, match="did you mean 'ListFilesParams'"):
        _ = params.ListFileParams
    with pytest.raises(AttributeError, match="no operation has params named 'CreateChatCompletionFooParams'"):
        _ = params.CreateChatCompletionFooParams
    with pytest.raises(AttributeError):
        _ = params._private


def test_a_streaming_result_has_params_wherever_an_argument_asks_for_it() -> None:
    for stem, operation in OPERATIONS.items():
        for variant in operation.variants:
            if variant.result.kind == "stream":
                hints = get_type_hints(getattr(params, f"{stem}StreamingParams"))
                assert get_args(hints[variant.argument]) == variant.values


def test_importing_the_module_reads_no_component() -> None:
    code = (
        "import sys, typed_openai.params; from typed_openai_spec.index.reader import packaged; "
        "assert 'components' not in vars(packaged()); assert 'requests' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
