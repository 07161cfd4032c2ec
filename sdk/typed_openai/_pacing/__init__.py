"""Pacing of requests within the rate limits that a server announces."""
