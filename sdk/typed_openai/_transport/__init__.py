"""The exchange of HTTP messages: the transport protocol, and its implementation on requests."""
