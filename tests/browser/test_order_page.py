"""The page of an order, in a real browser, as its artist uses it."""

import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np
import pytest
import soundfile
from playwright.async_api import CDPSession, Page, expect

from tests.bots.service import House
from tests.browser.conftest import Tabs
from tests.dsp.signals import song

AXE = (Path(__file__).parents[2] / "vendor/axe-core/axe.min.js").read_text(encoding="utf-8")
WAITING = 240_000.0
"""Milliseconds that a master may take, on a busy machine."""

CHOOSER = "#upload input[type=file]:not([webkitdirectory])"
SLOW = 1_000_000
"""Bytes a second at which files go up where the server is killed meanwhile."""

PHONE = {"width": 360, "height": 740}


def write(path: Path, seconds: float, seed: int) -> Path:
    """A song of our own making, 24 bit."""
    part = song(2.0, 44100, seed=seed)
    soundfile.write(path, np.tile(part, (1, int(seconds / 2))).T, 44100, subtype="PCM_24")
    return path


@pytest.fixture
def songs(tmp_path: Path) -> list[Path]:
    """Two songs, each larger than a piece of those in which they are kept."""
    return [write(tmp_path / f"{name}.wav", 36.0, seed) for seed, name in enumerate(("10 Ash", "2 Ember"), 1)]


async def carries(line: CDPSession, bytes_a_second: int) -> None:
    """From now on a line carries no more than this up; -1: as much as it can."""
    await line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second},
    )


async def is_usable(page: Page) -> None:
    """Nothing on the page as it is keeps anybody from using it, by axe-core, light and dark; it fits."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.evaluate(AXE)
        found = await page.evaluate("axe.run(document)")
        serious = [
            {"rule": one["id"], "where": [node["html"] for node in one["nodes"]]}
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], scheme
    usual = page.viewport_size
    assert usual is not None
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.set_viewport_size(usual)


async def comes(page: Page, selector: str, count: int = 1) -> None:
    """Return when so many of something are on the page, whether or not they come there by themselves."""
    for _ in range(int(WAITING / 1000)):
        if await page.locator(selector).count() >= count:
            return
        await page.wait_for_timeout(1000)
        await page.reload()
    raise AssertionError(f"{selector} never came:\n{await page.inner_text('body')}")


def button(label: str) -> str:
    return f"button:has-text({json.dumps(label)})"


async def press(page: Page, label: str) -> None:
    await comes(page, button(label))
    await page.locator(button(label)).first.click()


async def fetched(page: Page, href: str) -> bytes:
    """What stands behind a link of the page, as the same browser gets it."""
    answer = await page.context.request.get(urljoin(page.url, href))
    assert answer.ok, (href, answer.status)
    return await answer.body()


async def links(page: Page, selector: str) -> Sequence[str]:
    """The addresses of links, each once."""
    hrefs: list[str] = await page.eval_on_selector_all(
        selector, "all => all.map(a => a.getAttribute('href'))"
    )
    return list(dict.fromkeys(hrefs))


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sources(house: House) -> Mapping[str, str]:
    """What the house holds of each file that was sent: its SHA-256."""
    with closing(sqlite3.connect(house.folder / "home" / "lathe.sqlite3")) as rows:
        songs: list[Mapping[str, Any]] = [
            json.loads(data) for (data,) in rows.execute("SELECT data FROM songs ORDER BY place")
        ]
    return {song["file"]["name"]: song["sha256"] for song in songs if song["state"] != "dropped"}


async def test_two_files_go_up_through_a_killed_server_and_come_down_as_was_promised(
    house: House, tabs: Tabs, songs: list[Path]
) -> None:
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    await page.goto(await house.page_of(vera))
    await is_usable(page)
    line = await page.context.new_cdp_session(page)
    await line.send("Network.enable")
    await carries(line, SLOW)

    await page.set_input_files(CHOOSER, songs)
    first = await page.locator("#upload progress").first.element_handle()
    await page.wait_for_function("bar => bar.value > 0.4 * bar.max", arg=first)
    await is_usable(page)
    await house.kill()
    await page.wait_for_timeout(1500)
    await house.start()
    await carries(line, -1)
    told = page.locator("#upload [role=status]")
    await expect(told).to_contain_text("All files have arrived", timeout=WAITING)

    await comes(page, button("Separate songs"))
    assert sources(house) == {path.name: digest(path.read_bytes()) for path in songs}
    assert list(sources(house)) == ["2 Ember.wav", "10 Ash.wav"]
    await is_usable(page)
    await press(page, "Separate songs")
    await press(page, "Pay $12")
    await comes(page, button("Approve"))
    assert await page.locator("audio").count() == 4
    await is_usable(page)
    await press(page, "Approve")

    await comes(page, "#files a[href*='/files/']", 6)  # the songs come one after the other
    await is_usable(page)
    shown = "".join((await page.inner_text("#files")).split())
    hashes = [digest(await fetched(page, href)) for href in await links(page, "#files a[href*='/files/']")]
    assert len(hashes) == 6
    assert all(one in shown for one in hashes)
    (everything,) = await links(page, "a[href$='.zip']")
    with zipfile.ZipFile(io.BytesIO(await fetched(page, everything))) as packed:
        assert packed.testzip() is None
        inside = {digest(packed.read(name)) for name in packed.namelist()}
    assert set(hashes) <= inside


async def test_without_javascript_a_file_goes_up_is_paid_for_and_heard(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    paul = house.platform.person("Paul", "de")
    await paul.starts()
    page = await tabs.open(house, java_script_enabled=False)
    await page.goto(await house.page_of(paul, "Große Datei senden"))
    assert await page.locator("html").get_attribute("lang") == "de"
    await page.set_input_files("#upload-files", write(tmp_path / "Glut.wav", 4.0, 3))
    await page.locator("#upload form button").click()
    await comes(page, button("6"))
    await page.locator("button:has-text('6')").first.click()
    await comes(page, "audio")
    assert len(await fetched(page, str(await page.locator("audio").first.get_attribute("src")))) > 10_000


async def test_by_keyboard_alone_a_page_is_read_and_used(house: House, tabs: Tabs, tmp_path: Path) -> None:
    ines = house.platform.person("Ines")
    await ines.starts()
    page = await tabs.open(house)
    await page.goto(await house.page_of(ines))
    async with page.expect_file_chooser() as chooser:
        await reach(page, "Choose files")
        await page.keyboard.press("Enter")
    await (await chooser.value).set_files(write(tmp_path / "Dusk.wav", 4.0, 4))
    await comes(page, button("Pay $6"))
    await reach(page, "Pay $6")
    await page.keyboard.press("Enter")
    await comes(page, button("Approve"))


async def reach(page: Page, label: str) -> None:
    """Go on with Tab until something with these words has the focus, and shows that it has."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        words = await page.evaluate("document.activeElement.innerText || ''")
        if str(words).startswith(label):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert await page.evaluate(outline) != "none"
            return
    raise AssertionError(f"no Tab reaches {label!r}")
