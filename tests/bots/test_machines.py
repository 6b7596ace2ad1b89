"""More machines: one process holds the doors, any number make the songs, all over one PostgreSQL."""

import base64
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bots.lathe import Message, command, files, lathe, notices, surroundings
from tests.databases import past_the_store

pytestmark = pytest.mark.databases("postgres")

PATIENCE = 120.0  # seconds after which something that must happen never will

SECRET = base64.b64encode(bytes(32)).decode()
"""Every machine of a house has the same one."""

READY = re.compile(r"Worker ready: 1 song at a time, on postgres://postgres@")


class Studio:
    """A home and a database, and the processes that serve them."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.url = url
        self.settings = {"LATHE_DATABASE_URL": url, "LATHE_SECRET_KEY": SECRET}

    @contextmanager
    def process(self, *arguments: str | Path) -> "Iterator[subprocess.Popen[str]]":
        """A process of the house; killed at the end, if it still runs, with all that it can do about it."""
        process = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.home.parent,
            env=surroundings(**self.settings),
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    @contextmanager
    def worker(self, home: Path | None = None) -> "Iterator[subprocess.Popen[str]]":
        """A worker that is ready."""
        with self.process("worker", "--slots", "1", "--home", home or self.home) as process:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert READY.match(line), line + process.stderr.read()
            yield process

    def chat(self, home: Path | None = None, *more: str) -> "Iterator[subprocess.Popen[str]]":
        return self.process(
            "chat", "--home", home or self.home, "--as", "anna", "--json", "--without-workers", *more
        )

    def running(self) -> int:
        """How many jobs run now."""
        with past_the_store(self.url) as raw:
            ((count,),) = raw.execute("SELECT count(*) FROM jobs WHERE state = 'running' AND queue = 'cpu'")
        return int(count)

    def deaths(self) -> int:
        with past_the_store(self.url) as raw:
            ((deaths,),) = raw.execute("SELECT sum(deaths) FROM jobs")
        return int(deaths)


def until(holds: "object") -> None:
    end = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def answered(chat: "subprocess.Popen[str]") -> None:
    """Return when it has the desk, and has said something."""
    say(chat, "/help")
    assert chat.stdout is not None
    assert chat.stdout.readline()


def say(chat: "subprocess.Popen[str]", *lines: str) -> None:
    assert chat.stdin is not None
    chat.stdin.write("".join(f"{line}\n" for line in lines))
    chat.stdin.flush()


def rest(chat: "subprocess.Popen[str]") -> list[Message]:
    """All that was shown, at the end of input."""
    out, err = chat.communicate(timeout=PATIENCE)
    assert chat.returncode == 0, out + err
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def studio(tmp_path: Path, url: str) -> Studio:
    return Studio(tmp_path / "home", url)


def test_workers_beside_the_doors_make_what_was_ordered(studio: Studio, song: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "another machine"
    studio.settings["LATHE_BLOB_URL"] = (tmp_path / "blobs").as_uri()
    with studio.worker(), studio.worker(elsewhere), studio.chat() as chat:
        say(chat, f'@"{song}"', "!wait", ">pay", "!wait", ">approve", "!wait")
        shown = rest(chat)
    assert not [message for message in shown if "error" in message]
    assert [path.suffix for path in files(shown, "file")] == [".wav", ".wav", ".mp3"]
    ids = [message["notice"] for message in notices(shown)]
    assert len(ids) == len(set(ids))


def test_what_a_killed_worker_had_begun_another_one_ends(studio: Studio, song: Path) -> None:
    with studio.chat() as chat:
        with studio.worker() as first:
            say(chat, f'@"{song}"')
            until(studio.running)
            first.kill()
            first.wait()
        with studio.worker():
            say(chat, "!wait", ">pay", "!wait", ">approve", "!wait")
            shown = rest(chat)
    assert len(files(shown, "file")) == 3
    assert studio.deaths() >= 1


def test_a_worker_that_is_told_to_stop_leaves_its_song_to_the_next_at_once(
    studio: Studio, song: Path
) -> None:
    with studio.chat() as chat:
        with studio.worker() as first:
            say(chat, f'@"{song}"')
            until(studio.running)
            first.send_signal(signal.SIGTERM)
            assert first.wait(timeout=20) == 0
        with studio.worker():
            say(chat, "!wait")
            rest(chat)
    assert studio.deaths() == 0


def test_of_two_houses_one_stands_by_until_the_other_is_gone(studio: Studio, tmp_path: Path) -> None:
    with studio.chat() as first:
        answered(first)
        with studio.chat(tmp_path / "second") as second:
            assert second.stderr is not None
            line = second.stderr.readline()
            assert re.match(rf"Standing by: .*{re.escape(str(studio.home))}.* serves this database", line), (
                line
            )
            rest(first)
            answered(second)


def test_a_killed_house_is_followed_by_the_one_that_stands_by(studio: Studio, tmp_path: Path) -> None:
    with studio.chat() as first:
        answered(first)
        with studio.chat(tmp_path / "second") as second:
            assert second.stderr is not None
            assert second.stderr.readline().startswith("Standing by")
            first.kill()
            answered(second)


def test_a_house_that_slept_while_another_took_over_ends_with_a_sentence(
    studio: Studio, tmp_path: Path
) -> None:
    with studio.chat() as first:
        answered(first)
        os.kill(first.pid, signal.SIGSTOP)
        with studio.chat(tmp_path / "second") as second:
            answered(second)
            os.kill(first.pid, signal.SIGCONT)
            out, _ = first.communicate(timeout=PATIENCE)
    assert first.returncode == 1
    assert (
        "took over while this process could not renew its lease" in json.loads(out.splitlines()[-1])["error"]
    )


@pytest.mark.parametrize("arguments", [("worker",), ("web",), ("run", "--without-workers")])
@pytest.mark.databases("sqlite")
def test_sqlite_has_room_for_one_process(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = lathe(*arguments, "--home", tmp_path / "home", cwd=tmp_path)
    assert done.returncode == 1
    assert "a second one needs PostgreSQL: LATHE_DATABASE_URL=" in done.stderr
    assert len(done.stderr.splitlines()) == 1
