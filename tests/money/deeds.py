"""Two deeds that meet over the same money, and how things stood just before."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from core.changes import Changes
from core.jobs import Job, Queue
from core.ledger import GOODWILL, Transfer, TransferKind, of_credit
from core.messages import HOUSE, FileRef, Incoming, Kind
from core.orders import Project
from core.rules import HouseRules
from core.snapshot import Needs
from tests.desk.studio import rendered
from tests.money.explorer import Deed, Explored, Explorer
from tests.money.process import DOORS, Moment, Process, World

FIRST, SECOND = "one", "two"
"""The two processes."""

CRASHED: Mapping[str, Any] = {"failed": {"code": "crashed", "details": {}}}


class Setting:
    """How a pair of deeds begins: people and the house do something, and a process carries it out."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._process = Process(world, "setting")
        self._events = count(1)

    def event(
        self,
        who: str,
        kind: Kind,
        payload: Mapping[str, Any],
        *,
        place: str | None = None,
        files: tuple[str, ...] = (),
    ) -> Incoming:
        """Something that somebody does at the terminal a second later."""
        self._world.clock.time += timedelta(seconds=1)
        references = tuple(FileRef("terminal", f"/music/{name}", name, 1000) for name in files)
        return Incoming(
            "terminal",
            f"event-{next(self._events)}",
            who,
            place or who,
            private=place is None,
            kind=kind,
            at=self._world.clock.now(),
            payload=payload,
            files=references,
            locale="en",
            name=who,
        )

    def press(self, who: str, action: str, *, place: str | None = None) -> Incoming:
        return self.event(who, Kind.PRESS, {"action": action}, place=place)

    def drop(self, who: str, name: str) -> Incoming:
        return self.event(who, Kind.MESSAGE, {"text": "", "complete": True}, files=(name,))

    async def done(self, *incoming: Incoming) -> None:
        """These were done, and all that followed from them."""
        for each in incoming:
            await self._process.hears(each)
            await self._process.comes_to_rest()

    async def decided(self, incoming: Incoming) -> None:
        """This was decided, and nothing that follows from it is done yet."""
        await self._process.hears(incoming)

    async def offered(self, who: str = "ada") -> Project:
        """A song was dropped and has its price."""
        self._world.clock.time += timedelta(minutes=5)  # an order of its own
        await self.done(self.drop(who, "a.wav"))
        return await self.order(who)

    async def previewed(self, who: str = "ada") -> Project:
        """An order was paid and mastered; the artist listens."""
        await self.done(self.press(who, pay(await self.offered(who))))
        return await self.order(who)

    async def paying(self, who: str = "ada") -> Project:
        """The paying tap was decided; no till was asked yet."""
        await self.decided(self.press(who, pay(await self.offered(who))))
        return await self.order(who)

    async def aside(self, who: str = "ada") -> Project:
        """The engine failed at a paid order."""
        await self.paying(who)
        await self._process.works()  # the till
        await self._process.ends(await self.taken("setting"), CRASHED)
        return await self.order(who)

    async def taken(self, engine: str, queue: Queue = Queue.CPU) -> Job:
        """The next job of a queue, in the hands of a process."""
        job = await self._process.store.take(queue, DOORS, engine)
        assert job is not None
        return job

    async def asked_in_vain(self) -> None:
        """The till was asked, has taken the money, and nobody heard of it."""
        job = await self.taken("setting", Queue.IO)
        await self._process.performs(job)
        await self._process.ends(job, CRASHED)

    async def order(self, who: str) -> Project:
        """The newest open order of somebody."""
        snapshot = await self._process.store.load(Needs("terminal", external=who))
        return snapshot.open[0]

    async def credit(self, who: str, amount: int) -> None:
        """The house gave somebody credit, minor units."""
        await self.done(self.event(who, Kind.COMMAND, {"name": "start", "arguments": ""}))
        person = await self._process.store.person_of("terminal", who)
        assert person is not None
        now = self._world.clock.now()
        money = self._world.rules.money(amount)
        gift = Transfer(f"gift:{who}", TransferKind.CREDIT, GOODWILL, of_credit(person.id), money, now)
        event = Incoming(HOUSE, gift.ref, person.id, "", private=True, kind=Kind.TICK, at=now)
        await self._process.store.commit(event, Changes(transfers=(gift,)))

    async def staffed(self) -> None:
        """Olga is the owner, and there is a staff desk."""
        told = {"role": "owner", "door": "terminal", "external": "olga", "name": "olga"}
        now = self._world.clock.now()
        await self.done(
            Incoming(HOUSE, "grant", None, "", private=True, kind=Kind.GRANT, at=now, payload=told),
            self.event("olga", Kind.COMMAND, {"name": "staff", "arguments": "here"}, place=DESK),
        )

    def later(self, **span: float) -> None:
        self._world.clock.time += timedelta(**span)


DESK = "room:desk"


def pay(project: Project, choice: str = "") -> str:
    """What the paying button asks for."""
    return f"pay{choice}:{project.order.id}:{project.order.rev}"


def approve(project: Project) -> str:
    return f"approve:{project.order.id}:{project.order.version}"


def hears(incoming: Incoming) -> Deed:
    return lambda process: process.hears(incoming)


def at_once(incoming: Incoming) -> Deed:
    """It is decided at once, past the inbox, which would keep one person's deeds in their order."""
    return lambda process: process.desk.handle(incoming)


async def works(process: Process) -> None:
    """Nothing happens at this process but what is to be done anyway."""
    await process.works()


async def clock_strikes(process: Process) -> None:
    await process.looks_at_the_clock()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two deeds by name and the setting that makes them, for a song of so many cents."""

    first: str
    second: str
    begin: Callable[[Setting], Awaitable[tuple[Deed, Deed]]]
    price: int = 600
    charge: str = "before-work"

    @property
    def name(self) -> str:
        return f"{self.first} / {self.second}"

    def rules(self) -> HouseRules:
        """The house rules that it happens under."""
        usual = HouseRules()
        line = usual.service.automatic.model_copy(update={"price": self.price})
        services = usual.service.model_copy(update={"automatic": line})
        return usual.model_copy(update={"service": services, "charge": self.charge})


Plant = Callable[[World], AbstractAsyncContextManager[None]]
"""Takes something away that keeps money safe, until the context ends."""


async def explored(
    world: World,
    pair: Pair,
    empty: Moment,
    *,
    most: int = 3,
    inside: bool = False,
    plant: Plant | None = None,
) -> Explored:
    """Explore a pair of deeds, from a world in which nothing has happened yet. `most` findings are enough.

    `inside`: also within transactions that are open at the same time; needs PostgreSQL.
    """
    await world.restore(empty)
    world.rules = pair.rules()
    async with plant(world) if plant else nullcontext():
        deeds = await pair.begin(Setting(world))
        explorer = Explorer(world, deeds, (FIRST, SECOND), most=most, inside=inside)
        return await explorer.explore(await world.save())


async def _double_tap(setting: Setting) -> tuple[Deed, Deed]:
    action = pay(await setting.offered())
    return hears(setting.press("ada", action)), hears(setting.press("ada", action))


async def _two_taps(setting: Setting) -> tuple[Deed, Deed]:
    action = pay(await setting.offered())
    return at_once(setting.press("ada", action)), at_once(setting.press("ada", action))


async def _same_event(setting: Setting) -> tuple[Deed, Deed]:
    tap = setting.press("ada", pay(await setting.offered()))
    return hears(tap), hears(tap)


async def _pay_cancel(setting: Setting) -> tuple[Deed, Deed]:
    await setting.credit("ada", 200)
    project = await setting.offered()
    return at_once(setting.press("ada", pay(project))), at_once(setting.press("ada", _cancel(project)))


async def _one_credit(setting: Setting) -> tuple[Deed, Deed]:
    await setting.credit("ada", 600)
    one, two = await setting.offered(), await setting.offered()
    tap, other = (setting.press("ada", pay(each, ".credit")) for each in (one, two))
    return at_once(tap), at_once(other)


async def _credit_comes_back(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 600)
    one = await setting.previewed()
    two = await setting.offered()
    return (
        hears(setting.press("olga", _refund(one), place=DESK)),
        hears(setting.press("ada", pay(two))),
    )


async def _till_cancel(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.paying()
    return works, hears(setting.press("ada", _cancel(project)))


async def _two_hands(setting: Setting) -> tuple[Deed, Deed]:
    await setting.paying()
    return works, works


async def _till_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 200)
    project = await setting.paying()
    return works, hears(setting.press("olga", _refund(project), place=DESK))


async def _till_minor(setting: Setting) -> tuple[Deed, Deed]:
    await setting.credit("ada", 200)
    await setting.paying()
    return works, hears(setting.press("ada", "minor:me"))


async def _asked_twice(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.paying()
    await setting.asked_in_vain()
    again = f"retry:{project.order.id}"
    first, second = (hears(setting.press("olga", again, place=DESK)) for _ in range(2))
    return first, second


async def _unknown_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 200)
    project = await setting.paying()
    await setting.asked_in_vain()
    again, back = f"retry:{project.order.id}", _refund(project)
    return hears(setting.press("olga", again, place=DESK)), hears(setting.press("olga", back, place=DESK))


async def _approve_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.previewed()
    return (
        hears(setting.press("ada", approve(project))),
        hears(setting.press("olga", _refund(project), place=DESK)),
    )


async def _approve_end(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.previewed()
    tap = setting.press("ada", approve(project))
    await _window_ends(setting)
    return hears(tap), clock_strikes


async def _refund_end(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.previewed()
    await _window_ends(setting)
    return hears(setting.press("olga", _refund(project), place=DESK)), clock_strikes


async def _both_want_it_back(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    await setting.credit("ada", 200)
    project = await setting.aside()
    return (
        hears(setting.press("ada", _refund(project))),
        hears(setting.press("olga", _refund(project), place=DESK)),
    )


async def _refund_again(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.aside()
    await setting.decided(setting.press("ada", _refund(project)))
    return works, hears(setting.press("olga", _refund(project), place=DESK))


async def _refund_retry(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.aside()
    again = setting.press("olga", f"retry:{project.order.id}", place=DESK)
    return hears(setting.press("ada", _refund(project))), hears(again)


async def _pay_expiry(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.offered()
    setting.later(days=8)
    return hears(setting.press("ada", pay(project))), clock_strikes


async def _pay_drop(setting: Setting) -> tuple[Deed, Deed]:
    project = await setting.offered()
    return hears(setting.press("ada", pay(project))), hears(setting.drop("ada", "b.wav"))


async def _made_refund(setting: Setting) -> tuple[Deed, Deed]:
    await setting.staffed()
    project = await setting.aside()
    await setting.decided(setting.press("olga", f"retry:{project.order.id}", place=DESK))
    job = await setting.taken(FIRST)
    return (
        lambda process: process.ends(job, {"done": rendered()}),
        hears(setting.press("olga", _refund(project), place=DESK)),
    )


async def _owed_end(setting: Setting) -> tuple[Deed, Deed]:
    offer = await setting.offered()
    await setting.done(setting.press("ada", f"preview:{offer.order.id}:{offer.order.rev}"))
    project = await setting.order("ada")
    tap = setting.press("ada", pay(project))
    await _window_ends(setting)
    return hears(tap), clock_strikes


async def _window_ends(setting: Setting) -> None:
    setting.later(days=6)


def _cancel(project: Project) -> str:
    return f"cancel:{project.order.id}"


def _refund(project: Project) -> str:
    return f"refund:{project.order.id}"


DEAR = 100_301
"""More than there is in a demo purse."""

PAIRS = (
    Pair("pay", "pay: a double tap", _double_tap),
    Pair("pay", "pay, at two devices at once", _two_taps),
    Pair("pay", "the same tap at another process", _same_event),
    Pair("pay with credit and money", "cancel", _pay_cancel),
    Pair("pay with credit", "pay another order with it", _one_credit),
    Pair("pay", "the offer runs out", _pay_expiry),
    Pair("pay", "one more song", _pay_drop),
    Pair("the till takes it", "cancel", _till_cancel),
    Pair("the till takes it", "another hand at the tills", _two_hands),
    Pair("the till takes it", "staff give it back", _till_refund),
    Pair("the till takes it", "the artist is a child", _till_minor),
    Pair("the till declines it", "cancel", _till_cancel, DEAR),
    Pair("the till declines it", "staff give it back", _till_refund, DEAR),
    Pair("the till declines it", "the artist is a child", _till_minor, DEAR),
    Pair("the till is asked again", "and again", _asked_twice),
    Pair("the till is asked again", "staff give it back", _unknown_refund),
    Pair("approve", "staff give it back", _approve_refund),
    Pair("approve", "the window ends", _approve_end),
    Pair("staff give it back", "the window ends", _refund_end),
    Pair("staff give it back", "its credit pays another order", _credit_comes_back),
    Pair("the artist takes it back", "staff give it back", _both_want_it_back),
    Pair("the artist takes it back", "staff let the engine try again", _refund_retry),
    Pair("the till gives it back", "staff ask for it again", _refund_again),
    Pair("a master is made", "staff give it back", _made_refund),
    Pair("pay for the files", "the window ends", _owed_end, charge="before-files"),
)
"""The deeds that move money, each with the deed most likely to come between."""
