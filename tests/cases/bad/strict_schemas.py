"""JSON Schemas that the API does not take as strict."""

from typing import Final

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage, FunctionTool

client = Client()
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]
STRICT: Final = True

client.chat.create_chat_completion(
    hello,
    "gpt-4o",
    response_format={
        "type": "json_schema",
        "json_schema": {
            "name": "city",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "mayor": {"anyOf": [{"type": "object", "properties": {}}, {"type": "null"}]},
                    # E:41: response_format.json_schema.schema.properties.mayor.anyOf[0]: an object in a strict schema is closed: expected "additionalProperties": False  [openai-schema]
                    "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}},
                    # E:30: response_format.json_schema.schema.properties.parts: a strict schema requires every property; add it to "required", and null to its types  [openai-schema]
                },
                "required": ["name", "mayor"],
                "additionalProperties": False,
                "$defs": {"part": {"type": ["object", "null"], "properties": {}, "additionalProperties": True}},
                # E:106: response_format.json_schema.schema.$defs.part.additionalProperties: an object in a strict schema is closed: expected "additionalProperties": False  [openai-schema]
            },
        },
    },
)
client.responses.create_response(
    "hello",
    "gpt-4o",
    tools=[
        {"type": "function", "name": "look", "strict": STRICT, "parameters": {"type": "array", "items": {}}},
        # E:78: tools[0].parameters: a strict schema is an object as a whole: expected "type": "object"  [openai-schema]
        {
            "type": "function",
            "name": "go",
            "strict": True,
            "parameters": {
                "type": "object",
                "properties": {"a": {"type": "object", "allOf": [{}], "additionalProperties": False}},
                # E:65: tools[1].parameters.properties.a.allOf: a strict schema cannot have "allOf"  [openai-schema]
                "required": ["a"],
                "additionalProperties": False,
            },
        },
    ],
    text={"format": {"type": "json_schema", "name": "n", "strict": True, "schema": {"anyOf": [{"type": "object"}]}}},
    # E:94: text.format.schema.anyOf: a strict schema is an object; it cannot be "anyOf" as a whole  [openai-schema]
    # E:95: text.format.schema.anyOf[0]: an object in a strict schema is closed: expected "additionalProperties": False  [openai-schema]
)
tool: FunctionTool = {"type": "function", "name": "f", "strict": True, "parameters": {"type": "object"}}
# E:86: tool.parameters: an object in a strict schema is closed: expected "additionalProperties": False  [openai-schema]
