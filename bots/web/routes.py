"""`/o/TOKEN` and all below it: every route in one table, with who may take it.

Nothing is handled that was not admitted: a route says who may, and the door looks before it calls.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from aiohttp import hdrs, web

from bots.web.admission import Admission, Admitted
from bots.web.downloads import crawls
from bots.web.rates import Gate
from core.links import Standing
from core.ports import Unreachable

PATH = "/o"

ARTIST = frozenset({Standing.ARTIST})
STAFF = frozenset({Standing.STAFF})
LISTENERS = ARTIST | {Standing.MEMBER}
ANYBODY = frozenset(Standing)
"""Whoever has a pass."""

Handler = Callable[[web.Request, Admitted, Mapping[str, str]], Awaitable[web.StreamResponse]]
"""Called with who was admitted, and with the parts of the path that the pattern names."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way in. `pattern` is what follows `/o/TOKEN`; `{name}` stands for one part of a path.

    An app that only draws a preview of an address may take none that is not `for_crawlers`.
    """

    method: str
    pattern: str
    handler: Handler
    who: frozenset[Standing]
    for_crawlers: bool = False
    shape: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        literal = re.split(r"\{(\w+)\}", self.pattern)
        shape = "".join(
            f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part) for number, part in enumerate(literal)
        )
        object.__setattr__(self, "shape", re.compile(shape))


class OrderDoor:
    """Answers below `/o`: finds the route, has the pass looked at, and calls what answers.

    `seconds` is a clock that only goes on, for how often somebody may ask.
    """

    def __init__(
        self, admission: Admission, routes: Iterable[Route], seconds: Callable[[], float] = monotonic
    ) -> None:
        self.routes = tuple(routes)
        self._admission = admission
        self._gate = Gate(seconds)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """404 for what is nowhere or not signed, 405, 410 for a closed link, 403 for whom it is not meant.

        429 for who asks too often.
        """
        token, slash, rest = request.path.removeprefix(f"{PATH}/").partition("/")
        found = [(route, match) for route in self.routes if (match := route.shape.fullmatch(slash + rest))]
        try:
            self._admission.read(request, token)  # to whom has no pass, all paths are alike
        except web.HTTPNotFound:
            self._gate.stranger(request)
            raise
        self._gate.known(token)
        if not found:
            raise self._admission.refusals.nothing(request)
        for route, match in found:
            if request.method in _methods(route):
                if crawls(request) and not route.for_crawlers:
                    raise web.HTTPForbidden
                try:
                    admitted = await self._admission(request, token, route.who)
                    return await route.handler(request, admitted, match.groupdict())
                except Unreachable:
                    raise web.HTTPServiceUnavailable(headers={hdrs.RETRY_AFTER: "5"}) from None
        allowed = sorted({method for route, _ in found for method in _methods(route)})
        raise web.HTTPMethodNotAllowed(request.method, allowed)


def _methods(route: Route) -> tuple[str, ...]:
    return (hdrs.METH_GET, hdrs.METH_HEAD) if route.method == hdrs.METH_GET else (route.method,)
