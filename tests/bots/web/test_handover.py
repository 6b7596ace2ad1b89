"""What the page plays, and what its artist takes from it."""

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.pages import order_door
from bots.web.assets import Assets
from bots.web.rates import Lanes
from bots.web.routes import PATH
from core.access import page_of
from core.changes import Changes, Move
from core.messages import Kind
from core.orders import OrderState
from tests.bots.web.ordering import MUSIC, PNG, Studio
from tests.storage.things import message


@pytest.fixture
async def delivered(studio: Studio) -> Studio:
    await studio.released()
    return studio


def opened(studio: Studio) -> list[str]:
    """What the desk was told that the artist has."""
    return [str(deed.payload["kind"]) for deed in studio.front.deeds if deed.kind is Kind.OPENED]


async def test_a_clip_is_played_in_parts_and_counts_as_heard(studio: Studio) -> None:
    way = f"/media/{studio.clip.sha256}"
    answer = await studio.ask(way, Range="bytes=100-199")
    assert (answer.status, answer.body) == (206, MUSIC[100:200])
    assert answer.headers["Content-Type"] == "audio/mp4"
    assert answer.headers["Content-Disposition"].startswith("inline; ")
    await studio.ask(way, Range="bytes=200-")
    assert opened(studio) == ["preview"]


async def test_a_picture_is_seen_with_the_page_and_is_not_the_music(studio: Studio) -> None:
    answer = await studio.ask(f"/media/{studio.picture.sha256}")
    assert (answer.status, answer.body) == (200, PNG)
    assert opened(studio) == []


async def test_the_staff_hear_nothing(studio: Studio) -> None:
    for media in (studio.clip, studio.picture):
        assert (await studio.ask(f"/media/{media.sha256}", token=studio.staff)).status == 403
    assert opened(studio) == []


async def test_nothing_is_had_before_it_is_released(studio: Studio) -> None:
    (version,) = (await studio.project()).versions
    made = replace(version, files=studio.files)  # made already, for whatever reason
    await studio.rooms.store.commit(message(), Changes(versions=(Move(version, made),)))
    for way in (f"/files/{studio.files[0].sha256}", "/everything.zip", f"/media/{studio.files[0].sha256}"):
        assert (await studio.ask(way)).status == 404
    await studio.approved()
    assert (await studio.ask(f"/files/{studio.files[0].sha256}")).status == 200


async def test_of_a_cancelled_order_the_page_can_be_read_and_nothing_be_had(delivered: Studio) -> None:
    await delivered.moved(state=OrderState.CANCELLED)
    assert (await delivered.ask()).status == 200
    assert (await delivered.ask()).page.all("audio", "src") == []
    ways = [f"/media/{delivered.clip.sha256}", f"/files/{delivered.files[0].sha256}", "/everything.zip"]
    assert [(await delivered.ask(way)).status for way in ways] == [404, 404, 404]


async def test_a_file_comes_whole_under_its_name_and_counts_as_delivered(delivered: Studio) -> None:
    file = delivered.files[0]
    answer = await delivered.ask(f"/files/{file.sha256}/anything")
    assert (answer.status, hashlib.sha256(answer.body).hexdigest()) == (200, file.sha256)
    assert 'filename="Midnight Drive.wav"' in answer.headers["Content-Disposition"]
    assert opened(delivered) == ["files"]


async def test_a_file_whose_audio_is_gone_is_not_there(delivered: Studio) -> None:
    await delivered.rooms.blobs.delete(delivered.files[0].blob)
    assert (await delivered.ask(f"/files/{delivered.files[0].sha256}")).status == 404
    assert (await delivered.ask("/everything.zip")).status == 404


async def fetched(studio: Studio, sha256: str) -> list[tuple[int, int]]:
    """How often a file was begun, and how often all of it went out, once the answer before has ended."""
    await studio.ask(method="HEAD")  # on the same line
    return [(one.begun, one.finished) for one in await studio.visits() if one.what == sha256]


async def test_the_page_says_how_often_each_was_fetched(delivered: Studio) -> None:
    way = f"/files/{delivered.files[0].sha256}"
    answer = await delivered.ask(way)
    await delivered.ask(way, Range="bytes=0-")
    await delivered.ask(way, method="HEAD")
    assert (await delivered.ask(way, If_None_Match=answer.headers["ETag"])).status == 304
    assert "Fetched 2 times, last Mon 2 Mar 10:00 (now)." in (await delivered.ask()).page.text
    assert await fetched(delivered, delivered.files[0].sha256) == [(2, 2)]


@pytest.mark.parametrize(
    "parts",
    [
        ["0-1", "0-"],  # a player that tries whether parts can be had
        ["0-999999", "1000000-"],  # a download that broke off and went on
        ["1500000-", "0-699999", "700000-1499999"],  # several at a time
        ["-500", "0-100", "50-"],
    ],
)
async def test_what_comes_in_parts_is_fetched_once_when_all_of_it_has_gone(
    delivered: Studio, parts: list[str]
) -> None:
    way = f"/files/{delivered.files[0].sha256}"
    *first, last = parts
    for part in first:
        await delivered.ask(way, Range=f"bytes={part}")
    assert await fetched(delivered, delivered.files[0].sha256) == [(1, 0)]
    assert "Begun Mon 2 Mar 10:00 (now), and not fetched to its end yet." in (await delivered.ask()).page.text
    await delivered.ask(way, Range=f"bytes={last}")
    assert await fetched(delivered, delivered.files[0].sha256) == [(1, 1)]
    assert "Fetched 1 time, last Mon 2 Mar 10:00 (now)." in (await delivered.ask()).page.text


async def test_all_but_a_byte_is_not_fetched_and_does_not_go_unseen(delivered: Studio) -> None:
    way = f"/files/{delivered.files[0].sha256}"
    for _ in range(3):
        await delivered.ask(way, Range="bytes=1-")
    assert await fetched(delivered, delivered.files[0].sha256) == [(1, 0)]


async def test_two_people_with_half_of_it_each_have_not_fetched_it(delivered: Studio) -> None:
    way = f"/files/{delivered.files[0].sha256}"
    other = delivered.shown(until=delivered.rooms.premises.clock.now() + timedelta(days=1))
    await delivered.ask(way, Range="bytes=0-999999")
    await delivered.ask(way, token=other, Range="bytes=1000000-")
    assert await fetched(delivered, delivered.files[0].sha256) == [(2, 0)]


async def test_a_file_that_is_damaged_is_said_to_be_so_on_a_page(delivered: Studio) -> None:
    for path in (delivered.rooms.premises.home.folder / "blobs").rglob("*"):
        if path.is_file():
            path.write_bytes(b"!" * path.stat().st_size)
    for way in (
        f"/files/{delivered.files[0].sha256}",
        "/everything.zip",
        f"/media/{delivered.picture.sha256}",
    ):
        answer = await delivered.ask(way)
        assert (answer.status, answer.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
        assert "This file is damaged where it is kept." in answer.text
    assert opened(delivered) == []


async def test_only_so_many_files_are_handed_over_at_the_same_time(delivered: Studio) -> None:
    rooms, front, lanes = delivered.rooms, delivered.front, Lanes(each=1)
    door = order_door(rooms, front, front.desk.moved_on, Assets(), lanes)
    page = page_of(delivered.order, rooms.premises.clock.now(), rooms.premises.rules)
    token = rooms.links.pass_token(page)
    app = web.Application()
    app.router.add_get("/{path:.*}", door.answer)
    ways = (f"files/{delivered.files[0].sha256}", "everything.zip", f"media/{delivered.clip.sha256}")
    async with TestServer(app) as server:
        addresses = [str(server.make_url(f"{PATH}/{token}/{way}")) for way in ways]
        with lanes.one(page):
            for address in addresses:
                busy = await delivered.fetch(address)
                assert (busy.status, busy.headers["Retry-After"]) == (429, "10")
                assert "Too many downloads at the same time." in busy.text
        assert opened(delivered) == []
        assert [(await delivered.fetch(address)).status for address in addresses] == [200, 200, 200]


async def test_the_zip_has_every_file_with_its_checksum_and_words(delivered: Studio) -> None:
    answer = await delivered.ask("/everything.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert 'filename="Midnight Drive.zip"' in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        names = ["README.txt", "sha256sums.txt", "Midnight Drive.wav", "Midnight Drive.mp3"]
        assert archive.namelist() == names
        for line in archive.read("sha256sums.txt").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert "Order 1042 of Lathe" in archive.read("README.txt").decode()
    assert opened(delivered) == ["files"]


async def test_a_long_name_is_the_same_in_the_zip_as_on_the_page(delivered: Studio) -> None:
    (version,) = (await delivered.project()).versions
    stem = "A very long name " * 7
    names = [f"{stem}- {bits}.wav" for bits in ("24 bit", "16 bit 44.1 kHz")]
    files = tuple(replace(file, name=name) for file, name in zip(version.files, names, strict=True))
    await delivered.rooms.store.commit(
        message(), Changes(versions=(Move(version, replace(version, files=files)),))
    )
    with zipfile.ZipFile(io.BytesIO((await delivered.ask("/everything.zip")).body)) as archive:
        assert archive.namelist()[2:] == names


async def test_files_of_one_name_are_told_apart_in_the_zip(delivered: Studio) -> None:
    (version,) = (await delivered.project()).versions
    files = tuple(replace(file, name="../README.txt") for file in version.files)
    await delivered.rooms.store.commit(
        message(), Changes(versions=(Move(version, replace(version, files=files)),))
    )
    with zipfile.ZipFile(io.BytesIO((await delivered.ask("/everything.zip")).body)) as archive:
        assert archive.namelist() == ["README.txt", "sha256sums.txt", "README (2).txt", "README (3).txt"]


async def test_a_zip_that_is_another_one_by_now_is_begun_again(delivered: Studio) -> None:
    first = await delivered.ask("/everything.zip", method="HEAD")
    went_on = await delivered.ask("/everything.zip", Range="bytes=9-", If_Range=first.headers["ETag"])
    assert went_on.status == 206
    await delivered.speaks("de", "Europe/Berlin")
    again = await delivered.ask("/everything.zip", Range="bytes=9-", If_Range=first.headers["ETag"])
    assert again.status == 200


async def test_how_long_the_zip_is_can_be_asked_without_reading_anything(delivered: Studio) -> None:
    whole = await delivered.ask("/everything.zip")
    for file in delivered.files:
        await delivered.rooms.blobs.delete(file.blob)
    asked = await delivered.ask("/everything.zip", method="HEAD")
    assert asked.status == 200
    for name in ("Content-Length", "ETag", "Accept-Ranges", "Content-Disposition"):
        assert asked.headers[name] == whole.headers[name]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(data=st.data())
async def test_any_part_of_the_zip_is_that_part_of_the_whole(delivered: Studio, data: st.DataObject) -> None:
    whole = (await delivered.ask("/everything.zip")).body
    first = data.draw(st.integers(0, len(whole) - 1))
    last = data.draw(st.integers(first, len(whole) + 5))
    answer = await delivered.ask("/everything.zip", Range=f"bytes={first}-{last}")
    assert (answer.status, answer.body) == (206, whole[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(whole)}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(asked=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
async def test_no_range_breaks_the_door(delivered: Studio, asked: str) -> None:
    for told in (asked, f"bytes={asked}"):
        answer = await delivered.ask(f"/files/{delivered.files[1].sha256}", Range=told)
        assert answer.status in (200, 206, 400, 416, 429)
