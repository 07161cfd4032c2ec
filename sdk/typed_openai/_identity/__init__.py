"""Tokens that are requested from a server and kept until they expire, for :mod:`typed_openai.identity`."""
