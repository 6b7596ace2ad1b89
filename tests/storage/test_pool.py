"""The pool: children that answer, refuse, hang, crash and are killed, and never take the others with them."""

# ruff: noqa: ASYNC110, ASYNC220, ASYNC240  other processes have nothing to await but what they leave behind

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from storage.queue import process
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


async def test_cancelling_again_and_again_while_the_fork_server_imports_leaves_no_thread_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_large_library.py").write_text("import time\ntime.sleep(3600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    for fork_server in fork_servers():
        os.kill(fork_server, signal.SIGKILL)
        await gone(fork_server)
    pool = Pool(1, preload=("a_large_library",))
    early = asyncio.create_task(pool.run(f"{CHORES}:double", {"number": 4}))
    async with asyncio.timeout(PATIENCE):
        while not fork_servers():
            await asyncio.sleep(0.01)
        while not early.done():
            early.cancel()
            await asyncio.sleep(0.01)
        await pool.close()
        await asyncio.get_running_loop().shutdown_default_executor()


async def test_a_child_tells_how_far_it_is(pool: Pool) -> None:
    told: list[tuple[float, str]] = []
    answer = await pool.run(f"{CHORES}:climb", {"steps": 8}, lambda share, stage: told.append((share, stage)))
    assert answer == 8
    shares = [share for share, _ in told]
    assert shares == sorted(set(shares))
    assert told[-1] == (1.0, "top")
    assert len(told) > 2


async def test_a_fork_server_that_was_killed_while_idle_is_replaced(pool: Pool) -> None:
    for number in range(3):
        assert await pool.run(f"{CHORES}:double", {"number": number}) == 2 * number
        (fork_server,) = fork_servers()
        os.kill(fork_server, signal.SIGKILL)
        await gone(fork_server)


def children(process: int) -> list[int]:
    """What a process has started and not buried yet."""
    found = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(child) for child in thread.read_text().split()]
        except OSError:  # it ended meanwhile
            continue
    return found


def fork_servers() -> list[int]:
    return [
        child
        for child in children(os.getpid())
        if b"multiprocessing.forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


async def test_kills_at_any_moment_end_runs_and_hold_up_none(pool: Pool) -> None:
    """300: of children that start, work, answer and end, of the fork server, and between two runs."""
    random = Random(2026)
    answered = died = broke = killed = 0

    async def ask() -> None:
        nonlocal answered, died, broke
        while killed < 300:
            try:
                async with asyncio.timeout(PATIENCE):
                    assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8
                answered += 1
            except ChildDied as death:
                died += not death.by_itself
                broke += death.by_itself
            await asyncio.sleep(random.choice([0.0, 0.0, 0.005]))

    async def kill() -> None:
        nonlocal killed
        while killed < 300:
            await asyncio.sleep(random.uniform(0.0, 0.03))
            servers = fork_servers()
            victims = (
                servers if random.random() < 0.1 else [c for server in servers for c in children(server)]
            )
            if victims:
                with suppress(ProcessLookupError):
                    os.kill(random.choice(victims), signal.SIGKILL)
                    killed += 1

    async with asyncio.timeout(10 * PATIENCE):
        await asyncio.gather(ask(), ask(), ask(), kill())
    assert answered
    assert died
    assert not broke
    assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8


async def test_a_stopped_child_is_killed_when_its_time_is_over(pool: Pool, tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    limits = Limits(seconds=3.0)
    burning = asyncio.create_task(pool.run(f"{CHORES}:burn", {"paper": str(paper)}, limits=limits))
    child = await signed(paper)
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(Overtime):
        await burning
    assert not alive(child)


async def test_a_stopped_child_does_not_hold_up_the_end(tmp_path: Path) -> None:
    pool = Pool(1)
    burning = asyncio.create_task(pool.run(f"{CHORES}:burn", {"paper": str(tmp_path / "paper")}))
    child = await signed(tmp_path / "paper")
    os.kill(child, signal.SIGSTOP)
    await pool.close()
    assert not alive(child)
    await asyncio.gather(burning, return_exceptions=True)
    assert burning.cancelled()


async def test_a_stopped_fork_server_is_replaced(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    await pool.warm()
    monkeypatch.setattr(process, "STARTING", 3.0)
    (fork_server,) = fork_servers()
    os.kill(fork_server, signal.SIGSTOP)
    assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8
    assert not alive(fork_server)


async def test_where_no_process_can_be_started_no_run_is_to_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ends_its_fork_server.py").write_text("import os\nos._exit(1)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    for fork_server in fork_servers():
        os.kill(fork_server, signal.SIGKILL)
        await gone(fork_server)
    pool = Pool(1, preload=("ends_its_fork_server",))
    try:
        with pytest.raises(ChildDied, match="no process") as died:
            await pool.run(f"{CHORES}:double", {"number": 4})
        assert not died.value.by_itself
    finally:
        await pool.close()


async def test_a_stopped_fork_server_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Pool(2)
    burning = asyncio.create_task(pool.run(f"{CHORES}:burn", {"paper": str(tmp_path / "paper")}))
    child = await signed(tmp_path / "paper")
    monkeypatch.setattr(process, "ENDING", 0.2)
    (fork_server,) = fork_servers()
    os.kill(fork_server, signal.SIGSTOP)
    starting = asyncio.create_task(pool.run(f"{CHORES}:double", {"number": 4}))
    await asyncio.sleep(0.05)
    await pool.close()
    await asyncio.gather(burning, starting, return_exceptions=True)
    assert burning.cancelled()
    assert starting.cancelled()
    await gone(child)
    await gone(fork_server)


async def test_no_more_run_at_a_time_than_there_is_room_for(tmp_path: Path) -> None:
    pool = Pool(1)
    try:
        bell = tmp_path / "bell"
        asked = {"until": str(bell)}
        first = asyncio.create_task(pool.run(f"{CHORES}:wait_for", asked | {"paper": str(tmp_path / "one")}))
        await signed(tmp_path / "one")
        second = asyncio.create_task(pool.run(f"{CHORES}:wait_for", asked | {"paper": str(tmp_path / "two")}))
        await asyncio.sleep(0.3)
        assert not (tmp_path / "two").exists()
        bell.touch()
        assert await first == await second == str(bell)
    finally:
        await pool.close()


async def test_a_long_question_and_a_long_answer_arrive_whole(pool: Pool) -> None:
    words = "many words " * 200_000
    assert await pool.run(f"{CHORES}:double", {"number": words}) == 2 * words


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
