"""The compiled index of an API: its reader, and its place in generated packages."""
