"""Checks expressions again, piece by piece, with mypy as the judge."""
