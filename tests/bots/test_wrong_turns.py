"""Commands of an operator where nothing is as it should be: one sentence and exit code 1."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from click.testing import Result

from tests.bots.lathe import lathe, ordered
from tests.databases import past_the_store
from tests.disks import small_disk

WITH_ROWS = (
    "audit",
    "audit --deep",
    "backup {tmp}/backups",
    "grant owner terminal:ann",
    "migrate",
)
"""Commands that look into the database of a home."""


def run(line: str, home: Path, **settings: str) -> Result:
    return ordered(*line.split(), "--home", home, **settings)


def told(line: str, home: Path, tmp: Path, **settings: str) -> str:
    """The one sentence with which a command refuses."""
    done = run(line.format(tmp=tmp), home, **settings)
    assert isinstance(done.exception, SystemExit), done.exception
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1), done.output
    return done.output


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a database in which nothing has happened."""
    home = tmp_path_factory.mktemp("empty") / "home"
    assert run("migrate", home).exit_code == 0
    return home


@pytest.fixture
def home(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty, tmp_path / "home"))


@pytest.mark.parametrize("line", ["audit", "audit --deep", "backup {tmp}/backups"])
def test_where_no_database_is_none_is_made(line: str, tmp_path: Path) -> None:
    assert f"there is no database at {tmp_path / 'home'}" in told(line, tmp_path / "home", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", WITH_ROWS)
def test_a_file_that_is_no_database_is_named(line: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "lathe.sqlite3").write_bytes(b"my diary" * 1000)
    assert "lathe.sqlite3 is out of service: file is not a database" in told(line, home, tmp_path)
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("line", WITH_ROWS)
def test_a_folder_in_the_place_of_the_database_is_named(line: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "lathe.sqlite3").mkdir(parents=True)
    assert "unable to open database file" in told(line, home, tmp_path)


def test_a_database_that_is_damaged_is_not_audited_with_a_traceback(home: Path, tmp_path: Path) -> None:
    file = home / "lathe.sqlite3"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    assert "is out of service: database disk image is malformed" in told("audit", home, tmp_path)


@pytest.mark.parametrize("line", ["audit", "backup {tmp}/backups", "migrate", "grant owner terminal:ann"])
def test_a_database_of_a_newer_lathe_is_left_to_it(line: str, home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home / "lathe.sqlite3", isolation_level=None)) as rows:
        rows.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('lathe', '9999_later', 0)"
        )
    assert "by a newer Lathe (9999_later): use that one" in told(line, home, tmp_path)


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        (
            "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('lathe', '9999_later', 0)",
            "wrong",
        ),
        ("DELETE FROM tortoise_migrations WHERE name > '0005'", "missing"),
    ],
)
def test_the_doctor_tells_a_newer_database_from_an_older_one(statement: str, state: str, home: Path) -> None:
    with closing(sqlite3.connect(home / "lathe.sqlite3", isolation_level=None)) as rows:
        rows.execute(statement)
    (finding,) = [
        line for line in run("doctor", home).output.splitlines() if line[9:].startswith("database ")
    ]
    assert finding.startswith(state)


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("line", ["audit", "backup {tmp}/backups"])
def test_a_server_without_our_tables_is_told_from_one_with_a_newer_lathe(
    line: str, bare_url: str, tmp_path: Path
) -> None:
    where = {"LATHE_DATABASE_URL": bare_url}
    assert "has no tables yet" in told(line, tmp_path / "home", tmp_path, **where)
    with past_the_store(bare_url) as raw:
        raw.execute("CREATE TABLE tortoise_migrations (app text, name text)")
        raw.execute("INSERT INTO tortoise_migrations VALUES ('lathe', '0001_initial')")
    if line == "audit":
        assert "is older than this Lathe: ./lathe migrate" in told(line, tmp_path / "home", tmp_path, **where)
    with past_the_store(bare_url) as raw:
        raw.execute("INSERT INTO tortoise_migrations VALUES ('lathe', '9999_later')")
    assert "by a newer Lathe" in told(line, tmp_path / "home", tmp_path, **where)


def test_a_server_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    where = {"LATHE_DATABASE_URL": f"postgres://ann:hunter2@/lathe?host={tmp_path}"}
    for line in WITH_ROWS:
        said = told(line, tmp_path / "home", tmp_path, **where)
        assert said.startswith("lathe: the database is out of service")
        assert "hunter2" not in said
    assert "no finished backup" in told("restore {tmp}/backups", tmp_path / "home", tmp_path, **where)


@pytest.mark.parametrize("line", ["worker", "web", "run --without-workers"])
def test_a_process_that_finds_no_server_ends_without_its_password(line: str, tmp_path: Path) -> None:
    where = {"LATHE_DATABASE_URL": f"postgres://ann:hunter2@/lathe?host={tmp_path}"}
    where["LATHE_WEB_BIND"] = "127.0.0.1:0"
    done = lathe(*line.split(), "--home", tmp_path / "home", cwd=tmp_path, **where)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("lathe: the database is out of service")
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_audio_is_not_audited_without_the_secret_key(home: Path, tmp_path: Path) -> None:
    assert "secret.key is missing" in told("audit --deep", home, tmp_path)
    (home / "secret.key").write_text("swordfish")
    assert "secret.key holds no secret key" in told("audit --deep", home, tmp_path)


@pytest.mark.parametrize("folder", ["file", "file/backups"])
def test_a_backup_does_not_go_where_a_file_is(folder: str, home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert f"{tmp_path / 'file'}" in told(f"backup {tmp_path / folder}", home, tmp_path)


def test_a_home_that_is_a_file_takes_no_backup_in(home: Path, tmp_path: Path) -> None:
    assert run(f"backup {tmp_path / 'backups'}", home).exit_code == 0
    (tmp_path / "file").write_text("in the way")
    assert "file: File exists" in told("restore {tmp}/backups", tmp_path / "file", tmp_path)


def test_a_home_with_another_database_takes_no_backup_in(home: Path, tmp_path: Path) -> None:
    assert run(f"backup {tmp_path / 'backups'}", home).exit_code == 0
    diary = home / "lathe.sqlite3"
    diary.write_text("my diary" * 1000)
    assert "file is not a database" in told("restore {tmp}/backups", home, tmp_path)
    assert diary.read_text().startswith("my diary")


Mount = Callable[[str], Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """A small disk of its own, mounted with these options once the test asks for it."""
    with ExitStack() as disks:
        yield lambda options: disks.enter_context(small_disk(tmp_path / "disk", options))


@pytest.mark.parametrize(
    "line",
    ["backup {tmp}/disk/backups", "restore {tmp}/backups", "migrate", "grant owner terminal:ann"],
)
def test_a_disk_that_is_read_only_is_named(line: str, home: Path, tmp_path: Path, mount: Mount) -> None:
    assert run(f"backup {tmp_path / 'backups'}", home).exit_code == 0
    disk = mount("size=1m,ro")
    where = home if line.startswith("backup") else disk / "home"
    assert "disk: Read-only file system" in told(line, where, tmp_path).replace("/home:", ":").replace(
        "/backups:", ":"
    )


@pytest.mark.parametrize(
    "line", ["backup {tmp}/disk/backups", "restore {tmp}/backups", "migrate", "grant owner terminal:ann"]
)
def test_a_disk_that_is_full_is_told_and_nothing_half_made_is_taken_for_whole(
    line: str, home: Path, tmp_path: Path, mount: Mount
) -> None:
    assert run(f"backup {tmp_path / 'backups'}", home).exit_code == 0
    disk = mount("size=128k")
    where = home if line.startswith("backup") else disk / "home"
    said = told(line, where, tmp_path)
    assert any(words in said for words in ("no room", "No space left", "disk is full"))
    if line.startswith("backup"):
        assert "no finished backup" in told("restore {tmp}/disk/backups", tmp_path / "elsewhere", tmp_path)
