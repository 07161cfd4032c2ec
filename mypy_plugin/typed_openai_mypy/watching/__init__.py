"""Finds the errors of mypy that are about the API, and replaces them."""
