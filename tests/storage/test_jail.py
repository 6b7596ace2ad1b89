"""The jail of processes that read strangers' files: each limit bites, and sound goes on working inside."""

# ruff: noqa: ASYNC110  other processes have nothing to await but what they leave behind

import asyncio
import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.queue import landlock
from storage.queue.jail import FILES, PATIENCE
from storage.queue.limits import Confines, Limits
from storage.queue.pool import ChildDied, Overtime, Pool

PRISONERS = "tests.storage.prisoners"
CHORES = "tests.storage.chores"
LONG = 30  # seconds after which something that must happen never will

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux keeps this jail")


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    opened = Pool(1, preload=(PRISONERS, CHORES))
    yield opened
    await opened.close()


@on_linux
async def test_the_jail_of_this_machine_is_whole(pool: Pool) -> None:
    assert await pool.gaps() == []


@on_linux
@pytest.mark.parametrize(
    "deed",
    [
        "open a socket",
        "open a socket of this machine",
        "start a program",
        "start a program beside itself",
        "fork",
        "signal its parent",
        "signal everybody",
    ],
)
async def test_what_leads_out_is_refused_and_the_child_goes_on(pool: Pool, deed: str) -> None:
    assert await pool.run(f"{PRISONERS}:attempted", {"deed": deed}) == "EPERM"


async def test_every_library_of_sound_works_inside(pool: Pool, tmp_path: Path) -> None:
    found = await pool.run(f"{PRISONERS}:make_sound", {"folder": str(tmp_path)})
    assert found["numba"] == pytest.approx(0.5)
    assert (found["soundfile"], found["soxr"], found["thread"]) == (44100, 22050, 1.0)
    assert found["av"] >= 44100


async def test_a_child_may_still_abort_itself(pool: Pool) -> None:
    with pytest.raises(ChildDied, match="-6"):
        await pool.run(f"{PRISONERS}:die_by_itself", {})


async def test_memory_is_limited_run_by_run(pool: Pool) -> None:
    half = Limits(memory=1 << 29)
    assert await pool.run(f"{CHORES}:take_memory", {"size": 1 << 28}, limits=half) == 1 << 28
    with pytest.raises(ChildDied, match="memory"):
        await pool.run(f"{CHORES}:take_memory", {"size": 1 << 30}, limits=half)
    assert await pool.run(f"{CHORES}:take_memory", {"size": 1 << 30}) == 1 << 30


async def test_time_is_limited_run_by_run(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(Overtime, match=r"more than 0\.3 s"):
        await pool.run(f"{CHORES}:burn", {"paper": str(tmp_path / "paper")}, limits=Limits(seconds=0.3))
    assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8


async def test_a_file_grows_no_further_than_it_may(pool: Pool, tmp_path: Path) -> None:
    asked = {"path": str(tmp_path / "file"), "size": 3 << 20}
    with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        await pool.run(f"{PRISONERS}:write", asked, limits=Limits(file=2 << 20))
    assert (tmp_path / "file").stat().st_size == 2 << 20
    assert await pool.run(f"{PRISONERS}:write", asked) == 3 << 20


async def test_open_files_are_limited(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
        await pool.run(f"{PRISONERS}:open_many", {"path": str(tmp_path / "file"), "number": FILES})


async def test_a_child_leaves_the_machine_to_the_desk(pool: Pool) -> None:
    assert await pool.run(f"{PRISONERS}:niceness", {}) == min(19, os.nice(0) + PATIENCE)


async def test_no_core_is_written(pool: Pool) -> None:
    assert await pool.run(f"{PRISONERS}:core_size", {}) == (0, 0)


SERVICE = """
import asyncio, json, sys
from storage.queue.pool import Pool

async def main():
    pool = Pool(1)
    print(json.dumps(await pool.run("tests.storage.prisoners:" + sys.argv[1], {}), default=bytes.decode))
    await pool.close()

asyncio.run(main())
"""


def in_a_service(deed: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A service of its own, since a fork server takes its environment and files from who started it."""
    return subprocess.run(
        [sys.executable, "-c", SERVICE, deed],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=LONG,
    )


def test_a_child_knows_no_secret_of_the_environment() -> None:
    names = ("LATHE_TELEGRAM_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "ANYTHING_ELSE")
    told = in_a_service("environment", **dict.fromkeys(names, "hush-hush")).stdout
    assert "hush-hush" not in told
    assert not any(name in told for name in names)
    assert "PATH" in told


@on_linux
async def test_a_child_inherits_no_file_but_its_pipes(pool: Pool, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        late = Pool(1, preload=(PRISONERS,))
        try:
            opened = await late.run(f"{PRISONERS}:open_files", {})
        finally:
            await late.close()
    assert {"/dev/null"} <= set(opened)
    assert [name for name in opened if name.startswith("/") and name != "/dev/null"] == []


def test_what_a_library_prints_reaches_nobody() -> None:
    ended = in_a_service("speak")
    assert "from the child" not in ended.stdout + ended.stderr


@on_linux
async def test_a_confined_run_reads_its_files_and_no_others(pool: Pool, tmp_path: Path) -> None:
    for name in ("song", "secret"):
        (tmp_path / name).write_text(name)
    limits = Limits(confines=Confines(reads=(tmp_path / "song",)))
    run = pool.run
    assert await run(f"{PRISONERS}:read", {"path": str(tmp_path / "song")}, limits=limits) == b"song"
    with pytest.raises(PermissionError):
        await run(f"{PRISONERS}:read", {"path": str(tmp_path / "secret")}, limits=limits)
    with pytest.raises(PermissionError):
        await run(f"{PRISONERS}:write", {"path": str(tmp_path / "song"), "size": 1}, limits=limits)
    with pytest.raises(PermissionError):
        await run(f"{PRISONERS}:read", {"path": f"/proc/{os.getpid()}/environ"}, limits=limits)
    assert (tmp_path / "song").read_text() == "song"


@on_linux
async def test_a_confined_run_finds_what_is_in_a_folder_that_it_may_read(pool: Pool, tmp_path: Path) -> None:
    bundle = tmp_path / "Tube.vst3"
    bundle.mkdir()
    (bundle / "tube").write_text("warm")
    limits = Limits(confines=Confines(reads=(bundle,)))
    assert await pool.run(f"{PRISONERS}:listed", {"path": str(bundle)}, limits=limits) == ["tube"]
    assert await pool.run(f"{PRISONERS}:read", {"path": str(bundle / "tube")}, limits=limits) == b"warm"
    with pytest.raises(PermissionError):
        await pool.run(f"{PRISONERS}:listed", {"path": str(tmp_path)}, limits=limits)
    with pytest.raises(PermissionError):
        await pool.run(f"{PRISONERS}:write", {"path": str(bundle / "tube"), "size": 1}, limits=limits)


@on_linux
async def test_a_confined_run_writes_below_its_folder_and_tells_how_far_it_is(
    pool: Pool, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    limits = Limits(confines=Confines(writes=(out,)))
    assert await pool.run(f"{PRISONERS}:write", {"path": str(out / "pcm"), "size": 9}, limits=limits) == 9
    with pytest.raises(PermissionError):
        await pool.run(f"{PRISONERS}:write", {"path": str(tmp_path / "pcm"), "size": 9}, limits=limits)
    told: list[float] = []
    climb = pool.run(f"{CHORES}:climb", {"steps": 3}, lambda share, _: told.append(share), limits=limits)
    assert await climb == 3
    assert told[-1] == 1.0


@on_linux
async def test_a_confined_run_has_all_the_memory_it_was_given(pool: Pool) -> None:
    limits = Limits(memory=1 << 27, confines=Confines())
    assert await pool.run(f"{CHORES}:take_memory", {"size": 1 << 26}, limits=limits) == 1 << 26
    with pytest.raises(ChildDied, match="memory"):
        await pool.run(f"{CHORES}:take_memory", {"size": 1 << 28}, limits=limits)


async def test_each_run_has_a_process_of_its_own(pool: Pool) -> None:
    processes = [await pool.run("storage.queue.child:ready", {}) for _ in range(3)]
    assert len(set(processes)) == 3


@pytest.mark.parametrize("deed", ["answer_with_an_order", "raise_an_order", "say_an_order_to_the_service"])
async def test_an_answer_that_wants_something_done_is_not_obeyed(tmp_path: Path, deed: str) -> None:
    pool = Pool(1, preload=(PRISONERS,))
    try:
        with pytest.raises((ChildDied, RuntimeError)):
            await pool.run(f"{PRISONERS}:{deed}", {"path": str(tmp_path / "done")})
        async with asyncio.timeout(LONG):
            assert await pool.run(f"{CHORES}:double", {"number": 4}) == 8
    finally:
        await pool.close()
    assert not (tmp_path / "done").exists()


def test_a_system_without_landlock_has_version_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert landlock.version() == 0
    landlock.confine(Confines())


LOGGING = """
# ruff: noqa: ASYNC110  other processes have nothing to await but what they leave behind

import asyncio
from storage.queue.limits import Confines, Limits
from storage.queue.pool import Pool

async def main():
    pool = Pool(1, limits=Limits(confines=Confines()), preload=("tests.storage.chores",))
    for number in range(3):
        print(await pool.run("tests.storage.chores:double", {"number": number}))
    print(await pool.gaps())
    await pool.close()

asyncio.run(main())
"""


@on_linux
def test_a_system_without_seccomp_is_told_of_once_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "pyseccomp.py").write_text("raise RuntimeError('Unable to find libseccomp')\n")
    told = subprocess.run(
        [sys.executable, "-c", LOGGING],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        check=True,
        timeout=LONG,
    ).stdout
    assert told.count("the jail of strangers' files has gaps") == 1
    assert told.endswith("['use the network', 'start programs']\n")
    assert "\n4\n" in told


BOOTING = """
import asyncio, sys
from storage.queue.pool import Pool

async def main():
    pool = Pool(2, preload=("numpy",))
    print("up", flush=True)
    await pool.run("tests.storage.chores:burn", {"paper": sys.argv[1]})

asyncio.run(main())
"""


def processes_that_know(word: str) -> set[int]:
    """Whose command line holds a word: the fork server's holds the search path of who started it."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and word.encode() in (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
        except OSError:  # it ended meanwhile
            continue
    return found


@on_linux
@pytest.mark.parametrize("after", [0.0, 0.05, 0.15, 0.4])
async def test_a_service_that_is_killed_while_its_pool_starts_leaves_no_process(
    tmp_path: Path, after: float
) -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        BOOTING,
        str(tmp_path / "paper"),
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])},
        stdout=subprocess.PIPE,
    )
    assert service.stdout is not None
    await service.stdout.readline()
    await asyncio.sleep(after)
    service.kill()
    await service.wait()
    async with asyncio.timeout(LONG):
        while processes_that_know(str(tmp_path)):
            await asyncio.sleep(0.01)
