"""The project's own documentation of an API, attached to the model."""
