"""The log and what it keeps to itself."""

import asyncio
import gc
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from structlog.contextvars import bound_contextvars as bound

from bots.log import configure
from bots.settings import Logging, SettingsError
from tests.bots.lathe import Desk, files, lathe


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    logging.root.handlers.clear()
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_order_song_and_version_stand_on_each_line(tmp_path: Path) -> None:
    configure(Logging.of("info"), file=tmp_path / "log")
    with bound(order="o1", song="s1", version=2):
        structlog.get_logger().info("rendered", seconds=3)
    (line,) = lines(tmp_path / "log")
    assert {
        "order": "o1",
        "song": "s1",
        "version": 2,
        "event": "rendered",
        "seconds": 3,
    }.items() <= line.items()


def test_a_log_that_cannot_be_written_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"LATHE_LOG: .*none/log: No such file or directory"):
        configure(Logging.of(f"info,json,{tmp_path / 'none' / 'log'}"))


def test_titles_and_names_of_files_are_not_logged(tmp_path: Path) -> None:
    configure(Logging.of("info"), file=tmp_path / "log")
    structlog.get_logger().info("dropped", title="Midnight Drive", name="midnight.wav", size=3)
    assert "idnight" not in (tmp_path / "log").read_text()


def test_an_exception_is_logged_without_what_it_says(tmp_path: Path) -> None:
    configure(Logging.of("info"), file=tmp_path / "log")
    try:
        (tmp_path / "midnight.wav").open()
    except OSError:
        structlog.get_logger().exception("broke")
    written = (tmp_path / "log").read_text()
    assert "FileNotFoundError" in written
    assert "test_log.py" in written
    assert "No such file" not in written


def test_less_than_the_level_is_not_logged(tmp_path: Path) -> None:
    configure(Logging.of("warning"), file=tmp_path / "log")
    structlog.get_logger().info("small talk")
    assert (tmp_path / "log").read_text() == ""


def test_what_libraries_log_is_written_the_same_way(tmp_path: Path) -> None:
    configure(Logging.of("info"), file=tmp_path / "log")
    with bound(order="o1"):
        try:
            (tmp_path / "midnight.wav").open()
        except OSError:
            logging.getLogger("asyncio").exception("task failed")
    (line,) = lines(tmp_path / "log")
    assert (line["event"], line["order"], line["level"]) == ("task failed", "o1", "error")
    assert str(line["exception"]).endswith("FileNotFoundError")


async def test_an_error_that_nobody_waited_for_is_logged_without_what_it_says(tmp_path: Path) -> None:
    gc.collect()  # what other tests left says its last words elsewhere
    configure(Logging.of("info"), file=tmp_path / "log")

    title = "Midnight Drive"

    async def breaks() -> None:
        raise ValueError(title)

    task = asyncio.create_task(breaks())
    await asyncio.wait([task])
    del task
    gc.collect()
    (line,) = lines(tmp_path / "log")
    assert (line["event"], line["level"]) == ("Task exception was never retrieved", "error")
    assert str(line["exception"]).endswith("ValueError")
    assert title not in str(line)


def test_the_debug_log_says_why(tmp_path: Path) -> None:
    configure(Logging.of("debug"), file=tmp_path / "log")
    try:
        raise ValueError("because")
    except ValueError:
        structlog.get_logger().exception("broke")
    assert "because" in (tmp_path / "log").read_text()


ABOUT = {"account", "order", "song", "version", "job", "attempt"}
"""What each line says that is logged of an attempt at a job."""


def test_the_log_of_a_played_order_knows_everything_by_its_id_and_nothing_by_its_name(
    bought: Desk, tmp_path: Path
) -> None:
    poem = tmp_path / "Secret Sonata.wav"
    poem.write_text("no song at all")
    log = tmp_path / "log"
    said = [
        ">ask for changes",
        "1 dB louder, and my vocals creamier",
        ">send",
        "!wait",
        ">approve",
        "!wait",
        f'@"{poem}" from Zebedee',
        "!wait",
    ]
    done = lathe(
        *bought.arguments(),
        cwd=tmp_path,
        lines="\n".join(said),
        LATHE_LOG=f"info,json,{log}",
        DISCORD_TOKEN="token-of-a-bot",
        AWS_SECRET_ACCESS_KEY="key-of-a-bucket",
    )
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(files(shown, "file")) == 3, done.stdout + done.stderr
    assert not [message for message in shown if "error" in message]
    assert "Midnight Drive v2" in done.stdout
    assert "creamier" in done.stdout
    written = (bought.home / "lathe.log").read_text() + log.read_text()
    secrets = [(bought.home / "secret.key").read_text().strip(), "token-of-a-bot", "key-of-a-bucket"]
    words = ["midnight", "secret sonata", "anna", "creamier", "zebedee", "poem"]
    assert [word for word in (*secrets, *words) if word.lower() in written.lower()] == []

    told = [json.loads(line) for line in written.splitlines()]
    of_jobs = [line for line in told if str(line["event"]).startswith("job ")]
    assert len(of_jobs) >= 12
    assert all(set(line) >= ABOUT for line in of_jobs)
    with closing(sqlite3.connect(bought.home / "lathe.sqlite3")) as rows:
        known = {row[0]: row[1:] for row in rows.execute('SELECT id, "order", song, person FROM jobs')}
    assert {(line["job"], line["order"], line["song"], line["account"]) for line in of_jobs} == {
        (job, *about) for job, about in known.items()
    }
    decided = [line for line in told if line["event"] == "decided"]
    assert {line["account"] for line in decided if line["kind"] in ("message", "press")} == {
        person for _, _, person in known.values()
    }
