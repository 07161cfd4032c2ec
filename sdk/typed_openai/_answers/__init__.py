"""The answers in replies: where they are, and where a request asks for their format."""
