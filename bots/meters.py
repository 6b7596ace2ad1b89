"""What this process counts from its start on: how long jobs took, how late notices and the loop were."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector

from core.jobs import Job
from core.ports import Outgoing

TICK = 0.5
"""Seconds between two looks at how late the loop is."""

LOOKS = 120
"""Looks that are remembered: a minute of them."""

JOB_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640)
NOTICE_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600)


class Meters:
    """Counters and histograms of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._jobs = Histogram(
            "lathe_job_seconds",
            "Seconds that an attempt at a job took, by how it ended: done, failed or stopped.",
            ["kind", "outcome"],
            buckets=JOB_BUCKETS,
            registry=self.registry,
        )
        self._audio = Counter(
            "lathe_audio_seconds", "Seconds of music in the jobs done.", ["kind"], registry=self.registry
        )
        self._notices = Histogram(
            "lathe_notice_seconds",
            "Seconds from the deed that wanted a notice until its door had sent it.",
            ["door"],
            buckets=NOTICE_BUCKETS,
            registry=self.registry,
        )

        self._deaths = Counter(
            "lathe_job_deaths",
            "Attempts that a dead process had begun and that this one put back.",
            registry=self.registry,
        )
        self._reaped = Counter(
            "lathe_workers_reaped",
            "Workers that were found dead with attempts that this process put back.",
            registry=self.registry,
        )

    @contextmanager
    def job(self, job: Job) -> Iterator[None]:
        """Count what is done inside as one attempt at a job."""
        began, outcome = time.perf_counter(), "failed"
        try:
            yield
            outcome = "done"
        except asyncio.CancelledError:
            outcome = "stopped"
            raise
        finally:
            self._jobs.labels(job.kind.value, outcome).observe(time.perf_counter() - began)
            if outcome == "done" and (seconds := _duration(job)):
                self._audio.labels(job.kind.value).inc(seconds)

    def died(self, attempts: int) -> None:
        """Count a worker that was found dead, with the attempts that it had begun."""
        self._reaped.inc()
        self._deaths.inc(attempts)

    def sent(self, outgoing: Outgoing, now: datetime) -> None:
        """Count how late a notice was sent; a card has no time of its own."""
        if outgoing.notice and outgoing.notice.wanted:
            late = max(0.0, (now - outgoing.notice.wanted).total_seconds())
            self._notices.labels(outgoing.reach.door).observe(late)


def _duration(job: Job) -> float:
    analysis = job.payload.get("analysis")
    return float(analysis.get("duration") or 0) if isinstance(analysis, dict) else 0.0


class LoopLag:
    """How many seconds late the event loop comes to what is due: at the newest look, at most in a minute."""

    def __init__(self) -> None:
        self._looks: deque[float] = deque([0.0], maxlen=LOOKS)

    @property
    def newest(self) -> float:
        return self._looks[-1]

    @property
    def worst(self) -> float:
        return max(self._looks)

    async def run(self) -> None:
        """Look until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            self._looks.append(max(0.0, loop.time() - due))
