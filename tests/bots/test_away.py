"""PostgreSQL goes away, as in a crash, while people speak and while the house closes."""

import signal
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.bots.test_machines import Studio, answered, rest, say, until
from tests.databases import Postgres, running_postgres

LINES = 60

_numbers = count(1)

LATEST = 20.0  # seconds: the process ends itself after 15


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL that may be stopped: that of the session belongs to everybody."""
    with running_postgres() as running:
        yield running


@pytest.fixture
def studio(tmp_path: Path, server: Postgres) -> Studio:
    name = f"away_{next(_numbers)}"
    with server.admin() as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return Studio(tmp_path / "home", server.url(name))


@pytest.fixture
def away(server: Postgres) -> Iterator[Postgres]:
    """It is back at the end, whatever became of the test."""
    yield server
    server.start()


def told_to_stop(process: "subprocess.Popen[str]") -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=LATEST)


def test_what_people_say_while_the_database_is_away_waits_until_it_is_back(
    studio: Studio, away: Postgres
) -> None:
    with studio.chat() as chat:
        answered(chat)
        say(chat, *["/help"] * LINES)
        assert chat.stdout is not None
        chat.stdout.readline()  # it is in the middle of them
        away.stop()
        away.start()
        shown = rest(chat)
    notices = [message["notice"] for message in shown if message.get("notice")]
    assert len(notices) == len(set(notices))
    assert not [message for message in shown if "error" in message]


@pytest.mark.parametrize("lines", [0, LINES])
def test_a_house_that_is_told_to_stop_while_the_database_is_away_stops(
    studio: Studio, away: Postgres, lines: int
) -> None:
    with studio.chat() as chat:
        answered(chat)
        say(chat, *["/help"] * lines)
        away.stop()
        assert told_to_stop(chat) == 0


def test_a_worker_that_is_told_to_stop_while_the_database_is_away_stops(
    studio: Studio, away: Postgres
) -> None:
    with studio.chat() as chat:
        answered(chat)
        with studio.worker() as worker:
            away.stop()
            assert told_to_stop(worker) == 0


def test_a_worker_that_makes_a_song_while_the_database_is_away_stops_and_the_next_one_goes_on(
    studio: Studio, away: Postgres, song: Path
) -> None:
    with studio.chat() as chat:
        with studio.worker() as worker:
            say(chat, f'@"{song}"')
            until(studio.running)
            away.stop()
            assert told_to_stop(worker) == 0
        away.start()
        with studio.worker():
            say(chat, "!wait")
            shown = rest(chat)
    assert not studio.running()
    assert [message for message in shown if message.get("files")]
