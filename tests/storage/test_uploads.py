"""Files that come in pieces: what is noted is safe, in order and once, whoever dies or is faster."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.changes import Changes
from core.messages import Incoming
from core.ports import Blob, Outdated
from core.uploads import Heard, Upload
from storage.blobs import SealedBlobs, wall
from storage.database import open_database
from storage.garbage import GRACE, Garbage, Removed
from storage.objects import open_objects
from storage.secret import SecretKey
from storage.store import TortoiseStore
from storage.uploads import Uploads
from tests.databases import EVERY, past_the_store
from tests.storage.things import NOON, account, message

pytestmark = EVERY

SIZE = 20
FIRST = Blob("ann/first", 8, "01" * 32)
SECOND = Blob("ann/second", 12, "02" * 32)
LATER = NOON + timedelta(hours=1)


def upload(id_: str = "upload-1", **over: Any) -> Upload:
    given: dict[str, Any] = {
        "id": id_,
        "order": "order-1",
        "person": account("ann"),
        "name": "intro.wav",
        "size": SIZE,
        "media_type": "audio/wav",
        "begun": NOON,
        "touched": NOON,
    }
    return Upload(**given | over)


@pytest.fixture
async def uploads(url: str) -> AsyncIterator[Uploads]:
    async with open_database(url) as database:
        yield Uploads(database)


def named(url: str) -> set[str]:
    """The blobs that are not garbage."""
    with past_the_store(url) as raw:
        return {key for (key,) in raw.execute("SELECT key FROM blob_uses")}


async def test_a_file_comes_piece_by_piece_until_it_is_whole(uploads: Uploads, url: str) -> None:
    assert await uploads.begin(upload())
    first = await uploads.append("upload-1", 0, FIRST, LATER)
    assert first == upload(received=8, touched=LATER, pieces=1)
    assert await uploads.find("upload-1") == first
    whole = await uploads.append("upload-1", 8, SECOND, LATER)
    assert (whole.received, whole.state, whole.whole) == (SIZE, "whole", True)
    assert await uploads.pieces("upload-1") == [FIRST, SECOND]
    assert named(url) == {FIRST.key, SECOND.key}


async def heard(store: TortoiseStore) -> list[Incoming]:
    """What the desk has to decide, done one after the other."""
    found: list[Incoming] = []
    while undone := await store.undone([], 10):
        found += [received.incoming for received in undone]
        for received in undone:
            await store.commit(received.incoming, Changes())
    return found


async def test_the_desk_is_told_once_that_a_file_begins_and_that_it_is_here(
    uploads: Uploads, store: TortoiseStore
) -> None:
    await uploads.begin(upload())
    await uploads.begin(upload())
    assert await heard(store) == [upload().heard(Heard.BEGUN, NOON)]
    await uploads.append("upload-1", 0, FIRST, NOON)
    assert await heard(store) == []
    whole = await uploads.append("upload-1", 8, SECOND, LATER)
    told = whole.heard(Heard.ARRIVED, LATER)
    assert await heard(store) == [told]
    assert not await store.receive(told)


async def test_the_desk_is_told_once_that_a_file_is_gone(uploads: Uploads, store: TortoiseStore) -> None:
    await uploads.begin(upload())
    await heard(store)
    await uploads.give_up("upload-1", LATER)
    await uploads.give_up("upload-1", LATER)
    assert await heard(store) == [upload().heard(Heard.GONE, LATER)]


async def test_a_file_is_begun_once(uploads: Uploads) -> None:
    assert await uploads.begin(upload())
    await uploads.append("upload-1", 0, FIRST, LATER)
    assert not await uploads.begin(upload())
    found = await uploads.find("upload-1")
    assert found is not None
    assert found.received == FIRST.size


async def test_an_empty_file_is_whole_from_the_beginning(uploads: Uploads) -> None:
    await uploads.begin(upload(size=0))
    found = await uploads.find("upload-1")
    assert found is not None
    assert found.state == "whole"


@pytest.mark.parametrize(
    ("at", "piece"),
    [
        (0, SECOND),  # again from the beginning
        (7, SECOND),  # over what is there
        (9, SECOND),  # after a gap
        (8, replace(SECOND, size=SIZE)),  # beyond the end
    ],
)
async def test_a_piece_goes_where_the_next_one_is_awaited_and_nowhere_else(
    uploads: Uploads, url: str, at: int, piece: Blob
) -> None:
    await uploads.begin(upload())
    await uploads.append("upload-1", 0, FIRST, NOON)
    with pytest.raises(Outdated):
        await uploads.append("upload-1", at, piece, LATER)
    assert await uploads.find("upload-1") == upload(received=8, pieces=1)
    assert await uploads.pieces("upload-1") == [FIRST]
    assert named(url) == {FIRST.key}


async def test_a_piece_has_bytes(uploads: Uploads) -> None:
    await uploads.begin(upload())
    with pytest.raises(ValueError, match="0 bytes"):
        await uploads.append("upload-1", 0, replace(FIRST, size=0), NOON)


async def test_of_two_that_send_the_same_piece_at_once_one_is_taken(uploads: Uploads, url: str) -> None:
    await uploads.begin(upload())
    async with open_database(url) as other:
        both = (uploads.append("upload-1", 0, FIRST, NOON), Uploads(other).append("upload-1", 0, FIRST, NOON))
        ends = await asyncio.gather(*both, return_exceptions=True)
    assert [type(end) for end in ends if isinstance(end, Exception)] == [Outdated]
    assert await uploads.pieces("upload-1") == [FIRST]


async def test_pieces_of_the_same_bytes_are_one_blob_and_each_is_there(uploads: Uploads, url: str) -> None:
    await uploads.begin(upload(size=16))
    await uploads.append("upload-1", 0, FIRST, NOON)
    await uploads.append("upload-1", 8, FIRST, NOON)
    assert await uploads.pieces("upload-1") == [FIRST, FIRST]
    assert named(url) == {FIRST.key}


async def test_what_is_given_up_takes_nothing_more_and_lets_its_pieces_go(uploads: Uploads, url: str) -> None:
    await uploads.begin(upload())
    await uploads.append("upload-1", 0, FIRST, NOON)
    assert await uploads.give_up("upload-1", NOON)
    assert not await uploads.give_up("upload-1", NOON)
    with pytest.raises(Outdated):
        await uploads.append("upload-1", 8, SECOND, NOON)
    assert await uploads.of_order("order-1") == []
    assert await uploads.pieces("upload-1") == []
    assert named(url) == set()
    found = await uploads.find("upload-1")
    assert found is not None
    assert found.state == "gone"


async def test_what_is_whole_is_not_given_up(uploads: Uploads) -> None:
    await uploads.begin(upload(size=8))
    await uploads.append("upload-1", 0, FIRST, NOON)
    assert not await uploads.give_up("upload-1", NOON)
    assert await uploads.pieces("upload-1") == [FIRST]


async def test_a_deed_lets_go_in_its_own_commit(uploads: Uploads, store: TortoiseStore, url: str) -> None:
    """What still comes is given up, what is whole is let go, and what nobody knows is no error."""
    await uploads.begin(upload())
    await uploads.append("upload-1", 0, FIRST, NOON)
    await uploads.begin(upload("upload-2", size=12))
    await uploads.append("upload-2", 0, SECOND, NOON)
    ids = ("upload-1", "upload-2", "upload-3")
    assert await store.commit(message("ann"), Changes(let_go=ids))
    states = [found and found.state for found in [await uploads.find(id_) for id_ in ids]]
    assert states == ["gone", "whole", None]
    assert named(url) == set()


async def test_files_of_an_order_come_in_the_order_in_which_they_were_begun(uploads: Uploads) -> None:
    for id_ in ("c", "a", "b"):
        await uploads.begin(upload(id_))
    await uploads.begin(upload("d", order="order-2"))
    assert [one.id for one in await uploads.of_order("order-1")] == ["c", "a", "b"]


async def test_a_kill_between_the_last_piece_and_its_news_leaves_neither(uploads: Uploads, url: str) -> None:
    await uploads.begin(upload())
    await uploads.append("upload-1", 0, FIRST, NOON)
    await killed_in("append", url)
    assert await uploads.find("upload-1") == upload(received=8, pieces=1)
    assert await uploads.pieces("upload-1") == [FIRST]
    assert named(url) == {FIRST.key}
    assert (await uploads.append("upload-1", 8, SECOND, LATER)).whole


async def test_a_kill_between_the_begin_of_a_file_and_its_news_leaves_neither(
    uploads: Uploads, url: str
) -> None:
    await killed_in("begin", url)
    assert await uploads.find("upload-1") is None


async def test_a_kill_between_the_end_of_a_file_and_its_news_leaves_neither(
    uploads: Uploads, url: str
) -> None:
    await uploads.begin(upload())
    await uploads.append("upload-1", 0, FIRST, NOON)
    await killed_in("give_up", url)
    assert await uploads.find("upload-1") == upload(received=8, pieces=1)
    assert named(url) == {FIRST.key}


async def killed_in(deed: str, url: str) -> None:
    """A process that dies when it is about to tell the desk."""
    killed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", KILLED, deed, url], check=False, timeout=60
    )
    assert killed.returncode == -9


KILLED = """
import asyncio, os, sys
from datetime import UTC, datetime
from core.ports import Blob
from core.uploads import Upload
from storage import inbox
from storage.database import open_database
from storage.uploads import Uploads

async def die(*_):
    os.kill(os.getpid(), 9)

async def main():
    inbox.receive = die
    now = datetime.now(UTC)
    async with open_database(sys.argv[2]) as database:
        uploads = Uploads(database)
        match sys.argv[1]:
            case "begin":
                await uploads.begin(Upload("upload-1", "order-1", "ann", "a.wav", 20, "audio/wav", now, now))
            case "append":
                await uploads.append("upload-1", 8, Blob("ann/second", 12, "02" * 32), now)
            case "give_up":
                await uploads.give_up("upload-1", now)

asyncio.run(main())
"""


async def test_pieces_are_no_garbage_while_their_file_wants_them(
    uploads: Uploads, store: TortoiseStore, tmp_path: Path
) -> None:
    clock = [wall()]
    objects = open_objects((tmp_path / "blobs").as_uri())
    blobs = SealedBlobs(objects, store.blob_keys, SecretKey(bytes(range(32))), tmp_path, lambda: clock[0])
    garbage = Garbage(objects, store.blob_keys, lambda: clock[0])

    async def half(words: bytes) -> AsyncIterator[bytes]:
        yield words

    await uploads.begin(upload(size=99))
    at = 0
    for words in (b"the first", b"the secondd"):
        piece = await blobs.put_stream(half(words), 99, scope="ann")
        await uploads.append("upload-1", at, piece, NOON)
        at += piece.size
    clock[0] += 2 * int(GRACE.total_seconds())
    assert await garbage.collect() == Removed(0, 0)
    await uploads.give_up("upload-1", NOON)
    assert await garbage.collect() == Removed(2, 0)


async def test_a_piece_and_the_end_of_its_file_never_cross(uploads: Uploads, url: str) -> None:
    """Whoever is first: nothing is named by a file that is gone."""
    async with open_database(url) as other:
        for n in range(10):
            id_ = f"upload-{n}"
            await uploads.begin(upload(id_))

            async def append(id_: str = id_) -> None:
                with suppress(Outdated):
                    await Uploads(other).append(id_, 0, FIRST, NOON)

            await asyncio.gather(uploads.give_up(id_, NOON), append())
            assert await uploads.pieces(id_) == []
    assert named(url) == set()
