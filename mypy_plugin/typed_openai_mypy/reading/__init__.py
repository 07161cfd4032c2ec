"""Judges how values of the API are read, from the types that mypy has found in a checked module."""
