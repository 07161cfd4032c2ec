"""Work of several calls, for clients of both kinds."""
