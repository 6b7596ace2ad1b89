"""A real browser before a real house."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.bots.service import House, running

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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

    async def open(self, house: House, **options: object) -> Page:
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

    def _asked(self, url: str, house: House) -> None:
        if not url.startswith((house.url, "data:", "blob:")):
            self.strangers.append(url)


@pytest.fixture
async def tabs(browser: Browser) -> AsyncIterator[Tabs]:
    """At the end nothing has broken a rule of its page, and nobody else was asked for anything."""
    watched = Tabs(browser)
    yield watched
    assert watched.broken == []
    assert watched.strangers == []


@pytest.fixture
async def house(executable: str, tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path) as started:
        yield started
