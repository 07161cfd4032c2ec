"""Decoding of replies: chunks and compression, split at any place, and bounded in memory."""

from __future__ import annotations

import gzip
import zlib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai import BadRequestError, Client, InvalidReplyError
from typed_openai._transport.chunked import ChunkedBody
from typed_openai._transport.decompression import BadCoding, TooBig, Unpacker, codings_of, unpacked
from typed_openai._transport.heads import BadFraming

TEXT = b'{"data": [' + b", ".join(b'{"id": "%d"}' % number for number in range(300)) + b"]}"


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


PLACES = st.lists(st.integers(min_value=0, max_value=1 << 16), max_size=30)


@given(st.lists(st.binary(min_size=1, max_size=50)), PLACES, st.sampled_from([b"", b";name=value", b" "]))
def test_chunks_give_their_content_wherever_they_are_cut(
    contents: list[bytes], places: list[int], extension: bytes
) -> None:
    wire = b"".join(b"%x%s\r\n%s\r\n" % (len(one), extension, one) for one in contents)
    body = ChunkedBody()
    found = b"".join(body.feed(piece) for piece in cut(wire + b"0\r\nTrailer: x\r\n\r\n", places) if piece)
    assert (found, body.finished, body.surplus) == (b"".join(contents), True, False)


@pytest.mark.parametrize("wire", [b"zz\r\n", b"-5\r\n", b"0x5\r\n", b"1_0\r\n", b"\r\n"])
def test_chunks_that_are_none_are_refused(wire: bytes) -> None:
    with pytest.raises(BadFraming):
        ChunkedBody().feed(wire)


def test_what_came_before_a_bad_chunk_is_given() -> None:
    body = ChunkedBody()
    assert body.feed(b"3\r\nabc\r\nzz\r\n") == b"abc"
    assert "size of a chunk" in body.failure
    body = ChunkedBody()
    assert body.feed(b"3\r\nabcd\r\n") == b"abc"
    assert "longer than it says" in body.failure


@pytest.mark.parametrize("wire", [b"1" * 100_000, b"0\r\n" + b"X: 1\r\n" * 100_000])
def test_lines_of_chunks_without_end_are_refused(wire: bytes) -> None:
    with pytest.raises(BadFraming, match="too long"):
        ChunkedBody().feed(wire)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@given(st.sampled_from(["gzip", "two members", "deflate", "raw deflate"]), PLACES)
def test_compressed_bodies_are_unpacked_wherever_they_are_cut(kind: str, places: list[int]) -> None:
    half = len(TEXT) // 2
    wire = {
        "gzip": gzip.compress(TEXT),
        "two members": gzip.compress(TEXT[:half]) + gzip.compress(TEXT[half:]),
        "deflate": zlib.compress(TEXT),
        "raw deflate": raw_deflate(TEXT),
    }[kind]
    coding = "deflate" if "deflate" in kind else "gzip"
    pieces = unpacked(iter([one for one in cut(wire, places) if one]), [coding], kept=True)
    assert b"".join(pieces) == TEXT


def test_the_last_coding_is_undone_first() -> None:
    wire = gzip.compress(zlib.compress(TEXT))
    assert codings_of("Deflate, identity, GZIP") == ["deflate", "gzip"]
    assert b"".join(unpacked(iter([wire]), ["deflate", "gzip"], kept=True)) == TEXT
    with pytest.raises(BadCoding, match="'br', which was not requested"):
        list(unpacked(iter([wire]), ["br"], kept=True))


@pytest.mark.slow(seconds=1)
def test_a_bomb_in_a_bomb_is_measured_by_what_came_over_the_wire() -> None:
    packer = zlib.compressobj()
    inner = b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    wire = gzip.compress(inner)
    assert len(wire) * 100 < 1 << 24 < len(inner) * 100
    size = 0
    with pytest.raises(TooBig):  # noqa: PT012  # what is given before is what counts
        for piece in unpacked(iter([wire]), ["deflate", "gzip"], kept=True):
            size += len(piece)
    assert size <= 1 << 24
    with pytest.raises(BadCoding, match="3000 nested codings"):
        unpacked(iter([wire]), ["gzip"] * 3000, kept=False)


@pytest.mark.slow(seconds=1)
def test_what_is_unpacked_comes_in_bounded_pieces() -> None:
    bomb = gzip.compress(bytes(1 << 27))
    sizes = [len(piece) for piece in Unpacker("gzip").feed(bomb)]
    assert (sum(sizes), max(sizes)) == (1 << 27, 1 << 18)
    with pytest.raises(TooBig, match="more than 100 times its size"):
        list(Unpacker("gzip").feed(bomb, kept=True))


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="k", base_url=server.base_url, max_retries=0)


def test_a_bomb_of_gzip_is_an_error(server: Any, client: Client) -> None:
    server.reply(gzip.compress(b" " * (1 << 27)), Content_Encoding="gzip")
    with pytest.raises(InvalidReplyError, match="decompresses to more than 100 times its size"):
        client.models.list_models()


def test_of_an_error_only_the_beginning_is_read(server: Any, client: Client) -> None:
    server.reply(gzip.compress(b"wrong! " * (1 << 24)), status=400, Content_Encoding="gzip")
    with pytest.raises(BadRequestError, match="wrong! wrong!") as caught:
        client.models.list_models()
    assert len(str(caught.value)) < 1000
    assert len(str(caught.value.body)) <= 65_536


def test_a_compressed_file_is_saved_whatever_its_ratio(server: Any, client: Client, tmp_path: Any) -> None:
    server.reply(gzip.compress(bytes(1 << 25)), content_type="audio/mpeg", Content_Encoding="gzip")
    client.audio.create_speech("x", "m", "v").save(tmp_path / "speech.mp3")
    assert (tmp_path / "speech.mp3").stat().st_size == 1 << 25
