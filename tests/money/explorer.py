"""Every interleaving of processes, times every point at which one or all of them can die, on real SQL.

A schedule says who carries out the next call, and once at most who dies instead; a fresh process then takes
the dead one's place and is interleaved like any other. What a process knows is what its calls have answered,
so a state is the rows, the till's books and each process's answers since it last began something new. Equal
states have equal futures: each is explored once, and schedules are counted, not run one by one. That leaves
none out. Likewise what a process's next call leads to depends on the world and its own answers alone, and is
found out once, whoever else there is. A state is reached again by putting the rows back and letting the
coroutine run on what its calls answered before.
"""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from random import Random
from typing import Any

from tests.money.ground import PostgresGround
from tests.money.overlap import Gate, gated, overlap
from tests.money.process import Moment, Process, World
from tests.money.truth import wrongs_at_rest, wrongs_ever

Deed = Callable[[Process], Awaitable[object]]
"""What a process is about to do, before it works off whatever is to be done."""

READING = frozenset({"load", "undone", "due"})
"""The calls that change nothing."""


OFTEN = 1 / 16
"""How likely a schedule that is picked at random has its crash before the next call."""


FEW = 12
"""Statements of a transaction after which another one comes between, at random, are fewer than that."""


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
    seats: tuple[Seat, ...]
    crashed: bool

    @property
    def key(self) -> object:
        return self.moment.digest, tuple(seat.key for seat in self.seats), self.crashed

    def seated(self, which: int, seat: Seat, moment: Moment) -> "State":
        """One process has gone on."""
        return replace(self, moment=moment, seats=(*self.seats[:which], seat, *self.seats[which + 1 :]))

    def without(self, dead: Collection[int]) -> "State":
        """Some have died, and each has a fresh one in its place."""
        seats = (Seat(Stage.WAKING) if at in dead else seat for at, seat in enumerate(self.seats))
        return replace(self, seats=tuple(seats), crashed=True)

    @property
    def over(self) -> bool:
        return all(seat.stage is Stage.DONE for seat in self.seats)


@dataclass(frozen=True, slots=True)
class Next:
    """What the next call of a process leads to: its seat and the world after it, or what it raised."""

    call: str
    seat: Seat
    moment: Moment
    raised: str = ""


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
    """Explores deeds from one moment. `names` are the processes' engines; `most` findings are enough.

    `inside`: also between the statements of two transactions that are open at once (PostgreSQL).
    `commits`: a process stops only after a call that writes, so that what it reads before is never old, and
    none of them dies: for more than two.
    """

    def __init__(
        self,
        world: World,
        deeds: Sequence[Deed],
        names: Sequence[str],
        *,
        most: int = 3,
        inside: bool = False,
        commits: bool = False,
    ) -> None:
        self._world = world
        self._deeds = deeds
        self._names = names
        self._most = most
        self._inside = inside
        self._commits = commits
        self._at = ""  # the moment that the world is at, if that is known
        self._moments: dict[str, Moment] = {}
        self._nexts: dict[object, Next] = {}
        self._futures: dict[object, int] = {}
        self._judged: set[str] = set()
        self._seen: set[str] = set()
        self.explored = Explored()

    async def explore(self, start: Moment) -> Explored:
        """Explore all schedules from `start` on, or until enough was found: first those without a crash."""
        begin = self._begin(start)
        with suppress(Found):
            if not self._commits:
                await self._futures_of(replace(begin, crashed=True), ())
            self.explored.schedules = await self._futures_of(begin, ())
        self.explored.states = len(self._futures)
        return self.explored

    async def wander(self, start: Moment, times: int, chance: Random) -> Explored:
        """Follow so many schedules, picked at random; every other one has a crash in it."""
        with suppress(Found):
            for time in range(times):
                await self._wandered(self._begin(start), chance, may_crash=time % 2 == 1)
                self.explored.schedules += 1
        return self.explored

    def _begin(self, start: Moment) -> State:
        return State(start, tuple(Seat(Stage.DEED) for _ in self._deeds), crashed=self._commits)

    async def _wandered(self, state: State, chance: Random, *, may_crash: bool) -> None:
        schedule: tuple[str, ...] = ()
        while not state.over:
            self.explored.states += 1
            if may_crash and not state.crashed and chance.random() < OFTEN:
                state, schedule = self._died(state, chance.choice(_deaths(state)), schedule)
                continue
            alive = [at for at, seat in enumerate(state.seats) if seat.stage is not Stage.DONE]
            if self._inside and not state.crashed and len(alive) == 2:
                first, after = chance.randrange(2), chance.randrange(FEW)
                dies = may_crash and chance.random() < OFTEN
                overlapped = await self._overlapped(state, first, after, schedule, dies=dies)
                if overlapped is not None:
                    state, schedule, _ = overlapped
                    continue
            stepped = await self._step(state, chance.choice(alive), schedule)
            if stepped is None:
                return
            state, schedule = stepped
        await self._judge(state, schedule)

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
            if seat.stage is not Stage.DONE and (stepped := await self._step(state, which, schedule)):
                total += await self._futures_of(*stepped)
        if self._inside and not state.crashed:
            total += await self._overlaps(state, schedule)
        if not state.crashed:
            for dead in _deaths(state):
                total += await self._futures_of(*self._died(state, dead, schedule))
        self._futures[key] = total
        return total

    def _died(
        self, state: State, dead: Collection[int], schedule: tuple[str, ...]
    ) -> tuple[State, tuple[str, ...]]:
        self.explored.crash_points += 1
        names = " and ".join(self._names[which] for which in dead)
        return state.without(dead), (*schedule, f"{names} dies")

    async def _step(
        self, state: State, which: int, schedule: tuple[str, ...]
    ) -> tuple[State, tuple[str, ...]] | None:
        """The state after a process's next call, and the schedule that led there; None if that raises."""
        seat = state.seats[which]
        key = which, seat.key, state.moment.digest
        if key not in self._nexts:
            self._nexts[key] = await self._tried(state.moment, which, seat, schedule)
        after = self._nexts[key]
        longer = (*schedule, f"{self._names[which]}: {after.call}")
        if after.raised:
            self._find(after.raised, longer)
            return None
        return state.seated(which, after.seat, after.moment), longer

    async def _tried(self, moment: Moment, which: int, seat: Seat, schedule: tuple[str, ...]) -> Next:
        """Let a process carry out its next call, in a world that is put back to where it is."""
        if self._at != moment.digest:
            await self._world.restore(moment)
        self._at = ""
        self.explored.steps += 1
        run = Run(seat.answers, to_a_write=self._commits)
        process = self._process(which, run)
        try:
            reached = await self._advanced(process, seat, which, run)
        except Exception as error:
            return Next(run.call, seat, moment, f"{type(error).__name__}: {error}")
        if run.wrote:
            moment = await self._saved()
            await self._judge_underway(moment, (*schedule, f"{self._names[which]}: {run.call}"))
        self._at = moment.digest
        return Next(run.call, reached, moment)

    async def _saved(self) -> Moment:
        """The world as it is. Equal moments are kept once."""
        moment = await self._world.save()
        return self._moments.setdefault(moment.digest, moment)

    async def _overlaps(self, state: State, schedule: tuple[str, ...]) -> int:
        """Let both carry out their next call at once, cut off by the other or by death at each statement."""
        total = 0
        if any(seat.stage is Stage.DONE for seat in state.seats):
            return 0
        for first in (0, 1):
            for dies in (False, True):
                after, more = 0, True
                while more:
                    found = await self._overlapped(state, first, after, schedule, dies=dies)
                    if found is None:  # one of them only reads: that is one statement's time
                        return total
                    reached, longer, more = found
                    total += await self._futures_of(reached, longer)
                    after += 1
        return total

    async def _overlapped(
        self, state: State, first: int, after: int, schedule: tuple[str, ...], *, dies: bool
    ) -> tuple[State, tuple[str, ...], bool] | None:
        """The state that an overlap leads to, the schedule up to it, whether the first had more to say."""
        ground = self._world.ground
        assert isinstance(ground, PostgresGround)
        await self._world.restore(state.moment)
        self._at = ""
        self.explored.overlaps += 1
        runs = [Run(seat.answers) for seat in state.seats]
        with gated():
            gates = [
                Gate(self._advanced(self._process(which, run), state.seats[which], which, run), ground.raw)
                for which, run in enumerate(runs)
            ]
            more = await overlap(gates[first], gates[1 - first], after, dies=dies)
        if not all(run.wrote for run in runs):
            return None
        one, two = [Seat(Stage.WAKING) if gate.task.cancelled() else await gate.task for gate in gates]
        reached = State(await self._saved(), (one, two), crashed=dies)
        told = f"both: {runs[0].call} and {runs[1].call}, cut off after {after} statements"
        return reached, (*schedule, told), more

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
        """All are done: a fresh process does what is left, and then the books must be right."""
        if state.moment.digest in self._judged:
            return
        self._judged.add(state.moment.digest)
        await self._world.restore(state.moment)
        self._at = ""
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
    """The calls of one coroutine: those answered before are answered again, one more is carried out.

    `to_a_write`: those that only read are carried out with the one after them.
    """

    def __init__(self, answers: Sequence[Answer], *, to_a_write: bool = False) -> None:
        self._known = list(answers)
        self._to_a_write = to_a_write
        self.answers: list[Answer] = []
        self.call = ""
        self.wrote = False

    async def boundary(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        if self._known:
            answer = self._known.pop(0)
            assert answer.call == name, f"{name} was {answer.call} before"
        elif self.wrote or (self.call and not self._to_a_write):
            raise Halt
        else:
            self.call = name
            self.wrote = name not in READING
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
