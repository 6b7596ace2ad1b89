"""Entities for the store's tests, each with what a test does not care about filled in."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from core.changes import Changes, Move
from core.jobs import Job, JobKind
from core.ledger import Transfer, TransferKind
from core.messages import Card, FileRef, Incoming, Kind, Notice, To
from core.money import Money
from core.orders import Order, OrderState
from core.people import Identity, Person, account_id
from core.songs import Song, SongState
from core.text import Text

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

_numbers = count(1)


def account(name: str) -> str:
    return account_id("terminal", name)


def message(name: str = "ann", text: str = "hello", **over: Any) -> Incoming:
    given: dict[str, Any] = {
        "door": "terminal",
        "event_id": f"event-{next(_numbers)}",
        "person": name,
        "place": "dm",
        "private": True,
        "kind": Kind.MESSAGE,
        "at": NOON,
        "payload": {"text": text},
    }
    return Incoming(**given | over)


def newcomer(name: str) -> Changes:
    """A person who is met for the first time, at the terminal."""
    person = Person(account(name), name.title(), NOON)
    return Changes(people=(Move(None, person),), identities=(Identity("terminal", name, person.id, name),))


def order(id_: str = "order-1", number: int = 1000, name: str = "ann", **over: Any) -> Order:
    given: dict[str, Any] = {
        "id": id_,
        "number": number,
        "person": account(name),
        "service": "mastering",
        "state": OrderState.DRAFT,
        "confidential": False,
        "created": NOON,
        "last_file": NOON,
        "rules_version": "1",
        "door": "terminal",
    }
    return Order(**given | over)


def song(id_: str, of: str, place: int = 1, **over: Any) -> Song:
    given: dict[str, Any] = {
        "id": id_,
        "order": of,
        "place": place,
        "title": "Intro",
        "state": SongState.READY,
        "file": FileRef("terminal", "intro.wav", "intro.wav"),
    }
    return Song(**given | over)


def job(id_: str, name: str = "ann", **over: Any) -> Job:
    return Job(**{"id": id_, "kind": JobKind.RENDER, "person": account(name)} | over)


def card(key: str, to: To, text: str = "working") -> Card:
    return Card(key, to, Text((text,)))


def notice(id_: str, to: To, text: str = "done", **over: Any) -> Notice:
    return Notice(id_, to, Text((text,)), **over)


def pay(ref: str, of: str, amount: int, currency: str = "USD") -> Transfer:
    return Transfer(ref, TransferKind.PAY, "till:demo", f"order:{of}", Money(amount, currency), NOON, of)


def earn(ref: str, of: str, amount: int) -> Transfer:
    return Transfer(ref, TransferKind.EARN, f"order:{of}", "income", Money(amount, "USD"), NOON, of)
