"""What a reply gives goes back in: messages, tool calls, items, settings."""

from typed_openai import Client, types

client = Client()


def converse(history: list[types.ChatCompletionRequestMessage]) -> None:
    reply = client.chat.create_chat_completion(history, "gpt-4o")
    message = reply["choices"][0]["message"]
    history.append(message)
    history.extend([message, {"role": "user", "content": "go on"}])
    client.chat.create_chat_completion([*history, message, {"role": "user", "content": "and?"}], "gpt-4o")
    for call in message.get("tool_calls") or []:
        history.append({"role": "assistant", "content": message["content"], "tool_calls": [call]})
        history.append({"role": "tool", "tool_call_id": call["id"], "content": "42"})


def replay(completion: str) -> types.CreateChatCompletionResponse:
    stored = client.chat.get_chat_completion_messages(completion)
    return client.chat.create_chat_completion(stored["data"], "gpt-4o")


def answer_calls(response: types.Response) -> types.Response:
    """Every output item is input as it is, among others that are new."""
    items: list[types.InputItem] = [{"role": "user", "content": "What is it?"}]
    items += response["output"]
    for item in response["output"]:
        if item["type"] == "function_call":
            items.append({"type": "function_call_output", "call_id": item["call_id"], "output": "42"})
    return client.responses.create_response(items, "gpt-4o", tools=response["tools"])


def go_on(response: types.Response) -> types.Response:
    told = client.responses.create_response(response["output"], "gpt-4o")
    return client.responses.create_response([*told["output"], {"role": "user", "content": "And?"}], "gpt-4o")


def compact(items: list[types.InputItem]) -> types.Response:
    compacted = client.responses.compact_conversation("gpt-4o", input=items)
    listed = client.responses.list_input_items("resp_1")
    client.responses.create_response(listed["data"], "gpt-4o")
    return client.responses.create_response(compacted["output"], "gpt-4o")


def only_users(users: list[types.ChatCompletionRequestUserMessage]) -> None:
    client.chat.create_chat_completion(users, "gpt-4o")
    client.chat.create_chat_completion(tuple(users), "gpt-4o")
    client.chat.create_chat_completion([*users, {"role": "assistant", "content": "yes"}], "gpt-4o")


def copy_settings(response: str, store: str) -> None:
    known = client.responses.get_response(response)
    client.responses.create_response("And?", "gpt-4o", tools=known["tools"], metadata=known["metadata"])
    vectors = client.vector_stores.get_vector_store(store)
    client.vector_stores.create_vector_store(name=vectors["name"] or "copy", metadata=vectors["metadata"])
