"""Who comes to the page of an order: the token of a pass is read, and looked up anew at each request.

What a token opens is decided in core.access.
"""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bots.web.links import Links, NotALink
from bots.web.refusals import Refusals
from core.access import admitted
from core.links import Pass, Standing
from core.messages import WEB
from core.orders import Project
from core.people import Person
from core.ports import Clock, Store
from core.rules import HouseRules
from core.snapshot import Needs
from core.trade import Asked
from core.wording import Catalogues, Voice


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody whose pass opens an order now. `person` is the account that they have by now."""

    shown: Pass
    person: Person
    project: Project
    say: Voice  # in their language
    now: datetime
    songs: tuple[Project, ...] = ()  # that the money of this order pays for


class Admission:
    """Reads passes."""

    def __init__(
        self, links: Links, store: Store, catalogues: Catalogues, rules: HouseRules, clock: Clock
    ) -> None:
        self._links = links
        self._store = store
        self._catalogues = catalogues
        self._clock = clock
        self.refusals = Refusals(catalogues, rules.house.name)

    def read(self, request: web.Request, token: str) -> Pass:
        """The pass that this house has signed as a token. HTTPNotFound."""
        try:
            return self._links.read_pass(token)
        except NotALink:
            raise self.refusals.nothing(request) from None

    async def __call__(self, request: web.Request, token: str, allowed: frozenset[Standing]) -> Admitted:
        """Who shows a token, and the order it is for.

        HTTPNotFound for what this house has not signed, HTTPGone for what opens nothing any more,
        HTTPForbidden for whom this is not meant. Unreachable.
        """
        shown = self.read(request, token)
        now = self._clock.now()
        snapshot = await self._store.load(Needs(WEB, account=shown.person, order=shown.order))
        person, project = snapshot.actor, snapshot.project
        say = self._catalogues.voice(person.locale) if person else self.refusals.voice(request)
        if person is None or project is None or not admitted(project, person, shown, now):
            raise self.refusals.closed(request, say)
        if shown.standing not in allowed:
            raise self.refusals.not_theirs(request, say)
        return Admitted(shown, person, project, say, now, await self._paid_for(project))

    async def _paid_for(self, project: Project) -> tuple[Project, ...]:
        """The songs of a bulk order that an order has paid for in advance."""
        prepays = project.order.prepays
        if prepays is None:
            return ()
        needs = Needs(WEB, trade=Asked(agreement=prepays.agreement, songs=True))
        return (await self._store.load(needs)).trade.songs

    async def revision(self, order: str) -> int | None:
        """The revision of an order as it stands now; None if it is gone. Unreachable."""
        project = (await self._store.load(Needs(WEB, order=order))).project
        return project.order.rev if project else None
