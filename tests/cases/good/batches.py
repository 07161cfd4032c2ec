"""Batch jobs: calls are added with the arguments of the method, and results have its type."""

from pathlib import Path
from typing import assert_type

from typed_openai import (
    BatchFailure,
    BatchJob,
    BatchLine,
    BatchReply,
    BatchResult,
    Client,
    types,
    upload_file,
)
from typed_openai.params import CreateEmbeddingParams

client = Client()

with BatchJob("job", client.embeddings.create_embedding, check=True) as job:
    job.add("row-1", "Hello", "text-embedding-3-small", dimensions=256)
    job.add("row-2", input=["Hello"], model="text-embedding-3-small")
    job.send(client)
    if job.wait(client, poll_seconds=5, timeout=3600).failed:
        job.again(client)

for result in job.results():
    if isinstance(result, BatchReply):
        assert_type(result.reply, types.CreateEmbeddingResponse)
        print(result.reply["data"][0]["embedding"])
    else:
        assert_type(result, BatchFailure)
        print(result.id, result.status, result.code, result.message)

with BatchJob(Path("answers"), client.responses.create_response) as answers:
    answers.add("row-1", "Hi", "gpt-5.5", temperature=0)
for answer in answers.results():
    if isinstance(answer, BatchReply):
        assert_type(answer.reply, types.Response)

line: BatchLine[CreateEmbeddingParams] = {
    "custom_id": "row-1",
    "method": "POST",
    "url": "/v1/embeddings",
    "body": {"input": "Hello", "model": "text-embedding-3-small"},
}


def vectors(found: BatchResult[types.CreateEmbeddingResponse]) -> int:
    return 0 if found["response"] is None else len(found["response"]["body"]["data"])


assert_type(upload_file(client, "data.jsonl", "batch", parts_at_once=8), types.OpenAIFile)
