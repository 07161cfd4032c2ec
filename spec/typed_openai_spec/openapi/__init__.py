"""Translate an OpenAPI document into the model."""
