"""The service as a process of its own, killed while people are at it: nothing is lost, nothing happens twice.

Each platform has somebody who does the same things: who orders, taps twice, writes while the house is down,
and whose deeds are struck by kill -9 between their receipt and what would have been made of them.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.bots.lathe import command, surroundings
from tests.doubles import telegram as bot_api
from tests.doubles.discord.people import Person
from tests.doubles.discord.server import Discord, running_discord
from tests.scenarios import songs
from tests.scenarios.on_discord import plain
from tests.scenarios.theatre import written_down

STARTING = 90.0
"""Seconds that a service may take until it has said something, on a busy machine."""

KILLS = 2


class Artist(Protocol):
    """Somebody at a platform, who sees what the house says."""

    settings: dict[str, str]

    async def drops(self, name: str, data: bytes) -> None: ...

    async def says(self, text: str) -> str:
        """Write to the house; the event that it becomes there."""
        ...

    async def taps(self, label: str, times: int = 1) -> None:
        """Press a button of the newest message that has it, so many times before anything comes back."""
        ...

    def reads(self) -> Sequence[str]:
        """Every message of the house, as it is now."""
        ...

    def sees(self, label: str) -> bool:
        """Whether a button begins so."""
        ...

    async def until(self, holds: Callable[[], bool]) -> None: ...

    async def connected(self) -> None:
        """Return when the house, started anew, is there."""
        ...


@dataclass
class OnTelegram:
    platform: bot_api.Telegram
    person: bot_api.Person

    @property
    def settings(self) -> dict[str, str]:
        return {
            "LATHE_TELEGRAM_TOKEN": self.platform.token,
            "LATHE_TELEGRAM_API_URL": self.platform.base_url,
            "LATHE_TELEGRAM_FILE_URL": self.platform.file_url,
        }

    async def drops(self, name: str, data: bytes) -> None:
        await self.person.sends("document", name, data)

    async def says(self, text: str) -> str:
        await self.person.says(text)
        return f"u{self.platform.world.updates.pending[-1].id}"

    async def taps(self, label: str, times: int = 1) -> None:
        message = next(one for one in reversed(self.person.received) if _begins(one.buttons, label))
        whole = _begins(message.buttons, label)
        assert whole is not None
        for _ in range(times):
            await self.person.press(message.seen(), whole)

    def reads(self) -> Sequence[str]:
        return [message.words for message in self.person.received]

    def sees(self, label: str) -> bool:
        return any(_begins(message.buttons, label) for message in self.person.received)

    async def until(self, holds: Callable[[], bool]) -> None:
        await self.platform.until(holds, STARTING)

    async def connected(self) -> None:
        await self.platform.until(lambda: self.platform.polled, STARTING)


@dataclass
class OnDiscord:
    platform: Discord
    person: Person
    sessions: int = 0

    @property
    def settings(self) -> dict[str, str]:
        return dict(self.platform.environment)

    async def drops(self, name: str, data: bytes) -> None:
        await self.person.dm(files=[(name, data)])

    async def says(self, text: str) -> str:
        return f"m{(await self.person.dm(text)).id}"

    async def taps(self, label: str, times: int = 1) -> None:
        message = next(one for one in reversed(self.person.inbox) if _begins(one.labels, label))
        whole = _begins(message.labels, label)
        assert whole is not None
        for _ in range(times):
            await self.person.press(message, whole)

    def reads(self) -> Sequence[str]:
        return [plain(message.text) for message in self.person.inbox]

    def sees(self, label: str) -> bool:
        return any(_begins(message.labels, label) for message in self.person.inbox)

    async def until(self, holds: Callable[[], bool]) -> None:
        await self.platform.until(holds, STARTING)

    async def connected(self) -> None:
        gateway = self.platform.gateway
        await self.platform.until(lambda: gateway.identified > self.sessions, STARTING)
        self.sessions = gateway.identified


def _begins(labels: Sequence[str], wanted: str) -> str | None:
    return next((label for label in labels if label.startswith(wanted)), None)


@pytest.fixture(params=["telegram", "discord"])
async def artist(request: pytest.FixtureRequest) -> AsyncIterator[Artist]:
    if request.param == "telegram":
        async with bot_api.running() as telegram:
            yield OnTelegram(telegram, telegram.person("Vera"))
    else:
        async with running_discord() as discord:
            yield OnDiscord(discord, discord.person("vera"))


@asynccontextmanager
async def service(folder: Path, artist: Artist) -> AsyncIterator["asyncio.subprocess.Process"]:
    """`lathe run`, connected, until the context ends."""
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command("run", "--home", folder / "home"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=surroundings(
                LATHE_WEB_BIND="127.0.0.1:0", LATHE_WORKERS="1", LATHE_TILLS="demo,credit", **artist.settings
            ),
        )
        try:
            await artist.connected()
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def killed(process: "asyncio.subprocess.Process") -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


def answers(artist: Artist, words: str) -> int:
    """How many messages have these words; one that may have come before says so, and is not another one."""
    return sum(words in text and "(again)" not in text for text in artist.reads())


def heard(artist: Artist, words: str) -> int:
    """The same with those that say so: of one that was struck on its way, that is all that comes."""
    return sum(words in text for text in artist.reads())


async def test_nothing_is_lost_and_nothing_happens_twice_whenever_it_is_killed(
    artist: Artist, tmp_path: Path
) -> None:
    song, lost = tmp_path / "Granite.wav", "I did not understand that."
    songs.write(song, "2 s")

    async def each_was_answered(said: int) -> None:
        await artist.until(lambda: heard(artist, lost) >= said)

    async with service(tmp_path, artist) as process:
        await artist.drops(song.name, song.read_bytes())
        await artist.until(lambda: artist.sees("Pay $6"))
        await killed(process)

    await artist.says("while you were down")
    for said in range(1, KILLS + 1):
        async with service(tmp_path, artist) as process:
            await each_was_answered(said)
            event = await artist.says(f"just before kill number {said}")
            await written_down(tmp_path / "home" / "lathe.sqlite3", event)
            await killed(process)

    async with service(tmp_path, artist) as process:
        await each_was_answered(KILLS + 1)
        # The buttons of the first process still work; tapped twice, one pays.
        await artist.taps("Pay $6", times=2)
        await artist.until(lambda: answers(artist, "Received $6") == 1)
        await artist.until(lambda: answers(artist, "Granite v1") == 1)
        await artist.until(lambda: artist.sees("Approve"))
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0

    async with service(tmp_path, artist) as process:
        await artist.taps("Approve", times=2)
        await artist.until(lambda: answers(artist, "Here are the files") == 1)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert answers(artist, "Received $6") == 1
    assert answers(artist, "Granite v1") == 1
    assert answers(artist, "Here are the files") == 1
    assert answers(artist, lost) <= KILLS + 1 <= heard(artist, lost)
