"""Bugs of the kind that costs money, planted on purpose: what finds nothing in clean code must find these."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

from bots.tills.demo import DemoTill
from core import ledger
from core.changes import Changes
from core.decisions import DecisionState
from core.desk.evolution import with_decision
from core.desk.outcome import outcome
from core.desk.refunding import decisions, returning
from core.desk.scene import Scene
from core.ledger import Transfer
from core.orders import Project
from core.tills import Charge, Settlement
from storage import entities
from storage.entities import Shape
from tests.money.meeting import Plant
from tests.money.process import World


class Forgetful(DemoTill):
    """A till that is asked under a fresh key at each attempt, so that it never knows a charge again."""

    async def take(self, charge: Charge) -> Settlement:
        with self._books() as books:
            (asked,) = books.execute(
                "SELECT COUNT(*) FROM charges WHERE id LIKE ?", (f"{charge.id}%",)
            ).fetchone()
        return await super().take(replace(charge, id=f"{charge.id}-{asked}") if asked else charge)


@asynccontextmanager
async def fresh_keys(world: World) -> AsyncIterator[None]:
    """The till is asked under a fresh key at each attempt."""
    usual, world.make_till = world.make_till, Forgetful
    try:
        yield
    finally:
        world.make_till = usual


@asynccontextmanager
async def unguarded(world: World) -> AsyncIterator[None]:
    """Rows are changed without asking whether they still are as they were read."""

    async def change(shape: Shape, before: Any, after: Any) -> None:
        after = replace(after, rev=before.rev + 1)
        await entities.update(shape, after, {"id": before.id})

    with patch.object(entities, "_change", change):
        yield


@asynccontextmanager
async def overdrawable(world: World) -> AsyncIterator[None]:
    """The database lets an account go below zero."""
    if world.kind == "sqlite":
        await world.ground.run("DROP TRIGGER accounts_overdrawn")
    else:
        await world.ground.run("ALTER TABLE accounts DISABLE TRIGGER accounts_moved")
    try:
        yield
    finally:
        if world.kind == "postgres":  # a SQLite ground is put back with its triggers
            await world.ground.run("ALTER TABLE accounts ENABLE TRIGGER accounts_moved")


@asynccontextmanager
async def refunds_unkept(world: World) -> AsyncIterator[None]:
    """The database lets more go back than came."""
    if world.kind == "sqlite":
        await world.ground.run("DROP TRIGGER refunds_too_much; DROP TRIGGER refunds_too_much_again")
    else:
        await world.ground.run("ALTER TABLE refunds DISABLE TRIGGER refunds_kept")
    try:
        yield
    finally:
        if world.kind == "postgres":
            await world.ground.run("ALTER TABLE refunds ENABLE TRIGGER refunds_kept")


@asynccontextmanager
async def refunds_without_end(world: World) -> AsyncIterator[None]:
    """A refund has a new reference each time, and nothing else that would stop the second one."""

    def refund(charge: Charge, *, owner: str, in_house: bool, at: datetime) -> Transfer:
        usual = ledger.refund(charge, owner=owner, in_house=in_house, at=at)
        return replace(usual, ref=f"{usual.ref}:{uuid.uuid4().hex}")

    async with unguarded(world), overdrawable(world), refunds_unkept(world):
        with patch.object(returning, "refund", refund):
            yield


@asynccontextmanager
async def deposits_without_end(world: World) -> AsyncIterator[None]:
    """A song is paid from a deposit that another one has taken meanwhile."""
    async with unguarded(world), overdrawable(world):
        yield


@asynccontextmanager
async def undone_at_any_time(world: World) -> AsyncIterator[None]:
    """A decision of the staff can be undone although it was carried out."""

    def undone(scene: Scene, project: Project, number: int | None) -> Changes:
        assert number is not None
        decision = replace(project.decisions[number], state=DecisionState.UNDONE)
        return outcome(scene, project, with_decision(project, decision))

    with patch.object(decisions, "undone", undone):
        yield


@dataclass(frozen=True, slots=True)
class Planted:
    """A bug, and the deeds that meet (by name) when it costs money."""

    name: str
    meeting: str
    plant: Plant


PLANTED = (
    Planted("rows are changed without their guard", "pay / pay, at two devices at once", unguarded),
    Planted("a fresh key at each attempt", "the till takes it / another hand at the tills", fresh_keys),
    Planted("an account may go below zero", "pay with credit / pay another order with it", overdrawable),
    Planted(
        "a refund's reference is new each time",
        "the artist takes it back / staff give it back",
        refunds_without_end,
    ),
    Planted(
        "a price is accepted without its guard",
        "accept a named price / accept it at another device",
        unguarded,
    ),
    Planted(
        "a deposit is drawn on without end",
        "a song takes the last of a deposit / another one does, too",
        deposits_without_end,
    ),
    Planted(
        "a decision can be undone at any time",
        "a decision is undone / its time comes",
        undone_at_any_time,
    ),
)
