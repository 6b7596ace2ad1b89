"""kill -9: the house holds on both databases, and the bench that says so would notice if it did not."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from benchmarks.survive.artists import Course, Ordered
from benchmarks.survive.checks import FEW, judge
from benchmarks.survive.disk import small_disk
from benchmarks.survive.drive import Outcome, run
from benchmarks.survive.evidence import (
    Attempt,
    Charge,
    Delivered,
    Event,
    Evidence,
    Heard,
    Job,
    Notice,
    Order,
    Song,
    Take,
    Transfer,
)
from benchmarks.survive.faults import Fault, deal
from benchmarks.survive.processes import Process, below, marked, still_there
from benchmarks.survive.report import checks, faults, problems
from benchmarks.survive.service import Orphan, Place
from tests.databases import running_postgres

DELIVERY = Notice("o1-v1-files", "anna")
RECEIPT = Notice("n1", "anna")

WELL = Evidence(
    acknowledged=("drop-1",),
    ordered=(Ordered("o1", "anna", ("first song",), Course.PLAIN, 600),),
    orders=(Order("o1", "released", 600),),
    songs=(Song("first song", "o1", "ready"),),
    charges=(Charge("c1", "o1", "demo", 600, "paid"),),
    takes=(Take("c1", 600, "taken"),),
    transfers=(
        Transfer("pay:c1", "pay", "till:demo", "order:o1", 600, "o1"),
        Transfer("earn:o1", "earn", "order:o1", "income", 600, "o1"),
    ),
    balances={"till:demo": -600, "order:o1": 0, "income": 600},
    jobs=(Job("j1", "render", "o1", "done"), Job("j2", "deliver", "o1", "done")),
    events=(Event("once-drop-1", "done"),),
    sent=(RECEIPT, DELIVERY),
    unsent=(),
    recorded=(RECEIPT, DELIVERY),
    heard=(Heard(RECEIPT, 10.0, ()), Heard(DELIVERY, 30.0, ("/files/song.wav",))),
    attempts=(Attempt("j1", "render", "o1", 12.0), Attempt("j2", "deliver", "o1", 25.0)),
    delivered=(Delivered("/files/song.wav", "ab12", "ab12"),),
    orphans=(),
    litter=(),
    deaths=3,
)
"""One order that was paid and delivered."""


def failing(evidence: Evidence) -> list[str]:
    return [verdict.name for verdict in judge(evidence) if verdict.problems]


def test_an_order_that_was_paid_and_delivered_holds() -> None:
    assert failing(WELL) == []


def twice(transfer: Transfer) -> Evidence:
    """A transfer that was posted again, with the balances moved again."""
    balances = dict(WELL.balances)
    balances[transfer.source] -= transfer.amount
    balances[transfer.target] = balances.get(transfer.target, 0) + transfer.amount
    return replace(WELL, transfers=(*WELL.transfers, transfer), balances=balances)


ORPHAN = Process(4711, 1, 99, "python -c 'from multiprocessing.forkserver import main; …'")

DOCTORED: dict[str, tuple[str, Evidence]] = {
    "a deed that was answered and never written down": ("no deed lost", replace(WELL, events=())),
    "a deed that was written down twice": ("no deed lost", replace(WELL, events=WELL.events * 2)),
    "an order that is gone": ("no order lost", replace(WELL, orders=())),
    "a song that is in no order": ("no order lost", replace(WELL, songs=())),
    "a song that is in its order twice": ("no order lost", replace(WELL, songs=WELL.songs * 2)),
    "an order that never came to its end": (
        "no order lost",
        replace(WELL, orders=(Order("o1", "working", 600),)),
    ),
    "an order that nobody ordered": (
        "no order lost",
        replace(WELL, orders=(*WELL.orders, Order("o2", "draft", None))),
    ),
    "a second take at the purse": (
        "none charged twice",
        replace(WELL, takes=(*WELL.takes, Take("c1-again", 600, "returned"))),
    ),
    "two charges for one order": (
        "none charged twice",
        replace(WELL, charges=(*WELL.charges, Charge("c2", "o1", "credit", 600, "paid"))),
    ),
    "another amount than was quoted": (
        "none charged twice",
        replace(WELL, ordered=(replace(WELL.ordered[0], quoted=500),)),
    ),
    "a charge that the purse did not hear of": (
        "none charged twice",
        replace(WELL, takes=(), balances={**WELL.balances, "till:demo": -600}),
    ),
    "a payment that was posted twice": ("the ledger sums to 0", twice(WELL.transfers[0])),
    "a refund of more than was paid": (
        "the ledger sums to 0",
        twice(Transfer("refund:c1", "refund", "income", "till:demo", 700, "o1")),
    ),
    "an account that holds what nobody sent": (
        "the ledger sums to 0",
        replace(WELL, balances={**WELL.balances, "income": 700}),
    ),
    "a notice that came twice": (
        "no notice twice",
        replace(WELL, heard=(*WELL.heard, Heard(RECEIPT, 40.0, ()))),
    ),
    "a notice that never came": ("what was sent arrived", replace(WELL, recorded=(RECEIPT,))),
    "a notice that came and does not count as sent": (
        "what was sent arrived",
        replace(WELL, sent=(RECEIPT,)),
    ),
    "a notice that was never sent": (
        "what was sent arrived",
        replace(WELL, unsent=(Notice("n2", "anna"),)),
    ),
    "more notices cut off than processes died": (
        "what was sent arrived",
        replace(WELL, heard=(), deaths=1),
    ),
    "a render after the delivery": (
        "nothing redone after delivery",
        replace(WELL, attempts=(*WELL.attempts, Attempt("j1", "render", "o1", 31.0))),
    ),
    "a file that is not what was told": (
        "files are what was told",
        replace(WELL, delivered=(Delivered("/files/song.wav", "cd34", "ab12"),)),
    ),
    "a file that is not there": (
        "files are what was told",
        replace(WELL, delivered=(Delivered("/files/song.wav", None, "ab12"),)),
    ),
    "an event that was set aside": (
        "no event set aside",
        replace(WELL, events=(Event("once-drop-1", "aside"),)),
    ),
    "a job that failed": (
        "no job crashed",
        replace(WELL, jobs=(Job("j1", "render", "o1", "failed"),)),
    ),
    "a process that burns the CPU": (
        "no orphan process",
        replace(WELL, orphans=(Orphan("main", ORPHAN, 1.5),)),
    ),
    "folders that pile up": (
        "no litter",
        replace(WELL, litter=tuple(f"tmp/lathe-{number}" for number in range(FEW + 1))),
    ),
}


@pytest.mark.parametrize("what", DOCTORED)
def test_doctored_evidence_is_found_out(what: str) -> None:
    check, evidence = DOCTORED[what]
    assert check in failing(evidence)


def test_every_check_can_fail() -> None:
    assert {check for check, _ in DOCTORED.values()} == {verdict.name for verdict in judge(WELL)}


def test_every_fault_strikes_once_before_any_strikes_again() -> None:
    dealt = deal(list(Fault), Random(1))
    assert {next(dealt) for _ in Fault} == set(Fault)


@pytest.fixture
def orphan() -> Iterator[tuple[str, int]]:
    """A process whose parent is gone: its mark, and its id."""
    mark = uuid4().hex
    parent = "import subprocess as s; print(s.Popen(['sleep', '60'], stdout=s.DEVNULL).pid)"
    done = subprocess.run(
        [sys.executable, "-c", parent],
        env={**os.environ, "SURVIVE": mark},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    sleeper = int(done.stdout)
    yield mark, sleeper
    os.kill(sleeper, 9)


def test_a_process_is_known_by_its_mark_when_its_parent_is_gone(orphan: tuple[str, int]) -> None:
    mark, sleeper = orphan
    assert [process.id for process in marked(mark)] == [sleeper]
    assert still_there(marked(mark)) == marked(mark)
    assert sleeper not in {process.id for process in below(os.getpid())}


def test_a_process_that_has_ended_is_not_there() -> None:
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        there = [process for process in below(os.getpid()) if process.id == sleeper.pid]
        sleeper.kill()
    assert len(there) == 1
    assert still_there(there) == []


def sqlite(folder: Path) -> str:
    """The database in the home of a service there."""
    return f"sqlite://{folder / 'home' / 'lathe.sqlite3'}"


def told(outcome: Outcome) -> str:
    """What the bench prints, for whoever sees this test fail."""
    verdicts = judge(outcome.evidence)
    parts = (faults(outcome), outcome.stuck or "", checks(verdicts), problems(verdicts, outcome.recoveries))
    return "\n\n".join(parts)


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder with a short path: a service's sockets lie below it, and theirs have 107 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="lathe-") as folder:
        yield Path(folder)


def test_kills_on_sqlite_lose_nothing_and_double_nothing(ground: Path) -> None:
    with small_disk(ground / "blobs", 1 << 30) as disk:
        place = Place(ground, sqlite(ground), ground / "blobs" / "kept")
        outcome = asyncio.run(run(place, 5, Random(31), disk=disk))
    assert not outcome.stuck, told(outcome)
    assert failing(outcome.evidence) == [], told(outcome)
    assert len({recovery.strike.fault for recovery in outcome.recoveries}) >= 5


def test_kills_on_postgres_with_workers_lose_nothing_and_double_nothing(ground: Path) -> None:
    with running_postgres() as server, small_disk(ground / "blobs", 1 << 30) as disk:
        with server.admin() as admin:
            admin.execute("CREATE DATABASE lathe ENCODING 'UTF8' TEMPLATE template0")
        place = Place(ground, server.url("lathe"), ground / "blobs" / "kept", workers=2, slots=1)
        outcome = asyncio.run(run(place, 5, Random(32), server=server, disk=disk))
    assert not outcome.stuck, told(outcome)
    assert failing(outcome.evidence) == [], told(outcome)
    assert len({recovery.strike.fault for recovery in outcome.recoveries}) >= 8


FORGETFUL_RECEIVER = """
import asyncio
from bots.terminal.record import Record
from storage.store import TortoiseStore

remember, sent = Record.notice, TortoiseStore.sent

def notice(self, *message):
    return remember(self, *message)[0], True

async def slowly(self, outgoing, name):
    await asyncio.sleep(2 if outgoing.notice else 0)
    return await sent(self, outgoing, name)

Record.notice, TortoiseStore.sent = notice, slowly
"""

HASTY_ANSWER = """
import asyncio
from bots.app import House

decide = House.decide
later = set()

async def hastily(self, incoming):
    async def in_a_while():
        await asyncio.sleep(1)
        await decide(self, incoming)
    task = asyncio.create_task(in_a_while())
    later.add(task)
    task.add_done_callback(later.discard)

House.decide = hastily
"""


@pytest.mark.parametrize(
    ("bug", "found"), [(FORGETFUL_RECEIVER, "no notice twice"), (HASTY_ANSWER, "no deed lost")]
)
def test_a_bug_that_only_a_kill_brings_out_is_found(ground: Path, bug: str, found: str) -> None:
    """A kill must fall into a second or two: where none of four does, more are dealt."""
    for seed in (33, 34, 35):
        house = ground / str(seed)
        folder = house / "bug"
        folder.mkdir(parents=True)
        (folder / "sitecustomize.py").write_text(bug)  # Python imports it before anything else
        place = Place(house, sqlite(house), house / "blobs", path=(folder,))
        outcome = asyncio.run(run(place, 4, Random(seed), among=(Fault.MAIN,), rest=20))
        if found in failing(outcome.evidence):
            return
    pytest.fail(told(outcome))
