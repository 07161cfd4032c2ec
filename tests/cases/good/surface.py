"""Everything public beside the calls: errors, raw requests, the module's own groups, the fake server."""

import typed_openai
from typed_openai import APIStatusError, Client, OpenAIError, RateLimitError, resources, types
from typed_openai.errors import APITimeoutError
from typed_openai.testing import serve


def list_names(models: resources.Models) -> list[str]:
    return [one["id"] for one in models.list_models()["data"]]


try:
    list_names(typed_openai.models)
except RateLimitError as error:
    print(error.status, error.code, error.param, error.type, error.request_id, error.body)
except APIStatusError as error:
    print(error.status)
except APITimeoutError:
    print("late")
except OpenAIError as error:
    print(error)

client = Client(http_headers={"X-Team": "a"}, http_options={"verify": True})
print(client.call("listModels"))
print(client.request("POST", "/chat/completions", json={"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}))
client.close()

message: types.ChatCompletionRequestUserMessage = {"role": "user", "content": "hi"}
print(message["content"], typed_openai.__version__)

with serve() as server:
    local = Client(api_key="test", base_url=server.base_url)
    print(list_names(local.models))
