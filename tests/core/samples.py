"""Orders, songs and charges as the tests of the rules need them."""

from datetime import UTC, datetime
from typing import Any

from core.messages import FileRef
from core.money import Money
from core.orders import Order, OrderState, Project
from core.songs import Song, SongState
from core.tills import Charge, ChargeState

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def an_order(state: OrderState = OrderState.OFFERED, **parts: Any) -> Order:
    base: dict[str, Any] = {
        "id": "order1",
        "number": 1042,
        "person": "ada",
        "service": "automatic",
        "state": state,
        "confidential": False,
        "created": START,
        "last_file": START,
        "rules_version": "2026-11-1",
        "door": "terminal",
    }
    return Order(**base | parts)


def a_song(place: int = 1, state: SongState = SongState.READY, **parts: Any) -> Song:
    base: dict[str, Any] = {
        "id": f"song{place}",
        "order": "order1",
        "place": place,
        "title": f"Song {place}",
        "state": state,
        "file": FileRef("terminal", f"ref{place}", f"song {place}.wav"),
    }
    return Song(**base | parts)


def a_project(songs: int = 1, order: Order | None = None, **parts: Any) -> Project:
    return Project(order or an_order(), tuple(a_song(place) for place in range(1, songs + 1)), **parts)


def a_charge(state: ChargeState = ChargeState.PAID, **parts: Any) -> Charge:
    base: dict[str, Any] = {
        "id": "charge1",
        "order": "order1",
        "person": "ada",
        "till": "demo",
        "amount": Money(600, "USD"),
        "state": state,
        "at": START,
    }
    return Charge(**base | parts)
