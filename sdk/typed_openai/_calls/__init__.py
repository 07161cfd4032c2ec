"""The steps of a call: bind, build, authorize, send, retry and read the result."""
