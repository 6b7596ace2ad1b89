"""Places in a person's row."""

import asyncio

from bots.turns import Turns


async def test_deeds_of_one_person_go_in_as_they_came_and_others_need_not_wait() -> None:
    turns, done = Turns(), []
    slow = asyncio.Event()

    async def deed(person: str, name: str, ready: asyncio.Event | None = None) -> None:
        async with turns.take(person) as turn:
            if ready is not None:
                await ready.wait()
            await turn.come()
            done.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(deed("ada", "first", slow))
        group.create_task(deed("ada", "second"))
        other = group.create_task(deed("bea", "other"))
        await other
        assert done == ["other"]
        slow.set()
    assert done == ["other", "first", "second"]


async def test_who_fails_lets_the_next_go_but_nobody_overtake() -> None:
    turns, done = Turns(), []
    slow = asyncio.Event()

    async def deed(name: str, *, fails: bool = False, ready: asyncio.Event | None = None) -> None:
        async with turns.take("ada") as turn:
            if fails:
                raise ValueError(name)
            if ready is not None:
                await ready.wait()
            await turn.come()
            done.append(name)

    first = asyncio.create_task(deed("first", ready=slow))
    failing = asyncio.create_task(deed("failing", fails=True))
    last = asyncio.create_task(deed("last"))
    await asyncio.sleep(0)
    slow.set()
    await asyncio.wait([first, failing, last])
    assert isinstance(failing.exception(), ValueError)
    assert done == ["first", "last"]


async def deed(turns: Turns, done: list[str], name: str, ready: asyncio.Event | None = None) -> None:
    """What ada does: its place comes, and it takes until it is ready."""
    async with turns.take("ada") as turn:
        await turn.come()
        if ready is not None:
            await ready.wait()
        done.append(name)


async def test_a_place_that_was_kept_comes_before_what_is_done_from_then_on_and_after_what_was_done() -> None:
    turns, done = Turns(), list[str]()
    slow = asyncio.Event()

    async with asyncio.TaskGroup() as group:
        group.create_task(deed(turns, done, "before", slow))
        await asyncio.sleep(0)
        with turns.kept() as kept:
            group.create_task(deed(turns, done, "after"))
            await asyncio.sleep(0)
            slow.set()
            await asyncio.sleep(0.01)
            place = kept.of("ada")
        async with place:
            await place.come()
            done.append("what was missed")
    assert done == ["before", "what was missed", "after"]


async def test_a_place_that_was_kept_for_nothing_holds_up_nobody_and_lets_nobody_overtake() -> None:
    turns, done = Turns(), list[str]()
    slow = asyncio.Event()

    async with asyncio.TaskGroup() as group:
        group.create_task(deed(turns, done, "before", slow))
        await asyncio.sleep(0)
        with turns.kept():
            group.create_task(deed(turns, done, "after"))
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        assert done == []
        slow.set()
    assert done == ["before", "after"]
