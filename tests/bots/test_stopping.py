"""SIGTERM to the service on SQLite in the middle of a master: in order, and a second one at once."""

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.bots.lathe import NOON, Desk, command, files, lathe, surroundings
from tests.databases import past_the_store

PATIENCE = 120.0  # seconds after which something that must happen never will


@contextmanager
def service(desk: Desk) -> "Iterator[subprocess.Popen[str]]":
    """The service at work in a home; killed at the end, if it still runs, with all that it has begun."""
    process = subprocess.Popen(
        command("run", "--home", desk.home),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=desk.home.parent,
        env=surroundings(LATHE_WEB_BIND="127.0.0.1:0", LATHE_LOG="error"),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def rendering(desk: Desk, process: "subprocess.Popen[str]") -> None:
    """Return when the service is in the middle of the master."""
    end = time.monotonic() + PATIENCE
    with past_the_store(f"sqlite://{desk.home / 'lathe.sqlite3'}") as raw:
        while not list(raw.execute("SELECT 1 FROM jobs WHERE kind = 'render' AND progress > 0")):
            assert process.poll() is None
            assert time.monotonic() < end, "it never came"
            time.sleep(0.005)


def held_up(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """The processes that make the sound, stopped as by a machine that has no time for them."""
    below = psutil.Process(process.pid).children(recursive=True)
    parents = {child.ppid() for child in below}
    makers = [
        child
        for child in below
        if child.pid not in parents and "resource_tracker" not in str(child.cmdline())
    ]
    for child in makers:
        child.suspend()
    return makers


def closing(process: "subprocess.Popen[str]", door: str) -> None:
    """Return when the service says that it is being stopped."""
    while process.poll() is None:
        with suppress(urllib.error.HTTPError), urllib.request.urlopen(f"{door}/readyz"):
            continue
        return
    raise AssertionError(f"it ended with {process.returncode}")


def door_of(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"Web door: (http://[\d.:]+)", line):
            return found[1]
    raise AssertionError(f"it ended with {process.wait()}")


def gone(makers: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(makers, timeout=PATIENCE)
    return not alive


@pytest.fixture(scope="module")
def paying(song: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which an order was paid, and nobody makes its master yet."""
    home = tmp_path_factory.mktemp("paying") / "home"
    assert lathe("chat", "--home", home, "--clock", "manual", "--now", NOON, cwd=home.parent).returncode == 0
    Desk(home).chat(f'@"{song}"', "!wait", ">pay")
    return home


@pytest.fixture
def paid(paying: Path, tmp_path: Path) -> Desk:
    return Desk(Path(shutil.copytree(paying, tmp_path / "home")))


def test_a_service_that_is_told_to_stop_ends_in_order_and_the_order_goes_on_at_the_next_start(
    paid: Desk,
) -> None:
    with service(paid) as process:
        door_of(process)
        rendering(paid, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    with past_the_store(f"sqlite://{paid.home / 'lathe.sqlite3'}") as raw:
        ((running, deaths),) = raw.execute("SELECT SUM(state = 'running'), SUM(deaths) FROM jobs")
    assert (running, deaths) == (0, 0)
    assert len(files(paid.chat("!wait", ">approve", "!wait"), "file")) == 3


def test_a_second_signal_ends_the_service_at_once_and_leaves_nobody_at_work(paid: Desk) -> None:
    with service(paid) as process:
        door = door_of(process)
        rendering(paid, process)
        makers = held_up(process)
        process.send_signal(signal.SIGTERM)
        closing(process, door)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == -signal.SIGTERM
    assert gone(makers)
