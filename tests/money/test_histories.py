"""Long histories of money: many artists, staff and the clock, crashes anywhere, and books that stay right.

In the suite the histories are the same each time; `HYPOTHESIS_PROFILE=long` looks for new ones, and for
more of them (CONTRIBUTING.md).
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.ids import seen
from core.jobs import JobKind, Queue
from core.messages import Incoming, Kind
from core.orders import Order, OrderState, Project
from core.quotes import Quote
from core.rules import HouseRules
from core.snapshot import Needs
from tests.databases import MEMORY
from tests.money.ground import Rows, sqlite_ground
from tests.money.meeting import REBATES
from tests.money.process import DOORS, Process, World, freely
from tests.money.setting import CRASHED, DESK, HALL, Setting, approve, withdrawal
from tests.money.truth import wrongs_at_rest, wrongs_ever

CREDIT = {"ada": 1, "bo": 500, "cy": 90_000}
ARTISTS = tuple(CREDIT)
PRICES = (600, 40_000)
"""A purse holds 100,000: two of the dear ones, and the third is declined."""

SHORT = settings(
    max_examples=10,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
LONG = settings(SHORT, max_examples=2000, stateful_step_count=60, derandomize=False, phases=tuple(Phase))

PROFILE = LONG if os.environ.get("HYPOTHESIS_PROFILE") == "long" else SHORT


Draw = Callable[[st.SearchStrategy[Any]], Any]
WHO = st.sampled_from(ARTISTS)
DIES = st.sampled_from((0, 0, *range(12)))
"""After how many calls a process dies; 0 is never."""

JOBS = {str(kind) for kind in JobKind}


class Dead(BaseException):
    """The process was killed. No code of ours catches it."""


class Histories(RuleBasedStateMachine):
    """A studio with three artists and one owner; every deed may be cut off at any of its calls."""

    migrated: Path

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self._folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self._said: list[Incoming] = []
        self._rows: Rows = {}
        self.states: set[str] = set()  # of the orders there are, and of prices
        self.waiting: set[str] = set()  # kinds of the jobs that wait

    @initialize(
        charge=st.sampled_from(["before-work", "before-files"]),
        price=st.sampled_from(PRICES),
        bulk=st.booleans(),
    )
    def opens(self, charge: str, price: int, *, bulk: bool) -> None:
        self._run(self._opens(charge, price, bulk=bulk))

    async def _opens(self, charge: str, price: int, *, bulk: bool) -> None:
        ground = await self._stack.enter_async_context(sqlite_ground(self.migrated))
        usual = HouseRules()
        line = usual.service.automatic.model_copy(update={"price": price})
        services = usual.service.model_copy(update={"automatic": line})
        rules = usual.model_copy(update={"charge": charge, "service": services, "rebates": REBATES})
        self.world = World(ground, self._folder / "purses", self._folder, rules=rules)
        self.setting = Setting(self.world)
        await self.setting.staffed()
        await self.setting.joined_by("tom")
        for who in ARTISTS:
            await self.setting.credit(who, CREDIT[who])
        self.bulk = (await self.setting.opened(deposit="4.20"))[0] if bulk else None

    @rule(draw=st.data())
    def something_happens(self, draw: st.DataObject) -> None:
        """One of the deeds that there is something to do for, likelier than others if it stands twice.

        One rule and not one for each: of many, Hypothesis leaves most out of any one history.
        """
        possible = [deed for deed, wanted in DEEDS if not wanted or wanted & (self.states | self.waiting)]
        draw.draw(st.sampled_from(possible))(self, draw.draw)

    # What people do

    def drops(self, draw: Draw) -> None:
        """A song that is a new order, or one more in an order that was offered just now."""
        if draw(st.booleans()):
            self.setting.later(minutes=2)
        self._happens(self.setting.drop(draw(WHO), "a.wav"), draw(DIES))
        self.does_what_is_to_be_done(draw)

    def pays(self, draw: Draw) -> None:
        """The paying tap, at times on a card that is a few revisions old."""
        order = self._one(draw, OrderState.OFFERED, OrderState.REVIEW).order
        rev = max(0, order.rev - draw(st.sampled_from((0, 0, 0, 1, 2))))
        action = draw(st.sampled_from(("pay", "pay.credit")))
        self._happens(self.setting.press(self._owner(order), f"{action}:{order.id}:{rev}"), draw(DIES))

    def wants_a_preview_first(self, draw: Draw) -> None:
        order = self._one(draw, OrderState.OFFERED).order
        press = self.setting.press(self._owner(order), f"preview:{order.id}:{order.rev}")
        self._happens(press, draw(DIES))

    def cancels(self, draw: Draw) -> None:
        order = self._one(draw).order
        self._happens(self.setting.press(self._owner(order), f"cancel:{order.id}"), draw(DIES))

    def approves(self, draw: Draw) -> None:
        project = self._one(draw, OrderState.REVIEW)
        before = project.order.deadline
        self._happens(self.setting.press(self._owner(project.order), approve(project)), draw(DIES))
        after = self._run(self._order(project.order.id)).order.deadline
        assert before is None or (after is not None and after >= before), "approving shortened the window"

    def asks_for_changes(self, draw: Draw) -> None:
        """A batch of one change, sent if there is still a free round."""
        project = self._one(draw, OrderState.REVIEW, OrderState.RELEASED)
        order, who = project.order, self._owner(project.order)
        if draw(st.booleans()):
            self.setting.later(days=6)  # and nobody has looked at the clock since
        closed = order.deadline is not None and self.world.clock.time > order.deadline
        closed = closed and not project.batches  # what was asked for before and not done stays free
        wish = draw(st.sampled_from(("volume-up", "volume-up", "volume-down")))
        self._happens(self.setting.press(who, f"wish.{wish}:{order.id}"), 0)
        for batch in self._run(self._order(order.id)).batches[-1:]:
            self._happens(self.setting.press(who, f"send:{order.id}:{seen(batch.id, batch.rev)}"), draw(DIES))
        version = self._run(self._order(order.id)).order.version
        assert not closed or version == order.version, "free work after the window"

    def pays_for_changes(self, draw: Draw) -> None:
        """One more wish, and what the list costs is accepted, or staff are asked for another price."""
        order = self._one(draw, OrderState.REVIEW, OrderState.RELEASED).order
        who = self._owner(order)
        self._happens(self.setting.press(who, f"wish.bass-up:{order.id}"), 0)
        for batch in self._run(self._order(order.id)).batches[-1:]:
            action = draw(st.sampled_from(("accept.fee", "ask-price", "ask-price", "unwish.paid")))
            self._happens(
                self.setting.press(who, f"{action}:{order.id}:{seen(batch.id, batch.rev)}"), draw(DIES)
            )

    def staff_name_a_price(self, draw: Draw) -> None:
        project, quote = self._priced(draw, "asked")
        by = draw(st.sampled_from(("olga", "tom")))
        named = self.setting.press(
            by, f"quote.floor:{project.order.id}:{seen(quote.id, quote.rev)}", place=DESK
        )
        waived = self.setting.rules_on(project, "waive", by=by)
        self._happens(draw(st.sampled_from((named, named, waived))), draw(DIES))

    def answers_a_price(self, draw: Draw) -> None:
        """It is accepted, declined, or the list is changed; at times too late."""
        project, quote = self._priced(draw, "offered")
        action = draw(st.sampled_from(("accept.quote", "accept.quote", "decline", "change-list")))
        who, about = self._owner(project.order), f"{project.order.id}:{seen(quote.id, quote.rev)}"
        self._happens(self.setting.press(who, f"{action}:{about}"), draw(DIES))

    def says_a_code(self, draw: Draw) -> None:
        self._happens(self.setting.command(draw(WHO), "code SUMMER"), draw(DIES))

    def drops_for_somebody_who_pays(self, draw: Draw) -> None:
        """A song of a bulk order, if there is one."""
        if self.bulk is not None:
            who = draw(WHO)
            self._happens(self.setting.press(who, f"drop:{self.bulk.id}", place=HALL), 0)
            self._happens(self.setting.drop(who, "a.wav"), draw(DIES))
            self.does_what_is_to_be_done(draw)

    def runs_a_bulk_order(self, draw: Draw) -> None:
        """Who pays for it pays in once more, closes it, or takes what is left."""
        if self.bulk is not None:
            action = draw(st.sampled_from(("pay", "pay", "close", "rest")))
            self._happens(self.setting.press("nora", f"bulk.{action}:{self.bulk.id}"), draw(DIES))

    def wants_the_money_back(self, draw: Draw) -> None:
        """The owner, the artist, or somebody else altogether."""
        order = self._one(draw).order
        who = draw(st.sampled_from((*ARTISTS, "olga", "olga")))
        place = DESK if who == "olga" else None
        self._happens(self.setting.press(who, f"refund:{order.id}", place=place), draw(DIES))

    def staff_decide(self, draw: Draw) -> None:
        """One of two managers gives credit, or the money back, or refuses; another one may have to agree."""
        project = self._one(draw)
        form = draw(st.sampled_from(("credit-all", "credit-half", "give-back", "refuse", "unjustified")))
        by = draw(st.sampled_from(("olga", "tom")))
        self._happens(self.setting.rules_on(project, form, by=by), draw(DIES))

    def staff_think_again(self, draw: Draw) -> None:
        """A decision is undone, approved or refused, at times too late."""
        project = self._one(draw)
        for number, _ in enumerate(project.decisions):
            verb = draw(st.sampled_from(("undo", "second.yes", "second.yes", "second.no")))
            by = draw(st.sampled_from(("olga", "tom")))
            press = self.setting.press(by, f"{verb}:{project.order.id}:{number}", place=DESK)
            self._happens(press, draw(DIES))

    def complains(self, draw: Draw) -> None:
        order = self._one(draw, OrderState.REVIEW, OrderState.RELEASED, OrderState.COMPLETED).order
        told = {"form": "unhappy", "id": order.id, "values": {"reason": "it is distorted"}}
        self._happens(self.setting.event(self._owner(order), Kind.FORM, told), draw(DIES))
        if draw(st.booleans()):
            press = self.setting.press("olga", f"fix.warm:{order.id}", place=DESK)
            self._happens(press, draw(DIES))

    def withdraws(self, draw: Draw) -> None:
        project = self._one(draw, OrderState.REVIEW, OrderState.RELEASED, OrderState.COMPLETED)
        if project.complaints:
            self._happens(self.setting.press(self._owner(project.order), withdrawal(project)), draw(DIES))

    def a_provider_says_something(self, draw: Draw) -> None:
        project = self._one(draw)
        if any(charge.till == "demo" for charge in project.charges):
            state = draw(st.sampled_from(("disputed", "disputed", "dispute-won", "dispute-lost")))
            self._happens(self.setting.provider(project, state), draw(DIES))

    def staff_try_again(self, draw: Draw) -> None:
        order = self._one(draw, OrderState.ASIDE, OrderState.PAYING).order
        self._happens(self.setting.press("olga", f"retry:{order.id}", place=DESK), draw(DIES))

    def a_platform_says_again_what_it_said(self, draw: Draw) -> None:
        """The same event, once more and out of order."""
        if self._said:
            self._happens(draw(st.sampled_from(self._said)), draw(DIES))

    # What the house does

    def does_what_is_to_be_done(self, draw: Draw) -> None:
        """All of it, though the process may die on the way."""
        if self._dies_in(3 * draw(DIES), Process.comes_to_rest):
            self._run(self._process().comes_to_rest())

    def does_some_of_it(self, draw: Draw) -> None:
        self._dies_in(draw(DIES), Process.works)

    def a_till_does_not_answer(self, draw: Draw) -> None:
        self._run(self._fails(Queue.IO))

    def the_engine_fails(self, draw: Draw) -> None:
        self._run(self._fails(Queue.CPU))

    def time_passes(self, draw: Draw) -> None:
        """On to a later time, stopping at everything that is due on the way."""
        hours = draw(st.sampled_from((1, 23, 24, 5 * 24, 8 * 24, 60 * 24)))
        self._run(self._passes(timedelta(hours=hours)))

    # What must be true

    @invariant()
    def nothing_is_wrong_underway(self) -> None:
        if hasattr(self, "world"):
            rows = self._rows = self._run(self.world.ground.rows())
            self.states = {row["state"] for row in rows["orders"]}
            self.states |= {f"price {row['state']}" for row in rows["quotes"]}
            self.waiting = {row["kind"] for row in rows["jobs"] if row["state"] in ("queued", "running")}
            wrongs = wrongs_ever(rows)
            assert not wrongs, "\n".join(wrongs)

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self._run(self._ends())
        finally:
            self._run(self._stack.aclose())
            self._loop.close()
            shutil.rmtree(self._folder)

    async def _ends(self) -> None:
        """Everybody does what they still can; then the books must be right to the last cent."""
        await self._process().comes_to_rest()
        again = {"paying": "retry", "aside": "retry", "cancelled": "refund"}
        for row in (await self.world.ground.rows())["orders"]:
            if row["state"] in again:
                action = f"{again[row['state']]}:{row['id']}"
                await self.setting.done(self.setting.press("olga", action, place=DESK))
        rows = await self.world.ground.rows()
        wrongs = wrongs_at_rest(rows, self.world.purses, self.world.received)
        assert not wrongs, "\n".join(wrongs)
        assert not await self._process().store.pending(self.world.clock.now())

    # How it is done

    def _run(self, deed: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(deed)

    def _process(self, calls: int = 0) -> Process:
        """A fresh process; if `calls` is not 0 it dies after so many."""
        return Process(self.world, "house", _mortal(calls) if calls else freely)

    def _happens(self, incoming: Incoming, dies: int) -> None:
        """Something happens. Who was not answered because the process died says it again."""
        self._said.append(incoming)
        if self._dies_in(dies, lambda process: process.hears(incoming)):
            self._run(self._process().hears(incoming))

    def _dies_in(self, calls: int, deed: Callable[[Process], Awaitable[object]]) -> bool:
        """Whether a process died before it had done a deed; a fresh one then has taken its place."""

        async def done() -> None:
            await deed(self._process(calls))

        try:
            self._run(done())
        except Dead:
            self._run(self._process().wakes())
            return True
        return False

    async def _fails(self, queue: Queue) -> None:
        """A job fails for good. A till has done what it was asked, and could not say so."""
        process = self._process()
        job = await process.store.take(queue, DOORS, "house")
        if job is not None:
            if queue is Queue.IO:
                await process.performs(job)
            await process.ends(job, CRASHED)

    async def _passes(self, span: timedelta) -> None:
        goal = self.world.clock.time + span
        process = self._process()
        await process.comes_to_rest()
        while (due := await process.store.next_due()) is not None and due <= goal:
            self.world.clock.time = max(due, self.world.clock.time)
            await process.comes_to_rest()
        self.world.clock.time = goal

    def _one(self, draw: Draw, *states: OrderState) -> Project:
        """One of the orders; of those in some states, if any are named."""
        found = [row["id"] for row in self._rows["orders"] if not states or row["state"] in states]
        project: Project = self._run(self._order(draw(st.sampled_from(found))))
        return project

    def _priced(self, draw: Draw, state: str) -> tuple[Project, Quote]:
        """An order with a price for changes that is in some state."""
        found = draw(st.sampled_from([row for row in self._rows["quotes"] if row["state"] == state]))
        project: Project = self._run(self._order(found["order"]))
        return project, next(quote for quote in project.quotes if quote.id == found["id"])

    def _owner(self, order: Order) -> str:
        """Whose order it is, as the terminal knows them."""
        (who,) = [row["external"] for row in self._rows["identities"] if row["person"] == order.person]
        return str(who)

    async def _order(self, id_: str) -> Project:
        project = (await self._process().store.load(Needs("house", order=id_))).project
        assert project is not None
        return project


DEEDS: Sequence[tuple[Callable[[Histories, Draw], None], set[str]]] = (
    (Histories.drops, set()),
    (Histories.pays, {"offered"}),
    (Histories.pays, {"offered", "review"}),
    (Histories.wants_a_preview_first, {"offered"}),
    (Histories.cancels, {"offered", "paying", "working"}),
    (Histories.approves, {"review"}),
    (Histories.asks_for_changes, {"review", "released"}),
    (Histories.pays_for_changes, {"review", "released"}),
    (Histories.pays_for_changes, {"review", "released"}),
    (Histories.staff_name_a_price, {"price asked"}),
    (Histories.staff_name_a_price, {"price asked"}),
    (Histories.answers_a_price, {"price offered"}),
    (Histories.answers_a_price, {"price offered"}),
    (Histories.says_a_code, {"offered"}),
    (Histories.drops_for_somebody_who_pays, set()),
    (Histories.runs_a_bulk_order, set()),
    (Histories.wants_the_money_back, {"paying", "working", "review", "released", "aside", "cancelled"}),
    (Histories.staff_decide, {"working", "review", "released", "completed"}),
    (Histories.staff_think_again, {"review", "released", "completed"}),
    (Histories.complains, {"review", "released", "completed"}),
    (Histories.withdraws, {"review", "released", "completed"}),
    (Histories.a_provider_says_something, {"review", "released", "completed", "cancelled"}),
    (Histories.staff_try_again, {"aside", "paying"}),
    (Histories.a_platform_says_again_what_it_said, {"paying", "working", "review", "cancelled"}),
    (Histories.does_what_is_to_be_done, JOBS),
    (Histories.does_what_is_to_be_done, JOBS),
    (Histories.does_some_of_it, {"charge", "refund"}),
    (Histories.a_till_does_not_answer, {"charge", "refund"}),
    (Histories.the_engine_fails, {"render", "deliver"}),
    (Histories.time_passes, {"offered", "review", "released"}),
)
"""What can happen, and the states of orders or the jobs of which one must be there."""


def _mortal(calls: int) -> Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]:
    """A boundary that lets so many calls through; after the last one its process is dead."""
    left = calls

    async def boundary(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        nonlocal left
        if left <= 0:
            raise Dead
        left -= 1
        return await call()

    return boundary


@pytest.mark.databases("sqlite")
def test_the_books_are_right_in_every_history(migrated_file: Path) -> None:
    Histories.migrated = migrated_file
    run_state_machine_as_test(Histories, settings=PROFILE)
