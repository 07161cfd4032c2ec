"""Strict schemas that exceed a limit of the API."""

from typed_openai import Client

client = Client()
client.responses.create_response(
    "Hi",
    "gpt-5.5",
    text={
        "format": {
            "type": "json_schema",
            "name": "deep",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}}, "required": ["a"], "additionalProperties": False}},
                # E:388: text.format.schema.properties.a.properties.a.properties.a.properties.a.properties.a.properties.a.properties.a.properties.a.properties.a.properties.a: a strict schema has at most 10 levels of nested objects; got 11  [openai-schema]
                "required": ["a"],
                "additionalProperties": False,
            },
        }
    },
    tools=[
        {
            "type": "function",
            "name": "long",
            "strict": True,
            "parameters": {
            # E:27: tools[0].parameters: a strict schema has at most 120000 characters in names and constants; got 120019  [openai-schema]
                "type": "object",
                "properties": {
                    "text": {"type": "string", "enum": ["a" * 60_000, "b" * 60_000]},
                    "other": {"const": "c" * 10},
                },
                "required": ["text", "other"],
                "additionalProperties": False,
            },
        },
        {
            "type": "function",
            "name": "free",
            "strict": False,
            "parameters": {"enum": ["a" * 120_001]},
        },
    ],
)
