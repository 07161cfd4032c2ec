"""The hooks that mypy calls, by the full name of the called function."""
