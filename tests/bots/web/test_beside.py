"""Pages of a process that does not decide: what is done on them is written down, and decided elsewhere."""

import asyncio
from pathlib import Path

from bots.pages import Beside
from core.messages import WEB, Incoming, Kind, Question
from core.orders import OrderState
from tests.bots.web.ordering import Studio, open_orders
from tests.core.samples import START

APPROVAL = Incoming(
    WEB,
    "web:1",
    "ada",
    "",
    private=True,
    kind=Kind.PRESS,
    at=START,
    payload={"action": "approve:order1:1"},
)


async def test_a_deed_counts_as_done_when_another_process_has_decided_it(studio: Studio) -> None:
    beside = Beside(studio.rooms, studio.front.desk)
    written = asyncio.Event()
    waiting = asyncio.create_task(beside.decide(APPROVAL, written))
    await written.wait()
    assert (await studio.project()).order.state is OrderState.REVIEW
    assert not waiting.done()
    (received,) = await studio.rooms.store.undone([], 10)
    await studio.front.desk.handle(received.incoming)
    await waiting
    assert (await studio.project()).order.state is OrderState.RELEASED


async def test_what_was_decided_before_is_not_waited_for(studio: Studio) -> None:
    beside = Beside(studio.rooms, studio.front.desk)
    await studio.front.receive(APPROVAL)
    await beside.decide(APPROVAL)
    assert not await beside.receive(APPROVAL)


async def test_what_a_page_shows_needs_no_other_process(studio: Studio) -> None:
    beside = Beside(studio.rooms, studio.front.desk)
    page = (await beside.ask(Question(WEB, "ada", "page", {"order": "order1"}))).page
    assert page is not None
    assert [version.number for version in page.versions] == [1]


async def test_a_house_that_takes_long_shows_the_page_again_and_says_so(place: Path) -> None:
    async with open_orders(place, decides=False, patience=0.05) as studio:
        answer = await studio.press("approve:order1:1")
        assert answer.headers["Location"].endswith("?said=soon")
        assert "It is noted and will be done in a moment." in (await studio.ask("?said=soon")).text
        (received,) = await studio.rooms.store.undone([], 10)
        assert received.incoming.payload == {"action": "approve:order1:1"}
