"""Bytes of a request, cut into pieces."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bots.web.flow import Flow
from core.ports import TooLarge

NEVER = 3600.0


def of(*chunks: bytes, then: BaseException | None = None, **settings: float) -> Flow:
    """A line that brings these, and then breaks if it is to."""
    coming = iter(chunks)

    async def read() -> bytes:
        for chunk in coming:
            return chunk
        if then is not None:
            raise then
        return b""

    return Flow(read, **{"most": 10**9, **settings})  # type: ignore[arg-type]


async def taken(flow: Flow) -> list[bytes]:
    return [await _joined(piece) async for piece in flow.pieces()]


async def _joined(piece: AsyncIterator[bytes]) -> bytes:
    return b"".join([some async for some in piece])


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=20), st.integers(1, 40))
def test_however_bytes_come_they_are_the_same_in_pieces(chunks: list[bytes], size: int) -> None:
    pieces = asyncio.run(_taken_of(chunks, size))
    assert b"".join(pieces) == b"".join(chunks)
    assert all(len(piece) == size for piece in pieces[:-1])
    assert all(1 <= len(piece) <= size for piece in pieces)


async def _taken_of(chunks: list[bytes], size: int) -> list[bytes]:
    return await taken(of(*chunks, piece=size))


async def test_a_line_that_breaks_leaves_what_it_brought() -> None:
    flow = of(b"one", b"two", then=ConnectionResetError())
    assert await taken(flow) == [b"onetwo"]
    assert flow.broken


async def test_a_request_that_cannot_be_read_on_is_a_broken_line() -> None:
    flow = of(b"one", then=web.RequestPayloadError("cut"))
    assert await taken(flow) == [b"one"]
    assert flow.broken


async def test_bytes_that_end_where_they_should_are_not_broken() -> None:
    flow = of(b"one")
    assert await taken(flow) == [b"one"]
    assert not flow.broken


async def test_more_bytes_than_may_come_are_refused() -> None:
    with pytest.raises(TooLarge):
        await taken(of(b"12345", b"6", most=5))


async def test_a_line_that_falls_silent_is_broken() -> None:
    first = [b"one"]

    async def read() -> bytes:
        if first:
            return first.pop()
        await asyncio.Event().wait()
        raise AssertionError

    flow = Flow(read, 100, quiet=0.01, cut=NEVER)
    assert await taken(flow) == [b"one"]
    assert flow.broken


async def test_a_piece_ends_after_a_time_though_its_line_is_slow_and_goes_on() -> None:
    words = [b"two", b"one"]

    async def read() -> bytes:
        if not words:
            return b""
        await asyncio.sleep(0.05)
        return words.pop()

    flow = Flow(read, 100, quiet=NEVER, cut=0.01)
    assert await taken(flow) == [b"one", b"two"]
    assert not flow.broken


async def test_a_flow_that_is_halted_ends_at_once_with_what_it_has() -> None:
    first = [b"one"]

    async def read() -> bytes:
        if first:
            return first.pop()
        flow.halt()
        await asyncio.Event().wait()
        raise AssertionError

    flow = Flow(read, 100, quiet=NEVER, cut=NEVER)
    assert await taken(flow) == [b"one"]
    assert flow.broken
