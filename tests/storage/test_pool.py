"""The pool: children that answer, refuse, hang, crash and are killed, and never take the others with them."""

# ruff: noqa: ASYNC110, ASYNC220, ASYNC240  other processes have nothing to await but what they leave behind

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.queue.forkserver import THREADS
from storage.queue.limits import Limits
from storage.queue.pool import ChildDied, Overtime, Pool

CHORES = "tests.storage.chores"
PATIENCE = 30  # seconds after which something that must happen never will


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    opened = Pool(2)
    yield opened
    await opened.close()


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def gone(process: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while alive(process):
            await asyncio.sleep(0.01)


async def signed(paper: Path) -> int:
    async with asyncio.timeout(PATIENCE):
        while not paper.exists():
            await asyncio.sleep(0.01)
    return int(paper.read_text())


async def test_a_child_answers(pool: Pool) -> None:
    answers = await asyncio.gather(*[pool.run(f"{CHORES}:double", {"number": n}) for n in range(5)])
    assert answers == [0, 2, 4, 6, 8]
    assert os.getpid() != await pool.run("storage.queue.child:ready", {})


async def test_what_a_function_raises_comes_back_as_it_is_with_where_it_was_raised(pool: Pool) -> None:
    with pytest.raises(LookupError) as raised:
        await pool.run(f"{CHORES}:refuse", {"why": "not here"})
    assert raised.value.args == ("not here", 7)
    assert "chores.py" in raised.value.__notes__[0]


async def test_what_cannot_travel_is_described_and_harms_nobody(pool: Pool) -> None:
    with pytest.raises(RuntimeError, match="Picky: soup"):
        await pool.run(f"{CHORES}:be_picky", {})
    with pytest.raises(Exception, match="lambda"):
        await pool.run(f"{CHORES}:answer_what_cannot_travel", {})
    with pytest.raises(AttributeError):
        await pool.run(f"{CHORES}:no_such_chore", {})
    assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8


@pytest.mark.parametrize(("end", "by_itself"), [("crash", True), ("kill_itself", False)])
async def test_a_child_that_ends_without_an_answer_has_died_alone(
    pool: Pool, tmp_path: Path, end: str, by_itself: bool
) -> None:
    bell = tmp_path / "bell"
    other = asyncio.create_task(
        pool.run(f"{CHORES}:wait_for", {"paper": str(tmp_path / "paper"), "until": str(bell)})
    )
    await signed(tmp_path / "paper")
    with pytest.raises(ChildDied) as died:
        await pool.run(f"{CHORES}:{end}", {})
    assert died.value.by_itself is by_itself
    bell.touch()
    assert await other == str(bell)
    assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8


async def test_a_child_whose_fork_server_is_killed_has_not_died_by_itself(tmp_path: Path) -> None:
    pool = Pool(1)
    try:
        burning = asyncio.create_task(pool.run(f"{CHORES}:burn", {"paper": str(tmp_path / "paper")}))
        process = await signed(tmp_path / "paper")
        fork_server = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(fork_server, signal.SIGKILL)
        with pytest.raises(ChildDied) as died:
            await burning
        assert not died.value.by_itself
    finally:
        await pool.close()


async def test_a_child_that_takes_too_much_memory_has_died() -> None:
    pool = Pool(1, limits=Limits(memory=1 << 29))
    try:
        assert await pool.run(f"{CHORES}:take_memory", {"size": 1 << 20}) == 1 << 20
        with pytest.raises(ChildDied, match="memory") as died:
            await pool.run(f"{CHORES}:take_memory", {"size": 1 << 30})
        assert died.value.by_itself
        assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8
    finally:
        await pool.close()


async def test_a_child_that_takes_too_long_is_killed(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(Overtime):
        await pool.run(f"{CHORES}:burn", {"paper": str(tmp_path / "paper")}, limits=Limits(seconds=0.5))
    await gone(await signed(tmp_path / "paper"))


async def test_cancelling_kills_one_child_and_no_other(pool: Pool, tmp_path: Path) -> None:
    bell = tmp_path / "bell"
    kept = asyncio.create_task(
        pool.run(f"{CHORES}:wait_for", {"paper": str(tmp_path / "kept"), "until": str(bell)})
    )
    dropped = asyncio.create_task(pool.run(f"{CHORES}:burn", {"paper": str(tmp_path / "dropped")}))
    burning = await signed(tmp_path / "dropped")
    waiting = await signed(tmp_path / "kept")
    dropped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dropped
    await gone(burning)
    assert alive(waiting)
    bell.touch()
    assert await kept == str(bell)


async def test_cancelling_while_progress_is_awaited_kills_the_child(pool: Pool, tmp_path: Path) -> None:
    told = asyncio.Event()
    paper = tmp_path / "paper"
    toiling = asyncio.create_task(
        pool.run(f"{CHORES}:toil", {"paper": str(paper)}, lambda share, stage: told.set())
    )
    await told.wait()
    toiling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await toiling
    await gone(await signed(paper))


async def test_cancelling_before_the_first_worker_is_there_leaves_nothing_running(tmp_path: Path) -> None:
    for wait in (0, 0.001, 0.01, 0.03):
        pool = Pool(1)
        paper = tmp_path / f"{wait}"
        early = asyncio.create_task(pool.run(f"{CHORES}:burn", {"paper": str(paper)}))
        await asyncio.sleep(wait)
        early.cancel()
        await asyncio.gather(early, return_exceptions=True)
        async with asyncio.timeout(PATIENCE):
            assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8
        await pool.close()


async def test_a_child_tells_how_far_it_is(pool: Pool) -> None:
    told: list[tuple[float, str]] = []
    answer = await pool.run(f"{CHORES}:climb", {"steps": 8}, lambda share, stage: told.append((share, stage)))
    assert answer == 8
    shares = [share for share, _ in told]
    assert shares == sorted(set(shares))
    assert told[-1] == (1.0, "top")
    assert len(told) > 2


async def test_workers_that_were_killed_while_idle_are_replaced(pool: Pool) -> None:
    for _ in range(2):
        os.kill(await pool.run("storage.queue.child:ready", {}), signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8
                except ChildDied:
                    continue
                break


async def test_each_worker_keeps_to_one_core(pool: Pool) -> None:
    assert await pool.run(f"{CHORES}:threads", {}) == dict.fromkeys(THREADS, "1")


async def test_closing_kills_what_runs(tmp_path: Path) -> None:
    pool = Pool(1)
    burning = asyncio.create_task(pool.run(f"{CHORES}:burn", {"paper": str(tmp_path / "paper")}))
    process = await signed(tmp_path / "paper")
    await pool.close()
    await asyncio.gather(burning, return_exceptions=True)
    assert burning.cancelled()
    await gone(process)


def test_a_pool_that_is_not_used_starts_nothing() -> None:
    script = (
        "from storage.queue.pool import Pool; Pool(2)\n"
        "from multiprocessing import forkserver\n"
        "assert forkserver._forkserver._forkserver_pid is None"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0


MAIN = """
import asyncio, sys
from storage.queue.pool import Pool

async def main():
    pool = Pool(2)
    await asyncio.gather(*[pool.run("tests.storage.chores:burn", {"paper": paper}) for paper in sys.argv[1:]])

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_when_the_service_is_killed_its_children_die_with_it(tmp_path: Path) -> None:
    package = tmp_path / "service"
    package.mkdir()
    (package / "__main__.py").write_text(MAIN)
    papers = [tmp_path / "one", tmp_path / "two"]
    service = subprocess.Popen(  # as the house runs: python -m
        [sys.executable, "-m", "service", *map(str, papers)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])},
    )
    try:
        burning = [await signed(paper) for paper in papers]
        parents = {
            int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
            for process in burning
        }
        service.kill()
        service.wait()
        for process in [*burning, *parents]:
            await gone(process)
    finally:
        service.kill()
        service.wait()
