"""The API as mypy and the plugin see it: names, types, the description."""
