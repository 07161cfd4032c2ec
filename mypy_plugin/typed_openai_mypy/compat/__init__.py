"""All that the plugin uses of mypy's private parts."""
