"""The audit trail is appended to and bound link by link, whoever writes into it and however."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from hashlib import sha256

import pytest

from core.audit import Came, Entry
from core.changes import Changes
from core.messages import HOUSE
from core.people import Role
from core.snapshot import Needs
from storage.chain import BEGINNING, Chain, verified
from storage.database import open_database
from storage.store import TortoiseStore
from tests.databases import EVERY, Raw, Refused, past_the_store
from tests.storage.things import NOON, account, message

pytestmark = EVERY

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]

UNGUARDED = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    "postgres": ("ALTER TABLE audit DISABLE TRIGGER USER",),
}

_OTHERS = 'INTO audit SELECT seq, id, NULL, "by", hash, data, sealed FROM audit'
REPLACED = {
    "sqlite": f"INSERT OR REPLACE {_OTHERS}",
    "postgres": f'INSERT {_OTHERS} ON CONFLICT (seq) DO UPDATE SET "order" = NULL',
}
"""A row in the place of one that is there, which no UPDATE or DELETE says."""


@pytest.fixture
def raw(url: str) -> Iterator[Raw]:
    """The database as somebody sees it who goes past the store."""
    with past_the_store(url) as connection:
        yield connection


def entry(id_: str, what: str = "/board", order: str | None = None, details: str = "") -> Entry:
    number = 1042 if order else None
    return Entry(
        id_, NOON, account("olga"), Role.MANAGER, what, Came.DONE, order, number, "Olga", details=details
    )


async def written(store: TortoiseStore, *entries: Entry) -> None:
    for one in entries:
        await store.commit(message(), Changes(audited=(one,)))


async def three(store: TortoiseStore) -> None:
    await written(store, entry("a"), entry("b", "refund", "order", "distorted"), entry("c", "/audit"))


async def gone_over(url: str) -> Chain:
    async with open_database(url) as database, database.reading() as connection:
        return await verified(connection)


def unguard(url: str, raw: Raw) -> None:
    """What somebody does first who has the whole database."""
    for statement in UNGUARDED["sqlite" if url.startswith("sqlite") else "postgres"]:
        raw.execute(statement)


async def test_nothing_written_is_a_whole_chain(store: TortoiseStore, url: str) -> None:
    assert await gone_over(url) == Chain(0, BEGINNING)


async def test_the_newest_entries_come_first_and_those_of_an_order_alone(store: TortoiseStore) -> None:
    await three(store)
    everything = await store.load(Needs(HOUSE, audit=2))
    assert [one.what for one in everything.audited] == ["/audit", "refund"]
    assert everything.audited[1] == entry("b", "refund", "order", "distorted")


async def test_a_chain_holds_over_many_writers_at_once(
    store: TortoiseStore, another: Another, url: str
) -> None:
    async with another() as other:
        await asyncio.gather(
            *(
                written(writer, *(entry(f"{at}-{n}") for n in range(10)))
                for at, writer in enumerate((store, other))
            )
        )
    chain = await gone_over(url)
    assert (chain.length, chain.broken) == (20, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET data = replace(data, 'refund', 'retry') WHERE seq = 2",
        "UPDATE audit SET sealed = replace(sealed, 'distorted', 'fine') WHERE seq = 2",
        "UPDATE audit SET hash = 'x', sealed = NULL WHERE seq = 2",
        """UPDATE audit SET "by" = 'somebody else', sealed = NULL WHERE seq = 2""",
        """UPDATE audit SET "order" = NULL, sealed = NULL WHERE seq = 2""",
        "DELETE FROM audit WHERE seq = 2",
    ],
)
async def test_the_database_itself_refuses_to_change_it(
    store: TortoiseStore, raw: Raw, statement: str
) -> None:
    await three(store)
    with pytest.raises(Refused, match="append-only"):
        raw.execute(statement)


async def test_a_row_is_not_put_in_the_place_of_another(store: TortoiseStore, url: str, raw: Raw) -> None:
    await three(store)
    with pytest.raises(Refused, match="append-only"):
        raw.execute(REPLACED["sqlite" if url.startswith("sqlite") else "postgres"])


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        (
            "UPDATE audit SET data = replace(data, 'refund', 'retry') WHERE seq = 2",
            "entry 2: its hash is not that of what it says and of the entry before it",
        ),
        (
            "UPDATE audit SET sealed = replace(sealed, 'distorted', 'fine') WHERE seq = 2",
            "entry 2: its name or its words are not those that were sealed",
        ),
        ("""UPDATE audit SET "order" = NULL WHERE seq = 2""", "entry 2: its columns are not what it says"),
        ("DELETE FROM audit WHERE seq = 2", "entry 2: it is missing; the next one is 3"),
        (
            "UPDATE audit SET hash = 'f' WHERE seq = 1",
            "entry 1: its hash is not that of what it says and of the entry before it",
        ),
    ],
)
async def test_whoever_goes_past_the_triggers_breaks_the_chain(
    store: TortoiseStore, url: str, raw: Raw, statement: str, broken: str
) -> None:
    await three(store)
    unguard(url, raw)
    raw.execute(statement)
    assert (await gone_over(url)).broken == broken


async def test_who_rewrites_one_entry_with_its_hash_breaks_the_next(
    store: TortoiseStore, url: str, raw: Raw
) -> None:
    await three(store)
    unguard(url, raw)
    ((data,),) = raw.execute("SELECT data FROM audit WHERE seq = 1")
    forged = data.replace("/board", "/grant")
    hash_ = sha256((BEGINNING + forged).encode()).hexdigest()
    raw.execute(f"UPDATE audit SET data = '{forged}', hash = '{hash_}' WHERE seq = 1")
    assert (await gone_over(url)).broken == (
        "entry 2: its hash is not that of what it says and of the entry before it"
    )


async def test_somebody_can_be_forgotten_and_the_chain_holds(
    store: TortoiseStore, url: str, raw: Raw
) -> None:
    await three(store)
    whole = await gone_over(url)
    raw.execute(f"""UPDATE audit SET sealed = NULL WHERE "by" = '{account("olga")}'""")
    assert await gone_over(url) == whole
    left = [str(row) for row in raw.execute("SELECT * FROM audit")]
    assert not [row for row in left if "Olga" in row or "distorted" in row]
    assert [one.name for one in (await store.load(Needs(HOUSE, audit=3))).audited] == ["", "", ""]


async def test_the_same_words_are_sealed_otherwise_each_time(store: TortoiseStore, raw: Raw) -> None:
    await written(store, entry("a"), entry("b"))
    seals = {json.loads(data)["seal"] for (data,) in raw.execute("SELECT data FROM audit")}
    assert len(seals) == 2


async def test_a_deed_that_is_handled_twice_is_written_down_once(store: TortoiseStore, url: str) -> None:
    event = message()
    await store.commit(event, Changes(audited=(entry("a"),)))
    await store.commit(event, Changes(audited=(entry("a"),)))
    assert (await gone_over(url)).length == 1
