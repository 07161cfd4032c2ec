"""Calls of the synchronous client inside ``async def``."""

import asyncio

from typed_openai import Client

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
