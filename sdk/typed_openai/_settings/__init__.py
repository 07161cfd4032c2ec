"""The settings of a client: their sources, defaults and checks."""
