"""The secret key: made once, the house's alone, and a wrong or missing one is said at once."""

# ruff: noqa: ASYNC240  a file of fifty bytes is looked at

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.secret import house_secret, is_proven
from storage.blob_keys import BlobKeys
from storage.database import open_database
from storage.secret import BadSecret, SecretKey, WrongSecret


@pytest.fixture
async def keys(url: str) -> AsyncIterator[BlobKeys]:
    async with open_database(url) as database:
        yield BlobKeys(database)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secret.key"


async def test_the_first_start_makes_a_key_that_only_the_house_can_read_and_later_ones_take_it(
    keys: BlobKeys, file: Path
) -> None:
    made = await house_secret(None, file, keys)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (await house_secret(None, file, keys)).text() == made.text() == file.read_text().strip()
    assert [path.name for path in file.parent.glob("secret*")] == ["secret.key"]


async def test_a_key_that_was_set_is_taken_and_no_file_is_made(keys: BlobKeys, file: Path) -> None:
    text = SecretKey.fresh().text()
    assert (await house_secret(text, file, keys)).text() == text
    assert not file.exists()


async def test_a_key_that_is_missing_is_not_made_anew(keys: BlobKeys, file: Path) -> None:
    await house_secret(None, file, keys)
    file.unlink()
    with pytest.raises(WrongSecret, match=r"secret\.key is missing: .* put it back, or set LATHE_SECRET_KEY"):
        await house_secret(None, file, keys)
    assert not file.exists()


async def test_the_key_of_another_house_is_refused(keys: BlobKeys, file: Path) -> None:
    mine = await house_secret(None, file, keys)
    other = SecretKey.fresh()
    with pytest.raises(WrongSecret, match="LATHE_SECRET_KEY is not the secret key of this database"):
        await house_secret(other.text(), file, keys)
    file.write_text(other.text())
    with pytest.raises(WrongSecret, match=r"secret\.key is not the secret key of this database"):
        await house_secret(None, file, keys)
    assert await is_proven(mine, keys)
    assert not await is_proven(other, keys)


async def test_of_two_machines_that_start_at_once_one_makes_the_key(keys: BlobKeys, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.key", "two.key")]
    made = await asyncio.gather(*[house_secret(None, file, keys) for file in files], return_exceptions=True)
    (secret,) = [found for found in made if isinstance(found, SecretKey)]
    (refused,) = [found for found in made if isinstance(found, WrongSecret)]
    assert "every machine needs the key of the first one" in str(refused)
    (left,) = [file for file in files if file.exists()]
    assert left.read_text().strip() == secret.text()


@pytest.mark.parametrize("text", ["", "hush", "aGVsbG8=", "ü", "A" * 64])
async def test_a_file_that_holds_no_key_is_said_so_without_repeating_it(
    keys: BlobKeys, file: Path, text: str
) -> None:
    file.write_text(text)
    with pytest.raises(BadSecret, match=r"secret\.key holds no secret key") as refused:
        await house_secret(None, file, keys)
    assert text not in str(refused.value) or not text


def test_a_secret_key_does_not_show_itself() -> None:
    secret = SecretKey.fresh()
    assert secret.text() not in f"{secret!r} {secret}"


def test_what_was_wrapped_can_be_had_again_only_about_the_same() -> None:
    secret = SecretKey.fresh()
    wrapped = secret.wrap(b"key", "about this")
    assert secret.unwrap(wrapped, "about this") == b"key"
    with pytest.raises(WrongSecret):
        secret.unwrap(wrapped, "about that")
    with pytest.raises(WrongSecret):
        SecretKey.fresh().unwrap(wrapped, "about this")
