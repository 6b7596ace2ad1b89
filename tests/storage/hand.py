"""A worker of the engines' tests, as a process: URL, a file to sign when a job begins, the word to end it."""

# ruff: noqa: ASYNC110  what happens in a folder rings no bell here

import asyncio
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.changes import Changes, Finish
from core.jobs import Job, Queue
from core.messages import Incoming, To
from core.ports import Report
from storage.database import open_database
from storage.queue.distributed import Distributed
from storage.store import TortoiseStore
from tests.storage.conftest import WEIGHTS, HandClock
from tests.storage.things import account, notice


async def main(url: str, paper: Path, word: Path) -> None:
    async def hold(job: Job, report: Report) -> Mapping[str, Any]:
        await asyncio.to_thread(paper.touch)
        while not await asyncio.to_thread(word.exists):
            await asyncio.sleep(0.02)
        return {"by": "hand"}

    async def finished(event: Incoming) -> None:
        if "progress" not in event.payload:
            end = Finish(event.payload["job"], event.payload["attempt"], failed="failed" in event.payload)
            delivery = notice("by-hand", To.person(account("ann")))
            await store.commit(event, Changes(finish=end, notices=(delivery,)))

    async with open_database(url) as database:
        clock = HandClock()
        store = TortoiseStore(database, clock, WEIGHTS, "USD")
        engine = Distributed(url, database, store, hold, finished, clock=clock, slots={Queue.CPU: 1})
        loop = asyncio.get_running_loop()
        told = asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, told.set)
        running = asyncio.create_task(engine.run())
        await told.wait()
        await engine.drain(10)
        await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
