"""How deeds that meet begin: people and the house do something, and a process carries it out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from core.agreements import Agreement
from core.bulks import Bulk
from core.changes import Changes
from core.ids import seen
from core.jobs import Job, Queue
from core.ledger import GOODWILL, Transfer, TransferKind, of_credit
from core.linking import VALID, LinkCode, hash_of, short_hash
from core.messages import HOUSE, FileRef, Incoming, Kind
from core.orders import Project
from core.snapshot import Needs
from core.trade import Asked, Trade
from tests.desk.studio import looked_into
from tests.money.explorer import Deed
from tests.money.process import DOORS, Process, World

PROCESSES = FIRST, SECOND, THIRD = "one", "two", "three"

CRASHED: Mapping[str, Any] = {"failed": {"code": "crashed", "details": {}}}


class Setting:
    """How deeds that meet begin: people and the house do something, and a process carries it out."""

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

    async def project(self, id_: str) -> Project:
        """An order by its id."""
        found = (await self._process.store.load(Needs(HOUSE, order=id_))).project
        assert found is not None
        return found

    async def credit(self, who: str, amount: int) -> None:
        """The house gave somebody credit, minor units."""
        await self.done(self.command(who, "start"))
        person = await self._process.store.person_of("terminal", who)
        assert person is not None
        now = self._world.clock.now()
        money = self._world.rules.money(amount)
        gift = Transfer(f"gift:{who}", TransferKind.CREDIT, GOODWILL, of_credit(person.id), money, now)
        event = Incoming(HOUSE, gift.ref, person.id, "", private=True, kind=Kind.TICK, at=now)
        await self._process.store.commit(event, Changes(transfers=(gift,)))

    async def linked(self, giver: str) -> str:
        """Somebody has given a code; what the button says by which another account becomes theirs."""
        await self.done(self.command(giver, "start"))
        person = await self._process.store.person_of("terminal", giver)
        assert person is not None
        now, hash_ = self._world.clock.now(), hash_of("K7QF-2M9X")
        event = Incoming(HOUSE, f"code:{giver}", person.id, "", private=True, kind=Kind.TICK, at=now)
        await self._process.store.commit(event, Changes(codes=(LinkCode(hash_, person.id, now + VALID),)))
        return f"join:{short_hash(hash_)}"

    async def staffed(self) -> None:
        """Olga is the owner, and there is a staff desk."""
        told = {"role": "owner", "door": "terminal", "external": "olga", "name": "olga"}
        now = self._world.clock.now()
        await self.done(
            Incoming(HOUSE, "grant", None, "", private=True, kind=Kind.GRANT, at=now, payload=told),
            self.command("olga", "staff here", place=DESK),
        )

    async def joined_by(self, name: str, role: str = "manager") -> None:
        """One more of the staff."""
        told = {"role": role, "door": "terminal", "external": name, "name": name}
        now = self._world.clock.now()
        grant = Incoming(
            HOUSE, f"grant-{name}", None, "", private=True, kind=Kind.GRANT, at=now, payload=told
        )
        await self.done(grant)

    def rules_on(self, project: Project, form: str, *, by: str = "olga", amount: str = "") -> Incoming:
        """Somebody of the staff fills in a form about the money of an order."""
        values = {"reason": "at fault", **({"amount": amount} if amount else {})}
        return self.form(by, form, project.order.id, place=DESK, **values)

    def form(self, who: str, name: str, id_: str, /, *, place: str | None = None, **values: str) -> Incoming:
        """A form is filled in at once."""
        return self.event(who, Kind.FORM, {"form": name, "id": id_, "values": values}, place=place)

    def command(self, who: str, words: str, *, place: str | None = None) -> Incoming:
        name, _, arguments = words.partition(" ")
        return self.event(who, Kind.COMMAND, {"name": name, "arguments": arguments}, place=place)

    def provider(self, project: Project, state: str) -> Incoming:
        """The provider of outside money says something about it."""
        charge = next(each for each in project.charges if each.till == "demo")
        told = {"state": state, "payload": project.order.id, "charge": charge.id}
        self._world.clock.time += timedelta(seconds=1)
        now = self._world.clock.now()
        name = f"provider-{next(self._events)}"
        return Incoming("terminal", name, None, "till", private=True, kind=Kind.PAYMENT, at=now, payload=told)

    async def released(self, who: str = "ada") -> Project:
        """An order was approved, and its files went out."""
        await self.done(self.press(who, approve(await self.previewed(who))))
        return await self.order(who)

    async def complained(self, who: str = "ada") -> Project:
        """The artist of a released order says what is wrong with it."""
        await self.released(who)
        await self.done(self.command(who, "refund it is distorted"))
        return await self.order(who)

    async def measured(self, engine: str, who: str, bulk: Bulk) -> Deed:
        """Somebody has dropped a song for a bulk order; a process is about to say what was heard in it."""
        await self.done(self.press(who, f"drop:{bulk.id}", place=HALL))
        await self.decided(self.drop(who, f"{who}.wav"))
        while await self._process.works():  # until it is there
            pass
        job = await self.taken(engine)
        return lambda process: process.ends(job, {"done": looked_into()})

    async def priced(self, songs: int, *, deposit: str = "") -> tuple[Bulk, Agreement]:
        """Nora has a bulk order, for which olga has proposed a price a song."""
        await self.staffed()
        about = {"title": "Winter", "tracks": "3", "deadline": "", "who": "artists", "note": ""}
        await self.done(self.form("nora", "bulk", "none", **about))
        own = await self._process.store.load(Needs("terminal", external="nora", trade=Asked(own=True)))
        await self.done(self.press("nora", f"bulk.price:{own.trade.own[0].id}"))
        await self.done(await self.proposal(songs, deposit=deposit))
        trade = await self.trade()
        assert trade.bulk is not None
        assert trade.agreement is not None
        return trade.bulk, trade.agreement

    async def proposal(self, songs: int, *, price: str = "4.20", deposit: str = "") -> Incoming:
        """Olga names a price a song in the first agreement there is."""
        agreement = (await self.trade()).agreement
        assert agreement is not None
        terms = {"price": price, "songs": str(songs), "until": UNTIL, "deposit": deposit}
        return self.form("olga", "propose", agreement.id, place=DESK, **terms)

    def agrees(self, who: str, agreement: Agreement) -> Incoming:
        """The other side accepts what was proposed last."""
        shown = f"{agreement.id}.{agreement.proposals}"
        return self.form(who, "agree", shown, organisation="Night Owls", role="")

    async def opened(self, songs: int = 2, *, deposit: str = "") -> tuple[Bulk, Project]:
        """The price of nora's bulk order is agreed, and she can pay in."""
        _, agreement = await self.priced(songs, deposit=deposit)
        await self.done(self.agrees("nora", agreement))
        trade = await self.trade()
        assert trade.bulk is not None
        await self.done(self.command("nora", "bulk here", place=HALL))
        return trade.bulk, await self.order("nora")

    async def paid_in(self, songs: int = 2, *, deposit: str = "") -> Bulk:
        """The songs of a bulk order can be paid out of what nora paid in."""
        bulk, order = await self.opened(songs, deposit=deposit)
        if deposit:
            await self.done(self.press("nora", f"pay-in.deposit:{order.order.id}:{order.order.rev}"))
            order = await self.order("nora")
        await self.done(self.press("nora", pay(order)))
        return bulk

    async def trade(self) -> Trade:
        """The first agreement there is, and its bulk order."""
        return (await self._process.store.load(Needs("terminal", trade=Asked(number=1)))).trade

    def until(self, day: str) -> None:
        """The noon of a day."""
        self._world.clock.time = datetime.fromisoformat(f"{day}T12:00:00+00:00")

    def later(self, **span: float) -> None:
        self._world.clock.time += timedelta(**span)


DESK, HALL = "room:desk", "room:hall"

UNTIL = "2026-03-20"
"""The last day of every price that is agreed."""


def pay(project: Project, choice: str = "") -> str:
    """What the paying button asks for."""
    return f"pay{choice}:{project.order.id}:{project.order.rev}"


def approve(project: Project) -> str:
    return f"approve:{project.order.id}:{project.order.version}"


def withdrawal(project: Project) -> str:
    """The newest complaint."""
    return f"withdraw:{project.order.id}:{seen(project.complaints[-1].id, 0)}"


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
