"""Translates JSON Schema, as OpenAPI writes it, into the model's schema nodes."""
