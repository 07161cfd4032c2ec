"""Branches that are never reached: mypy reports nothing in them, and neither does the plugin."""

from typed_openai import Client

client = Client()
number = len("text")

print(client.embeddings.create_embedding("x", 3) if isinstance(number, str) else None)
print(client.embeddings.create_embedding("x", modl="m") if isinstance(number, str) else None)
