"""Scripts for the rate limits of the embedded server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LimitScript:
    """Rate limits of each model: ``requests`` and ``tokens`` in ``seconds``; None is no limit.

    A request beyond them is answered with status 429, and is not counted. All replies to requests with a
    model have the headers ``x-ratelimit-*``. With ``steady``, the limits are refilled all the time, as by
    OpenAI; without, everything is there again at the end of each period. The tokens of a request are a
    quarter of its characters and its largest possible output. With ``announced=False``, there are no such
    headers, and only the refusals have ``Retry-After``.

    >>> with serve() as server:
    ...     server.script_limits(LimitScript(requests=1))
    ...     client = Client(base_url=server.base_url, max_retries=0)
    ...     for text in ("Hello", "World"):
    ...         reply = client.embeddings.create_embedding(text, "text-embedding-3-small")
    Traceback (most recent call last):
        ...
    typed_openai.errors.RateLimitError: embeddings.create_embedding: 429 Too Many Requests...
    """

    requests: int | None = None
    tokens: int | None = None
    seconds: float = 60.0
    steady: bool = False
    announced: bool = True
