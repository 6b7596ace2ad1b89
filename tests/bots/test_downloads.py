"""Private links over HTTP: a real web door over a real store and sealed audio."""

import base64
import hashlib
import json
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from string import ascii_letters, digits
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import aiohttp
import pytest

from bots.web.downloads import PATH, Downloads
from bots.web.links import Links, NotALink
from bots.web.rates import FOR_EACH, OF_STRANGER, OF_TOKEN, Lanes
from bots.web.sending import disposition, part
from core.access import linked
from core.changes import Changes, Move
from core.links import Link, Standing
from core.messages import HOUSE, Kind, Media
from core.orders import Order, OrderState
from core.people import Person
from core.ports import Blobs
from core.snapshot import Needs
from core.songs import Song, Version, VersionState
from core.text import Text, Title
from storage.blob_keys import BlobKeys
from storage.database import open_database
from storage.secret import SecretKey
from storage.visits import Visits
from tests.blobs import blobs_in
from tests.bots.lathe import Desk, command, lathe, surroundings
from tests.bots.web.browsing import DISCORD, TELEGRAM, Read, served
from tests.core.samples import a_song, an_order
from tests.databases import EVERY
from tests.desk.studio import START, Studio, open_studio
from tests.storage.things import message

SECRET = SecretKey(b"s" * 32)
PUBLIC = "https://studio.example"
MUSIC = bytes(range(256)) * 10_000  # of several frames as it lies sealed


@dataclass
class Door:
    """The web door of a studio in which one preview was made, and its artist's order."""

    studio: Studio
    blobs: Blobs
    links: Links
    http: aiohttp.ClientSession
    base: str
    order: Order
    media: Media
    picture: Media
    visits: Visits
    lanes: Lanes

    def link(self, media: Media | None = None) -> Link:
        link = linked(self.order, media or self.media, self.studio.clock.now(), self.studio.rules).link
        assert link is not None
        return link

    def address(self, link: Link | None = None) -> str:
        return f"{self.base}{PATH}/{self.links.token(link or self.link())}"

    async def get(self, address: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(method, address, headers=named) as answer:
            return answer.status, answer.headers, await answer.read()

    async def page(self, link: Link | None = None, **headers: str) -> Read:
        status, _, body = await self.get(self.address(link), **headers)
        assert status == 200
        return Read(body.decode())

    async def moved(self, **parts: Any) -> None:
        """The order is another one from now on."""
        after = replace(self.order, **parts)
        await self.studio.store.commit(message(), Changes(orders=(Move(self.order, after),)))
        self.order = replace(after, rev=self.order.rev + 1)

    async def told(self) -> list[tuple[str, Any]]:
        """What was written down of files that were opened."""
        waiting = [received.incoming for received in await self.studio.store.undone([], 100)]
        return [(one.event_id, one.payload) for one in waiting if one.kind is Kind.OPENED]


@pytest.fixture
async def door(url: str, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_studio(url) as studio, open_database(url) as database:
        blobs = blobs_in(tmp_path, BlobKeys(database))
        links = Links(SECRET.derived("links"), PUBLIC)
        person = Person("ada", "Ada", START, locale="en")
        order = an_order(OrderState.REVIEW, version=1)
        media = await filed(blobs, tmp_path, "audio", "Midnight Drive – preview.m4a", MUSIC)
        picture = await filed(blobs, tmp_path, "picture", "before.png", b"\x89PNG")
        song = a_song(title="Midnight Drive")
        version = Version("v1", order.id, song.id, 1, VersionState.READY, {}, "1", previews=(media, picture))
        await studio.store.commit(message(), made(person, order, song, version))
        downloads = Downloads(
            links,
            studio.store,
            blobs,
            studio.catalogues,
            studio.rules,
            studio.clock,
            studio.store.receive,
            Visits(database),
            lanes := Lanes(),
            lambda: 0.0,
        )
        async with served({PATH: downloads.answer}) as (base, http):
            yield Door(studio, blobs, links, http, base, order, media, picture, Visits(database), lanes)


def made(person: Person, order: Order, song: Song, version: Version) -> Changes:
    return Changes(
        people=(Move(None, person),),
        orders=(Move(None, order),),
        songs=(Move(None, song),),
        versions=(Move(None, version),),
    )


async def filed(blobs: Blobs, folder: Path, kind: str, name: str, content: bytes) -> Media:
    source = folder / "source"
    source.write_bytes(content)
    blob = await blobs.put(source, scope="ada")
    title = Text((Title("Midnight Drive"), ": the whole master"))
    media_type = "image/png" if kind == "picture" else "audio/mp4"
    return Media(kind, blob.key, name, title, media_type, blob.size, blob.sha256)


# The link itself


LINK = Link("0123456789ab", "ab" * 32, 3, START, together=True)


def test_a_link_comes_back_as_it_was_signed_and_fits_a_button() -> None:
    links = Links(b"k" * 32, f"{PUBLIC}/lathe/")
    address = links.url(LINK)
    assert address is not None
    assert address.startswith("https://studio.example/lathe/f/")
    assert len(address) < 400
    assert links.read(address.rpartition("/")[2]) == LINK


def test_without_a_public_address_there_is_none_for_a_link() -> None:
    assert Links(b"k" * 32, None).url(LINK) is None


@pytest.mark.parametrize("order", ["0123456789ab", "0123456789a", "0123456789"])  # bits to spare: 0, 2, 4
def test_a_token_that_was_changed_anywhere_is_none(order: str) -> None:
    links = Links(b"k" * 32, None)
    token = links.token(replace(LINK, order=order))
    for at in range(len(token)):
        for other in ascii_letters + digits + "-_":
            changed = token[:at] + other + token[at + 1 :]
            if changed != token:
                with pytest.raises(NotALink):
                    links.read(changed)


@pytest.mark.parametrize("token", ["", "x", "ä", "AAAA", "A" * 5000, "%00", "a b", "../f"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(NotALink):
        Links(b"k" * 32, None).read(token)


def test_a_link_that_another_house_signed_is_none() -> None:
    with pytest.raises(NotALink):
        Links(b"k" * 32, None).read(Links(b"l" * 32, None).token(LINK))


def test_links_are_signed_with_a_key_for_nothing_else() -> None:
    assert SECRET.derived("links") != SECRET.derived("lathe blob keys 1")
    assert SECRET.derived("links") == SecretKey.of(SECRET.text()).derived("links")


# The page


async def test_the_page_plays_and_offers_the_file_and_asks_nobody_else_for_anything(door: Door) -> None:
    page = await door.page()
    (source,) = page.all("audio", "src")
    assert page.all("audio", "preload") == ["none"]
    assert page.all("a", "href") == [source]
    status, _, body = await door.get(f"{door.base}{PATH}/{source}")
    assert (status, body) == (200, MUSIC)
    assert page.all("script", "src") == []
    assert page.all("link", "href") == ["data:,"]  # an icon that nobody is asked for
    assert "Midnight Drive: the whole master" in page.text
    assert "Order 1042, version 1." in page.text


async def test_the_page_is_nobodys_to_index_frame_or_keep(door: Door) -> None:
    _, headers, body = await door.get(door.address())
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "private, no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    style = body.decode().partition("<style>")[2].partition("</style>")[0]
    named = base64.b64decode(policy.partition("'sha256-")[2].partition("'")[0])
    assert hashlib.sha256(style.encode()).digest() == named


@pytest.mark.parametrize("agent", [DISCORD, TELEGRAM])
async def test_a_chat_app_that_previews_the_link_learns_no_title_and_gets_no_file(
    door: Door, agent: str
) -> None:
    page = await door.page(User_Agent=agent)
    assert page.card["og:title"] == "Private preview"
    assert "Midnight" not in page.text
    status, headers, body = await door.get(door.address() + "/file", User_Agent=agent)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"Midnight" not in body
    assert await door.told() == []


async def test_nobody_elses_preview_of_the_link_names_the_title(door: Door) -> None:
    page = await door.page()
    assert set(page.card.values()) == {"website", "Lathe", "Private preview"}
    assert page.all("title", "x") == [None]
    assert "Private preview · Lathe" in page.text


async def test_a_confidential_title_stands_only_in_the_name_of_the_file(door: Door) -> None:
    await door.moved(confidential=True)
    _, headers, body = await door.get(door.address())
    assert b"Midnight" not in body
    assert "Midnight" not in str(headers)
    _, headers, _ = await door.get(door.address() + "/file", method="HEAD")
    assert "Midnight%20Drive%20%E2%80%93%20preview.m4a" in headers["Content-Disposition"]


async def test_the_page_speaks_the_artists_language(door: Door) -> None:
    person = (await door.studio.store.load(Needs(HOUSE, order=door.order.id))).artist
    assert person is not None
    await door.studio.store.commit(message(), Changes(people=(Move(person, replace(person, locale="de")),)))
    page = await door.page()
    assert page.all("html", "lang") == ["de"]
    assert "Private Vorschau" in page.text


async def test_the_way_to_a_preview_shows_all_of_it(door: Door) -> None:
    page = await door.page(replace(door.link(), together=True))
    (picture,) = page.all("img", "src")
    status, headers, body = await door.get(f"{door.base}{PATH}/{picture}")
    assert (status, headers["Content-Type"], body) == (200, "image/png", b"\x89PNG")
    assert len(page.all("audio", "src")) == 1


# The file


async def test_the_file_comes_whole_under_its_name(door: Door) -> None:
    status, headers, body = await door.get(door.address() + "/file")
    assert (status, body) == (200, MUSIC)
    assert headers["Content-Type"] == "audio/mp4"
    assert headers["Content-Length"] == str(len(MUSIC))
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Cache-Control"].startswith("private")
    assert headers["ETag"] == f'"{hashlib.sha256(MUSIC).hexdigest()}"'
    assert headers["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=1048570-1048589", slice(1048570, 1048590)),  # over the end of a frame
        ("bytes=2000000-", slice(2000000, None)),
        ("bytes=-10", slice(-10, None)),
        ("bytes=2559999-9999999", slice(2559999, None)),
    ],
)
async def test_a_part_of_the_file_comes_as_asked(door: Door, asked: str, expected: slice) -> None:
    status, headers, body = await door.get(door.address() + "/file", Range=asked)
    assert (status, body) == (206, MUSIC[expected])
    first = expected.indices(len(MUSIC))[0]
    assert headers["Content-Range"] == f"bytes {first}-{first + len(body) - 1}/{len(MUSIC)}"
    assert headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("asked", ["bytes=2560000-", "bytes=-0", "bytes=9999999-10000000"])
async def test_a_part_outside_the_file_is_416_and_says_its_size(door: Door, asked: str) -> None:
    status, headers, _ = await door.get(door.address() + "/file", Range=asked)
    assert (status, headers["Content-Range"]) == (416, f"bytes */{len(MUSIC)}")
    assert await door.told() == []


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=a-", "lines=1-2", "bytes=0-1,5-6", "bytes=-"])
async def test_what_is_no_single_range_is_answered_with_the_whole(door: Door, asked: str) -> None:
    status, _, body = await door.get(door.address() + "/file", Range=asked)
    assert (status, len(body)) == (200, len(MUSIC))


async def test_a_download_goes_on_only_with_the_file_it_began_with(door: Door) -> None:
    file, etag = door.address() + "/file", f'"{door.media.sha256}"'
    assert (await door.get(file, Range="bytes=5-9", If_Range=etag))[0] == 206
    assert (await door.get(file, Range="bytes=5-9", If_Range='"other"'))[0] == 200
    assert (await door.get(file, Range="bytes=5-9", If_Range="Mon, 02 Mar 2026 10:00:00 GMT"))[0] == 200


async def test_a_browser_that_has_the_file_is_told_so(door: Door) -> None:
    status, _, body = await door.get(door.address() + "/file", If_None_Match=f'"{door.media.sha256}"')
    assert (status, body) == (304, b"")


async def test_head_tells_of_the_file_and_sends_nothing(door: Door) -> None:
    status, headers, body = await door.get(door.address() + "/file", method="HEAD", Range="bytes=0-9")
    assert (status, headers["Content-Length"], body) == (200, str(len(MUSIC)), b"")
    assert (await door.get(door.address(), method="HEAD"))[0] == 200
    assert await door.told() == []


def test_a_range_that_ends_far_behind_the_file_ends_with_it() -> None:
    assert part(f"bytes=2-{'9' * 32}", 10) == (2, 10)


def test_no_other_digits_than_those_of_ascii_are_a_range() -> None:
    assert part("bytes=\u0661-\u0662", 10) is None


def test_a_range_of_nothing_is_outside() -> None:
    with pytest.raises(ValueError, match="bytes=0-"):
        part("bytes=0-", 0)


@pytest.mark.parametrize(
    ("name", "plain"), [('a"b\\c.wav', "a_b_c.wav"), ("Ünï.wav", "_n_.wav"), ("x\r\ny.wav", "x__y.wav")]
)
def test_no_name_breaks_out_of_its_header(name: str, plain: str) -> None:
    assert disposition(name).startswith(f'attachment; filename="{plain}"; ')


# What is heard of it


@EVERY
async def test_the_first_fetch_is_told_and_every_other_is_that_one(door: Door) -> None:
    await door.page()
    assert await door.told() == []
    await door.get(door.address() + "/file", Range="bytes=0-1")
    await door.get(door.address() + "/file")
    event = f"opened:{door.order.id}:{door.media.sha256[:12]}"
    assert await door.told() == [(event, {"order": door.order.id, "version": 1, "kind": "preview"})]


async def test_a_picture_that_is_seen_with_the_page_is_not_the_music(door: Door) -> None:
    status, _, _ = await door.get(door.address(door.link(door.picture)) + "/file")
    assert status == 200
    assert await door.told() == []


async def test_what_was_fetched_is_heard(door: Door) -> None:
    await door.get(door.address() + "/file")
    for received in await door.studio.store.undone([], 10):
        await door.studio.desk.handle(received.incoming)
    project = (await door.studio.store.load(Needs(HOUSE, order=door.order.id))).project
    assert project is not None
    assert project.order.deadline == START + timedelta(days=5)


# What opens nothing


@EVERY
async def test_a_link_is_closed_when_its_time_is_over_or_its_artist_has_stopped_it(door: Door) -> None:
    address = door.address()
    await door.moved(links=1)
    for path in (address, f"{address}/file"):
        status, _, body = await door.get(path)
        assert status == 410
        assert "Your music is safe" in body.decode()
    assert (await door.get(door.address()))[0] == 200
    door.studio.clock.time += timedelta(days=15)
    door_then = door.links.token(replace(door.link(), until=START))
    assert (await door.get(f"{door.base}{PATH}/{door_then}"))[0] == 410
    assert await door.told() == []


async def test_a_link_to_what_is_destroyed_is_closed(door: Door) -> None:
    await door.blobs.delete(door.media.blob)
    assert (await door.get(door.address() + "/file"))[0] == 410
    assert await door.told() == []


async def test_a_link_to_an_order_that_is_gone_is_closed_in_the_browsers_language(door: Door) -> None:
    address = door.address(replace(door.link(), order="0123456789ab"))
    status, _, body = await door.get(address, Accept_Language="de-AT,de;q=0.9,en;q=0.5")
    assert status == 410
    assert "geschlossen" in body.decode()


async def test_what_this_house_has_not_signed_is_not_found(door: Door) -> None:
    other = Links(b"l" * 32, None).token(door.link())
    for path in (other, f"{other}/file", "", "x", f"{door.links.token(door.link())}/other"):
        assert (await door.get(f"{door.base}{PATH}/{path}"))[0] == 404


async def test_nothing_can_be_sent_to_a_link(door: Door) -> None:
    status, headers, _ = await door.get(door.address() + "/file", method="POST")
    assert (status, headers["Allow"]) == (405, "GET,HEAD")


# The service


def test_a_link_from_one_process_is_opened_by_the_next(bought: Desk) -> None:
    told = lathe(
        *bought.arguments(),
        cwd=bought.home.parent,
        lines=">approve\n!wait",
        LATHE_PUBLIC_URL=PUBLIC,
    )
    files = [file for line in told.stdout.splitlines() for file in json.loads(line).get("files", ())]
    paths = [urlsplit(file["url"]).path for file in files if file["kind"] == "file"]
    assert paths
    service = subprocess.Popen(
        command("run", "--home", bought.home),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=bought.home.parent,
        env=surroundings(LATHE_WEB_BIND="127.0.0.1:0"),
    )
    try:
        assert service.stderr is not None
        found = (re.search(r"Web door: (http://[^/]+)/", line) for line in service.stderr)
        base = next(match.group(1) for match in found if match)
        for path, file in zip(paths, (file for file in files if file["kind"] == "file"), strict=True):
            with urlopen(f"{base}{path}/file") as answer:
                assert answer.read() == Path(file["path"]).read_bytes()
    finally:
        service.terminate()
        service.communicate()
    assert service.returncode == 0


# What is too much


async def test_the_page_of_the_order_will_say_how_often_a_file_was_fetched(door: Door) -> None:
    for asked in ("bytes=0-", "bytes=100-"):
        await door.get(f"{door.address()}/file", Range=asked)
    await door.get(f"{door.address(door.link(door.picture))}/file")
    (visit,) = await door.visits.of_order(door.order.id)
    assert (visit.person, visit.standing, visit.what) == ("ada", Standing.ARTIST, door.media.sha256)
    assert visit.finished == 1


async def test_only_so_many_files_go_out_by_one_link_at_the_same_time(door: Door) -> None:
    address = f"{door.address()}/file"
    with ExitStack() as stack:
        for _ in range(FOR_EACH):
            stack.enter_context(door.lanes.one(door.link()))
        status, headers, body = await door.get(address)
        assert (status, headers["Retry-After"]) == (429, "10")
        assert "Too many downloads at the same time." in body.decode()
        assert (await door.get(door.address()))[0] == 200
    assert (await door.get(address))[0] == 200


async def test_who_guesses_links_is_held_back_and_who_has_one_is_not(door: Door) -> None:
    tried = [(await door.get(f"{door.base}{PATH}/AAAA"))[0] for _ in range(OF_STRANGER[0] + 1)]
    assert (tried[0], tried[-2], tried[-1]) == (404, 404, 429)
    assert (await door.get(door.address()))[0] == 200


async def test_a_link_is_not_asked_without_end(door: Door) -> None:
    asked = [(await door.get(door.address(), "HEAD"))[0] for _ in range(OF_TOKEN[0] + 1)]
    assert (asked[-2], asked[-1]) == (200, 429)
