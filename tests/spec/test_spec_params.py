"""The names of an operation's params, and their contents."""

from __future__ import annotations

from dataclasses import replace

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Argument, Literals, Operation, Result, Scalar, Variant
from typed_openai_spec.model.operation_params import former_names, params_of, stems

TEXT = Scalar("string")
FLAG = Scalar("boolean")


def made(*variants: Variant, arguments: tuple[str, ...] = ("a", "b")) -> Operation:
    listed = tuple(Argument(one, one, "body", TEXT, required=one == "a") for one in arguments)
    return Operation("doIt", "do_it", "things", "POST", "/", listed, Result("json"), variants=variants)


def names(operation: Operation) -> list[str]:
    return [one.name for one in params_of(operation, "DoIt")]


def test_an_operation_without_arguments_has_no_params() -> None:
    assert params_of(made(arguments=()), "DoIt") == ()


def test_an_operation_with_one_result_has_one_of_all_its_arguments() -> None:
    params, options = params_of(made(), "DoIt")
    assert (params.name, [one.name for one in params.arguments]) == ("DoItParams", ["a", "b"])
    assert (options.name, [one.name for one in options.arguments]) == ("DoItOptions", ["b"])
    assert params.base == options.base == ""


def test_an_operation_whose_arguments_are_all_required_has_no_options() -> None:
    (only,) = params_of(made(arguments=("a",)), "DoIt")
    assert (only.name, only.base) == ("DoItParams", "")


def test_an_argument_that_one_value_allows_is_in_the_params_of_that_value() -> None:
    stream = Variant("stream", (True,), Result("stream"), only=("b",))
    plain, streaming, whole = params_of(made(stream, arguments=("a", "b", "stream")), "DoIt")
    assert [one.name for one in plain.arguments] == ["a"]
    assert [one.name for one in streaming.arguments] == ["stream", "b"]
    assert [one.name for one in whole.arguments] == ["stream", "b"]


def test_each_result_that_a_value_decides_has_its_own() -> None:
    operation = made(
        Variant("stream", (True,), Result("stream")),
        Variant("form", ("plain-text", "srt"), Result("text")),
        arguments=("a", "stream", "form"),
    )
    plain, streaming, text, whole = params_of(operation, "DoIt")
    assert names(operation) == ["DoItParams", "DoItStreamingParams", "DoItPlainTextParams", "DoItAnyParams"]
    assert [one.name for one in plain.arguments] == ["a"]
    assert [(one.name, one.schema, one.required) for one in streaming.arguments] == [
        ("stream", Literals((True,)), True)
    ]
    assert [(one.name, one.schema) for one in text.arguments] == [("form", Literals(("plain-text", "srt")))]
    assert [(one.name, one.required) for one in whole.arguments] == [("stream", False), ("form", False)]
    assert {streaming.base, text.base, whole.base} == {"DoItParams"}


def test_names_that_would_be_equal_keep_apart() -> None:
    variants = [Variant("form", (one,), Result("text")) for one in ("any", "a-b", "a_b", "!")]
    operation = made(*variants, arguments=("form",))
    expected = ["", "Any", "AB", "AB", "Other", "Any"]
    found = names(operation)
    assert len(set(found)) == len(found)
    assert [one.rstrip("_") for one in found] == [f"DoIt{one}Params" for one in expected]


def test_a_boolean_that_is_no_stream_is_called_by_its_argument() -> None:
    operation = replace(made(Variant("as_text", (True,), Result("text")), arguments=("as_text",)))
    assert names(operation) == ["DoItParams", "DoItAsTextParams", "DoItAnyParams"]


def test_operations_of_one_name_are_told_apart_by_their_groups() -> None:
    groups = {"files": {"list_all": "1"}, "fine_tuning": {"list_all": "2", "list_jobs": "3"}}
    assert stems(groups) == {
        "FilesListAll": ("files", "list_all"),
        "FineTuningListAll": ("fine_tuning", "list_all"),
        "ListJobs": ("fine_tuning", "list_jobs"),
    }


def test_params_keep_the_names_that_their_operation_had() -> None:
    renamed = replace(made(Variant("b", (1,), Result("text"))), aliases=("done_it", "other"))
    current = {"DoIt": ("things", "do_it"), "Other": ("things", "other")}
    assert former_names([renamed, made()], current) == {
        "DoneItParams": "DoItParams",
        "DoneIt1Params": "DoIt1Params",
        "DoneItAnyParams": "DoItAnyParams",
    }


def test_every_operation_of_the_api_has_a_stem_of_its_own() -> None:
    found = stems(packaged().groups)
    assert len(found) == sum(len(one) for one in packaged().groups.values())
    assert found["CreateChatCompletion"] == ("chat", "create_chat_completion")
