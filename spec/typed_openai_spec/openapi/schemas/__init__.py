"""Translate JSON Schema, in OpenAPI's dialect, into the model's schema nodes."""
