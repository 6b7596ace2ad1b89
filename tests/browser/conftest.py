"""A real browser before a real house: `lathe run` as a process of its own, with Telegram on loopback."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.bots.lathe import command, surroundings
from tests.doubles import telegram as bot_api

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STARTING = 90.0
"""Seconds that a service may take to be there, on a busy machine."""

WATCHING = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


def chromium() -> str | None:
    """The browser of this machine; LATHE_TEST_BROWSER names another one."""
    named = os.environ.get("LATHE_TEST_BROWSER")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def executable() -> str:
    found = chromium()
    if found is None:
        pytest.skip(f"there is no browser here: none of {', '.join(NAMES)}")
    return found


@pytest.fixture
async def browser(executable: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # As root Chromium's own sandbox does not start; it opens pages of this house only.
        opened = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield opened
        await opened.close()


@dataclass
class Tabs:
    """Contexts of a browser in which each page is watched: what it may not do, and whom it asks."""

    browser: Browser
    broken: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    async def open(self, house: "House", **options: object) -> Page:
        """A page in a context of its own."""
        context: BrowserContext = await self.browser.new_context(**options)  # type: ignore[arg-type]
        if options.get("java_script_enabled", True):
            await context.add_init_script(WATCHING)
        page = await context.new_page()
        page.on("console", lambda told: self._said(told.text))
        page.on("pageerror", lambda error: self.broken.append(str(error)))
        page.on("request", lambda request: self._asked(request.url, house))
        return page

    def _said(self, words: str) -> None:
        if "Content Security Policy" in words or "Refused to" in words:
            self.broken.append(words)

    def _asked(self, url: str, house: "House") -> None:
        if not url.startswith((house.url, "data:", "blob:")):
            self.strangers.append(url)


@pytest.fixture
async def tabs(browser: Browser) -> AsyncIterator[Tabs]:
    """At the end nothing has broken a rule of its page, and nobody else was asked for anything."""
    watched = Tabs(browser)
    yield watched
    assert watched.broken == []
    assert watched.strangers == []


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
        await self.platform.until(lambda: self._addresses(person), STARTING)
        return self._addresses(person)[-1]

    async def _with(
        self, person: bot_api.Person, holds: Callable[[bot_api.Message], bool]
    ) -> bot_api.Message:
        await self.platform.until(lambda: any(map(holds, person.received)), STARTING)
        return next(message for message in reversed(person.received) if holds(message))

    def _addresses(self, person: bot_api.Person) -> list[str]:
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


@pytest.fixture
async def house(executable: str, tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path) as started:
        yield started
