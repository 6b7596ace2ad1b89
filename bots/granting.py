"""`lathe grant`: the first owner is made by whoever holds the machine."""

from uuid import uuid4

from bots.catalogues import load_catalogues
from bots.clock import WallClock
from bots.home import Home
from bots.settings import Settings
from core.desk.desk import Desk
from core.desk.scene import Ways
from core.desk.staffing.staff import NOBODY
from core.messages import HOUSE, Incoming, Kind
from core.people import Role, account_id
from core.rules import load_rules
from storage.schema import check, migrate
from storage.store import open_store


class LastOwner(Exception):
    """The only owner cannot lose their role."""


async def grant(settings: Settings, role: Role | None, door: str, external: str) -> None:
    """Give somebody a role, or take theirs away. Newer if the database is, LastOwner.

    It needs no lock: the desk's decision is one commit, whoever else is at work.
    """
    rules, clock = load_rules(settings.rules_file), WallClock()
    Home(settings.folder).make()
    await migrate(settings.database)
    await check(settings.database)
    async with open_store(settings.database, clock, {}, rules.currency) as store:
        desk = Desk(store, rules, clock, load_catalogues(), Ways({}))
        await desk.handle(
            Incoming(
                door=HOUSE,
                event_id=f"grant-{uuid4().hex}",
                person=account_id(door, external),
                place="",
                private=True,
                kind=Kind.GRANT,
                at=clock.now(),
                payload={"role": role or NOBODY, "door": door, "external": external},
            )
        )
        person = await store.person_of(door, external)
        if person is not None and person.role is not role:
            raise LastOwner(f"{door}:{external} is the only owner: make somebody else owner first")
