"""Credentials: storage, redaction, and placement in requests."""
