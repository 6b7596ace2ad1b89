"""What an order is made from opens to who works on it, and to nobody else of the staff."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.bookings import Booking, BookingState
from core.changes import Changes, Move
from core.links import Standing
from core.orders import OrderState
from core.people import Role
from core.snapshot import Needs
from tests.bots.web.ordering import MUSIC, Studio, open_orders
from tests.core.samples import START
from tests.storage.things import message


@pytest.fixture
async def studio(place: Path) -> AsyncIterator[Studio]:
    async with open_orders(place) as opened:
        clip = opened.clip
        await opened.of_song(source=clip.blob, sha256="ab" * 32, size=clip.size)
        await opened.moved(service="engineer", state=OrderState.WORKING)
        yield opened


async def becomes(studio: Studio, role: Role) -> None:
    eva = (await studio.rooms.store.load(Needs("web", account="eva"))).actor
    assert eva is not None
    await studio.rooms.store.commit(message(), Changes(people=(Move(eva, replace(eva, role=role)),)))


async def books(studio: Studio, state: BookingState = BookingState.CLAIMED) -> None:
    """Eva is an engineer and has taken the song, or has given it back."""
    await becomes(studio, Role.ENGINEER)
    before = next(iter((await studio.project()).bookings), None)
    booking = Booking("b1", studio.order.id, "song1", state, "eva", "Eva", START)
    moved = replace(before, state=state) if before else booking
    await studio.rooms.store.commit(message(), Changes(bookings=(Move(before, moved),)))


WAY = f"/originals/{'ab' * 32}"


async def test_who_works_on_it_fetches_what_was_sent(studio: Studio) -> None:
    await books(studio)
    page = (await studio.ask(token=studio.engineer)).page
    (link,) = page.all("a", "href")
    assert str(link).endswith(WAY)
    answer = await studio.ask(WAY, token=studio.engineer)
    assert (answer.status, answer.body) == (200, MUSIC)
    assert "01 Midnight Drive.wav" in answer.headers["Content-Disposition"]


async def test_each_opening_is_written_down_as_one_of_the_staff(studio: Studio) -> None:
    await books(studio)
    await studio.ask(WAY, token=studio.engineer)
    (visit,) = await studio.visits()
    assert (visit.person, visit.standing, visit.what) == ("eva", Standing.STAFF, "ab" * 32)
    assert not studio.front.deeds


async def test_who_let_it_go_opens_nothing_any_more(studio: Studio) -> None:
    await books(studio)
    token = studio.engineer
    await books(studio, BookingState.LET_GO)
    assert (await studio.ask(WAY, token=token)).status == 410
    assert (await studio.ask(token=token)).status == 410


async def test_who_answers_artists_reads_the_order_and_hears_nothing(studio: Studio) -> None:
    assert (await studio.ask(token=studio.staff)).page.all("a", "href") == []
    assert (await studio.ask(WAY, token=studio.staff)).status == 404


async def test_an_artist_has_no_way_to_it(studio: Studio) -> None:
    assert (await studio.ask(WAY)).status == 403


@pytest.mark.parametrize("state", [OrderState.COMPLETED, OrderState.CANCELLED])
async def test_when_the_order_is_over_it_is_closed(studio: Studio, state: OrderState) -> None:
    await books(studio)
    await studio.moved(state=state)
    assert (await studio.ask(WAY, token=studio.engineer)).status == 410


async def test_what_is_confidential_is_named_by_its_number(studio: Studio) -> None:
    await books(studio)
    await studio.moved(confidential=True)
    assert "Midnight" not in (await studio.ask(token=studio.engineer)).text
    answer = await studio.ask(WAY, token=studio.engineer)
    assert "01.wav" in answer.headers["Content-Disposition"]
    assert "Midnight" not in answer.headers["Content-Disposition"]
