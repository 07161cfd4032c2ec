"""Calls of the synchronous client inside ``async def``."""

import asyncio

from typed_openai import Client, Tools, ask, paginate

client = Client()


async def blocks() -> None:
    print(client.models.list_models())
    # E:11: client.models.list_models blocks the event loop: use AsyncClient, or "await asyncio.to_thread(client.models.list_models, ...)"  [openai-blocking]
    print(Client().models.retrieve_model("m"))
    # E:11: client.models.retrieve_model blocks the event loop: use AsyncClient, or "await asyncio.to_thread(client.models.retrieve_model, ...)"  [openai-blocking]


async def waits() -> None:
    print(await asyncio.to_thread(client.models.list_models))
    print(await asyncio.to_thread(lambda: client.models.list_models()))

    def inside() -> None:
        print(client.models.list_models())

    inside()


async def by_text_and_pages() -> None:
    print(client.call("listModels"))
    # E:11: client.call blocks the event loop: use AsyncClient, or "await asyncio.to_thread(client.call, ...)"  [openai-blocking]
    print(client.request("GET", "/models"))
    # E:11: client.request blocks the event loop: use AsyncClient, or "await asyncio.to_thread(client.request, ...)"  [openai-blocking]
    for file in paginate(client.files.list_files):
    # E:17: the loop over paginate blocks the event loop: use AsyncClient, and paginate of typed_openai.aio  [openai-blocking]
        print(file["id"])
    print([one["id"] for one in paginate(client.files.list_files)])
    # E:33: the loop over paginate blocks the event loop: use AsyncClient, and paginate of typed_openai.aio  [openai-blocking]
    print([client.models.retrieve_model(one) for one in ("a", "b")])
    # E:12: client.models.retrieve_model blocks the event loop: use AsyncClient, or "await asyncio.to_thread(client.models.retrieve_model, ...)"  [openai-blocking]


async def does_not_block() -> None:
    client.responses.create_response("hello", "gpt-4o", stream_to=print)
    later = (client.models.retrieve_model(one) for one in ("a", "b"))
    print(await asyncio.to_thread(list, later))
    print(await asyncio.to_thread(list, paginate(client.files.list_files)))


async def answers() -> None:
    ask(list[str], client.responses.create_response, "Hi", "gpt-5.5")
    # E:5: ask blocks the event loop: use AsyncClient, or "await asyncio.to_thread(ask, ...)"  [openai-blocking]
    kit = Tools()
    kit.run(client.responses.create_response, "Hi", "gpt-5.5")
    # E:5: kit.run blocks the event loop: use AsyncClient, or "await asyncio.to_thread(kit.run, ...)"  [openai-blocking]
    await asyncio.to_thread(lambda: ask(list[str], client.responses.create_response, "Hi", "gpt-5.5"))
