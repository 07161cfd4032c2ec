"""Batch jobs and uploads with an async client: awaited, with the types of its methods."""

from typing import assert_type

from typed_openai import (
    BatchFailure,
    BatchJob,
    BatchProgress,
    BatchReply,
    Client,
    RateLimiter,
    TokenUsage,
    UsageTotals,
    types,
    upload_file,
)
from typed_openai.aio import AsyncClient

totals = UsageTotals()
limiter = RateLimiter(max_wait=30)
client = AsyncClient(rate_limiter=limiter, on_usage=totals)
plain = Client(rate_limiter=limiter, on_usage=totals).with_options(rate_limiter=None)


async def embed() -> None:
    with BatchJob("job", client.embeddings.create_embedding) as job:
        job.add("row-1", "Hello", "text-embedding-3-small", dimensions=256)
        assert_type(await job.send(client), BatchProgress)
        if (await job.wait(client, poll_seconds=5, timeout=3600)).failed:
            assert_type(await job.again(client), BatchProgress)
    for result in job.results():
        if isinstance(result, BatchReply):
            assert_type(result.reply, types.CreateEmbeddingResponse)
        else:
            assert_type(result, BatchFailure)


async def answer() -> None:
    with BatchJob("answers", client.responses.create_response) as answers:
        answers.add("row-1", "Hi", "gpt-5.5", temperature=0)
    for one in answers.results():
        if isinstance(one, BatchReply):
            assert_type(one.reply, types.Response)


async def upload() -> None:
    assert_type(await upload_file(client, "data.jsonl", "batch"), types.OpenAIFile)


assert_type(upload_file(plain, "data.jsonl", "batch"), types.OpenAIFile)
assert_type(totals.by_model(), dict[str, TokenUsage])
