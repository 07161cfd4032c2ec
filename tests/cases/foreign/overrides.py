"""Overrides that do not fit, some of them silenced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


class Base:
    name: str = ""
    spec: tuple[str | None, list[tuple[str, list[str]]]] = (None, [])

    def read(self, size: int | None = None) -> bytes:
        return b""

    def write(self, data: bytes, *, flush: bool = False) -> int:
        return 0

    @property
    def size(self) -> int:
        return 0

    def each(self) -> Iterator[int]:
        yield 1


class Wrong(Base):
    name = 3
    spec = Base.spec + ("text", "", (("text", ["a"], {"b": 1}),))

    def read(self, size: str = "") -> bytes:
        return b""

    def write(self, data: str, *, flush: int, mode: str) -> str:
        return ""

    @property
    def size(self) -> str:
        return ""

    def each(self) -> Iterator[str]:
        yield ""


class Silenced(Base):
    name = 3  # type: ignore[assignment]

    def read(self, size: str = "") -> bytes:  # type: ignore[override]
        return b""

    def write(  # type: ignore[override]
        self,
        data: str,
        *,
        flush: bool = False,
    ) -> int:
        return 0

    @property
    def size(self) -> str:  # type: ignore
        return ""


class SilencedElsewhere(Base):
    def write(
        self,
        data: str,  # type: ignore[override]
        *,
        flush: bool = False,
    ) -> int:  # type: ignore[override]
        return 0


class Super(Base):
    def read(self, size: int | None = None) -> bytes:
        return super().size.nope + super().read("text").nope


class Text(str):
    def translate(self, table: dict[int, str]) -> str:  # type: ignore[override]
        return self

    def __eq__(self, other: str) -> bool:
        return True

    def __getitem__(self, key: str) -> str:
        return key


class Callback(Base):
    read: Callable[[], Any] = lambda: None
