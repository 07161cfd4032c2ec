"""Checks expressions again, piece by piece, with mypy's own checks."""
