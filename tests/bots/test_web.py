"""How the service says how it is."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from bots.meters import TICK, LoopLag, Meters
from bots.web.health import STUCK, Check, Health, serving
from bots.web.metrics import Metrics, Sources
from core.figures import Backlog, Figures, Held, JobClass, Mean
from core.jobs import Job, JobKind
from core.messages import Notice, To
from core.ports import Outgoing, Reach, Unreachable
from core.text import Text
from storage.objects import open_objects, try_out
from tests.desk.studio import START


@dataclass
class House:
    """What is told of a house, to be changed by a test."""

    figures: Figures | None = field(default_factory=Figures)
    looks: int = 0
    meters: Meters = field(default_factory=Meters)
    disks: dict[str, int] = field(default_factory=lambda: {"home": 5})
    failed: Mapping[str, int] = field(default_factory=dict)

    async def read(self) -> Figures:
        self.looks += 1
        if self.figures is None:
            raise Unreachable("nobody answers")
        return self.figures

    def metrics(self, fresh: float = 0.0, patience: float = 2.0) -> Metrics:
        now = START + timedelta(seconds=90)
        return Metrics(
            Sources(self.meters, LoopLag(), self.read, lambda: now, self.disks.copy, self.failed),
            fresh,
            patience,
        )


Get = Callable[[str], Any]


@asynccontextmanager
async def asked(health: Health, patience: float = 2.0, accept: str = "") -> AsyncIterator[Get]:
    async with (
        serving(health, "127.0.0.1", 0, patience) as (host, port),
        aiohttp.ClientSession(headers={"Accept": accept} if accept else None) as session,
    ):

        async def get(path: str) -> tuple[int, Any]:
            async with session.get(f"http://{host}:{port}{path}") as answer:
                is_json = answer.content_type == "application/json"
                return answer.status, await (answer.json() if is_json else answer.text())

        yield get


async def fine() -> None:
    pass


async def gone() -> None:
    raise ConnectionError("no database")


async def get(path: str, checks: Mapping[str, Check], patience: float = 2.0) -> tuple[int, Any]:
    health = Health()
    with health.open(checks, House().metrics()):
        async with asked(health, patience) as ask:
            status, told = await ask(path)
            return status, told


async def test_a_living_process_says_so_even_when_it_can_do_nothing() -> None:
    status, told = await get("/livez", {"database": gone})
    assert status == 200
    assert told["loop_lag_ms"] >= 0


async def test_a_process_whose_loop_hardly_comes_round_is_not_alive() -> None:
    health = Health()
    health.lag._looks.append(STUCK)
    async with asked(health) as ask:
        assert (await ask("/livez"))[0] == 503


async def test_the_loop_is_seen_to_be_late_by_whoever_held_it_up() -> None:
    lag = LoopLag()
    looking = asyncio.create_task(lag.run())
    await asyncio.sleep(0)
    time.sleep(2 * TICK)  # noqa: ASYNC251
    while lag.newest == 0:  # noqa: ASYNC110
        await asyncio.sleep(0)
    looking.cancel()
    assert lag.worst >= lag.newest


async def test_the_service_is_ready_when_every_check_passes() -> None:
    assert await get("/readyz", {"database": fine, "blobs": fine}) == (
        200,
        {"ok": True, "stage": "open", "checks": {"database": True, "blobs": True}},
    )


async def test_one_failing_check_is_named_and_says_nothing_of_why() -> None:
    assert await get("/readyz", {"database": gone, "blobs": fine}) == (
        503,
        {"ok": False, "stage": "open", "checks": {"database": False, "blobs": True}},
    )


async def test_a_check_that_hangs_has_failed() -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    status, told = await get("/readyz", {"blobs": hangs}, patience=0.05)
    assert (status, told["checks"]) == (503, {"blobs": False})


async def test_a_service_is_ready_neither_before_it_is_open_nor_while_it_closes() -> None:
    health = Health()
    async with asked(health) as ask:
        assert await ask("/readyz") == (503, {"ok": False, "stage": "opening", "checks": {}})
        with health.open({"database": fine}, House().metrics()):
            assert (await ask("/readyz"))[0] == 200
        assert await ask("/readyz") == (503, {"ok": False, "stage": "closing", "checks": {}})


async def scraped(house: House, metrics: Metrics | None = None, accept: str = "") -> str:
    health = Health()
    with health.open({}, metrics or house.metrics()):
        async with asked(health, accept=accept) as ask:
            status, text = await ask("/metrics")
    assert status == 200
    return str(text)


def values(text: str) -> dict[str, float]:
    """Each sample by its name and labels, with the values of its labels, by their names."""
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in prometheus(text)
        for sample in family.samples
    }


WAITING = Figures(
    queued={JobClass("cpu", "basic", "render"): Backlog(3, START)},
    running={("io", "fetch"): 2},
    inbox=Backlog(1, START + timedelta(seconds=60)),
    aside=4,
    cards=5,
    notices=Backlog(),
    orders={"review": 7},
    talks=Backlog(2, START + timedelta(seconds=30)),
    first_answer=Mean(4, 600.0),
    rating=Mean(3, 4.5),
    mismatched=1,
)


async def test_every_figure_is_told_with_its_age() -> None:
    found = values(await scraped(House(WAITING)))
    expected = {
        "lathe_up": 1,
        "lathe_jobs_waiting render basic cpu": 3,
        "lathe_jobs_oldest_seconds render basic cpu": 90,
        "lathe_jobs_running fetch io": 2,
        "lathe_inbox_waiting": 1,
        "lathe_inbox_oldest_seconds": 30,
        "lathe_events_aside": 4,
        "lathe_cards_stale": 5,
        "lathe_notices_waiting": 0,
        "lathe_notices_oldest_seconds": 0,
        "lathe_orders review": 7,
        "lathe_talks_waiting": 2,
        "lathe_talks_oldest_seconds": 60,
        "lathe_first_answer_seconds": 600,
        "lathe_rating": 4.5,
        "lathe_ledger_delivered_mismatch": 1,
        "lathe_disk_free_bytes home": 5,
    }
    assert expected.items() <= found.items()


async def test_openmetrics_is_told_to_who_asks_for_it() -> None:
    text = await scraped(House(WAITING), accept="application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")
    assert "lathe_ledger_delivered_mismatch" in {family.name for family in openmetrics(text)}


async def test_without_a_database_the_page_says_so_and_tells_no_figure_that_is_not_known() -> None:
    found = values(await scraped(House(None)))
    assert found["lathe_up"] == 0
    assert "lathe_ledger_delivered_mismatch" not in found
    assert "lathe_loop_lag_seconds" in found


async def test_a_database_that_hangs_does_not_hold_up_the_page() -> None:
    house = House()

    async def hangs() -> Figures:
        await asyncio.Event().wait()
        return Figures()

    house.read = hangs  # type: ignore[method-assign]
    assert values(await scraped(house, house.metrics(patience=0.05)))["lathe_up"] == 0


@pytest.mark.parametrize("figures", [Figures(), None])
async def test_however_many_scrape_the_database_is_asked_once_in_a_while(figures: Figures | None) -> None:
    house = House(figures)
    metrics = house.metrics(fresh=60)
    await asyncio.gather(*(metrics.page("") for _ in range(5)))
    assert house.looks == 1


async def test_a_job_counts_by_how_it_ended_and_its_music_when_it_is_done() -> None:
    house = House()
    render = Job("j", JobKind.RENDER, "p", payload={"analysis": {"duration": 238.0}})
    with house.meters.job(render):
        pass
    with pytest.raises(ValueError, match="broken"), house.meters.job(render):
        raise ValueError("broken")
    with pytest.raises(asyncio.CancelledError), house.meters.job(render):
        raise asyncio.CancelledError
    found = values(await scraped(house))
    outcomes = {
        outcome: found[f"lathe_job_seconds_count render {outcome}"]
        for outcome in ("done", "failed", "stopped")
    }
    assert outcomes == {"done": 1, "failed": 1, "stopped": 1}
    assert found["lathe_audio_seconds_total render"] == 238


async def test_a_worker_that_was_found_dead_counts_with_what_it_had_begun() -> None:
    house = House()
    house.meters.died(2)
    house.meters.died(1)
    found = values(await scraped(house))
    assert (found["lathe_workers_reaped_total"], found["lathe_job_deaths_total"]) == (2, 3)


async def test_the_holder_of_a_lease_is_told_from_others_and_not_named() -> None:
    leases = tuple(Held(name, f"studio-mac:{name} (1f)", 3.5) for name in ("desk", "terminal"))
    text = await scraped(House(Figures(leases=leases)))
    found = {name: value for name, value in values(text).items() if name.startswith("lathe_lease_seconds")}
    assert set(found.values()) == {3.5}
    assert len({name.split()[1] for name in found}) == 2
    assert "studio-mac" not in text


async def test_a_store_that_is_away_counts_call_by_call(tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    objects = open_objects(folder.as_uri())
    folder.rmdir()
    folder.write_text("in the way")
    house = House(failed=objects.failures)
    for _ in range(2):
        with pytest.raises(Unreachable):
            await try_out(objects)
    assert values(await scraped(house))["lathe_store_failures_total away"] == 2


async def test_a_notice_counts_by_how_late_it_was_sent() -> None:
    house = House()
    notice = Notice("n", To.person("p"), Text(("hello",)), wanted=START)
    reach = Reach("terminal", "ada", "ada", private=True, locale="en", zone=None)
    house.meters.sent(Outgoing(1, reach, notice=notice), START + timedelta(seconds=2))
    found = values(await scraped(house))
    assert (found["lathe_notice_seconds_sum terminal"], found["lathe_notice_seconds_count terminal"]) == (
        2,
        1,
    )


async def test_what_else_there_is_answers_while_the_service_is_open_and_for_its_own_paths_only() -> None:
    async def said(request: web.Request) -> web.Response:
        return web.Response(text=request.path)

    health = Health()
    async with asked(health) as ask:
        assert (await ask("/f/x"))[0] == 503
        with health.open({}, House().metrics(), {"/f": said}):
            assert await ask("/f/x/file") == (200, "/f/x/file")
            assert (await ask("/fx"))[0] == 404
            assert (await ask("/livez"))[0] == 200
        assert (await ask("/f/x"))[0] == 503
