"""Files and folders that are sent from the page of an order, in a real browser."""

import random
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Page, Route, expect

from tests.bots.service import House
from tests.browser.conftest import Tabs
from tests.browser.test_order_page import CHOOSER, SLOW, WAITING, carries, digest, sources, write

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
    kept = await page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert f"|{song.name}|" in kept
    assert page.url.rpartition("/")[2] not in kept
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


async def test_a_file_that_was_refused_stays_until_it_is_removed(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    empty, good = noise(tmp_path / "1 Empty.wav", 0), write(tmp_path / "2 Good.wav", 4.0, 1)
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    await page.goto(await house.page_of(vera))
    loaded = await page.evaluate("performance.timeOrigin")
    await page.set_input_files(CHOOSER, [empty, good])
    told = page.locator("#upload [role=status]")
    await expect(told).to_have_text("The other files have arrived.", timeout=WAITING)
    await expect(page.locator("#status")).to_contain_text("Automatic master", timeout=WAITING)
    await expect(page.locator("#upload li.failed")).to_contain_text("This file is empty.")
    await page.locator("#upload li.failed button").click()
    await page.wait_for_function("before => performance.timeOrigin !== before", arg=loaded)
    await expect(page.locator("#upload li.failed")).to_have_count(0)


async def test_a_name_that_turns_the_direction_of_writing_is_read_as_it_stands(
    house: House, tabs: Tabs
) -> None:
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    await page.goto(await house.page_of(vera))
    await page.set_input_files(
        CHOOSER, {"name": "Lied \u202evaw.txt", "mimeType": "", "buffer": b"x" * 40_000}
    )
    row = page.locator("#upload li")
    await expect(row.locator("strong")).to_have_text("Lied vaw.txt")
    await expect(row.locator("span")).to_have_text("40\u00a0kB, arrived", timeout=WAITING)


async def test_a_page_says_aloud_how_far_its_files_are_and_stops_when_they_are_here(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    page, _ = await slow_page(house, tabs, noise(tmp_path / "Ember.wav", 2_000_000))
    aloud = page.locator("#upload .aloud")
    await expect(aloud).to_contain_text("In all")
    await expect(page.locator("#upload [role=status]")).to_contain_text("have arrived", timeout=WAITING)
    await expect(aloud).to_be_empty()


async def test_a_file_that_is_refused_says_why_and_those_behind_it_have_their_turn(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    first, *more = [noise(tmp_path / f"{name}.wav", 8_000_000) for name in ("1 Dusk", "2 Ember", "3 Ash")]
    page, other = await slow_page(house, tabs, first)
    await other.locator("#status button", has_text="Cancel").click()
    await page.set_input_files(CHOOSER, more)
    failed = page.locator("#upload li.failed span")
    closed = "This order takes no more songs. Begin a new one in the chat."
    await expect(failed).to_have_text(["removed", closed, closed], timeout=WAITING)


async def test_a_file_that_is_gone_on_without_is_not_begun_again(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    page, other = await slow_page(house, tabs, noise(tmp_path / "Ember.wav", 8_000_000))
    begun: list[str] = []
    page.on("request", lambda sent: begun.append(sent.url) if sent.method == "POST" else None)
    await other.locator("#status button", has_text="Go on without it").click()
    await expect(page.locator("#upload li.failed span")).to_have_text("removed", timeout=WAITING)
    assert begun == []


async def test_a_file_whose_first_answer_got_lost_is_one_song(
    house: House, tabs: Tabs, tmp_path: Path
) -> None:
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    await page.goto(await house.page_of(vera))
    lost: list[str] = []

    async def lose(route: Route) -> None:
        """The house hears it, and its answer does not come back."""
        answer = await route.fetch()
        lost.append(answer.headers["location"])
        await route.abort()

    await page.route("**/uploads", lose, times=1)
    song = noise(tmp_path / "Ember.wav", 1_000_000)
    await page.set_input_files(CHOOSER, song)
    await expect(page.locator("#upload [role=status]")).to_contain_text("have arrived", timeout=WAITING)
    assert len(lost) == 1
    hashed = page.locator("#upload code")
    await expect(hashed).to_contain_text(digest(song.read_bytes()), timeout=WAITING)
    assert sources(house) == {"Ember.wav": digest(song.read_bytes())}
    await page.goto(page.url)
    await expect(page.locator("#upload li")).to_have_count(1)


async def slow_page(house: House, tabs: Tabs, song: Path) -> tuple[Page, Page]:
    """A page from which a file goes up slowly, and the same page in another tab.

    The first has not seen yet what is done in the other.
    """
    vera = house.platform.person("Vera")
    await vera.starts()
    page = await tabs.open(house)
    page.on("dialog", lambda asked: asked.accept())
    address = await house.page_of(vera)
    await page.route("**/*part=status*", lambda route: route.abort())
    await page.goto(address)
    line = await page.context.new_cdp_session(page)
    await line.send("Network.enable")
    await carries(line, SLOW // 2)
    await page.set_input_files(CHOOSER, song)
    await moved(page, 0.05)
    other = await page.context.new_page()
    await other.goto(address)
    return page, other
