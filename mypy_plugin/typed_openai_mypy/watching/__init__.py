"""Finds mypy's errors about the API, and replaces them."""
