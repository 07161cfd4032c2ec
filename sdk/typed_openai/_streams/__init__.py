"""Server-sent events, from bytes to values."""
