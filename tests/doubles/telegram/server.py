"""The HTTP side: calls come in, faults strike, answers and complaints are written down."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from tests.doubles.botapi_judge import judge
from tests.doubles.telegram import editing, fetching, paying, sending, settings
from tests.doubles.telegram.calls import Arrived, arrived, method_name, read
from tests.doubles.telegram.faults import Fault, Faults
from tests.doubles.telegram.limits import Times
from tests.doubles.telegram.people import Group, Person
from tests.doubles.telegram.refusals import Refusal
from tests.doubles.telegram.state import Chat, User
from tests.doubles.telegram.world import FIRST_GROUP, FIRST_PERSON, FIRST_SUPERGROUP, Methods, Press, World

TOKEN = "1000001:a-token-that-only-this-double-takes"
METHODS: Methods = {
    **fetching.METHODS,
    **sending.METHODS,
    **editing.METHODS,
    **paying.METHODS,
    **settings.METHODS,
}
_BY_NAME = {method_name(described): described for described in METHODS}
_PIECE = 1 << 16  # bytes of a file that are sent at a time

T = TypeVar("T")


@dataclass
class Call:
    """A call as it came, at the loop's time `at`.

    `status` and `answer` say how it was carried out, whatever a fault made of that on its way back; until
    then they are 0 and None.
    """

    method: str
    parameters: Mapping[str, Any]
    uploads: tuple[str, ...]
    at: float
    status: int = 0
    answer: Mapping[str, Any] | None = None


class Telegram:
    """A Bot API on loopback. See the package for how it is used."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.calls: list[Call] = []
        self.faults = Faults(world.updates, world.files)
        self.origin = ""
        self._numbers = count()

    @property
    def base_url(self) -> str:
        """What LATHE_TELEGRAM_API_URL is set to, and python-telegram-bot's base_url."""
        return f"{self.origin}/bot"

    @property
    def file_url(self) -> str:
        """What LATHE_TELEGRAM_FILE_URL is set to, and python-telegram-bot's base_file_url."""
        return f"{self.origin}/file/bot"

    @property
    def username(self) -> str:
        """The bot's name in links: https://t.me/USERNAME?start=PAYLOAD."""
        return self.world.me.username or ""

    @property
    def complaints(self) -> list[str]:
        """What was wrong so far; if any is left at the end, the test fails."""
        return self.world.complaints

    @property
    def presses(self) -> list[Press]:
        """Every press, with its answer."""
        return list(self.world.presses.values())

    def verdict(self) -> str:
        """The complaints so far, to be read by who looks for what went wrong."""
        if not self.complaints:
            return "the Bot API has no complaints"
        return "\n".join(("the Bot API would not have had this:", *self.complaints))

    def forgiven(self) -> list[str]:
        """The complaints so far, which no longer fail the test: for one that causes them on purpose."""
        found = list(self.complaints)
        self.complaints.clear()
        return found

    def called(self, method: str) -> list[Call]:
        """Every call of a method."""
        return [call for call in self.calls if call.method == method]

    def person(self, name: str, language: str | None = "en", username: str | None = None) -> Person:
        """Somebody new, whom the bot cannot write to before they have written."""
        return Person(self.world, User(FIRST_PERSON + next(self._numbers), name, username, language))

    def group(
        self, title: str, *, forum: bool = False, supergroup: bool = False, rules: bool = False
    ) -> Group:
        """A group that the bot is in; it sees commands, answers to it and its name, all if it `rules`."""
        large = forum or supergroup
        identity = (FIRST_SUPERGROUP if large else FIRST_GROUP) - 1000 * next(self._numbers)
        chat = Chat(identity, "supergroup" if large else "group", title, forum=forum)
        return Group(self.world, chat, rules=rules)

    @property
    def polled(self) -> bool:
        """Whether a getUpdates waits for something to happen."""
        return self.world.updates.waiting > 0

    async def until(self, predicate: Callable[[], T], seconds: float = 10.0) -> T:
        """What the predicate gives as soon as that is true; AssertionError if it is not in time."""
        try:
            return await self.world.changes.until(predicate, seconds)
        except TimeoutError:
            last = "\n".join(f"  {call.method} {call.status} {call.parameters}" for call in self.calls[-5:])
            raise AssertionError(f"it did not come within {seconds} s; the last calls were\n{last}") from None

    async def settled(self, seconds: float = 10.0) -> None:
        """Wait until the bot has confirmed all that happened."""
        await self.until(lambda: not self.world.updates.pending, seconds)

    # HTTP

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/bot{token}/{method}", self._answer)
        application.router.add_get("/file/bot{token}/{path:.+}", self._file)
        return application

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _refused(Refusal(401, "Unauthorized"))
        name = request.match_info["method"]
        try:
            came = await arrived(request, self.world.files.most_up)
        except Refusal as refusal:
            self.calls.append(
                Call(name, {}, (), self.world.clock(), refusal.code, {"description": refusal.description})
            )
            self.world.changes.happened()
            return _refused(refusal)
        call = Call(name, came.parameters, tuple(came.uploads), self.world.clock())
        self.calls.append(call)
        fault = self.faults.take(name, came)
        if fault is not None and not fault.accepted and (answer := await self._struck(fault, request)):
            call.status = answer.status
            return answer
        answer = await self._carried_out(call, came)
        if fault is not None and fault.accepted:
            return await self._struck(fault, request) or answer
        return answer

    async def _struck(self, fault: Fault, request: web.Request) -> web.Response | None:
        """The answer in place of the right one, if there is another."""
        match fault.kind:
            case "flood":
                seconds = int(fault.seconds)
                return _refused(
                    Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
                )
            case "bad gateway":
                return _refused(Refusal(502, "Bad Gateway"))
            case "cut":
                assert request.transport is not None
                request.transport.abort()
                return _refused(Refusal(502, "nobody reads this"))
            case "slow":
                await asyncio.sleep(fault.seconds)
        return None

    async def _carried_out(self, call: Call, came: Arrived) -> web.Response:
        try:
            described = _BY_NAME.get(call.method)
            if described is None:
                self.complaints.append(f"{call.method} is no method that this double knows")
                raise Refusal(404, "Not Found")
            self._judge_call(call, came)
            result = METHODS[described](self.world, read(described, came, self.complaints.append))
            if inspect.isawaitable(result):
                result = await result
        except Exception as wrong:
            if not isinstance(wrong, Refusal):
                self.complaints.append(f"{call.method} could not be carried out: {wrong!r}")
            refusal = wrong if isinstance(wrong, Refusal) else Refusal(500, "Internal Server Error")
            answer = _refused(refusal)
            call.status, call.answer = refusal.code, {"description": refusal.description}
        else:
            answer = web.json_response({"ok": True, "result": result})
            call.status, call.answer = 200, {"result": result}
            if self.world.judge is not None:
                self.complaints.extend(self.world.judge.answer(call.method, result))
        self.world.changes.happened()
        return answer

    def _judge_call(self, call: Call, came: Arrived) -> None:
        if self.world.judge is not None:
            direct = [name for name in came.uploads if name not in came.attached()]
            self.complaints.extend(self.world.judge.call(call.method, came.parameters, direct))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = self.world.files.linked(request.match_info["path"])
        if request.match_info["token"] != self.token or file is None:
            return _refused(Refusal(404, "Not Found"))
        response = web.StreamResponse(headers={"Content-Length": str(file.size)})
        await response.prepare(request)
        cut = self.faults.cut_downloads > 0
        self.faults.cut_downloads -= cut
        data = file.data[: file.size // 2] if cut else file.data
        for start in range(0, len(data), _PIECE):
            await response.write(data[start : start + _PIECE])
        if cut and request.transport is not None:
            request.transport.abort()
        return response


def _refused(refusal: Refusal) -> web.Response:
    body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = dict(refusal.parameters)
    return web.json_response(body, status=refusal.code)


@asynccontextmanager
async def running(
    times: Times | None = None, local: Path | None = None, token: str = TOKEN
) -> AsyncIterator[Telegram]:
    """A Bot API on a port of 127.0.0.1 until the context ends; AssertionError then if there are complaints.

    `local`: behave as a local server, which puts files into this folder and has no caps.
    """
    telegram = Telegram(World(times or Times(), local, judge()), token)
    runner = web.AppRunner(telegram.application(), shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    telegram.origin = f"http://{host}:{port}"
    try:
        yield telegram
    except BaseException as failed:
        failed.add_note(telegram.verdict())
        raise
    finally:
        await telegram.world.webhook.remove()
        telegram.world.updates.interrupt()
        await runner.cleanup()
    if telegram.complaints:
        raise AssertionError(telegram.verdict())
