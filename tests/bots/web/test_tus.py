"""Files in pieces by the tus protocol 1.0.0, over HTTP, into a real store and sealed audio."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.web import receiving, tus
from bots.web.flow import Flow
from bots.web.routes import PATH
from bots.web.tus import BYTES, EXTENSIONS, BadHeader, checksum, metadata, number
from core.access import page_of
from core.changes import Changes, Move
from core.jobs import JobKind
from core.links import Standing
from core.messages import FileRef
from core.orders import OrderState
from core.ports import Refused
from core.rules import HouseRules, Limits
from core.songs import SongState
from tests.bots.web.browsing import Answer
from tests.bots.web.uploading import MUSIC, TUS, Page, agreed, open_page, told
from tests.databases import EVERY
from tests.storage.things import message

LARGE = MUSIC * 20  # of three pieces


@pytest.fixture
async def page(url: str, tmp_path: Path) -> AsyncIterator[Page]:
    async with open_page(url, tmp_path) as page:
        yield page


def id_of(address: str) -> str:
    return address.rpartition("/")[2]


# Creation


@EVERY
async def test_a_file_that_is_begun_is_a_song_of_the_order_at_once(page: Page) -> None:
    answer = await page.begin(name="03 - Night Drive.wav")
    assert answer.status == 201
    (song,) = await page.songs()
    assert (song.title, song.state) == ("Night Drive", SongState.ARRIVING)
    assert song.file == FileRef(
        "web", id_of(answer.headers["Location"]), "03 - Night Drive.wav", len(MUSIC), "audio/wav"
    )


async def test_files_stand_in_the_order_in_which_they_were_begun(page: Page) -> None:
    for name in ("Outro.wav", "Intro.wav", "Bridge.wav"):
        await page.begun(name=name)
    assert [song.title for song in await page.songs()] == ["Outro", "Intro", "Bridge"]


async def test_an_id_is_128_random_bits(page: Page) -> None:
    first, second = id_of(await page.begun()), id_of(await page.begun())
    assert first != second
    assert len(bytes.fromhex(first)) == 16


async def test_where_the_rest_goes_is_said_as_seen_from_where_it_was_begun(page: Page) -> None:
    """So that a proxy may serve us below any path."""
    answer = await page.begin()
    assert answer.headers["Location"].startswith("uploads/")


async def test_a_name_is_taken_without_its_folders_and_controls(page: Page) -> None:
    await page.begun(name="Album\\..//../CD1/02\x00 Ni\u202eght.wav")
    (song,) = await page.songs()
    assert song.file.name == "02 Ni ght.wav"


async def test_a_file_may_bring_its_first_bytes_along(page: Page) -> None:
    headers = {"Upload-Length": str(len(MUSIC)), "Content-Type": "application/offset+octet-stream", **TUS}
    answer = await page.ask("POST", page.files, MUSIC[:1000], headers)
    assert (answer.status, answer.offset) == (201, 1000)
    address = f"{page.files}/{id_of(answer.headers['Location'])}"
    assert (await page.head(address)).offset == 1000


async def test_of_a_file_whose_first_bytes_are_refused_nothing_stands(page: Page) -> None:
    """Nobody was told where it goes on."""
    headers = {"Upload-Length": "9", "Content-Type": "application/offset+octet-stream", **TUS}
    answer = await page.ask("POST", page.files, b"nine byte", {**headers, "Upload-Checksum": agreed(b"x")})
    assert answer.status == 460
    assert [song.state for song in await page.songs()] == [SongState.DROPPED]


async def test_a_file_that_is_too_large_is_refused_with_the_limit(page: Page) -> None:
    answer = await page.begin(size=page.receiving.most + 1)
    assert answer.status == 413
    assert answer.text == "This file is too large: at most 2\u00a0GB.\n"
    assert not await page.songs()


async def test_an_empty_file_is_refused(page: Page) -> None:
    assert (await page.begin(size=0)).status == 400
    assert not await page.songs()


async def test_an_order_that_has_all_its_songs_takes_no_file(url: str, tmp_path: Path) -> None:
    rules = HouseRules(limits=Limits(songs_per_order=2))
    async with open_page(url, tmp_path, rules) as page:
        await page.begun()
        await page.begun()
        answer = await page.begin()
        assert (answer.status, len(await page.songs())) == (409, 2)
        assert "2 songs" in answer.text


async def test_an_order_that_has_all_its_songs_takes_the_new_mix_of_one(url: str, tmp_path: Path) -> None:
    async with open_page(url, tmp_path, HouseRules(limits=Limits(songs_per_order=1))) as page:
        await page.begun()
        (song,) = await page.songs()
        order = (await page.project()).order
        mixed = Changes(
            orders=(Move(order, replace(order, replacing=song.id)),),
            songs=(Move(song, replace(song, state=SongState.READY)),),
        )
        await page.studio.store.commit(message(), mixed)
        assert [(await page.begin(name=f"{name}.wav")).status for name in ("better", "other")] == [201, 409]


@pytest.mark.parametrize("state", [OrderState.PAYING, OrderState.WORKING, OrderState.CANCELLED])
async def test_an_order_that_is_under_way_takes_no_file(page: Page, state: OrderState) -> None:
    before = (await page.project()).order

    after = replace(before, state=state)
    await page.studio.store.commit(message(), Changes(orders=(Move(before, after),)))
    answer = await page.begin()
    assert answer.status == 409
    assert answer.text == "This order takes no more songs. Begin a new one in the chat.\n"


async def test_a_file_for_which_there_is_no_room_is_refused(page: Page) -> None:
    page.free.append(receiving.SPARE)
    answer = await page.begin()
    assert answer.status == 507
    assert not await page.songs()


async def test_a_length_that_comes_later_is_not_taken(page: Page) -> None:
    answer = await page.ask("POST", page.files, Upload_Defer_Length="1")
    assert answer.status == 400


async def asked(page: Page, key: str, size: int = len(MUSIC), **headers: str) -> Answer:
    about = told(filename="Intro.wav", key=key)
    return await page.ask("POST", page.files, Upload_Length=str(size), Upload_Metadata=about, **headers)


async def test_a_file_that_is_begun_again_by_its_key_is_the_same_as_far_as_it_has_come(page: Page) -> None:
    """The first answer got lost."""
    first = await asked(page, "k1")
    await page.patch(f"{page.files}/{id_of(first.headers['Location'])}", 0, MUSIC[:1000])
    again, other = await asked(page, "k1"), await asked(page, "k2")
    assert (again.status, again.offset) == (201, 1000)
    assert again.headers["Location"] == first.headers["Location"] != other.headers["Location"]
    assert len(await page.songs()) == 2


async def test_the_last_song_of_an_order_is_begun_again_too(url: str, tmp_path: Path) -> None:
    async with open_page(url, tmp_path, HouseRules(limits=Limits(songs_per_order=1))) as page:
        assert [(await asked(page, "k")).status for _ in range(2)] == [201, 201]
        assert (await asked(page, "other")).status == 409


async def test_a_key_is_of_one_file(page: Page) -> None:
    await asked(page, "k", 10)
    assert (await asked(page, "k", 11)).status == 409


async def test_a_file_that_was_taken_out_is_not_begun_again_by_its_key(page: Page) -> None:
    first = await asked(page, "k")
    await page.ask("DELETE", f"{page.files}/{id_of(first.headers['Location'])}")
    assert (await asked(page, "k")).status == 410
    assert [song.state for song in await page.songs()] == [SongState.DROPPED]


async def test_a_file_in_crumbs_is_taken_no_faster_than_a_slow_line_brings_it(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "CRUMBS", 2)
    address = await page.begun()
    statuses = [(await page.patch(address, at, MUSIC[at : at + 1])).status for at in range(4)]
    assert statuses == [204, 204, 204, 429]
    await page.studio.passes(seconds=30)
    assert (await page.patch(address, 3, MUSIC[3:])).status == 204


# Bytes


@EVERY
async def test_bytes_that_came_make_the_file_whole_and_it_is_fetched(page: Page) -> None:
    address = await page.begun(len(LARGE))
    answer = await page.patch(address, 0, LARGE)
    assert (answer.status, answer.offset) == (204, len(LARGE))
    assert await page.fetched(id_of(address)) == LARGE
    (song,) = await page.songs()
    assert song.state is SongState.FETCHING


async def test_a_file_goes_on_where_it_stood(page: Page) -> None:
    address = await page.begun()
    assert (await page.patch(address, 0, MUSIC[:700_001])).offset == 700_001
    standing = await page.head(address)
    assert (standing.offset, standing.headers["Upload-Length"]) == (700_001, str(len(MUSIC)))
    assert standing.headers["Cache-Control"] == "private, no-store"
    assert (await page.patch(address, 700_001, MUSIC[700_001:])).offset == len(MUSIC)
    assert await page.fetched(id_of(address)) == MUSIC


async def test_what_came_before_the_line_broke_is_kept(page: Page) -> None:
    address = await page.begun()
    path = address.removeprefix(page.base)
    host, _, port = page.base.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
    head += f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(MUSIC)}\r\n\r\n"
    writer.write(head.encode() + MUSIC[:300_000])
    await writer.drain()
    await page.occupied(address)
    writer.close()
    await writer.wait_closed()
    offset = 0
    while not offset:
        offset = (await page.head(address)).offset
    assert offset <= 300_000
    await page.patch(address, offset, MUSIC[offset:])
    assert await page.fetched(id_of(address)) == MUSIC


async def test_bytes_from_elsewhere_than_where_the_file_stands_are_refused(page: Page) -> None:
    address = await page.begun()
    assert (await page.patch(address, 5, MUSIC[5:10])).status == 409
    assert (await page.head(address)).offset == 0


async def test_more_bytes_than_were_announced_are_refused(page: Page) -> None:
    address = await page.begun(1000)
    assert (await page.patch(address, 0, MUSIC[:1001])).status == 413

    async def unmeasured() -> AsyncIterator[bytes]:
        yield MUSIC[:600]
        yield MUSIC[:600]

    assert (await page.patch(address, 0, unmeasured())).status == 413
    assert (await page.head(address)).offset == 0


async def test_bytes_come_as_what_the_protocol_calls_them_and_unpacked(page: Page) -> None:
    address = await page.begun()
    plain = await page.ask("PATCH", address, b"x", Content_Type="text/plain", Upload_Offset="0")
    packed = await page.patch(address, 0, b"x", Content_Encoding="gzip")
    assert (plain.status, packed.status) == (415, 415)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_bytes_that_agree_with_their_checksum_are_kept(page: Page, algorithm: str) -> None:
    address = await page.begun()
    answer = await page.patch(address, 0, MUSIC, Upload_Checksum=agreed(MUSIC, algorithm))
    assert (answer.status, answer.offset) == (204, len(MUSIC))


async def test_bytes_that_do_not_agree_with_their_checksum_are_all_discarded(page: Page) -> None:
    address = await page.begun(len(LARGE))
    answer = await page.patch(address, 0, LARGE, Upload_Checksum=agreed(LARGE[:-1]))
    assert answer.status == 460
    assert (await page.head(address)).offset == 0
    assert not await page.uploads.pieces(id_of(address))


async def test_the_same_bytes_twice_make_the_file_twice_as_long(page: Page) -> None:
    """Two pieces with the same content are one blob."""
    address = await page.begun(2000)
    await page.patch(address, 0, MUSIC[:1000])
    await page.patch(address, 1000, MUSIC[:1000])
    assert await page.fetched(id_of(address)) == MUSIC[:1000] * 2


async def test_how_far_it_has_come_is_drawn_in_the_chat_now_and_then(page: Page) -> None:
    address = await page.begun(len(LARGE))
    await page.patch(address, 0, LARGE)
    assert page.drawn == [page.order.id]


# Two at once


async def test_of_two_requests_that_bring_the_same_file_one_is_told_to_wait(page: Page) -> None:
    address = await page.begun()
    more = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield MUSIC[:1000]
        await more.wait()
        yield MUSIC[1000:]

    first = asyncio.create_task(page.patch(address, 0, slow()))
    await page.occupied(address)
    assert (await page.patch(address, 0, MUSIC)).status == 423
    more.set()
    assert (await first).offset == len(MUSIC)


async def test_a_request_that_has_fallen_silent_makes_way(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line is dead, though nobody here can know: who sends is back on another."""
    monkeypatch.setattr(receiving, "ALIVE", 0.05)
    address = await page.begun()
    never = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield MUSIC[:1000]
        await never.wait()

    first = asyncio.create_task(page.patch(address, 0, silent()))
    await page.occupied(address)
    await asyncio.sleep(0.1)
    assert (await page.head(address)).offset == 1000
    assert (await page.patch(address, 1000, MUSIC[1000:])).offset == len(MUSIC)
    first.cancel()
    assert await page.fetched(id_of(address)) == MUSIC


async def test_a_line_that_brings_nothing_for_long_is_told_so_and_what_it_brought_is_kept(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus, "Flow", partial(Flow, quiet=0.05))
    address = await page.begun()
    never = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield MUSIC[:1000]
        await never.wait()

    answer = await page.patch(address, 0, silent())
    assert (answer.status, answer.offset) == (408, 1000)
    assert answer.text == "the line fell silent\n"
    assert (await page.patch(address, 1000, MUSIC[1000:])).offset == len(MUSIC)
    assert await page.fetched(id_of(address)) == MUSIC


async def test_one_person_brings_only_so_many_files_at_the_same_time(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "PER_PERSON", 1)
    one, other = await page.begun(), await page.begun()
    more = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield MUSIC[:1000]
        await more.wait()

    first = asyncio.create_task(page.patch(one, 0, slow()))
    await page.occupied(one)
    refused = await page.patch(other, 0, MUSIC)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "5")
    more.set()
    await first


# The end of a file


async def test_a_file_that_is_taken_back_leaves_the_order(page: Page) -> None:
    address = await page.begun()
    await page.patch(address, 0, MUSIC[:1000])
    assert (await page.ask("DELETE", address)).status == 204
    assert [song.state for song in await page.songs()] == [SongState.DROPPED]
    assert (await page.head(address)).status == 410
    assert (await page.patch(address, 1000, MUSIC[1000:])).status == 410
    with pytest.raises(Refused):
        await page.fetched(id_of(address))


async def test_a_file_that_has_arrived_is_not_taken_back_here(page: Page) -> None:
    address = await page.begun()
    await page.patch(address, 0, MUSIC)
    answer = await page.ask("DELETE", address)
    assert answer.status == 409
    assert await page.fetched(id_of(address)) == MUSIC


async def test_until_when_a_file_is_waited_for_is_said(page: Page) -> None:
    address = await page.begun()
    await page.studio.passes(hours=1)
    answer = await page.patch(address, 0, MUSIC[:10])
    expires = parsedate_to_datetime(answer.headers["Upload-Expires"])
    assert expires == page.studio.clock.now() + timedelta(days=7)
    assert "Upload-Expires" not in (await page.patch(address, 10, MUSIC[10:])).headers


async def test_the_hash_of_a_file_is_told_once_it_was_put_together(page: Page) -> None:
    address = await page.begun()
    await page.patch(address, 0, MUSIC)
    assert "Repr-Digest" not in (await page.head(address)).headers
    digest = hashlib.sha256(MUSIC)
    await page.studio.does(
        JobKind.FETCH, {"source": "cas/x", "sha256": digest.hexdigest(), "size": len(MUSIC)}
    )
    told_ = (await page.head(address)).headers["Repr-Digest"]
    assert told_ == f"sha-256=:{agreed(MUSIC).split(' ')[1]}:"


# Whose


async def test_a_file_of_another_order_is_not_found(page: Page) -> None:
    address = await page.begun()

    other = replace(page.order, id="order-2", number=1001)
    await page.studio.store.commit(message(), Changes(orders=(Move(None, other),)))
    page.order = other
    elsewhere = f"{page.files}/{id_of(address)}"
    assert (await page.head(elsewhere)).status == 404
    assert (await page.patch(elsewhere, 0, MUSIC)).status == 404
    assert (await page.ask("DELETE", elsewhere)).status == 404


async def test_who_looks_after_the_order_sends_nothing_to_it(page: Page) -> None:
    await page.studio.says("olga")
    await page.studio.grants("support", "olga")
    snapshot = await page.studio.store.person_of("terminal", "olga")
    assert snapshot is not None

    shown = page_of(page.order, page.studio.clock.now(), page.studio.rules)
    token = page.links.pass_token(replace(shown, person=snapshot.id, standing=Standing.STAFF))
    answer = await page.ask("POST", f"{page.base}{PATH}/{token}/uploads", Upload_Length="10")
    assert answer.status == 403


# The protocol


async def test_what_this_server_can_do_is_told_without_the_version_being_named(page: Page) -> None:
    answer = await page.ask("OPTIONS", page.files, tus={})
    assert answer.status == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == EXTENSIONS
    assert answer.headers["Tus-Max-Size"] == str(page.receiving.most)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize("version", [{}, {"Tus-Resumable": "0.2.2"}])
async def test_another_version_of_the_protocol_is_refused(page: Page, version: dict[str, str]) -> None:
    answer = await page.ask("POST", page.files, tus=version, Upload_Length="10")
    assert (answer.status, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert not await page.songs()


async def test_who_can_send_no_patch_sends_a_post_that_says_so(page: Page) -> None:
    address = await page.begun()
    answer = await page.ask(
        "POST", address, MUSIC, Content_Type="application/offset+octet-stream", Upload_Offset="0",
        X_HTTP_Method_Override="PATCH",
    )  # fmt: skip
    assert (answer.status, answer.offset) == (204, len(MUSIC))


@pytest.mark.parametrize("length", ["", "-1", "+1", "1.0", "0x10", "1e3", "９", "1" * 30, "1, 2", " "])
async def test_a_length_that_is_none_is_refused(page: Page, length: str) -> None:
    answer = await page.ask("POST", page.files, Upload_Length=length)
    assert answer.status == 400
    assert not await page.songs()


async def test_a_header_that_is_sent_twice_is_refused(page: Page) -> None:
    headers = [*TUS.items(), ("Upload-Length", "10"), ("Upload-Length", "20")]
    async with page.http.post(page.files, headers=headers) as answer:
        assert answer.status == 400


# Whatever is sent

HOSTILE = (
    "", "0", "-0", "00", " 7", "+7", "7.0", "0x7", "1e1", "NaN", "٧", "9" * 15, "9" * 400, "sha1", "sha1 x",
    "sha256 " + "A" * 44, "md5 " + "A" * 24, "a b,c", ",", "=", "%00", "../..", "\u2028", "1.0.0", "POST",
    "text/plain", "application/offset+octet-stream; charset=x", "gzip", "chunked", "bytes 0-1/2",
)  # fmt: skip
NAMED = (
    "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Checksum", "Upload-Defer-Length",
    "Upload-Concat", "Tus-Resumable", "Content-Type", "Content-Encoding", "X-HTTP-Method-Override", "Range",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_sent_the_offset_is_what_is_safe(page: Page, seed: int) -> None:
    """Random requests, right and wrong, with headers that say anything; a model says what is here."""
    chance = Random(seed)
    content = chance.randbytes(200_000)
    address, here = await page.begun(len(content)), 0
    for _ in range(60):
        length = min(chance.choice([0, 1, 999, 20_000]), len(content) - here - 1)
        part = content[here : here + length]
        if chance.random() < 0.4:
            answer = await page.patch(address, here, part, Upload_Checksum=agreed(part))
            assert answer.status == 204
            here += length
        elif chance.random() < 0.3:
            wrong = await page.patch(address, here, part, Upload_Checksum=agreed(part + b"!"))
            assert wrong.status == 460
        else:
            told = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(here + 1), "Content-Type": BYTES}
            told |= {name: chance.choice(HOSTILE) for name in chance.sample(NAMED, 3)}
            method = chance.choice(["PATCH", "POST", "HEAD", "PUT"])
            where = chance.choice([address, page.files, f"{page.files}/form", f"{page.files}/none"])
            assert (await page.ask(method, where, part or None, told)).status < 500
        assert (await page.head(address)).offset == here
    assert (await page.patch(address, here, content[here:])).status == 204
    assert await page.fetched(id_of(address)) == content


# Headers, by themselves


@given(st.dictionaries(st.from_regex(r"[a-z]{1,20}", fullmatch=True), st.text(max_size=50), max_size=5))
def test_metadata_comes_back_as_it_was_told(about: dict[str, str]) -> None:
    assert metadata(told(**about)) == about


@given(st.text(max_size=200))
def test_metadata_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        found = metadata(text)
    except BadHeader:
        return
    assert all(key and " " not in key and "," not in key for key in found)


@pytest.mark.parametrize("text", ["a YQ==,a YQ==", "a YQ", "a Y?==", "ä YQ==", "a YQ== x", "a," * 2])
def test_metadata_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadHeader):
        metadata(text)


@given(st.text(max_size=40))
def test_a_number_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        assert 0 <= number(text, "Upload-Length") < 10**15
    except BadHeader:
        assert not (text.isascii() and text.isdecimal() and len(text) <= 15)


@given(st.sampled_from(["sha1", "sha256", "md5", "SHA1", ""]), st.text(max_size=60))
def test_a_checksum_is_read_or_refused_and_nothing_else(algorithm: str, value: str) -> None:
    try:
        found, digest = checksum(f"{algorithm} {value}")
    except BadHeader:
        return
    assert len(digest) == hashlib.new(found, usedforsecurity=False).digest_size
