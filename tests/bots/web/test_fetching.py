"""Files behind links: fetched from strangers' servers, which may be anything."""

import asyncio
import gzip
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from ipaddress import ip_address
from socket import AddressFamily

import pytest
from aiohttp import AddrInfoType, ClientConnectorError, ClientSession, web
from aiohttp.abc import AbstractResolver, ResolveResult

from bots.web.fetching import HOPS, LinkDoor, Patience
from bots.web.outside import Forbidden, Outside, SystemNames, public
from core.messages import FileRef
from core.ports import Away, Named, TooLarge, Unfit
from core.sources import DOOR, guessed
from tests.doubles.web import INSIDE, OUTSIDE, File, Handler, Web, page, redirect, running_web

SONG = bytes(range(256)) * 2000
MOST = 1_000_000
QUICK = Patience(answer=2.0, idle=0.3, pauses=(0.0, 0.0))
URL = "https://files.example/mixes/Tide.wav"
DRIVE = "https://drive.google.com/file/d/1AbC/view"
DROPBOX = "https://www.dropbox.com/scl/fi/abc/Tide.wav?rlkey=k&dl=0"
DEAF = "127.0.0.3"
DRIVE_FILE, DROPBOX_FILE = "drive.usercontent.google.com/download", "www.dropbox.com/scl/fi/abc/Tide.wav"


@pytest.fixture
async def outside() -> AsyncIterator[Web]:
    async with running_web() as found:
        yield found


async def fetched(
    there: Web, url: str = URL, patience: Patience = QUICK, most: int = MOST
) -> tuple[bytes, str | None]:
    """The bytes behind a link and the name of the file; TimeoutError if that is never over."""
    pieces = LinkDoor(most, there.outside, patience).fetch(FileRef(DOOR, url, guessed(url)))
    assert isinstance(pieces, Named)
    async with asyncio.timeout(20):
        return b"".join([piece async for piece in pieces]), pieces.name


async def refused(there: Web, url: str = URL, patience: Patience = QUICK) -> str:
    """The code by which a link is refused."""
    with pytest.raises(Unfit) as reason:
        await fetched(there, url, patience)
    return reason.value.code


# What is fetched


@pytest.mark.parametrize("url", [URL, "http://files.example/mixes/Tide.wav"])
async def test_a_file_comes_as_it_is(outside: Web, url: str) -> None:
    outside.sites["files.example/mixes/Tide.wav"] = File(SONG).answer
    assert await fetched(outside, url) == (SONG, "Tide.wav")


async def test_a_link_to_dropbox_leads_to_the_file_and_not_to_its_page(outside: Web) -> None:
    outside.sites[DROPBOX_FILE] = redirect("https://files.example/cd/0/get/xyz/file")
    outside.sites["files.example"] = File(
        SONG, {"Content-Disposition": "attachment; filename=x; filename*=UTF-8''B%C3%A4r.wav"}
    ).answer
    assert await fetched(outside, DROPBOX) == (SONG, "Bär.wav")
    assert outside.asked[0].query["dl"] == "1"


async def test_a_link_to_drive_leads_to_the_file_and_not_to_its_page(outside: Web) -> None:
    outside.sites[DRIVE_FILE] = File(SONG, {"Content-Disposition": 'attachment; filename="Tide.wav"'}).answer
    assert await fetched(outside, DRIVE) == (SONG, "Tide.wav")
    assert outside.asked[0].query["id"] == "1AbC"


async def test_an_address_is_asked_as_it_was_written(outside: Web) -> None:
    outside.sites["files.example"] = File(SONG).answer
    await fetched(outside, "https://files.example/a%20b.wav?sig=x%2Fy%3D&part=a+b")
    assert outside.asked[0].raw_path == "/a%20b.wav?sig=x%2Fy%3D&part=a+b"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="../../../etc/cron.d/Tide.wav"', "Tide.wav"),
        ('attachment; filename="C:\\\\Windows\\\\Tide.wav"', "Tide.wav"),
        ("attachment; filename*=UTF-8''gnp.%E2%80%AEvaw.exe", "gnp. vaw.exe"),
        ("attachment; filename*=UTF-8''a%00b.wav", "a b.wav"),
        ("attachment; filename*=no-such-code''%41.wav", "Tide.wav"),
        ("attachment;;;=", "Tide.wav"),
        ("attachment", "Tide.wav"),
    ],
)
@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionParam")
async def test_the_name_that_a_server_gives_is_a_name_and_no_more(
    outside: Web, header: str, name: str
) -> None:
    outside.sites["files.example"] = File(SONG, {"Content-Disposition": header}).answer
    assert (await fetched(outside))[1] == name


async def test_nothing_of_ours_is_told_to_strangers(outside: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    outside.sites["files.example"] = redirect("https://other.example/Tide.wav")
    outside.sites["other.example"] = File(SONG).answer
    await fetched(outside)
    for request in outside.asked:
        assert set(request.headers) == {
            "Host",
            "User-Agent",
            "Accept",
            "Accept-Encoding",
            "Connection",
        }
        assert request.headers["Accept-Encoding"] == "identity"


async def test_a_cookie_goes_nowhere(outside: Web) -> None:
    async def baked(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/Tide.wav", "Set-Cookie": "who=ada; Path=/"})

    outside.sites["files.example/start.wav"] = baked
    outside.sites["files.example/Tide.wav"] = File(SONG).answer
    await fetched(outside, "https://files.example/start.wav")
    assert "Cookie" not in outside.asked[-1].headers


# What is refused, with a code that the desk has words for


@pytest.mark.parametrize(
    ("url", "site", "code"),
    [
        (URL, "files.example", "link-page"),
        (DRIVE, DRIVE_FILE, "link-drive"),
        (DROPBOX, DROPBOX_FILE, "link-dropbox"),
    ],
)
@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream"])
async def test_a_page_is_no_file(outside: Web, url: str, site: str, code: str, kind: str) -> None:
    body = b"\n <!DOCTYPE HTML><html><title>Sign in to continue</title></html>"
    outside.sites[site] = File(body, {"Content-Type": kind}).answer
    assert await refused(outside, url) == code


async def test_a_private_file_of_drive_sends_to_a_login(outside: Web) -> None:
    outside.sites[DRIVE_FILE] = redirect("https://files.example/ServiceLogin")
    outside.sites["files.example"] = page()
    assert await refused(outside, DRIVE) == "link-drive"


@pytest.mark.parametrize(
    ("status", "code", "of_drive"),
    [
        (401, "link-locked", "link-drive"),
        (403, "link-locked", "link-drive"),
        (404, "link-gone", "link-drive"),
        (410, "link-gone", "link-drive"),
        (204, "link-odd", "link-odd"),
        (206, "link-odd", "link-odd"),
        (418, "link-odd", "link-odd"),
    ],
)
async def test_a_refusal_is_told_apart(outside: Web, status: int, code: str, of_drive: str) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    outside.sites["files.example"] = outside.sites[DRIVE_FILE] = answer
    assert await refused(outside) == code
    assert await refused(outside, DRIVE) == of_drive


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://soundcloud.com/ada/tide", "link-stream"),
        ("https://we.tl/t-abc", "link-service"),
        ("https://drive.google.com/drive/folders/1AbC", "link-folder"),
    ],
)
async def test_what_can_never_be_fetched_is_not_asked_for(outside: Web, url: str, code: str) -> None:
    assert await refused(outside, url) == code
    assert not outside.asked


# Where a link may lead


HOSTILE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.1.1",
    "169.254.169.254",  # what tells a machine at a cloud its credentials
    "168.63.129.16",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2001:0:53aa:64c:0:fbff:80ff:fffe",
    "2001:db8::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_is_not_of_the_public_internet(address: str) -> None:
    assert not public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_the_public_internet(address: str) -> None:
    assert public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/Tide.wav",
        "http://localhost/Tide.wav",
        "http://127.1/Tide.wav",
        "http://0x7f.1/Tide.wav",
        "http://2130706433/Tide.wav",
        "http://0177.0.0.1/Tide.wav",
        "http://[::1]/Tide.wav",
        "http://[::ffff:127.0.0.1]/Tide.wav",
        "http://[64:ff9b::7f00:1]/Tide.wav",
        "http://[fe80::1%251]/Tide.wav",
        "http://169.254.169.254/latest/meta-data/Tide.wav",
        "http://100.64.0.1/Tide.wav",
        "http://user:word@files.example/Tide.wav",
        "https://files.example:8443/Tide.wav",
        "http://files.example:22/Tide.wav",
        "file:///etc/passwd.wav",
        "ftp://files.example/Tide.wav",
        "gopher://files.example:80/Tide.wav",
        "http://[::1/Tide.wav",
        "http:///Tide.wav",
    ],
)
async def test_a_hostile_link_is_refused_before_anything_is_sent(url: str) -> None:
    """By the door as it is in a house: the system's resolver, which for these asks nobody."""
    with pytest.raises(Unfit) as reason:
        async for _ in LinkDoor(MOST, patience=QUICK).fetch(FileRef(DOOR, url, "")):
            pass
    assert reason.value.code == "link-address"


async def test_a_name_that_leads_inside_is_refused(outside: Web) -> None:
    outside.names["files.example"] = [(INSIDE,)]
    assert await refused(outside) == "link-address"
    assert not outside.intruded


async def test_of_a_name_that_leads_inside_too_only_the_other_address_is_asked(outside: Web) -> None:
    outside.names["files.example"] = [(INSIDE, OUTSIDE)]
    outside.sites["files.example"] = File(SONG).answer
    assert (await fetched(outside))[0] == SONG
    assert not outside.intruded


@pytest.mark.parametrize(
    "location",
    ["http://other.example/x.wav", f"http://{INSIDE}/x.wav", "http://169.254.169.254/latest/x.wav"],
)
async def test_a_redirect_that_leads_inside_is_refused(outside: Web, location: str) -> None:
    outside.names["other.example"] = [(INSIDE,)]
    outside.sites["files.example"] = redirect(location)
    assert await refused(outside, "http://files.example/Tide.wav") == "link-address"
    assert not outside.intruded


async def test_a_name_that_leads_elsewhere_at_the_second_look_is_refused(outside: Web) -> None:
    outside.names["files.example"] = [(OUTSIDE,), (INSIDE,)]
    outside.sites["files.example/Tide.wav"] = redirect("https://files.example/again.wav")
    assert await refused(outside, "https://files.example/Tide.wav") == "link-address"
    assert len(outside.asked) == 1
    assert not outside.intruded


async def test_a_name_that_leads_elsewhere_when_the_rest_is_asked_for_is_refused(outside: Web) -> None:
    outside.names["files.example"] = [(OUTSIDE,), (INSIDE,)]
    outside.sites["files.example"] = File(SONG, {"ETag": '"1"'}, cuts=[100_000]).answer
    assert await refused(outside) == "link-address"
    assert not outside.intruded


async def test_what_a_socket_connects_to_is_judged_whatever_the_resolver_said(outside: Web) -> None:
    """As if the answer had changed between being judged and being used."""
    looks = iter([True, False])
    changing = replace(outside.outside, allows=lambda address: next(looks))
    async with ClientSession(connector=changing.connector()) as session:
        with pytest.raises(ClientConnectorError) as reason:
            await session.get(URL)
    assert isinstance(reason.value.os_error, Forbidden)
    assert not outside.asked


async def test_a_name_whose_addresses_are_all_forbidden_when_they_are_connected_to_is_refused(
    outside: Web,
) -> None:
    outside.names["files.example"] = [(OUTSIDE, INSIDE)]
    looks = iter([True, True])
    outside.outside = replace(outside.outside, allows=lambda address: next(looks, False))
    assert await refused(outside) == "link-address"
    assert not outside.asked
    assert not outside.intruded


async def test_an_address_that_does_not_answer_holds_up_no_other_one(outside: Web) -> None:
    """As a host whose IPv6 is dead: the whole patience would be gone before the next one is asked."""
    outside.sites["files.example"] = File(SONG).answer
    with deaf() as address:
        outside.names["files.example"] = [(address[0], OUTSIDE)]
        outside.ports[address[0], 443] = address[1]
        both = {ip_address(OUTSIDE), ip_address(address[0])}
        outside.outside = replace(outside.outside, allows=both.__contains__)
        assert (await fetched(outside, patience=Patience(answer=15.0)))[0] == SONG


@contextmanager
def deaf() -> Iterator[tuple[str, int]]:
    """An address at which a connection is neither made nor refused: as many wait there as may."""
    with socket.socket() as listening, ExitStack() as waiting:
        listening.bind((DEAF, 0))
        listening.listen(0)
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        yield listening.getsockname()


def test_a_socket_is_for_an_address_and_not_for_a_name() -> None:
    factory = Outside(allows=lambda address: True).socket_to
    name: AddrInfoType = (2, 1, 6, "", ("localhost", 80))
    with pytest.raises(Forbidden):
        factory(name)


async def test_what_is_encrypted_does_not_lead_to_what_is_not(outside: Web) -> None:
    outside.sites["files.example"] = redirect("http://other.example/Tide.wav")
    outside.sites["other.example"] = File(SONG).answer
    assert await refused(outside) == "link-odd"
    assert len(outside.asked) == 1


async def test_redirects_have_an_end(outside: Web) -> None:
    outside.sites["files.example"] = redirect("/around.wav")
    assert await refused(outside) == "link-odd"
    assert len(outside.asked) == HOPS + 1


NO_NAMES = [
    "http://a..b/x.wav",
    "http://.a/x.wav",
    f"http://{'a' * 64}.example/x.wav",
    "http://xn--/x.wav",
    "http://xn--a/x.wav",
    "http://xn--ä.example/x.wav",
    "http://a。。b/x.wav",
    "http://⒈⒈.a/x.wav",
]


@pytest.mark.parametrize("url", NO_NAMES)
async def test_what_can_be_no_name_is_refused(url: str) -> None:
    """By the system's resolver, which does not get to ask anybody."""
    with pytest.raises(Unfit) as reason:
        await anext(LinkDoor(MOST, patience=QUICK).fetch(FileRef(DOOR, url, "")))
    assert reason.value.code == "link-address"


@pytest.mark.parametrize("location", NO_NAMES)
async def test_a_redirect_to_what_can_be_no_name_is_refused(outside: Web, location: str) -> None:
    """By a resolver that knows files.example and for all others is the system's."""
    of_web, of_system = outside.outside.resolver, Outside().resolver

    class Both(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
        ) -> list[ResolveResult]:
            which = of_web() if host == "files.example" else of_system()
            return await which.resolve(host, port, family)

        async def close(self) -> None:
            pass

    outside.outside = replace(outside.outside, resolver=Both)
    outside.sites["files.example"] = redirect(location)
    assert await refused(outside, "http://files.example/Tide.wav") == "link-address"
    assert len(outside.asked) == 1


async def test_names_that_hang_keep_nobody_waiting_but_those_who_asked_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered, asked = threading.Event(), threading.Barrier(9)

    def hanging(*_: object, **__: object) -> list[object]:
        asked.wait(20)
        answered.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    few = ThreadPoolExecutor(2)
    asyncio.get_running_loop().set_default_executor(few)
    door = LinkDoor(MOST, Outside(resolver=lambda: SystemNames(0.5)), QUICK)

    async def given_up(host: str) -> None:
        with pytest.raises(Away):
            await anext(door.fetch(FileRef(DOOR, f"https://{host}/x.wav", "")))

    try:
        fetches = [asyncio.create_task(given_up(f"slow{n}.example")) for n in range(asked.parties - 1)]
        async with asyncio.timeout(20):
            await asyncio.to_thread(asked.wait)  # in a thread of those that the house has for all
            await asyncio.gather(*fetches)
    finally:
        answered.set()


@pytest.mark.parametrize("location", ["", "file:///etc/passwd", "http://[", "//user:word@other.example/x"])
async def test_a_redirect_that_leads_nowhere_is_refused(outside: Web, location: str) -> None:
    outside.sites["files.example/mixes/Tide.wav"] = redirect(location)
    assert await refused(outside, patience=QUICK) in ("link-odd", "link-address")


async def test_a_certificate_that_is_not_theirs_is_refused(outside: Web) -> None:
    assert await refused(outside, "https://impostor.example/Tide.wav") == "link-odd"
    assert not outside.asked


# How much, and how long


async def test_a_file_that_says_it_is_too_large_is_not_begun(outside: Web) -> None:
    outside.sites["files.example"] = File(SONG).answer
    pieces = LinkDoor(len(SONG) - 1, outside.outside, QUICK).fetch(FileRef(DOOR, URL, ""))
    with pytest.raises(TooLarge):
        await anext(pieces)


async def test_a_file_without_an_end_is_cut_off(outside: Web) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "audio/wav"})
        await response.prepare(request)
        while True:
            await response.write(bytes(1 << 16))
            await asyncio.sleep(0)  # what is written into a full pipe does not wait by itself

    outside.sites["files.example"] = endless
    with pytest.raises(TooLarge):
        await fetched(outside)


async def test_a_server_that_drips_is_not_waited_for(outside: Web) -> None:
    async def dripping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "audio/wav"})
        await response.prepare(request)
        while True:
            await response.write(b"\0")
            await asyncio.sleep(0.01)

    outside.sites["files.example"] = dripping
    assert await refused(outside, patience=replace(QUICK, grace=0.2)) == "link-away"
    assert await refused(outside, patience=replace(QUICK, least=0, whole=0.2)) == "link-away"


async def test_a_server_that_says_nothing_is_not_waited_for(outside: Web) -> None:
    silent = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        await silent.wait()
        return web.Response()

    outside.sites["files.example"] = answer
    with pytest.raises(Away):
        await fetched(outside, patience=replace(QUICK, answer=0.2))
    silent.set()


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip"])
async def test_what_is_packed_is_not_unpacked(outside: Web, coding: str) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    outside.sites["files.example"] = File(bomb, {"Content-Encoding": coding}).answer
    assert await refused(outside) == "link-odd"


# What breaks off


@pytest.mark.parametrize("validator", [{"ETag": '"1"'}, {"Last-Modified": "Sun, 22 Nov 2026 08:00:00 GMT"}])
async def test_what_breaks_off_is_taken_up_where_it_was(outside: Web, validator: dict[str, str]) -> None:
    outside.sites["files.example"] = File(SONG, validator, cuts=[100_000, 150_000]).answer
    assert await fetched(outside) == (SONG, "Tide.wav")
    starts = [request.headers.get("Range") for request in outside.asked]
    assert starts == [None, "bytes=100000-", "bytes=250000-"]
    assert outside.asked[1].headers["If-Range"] in validator.values()


@pytest.mark.parametrize(
    ("headers", "ranges"),
    [({}, True), ({"ETag": 'W/"1"'}, True), ({"ETag": '"1"'}, False)],
    ids=["nothing tells it from another", "only alike", "no parts"],
)
async def test_what_cannot_be_taken_up_comes_again_from_its_start(
    outside: Web, headers: dict[str, str], ranges: bool
) -> None:
    outside.sites["files.example"] = File(SONG, headers, cuts=[100_000], ranges=ranges).answer
    with pytest.raises(Away):
        await fetched(outside)
    assert await fetched(outside) == (SONG, "Tide.wav")


async def test_a_file_that_changed_meanwhile_is_not_joined_to_the_old_one(outside: Web) -> None:
    old, new = File(SONG, {"ETag": '"1"'}, cuts=[100_000]), File(SONG[::-1], {"ETag": '"2"'})

    async def changing(request: web.Request) -> web.StreamResponse:
        if "Range" not in request.headers:
            return await old.answer(request)
        rest = {"Content-Range": f"bytes 100000-{len(SONG) - 1}/{len(SONG)}", **new.headers}
        return web.Response(status=206, body=new.body[100_000:], headers=rest)  # without minding If-Range

    outside.sites["files.example"] = changing
    with pytest.raises(Away):
        await fetched(outside)


async def test_a_part_that_begins_elsewhere_is_not_joined(outside: Web) -> None:
    whole = File(SONG, {"ETag": '"1"'}, cuts=[100_000])

    async def shifted(request: web.Request) -> web.StreamResponse:
        if "Range" not in request.headers:
            return await whole.answer(request)
        rest = {"Content-Range": f"bytes 99999-{len(SONG) - 1}/{len(SONG)}", "ETag": '"1"'}
        return web.Response(status=206, body=SONG[99_999:], headers=rest)

    outside.sites["files.example"] = shifted
    with pytest.raises(Away):
        await fetched(outside)


def parts(length: int, total: str = str(len(SONG)), end: int | None = None) -> Handler:
    """A site whose first answer breaks off, and which then brings `length` bytes at a time."""
    whole = File(SONG, {"ETag": '"1"'}, cuts=[100_000])

    async def answer(request: web.Request) -> web.StreamResponse:
        if "Range" not in request.headers:
            return await whole.answer(request)
        start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        part = SONG[start : start + length]
        last = start + len(part) - 1 if end is None else end
        headers = {"Content-Range": f"bytes {start}-{last}/{total}", "ETag": '"1"'}
        return web.Response(status=206, body=part, headers=headers)

    return answer


@pytest.mark.parametrize("total", [str(len(SONG)), "*"])
async def test_who_brings_the_rest_in_parts_is_asked_until_all_of_it_is_there(
    outside: Web, total: str
) -> None:
    outside.sites["files.example"] = parts(150_000, total)
    assert await fetched(outside) == (SONG, "Tide.wav")
    starts = [request.headers.get("Range") for request in outside.asked]
    assert starts == [None, *(f"bytes={start}-" for start in (100_000, 250_000, 400_000))]


@pytest.mark.parametrize(
    "site",
    [parts(0, end=100_000), parts(len(SONG), str(len(SONG) - 1))],
    ids=["parts of nothing", "a whole of another size"],
)
async def test_a_part_of_a_file_is_never_taken_for_the_whole(outside: Web, site: Handler) -> None:
    outside.sites["files.example"] = site
    with pytest.raises(Away):
        await fetched(outside)


@pytest.mark.parametrize(("total", "known"), [(str(len(SONG)), True), ("*", False)])
async def test_of_a_file_that_came_in_chunks_a_part_tells_the_size(
    outside: Web, total: str, known: bool
) -> None:
    rest = parts(150_000, total)

    async def chunks(request: web.Request) -> web.StreamResponse:
        if "Range" in request.headers:
            return await rest(request)
        response = web.StreamResponse(headers={"ETag": '"1"', "Content-Type": "audio/wav"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(SONG[:100_000])
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.close()
        return response

    outside.sites["files.example"] = chunks
    if known:
        assert await fetched(outside) == (SONG, "Tide.wav")
    else:
        with pytest.raises(Away):
            await fetched(outside)


async def test_a_server_that_never_brings_more_is_given_up(outside: Web) -> None:
    outside.sites["files.example"] = File(SONG, {"ETag": '"1"'}, cuts=[100_000, *([0] * 10)]).answer
    with pytest.raises(Away) as reason:
        await fetched(outside)
    assert reason.value.details == {"host": "files.example"}
    assert len(outside.asked) == 1 + len(QUICK.pauses)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_that_is_busy_is_asked_again_later(outside: Web, status: int) -> None:
    async def busy(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    outside.sites["files.example"] = busy
    with pytest.raises(Away):
        await fetched(outside)
