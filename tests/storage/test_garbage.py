"""Garbage: what nothing names goes after its time of grace, and nothing else, whatever happens meanwhile."""

# ruff: noqa: ASYNC221  a process that dies is what is tested

import asyncio
import dataclasses
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest

from core.agreements import Agreement
from core.changes import Changes, Move
from core.messages import HOUSE, Incoming, Kind, Media, To
from core.songs import Song, Version
from core.text import Text
from storage import references
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs, wall
from storage.database import open_database, select
from storage.entities import SHAPES
from storage.garbage import GRACE, Garbage, Removed
from storage.objects import open_objects
from storage.secret import SecretKey
from storage.store import TortoiseStore
from tests.databases import EVERY, past_the_store
from tests.storage.things import NOON, account, card, job, message, newcomer, notice, song

pytestmark = EVERY

NOTHING = Removed(0, 0)
SECRET = SecretKey(bytes(range(32)))


class Place:
    """A store with what it takes to fill and to clean it; its clock is moved by hand."""

    def __init__(self, folder: Path, keys: BlobKeys) -> None:
        self.folder = folder / "blobs"
        self.keys = keys
        self.clock = wall()
        self.objects = open_objects(self.folder.as_uri())
        self.blobs = SealedBlobs(self.objects, keys, SECRET, folder, self.now)
        self.garbage = Garbage(self.objects, keys, self.now)

    def now(self) -> int:
        return self.clock

    def passes(self, step: timedelta) -> None:
        self.clock += int(step.total_seconds())

    async def files(self, words: bytes, scope: str = "ann") -> str:
        async def stream() -> AsyncIterator[bytes]:
            yield words

        return (await self.blobs.put_stream(stream(), 1 << 20, scope=scope)).key

    async def has(self, key: str) -> bool:
        return await self.keys.find(key) is not None

    def lying(self) -> list[Path]:
        return [path for path in (self.folder / "sealed").rglob("*") if path.is_file()]


@pytest.fixture
def place(store: TortoiseStore, tmp_path: Path) -> Place:
    return Place(tmp_path, store.blob_keys)


async def test_what_nothing_names_goes_when_its_time_of_grace_is_over(place: Place) -> None:
    key = await place.files(b"words")
    place.passes(GRACE)
    assert await place.garbage.collect() == NOTHING
    place.passes(timedelta(seconds=1))
    assert await place.garbage.collect() == Removed(1, 0)
    assert not await place.has(key)
    assert place.lying() == []


async def test_what_a_song_or_a_version_names_stays_until_it_is_forgotten(
    place: Place, store: TortoiseStore
) -> None:
    keys = {name: await place.files(name.encode()) for name in ("source", "pcm", "picture")}
    first = song("song-1", "order-1", source=keys["source"], pcm=keys["pcm"], picture=media(keys["picture"]))
    await store.commit(message("ann"), Changes(songs=(Move(None, first),)))
    place.passes(2 * GRACE)
    assert await place.garbage.collect() == NOTHING
    await store.commit(message("ann"), Changes(songs=(Move(first, replace(first, pcm=None)),)))
    assert await place.garbage.collect() == Removed(1, 0)
    assert [await place.has(keys[name]) for name in ("source", "pcm", "picture")] == [True, False, True]


async def test_what_two_songs_name_stays_until_both_are_forgotten(place: Place, store: TortoiseStore) -> None:
    key = await place.files(b"twins")
    twins = [song(f"song-{n}", "order-1", source=key) for n in (1, 2)]
    await store.commit(message("ann"), Changes(songs=tuple(Move(None, twin) for twin in twins)))
    place.passes(2 * GRACE)
    for twin, removed in zip(twins, (0, 1), strict=True):
        await store.commit(message("ann"), Changes(songs=(Move(twin, replace(twin, source=None)),)))
        assert await place.garbage.collect() == Removed(removed, 0)


async def test_what_is_still_to_be_done_keeps_the_blobs_that_it_names(
    place: Place, store: TortoiseStore
) -> None:
    """A job's input, the outcome of one that is not decided, a notice and a card that were not sent."""
    ann = To.person(account("ann"))
    keys = [await place.files(name) for name in (b"job", b"event", b"notice", b"card", b"nobody")]
    doing = replace(job("job-1"), payload={"source": keys[0]})
    wanted = Changes(
        jobs=(doing,),
        notices=(replace(notice("n", ann), media=(media(keys[2]),)),),
        cards=(replace(card("c", ann), media=(media(keys[3]),)),),
    )
    await store.commit(message("ann"), newcomer("ann") + wanted)
    told = {"done": {"pcm": keys[1]}}
    await store.receive(Incoming(HOUSE, "e", "ann", "", private=True, kind=Kind.JOB, at=NOON, payload=told))
    place.passes(2 * GRACE)
    assert await place.garbage.collect() == Removed(1, 0)
    assert [await place.has(key) for key in keys] == [True, True, True, True, False]


async def test_what_was_done_and_sent_keeps_nothing(place: Place, store: TortoiseStore) -> None:
    key = await place.files(b"picture")
    wanted = replace(notice("n", To.person(account("ann"))), media=(media(key),))
    await store.commit(message("ann"), newcomer("ann") + Changes(notices=(wanted,)))
    (outgoing,) = await store.outgoing(["terminal"], 10)
    assert await store.sending(outgoing)
    await store.sent(outgoing, "1")
    place.passes(2 * GRACE)
    assert await place.garbage.collect() == Removed(1, 0)


async def test_content_that_is_filed_again_is_young_again(place: Place) -> None:
    key = await place.files(b"words")
    place.passes(2 * GRACE)
    assert await place.files(b"words") == key
    assert await place.garbage.collect() == NOTHING
    assert await place.has(key)


async def test_what_is_filed_again_or_named_after_it_was_found_unused_stays(
    place: Place, store: TortoiseStore
) -> None:
    again, named = await place.files(b"again"), await place.files(b"named")
    place.passes(2 * GRACE)
    before = place.now()
    assert await place.keys.page("", before) == (sorted([again, named]), None)
    await place.files(b"again")
    await store.commit(message("ann"), Changes(songs=(Move(None, song("song-1", "order-1", source=named)),)))
    assert await place.keys.forget_unused(again, before) is None
    assert await place.keys.forget_unused(named, before) is None


async def test_what_is_filed_again_at_the_very_moment_stays(place: Place, url: str) -> None:
    """Its row is being written when the statement that removes it comes: that one waits, and asks again."""
    key = await place.files(b"words")
    place.passes(2 * GRACE)
    async with open_database(url) as other:
        async with other.writing() as filing:
            await select(filing, "UPDATE blob_keys SET seen = ? WHERE key = ?", [place.now() + 1, key])
            removing = asyncio.create_task(place.keys.forget_unused(key, place.now()))
            await asyncio.sleep(0.1)
        assert await removing is None
    assert await place.has(key)


async def test_content_that_is_filed_while_it_is_removed_is_there_afterwards(place: Place) -> None:
    """Whoever is first: the object of the one is never that of the other."""
    for n in range(20):
        words = b"words %d" % n
        place.passes(-2 * GRACE)
        await place.files(words)
        place.passes(2 * GRACE)
        _, key = await asyncio.gather(place.garbage.collect(), place.files(words))
        assert await place.has(key)
        assert b"".join([piece async for piece in place.blobs.read(key)]) == words


async def test_what_a_person_sent_is_destroyed_however_often_it_is_named(
    place: Place, store: TortoiseStore
) -> None:
    key = await place.files(b"words", "ann")
    named = song("song-1", "order-1", source=key)
    await store.commit(message("ann"), Changes(songs=(Move(None, named),)))
    assert await place.blobs.shred("ann") == 1
    assert not await place.has(key)
    assert place.lying() == []


@pytest.mark.parametrize("step", ["file", "forget_unused", "delete"])
async def test_a_kill_between_two_steps_leaves_no_row_without_its_object(
    place: Place, store: TortoiseStore, url: str, step: str
) -> None:
    """Killed before the row is written, before it is removed, and before the object is removed after it."""
    stays = await place.files(b"stays")
    await store.commit(message("ann"), Changes(songs=(Move(None, song("song-1", "order-1", source=stays)),)))
    arguments = [sys.executable, "-c", KILLED, place.folder.as_uri(), url, step, str(place.clock)]
    killed = subprocess.run(arguments, check=False, timeout=60)
    assert killed.returncode == -9
    rows = {name for _, name in objects_of(url)}
    lying = {str(path.relative_to(place.folder)) for path in place.lying()}
    assert rows <= lying
    place.passes(3 * GRACE)
    removed = await place.garbage.collect()
    assert removed.blobs + removed.litter == 1
    assert [key for key, _ in objects_of(url)] == [stays]
    assert len(place.lying()) == 1


KILLED = """
import asyncio, os, sys
from pathlib import Path
from storage import blob_keys, objects
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.garbage import Garbage
from storage.secret import SecretKey

place, url, step, now = sys.argv[1:]

async def words():
    yield b"goes"

async def main():
    async with open_database(url) as database:
        store, keys = objects.open_objects(place), blob_keys.BlobKeys(database)
        blobs = SealedBlobs(store, keys, SecretKey(bytes(range(32))), Path(), lambda: int(now))
        killed = store if step == "delete" else keys
        if step == "file":
            setattr(killed, step, die)
        await blobs.put_stream(words(), 99, scope="ann")
        setattr(killed, step, die)
        await Garbage(store, keys, lambda: int(now) + 2 * 86400).collect()

async def die(*_, **__):
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


async def test_a_page_holds_no_more_than_it_may_and_none_is_left_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.blob_keys.PAGE", 3)
    keys = [await place.files(b"%d" % n) for n in range(7)]
    place.passes(2 * GRACE)
    assert await place.garbage.collect() == Removed(7, 0)
    assert not any([await place.has(key) for key in keys])


@pytest.mark.databases("sqlite")
def test_no_entity_names_a_blob_that_is_not_followed() -> None:
    assert {kind for kind in SHAPES if names_media(kind)} == {Agreement, Song, Version}
    for kind in (Agreement, Song, Version):
        told = dict(samples(kind))
        blobs = set(references.blobs_of(told["entity"]))
        assert blobs == told["blobs"]


def names_media(kind: Any) -> bool:
    if kind is Media:
        return True
    if dataclasses.is_dataclass(kind):
        return any(names_media(of) for of in get_type_hints(kind).values())
    return any(names_media(of) for of in get_args(kind))


def samples(kind: type[Agreement] | type[Song] | type[Version]) -> Iterator[tuple[str, Any]]:
    """An entity all of whose media and texts are filled in, with the blobs that it names then."""
    values: dict[str, Any] = {}
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if names_media(hints[field.name]):
            one = media(f"cas/{field.name}")
            values[field.name] = one if isinstance(hints[field.name], UnionType) else (one,)
    named = {"source", "pcm", "master"} & set(hints)
    blobs = {f"cas/{name}" for name in (*values, *named)}
    values |= {name: f"cas/{name}" for name in named}
    required = {
        field.name: None for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING
    }
    yield "entity", kind(**{**{name: None for name in required if name not in values}, **values})
    yield "blobs", blobs


def media(key: str) -> Media:
    return Media("picture", key, "p.png", Text(("p",)), "image/png", 1, "00")


def objects_of(url: str) -> list[tuple[str, str]]:
    with past_the_store(url) as raw:
        return list(raw.execute("SELECT key, object FROM blob_keys"))
