"""The syntax around a place in a file."""
