"""The overloads of operations: only for values that change the result, and as few as possible."""

from dataclasses import replace

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Api, Argument, Literals, Null, Operation, Result, Scalar, Union, Variant
from typed_openai_stubgen.call_forms import Form, forms

TEXT = Scalar("string")


def _form_of(found: tuple[Form, ...], kind: str) -> Form:
    return next(one for one in found if [result.kind for result in one.results] == [kind])


def _argument(form: Form, name: str) -> Argument | None:
    return next((one for one in form.arguments if one.name == name), None)


def _with_format(api: Api, schema: Literals | Union | Scalar, *, required: bool = False) -> Operation:
    """Return an operation that returns text for ``format="text"``."""
    argument = Argument("format", "format", "body", schema, required=required)
    variant = Variant("format", ("text",), Result("text"))
    return replace(api.operations[0], arguments=(argument,), result=Result("json", TEXT), variants=(variant,))


def test_an_operation_without_variants_has_one_form_for_each_body() -> None:
    api = packaged().api()
    plain = [one for one in api.operations if not one.variants and not one.can_stream]
    assert [len(forms(one, api)) for one in plain] == [len(one.choices) or 1 for one in plain]
    streams = [one for one in api.operations if not one.variants and one.can_stream]
    assert [[bool(form.stream) for form in forms(one, api)] for one in streams] == [[False, True]] * len(
        streams
    )


def test_a_bool_needs_four_forms_and_the_plain_one_comes_first(small_api: Api) -> None:
    chat = packaged().operation("chat", "create_chat_completion")
    found = forms(chat, packaged().api())
    assert [[result.kind for result in one.results] for one in found] == [
        ["json"],
        ["stream"],
        [],
        ["json", "stream"],
    ]
    assert [one.stream is not None for one in found] == [False, False, True, False]
    plain, streamed = _argument(found[0], "stream"), _argument(found[1], "stream")
    assert plain is not None
    assert streamed is not None
    assert plain.schema == Union((Literals((False,)), Null()))
    assert (plain.required, streamed.required) == (False, True)
    assert streamed.schema == Literals((True,))


def test_a_choice_has_a_form_for_each_result_and_one_for_unknown_values(small_api: Api) -> None:
    found = forms(_with_format(small_api, Literals(("json", "text"))), small_api)
    kinds = [[result.kind for result in one.results] for one in found]
    assert kinds == [["json"], ["text"], ["json", "text"]]
    plain = _argument(found[0], "format")
    assert plain is not None
    assert plain.schema == Literals(("json",))


def test_an_open_choice_is_left_out_of_the_plain_form(small_api: Api) -> None:
    found = forms(_with_format(small_api, Union((TEXT, Literals(("json", "text"))))), small_api)
    assert _argument(_form_of(found, "json"), "format") is None
    assert [result.kind for result in found[-1].results] == ["json", "text"]


def test_a_required_open_choice_has_no_plain_form(small_api: Api) -> None:
    found = forms(_with_format(small_api, TEXT, required=True), small_api)
    assert [[result.kind for result in one.results] for one in found] == [["text"], ["json", "text"]]


def test_one_and_true_are_different_constants(small_api: Api) -> None:
    operation = _with_format(small_api, Literals((1, True)))
    variant = Variant("format", (True,), Result("text"))
    plain = _argument(forms(replace(operation, variants=(variant,)), small_api)[0], "format")
    assert plain is not None
    assert plain.schema == Literals((1,))


def test_a_stream_by_default_needs_four_forms_and_the_first_one_streams(small_api: Api) -> None:
    argument = Argument("stream", "stream", "body", Scalar("boolean"))
    streamed, whole = Result("stream", TEXT, "application/x-ndjson"), Result("json", TEXT)
    operation = replace(
        small_api.operations[0],
        arguments=(argument,),
        result=streamed,
        variants=(Variant("stream", (False,), whole),),
    )
    plain, off, received, unknown = forms(operation, small_api)
    assert (plain.results, off.results, received.stream) == ((streamed,), (whole,), streamed)
    assert unknown.results == (streamed, whole)
    values = [_argument(one, "stream") for one in (plain, off, received)]
    assert [one and one.schema for one in values] == [
        Literals((True,)),
        Literals((False,)),
        Literals((True,)),
    ]
    assert [one and one.required for one in values] == [False, True, False]
