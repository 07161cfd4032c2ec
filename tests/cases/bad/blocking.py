"""Calls of the synchronous client inside ``async def``."""

import asyncio

from typed_openai import Client

client = Client()


async def blocks() -> None:
    print(client.models.list_models())
    print(Client().models.retrieve_model("m"))


async def waits() -> None:
    print(await asyncio.to_thread(client.models.list_models))
    print(await asyncio.to_thread(lambda: client.models.list_models()))

    def inside() -> None:
        print(client.models.list_models())

    inside()
