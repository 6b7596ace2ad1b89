"""Files and folders that are sent from the page of an order, in a real browser."""

import random
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Page, expect

from tests.bots.service import House
from tests.browser.conftest import Tabs
from tests.browser.test_order_page import CHOOSER, SLOW, WAITING, carries, digest, sources

FOLDER = "#upload input[webkitdirectory]"


def noise(path: Path, size: int) -> Path:
    """A file with the name of a song."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(random.Random(str(path)).randbytes(size))
    return path


async def moved(page: Page, share: float) -> None:
    """Return when this much of the first file on the page has gone."""
    bar = await page.locator("#upload progress").first.element_handle()
    await page.wait_for_function("([bar, share]) => bar.value > share * bar.max", arg=[bar, share])


async def test_a_file_that_is_chosen_again_after_a_reload_goes_on_where_it_stood(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    song = noise(tmp_path / "Ember.wav", 24_000_000)
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    page.on("dialog", lambda asked: asked.accept())
    await page.goto(await house.page_of(vera))
    line = await page.context.new_cdp_session(page)
    await line.send("Network.enable")
    await carries(line, 4 * SLOW)
    await page.set_input_files(CHOOSER, song)
    await moved(page, 0.6)
    await page.reload()
    await expect(page.locator("#upload [data-upload]")).to_contain_text("Choose the same file again")

    answers: list[tuple[str, Mapping[str, str]]] = []
    page.on("response", lambda answer: answers.append((answer.request.method, answer.headers)))
    await carries(line, -1)
    await page.set_input_files(CHOOSER, song)
    await expect(page.locator("#upload [role=status]")).to_contain_text("have arrived", timeout=WAITING)
    stood = [int(headers["upload-offset"]) for method, headers in answers if method == "HEAD"]
    assert stood[0] > 0
    assert "POST" not in [method for method, _ in answers]
    hashed = page.locator("#upload code")
    await expect(hashed).to_contain_text(digest(song.read_bytes()), timeout=WAITING)
    assert sources(house) == {"Ember.wav": digest(song.read_bytes())}


async def test_a_folder_goes_up_in_its_order_without_what_is_no_sound(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    album = tmp_path / "Album"
    songs = [noise(album / name, 3_000_000) for name in ("10 Ash.wav", "2 Ember.flac", "1 Dusk.aiff")]
    noise(album / "cover.jpg", 1000)
    noise(album / ".DS_Store", 1000)
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    await page.goto(await house.page_of(vera))
    line = await page.context.new_cdp_session(page)
    await line.send("Network.enable")
    await carries(line, SLOW)
    await page.set_input_files(FOLDER, album)
    told = page.locator("#upload [role=status]")
    await expect(told).to_have_text("Left out, because they hold no sound: Album/cover.jpg")
    rows = page.locator("#upload li strong")
    await expect(rows).to_have_text(["Album/1 Dusk.aiff", "Album/2 Ember.flac", "Album/10 Ash.wav"])

    await page.locator("#upload li:has-text('Dusk') button").click()
    await expect(rows).to_have_text(["Album/2 Ember.flac", "Album/10 Ash.wav"])
    await carries(line, -1)
    await expect(told).to_contain_text("All files have arrived", timeout=WAITING)
    await expect(page.locator("#upload code")).to_have_count(2, timeout=WAITING)
    assert sources(house) == {song.name: digest(song.read_bytes()) for song in (songs[1], songs[0])}


DROPPED = """() => {
  const dragged = new DataTransfer();
  for (const name of ["2 Ember.wav", "1 Dusk.wav"]) dragged.items.add(new File([new Uint8Array(5e5)], name));
  return dragged;
}"""


async def test_files_are_dropped_on_the_page_and_words_are_not(house: House, tabs: Tabs) -> None:
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    await page.goto(await house.page_of(vera))
    zone, told = page.locator("#upload .zone"), page.locator("#upload [role=status]")
    words = await page.evaluate_handle("() => new DataTransfer()")
    await zone.dispatch_event("dragenter", {"dataTransfer": words})
    await zone.dispatch_event("drop", {"dataTransfer": words})
    await expect(zone).not_to_have_class("zone over")
    files = await page.evaluate_handle(DROPPED)
    await zone.dispatch_event("dragenter", {"dataTransfer": files})
    await expect(zone).to_have_class("zone over")
    await zone.dispatch_event("drop", {"dataTransfer": files})
    await expect(zone).to_have_class("zone")
    await expect(told).to_contain_text("All files have arrived", timeout=WAITING)
    assert list(sources(house)) == ["1 Dusk.wav", "2 Ember.wav"]


async def test_a_file_that_is_empty_is_refused_beside_those_that_are_taken(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    empty, good = noise(tmp_path / "1 Empty.wav", 0), noise(tmp_path / "2 Good.wav", 1_000_000)
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    await page.goto(await house.page_of(vera))
    await page.set_input_files(CHOOSER, [empty, good])
    await expect(page.locator("#upload li.failed")).to_contain_text("This file is empty.")
    await expect(page.locator("#upload code")).to_contain_text(digest(good.read_bytes()), timeout=WAITING)
