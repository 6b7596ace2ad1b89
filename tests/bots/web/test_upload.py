"""The part of the page where files are sent, and its plain form."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bots.web import upload
from bots.web.admission import Admitted
from bots.web.flow import PIECE, Flow
from bots.web.upload import FILES, STAMP, section
from core.access import page_of
from core.jobs import JobKind
from core.rules import HouseRules, Limits
from core.songs import SongState
from tests.bots.web.browsing import Answer, Read
from tests.bots.web.uploading import MUSIC, Page, open_page

LARGE = MUSIC * 20


@pytest.fixture
async def page(url: str, tmp_path: Path) -> AsyncIterator[Page]:
    async with open_page(url, tmp_path) as page:
        yield page


async def sent(page: Page, *files: tuple[str, bytes], stamp: str | None = None) -> Answer:
    """The form as a browser without scripts sends it."""
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    form.add_field(STAMP, stamp or page.stamps.make(page.token, page.studio.clock.now()))
    for name, content in files:
        form.add_field(FILES, content, filename=name, content_type="audio/wav")
    return await page.ask("POST", f"{page.files}/form", form, tus={})


async def test_a_form_brings_files_in_their_order(page: Page) -> None:
    answer = await sent(page, ("02 Übermut.wav", LARGE), ("Intro.wav", MUSIC))
    assert (answer.status, answer.headers["Location"]) == (303, f"../../{page.token}")
    songs = await page.songs()
    assert [(song.title, song.state) for song in songs] == [
        ("Übermut", SongState.FETCHING),
        ("Intro", SongState.FETCHING),
    ]
    assert [await page.fetched(song.file.ref) for song in songs] == [LARGE, MUSIC]
    assert max(piece.size for piece in await page.uploads.pieces(songs[0].file.ref)) == PIECE


async def test_a_form_without_a_stamp_of_this_page_does_nothing(page: Page) -> None:
    for stamp in ("none", page.stamps.make("another page", page.studio.clock.now())):
        assert (await sent(page, ("a.wav", MUSIC), stamp=stamp)).status == 400
    assert not await page.songs()


async def test_a_stamp_lasts_half_a_day(page: Page) -> None:
    stamp = page.stamps.make(page.token, page.studio.clock.now())
    await page.studio.passes(hours=12, minutes=1)
    assert (await sent(page, ("a.wav", MUSIC), stamp=stamp)).status == 400


async def test_a_form_without_a_file_in_it_says_so_and_leads_back(page: Page) -> None:
    answer = await sent(page)
    assert answer.status == 400
    assert "No file was chosen." in answer.text
    assert answer.page.all("a", "href") == [f"../../{page.token}"]
    assert not await page.songs()


async def test_of_a_form_each_file_that_is_refused_is_named_and_the_others_are_taken(page: Page) -> None:
    answer = await sent(page, ("a.wav", MUSIC), ("<b>.wav", b""), ("c.wav", LARGE), ("d.wav", b""))
    assert answer.status == 400
    assert "b .wav: This file is empty." in answer.text
    assert "d.wav: This file is empty." in answer.text
    assert "Taken: a.wav, c.wav" in answer.text
    assert answer.page.all("a", "href") == [f"../../{page.token}"]
    assert [song.title for song in await page.songs()] == ["a", "c"]


async def test_a_file_beyond_the_limit_is_refused_and_the_one_before_it_stands(
    url: str, tmp_path: Path
) -> None:
    async with open_page(url, tmp_path, HouseRules(limits=Limits(file_bytes=len(MUSIC)))) as page:
        answer = await sent(page, ("small.wav", MUSIC), ("large.wav", LARGE), ("late.wav", MUSIC))
        assert answer.status == 413
        assert "large.wav: This file is too large" in answer.text
        assert "Taken: small.wav" in answer.text
        assert "Files behind it were not looked at." in answer.text
        assert [song.title for song in await page.songs()] == ["small"]


async def test_an_order_that_has_all_its_songs_takes_no_more_of_a_form(url: str, tmp_path: Path) -> None:
    async with open_page(url, tmp_path, HouseRules(limits=Limits(songs_per_order=1))) as page:
        assert (await sent(page, ("a.wav", MUSIC), ("b.wav", MUSIC))).status == 409
        assert [song.title for song in await page.songs()] == ["a"]


async def test_of_a_form_that_breaks_off_nothing_stands(page: Page) -> None:
    stamp = page.stamps.make(page.token, page.studio.clock.now())
    host, _, port = page.base.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    path = f"{page.files}/form".removeprefix(page.base)
    body = f'--b\r\nContent-Disposition: form-data; name="{STAMP}"\r\n\r\n{stamp}\r\n'
    body += f'--b\r\nContent-Disposition: form-data; name="{FILES}"; filename="a.wav"\r\n\r\n'
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    writer.write(f"{head}Content-Length: 5000000\r\n\r\n{body}".encode() + MUSIC)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await sent(page, ("b.wav", MUSIC))).status == 303
    assert [song.title for song in await page.songs()] == ["b"]


@pytest.mark.parametrize("media", ["application/json", "multipart/form-data", "multipart/mixed; boundary=b"])
async def test_what_is_no_form_does_nothing(page: Page, media: str) -> None:
    answer = await page.ask("POST", f"{page.files}/form", b"{}", tus={}, Content_Type=media)
    assert answer.status == 400


async def test_a_form_that_is_sent_again_makes_its_songs_once(page: Page) -> None:
    stamp = page.stamps.make(page.token, page.studio.clock.now())
    for _ in range(2):
        assert (await sent(page, ("a.wav", LARGE), ("b.wav", MUSIC), stamp=stamp)).status == 303
    assert [song.title for song in await page.songs()] == ["a", "b"]
    assert (await sent(page, ("a.wav", LARGE))).status == 303
    assert len(await page.songs()) == 3


async def test_a_form_that_comes_twice_at_the_same_time_says_that_it_is_on_its_way(page: Page) -> None:
    stamp = page.stamps.make(page.token, page.studio.clock.now())
    nonce = page.stamps.read(page.token, stamp, page.studio.clock.now())

    async def nothing() -> bytes:
        return b""

    async with page.receiving.sending(f"{nonce}:1", "ada", Flow(nothing, 1)):
        answer = await sent(page, ("a.wav", MUSIC), stamp=stamp)
    assert answer.status == 409
    assert "These files are on their way already." in answer.text
    assert not await page.songs()


async def test_a_form_whose_line_falls_silent_is_told_so_and_leaves_nothing(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "Flow", partial(Flow, quiet=0.05))
    stamp = page.stamps.make(page.token, page.studio.clock.now())
    never = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        for name, more in ((STAMP, ""), (FILES, '; filename="a.wav"')):
            yield f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
            yield f"{stamp}\r\n".encode()
        await never.wait()

    answer = await page.ask(
        "POST",
        f"{page.files}/form",
        silent(),
        {},
        Content_Type="multipart/form-data; boundary=b",
        Accept="text/html",
    )
    assert answer.status == 408
    assert "This did not come to its end in time. Please try again." in answer.text
    assert not await page.songs()


async def test_a_form_says_little_beside_its_files(page: Page) -> None:
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    form.add_field(STAMP, page.stamps.make(page.token, page.studio.clock.now()))
    form.add_field("more", "x" * (1 << 17))
    form.add_field(FILES, MUSIC, filename="a.wav", content_type="audio/wav")
    assert (await page.ask("POST", f"{page.files}/form", form, tus={})).status == 400
    assert not await page.songs()


# What is shown


async def shown(page: Page, locale: str = "en") -> Read:
    person = await page.studio.store.person_of("terminal", "ada")
    assert person is not None
    now = page.studio.clock.now()
    project, say = await page.project(), page.studio.catalogues.voice(locale)
    who = Admitted(page_of(project.order, now, page.studio.rules), person, project, say, now)
    uploads = await page.uploads.of_order(page.order.id)
    return Read(section(who, page.token, "stamp", page.receiving.most, uploads))


async def test_a_file_that_stands_half_here_is_shown_with_how_much(page: Page) -> None:
    address = await page.begun(name='<b>"Ünter".wav')
    await page.patch(address, 0, MUSIC[: len(MUSIC) // 2])
    tags = await shown(page)
    (row,) = [attributes for tag, attributes in tags.tags if tag == "li"]
    assert row["data-upload"] == address.rpartition("/")[2]
    assert "50 % is here" in tags.text
    assert "b" not in [tag for tag, _ in tags.tags]


async def test_a_small_file_is_told_in_kilobytes(page: Page) -> None:
    address = await page.begun(size=40_000)
    await page.patch(address, 0, MUSIC[:40_000])
    assert "40\u00a0kB, arrived" in (await shown(page)).text


async def test_a_file_that_is_here_and_was_refused_is_not_said_to_have_arrived(page: Page) -> None:
    await sent(page, ("a.wav", MUSIC))
    await page.studio.fails(JobKind.FETCH, "not-audio")
    text = (await shown(page)).text
    assert "not taken" in text
    assert "arrived" not in text


async def test_a_file_that_was_taken_back_is_not_shown(page: Page) -> None:
    address = await page.begun()
    await page.ask("DELETE", address)
    assert "li" not in [tag for tag, _ in (await shown(page)).tags]


async def test_the_script_is_given_its_words_in_the_language_of_the_reader(page: Page) -> None:
    tags = await shown(page, "de")
    (part,) = [attributes for tag, attributes in tags.tags if tag == "section"]
    words = json.loads(part["data-words"] or "")
    assert words["files"] == "Dateien wählen"
    assert words["of"] == "{done} von {size}"


async def test_without_a_script_there_is_a_form_with_a_labelled_field(page: Page) -> None:
    tags = await shown(page)
    (form,) = [attributes for tag, attributes in tags.tags if tag == "form"]
    (field,) = [attributes for tag, attributes in tags.tags if attributes.get("type") == "file"]
    (label,) = [attributes for tag, attributes in tags.tags if tag == "label"]
    assert (form["method"], form["enctype"]) == ("post", "multipart/form-data")
    assert label["for"] == field["id"]
