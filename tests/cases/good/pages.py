"""Lists that come in pages: all items, with the method's own arguments."""

from collections.abc import Iterator
from typing import assert_type

import typed_openai
from typed_openai import Client, paginate, types
from typed_openai.params import ListFilesParams

client = Client()

assert_type(paginate(client.files.list_files, limit=100), Iterator[types.OpenAIFile])
assert_type(paginate(typed_openai.files.list_files, purpose="batch"), Iterator[types.OpenAIFile])
for file in paginate(client.files.list_files, limit=100, timeout=10):
    print(file["filename"])
for page in paginate(client.organization.usage_completions, 1_700_000_000, limit=7):
    assert_type(page, types.UsageTimeBucket)
for event in paginate(client.fine_tuning.list_fine_tuning_events, "ftjob-1"):
    print(event["message"])
for role in paginate(client.organization.list_roles):
    print(role["name"])
for item in paginate(client.responses.list_input_items, "resp_1", include=["message.output_text.logprobs"]):
    print(item["type"])

options: ListFilesParams = {"limit": 10, "order": "desc"}
assert_type(paginate(client.files.list_files, **options), Iterator[types.OpenAIFile])
