"""The machinery of the async client: the calls of the synchronous client in threads, for tasks that await."""
