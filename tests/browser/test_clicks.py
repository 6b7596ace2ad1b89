"""The page of an order in a real browser: what it does by itself, and what a click does."""

import hashlib
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bots.web.routes import PATH
from core.orders import OrderState
from tests.bots.web.ordering import Studio, open_orders

SOON = 30_000.0
"""Milliseconds in which a page has looked again, on a busy machine."""


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_orders(tmp_path) as opened:
        await opened.moved(state=OrderState.WORKING)
        yield opened


@pytest.fixture
async def page(browser: Browser, studio: Studio) -> Page:
    opened = await (await browser.new_context()).new_page()
    await opened.goto(f"{studio.base}{PATH}/{studio.shown()}?said=done")
    return opened


async def test_a_page_shows_by_itself_what_was_made_meanwhile(page: Page, studio: Studio) -> None:
    await expect(page.locator("#status")).to_contain_text("Mastering")
    await studio.moved(state=OrderState.REVIEW)
    await expect(page.locator("#status")).to_contain_text("listen and compare", timeout=SOON)
    await expect(page.locator("#files")).to_contain_text("locked", timeout=SOON)
    await expect(page.locator(".said")).to_have_count(0)


async def test_nothing_that_somebody_is_writing_is_taken_from_them(page: Page, studio: Studio) -> None:
    await page.locator("summary", has_text="Talk to a human").click()
    await page.locator("textarea").fill("The bass is")
    await studio.moved(state=OrderState.REVIEW)
    async with page.expect_response(lambda answer: "part=status" in answer.url, timeout=SOON):
        pass
    async with page.expect_response(lambda answer: "part=status" in answer.url, timeout=SOON):
        pass
    await expect(page.locator("textarea")).to_have_value("The bass is")


async def test_a_page_whose_link_was_stopped_asks_no_more(page: Page, studio: Studio) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await studio.moved(links=9)
    async with page.expect_response(lambda answer: answer.status == 410, timeout=SOON):
        pass
    await page.wait_for_timeout(4000)
    assert len([url for url in asked if "part=status" in url]) == 1


async def test_a_click_saves_a_file_under_its_name_and_all_of_them_as_a_zip(
    page: Page, studio: Studio, tmp_path: Path
) -> None:
    await studio.released()
    await page.reload()
    for link, name in ((".files a", "Midnight Drive.wav"), (".first", "Midnight Drive.zip")):
        async with page.expect_download() as begun:
            await page.locator(link).first.click()
        saved = await begun.value
        assert saved.suggested_filename == name
        await saved.save_as(tmp_path / name)
    wav = (tmp_path / "Midnight Drive.wav").read_bytes()
    assert hashlib.sha256(wav).hexdigest() == studio.files[0].sha256
    with zipfile.ZipFile(tmp_path / "Midnight Drive.zip") as archive:
        assert archive.read("Midnight Drive.wav") == wav


async def test_a_button_is_pressed_and_the_page_says_so(page: Page, studio: Studio) -> None:
    await studio.moved(state=OrderState.REVIEW)
    await page.reload()
    await page.locator("button", has_text="Approve").click()
    await expect(page.locator(".said")).to_have_text("Done. The answer is in your chat too.")
    assert (await studio.project()).order.state is OrderState.RELEASED
