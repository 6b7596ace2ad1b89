"""The relay: what is sent where, in which order, and what happens when it cannot be."""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from core.changes import Changes, Move
from core.desk.loops import relay as module
from core.desk.loops.relay import Relay
from core.messages import Button, Card, FileRef, Kind, Media, Notice, To
from core.people import Identity, Person, account_id
from core.ports import Later, Outgoing, Refused, Store
from core.text import Text
from tests.databases import EVERY
from tests.desk.rows import NOON, fresh_store, said, until

pytestmark = EVERY


class Sending:
    """A door that writes down what it sends; it can refuse, fail and be held up, by address."""

    name = "test"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []  # address, words
        self.unsure: list[str] = []
        self.refuses: set[str] = set()
        self.fails: dict[str, int] = {}  # how often still
        self.early: dict[str, int] = {}  # how often still it is too early
        self.gone: set[str] = set()  # blobs
        self.held: dict[str, asyncio.Event] = {}
        self.waiting: set[str] = set()

    async def send_card(self, outgoing: Outgoing) -> str:
        assert outgoing.card is not None
        return await self._send(outgoing, outgoing.card.text, outgoing.card.media)

    async def send_notice(self, outgoing: Outgoing) -> str:
        assert outgoing.notice is not None
        return await self._send(outgoing, outgoing.notice.text, outgoing.notice.media)

    def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        raise Refused(file.ref)

    async def _send(self, outgoing: Outgoing, text: Text, media: tuple[Media, ...]) -> str:
        address = outgoing.reach.address
        if address in self.held:
            self.waiting.add(address)
            await self.held[address].wait()
        if address in self.refuses:
            raise Refused("closed")
        if self.early.get(address, 0) > 0:
            self.early[address] -= 1
            raise Later(0.05)
        if self.fails.get(address, 0) > 0:
            self.fails[address] -= 1
            raise ConnectionError("platform is away")
        for one in media:
            if one.blob in self.gone:
                raise FileNotFoundError(errno.ENOENT, "there is no such blob", one.blob)
        words = " ".join((*map(str, text), *(one.name for one in media)))
        self.sent.append((address, words))
        if outgoing.unsure:
            self.unsure.append(words)
        return f"m{len(self.sent)}"

    def to(self, address: str) -> list[str]:
        return [words for place, words in self.sent if place == address]


@asynccontextmanager
async def at_work(store: Store, door: Sending) -> AsyncIterator[Relay]:
    relay = Relay(store, {"test": door})
    running = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        for gate in door.held.values():
            gate.set()
        relay.close()
        await running


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REST", 0.001)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with fresh_store(url) as store:
        yield store


@pytest.fixture
def door() -> Sending:
    return Sending()


def to(name: str) -> To:
    return To.person(account_id("test", name))


def notice(name: str, words: str, *, confirm: bool = False) -> Notice:
    return Notice(f"{name}-{words}", to(name), Text((words,)), confirm=confirm, order="o1")


def card(name: str, words: str) -> Card:
    return Card("order:o1", to(name), Text((words,)), (Button("Pay", action="pay:o1"),))


async def wanted(store: Store, name: str, *messages: Card | Notice) -> None:
    """Somebody arrives (once), and these are to be told to them."""
    account = account_id("test", name)
    known = await store.person_of("test", name)
    changes = Changes(
        people=() if known else (Move(None, Person(account, name, NOON)),),
        identities=() if known else (Identity("test", name, account, name),),
        cards=tuple(message for message in messages if isinstance(message, Card)),
        notices=tuple(message for message in messages if isinstance(message, Notice)),
    )
    assert await store.commit(said(name, uuid4().hex), changes)


async def test_the_messages_of_one_place_arrive_in_the_order_in_which_they_were_wanted(
    store: Store, door: Sending
) -> None:
    async with at_work(store, door) as relay:
        for number in range(40):
            await wanted(store, "anna", notice("anna", f"n{number}"))
        await relay.flush()
    assert door.to("anna") == [f"n{number}" for number in range(40)]


async def test_a_file_that_is_gone_for_good_holds_up_neither_its_words_nor_what_comes_after(
    store: Store, door: Sending
) -> None:
    song, picture = (
        Media("audio", f"a/{name}", name, Text((name,)), "audio/mpeg", 1, "0") for name in ("song", "picture")
    )
    door.gone = {picture.blob}
    async with at_work(store, door) as relay:
        preview = replace(notice("anna", "preview"), media=(song, picture))
        drawn = replace(card("anna", "offer"), media=(picture,))
        await wanted(store, "anna", drawn, preview, notice("anna", "deleted"))
        await relay.flush()
    assert door.to("anna") == ["offer", "preview song", "deleted"]
    assert door.unsure == []


async def test_a_card_that_came_too_early_goes_out_later_as_it_is_by_then_and_holds_up_no_notice(
    store: Store, door: Sending
) -> None:
    door.early["anna"] = 1
    async with at_work(store, door) as relay:
        await wanted(store, "anna", card("anna", "10 %"))
        await relay.flush()
        assert door.sent == []
        await wanted(store, "anna", card("anna", "90 %"), notice("anna", "paid"))
        relay.wake()
        await until(lambda: len(door.sent) == 2)
    assert door.to("anna") == ["paid", "90 %"]


async def test_a_notice_that_came_too_early_is_sent_after_the_rest_in_its_order_and_nobody_is_unsure(
    store: Store, door: Sending
) -> None:
    door.early["anna"] = 2
    async with at_work(store, door) as relay:
        await wanted(store, "anna", notice("anna", "one"))
        await wanted(store, "anna", notice("anna", "two"))
        relay.wake()
        await until(lambda: len(door.sent) == 2)
    assert door.to("anna") == ["one", "two"]
    assert door.unsure == []


async def test_who_waits_for_one_place_does_not_wait_for_another(store: Store, door: Sending) -> None:
    door.held["anna"] = asyncio.Event()
    async with at_work(store, door) as relay:
        await wanted(store, "anna", notice("anna", "slow"))
        relay.wake()
        await until(lambda: "anna" in door.waiting)
        await wanted(store, "bo", notice("bo", "quick"))
        await relay.flush("test", "bo")
        assert door.sent == [("bo", "quick")]


async def test_a_slow_place_holds_up_no_other(store: Store, door: Sending) -> None:
    door.held["anna"] = asyncio.Event()
    async with at_work(store, door) as relay:
        await wanted(store, "anna", notice("anna", "slow"))
        relay.wake()
        await until(lambda: "anna" in door.waiting)
        await wanted(store, "bo", notice("bo", "quick"))
        relay.wake()
        await until(lambda: bool(door.sent))
        assert door.sent == [("bo", "quick")]


async def test_a_card_that_changes_often_is_sent_as_it_is_at_last(store: Store, door: Sending) -> None:
    door.held["anna"] = asyncio.Event()
    async with at_work(store, door) as relay:
        await wanted(store, "anna", card("anna", "0 %"))
        relay.wake()
        await until(lambda: "anna" in door.waiting)
        for percent in range(1, 100):
            await wanted(store, "anna", card("anna", f"{percent} %"))
        door.held["anna"].set()
        await relay.flush()
    assert door.to("anna") == ["0 %", "99 %"]


async def test_what_was_sent_is_not_sent_again_by_the_next_process(store: Store, door: Sending) -> None:
    for _ in range(2):
        async with at_work(store, door) as relay:
            await wanted(store, "anna")
            await relay.flush()
            await wanted(store, "anna", notice("anna", "once"))
            await relay.flush()
    assert door.to("anna") == ["once"]


async def test_a_notice_that_fails_is_tried_again_and_nothing_overtakes_it(
    store: Store, door: Sending
) -> None:
    door.fails["anna"] = 3
    async with at_work(store, door) as relay:
        await wanted(store, "anna", notice("anna", "first"), notice("anna", "second"))
        relay.wake()
        await until(lambda: len(door.sent) == 2)
        await relay.flush()
    assert door.to("anna") == ["first", "second"]
    assert door.unsure == ["first"]


async def test_a_place_that_rests_does_not_keep_flush_waiting(
    store: Store, door: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REST", 3600.0)
    door.fails["anna"] = 1
    async with at_work(store, door) as relay:
        await wanted(store, "anna", notice("anna", "never"))
        await wanted(store, "bo", notice("bo", "now"))
        async with asyncio.timeout(60):
            await relay.flush()
        assert door.sent == [("bo", "now")]


async def test_a_refusal_is_final_and_the_desk_hears_of_it(store: Store, door: Sending) -> None:
    door.refuses.add("anna")
    async with at_work(store, door) as relay:
        await wanted(store, "anna", notice("anna", "preview", confirm=True))
        await relay.flush()
    (received,) = await store.undone((), 10)
    assert received.incoming.kind is Kind.SENT
    assert received.incoming.payload == {"notice": "anna-preview", "order": "o1", "refused": "closed"}


async def test_the_desk_hears_when_a_notice_it_asked_about_was_sent(store: Store, door: Sending) -> None:
    async with at_work(store, door) as relay:
        await wanted(store, "anna", notice("anna", "preview", confirm=True), notice("anna", "other"))
        await relay.flush()
    (received,) = await store.undone((), 10)
    assert received.incoming.payload == {"notice": "anna-preview", "order": "o1", "refused": None}


async def test_what_is_on_its_way_when_the_house_closes_is_finished(store: Store, door: Sending) -> None:
    door.held["anna"] = asyncio.Event()
    relay = Relay(store, {"test": door})
    running = asyncio.create_task(relay.run())
    await wanted(store, "anna", notice("anna", "first"), notice("anna", "second"))
    relay.wake()
    await until(lambda: "anna" in door.waiting)
    relay.close()
    door.held["anna"].set()
    await running
    assert door.to("anna") == ["first"]
    (left,) = await store.outgoing(("test",), 10)
    assert left.notice is not None
    assert left.notice.id == "anna-second"
