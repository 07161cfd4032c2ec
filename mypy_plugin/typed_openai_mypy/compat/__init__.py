"""All uses of mypy's private parts."""
