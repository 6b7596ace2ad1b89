"""One process for one run: forked, told what to do, listened to, and gone in the end.

Nothing is shared between two of them but the fork server that they come from. So a process may be stopped or
killed at any moment, and only its own run hears of it.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver, get_context
from multiprocessing.popen_forkserver import Popen
from typing import Any

from storage.queue import child

STARTS = 3  # tries, of which each has a fork server of its own if need be
BETWEEN_STARTS = 0.1  # seconds in which a fork server that was killed has ended

STARTING = 60.0  # seconds in which a fork server has read the libraries and forked, however busy the machine
UNFORKING = 1.0  # seconds that a fork which nobody wants any more may take
ENDING = 5.0  # seconds in which a fork server tells of the end of a process that was killed
MOST_SAID = 64 << 20  # bytes

KILLED = -signal.SIGKILL
SERVER_GONE = 255
"""Exit codes: of a process that somebody killed; where nobody is left who knows."""


class NotStarted(Exception):
    """There is no process: the fork server, or what it forked, was gone before the run began."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process said in its life, at most MOST_SAID bytes, and its exit code."""

    said: bytes
    code: int


async def live(asked: bytes, seconds: float, preload: Sequence[str]) -> Ended:
    """Have a process of its own do what `asked` says (storage.queue.child.live), and wait until it is gone.

    Killed, which ends a stopped process too, when it is cancelled, when it says too much, and when its
    seconds are over: TimeoutError. They count from when it was forked. `preload` names what the fork server
    imports if it has to be started. NotStarted if no process came of it.
    """
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            process = await _start(theirs, preload)
        try:
            async with asyncio.timeout(seconds):
                said = await _talk(ours, asked)
                return Ended(said, await _gone(process))
        finally:
            await _end(process)


async def _start(theirs: socket.socket, preload: Sequence[str]) -> Popen:
    """Fork a process. Nothing has been asked of it yet: if the fork server dies over it, another may try."""
    for _ in range(STARTS - 1):
        with suppress(OSError, EOFError):
            return await _fork(theirs, preload)
        await asyncio.sleep(BETWEEN_STARTS)
    try:
        return await _fork(theirs, preload)
    except (OSError, EOFError) as error:
        raise NotStarted(str(error)) from None


async def _fork(theirs: socket.socket, preload: Sequence[str]) -> Popen:
    context = get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    # From this thread: the kernel kills the fork server when the thread that started it ends.
    forkserver.ensure_running()
    # In another: the fork server may still be importing.
    forking = asyncio.ensure_future(
        asyncio.to_thread(Popen, context.Process(target=child.live, args=(theirs,)))
    )
    try:
        await _settled(forking, STARTING)
    except asyncio.CancelledError:
        await _to_the_end(_unfork(forking))
        raise
    return forking.result()


async def _unfork(forking: "asyncio.Future[Popen]") -> None:
    """End what is being forked. A fork server that takes its time over it imports, and has nobody else."""
    await _settled(forking, UNFORKING)
    if forking.exception() is None:
        await _end(forking.result())


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Do something that has an end, however often it is cancelled: a thread that waits for ever would not."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)


async def _settled(forking: "asyncio.Future[Popen]", seconds: float) -> None:
    """Wait until a process is forked or has failed to be: then at the latest when a fork server is gone."""
    await asyncio.wait({forking}, timeout=seconds)
    if not forking.done():
        _kill_server()
        await asyncio.wait({forking})


async def _talk(ours: socket.socket, asked: bytes) -> bytes:
    """All that a process says until it closes its end."""
    reader, writer = await asyncio.open_connection(sock=ours)
    said = bytearray()
    try:
        writer.write(asked)
        while len(said) <= MOST_SAID and (more := await reader.read(1 << 16)):
            said += more
    except ConnectionError:
        pass  # it ended without hearing us out
    finally:
        writer.transport.abort()
    return bytes(said[:MOST_SAID])


async def _gone(process: Popen) -> int:
    """Wait for the end of a process: its exit code."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    code: int | None = process.poll()
    return SERVER_GONE if code is None else code


async def _end(process: Popen) -> None:
    """Kill what is left of a process, and wait until it is gone."""
    try:
        if process.poll() is None:
            process.kill()
            try:
                async with asyncio.timeout(ENDING):
                    await _gone(process)
            except TimeoutError:
                _kill_server()
    finally:
        process.close()


def _kill_server() -> None:
    """End a fork server that does not answer; the next run starts another. What it forked dies with it."""
    server = vars(forkserver._forkserver).get("_forkserver_pid")  # it has no public name
    if server is not None:
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGKILL)
