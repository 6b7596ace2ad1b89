"""Several services of one database, each with both tokens: one has the platforms, the others stand by."""

import asyncio
import base64
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.bots.lathe import command, surroundings
from tests.databases import Raw, past_the_store
from tests.doubles import telegram as bot_api
from tests.doubles.discord.people import Person as OnDiscord
from tests.doubles.discord.server import Discord, running_discord
from tests.doubles.telegram import Person as OnTelegram
from tests.doubles.telegram import Telegram

pytestmark = pytest.mark.databases("postgres")

SONG = ("Midnight Drive.wav", b"RIFF" + bytes(100))
"""Nobody looks into it: there are no workers. Who has an open order is read up on at Discord."""

LOOKS = 0.05  # seconds between two looks at what nobody tells of
PATIENCE = 60.0  # seconds after which something that must happen never will

ASKED = "did not understand"
"""What the house says to words that mean nothing to it."""


@dataclass
class Service:
    """`lathe run` on a machine of its own."""

    process: asyncio.subprocess.Process
    log: Path

    async def stands_by(self) -> None:
        """Return when it says that it waits for another one."""
        await self._says("Standing by")

    async def killed(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def stopped(self) -> int:
        """Tell it to stop; how it ended."""
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()

    async def _says(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while words not in self.log.read_text():
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(LOOKS)


@dataclass
class Street:
    """A database, the platforms, and one person at each, whose name is Ada."""

    folder: Path
    url: str
    discord: Discord
    telegram: Telegram
    on_discord: OnDiscord = field(init=False)
    on_telegram: OnTelegram = field(init=False)

    def __post_init__(self) -> None:
        self.on_discord = self.discord.person("ada")
        self.on_telegram = self.telegram.person("Ada")

    @asynccontextmanager
    async def service(self, name: str) -> AsyncIterator[Service]:
        """One more; killed at the end, if it still runs."""
        settings = {
            **self.discord.environment,
            "LATHE_TELEGRAM_TOKEN": self.telegram.token,
            "LATHE_TELEGRAM_API_URL": self.telegram.base_url,
            "LATHE_TELEGRAM_FILE_URL": self.telegram.file_url,
            "LATHE_DATABASE_URL": self.url,
            "LATHE_BLOB_URL": (self.folder / "blobs").as_uri(),
            "LATHE_SECRET_KEY": base64.b64encode(bytes(32)).decode(),
            "LATHE_WEB_BIND": "127.0.0.1:0",
        }
        log = self.folder / f"{name}.log"
        with log.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                *command("run", "--without-workers", "--home", self.folder / name),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                cwd=self.folder,
                env=surroundings(**settings),
            )
        service = Service(process, log)
        try:
            yield service
        finally:
            if process.returncode is None:
                await service.killed()

    async def connected(self, sessions: int) -> None:
        """Return when a service has connected to Discord for the so many-th time, and asks Telegram."""
        asked = len(self.telegram.called("getUpdates"))
        await self.discord.until(lambda: self.discord.gateway.identified == sessions, PATIENCE)
        await self.telegram.until(lambda: len(self.telegram.called("getUpdates")) > asked, PATIENCE)

    async def say(self, words: str) -> None:
        """Ada writes this on both platforms."""
        await self.on_discord.dm(words)
        await self.on_telegram.says(words)

    async def heard(self, words: str, count: int) -> None:
        """Return when so many messages on each platform have these words."""
        await self.discord.until(lambda: self.answers(words)[0] >= count, PATIENCE)
        await self.telegram.until(lambda: self.answers(words)[1] >= count, PATIENCE)
        assert self.answers(words) == (count, count)

    def answers(self, words: str) -> tuple[int, int]:
        """How many messages of the house have these words: on Discord, on Telegram."""
        on_discord = [message.text for message in self.on_discord.inbox]
        on_telegram = [message.words for message in self.on_telegram.received]
        return sum(words in text for text in on_discord), sum(words in text for text in on_telegram)

    @contextmanager
    def undecided(self) -> Iterator[None]:
        """Deeds are written down, and none of those that want anything to be said is decided."""
        with past_the_store(self.url) as raw:
            raw.execute("BEGIN")
            raw.execute("LOCK TABLE notices IN SHARE MODE")
            yield
            raw.execute("ROLLBACK")

    async def wrote_down(self, count: int) -> None:
        """Return when so many deeds stand undone in the rows."""
        with past_the_store(self.url) as raw:
            async with asyncio.timeout(PATIENCE):
                while _undone(raw) != count:  # noqa: ASYNC110  # nobody here is told
                    await asyncio.sleep(LOOKS)

    async def noted(self) -> None:
        """Return when all that was sent is written down as sent: who is killed before sends it again."""
        with past_the_store(self.url) as raw:
            async with asyncio.timeout(PATIENCE):
                while _sending(raw):  # noqa: ASYNC110  # nobody here is told
                    await asyncio.sleep(LOOKS)


def _undone(raw: Raw) -> int:
    ((count,),) = raw.execute("SELECT count(*) FROM inbox WHERE state = 'undone'")
    return int(count)


def _sending(raw: Raw) -> int:
    ((count,),) = raw.execute("SELECT count(*) FROM notices WHERE state = 'sending'")
    return int(count)


@pytest.fixture
async def street(url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with running_discord() as discord, bot_api.running() as telegram:
        yield Street(tmp_path, url, discord, telegram)


async def test_a_killed_service_is_followed_by_the_one_that_stands_by_with_nothing_lost_and_nothing_twice(
    street: Street,
) -> None:
    async with street.service("first") as first:
        await street.connected(1)
        hello = await (await street.on_discord.command("start")).answer(PATIENCE)
        assert hello is not None
        await street.on_telegram.starts()
        greeting = await street.on_telegram.sees(lambda message: "Terms" in message.buttons, PATIENCE)
        await street.on_discord.dm(files=[SONG])
        await street.discord.until(lambda: street.answers("Order 1")[0], PATIENCE)
        async with street.service("second") as second:
            await second.stands_by()
            await street.say("hello?")
            await street.heard(ASKED, 1)
            await street.noted()
            assert street.discord.gateway.identified == 1

            with street.undecided():
                await street.say("received")
                await street.wrote_down(2)
                await first.killed()
            assert street.answers(ASKED) == (1, 1)
            await street.say("while nobody was there")

            await street.connected(2)
            await street.heard(ASKED, 3)
            await street.on_discord.press(hello, "Terms")
            await street.on_telegram.press(greeting, "Terms")
            await street.heard("Terms of Lathe", 1)

            # One more is answered: all that was to be said before has been said, and no more.
            await street.say("are you there?")
            await street.heard(ASKED, 4)


async def test_a_service_that_took_over_and_is_told_to_stop_leaves_the_platforms_to_the_next(
    street: Street,
) -> None:
    async with street.service("first") as first:
        await street.connected(1)
        async with street.service("second") as second:
            await second.stands_by()
            await first.killed()
            await street.connected(2)
            async with street.service("third") as third:
                await third.stands_by()
                await street.on_discord.dm("hi")
                await street.on_telegram.starts()
                await street.say("hello?")
                await street.heard(ASKED, 1)
                assert await second.stopped() == 0
                await street.connected(3)
                await street.say("and you?")
                await street.heard(ASKED, 2)
                assert await third.stopped() == 0
