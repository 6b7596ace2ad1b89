"""A backup is taken while the house works, and the house goes on from it somewhere else."""

import asyncio
import json
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest

from bots.secret import house_secret
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.objects import open_objects
from tests.bots.lathe import Desk, command, files, lathe, surroundings


def run(*arguments: str | Path, home: Path, code: int = 0) -> str:
    done = lathe(*arguments, "--home", home, cwd=home.parent)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def restored(desk: Desk, backups: Path, name: str = "elsewhere") -> Desk:
    """The newest backup in a new home, with the secret key put back."""
    elsewhere = Desk(desk.home.parent / name)
    run("restore", backups, home=elsewhere.home)
    shutil.copy(desk.home / "secret.key", elsewhere.home)
    return elsewhere


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def test_an_order_that_was_being_played_goes_on_where_the_backup_was_taken(
    desk: Desk, song: Path, backups: Path
) -> None:
    playing = subprocess.Popen(
        command(*desk.arguments()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=desk.home.parent,
        env=surroundings(),
    )
    assert playing.stdin is not None
    assert playing.stdout is not None
    playing.stdin.write(f'@"{song}"\n!wait\n>pay\n!wait\n')
    playing.stdin.flush()
    assert any("Mastering" in json.loads(line).get("text", "") for line in playing.stdout)
    told = run("backup", backups, home=desk.home)
    assert "The secret key" in told
    assert playing.poll() is None, "it was to be backed up at work"
    playing.kill()
    playing.communicate()
    elsewhere = restored(desk, backups)
    assert "wrong" not in run("audit", "--deep", home=elsewhere.home)
    after = elsewhere.chat("!wait", ">approve", "!wait")
    assert len(files(after, "file")) == 3
    assert "wrong" not in run("audit", "--deep", home=elsewhere.home)


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


def test_audio_that_was_changed_in_the_backup_is_refused(bought: Desk, backups: Path) -> None:
    run("backup", backups, home=bought.home)
    damaged = next(path for path in sorted(backups.rglob("objects/sealed/*/*")) if path.is_file())
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
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
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"x")
    told = run("audit", "--deep", home=bought.home, code=1)
    wrong = [line[9:29].strip() for line in told.splitlines() if line.startswith("wrong")]
    assert wrong == ["charges", "orders", "audio, read"]
