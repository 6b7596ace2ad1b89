"""The web door put together: everything that it answers to browsers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bots.rooms import Rooms
from bots.web import assets, downloads
from bots.web import routes as orders
from bots.web.admission import Admission, Admitted
from bots.web.assets import Assets
from bots.web.downloads import Downloads
from bots.web.handing_in import HandIn
from bots.web.handover import Handover
from bots.web.health import Routes
from bots.web.orders import PATIENCE, House, Orders
from bots.web.rates import Lanes
from bots.web.receiving import Receiving
from bots.web.routes import OrderDoor
from bots.web.stamps import Stamps
from bots.web.tus import Tus
from bots.web.upload import UploadForm, section
from core.desk.desk import Desk
from core.messages import Answer, Incoming, Question
from storage.visits import Visits

Moved = Callable[[str], Awaitable[None]]
"""Draws how far the files of an order have come."""

LOOK = 0.1
"""Seconds between two looks whether another process has decided a deed."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The house, as its pages see it, from another process: what is written down is decided elsewhere."""

    rooms: Rooms
    desk: Desk

    async def receive(self, incoming: Incoming) -> bool:
        """Write a deed down; False if it stood there already. Unreachable."""
        return await self.rooms.store.receive(incoming)

    async def decide(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        """Write a deed down and return when it was decided. Unreachable."""
        await self.receive(incoming)
        if written is not None:
            written.set()
        while await self.rooms.store.stands_undone(incoming):  # noqa: ASYNC110  in another process
            await asyncio.sleep(LOOK)

    async def ask(self, question: Question) -> Answer:
        """What can be known without doing anything. Unreachable."""
        return await self.desk.ask(question)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the web door answers beside telling how it is, area by area."""

    files: Downloads
    orders: OrderDoor
    static: Assets

    @property
    def routes(self) -> Routes:
        """Who answers below which path."""
        return {
            downloads.PATH: self.files.answer,
            orders.PATH: self.orders.answer,
            assets.PATH: self.static.answer,
        }


def pages(rooms: Rooms, house: House, moved: Moved, patience: float = PATIENCE) -> Pages:
    """The pages of a house. A press waits `patience` seconds for the desk."""
    static, lanes = Assets(), Lanes()
    files = Downloads(
        rooms.links,
        rooms.store,
        rooms.blobs,
        rooms.catalogues,
        rooms.premises.rules,
        rooms.premises.clock,
        house.receive,
        Visits(rooms.database),
        lanes,
    )
    return Pages(files, order_door(rooms, house, moved, static, lanes, patience), static)


def order_door(
    rooms: Rooms, house: House, moved: Moved, static: Assets, lanes: Lanes, patience: float = PATIENCE
) -> OrderDoor:
    """All below `/o`. What hands over files takes one of the lanes."""
    rules, clock = rooms.premises.rules, rooms.premises.clock
    name = rules.house.name
    admission = Admission(rooms.links, rooms.store, rooms.catalogues, rules, clock)
    stamps, visits = Stamps(rooms.stamping), Visits(rooms.database)
    receiving = Receiving(
        rooms.store,
        rooms.uploads,
        rooms.blobs,
        rules,
        clock,
        house.receive,
        moved,
        rooms.objects.free,
    )

    async def upload(who: Admitted, token: str, stamp: str) -> str:
        uploads = await rooms.uploads.of_order(who.project.order.id)
        return section(who, token, stamp, receiving.most, uploads)

    handover = Handover(admission, rooms.blobs, visits, lanes, house.receive, name)
    shown = Orders(admission, house, rooms.links, stamps, visits, handover, static, rules, upload, patience)
    hand_in = HandIn(admission, house, receiving, rooms.blobs, stamps, patience)
    sent = (*UploadForm(receiving, stamps, name).routes, *Tus(receiving).routes, *hand_in.routes)
    return OrderDoor(admission, (*shown.routes, *sent))
