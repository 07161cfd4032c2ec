"""A server that answers as a test configures it, and no settings of the environment."""

from __future__ import annotations

from tests.sdk.conftest import VARIABLES, clean_environment, server

__all__ = ["VARIABLES", "clean_environment", "server"]
