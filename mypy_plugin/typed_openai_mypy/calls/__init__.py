"""Calls of operations and of functions that take the API's types."""
