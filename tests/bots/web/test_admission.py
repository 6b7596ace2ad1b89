"""Passes to the page of an order, and what goes with every answer below it."""

import hashlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from string import ascii_letters, digits

import pytest
from structlog.testing import capture_logs as caught

from bots.web.headers import ALWAYS
from bots.web.links import Links, NotALink
from bots.web.routes import PATH
from core.links import Link, Pass, Standing
from core.people import Role
from tests.bots.web.browsing import DISCORD, Answer
from tests.bots.web.ordering import Studio, open_orders
from tests.core.samples import START

NOWHERE = "0" * 64


@pytest.fixture
async def studio(place: Path) -> AsyncIterator[Studio]:
    async with open_orders(place) as opened:
        await opened.released()
        yield opened


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ENGINEER, Role.MANAGER, Role.OWNER])
def test_a_pass_of_the_staff_says_by_which_role_it_was_given(role: Role) -> None:
    links = Links(b"k" * 32, None)
    shown = Pass("0123456789ab", "person", Standing.STAFF, 3, START, role)
    assert links.read_pass(links.pass_token(shown)) == shown


def test_a_pass_that_was_changed_anywhere_is_none() -> None:
    links = Links(b"k" * 32, None)
    token = links.pass_token(Pass("0123456789ab", "person", Standing.STAFF, 3, START))
    assert links.read_pass(token).standing is Standing.STAFF
    for at in range(len(token)):
        for other in ascii_letters + digits + "-_":
            changed = token[:at] + other + token[at + 1 :]
            if changed != token:
                with pytest.raises(NotALink):
                    links.read_pass(changed)


def test_a_link_to_a_file_is_no_pass_and_a_pass_no_link() -> None:
    links = Links(b"k" * 32, None)
    with pytest.raises(NotALink):
        links.read_pass(links.token(Link("0123456789ab", "ab" * 32, 3, START)))
    with pytest.raises(NotALink):
        links.read(links.pass_token(Pass("0123456789ab", "ada", Standing.ARTIST, 3, START)))


async def test_a_pass_of_the_staff_opens_while_its_person_is_on_it(studio: Studio) -> None:
    assert (await studio.ask(token=studio.staff)).status == 200
    assert (await studio.ask(token=studio.shown(person="bob", standing=Standing.STAFF))).status == 410


async def test_no_pass_opens_the_order_of_somebody_else(studio: Studio) -> None:
    for standing in Standing:
        token = studio.shown(order="order2", person="ada", standing=standing)
        assert (await studio.ask(token=token)).status == 410
    mine = await studio.ask(
        f"/files/{studio.files[0].sha256}", token=studio.shown(order="order2", person="bob")
    )
    assert mine.status == 404


def styles(answer: Answer) -> set[bytes]:
    """The hashes of what stands in a page as style."""
    found = re.findall(rb"<style>(.*?)</style>", answer.body, re.DOTALL)
    return {b64encode(hashlib.sha256(style).digest()) for style in found}


def named_styles(answer: Answer) -> set[bytes]:
    """Those that a browser is told to take."""
    policy = answer.headers["Content-Security-Policy"].encode()
    return set(re.findall(rb"'sha256-(.*?)'", policy))


async def test_every_answer_carries_what_keeps_a_page_private(studio: Studio) -> None:
    clip = studio.clip.sha256
    told = [
        await studio.ask(),
        await studio.ask("/nowhere"),
        await studio.ask("/card.png"),
        await studio.ask(f"/media/{clip}"),
        await studio.ask(f"/media/{clip}", Range="bytes=99999999-"),
        await studio.ask(f"/media/{NOWHERE}"),
        await studio.ask("/press", "POST"),
        await studio.ask("/press", "DELETE"),
        await studio.ask("/everything.zip", token=studio.staff),
        await studio.ask(token="x"),
        await studio.ask(token=studio.shown(epoch=9)),
        await studio.ask(f"/media/{clip}", User_Agent=DISCORD),
        await studio.fetch(f"{studio.base}/"),
        await studio.fetch(f"{studio.base}/static/nothing.css"),
        await studio.fetch(f"{studio.base}/livez"),
        await studio.fetch(f"{studio.base}/f/x"),
    ]
    assert {answer.status for answer in told} == {200, 403, 404, 405, 410, 415, 416}
    for answer in told:
        assert ALWAYS.keys() <= answer.headers.keys()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert styles(answer) <= named_styles(answer)
        assert "aiohttp" not in answer.headers["Server"]


async def test_nothing_that_is_somebodys_own_is_kept_on_the_way(studio: Studio) -> None:
    for way_, token in (("", None), ("", "x"), ("/nowhere", None), ("/everything.zip", studio.staff)):
        answer = await studio.ask(way_, token=token)
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert (await studio.ask("/everything.zip")).headers["Cache-Control"].startswith("private")


async def test_whoever_guesses_is_held_back_and_whoever_has_a_pass_is_not(studio: Studio) -> None:
    answers = [await studio.ask(token=f"guess{number}") for number in range(40)]
    assert {answer.status for answer in answers} == {404, 429}
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert (await studio.ask()).status == 200


async def test_a_pass_that_asks_without_end_is_told_to_wait(studio: Studio) -> None:
    asked = [await studio.ask("/nowhere") for _ in range(400)]
    assert 429 in {answer.status for answer in asked}
    assert (await studio.ask(token=studio.staff)).status == 200


async def test_refusals_are_pages_for_a_reader_and_a_sentence_for_a_program(studio: Studio) -> None:
    page = await studio.ask(token="x", Accept_Language="de-DE")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "Nicht gefunden" in page.text
    told = await studio.ask("/uploads", "POST", token="x")
    assert told.headers["Content-Type"].startswith("text/plain")
    assert told.text.count("\n") == 1


async def test_the_database_holds_no_token(studio: Studio) -> None:
    token = studio.shown()
    await studio.press("approve:order1:1")
    await studio.ask("/everything.zip")
    path = studio.rooms.premises.settings.database.removeprefix("sqlite://")
    rows = b"".join(file.read_bytes() for file in Path(path).parent.glob("lathe.sqlite3*"))
    assert b"order1" in rows
    assert token.encode() not in rows
    assert token[-43:].encode() not in rows


async def test_no_log_names_a_token(studio: Studio, capfd: pytest.CaptureFixture[str]) -> None:
    with caught() as said:
        await studio.rooms.blobs.delete(studio.files[0].blob)
        await studio.ask("/everything.zip")
        await studio.ask("/nowhere")
        await studio.press("approve:order1:1")
        await studio.ask("/uploads", "POST", Tus_Resumable="1.0.0", Upload_Length="10")
    told = "\n".join((*map(repr, said), *capfd.readouterr()))
    assert studio.shown()[-43:] not in told


async def test_the_path_of_the_pages_is_the_one_that_links_lead_to(studio: Studio) -> None:
    address = studio.rooms.links.url(studio.rooms.links.read_pass(studio.shown()))
    assert address == f"https://studio.example{PATH}/{studio.shown()}"
