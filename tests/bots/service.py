"""`lathe run` as a process of its own, with its page, before Telegram on loopback."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.bots.lathe import command, surroundings
from tests.doubles import telegram as bot_api

STARTING = 90.0
"""Seconds that a service may take to be there, on a busy machine."""


@dataclass
class House:
    """`lathe run`, which can be killed and started again at the same address."""

    folder: Path
    platform: bot_api.Telegram
    port: int
    process: "asyncio.subprocess.Process | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command("run", "--home", self.folder / "home"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=surroundings(
                    LATHE_WEB_BIND=f"127.0.0.1:{self.port}",
                    LATHE_PUBLIC_URL=self.url,
                    LATHE_TILLS="demo,credit",
                    LATHE_TELEGRAM_TOKEN=self.platform.token,
                    LATHE_TELEGRAM_API_URL=self.platform.base_url,
                    LATHE_TELEGRAM_FILE_URL=self.platform.file_url,
                ),
            )
        await self.platform.until(lambda: self.platform.polled, STARTING)

    async def kill(self) -> None:
        """With -9, as a power cut does."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGKILL)
            await self.process.wait()
            self.process = None

    async def page_of(self, person: bot_api.Person, label: str = "Send big file") -> str:
        """[Send big file], and the address that it brings."""
        hello = await self._with(person, lambda one: label in one.buttons)
        await person.press(hello.seen(), label)
        return await self.link(person)

    async def link(self, person: bot_api.Person) -> str:
        """The newest address of a page of an order that somebody was sent."""
        await self.platform.until(lambda: self.addresses(person), STARTING)
        return self.addresses(person)[-1]

    async def _with(
        self, person: bot_api.Person, holds: Callable[[bot_api.Message], bool]
    ) -> bot_api.Message:
        await self.platform.until(lambda: any(map(holds, person.received)), STARTING)
        return next(message for message in reversed(person.received) if holds(message))

    def addresses(self, person: bot_api.Person) -> list[str]:
        """Each page of an order that somebody was sent, in order."""
        return [
            url
            for message in person.received
            for label in message.buttons
            if (url := message.button(label).url) and f"{self.url}/o/" in url
        ]


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[House]:
    """A house until the context ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with bot_api.running() as platform:
        house = House(folder, platform, port)
        await house.start()
        try:
            yield house
        finally:
            await house.kill()
