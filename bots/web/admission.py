"""Who comes to the page of an order: the token of a pass is read, and looked up anew at each request.

What a token opens is decided in core.access; here it is only told apart what a browser is answered with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import hdrs, web

from bots.web.headers import PRIVATE
from bots.web.links import Links, NotALink
from bots.web.pages import Page, drawn, headers
from core.access import admitted
from core.links import Pass, Standing
from core.messages import WEB
from core.orders import Project
from core.people import Person
from core.ports import Clock, Store
from core.rules import HouseRules
from core.snapshot import Needs
from core.wording import Catalogues, Voice


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody whose pass opens an order now. `person` is the account that they have by now."""

    shown: Pass
    person: Person
    project: Project
    say: Voice  # in their language
    now: datetime


class Admission:
    """Reads passes."""

    def __init__(
        self, links: Links, store: Store, catalogues: Catalogues, rules: HouseRules, clock: Clock
    ) -> None:
        self._links = links
        self._store = store
        self._catalogues = catalogues
        self._rules = rules
        self._clock = clock

    def read(self, request: web.Request, token: str) -> Pass:
        """The pass that this house has signed as a token. HTTPNotFound."""
        try:
            return self._links.read_pass(token)
        except NotALink:
            raise self.nothing(request) from None

    async def __call__(self, request: web.Request, token: str, allowed: frozenset[Standing]) -> Admitted:
        """Who shows a token, and the order it is for.

        HTTPNotFound for what this house has not signed, HTTPGone for what opens nothing any more,
        HTTPForbidden for whom this is not meant. Unreachable.
        """
        shown = self.read(request, token)
        now = self._clock.now()
        snapshot = await self._store.load(Needs(WEB, account=shown.person, order=shown.order))
        person, project = snapshot.actor, snapshot.project
        say = self._catalogues.voice(person.locale) if person else self.voice(request)
        if person is None or project is None or not admitted(project, person, shown, now):
            told = say.word("It has run out or was stopped. Your music is safe: ask for it in the chat.")
            raise self._refusal(request, web.HTTPGone, say, say.word("This link is closed"), told)
        if shown.standing not in allowed:
            told = say.word("Only the artist whose order it is can do that.")
            raise self._refusal(request, web.HTTPForbidden, say, say.word("Not for you"), told)
        return Admitted(shown, person, project, say, now)

    def nothing(self, request: web.Request) -> web.HTTPException:
        """For an address at which there is nothing."""
        say = self.voice(request)
        told = say.word("There is nothing at this address. Is all of it there?")
        return self._refusal(request, web.HTTPNotFound, say, say.word("Not found"), told)

    def voice(self, request: web.Request) -> Voice:
        """For whom we do not know: the language that their browser asks for first."""
        asked = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
        return self._catalogues.voice(asked.split(",")[0].split(";")[0])

    def _refusal(
        self,
        request: web.Request,
        kind: Callable[..., web.HTTPException],
        say: Voice,
        heading: str,
        told: str,
    ) -> web.HTTPException:
        if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
            return kind(text=f"{told}\n", content_type="text/plain", headers=dict(PRIVATE))
        page = Page(say.language, heading, self._rules.house.name, heading, (told,))
        return kind(text=drawn(page), content_type="text/html", headers=dict(headers()))
