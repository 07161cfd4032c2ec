"""Statements and expressions outside of calls that set an expected type."""
