"""Rows go out of a database and into an empty one of the same kind, and are the same there."""

from pathlib import Path
from typing import Any

import pytest

from core.figures import Figures
from core.links import Standing
from core.ports import Blob
from core.uploads import Upload
from core.visits import PAGE
from storage.database import open_database, select
from storage.destroyed import Destroyed
from storage.dump import NotEmpty, Unknown, dump, load
from storage.schema import migrate
from storage.uploads import Uploads
from storage.visits import Visits
from tests.databases import EVERY, Refused, past_the_store
from tests.desk.studio import START, Studio, open_studio
from tests.desk.test_first_order import bought, previewed
from tests.storage.test_schema import to

pytestmark = EVERY

TABLES = (
    "people",
    "orders",
    "songs",
    "versions",
    "charges",
    "transfers",
    "accounts",
    "jobs",
    "notices",
    "books",
    "uploads",
    "upload_pieces",
    "blob_uses",
    "visits",
)


async def rows(url: str) -> dict[str, list[dict[str, Any]]]:
    async with open_database(url) as database, database.reading() as connection:
        return {name: await select(connection, f"SELECT * FROM {name} ORDER BY 1") for name in TABLES}


async def played(url: str) -> None:
    async with open_studio(url) as studio:
        await previewed(studio)
        await studio.presses("ada", "Approve")
        await studio.delivers()
        await studio.drops("bob", "with\ttab, \\\\ and a\\nline.wav")
    async with open_database(url) as database:
        uploads = Uploads(database)
        await uploads.begin(Upload("up", "order", "bob", "big.wav", 20, "audio/wav", START, START))
        await uploads.append("up", 0, Blob("bob/piece", 8, "00" * 32), START)
        await Visits(database).begun("order", "bob", Standing.ARTIST, PAGE, START)


async def test_every_row_is_there_again_and_the_house_goes_on(
    url: str, bare_url: str, tmp_path: Path
) -> None:
    await played(url)
    await load(bare_url, tmp_path, await dump(url, tmp_path), ())
    assert await rows(bare_url) == await rows(url)
    async with open_studio(bare_url) as studio:
        studio._count = 1000  # events that were not heard before
        await studio.drops("eve", "a.wav")  # ids go on after those that are there
        found = await figures(studio)
    assert (found.orders, found.mismatched) == ({"released": 1, "draft": 2}, 0)


async def figures(studio: Studio) -> Figures:
    return await studio.store.figures()


async def test_the_database_keeps_its_books_as_before(url: str, bare_url: str, tmp_path: Path) -> None:
    await played(url)
    await load(bare_url, tmp_path, await dump(url, tmp_path), ())
    with past_the_store(bare_url) as raw, pytest.raises(Refused):
        raw.execute("UPDATE accounts SET balance = balance + 1")


async def test_what_others_write_meanwhile_is_whole_or_not_there(
    url: str, bare_url: str, tmp_path: Path
) -> None:
    async with open_studio(url) as studio:
        await bought(studio)
        dumped = await dump(url, tmp_path)
        await studio.masters()
    await load(bare_url, tmp_path, dumped, ())
    async with open_studio(bare_url) as studio:
        assert (await figures(studio)).orders == {"working": 1}


async def test_rows_from_before_a_migration_are_brought_up_to_date(
    url: str, bare_url: str, tmp_path: Path
) -> None:
    await played(url)
    await to(url, "0005_blob_keys")
    await load(bare_url, tmp_path, await dump(url, tmp_path), ())
    assert await migrate(bare_url) == []
    assert (await rows(bare_url))["orders"]


async def test_rows_that_do_not_say_which_audio_they_need_are_to_be_migrated_first(
    bare_url: str, tmp_path: Path
) -> None:
    await to(bare_url, "0004_leases")
    with pytest.raises(Unknown, match="lathe migrate"):
        await dump(bare_url, tmp_path)


async def test_a_database_with_rows_takes_nothing_in(url: str, tmp_path: Path) -> None:
    await played(url)
    dumped = await dump(url, tmp_path)
    with pytest.raises(NotEmpty):
        await load(url, tmp_path, dumped, ())


@pytest.mark.databases("postgres")
async def test_rows_of_another_kind_of_database_are_refused(url: str, tmp_path: Path) -> None:
    dumped = await dump(url, tmp_path)
    with pytest.raises(Unknown, match="postgres"):
        await load(f"sqlite://{tmp_path / 'other.db'}", tmp_path, dumped, ())


async def test_keys_that_were_destroyed_since_do_not_come_back(
    url: str, bare_url: str, tmp_path: Path
) -> None:
    with past_the_store(url) as raw:
        for name, created in (("old", 5), ("new", 7)):
            raw.execute(
                "INSERT INTO blob_keys (key, scope, object, wrapped, size, created, seen) "
                f"VALUES ('{name}', 'ada', 'sealed/ada/{name}', '', 1, {created}, {created})"
            )
    await load(bare_url, tmp_path, await dump(url, tmp_path), [Destroyed(6, scope="ada")])
    with past_the_store(bare_url) as raw:
        assert list(raw.execute("SELECT key FROM blob_keys")) == [("new",)]


async def test_what_somebody_opened_does_not_come_back_once_they_were_deleted(
    url: str, bare_url: str, tmp_path: Path
) -> None:
    async with open_database(url) as database:
        for person in ("ada", "bob"):
            await Visits(database).begun("order", person, Standing.ARTIST, PAGE, START)
    await load(bare_url, tmp_path, await dump(url, tmp_path), [Destroyed(6, scope="ada")])
    async with open_database(bare_url) as database:
        assert [visit.person for visit in await Visits(database).of_order("order")] == ["bob"]


async def test_rows_from_before_there_were_visits_come_back_though_somebody_was_deleted_since(
    url: str, bare_url: str, tmp_path: Path
) -> None:
    await played(url)
    await to(url, "0009_uploads")
    await load(bare_url, tmp_path, await dump(url, tmp_path), [Destroyed(6, scope="ada")])
    assert (await rows(bare_url))["orders"]
