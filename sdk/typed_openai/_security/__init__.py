"""Credentials: how they are held, shown and placed in requests."""
