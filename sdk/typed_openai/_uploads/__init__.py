"""Uploads of big files in parts."""
