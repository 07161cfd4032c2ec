"""Translates an OpenAPI document into the model."""
