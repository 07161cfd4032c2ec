"""The exchange of HTTP messages: the seam, and its implementation on requests."""
