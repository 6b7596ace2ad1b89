"""/metrics: how the house stands, as Prometheus and OpenMetrics read it.

What the rows say is asked of the database at most every few seconds, whoever scrapes. While the database is
away `lathe_up` is 0 and its figures are left out: an old figure would be taken for a new one.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder

from bots.meters import LoopLag, Meters
from core.figures import Backlog, Figures

FRESH = 3.0
"""Seconds for which the figures are told again without another look."""

PATIENCE = 2.0
"""Seconds that a look may take; a scrape has to answer within ten."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a page of metrics comes from. `read` raises when the database is away."""

    meters: Meters
    lag: LoopLag
    read: Callable[[], Awaitable[Figures]]
    now: Callable[[], datetime]
    disks: Callable[[], Mapping[str, int]]  # bytes that are free, by what lies there
    store_failures: Mapping[str, int]  # calls of the audio store that failed, by how


class Metrics:
    """The page, each time as it is then."""

    def __init__(self, sources: Sources, fresh: float = FRESH, patience: float = PATIENCE) -> None:
        self._sources = sources
        self._fresh = fresh
        self._patience = patience
        self._looking = asyncio.Lock()
        self._looked = -fresh
        self._figures: Figures | None = None

    async def page(self, accept: str) -> tuple[bytes, str]:
        """The page and its content type, in the format that an Accept header asks for."""
        async with self._looking:
            if time.monotonic() - self._looked >= self._fresh:
                self._figures = await self._look()
                self._looked = time.monotonic()
        encode, content_type = choose_encoder(accept)
        return encode(_Page(self._sources, self._figures)), content_type

    async def _look(self) -> Figures | None:
        try:
            async with asyncio.timeout(self._patience):
                return await self._sources.read()
        except Exception:  # whatever it is, the page says lathe_up 0 and what is known without the database
            log.exception("figures cannot be read")
            return None


@dataclass(frozen=True, slots=True)
class _Page:
    """A registry, as far as the encoders ask for one."""

    sources: Sources
    figures: Figures | None

    def collect(self) -> Iterator[Metric]:
        sources, figures = self.sources, self.figures
        yield _gauge("lathe_up", "1 while the database answers, else 0.", float(figures is not None))
        yield _gauge(
            "lathe_loop_lag_seconds",
            "How late the event loop came at worst within a minute.",
            sources.lag.worst,
        )
        free = GaugeMetricFamily("lathe_disk_free_bytes", "Free bytes on disks.", labels=["of"])
        for of, bytes_ in sources.disks().items():
            free.add_metric([of], bytes_)
        failures = CounterMetricFamily(
            "lathe_store_failures", "Calls of the audio store that failed since the start.", labels=["kind"]
        )
        for kind, count in sources.store_failures.items():
            failures.add_metric([kind], count)
        yield from (free, failures)
        if figures is not None:
            yield from _families(figures, sources.now())
        yield from sources.meters.registry.collect()


def _families(figures: Figures, now: datetime) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "lathe_jobs_waiting", "Jobs that wait for a slot.", labels=["queue", "plan", "kind"]
    )
    oldest = GaugeMetricFamily(
        "lathe_jobs_oldest_seconds",
        "Seconds since the oldest job that waits was wanted.",
        labels=["queue", "plan", "kind"],
    )
    for line, backlog in figures.queued.items():
        waiting.add_metric([line.queue, line.plan, line.kind], backlog.count)
        oldest.add_metric([line.queue, line.plan, line.kind], backlog.age(now))
    running = GaugeMetricFamily("lathe_jobs_running", "Jobs at work.", labels=["queue", "kind"])
    for labels, count in figures.running.items():
        running.add_metric(labels, count)
    orders = GaugeMetricFamily("lathe_orders", "Open orders by state.", labels=["state"])
    for state, count in figures.orders.items():
        orders.add_metric([state], count)
    leases = GaugeMetricFamily(
        "lathe_lease_seconds",
        "Seconds until a lease ends if it is not renewed; its holder is a digest of the home's name.",
        labels=["name", "holder"],
    )
    for held in figures.leases:
        leases.add_metric([held.name, digest(held.holder)], held.seconds)
    yield from (waiting, oldest, running, orders, leases)
    yield from _backlog("lathe_inbox", "events that wait to be decided", figures.inbox, now)
    yield from _backlog("lathe_notices", "notices that wait to be sent", figures.notices, now)
    yield from _backlog("lathe_talks", "tickets that wait for the staff", figures.talks, now)
    if figures.first_answer.mean is not None:
        yield _gauge(
            "lathe_first_answer_seconds",
            "Seconds until the first answer, the mean of the newest tickets.",
            figures.first_answer.mean,
        )
    if figures.rating.mean is not None:
        yield _gauge(
            "lathe_rating", "What artists say from 1 to 5, the mean of the newest.", figures.rating.mean
        )
    yield _gauge("lathe_events_aside", "Events that were set aside for a person.", figures.aside)
    yield _gauge("lathe_cards_stale", "Cards that are not shown as they should be.", figures.cards)
    yield _gauge(
        "lathe_ledger_delivered_mismatch",
        "Orders delivered and not paid, or paid and neither owed, delivered nor paid back. Must be 0.",
        figures.mismatched,
    )


def digest(holder: str) -> str:
    """Eight characters that tell one holder from another without saying whose machine it is."""
    return hashlib.sha256(holder.encode()).hexdigest()[:8]


def _backlog(name: str, what: str, backlog: Backlog, now: datetime) -> Iterator[Metric]:
    yield _gauge(f"{name}_waiting", f"Number of {what}.", backlog.count)
    yield _gauge(f"{name}_oldest_seconds", f"Seconds that the oldest waits, of {what}.", backlog.age(now))


def _gauge(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_, value=value)
