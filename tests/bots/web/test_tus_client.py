"""The vendored tus-js-client under Node, against the service as its operator starts it."""

import asyncio
import base64
import hashlib
import random
import shutil
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.bots.lathe import ROOT, Desk, command, surroundings
from tests.bots.web.uploading import TUS

CLIENT = ROOT / "vendor" / "tus-js-client" / "tus.min.js"
SCRIPT = Path(__file__).with_name("tus_client.js")
SIZE = 30_000_000

Process = asyncio.subprocess.Process

node = shutil.which("node")
pytestmark = pytest.mark.skipif(node is None, reason="there is no Node on this machine to run the client")


def a_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def settings(port: int) -> dict[str, str]:
    return surroundings(
        LATHE_PUBLIC_URL=f"http://127.0.0.1:{port}", LATHE_WEB_BIND=f"127.0.0.1:{port}", LATHE_WORKERS="1"
    )


async def page_of(home: Path, port: int) -> str:
    """The page that an artist is given who asks for it."""
    asked = await asyncio.create_subprocess_exec(
        *command(*Desk(home).arguments()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=settings(port),
    )
    said, _ = await asked.communicate(b"/upload\n")
    return said.decode().partition('"url": "')[2].partition('"')[0]


@asynccontextmanager
async def service(home: Path, port: int) -> AsyncIterator[Process]:
    """The service until the context ends, unless it was killed before; open when the context begins."""
    with (home / "out").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command("run", "--home", home),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=settings(port),
        )
        try:
            await opened(process, port)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()


async def opened(process: Process, port: int) -> None:
    async with aiohttp.ClientSession() as http:
        while process.returncode is None:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError("the service ended before it was open")


@asynccontextmanager
async def client(endpoint: str, song: Path) -> AsyncIterator[Process]:
    assert node is not None
    sending = await asyncio.create_subprocess_exec(
        node, "--no-warnings", SCRIPT, CLIENT, endpoint, song, song.with_suffix(".json"),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield sending
    finally:
        if sending.returncode is None:
            sending.kill()
        await sending.wait()


async def sent(sending: Process, size: int) -> list[str]:
    """Read what the client tells until it has sent so many bytes; the words that it said last."""
    assert sending.stdout is not None
    async for line in sending.stdout:
        words = line.decode().split()
        if words[0] == "whole" or int(words[0]) >= size:
            return words
    raise AssertionError("the client gave up")


async def test_a_file_comes_whole_though_its_server_is_killed_twice_and_its_sender_once(
    desk: Desk, tmp_path: Path
) -> None:
    song = tmp_path / "long.wav"
    song.write_bytes(random.Random(7).randbytes(SIZE))
    port = a_port()
    endpoint = f"{await page_of(desk.home, port)}/uploads"
    async with service(desk.home, port) as process, client(endpoint, song) as sending:
        await sent(sending, SIZE // 3)
        process.kill()
        await process.wait()
        async with service(desk.home, port) as process_again:
            await sent(sending, SIZE * 3 // 5)
            sending.kill()  # a laptop is closed, and opened again
            async with client(endpoint, song) as resumed:
                await sent(resumed, SIZE * 4 // 5)
                process_again.kill()
                await process_again.wait()
                async with service(desk.home, port):
                    whole, address = await sent(resumed, SIZE + 1)
                    assert whole == "whole"
                    assert await digest_of(address) == hashlib.sha256(song.read_bytes()).hexdigest()


async def digest_of(address: str) -> str:
    """What the house says of a file that it has put together."""
    async with aiohttp.ClientSession(headers=TUS) as http:
        while True:
            async with http.head(address) as answer:
                assert answer.status == 200
                if told := answer.headers.get("Repr-Digest"):
                    return base64.b64decode(told.removeprefix("sha-256=:").removesuffix(":")).hex()
            await asyncio.sleep(0.1)
