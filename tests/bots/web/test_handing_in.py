"""An engineer hands a master in on the page of the order: a plain form, one file for one song."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bots.web.handing_in import FILE, SONG, STAMP, WAY
from core.bookings import Booking, BookingState
from core.changes import Changes, Move
from core.jobs import JobKind, Queue
from core.orders import OrderState
from core.people import Role
from core.snapshot import Needs
from core.songs import VersionState
from tests.bots.web.browsing import Answer
from tests.bots.web.ordering import MUSIC, Studio, open_orders
from tests.core.samples import START
from tests.storage.things import message


@pytest.fixture
async def studio(place: Path) -> AsyncIterator[Studio]:
    """Eva is an engineer and works on ada's order."""
    async with open_orders(place) as opened:
        store = opened.rooms.store
        eva = (await store.load(Needs("web", account="eva"))).actor
        assert eva is not None
        await opened.moved(service="engineer", state=OrderState.WORKING, version=2)
        booking = Booking("b1", opened.order.id, "song1", BookingState.CLAIMED, "eva", "Eva", START)
        moved = Move(eva, replace(eva, role=Role.ENGINEER))
        await store.commit(message(), Changes(people=(moved,), bookings=(Move(None, booking),)))
        yield opened


async def sent(
    studio: Studio, content: bytes = MUSIC, *, token: str | None = None, stamp: str = ""
) -> Answer:
    token = token or studio.engineer
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    form.add_field(STAMP, stamp or await stamped(studio, token))
    form.add_field(SONG, "1")
    form.add_field(FILE, content, filename="Midnight final.wav", content_type="audio/wav")
    return await studio.fetch(f"{studio.base}/o/{token}{WAY}", "POST", data=form)


async def stamped(studio: Studio, token: str) -> str:
    return str((await studio.ask(token=token)).page.stamp)


async def test_what_an_engineer_sends_is_filed_and_looked_into(studio: Studio) -> None:
    page = (await studio.ask(token=studio.engineer)).text
    assert "Hand in a master" in page
    assert "1. Midnight Drive" in page
    answer = await sent(studio)
    assert (answer.status, answer.headers["Location"].partition("?")[2]) == (303, "said=sent")
    (version,) = [one for one in (await studio.project()).versions if one.number == 2]
    assert (version.state, version.by) == (VersionState.CHECKING, "eva")
    job = await studio.rooms.store.take(Queue.CPU, ["web"], "engine")
    assert job is not None
    assert (job.kind, job.person) == (JobKind.HANDIN, "ada")
    async with studio.rooms.blobs.open(job.payload["source"]) as file:
        assert file.read_bytes() == MUSIC


async def test_the_same_form_again_hands_nothing_in_twice(studio: Studio) -> None:
    stamp = await stamped(studio, studio.engineer)
    await sent(studio, stamp=stamp)
    before = await studio.project()
    await sent(studio, stamp=stamp)
    assert await studio.project() == before


async def test_a_page_that_is_too_old_takes_nothing(studio: Studio) -> None:
    before = await studio.project()
    answer = await sent(studio, stamp="nonsense")
    assert answer.headers["Location"].endswith("said=old")
    assert await studio.project() == before


async def test_who_does_not_work_on_it_hands_nothing_in(studio: Studio) -> None:
    stamp = await stamped(studio, studio.engineer)
    assert (await sent(studio, token=studio.shown(), stamp=stamp)).status == 403
    (booking,) = (await studio.project()).bookings
    gone = Move(booking, replace(booking, state=BookingState.LET_GO))
    await studio.rooms.store.commit(message(), Changes(bookings=(gone,)))
    assert (await sent(studio, stamp=stamp)).status == 410


async def test_where_nothing_is_to_be_done_the_page_asks_for_no_master(studio: Studio) -> None:
    await studio.moved(state=OrderState.REVIEW)
    assert "Hand in a master" not in (await studio.ask(token=studio.engineer)).text


async def test_an_empty_file_is_told_as_one_that_did_not_come(studio: Studio) -> None:
    assert (await sent(studio, b"")).status == 408
