"""Replies become a result: JSON, text, a file, a stream or nothing, and variants by argument."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from typed_openai_spec.model import Api, Operation, Ref, Result, Scalar, Union, Variant

Reader = Callable[[str], tuple[Api, list[str]]]
OperationReader = Callable[[str], Operation]

STRING = Scalar("string")
EVENTS = "text/event-stream"
JSON = "application/json"
STREAM = Result("stream", STRING, EVENTS)
SCALAR = Result("json", STRING, JSON, scalar=True)
SDP, PDF = "application/sdp", "application/pdf"


@pytest.mark.parametrize(
    ("responses", "result"),
    [
        ("{'200': {content: {application/json: {schema: {type: string}}}}}", SCALAR),
        (
            "{'200': {content: {application/problem+json; charset=utf-8: {schema: {type: string}}}}}",
            Result("json", STRING, "application/problem+json; charset=utf-8", scalar=True),
        ),
        ("{'200': {content: {application/json: {}}}}", Result("json", None, "application/json")),
        ("{200: {content: {'*/*': {schema: {type: string}}}}}", Result("json", STRING, "*/*", scalar=True)),
        ("{'204': {description: done}}", Result("none")),
        ("{'200': {}}", Result("any")),
        ("{'204': {}, '205': {}}", Result("none")),
        ("{'200': {}, '204': {}}", Result("any")),
        ("{'200': {}, '404': {content: {application/json: {}}}}", Result("any")),
        ("{}", Result("any")),
        ("{'200': {content: {text/plain: {schema: {type: string}}}}}", Result("text", None, "text/plain")),
        ("{'201': {content: {application/sdp: {schema: {type: string}}}}}", Result("text", None, SDP)),
        (
            "{'200': {content: {application/octet-stream: {schema: {type: string, format: binary}}}}}",
            Result("binary", None, "application/octet-stream"),
        ),
        ("{'200': {content: {image/png: {}}}}", Result("binary", None, "image/png")),
        ("{'200': {content: {application/pdf: {schema: {type: string}}}}}", Result("binary", None, PDF)),
        (
            "{'200': {content: {application/json: {schema: {type: string}},"
            " application/zip: {schema: {type: string, format: binary}}}}}",
            Result("binary", None, "application/zip"),
        ),
        ("{'200': {content: {text/event-stream: {schema: {type: string}}}}}", STREAM),
        (
            "{'200': {content: {application/json: {schema: {type: string}}}},"
            " default: {content: {application/json: {schema: {type: integer}}}}}",
            SCALAR,
        ),
        (
            "{default: {content: {application/json: {schema: {type: string}}}}}",
            SCALAR,
        ),
        ("{2XX: {content: {application/json: {schema: {type: string}}}}}", SCALAR),
        (
            "{'200': {content: {application/json: {schema: {type: string}}}},"
            " '201': {content: {application/json: {schema: {type: integer}}}}}",
            Result("json", Union((STRING, Scalar("integer"))), "application/json", scalar=True),
        ),
        (
            "{'200': {content: {application/json: {schema: {type: string}}}},"
            " '201': {content: {application/json: {schema: {type: string}}}}}",
            SCALAR,
        ),
    ],
)  # fmt: skip
def test_the_media_types_of_success_tell_the_result(
    operation: OperationReader, responses: str, result: Result
) -> None:
    assert operation(f"responses: {responses}").result == result


def test_all_replies_are_kept_by_status(operation: OperationReader) -> None:
    found = operation(
        """
        responses:
          200: {content: {application/json: {schema: {properties: {a: {type: string}}}}}}
          404: {content: {application/json: {schema: {properties: {b: {type: string}}}}}}
          default: {description: anything else}
        """
    )
    assert [(one.status, one.media_type, one.schema) for one in found.replies] == [
        ("200", "application/json", Ref("MakeThingResponse")),
        ("404", "application/json", Ref("MakeThingResponse404")),
        ("default", "", None),
    ]


@pytest.mark.parametrize(
    ("responses", "status"),
    [
        ("{'201': {}}", 201),
        ("{'404': {}, '204': {}}", 204),
        ("{2XX: {}}", 200),
        ("{default: {}}", 200),
        ("{}", 200),
    ],
)
def test_the_status_of_success(operation: OperationReader, responses: str, status: int) -> None:
    assert operation(f"responses: {responses}").success_status == status


STREAMED = f"""
requestBody:
  content:
    application/json: {{schema: {{properties: {{stream: {{type: boolean}}, form: {{type: string}}}}}}}}
responses:
  '200':
    content:
      application/json: {{schema: {{type: string}}}}
      {EVENTS}: {{schema: {{properties: {{delta: {{type: string}}}}}}}}
"""


def test_an_event_stream_beside_json_is_what_stream_true_gives(operation: OperationReader) -> None:
    found = operation(STREAMED)
    variant = Variant("stream", (True,), Result("stream", Ref("MakeThingEvent"), EVENTS))
    assert found.result == SCALAR
    assert found.variants == (variant,)
    assert found.stream == variant


def test_variants_are_declared_by_an_override(operation: OperationReader) -> None:
    found = operation(
        STREAMED
        + """
x-typed:
  variants:
  - {argument: form, values: [sse], kind: stream}
  - {argument: form, values: [text, srt], kind: text, media_type: text/plain}
  - {argument: form, values: [verbose], kind: json, schema: {properties: {words: {type: string}}}}
"""
    )
    assert found.variants == (
        Variant("form", ("sse",), Result("stream", Ref("MakeThingEvent"), EVENTS)),
        Variant("form", ("text", "srt"), Result("text", None, "text/plain")),
        Variant("form", ("verbose",), Result("json", Ref("MakeThingVerboseResponse"))),
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{argument: no, values: [a], kind: text}", "no argument no"),
        ("{argument: form, values: [a], kind: song}", "expected argument, values and kind"),
        ("{argument: form, kind: text}", "expected argument, values and kind"),
        ("{argument: form, values: [], kind: text}", "expected argument, values and kind"),
        ("text", "expected argument, values and kind"),
    ],
)
def test_a_variant_that_is_not_understood_is_reported(described: Reader, entry: str, said: str) -> None:
    body = "{content: {application/json: {schema: {properties: {form: {type: string}}}}}}"
    api, problems = described(
        f"paths: {{/a: {{post: {{x-typed: {{variants: [{entry}]}}, requestBody: {body}}}}}}}"
    )
    assert problems == [f"approximated: /paths/~1a/post/x-typed/variants/0: {said} (it is ignored)"]
    assert api.operations[0].variants == ()


STREAMING = """
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {properties: {stream: {type: boolean}}}}}}
      responses: {'200': {content: {text/event-stream: {schema: {$ref: '#/components/schemas/Happening'}}}}}
components:
  schemas:
    Happening:
      properties: {n: {type: integer}}
"""


def test_a_stream_has_the_terminal_events_of_its_schema(described: Reader) -> None:
    api, problems = described(STREAMING + "      x-typed: {terminal_events: [over, '[DONE]']}")
    assert problems == []
    assert api.operations[0].result == Result("stream", Ref("Happening"), EVENTS, ("over", "[DONE]"))
    api, problems = described(STREAMING)
    assert (problems, api.operations[0].result.terminal) == ([], ())


def test_terminal_events_that_are_no_names_are_reported(described: Reader) -> None:
    api, problems = described(STREAMING + "      x-typed: {terminal_events: over}")
    assert problems == [
        "approximated: /components/schemas/Happening/x-typed/terminal_events: expected a list of names"
        " (it is ignored)"
    ]
    assert api.operations[0].result.terminal == ()


def test_a_stream_that_no_argument_asks_for_is_reported(described: Reader) -> None:
    api, problems = described(
        "paths: {/a: {get: {responses: {'200': {content: {application/json: {}, text/event-stream: {}}}}}}}"
    )
    assert problems == [
        "approximated: /paths/~1a/get: a stream, but no argument that requests it "
        "(the type of the result does not show it)"
    ]
    assert api.operations[0].variants == ()


@pytest.mark.parametrize("response", ["{$ref: '#/components/responses/No'}", "text"])
def test_a_response_that_is_not_there_is_reported(described: Reader, response: str) -> None:
    api, problems = described(f"paths: {{/a: {{get: {{responses: {{'200': {response}}}}}}}}}")
    assert len(problems) == 1
    assert problems[0].startswith("lost: /paths/~1a/get/responses/200: ")
    assert api.operations[0].result == Result("any")
