"""A backup is taken while the house works, and the house goes on from it somewhere else."""

import asyncio
import json
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep

import pytest

from bots.secret import house_secret
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.objects import open_objects
from tests.bots.lathe import Desk, command, files, lathe, ordered, surroundings
from tests.databases import Postgres
from tests.s3 import S3


def run(*arguments: str | Path, home: Path, code: int = 0, **settings: str) -> str:
    done = ordered(*arguments, "--home", home, **settings)
    assert done.exit_code == code, done.output
    return done.output


def restored(desk: Desk, backups: Path, name: str = "elsewhere", **settings: str) -> Desk:
    """The newest backup in a new home, with the secret key put back."""
    elsewhere = Desk(desk.home.parent / name)
    run("restore", backups, home=elsewhere.home, **settings)
    shutil.copy(desk.home / "secret.key", elsewhere.home)
    return elsewhere


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@contextmanager
def at_the_master(desk: Desk, song: Path, **settings: str) -> "Iterator[subprocess.Popen[str]]":
    """A chat in which the master is being made; it is killed at the end."""
    playing = subprocess.Popen(
        command(*desk.arguments()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=desk.home.parent,
        env=surroundings(**settings),
    )
    try:
        assert playing.stdin is not None
        assert playing.stdout is not None
        playing.stdin.write(f'@"{song}"\n!wait\n>pay\n!wait\n')
        playing.stdin.flush()
        assert any("Mastering" in json.loads(line).get("text", "") for line in playing.stdout)
        yield playing
    finally:
        playing.kill()
        playing.communicate()


def test_an_order_that_was_being_played_goes_on_where_the_backup_was_taken(
    desk: Desk, song: Path, backups: Path
) -> None:
    with at_the_master(desk, song) as playing:
        told = run("backup", backups, home=desk.home)
        assert "The secret key" in told
        assert playing.poll() is None, "it was to be backed up at work"
    elsewhere = restored(desk, backups)
    assert "wrong" not in run("audit", "--deep", home=elsewhere.home)
    after = elsewhere.chat("!wait", ">approve", "!wait")
    assert len(files(after, "file")) == 3
    assert "wrong" not in run("audit", "--deep", home=elsewhere.home)


@pytest.mark.databases("postgres")
def test_so_it_does_from_a_server_and_a_bucket_into_another_server_and_another_bucket(
    bare_url: str, postgres: Postgres, s3: S3, song: Path, backups: Path, tmp_path: Path
) -> None:
    def kept(url: str) -> dict[str, str]:
        return {"LATHE_DATABASE_URL": url, "LATHE_BLOB_URL": f"s3://{s3.bucket()}/audio", **s3.variables}

    desk, here = Desk(tmp_path / "home"), kept(bare_url)
    with at_the_master(desk, song, **here) as playing:
        run("backup", backups, home=desk.home, **here)
        assert playing.poll() is None, "it was to be backed up at work"
    with postgres.database() as other:
        there = kept(other)
        elsewhere = restored(desk, backups, **there)
        assert "wrong" not in run("audit", "--deep", home=elsewhere.home, **there)
        done = lathe(*elsewhere.arguments(), cwd=tmp_path, lines="!wait\n>approve\n!wait", **there)
        assert done.returncode == 0, done.stderr
        shown = [json.loads(line) for line in done.stdout.splitlines()]
        assert [path.suffix for path in files(shown, "file")] == [".wav", ".wav", ".mp3"]
        assert "wrong" not in run("audit", "--deep", home=elsewhere.home, **there)
        assert "has rows, which would be lost" in run(
            "restore", backups, home=tmp_path / "b", code=1, **there
        )


def killed(arguments: list[str], cwd: Path, when: Callable[[], bool]) -> None:
    """Start a command and kill it as soon as something is there."""
    process = subprocess.Popen(arguments, cwd=cwd, env=surroundings())
    while process.poll() is None and not when():
        sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_backup_that_was_killed_is_no_backup_and_the_next_one_is_whole(bought: Desk, backups: Path) -> None:
    killed(
        command("backup", backups, "--home", bought.home),
        bought.home.parent,
        lambda: any(backups.glob(".unfinished-*")),
    )
    assert "no finished backup" in run("restore", backups, home=bought.home.parent / "elsewhere", code=1)
    run("backup", backups, home=bought.home)
    assert not list(backups.glob(".unfinished-*"))
    assert "wrong" not in run("audit", "--deep", home=restored(bought, backups).home)


@pytest.mark.parametrize("sign", ["lock", "blobs/sealed", "lathe.sqlite3.arriving", "lathe.sqlite3"])
def test_a_restore_that_was_killed_is_done_again_and_is_whole_then(
    bought: Desk, backups: Path, sign: str
) -> None:
    run("backup", backups, home=bought.home)
    elsewhere = bought.home.parent / "elsewhere"
    killed(
        command("restore", backups, "--home", elsewhere),
        bought.home.parent,
        (elsewhere / sign).exists,
    )
    if (elsewhere / "lathe.sqlite3").exists():  # the database comes last: it was whole by then
        shutil.copy(bought.home / "secret.key", elsewhere)
    else:
        restored(bought, backups)
    assert "wrong" not in run("audit", "--deep", home=elsewhere)


def test_a_house_with_rows_is_never_overwritten(bought: Desk, backups: Path) -> None:
    run("backup", backups, home=bought.home)
    told = run("restore", backups, home=bought.home, code=1)
    assert "has rows, which would be lost" in told
    assert len(files(bought.chat(">approve", "!wait"), "file")) == 3


def test_a_second_backup_copies_only_what_is_new(bought: Desk, backups: Path) -> None:
    run("backup", backups, home=bought.home)
    assert ", 0 of them new" in run("backup", backups, home=bought.home)


@pytest.mark.parametrize("part", ["rows/lathe.sqlite3", "manifest.json", "home/clock.json"])
def test_a_backup_that_was_changed_is_refused(bought: Desk, backups: Path, part: str) -> None:
    run("backup", backups, home=bought.home)
    (taken,) = [folder for folder in backups.iterdir() if (folder / "manifest.json").exists()]
    with (taken / part).open("ab") as file:
        file.write(b"x")
    assert "take an older backup" in run("restore", taken, home=bought.home.parent / "elsewhere", code=1)
    assert not (bought.home.parent / "elsewhere" / "lathe.sqlite3").exists()


def damage(file: Path) -> None:
    """Turn one bit of a file."""
    *held, last = file.read_bytes()
    file.write_bytes(bytes((*held, last ^ 1)))


def test_audio_that_was_changed_in_the_backup_is_refused(bought: Desk, backups: Path) -> None:
    run("backup", backups, home=bought.home)
    damaged = next(path for path in sorted(backups.rglob("objects/sealed/*/*")) if path.is_file())
    damage(damaged)
    told = run("restore", backups, home=bought.home.parent / "elsewhere", code=1)
    assert "is not what was written there" in told
    assert not (bought.home.parent / "elsewhere" / "lathe.sqlite3").exists()


async def shred(home: Path) -> None:
    """Destroy everything of everybody, as for somebody who has the right to it."""
    async with open_database(f"sqlite://{home / 'lathe.sqlite3'}") as database:
        keys = BlobKeys(database)
        secret = await house_secret(None, home / "secret.key", keys)
        blobs = SealedBlobs(open_objects((home / "blobs").as_uri()), keys, secret, home / "work")
        with closing(sqlite3.connect(home / "lathe.sqlite3")) as rows:
            scopes = [scope for (scope,) in rows.execute("SELECT DISTINCT scope FROM blob_keys")]
        for scope in scopes:
            assert await blobs.shred(scope)


def test_what_was_destroyed_since_stays_destroyed(bought: Desk, backups: Path) -> None:
    run("backup", backups, home=bought.home)
    asyncio.run(shred(bought.home))
    (before,) = [folder for folder in backups.iterdir() if (folder / "manifest.json").exists()]
    assert "destroyed since were removed" in run("backup", backups, home=bought.home)
    assert not [path for path in backups.rglob("objects/sealed/*/*") if path.is_file()]
    elsewhere = bought.home.parent / "elsewhere"
    run("restore", before, home=elsewhere)
    with closing(sqlite3.connect(elsewhere / "lathe.sqlite3")) as rows:
        assert rows.execute("SELECT COUNT(*) FROM blob_keys").fetchone() == (0,)


def test_an_audit_tells_what_does_not_agree(bought: Desk) -> None:
    assert "wrong" not in run("audit", "--deep", home=bought.home)
    with closing(sqlite3.connect(bought.home / "lathe.sqlite3", isolation_level=None)) as rows:
        rows.execute("UPDATE orders SET state = 'completed'")
        rows.execute("""UPDATE charges SET data = REPLACE(data, '"paid"', '"requested"')""")
    sealed = next(path for path in sorted(bought.home.rglob("blobs/sealed/*/*")) if path.is_file())
    damage(sealed)
    told = run("audit", "--deep", home=bought.home, code=1)
    wrong = [line[9:29].strip() for line in told.splitlines() if line.startswith("wrong")]
    assert wrong == ["charges", "orders", "audio, read"]


def test_an_audit_asks_the_tills_that_it_can_and_names_those_that_it_cannot(bought: Desk) -> None:
    def tills() -> list[str]:
        told = ordered("audit", "--home", bought.home).output.splitlines()
        return [line for line in told if " till " in line[:30]]

    (agrees,) = tills()
    assert agrees.startswith("ok       demo till            1 agree")
    with closing(sqlite3.connect(bought.home / "purses.sqlite3", isolation_level=None)) as purses:
        purses.execute("UPDATE charges SET amount = amount - 1")
        purses.execute("INSERT INTO charges VALUES ('stray', 'ann', 700, 'USD', 'taken')")
    (wrong,) = tills()
    assert wrong.startswith("wrong    demo till")
    assert "is of 600 USD, and the till says 599 USD" in wrong
    assert "has taken 700 USD for stray, which is no charge of ours" in wrong
    with closing(sqlite3.connect(bought.home / "lathe.sqlite3", isolation_level=None)) as rows:
        rows.execute("""UPDATE charges SET data = REPLACE(data, '"demo"', '"credit"')""")
    credit, _ = tills()
    assert credit.startswith("unasked  credit till          1: ")
