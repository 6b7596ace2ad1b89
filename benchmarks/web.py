"""`./lathe bench web`: what goes up and comes down beside the chat, and whether the chat notices.

The house is `lathe run`, a process of its own, with Telegram on loopback in this one. A large file goes up by
tus in one request, in a second one it comes down; each is set against what the same disk takes by itself.
Then many slow files come at once while people chat: how long their replies take, with and without that.
"""

import asyncio
import base64
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp
import click
import psutil
import soundfile
from yarl import URL

from benchmarks.disk import Disk, Span, watched_disk
from benchmarks.replies import share
from benchmarks.table import table
from tests.bots.service import House, running
from tests.doubles import telegram as bot_api
from tests.dsp.signals import song

WHOLE, QUICK = 1_000_000_000, 100_000_000  # bytes of the large file
BLOCK = 1 << 20
LONGEST = 300.0  # seconds that anything may take
MOST_MORE = 40e6  # bytes of memory that the house may take beside what it has, for a file of any size
BOUND = 0.100  # seconds that the p99 of a reply may take while files come
LOOKS = 0.05  # seconds between two looks at the memory

SENDERS, EACH = 25, 8  # people who send slowly, and files of each
SLOW = 16_384  # bytes that a slow file brings each second
TALKERS = 100
RATE = 20.0  # deeds a second: Telegram lets a bot say thirty things a second


@dataclass(frozen=True, slots=True)
class Carried:
    """One way of a large file. Times in seconds, memory in bytes."""

    way: str
    size: int
    seconds: float
    limit: float  # seconds that the disk takes for as many bytes
    cpu: float  # of the house and all that it began
    more: int  # memory of the house at most, less what it had


@dataclass(frozen=True, slots=True)
class Talked:
    """Replies in the chat while so many files came."""

    files: int
    replies: Sequence[Span]
    disk: Disk
    arrived: int  # bytes of the files meanwhile


class Watch:
    """What the house uses from here on."""

    def __init__(self, house: House) -> None:
        assert house.process is not None
        self._process = psutil.Process(house.process.pid)
        self._cpu = self._spent()
        self._before = self._most = self._process.memory_info().rss
        self._looking = asyncio.create_task(self._look())

    async def end(self) -> tuple[float, int]:
        """Seconds of a core, and bytes more than at the beginning at most."""
        self._looking.cancel()
        with suppress(asyncio.CancelledError):
            await self._looking
        return self._spent() - self._cpu, self._most - self._before

    def _spent(self) -> float:
        spent = 0.0
        for process in (self._process, *self._process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                spent += times.user + times.system
        return spent

    async def _look(self) -> None:
        while True:
            self._most = max(self._most, self._process.memory_info().rss)
            await asyncio.sleep(LOOKS)


async def carried(folder: Path, size: int) -> Sequence[Carried]:
    """A large file up and down again."""
    async with running(folder) as house, aiohttp.ClientSession() as http:
        vera = house.platform.person("Vera")
        await vera.starts()
        page, order = await _delivered(house, vera, folder)
        known = set(house.addresses(vera))
        await vera.says("/upload")
        await house.platform.until(lambda: set(house.addresses(vera)) - known, LONGEST)
        (new,) = set(house.addresses(vera)) - known
        up = await _up(house, http, new, size)
        _hand_over(house, order, size)
        down = await _down(house, http, page, size)
    return [up, down]


async def _delivered(house: House, person: bot_api.Person, folder: Path) -> tuple[str, str]:
    """An order whose files are released: its page and its id."""
    source = folder / "Small.wav"
    soundfile.write(source, song(3.0, 44100, seed=7).T, 44100, subtype="PCM_24")
    await person.sends("document", source.name, source.read_bytes())
    page = await house.link(person)
    for label in ("Pay", "Approve"):
        message, whole = await _with(house, person, label)
        await person.press(message.seen(), whole)
    await house.platform.until(
        lambda: any("Here are the files" in one.words for one in person.received), LONGEST
    )
    with closing(sqlite3.connect(_rows(house))) as rows:
        ((order,),) = rows.execute("SELECT id FROM orders")
    return page, str(order)


async def _with(house: House, person: bot_api.Person, label: str) -> tuple[bot_api.Message, str]:
    """The newest message with a button that begins so, once there is one."""

    def found() -> list[tuple[bot_api.Message, str]]:
        return [(one, name) for one in person.received for name in one.buttons if name.startswith(label)]

    return (await house.platform.until(found, LONGEST))[-1]


async def _up(house: House, http: aiohttp.ClientSession, page: str, size: int) -> Carried:
    block = os.urandom(BLOCK)
    limit = await asyncio.to_thread(_written, house.folder, block, size)
    address = await _begun(http, page, "Large.wav", size)

    async def body() -> AsyncIterator[bytes]:
        left = size
        while left:
            yield block[:left]
            left -= min(left, BLOCK)

    watch, begun = Watch(house), time.monotonic()
    await _patched(http, address, 0, body())
    seconds = time.monotonic() - begun
    await house.platform.until(lambda: _filed(house, size), LONGEST)
    return Carried("up", size, seconds, limit, *await watch.end())


async def _down(house: House, http: aiohttp.ClientSession, page: str, size: int) -> Carried:
    (sha256,) = _filed(house, size)
    limit = await asyncio.to_thread(_read, house.folder, size)
    watch, begun, came = Watch(house), time.monotonic(), 0
    async with http.get(f"{page}/files/{sha256}", timeout=aiohttp.ClientTimeout(LONGEST)) as answer:
        answer.raise_for_status()
        async for piece in answer.content.iter_chunked(BLOCK):
            came += len(piece)
    assert came == size, f"{came} of {size} bytes came"
    return Carried("down", size, time.monotonic() - begun, limit, *await watch.end())


async def _begun(http: aiohttp.ClientSession, page: str, name: str, size: int) -> str:
    """Where the bytes of a file go that the house expects now."""
    told = base64.b64encode(name.encode()).decode()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": f"filename {told}"}
    async with http.post(f"{page}/uploads", headers=headers) as answer:
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {await answer.text()}")
        return str(answer.url.join(URL(answer.headers["Location"])))


async def _patched(http: aiohttp.ClientSession, address: str, at: int, body: AsyncIterator[bytes]) -> None:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(at),
        "Content-Type": "application/offset+octet-stream",
    }
    async with http.patch(
        address, data=body, headers=headers, timeout=aiohttp.ClientTimeout(LONGEST)
    ) as answer:
        if answer.status != 204:
            raise RuntimeError(f"{answer.status}: {await answer.text()}")


def _rows(house: House) -> Path:
    return house.folder / "home" / "lathe.sqlite3"


def _songs(house: House) -> list[Mapping[str, Any]]:
    with closing(sqlite3.connect(_rows(house))) as rows:
        return [json.loads(data) for (data,) in rows.execute("SELECT data FROM songs")]


def _filed(house: House, size: int) -> list[str]:
    """The SHA-256 of a file of this size, once it is filed as a whole."""
    return [song["sha256"] for song in _songs(house) if song["file"]["size"] == size and song["sha256"]]


def _hand_over(house: House, order: str, size: int) -> None:
    """Let the large file be one of those that an order was made for: nobody masters so long a song here."""
    source = next(song for song in _songs(house) if song["file"]["size"] == size)
    large = {"blob": source["source"], "sha256": source["sha256"], "size": size}
    with closing(sqlite3.connect(_rows(house), timeout=30)) as rows, rows:
        ((id_, data),) = rows.execute('SELECT id, data FROM versions WHERE "order" = ?', (order,))
        version = json.loads(data)
        version["files"][0] |= large
        rows.execute("UPDATE versions SET data = ? WHERE id = ?", (json.dumps(version), id_))


def _written(folder: Path, block: bytes, size: int) -> float:
    """Seconds that the disk takes for so many bytes, until they are safe."""
    begun = time.monotonic()
    with (folder / "yardstick").open("wb") as file:
        for _ in range(size // len(block)):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return time.monotonic() - begun


def _read(folder: Path, size: int) -> float:
    """Seconds that it takes to read as many bytes, as warm as the house finds its own."""
    begun = time.monotonic()
    with (folder / "yardstick").open("rb") as file:
        while file.read(BLOCK):
            pass
    (folder / "yardstick").unlink()
    return time.monotonic() - begun


async def talked(folder: Path, seconds: float, senders: int) -> Sequence[Talked]:
    """People chat for so long, first alone and then while files come slowly, eight from each sender."""
    async with (
        running(folder) as house,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
    ):
        people = [house.platform.person(f"Talker {number}") for number in range(TALKERS)]
        for person in people:
            await person.starts()
        await house.platform.until(lambda: all(person.received for person in people), LONGEST)
        alone = await _replies(house, people, seconds)
        pages = []
        for number in range(senders):
            sender = house.platform.person(f"Sender {number}")
            await sender.starts()
            pages.append(await house.page_of(sender))
        async with _sending(http, pages) as sent:
            beside = await _replies(house, people, seconds)
            arrived = sum(sent.values())
    return [Talked(0, *alone, 0), Talked(senders * EACH, *beside, arrived)]


@asynccontextmanager
async def _sending(http: aiohttp.ClientSession, pages: Sequence[str]) -> AsyncIterator[dict[str, int]]:
    """Files on their way until the context ends: what each has brought by now."""
    sent: dict[str, int] = {}
    ended = asyncio.Event()
    block = os.urandom(SLOW // 4)

    async def body(address: str) -> AsyncIterator[bytes]:
        while not ended.is_set():
            yield block
            sent[address] += len(block)
            await asyncio.sleep(0.25)

    addresses = [
        await _begun(http, page, f"Slow {number}.wav", QUICK) for page in pages for number in range(EACH)
    ]
    sent.update(dict.fromkeys(addresses, 0))
    under_way = [asyncio.create_task(_patched(http, address, 0, body(address))) for address in addresses]
    await asyncio.sleep(2)
    try:
        yield sent
    finally:
        broken = [task for task in under_way if task.done() and task.exception()]
        ended.set()
        await asyncio.gather(*under_way, return_exceptions=True)
        if broken:
            raise RuntimeError(f"{len(broken)} files were not taken: {broken[0].exception()}")


async def _replies(
    house: House, people: Sequence[bot_api.Person], seconds: float
) -> tuple[Sequence[Span], Disk]:
    """When each reply was waited for: `/orders`, said at fixed moments by one after the other."""
    took: list[Span] = []

    async def asks(person: bot_api.Person, at: float) -> None:
        history = person.chat.history
        await person.says("/orders")
        mine = len(history)
        await house.platform.until(lambda: len(history) > mine, LONGEST)
        took.append((at, time.monotonic()))

    turns = cycle(people)
    with watched_disk(house.folder) as disk:
        begin = time.monotonic()
        async with asyncio.TaskGroup() as hands:
            for number in range(int(RATE * seconds)):
                at = begin + number / RATE
                await asyncio.sleep(max(0.0, at - time.monotonic()))
                hands.create_task(asks(next(turns), at))
    return took, disk


WAYS = ("way", "MB", "MB/s", "MB/s of the disk alone", "CPU s", "MB more memory at most")
CHAT = ("files on their way", "MB that came", "replies", "p50", "p90", "p99", "max", "disk stood still",
        "left out", "p99 of the rest")  # fmt: skip


def shown(ways: Sequence[Carried], chat: Sequence[Talked]) -> str:
    """Both tables; times in milliseconds."""
    return "\n\n".join([table(WAYS, map(_way, ways)), table(CHAT, map(_chat, chat))])


def _way(row: Carried) -> Sequence[object]:
    rates = (f"{row.size / 1e6 / seconds:.0f}" for seconds in (row.seconds, row.limit))
    return (row.way, f"{row.size / 1e6:.0f}", *rates, f"{row.cpu:.1f}", f"{row.more / 1e6:.0f}")


def _chat(row: Talked) -> Sequence[object]:
    seconds, rest = [end - begin for begin, end in row.replies], row.disk.undisturbed(row.replies)
    times = (f"{1000 * share(seconds, part):.0f}" for part in (0.5, 0.9, 0.99, 1.0))
    return (row.files, f"{row.arrived / 1e6:.0f}", len(seconds), *times, f"{100 * row.disk.share:.1f} %",
            len(seconds) - len(rest), f"{1000 * share(rest, 0.99):.0f}")  # fmt: skip


def held(ways: Sequence[Carried], chat: Sequence[Talked]) -> bool:
    """Whether memory stayed flat, and no reply was late."""
    return all(way.more <= MOST_MORE for way in ways) and all(
        row.disk.p99(row.replies) < BOUND for row in chat
    )


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the size, and a third of the time.")
def command(*, quick: bool) -> None:
    """A large file up and down, and 200 slow ones beside a chat.

    Exit code 1 if the house took more than 40 MB of memory for the large file, or if the p99 of the
    chat's replies that the disk had no part in was 100 ms or more.
    """
    size, seconds = (QUICK, 20.0) if quick else (WHOLE, 60.0)
    with tempfile.TemporaryDirectory(prefix="lathe-bench-") as one:
        ways = asyncio.run(carried(Path(one), size))
    with tempfile.TemporaryDirectory(prefix="lathe-bench-") as two:
        chat = asyncio.run(talked(Path(two), seconds, SENDERS))
    click.echo(shown(ways, chat))
    if not held(ways, chat):
        raise SystemExit(1)
