"""An end comes to an end."""

import asyncio
import subprocess
import sys

import pytest

from bots.stopping import cancelled, ended
from tests.bots.lathe import ROOT

STUCK = """
import asyncio
from bots import stopping

stopping.LONGEST = 0.2

async def work():
    try:
        with stopping.ending():
            pass
    finally:
        await asyncio.Event().wait()

asyncio.run(stopping.until_told(work()))
"""


async def test_what_does_not_end_in_time_is_cancelled() -> None:
    running = asyncio.create_task(asyncio.Event().wait())
    await ended(running, 0.01)
    assert running.cancelled()


async def test_what_broke_says_why() -> None:
    async def broken() -> None:
        raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        await ended(asyncio.create_task(broken()), 1.0)


async def test_who_misses_that_it_is_cancelled_is_cancelled_again() -> None:
    missed = 0

    async def deaf() -> None:
        nonlocal missed
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                missed += 1
        await asyncio.Event().wait()

    await asyncio.gather(going := asyncio.create_task(deaf()), cancelled([going]), return_exceptions=True)
    assert missed == 2


def test_a_process_that_cannot_end_says_what_it_waits_for_and_dies() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "does not end by itself" in done.stdout + done.stderr
    assert "work" in done.stdout + done.stderr
