"""Every interleaving of two processes, times every point at which one or both of them can die, on real SQL.

A schedule says who carries out the next call, and once at most who dies instead; a fresh process then takes
the dead one's place and is interleaved like any other. What a process knows is what its calls have answered,
so a state is the rows, the till's books and both processes' answers since they last began something new.
Equal states have equal futures: each is explored once, and schedules are counted, not run one by one. That
leaves none out. A state is reached again by putting the rows back and letting the coroutine run on what its
calls answered before.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from tests.money.ground import PostgresGround
from tests.money.overlap import Gate, gated, overlap
from tests.money.process import Moment, Process, World
from tests.money.truth import wrongs_at_rest, wrongs_ever

Deed = Callable[[Process], Awaitable[object]]
"""What a process is about to do, before it works off whatever is to be done."""

READING = frozenset({"load", "undone", "due"})


class Halt(BaseException):
    """A coroutine has come as far as it may: the next call is another step. No code of ours catches it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to."""

    call: str
    value: Any
    error: Exception | None
    digest: str

    def given(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


class Stage(Enum):
    DEED = "deed"
    WAKING = "waking"  # a fresh process, in place of a dead one
    WORKING = "working"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Seat:
    """A process between two calls: what it is doing, and what its calls in doing it have answered."""

    stage: Stage
    answers: tuple[Answer, ...] = ()

    @property
    def key(self) -> tuple[Stage, tuple[str, ...]]:
        return self.stage, tuple(answer.digest for answer in self.answers)


@dataclass(frozen=True, slots=True)
class State:
    """Everything that decides what can happen from here on."""

    moment: Moment
    seats: tuple[Seat, Seat]
    crashed: bool

    @property
    def key(self) -> object:
        return self.moment.key, self.seats[0].key, self.seats[1].key, self.crashed

    @property
    def over(self) -> bool:
        return all(seat.stage is Stage.DONE for seat in self.seats)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be, and the schedule that led there."""

    wrong: str
    schedule: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.wrong}\n  after: {', '.join(self.schedule)}"


@dataclass(slots=True)
class Explored:
    """What an exploration covered and found."""

    schedules: int = 0
    crash_points: int = 0
    states: int = 0
    steps: int = 0
    overlaps: int = 0  # of two transactions that were open at once
    endings: int = 0
    findings: list[Finding] = field(default_factory=list)


class Found(Exception):
    """Enough was found."""


class Explorer:
    """Explores two deeds from one moment. `names` are the processes' engines; `most` findings are enough.

    `inside`: also between the statements of two transactions that are open at once (PostgreSQL).
    """

    def __init__(
        self,
        world: World,
        deeds: Sequence[Deed],
        names: Sequence[str],
        *,
        most: int = 3,
        inside: bool = False,
    ) -> None:
        self._world = world
        self._deeds = deeds
        self._names = names
        self._most = most
        self._inside = inside
        self._at: Moment | None = None  # where the world is, if that is known
        self._futures: dict[object, int] = {}
        self._judged: set[object] = set()
        self._seen: set[object] = set()
        self.explored = Explored()

    async def explore(self, start: Moment) -> Explored:
        """Explore all schedules from `start` on, or until enough was found: first those without a crash."""
        seats = Seat(Stage.DEED), Seat(Stage.DEED)
        with suppress(Found):
            await self._futures_of(State(start, seats, crashed=True), ())
            self.explored.schedules = await self._futures_of(State(start, seats, crashed=False), ())
        self.explored.states = len(self._futures)
        return self.explored

    async def _futures_of(self, state: State, schedule: tuple[str, ...]) -> int:
        """How many schedules lead on from a state; each of them is explored."""
        key = hashlib.sha256(repr(state.key).encode()).digest()
        if key in self._futures:
            return self._futures[key]
        if state.over:
            await self._judge(state, schedule)
            self._futures[key] = 1
            return 1
        total = 0
        for which, seat in enumerate(state.seats):
            if seat.stage is not Stage.DONE:
                total += await self._step(state, which, schedule)
        if self._inside and not state.crashed:
            total += await self._overlaps(state, schedule)
        if not state.crashed:
            for dead in _deaths(state):
                self.explored.crash_points += 1
                seats = tuple(
                    Seat(Stage.WAKING) if which in dead else seat for which, seat in enumerate(state.seats)
                )
                names = " and ".join(self._names[which] for which in dead)
                after = replace(state, seats=(seats[0], seats[1]), crashed=True)
                total += await self._futures_of(after, (*schedule, f"{names} dies"))
        self._futures[key] = total
        return total

    async def _step(self, state: State, which: int, schedule: tuple[str, ...]) -> int:
        """Let one process carry out its next call, and explore what follows."""
        if self._at is not state.moment:
            await self._world.restore(state.moment)
        self._at = None
        self.explored.steps += 1
        run = Run(state.seats[which].answers)
        process = self._process(which, run)
        try:
            seat = await self._advanced(process, state.seats[which], which, run)
        except Exception as error:
            self._find(f"{type(error).__name__}: {error}", (*schedule, f"{self._names[which]}: {run.call}"))
            return 0
        moment = state.moment if run.call in READING else await self._world.save()
        self._at = moment
        seats = (seat, state.seats[1]) if which == 0 else (state.seats[0], seat)
        longer = (*schedule, f"{self._names[which]}: {run.call}")
        if run.call not in READING:
            await self._judge_underway(moment, longer)
        return await self._futures_of(replace(state, moment=moment, seats=seats), longer)

    async def _overlaps(self, state: State, schedule: tuple[str, ...]) -> int:
        """Let both carry out their next call at once, cut off by the other or by death at each statement."""
        total = 0
        if any(seat.stage is Stage.DONE for seat in state.seats):
            return 0
        for first in (0, 1):
            for dies in (False, True):
                after, more = 0, True
                while more:
                    found = await self._overlapped(state, first, after, dies=dies)
                    if found is None:  # one of them only reads: that is one statement's time
                        return total
                    reached, more, calls = found
                    longer = (*schedule, f"both: {calls}, cut off after {after} statements")
                    total += await self._futures_of(reached, longer)
                    after += 1
        return total

    async def _overlapped(
        self, state: State, first: int, after: int, *, dies: bool
    ) -> tuple[State, bool, str] | None:
        """The state that an overlap leads to, whether the first had more statements, and what they did."""
        ground = self._world.ground
        assert isinstance(ground, PostgresGround)
        await self._world.restore(state.moment)
        self._at = None
        self.explored.overlaps += 1
        runs = [Run(seat.answers) for seat in state.seats]
        with gated():
            gates = [
                Gate(self._advanced(self._process(which, run), state.seats[which], which, run), ground.raw)
                for which, run in enumerate(runs)
            ]
            more = await overlap(gates[first], gates[1 - first], after, dies=dies)
        if any(run.call in READING for run in runs):
            return None
        one, two = [Seat(Stage.WAKING) if gate.task.cancelled() else await gate.task for gate in gates]
        reached = State(await self._world.save(), (one, two), crashed=dies)
        return reached, more, f"{runs[0].call} and {runs[1].call}"

    def _process(self, which: int, run: "Run") -> Process:
        return Process(self._world, self._names[which], run.boundary)

    async def _advanced(self, process: Process, seat: Seat, which: int, run: "Run") -> Seat:
        """The seat after its next call."""
        stage, worked = seat.stage, False
        try:
            match stage:
                case Stage.DEED:
                    await self._deeds[which](process)
                case Stage.WAKING:
                    await process.wakes()
                case _:
                    worked = await process.works()
        except Halt:
            return Seat(stage, tuple(run.answers))
        match stage:
            case Stage.WAKING:  # who was not answered says it again
                return Seat(Stage.DEED)
            case Stage.WORKING if not worked:
                return Seat(Stage.DONE)
        return Seat(Stage.WORKING)

    async def _judge_underway(self, moment: Moment, schedule: tuple[str, ...]) -> None:
        if moment.rows.digest not in self._seen:
            self._seen.add(moment.rows.digest)
            for wrong in wrongs_ever(await self._world.ground.rows()):
                self._find(wrong, schedule)

    async def _judge(self, state: State, schedule: tuple[str, ...]) -> None:
        """Both are done: a fresh process does what is left, and then the books must be right."""
        if state.moment.key in self._judged:
            return
        self._judged.add(state.moment.key)
        await self._world.restore(state.moment)
        self._at = None
        try:
            rest = Process(self._world, "rest")
            await rest.comes_to_rest()
            pending = await rest.store.pending(self._world.clock.now())
        except Exception as error:
            self._find(f"{type(error).__name__}: {error}", (*schedule, "rest"))
            return
        self.explored.endings += 1
        wrongs = wrongs_at_rest(await self._world.ground.rows(), self._world.purses, self._world.received)
        for wrong in wrongs + (["something is left to do"] if pending else []):
            self._find(wrong, schedule)

    def _find(self, wrong: str, schedule: tuple[str, ...]) -> None:
        self.explored.findings.append(Finding(wrong, schedule))
        if len(self.explored.findings) >= self._most:
            raise Found


class Run:
    """The calls of one coroutine: those answered before are answered again, one more is carried out."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._known = list(answers)
        self.answers: list[Answer] = []
        self.call = ""

    async def boundary(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if self._known:
            answer = self._known.pop(0)
            assert answer.call == name, f"{name} was {answer.call} before"
        elif self.call:
            raise Halt
        else:
            self.call = name
            answer = await _answered(name, call)
        self.answers.append(answer)
        return answer.given()


async def _answered(name: str, call: Callable[[], Awaitable[Any]]) -> Answer:
    try:
        value = await call()
    except Exception as error:
        return Answer(name, None, error, f"{name} raised {type(error).__name__}")
    return Answer(name, value, None, hashlib.sha256(f"{name}: {value!r}".encode()).hexdigest())


def _deaths(state: State) -> list[tuple[int, ...]]:
    alive = [which for which, seat in enumerate(state.seats) if seat.stage is not Stage.DONE]
    return [*((which,) for which in alive), *([(0, 1)] if len(alive) == 2 else [])]
