"""Jobs: taken by one, fenced by their attempt, and whose turn it is."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest

from core.changes import Changes, Finish
from core.jobs import Job, JobKind, JobState, Queue
from core.messages import HOUSE
from core.snapshot import Needs
from core.sources import DOOR as LINK
from storage import jobs
from storage.database import open_database
from storage.models import ShareRow
from storage.store import TortoiseStore
from tests.databases import EVERY
from tests.storage.conftest import WEIGHTS
from tests.storage.things import NOON, account, job, message

pytestmark = EVERY

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]


async def want(store: TortoiseStore, *jobs: Job) -> None:
    await store.commit(message(), Changes(jobs=jobs))


async def take(store: TortoiseStore, *doors: str, queue: Queue = Queue.CPU) -> Job | None:
    return await store.take(queue, doors, "engine")


async def served(store: TortoiseStore, turns: int) -> list[str]:
    """The ids of the next jobs in the order in which one slot does them."""
    done = []
    for _ in range(turns):
        taken = await take(store)
        if taken is None:
            break
        assert await store.commit(message(), Changes(finish=Finish(taken.id, taken.attempts)))
        done.append(taken.id)
    return done


async def look(store: TortoiseStore, id_: str) -> Job:
    found = (await store.load(Needs(HOUSE, job=id_))).job
    assert found is not None
    return found


async def test_a_job_is_taken_once(store: TortoiseStore) -> None:
    await want(store, job("job-1", payload={"style": "warm"}, song="song-1", version=2))
    taken = await take(store)
    assert taken == job(
        "job-1", payload={"style": "warm"}, song="song-1", version=2, state=JobState.RUNNING, attempts=1
    )
    assert await take(store) is None


async def test_of_many_hands_each_takes_another_job(store: TortoiseStore, another: Another) -> None:
    await want(store, *[job(f"job-{n}") for n in range(12)])
    async with another() as other:
        taken = await asyncio.gather(*[take(each) for each in (store, other) * 8])
    ids = [each.id for each in taken if each]
    assert sorted(ids) == sorted(f"job-{n}" for n in range(12))


async def test_of_many_who_take_at_once_none_takes_more_than_a_persons_share(
    store: TortoiseStore, another: Another
) -> None:
    people = ("ann", "bob", "cid", "dan")
    await want(store, *[job(f"{name}-{n}", name) for name in people for n in range(20)])
    async with another() as other:
        taken = await asyncio.gather(*[take(each) for each in (store, other) * 16])
    share = Counter(each.id.split("-")[0] for each in taken if each)
    assert share == dict.fromkeys(people, 8)


async def test_of_two_who_take_different_jobs_at_once_both_reckon_to_whom(
    store: TortoiseStore, url: str
) -> None:
    await want(store, *[job(door, kind=JobKind.FETCH, door=door) for door in ("terminal", "discord")])
    async with open_database(url) as database:
        async with database.writing() as connection:
            assert await jobs.take(connection, Queue.IO, ["terminal"], "engine", WEIGHTS)
            second = asyncio.create_task(take(store, "discord", queue=Queue.IO))
            await asyncio.sleep(0.1)
        assert await second
        async with database.reading():
            assert (await ShareRow.get(level="person")).vtime == 2 * job("any", kind=JobKind.FETCH).cost


async def test_each_queue_has_its_own_jobs(store: TortoiseStore) -> None:
    await want(store, job("fetch", kind=JobKind.FETCH), job("render"))
    fetch = await take(store, queue=Queue.IO)
    assert fetch is not None
    assert fetch.id == "fetch"
    assert await take(store, queue=Queue.IO) is None


async def test_of_links_one_person_has_two_running_and_the_others_find_slots_free(
    store: TortoiseStore, another: Another
) -> None:
    def links(name: str, **over: Any) -> list[Job]:
        return [job(f"{name}{n}", name, kind=JobKind.FETCH, door=LINK, **over) for n in range(8)]

    async def taken(times: int) -> list[Job]:
        async with another() as other:
            found = await asyncio.gather(
                *[take(each, LINK, queue=Queue.LINK) for each in (store, other) * (times // 2)]
            )
        return [each for each in found if each]

    served_elsewhere = [replace(each, id=f"c{each.id}", community="c") for each in links("ann")]
    await want(store, *links("ann"), *served_elsewhere)
    first = await taken(6)
    assert len(first) == 2
    await want(store, *links("bob"))
    assert [each.person for each in await taken(6)] == [account("bob")] * 2
    await store.commit(message(), Changes(finish=Finish(first[0].id, first[0].attempts)))
    assert [each.person for each in await taken(6)] == [account("ann")]
    await store.give_back(first[1], died=True)
    assert [each.person for each in await taken(6)] == [account("ann")]


async def test_a_job_that_needs_a_door_goes_to_who_holds_it(store: TortoiseStore) -> None:
    await want(store, job("fetch", kind=JobKind.FETCH, door="discord"))
    assert await take(store, queue=Queue.IO) is None
    assert await take(store, "terminal", queue=Queue.IO) is None
    assert await take(store, "terminal", "discord", queue=Queue.IO) is not None


async def test_how_far_it_is_belongs_to_the_attempt_that_is_running(store: TortoiseStore) -> None:
    await want(store, job("job-1"))
    first = await take(store)
    assert first is not None
    assert await store.progress(first, 0.4, "limiting")
    assert ((await look(store, "job-1")).progress, (await look(store, "job-1")).stage) == (0.4, "limiting")
    await store.give_back(first, died=True)
    second = await take(store)
    assert second is not None
    assert not await store.progress(first, 0.9, "limiting")
    assert await store.progress(second, 0.1, "decoding")
    assert (await look(store, "job-1")).progress == 0.1


async def test_a_late_attempt_cannot_give_back_what_another_one_runs(store: TortoiseStore) -> None:
    await want(store, job("job-1"))
    first = await take(store)
    assert first is not None
    await store.recover("engine")
    second = await take(store)
    assert second is not None
    await store.give_back(first, died=False)
    assert (await look(store, "job-1")).state is JobState.RUNNING
    assert await store.progress(second, 0.5, "render")


@pytest.mark.parametrize(
    ("ending", "failures", "deaths"), [("failed", 1, 0), ("shutdown", 0, 0), ("killed", 0, 1)]
)
async def test_only_a_failed_attempt_counts_as_one(
    store: TortoiseStore, ending: str, failures: int, deaths: int
) -> None:
    await want(store, job("job-1"))
    first = await take(store)
    assert first is not None
    match ending:
        case "failed":
            await store.give_back(first, died=True)
        case "shutdown":
            await store.give_back(first, died=False)
        case "killed":
            assert await store.recover("engine") == 1
    waiting = await look(store, "job-1")
    assert (waiting.state, waiting.failures, waiting.deaths) == (JobState.QUEUED, failures, deaths)
    second = await take(store)
    assert second is not None
    assert second.attempts == 2


async def test_a_death_gives_back_only_what_the_dead_one_held(store: TortoiseStore) -> None:
    await want(store, job("job-1"), job("job-2"))
    assert await store.take(Queue.CPU, [], "dead")
    assert await store.take(Queue.CPU, [], "alive")
    assert await store.recover("dead") == 1
    assert (await look(store, "job-1")).state is JobState.QUEUED
    assert (await look(store, "job-2")).state is JobState.RUNNING


async def test_the_house_is_not_at_rest_while_a_job_is_queued_or_running(store: TortoiseStore) -> None:
    await want(store, job("job-1"))
    assert await store.pending(NOON)
    taken = await take(store)
    assert taken is not None
    assert await store.pending(NOON)
    await store.commit(message(), Changes(finish=Finish("job-1", taken.attempts)))
    assert not await store.pending(NOON)


# Fairness (storage.turns)


async def test_one_person_is_served_in_order(store: TortoiseStore) -> None:
    await want(store, *[job(f"job-{n}") for n in range(4)])
    assert await served(store, 9) == ["job-0", "job-1", "job-2", "job-3"]


async def test_who_asks_for_one_song_does_not_wait_for_the_500_of_somebody_else(store: TortoiseStore) -> None:
    await want(store, *[job(f"bulk-{n}", "bulk") for n in range(500)])
    await served(store, 20)
    running = await take(store)
    assert running is not None
    await want(store, job("single", "ann"))
    assert await served(store, 1) == ["single"]


async def test_a_community_of_forty_does_not_push_everybody_back(store: TortoiseStore) -> None:
    await want(store, *[job(f"guild-{n}", f"member-{n}", community="guild") for n in range(40)])
    await want(store, *[job(f"single-{n}", f"single-{n}") for n in range(3)])
    assert await served(store, 6) == ["guild-0", "single-0", "single-1", "single-2", "guild-1", "guild-2"]


async def test_a_communitys_second_member_does_not_wait_for_the_album_of_the_first(
    store: TortoiseStore,
) -> None:
    await want(store, *[job(f"album-{n}", "first", community="guild") for n in range(40)])
    await served(store, 5)
    await want(store, job("song", "second", community="guild"))
    await want(store, *[job(f"bulk-{n}", "bulk") for n in range(40)])
    assert "song" in (await served(store, 3))


async def test_two_communities_share_alike_whatever_their_numbers(store: TortoiseStore) -> None:
    large = [job(f"large-{n}", f"large-{n}", community="large") for n in range(40)]
    small = [job(f"small-{n}", "small", community="small") for n in range(40)]
    await want(store, *large, *small)
    share = Counter(id_.split("-")[0] for id_ in await served(store, 30))
    assert share == {"large": 15, "small": 15}


async def test_plans_share_by_weight_and_free_is_never_starved(store: TortoiseStore) -> None:
    await want(store, *[job(f"free-{n}", f"free-{n}") for n in range(40)])
    await want(store, *[job(f"basic-{n}", "basic", plan="basic") for n in range(90)])
    share = Counter(id_.split("-")[0] for id_ in await served(store, 90))
    assert share["basic"] == pytest.approx(80, abs=1)
    assert share["free"] == pytest.approx(10, abs=1)


async def test_a_paid_plan_goes_first_when_both_begin(store: TortoiseStore) -> None:
    await want(store, job("free", "ann"), job("paid", "bob", plan="business"))
    assert await served(store, 2) == ["paid", "free"]


async def test_free_artists_stay_fair_among_each_other_beside_paying_ones(store: TortoiseStore) -> None:
    await want(store, *[job(f"paid-{n}", "paid", plan="business") for n in range(100)])
    await want(store, *[job(f"bulk-{n}", "bulk") for n in range(50)])
    await served(store, 45)
    await want(store, job("single", "ann"))
    ids = await served(store, 20)
    free = [id_ for id_ in ids if not id_.startswith("paid")]
    assert "single" in free[:2]


async def test_who_was_away_comes_back_without_credit_for_it(store: TortoiseStore) -> None:
    await want(store, job("early", "ann"), *[job(f"bob-{n}", "bob") for n in range(60)])
    await served(store, 41)
    await want(store, *[job(f"ann-{n}", "ann") for n in range(30)])
    share = Counter(id_.split("-")[0] for id_ in await served(store, 20))
    assert share["ann"] == pytest.approx(10, abs=1)


async def test_long_jobs_count_for_more_than_short_ones(store: TortoiseStore) -> None:
    await want(store, *[job(f"long-{n}", "long", cost=10.0) for n in range(20)])
    await want(store, *[job(f"short-{n}", "short", cost=1.0) for n in range(40)])
    share = Counter(id_.split("-")[0] for id_ in await served(store, 22))
    assert share == {"long": 2, "short": 20}


async def test_a_job_that_was_given_back_keeps_its_age(store: TortoiseStore) -> None:
    await want(store, job("job-1"), job("job-2"))
    first = await take(store)
    assert first is not None
    await store.give_back(first, died=True)
    assert await served(store, 2) == ["job-1", "job-2"]
