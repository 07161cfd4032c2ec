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

# what no JSON Schema has: strict ones are read more closely, as the API does
client.chat.create_chat_completion(
    hello,
    "gpt-4o",
    tools=[
        {"type": "function", "function": {"name": "look", "strict": True}},
        # E:69: tools[0].function.strict: True needs "parameters", which is not given  [openai-dependent]
        {
            "type": "function",
            "function": {
                "name": "go",
                "strict": True,
                "parameters": {
                    "type": "object",
                    "properties": {
                        "a": {"typ": "string"},
                        # E:38: tools[1].function.parameters.properties.a.typ: unknown keyword; did you mean "type"?  [openai-schema]
                        "b": {"type": "strng"},
                        # E:39: tools[1].function.parameters.properties.b.type: expected one of 'string', 'number', 'integer', 'boolean', 'object', 'array', 'null'; got 'strng'; did you mean 'string'?  [openai-schema]
                        "c": {"type": ["string", "nul"]},
                        # E:50: tools[1].function.parameters.properties.c.type[1]: expected one of 'string', 'number', 'integer', 'boolean', 'object', 'array', 'null'; got 'nul'; did you mean 'null'?  [openai-schema]
                        "d": {"enum": "abc"},
                        # E:39: tools[1].function.parameters.properties.d.enum: expected array, got string  [openai-schema]
                    },
                    "required": ["a", "b", "c", "d", "e"],
                    # E:54: tools[1].function.parameters.required[4]: no property "e" to require  [openai-schema]
                    "additionalProperties": False,
                },
            },
        },
        {
            "type": "function",
            "function": {
                "name": "stay",
                "parameters": {
                    "type": "objekt",
                    # E:29: tools[2].function.parameters.type: expected one of 'string', 'number', 'integer', 'boolean', 'object', 'array', 'null'; got 'objekt'; did you mean 'object'?  [openai-schema]
                    "properties": {"a": {"oneOf": [{"type": "strng"}]}, "b": {"note": "anything", "required": True}},
                    # E:61: tools[2].function.parameters.properties.a.oneOf[0].type: expected one of 'string', 'number', 'integer', 'boolean', 'object', 'array', 'null'; got 'strng'; did you mean 'string'?  [openai-schema]
                    # E:111: tools[2].function.parameters.properties.b.required: expected array, got boolean  [openai-schema]
                },
            },
        },
    ],
)
