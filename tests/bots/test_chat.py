"""The main job at the terminal: a song goes in by chat, a master comes back."""

import asyncio
import json
import sqlite3
import subprocess
import wave
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from core.links import Standing
from core.visits import PAGE
from storage.database import open_database
from storage.visits import Visits
from tests.bots.lathe import NOON, Desk, card, command, files, lathe, notices, surroundings


def labels(message: object) -> list[str]:
    assert isinstance(message, dict)
    return [button["label"] for button in message["buttons"]]


def test_a_song_goes_in_and_a_master_comes_back(desk: Desk, song: Path) -> None:
    shown = desk.chat(
        f'@"{song}"',
        "!wait",
        ">pay",
        "!wait",
        ">ask for changes",
        "1 dB louder, less bass",
        ">send",
        "!wait",
        ">approve",
        "!wait",
    )
    assert not [message for message in shown if "error" in message]
    assert "Midnight Drive v2" in " ".join(message["text"] for message in notices(shown))
    wav, cd, mp3 = files(shown, "file")
    assert [path.suffix for path in (wav, cd, mp3)] == [".wav", ".wav", ".mp3"]
    with wave.open(str(wav)) as master, wave.open(str(cd)) as disc:
        assert (master.getsampwidth(), disc.getsampwidth(), disc.getframerate()) == (3, 2, 44100)
    assert len(files(shown, "picture")) >= 2
    assert all(
        path.is_absolute() and path.stat().st_size
        for kind in ("audio", "picture")
        for path in files(shown, kind)
    )
    assert shown[-1] == {"idle": True, "now": "2026-03-02T12:00:00+00:00"}


def test_each_line_is_answered_before_the_next_is_read(desk: Desk) -> None:
    shown = desk.chat("/help", "/nonsense", "!wait", "/orders")
    assert [("idle" in message, "/nonsense" in message.get("text", "")) for message in shown] == [
        (False, False),
        (False, True),
        (True, False),
        (False, False),
    ]


def test_what_cannot_be_meant_is_an_error_and_the_chat_goes_on(desk: Desk, tmp_path: Path) -> None:
    shown = desk.chat("@nothing.wav", f"@{tmp_path}", ">pay", "!jump", '@"open', "!advance 1d", "/help")
    assert ["error" in message for message in shown] == [True, True, True, True, True, False, False]
    assert shown[0]["error"] == "nothing.wav cannot be read: No such file or directory"


def test_visits_are_forgotten_after_thirty_days(desk: Desk) -> None:
    asyncio.run(opened(desk, {"old": timedelta(days=30, hours=1), "young": timedelta(days=29)}))
    desk.chat("/help", "!wait")
    with closing(sqlite3.connect(desk.home / "lathe.sqlite3")) as rows:
        assert rows.execute("""SELECT "order" FROM visits""").fetchall() == [("young",)]


async def opened(desk: Desk, orders: Mapping[str, timedelta]) -> None:
    """The pages of these orders were opened so long ago."""
    async with open_database(f"sqlite://{desk.home / 'lathe.sqlite3'}") as database:
        for order, ago in orders.items():
            at = datetime.fromisoformat(NOON) - ago
            await Visits(database).begun(order, "ada", Standing.ARTIST, PAGE, at)


def test_a_killed_chat_is_finished_by_the_next_one_and_nothing_is_said_twice(desk: Desk, song: Path) -> None:
    before = desk.chat_killed(
        f'@"{song}"\n!wait\n>pay\n!wait\n', lambda message: "Mastering" in message.get("text", "")
    )
    after = desk.chat("!wait", ">approve", "!wait")
    ids = [message["notice"] for message in notices(before) + notices(after)]
    assert len(ids) == len(set(ids))
    assert sum("Received $6" in message["text"] for message in notices(before) + notices(after)) == 1
    assert len(files(after, "file")) == 3


def test_a_deed_with_a_name_happens_once_however_often_it_is_said(desk: Desk, song: Path) -> None:
    first = desk.chat(f'!once drop-1 @"{song}"', f'!once drop-1 @"{song}"', "!wait")
    again = desk.chat(f'!once drop-1 @"{song}"', "!once drop-2 >nothing", "!wait", "/orders")
    assert [message["done"] for message in first + again if "done" in message] == ["drop-1"] * 3
    assert {message["card"] for message in first if message.get("card")} == {card(first)["card"]}
    assert [message for message in again if "error" in message]
    assert "1001" not in again[-1]["text"]


def test_a_song_dropped_before_the_end_of_input_is_waiting_in_the_next_chat(desk: Desk, song: Path) -> None:
    first = desk.chat(f'@"{song}"')
    assert "Checking" in card(first)["text"]
    second = desk.chat("!wait")
    assert "Pay $6 (demo money)" in labels(card(second))


def test_buttons_of_one_chat_can_be_pressed_in_the_next(desk: Desk, song: Path) -> None:
    desk.chat(f'@"{song}"', "!wait")
    shown = desk.chat(">style", ">cancel")
    assert "Cancelled" in card(shown)["text"]


def test_a_deadline_passes_with_its_reminder_a_day_before(desk: Desk, song: Path) -> None:
    desk.chat(f'@"{song}"', "!wait", ">pay", "!wait")
    shown = desk.chat("!advance 6d")
    reminder, completed = [
        message
        for message in notices(shown)
        if "completes" in message["text"] or "complete." in message["text"]
    ]
    assert reminder["at"] == "2026-03-06T12:00:00+00:00"
    assert completed["at"] == "2026-03-07T12:00:00+00:00"
    assert len(files(shown, "file")) == 3
    assert shown[-1] == {"idle": True, "now": "2026-03-08T12:00:00+00:00"}


def test_several_files_are_one_album_or_separate_songs(desk: Desk, song: Path, tmp_path: Path) -> None:
    second = tmp_path / "02 - Other.wav"
    second.write_bytes(song.read_bytes() + b"\0" * 6)
    shown = desk.chat(f'@"{song}" @"{second}" two songs', "!wait", ">one album", "!wait")
    offer = card(shown)
    assert "Midnight Drive" in offer["text"]
    assert "Pay $12 (demo money)" in labels(offer)


def test_staff_and_artist_talk_to_each_other(desk: Desk) -> None:
    shown = desk.chat(
        ">talk", "/human where is my song?", "!staff bo", ">reply", "It is coming.", "!as anna", "!wait"
    )
    rooms = [message for message in shown if message.get("place") == "room:desk"]
    assert any("where is my song?" in message["text"] for message in rooms)
    assert not any(message["private"] for message in rooms)
    assert any(
        "It is coming." in message["text"] for message in shown if message.get("to") == "terminal:anna"
    )


def test_who_comes_back_to_the_staff_desk_without_a_role_has_the_one_they_had(desk: Desk) -> None:
    shown = desk.chat("!staff bo", "!staff kai engineer", "!as anna", "!staff kai", "/audit")
    assert any("You are engineer here" in message["text"] for message in shown if "text" in message)


def test_money_goes_back_to_the_purse_that_it_came_from(desk: Desk, song: Path) -> None:
    shown = desk.chat(
        f'@"{song}"', "!wait", ">pay", "!wait", ">approve", "!wait",
        ">talk", "the chorus is distorted", "!staff bo", ">give the money back", "It is distorted.",
        "!advance 1m", "!wait",
    )  # fmt: skip
    assert sum("You have $6 back" in message["text"] for message in notices(shown)) == 1
    assert "you have your money back" in card(shown)["text"]


def test_titles_and_previews_stay_out_of_rooms(desk: Desk, song: Path) -> None:
    shown = desk.chat(f'@"{song}"', "!wait", "!room studio", "/orders", f'@"{song}"', "hello", "!wait")
    rooms = [message for message in shown if message.get("place") == "room:studio"]
    assert rooms
    assert not any("Midnight" in json.dumps(message) for message in rooms)


def test_the_log_names_orders_but_no_songs(desk: Desk, song: Path) -> None:
    shown = desk.chat(f'@"{song}"', "/confidential on", "!wait", ">pay", "!wait")
    order = card(shown)["card"].removeprefix("order:")
    log = (desk.home / "lathe.log").read_text()
    assert order in log
    assert "idnight" not in log


def test_one_home_has_one_chat(desk: Desk) -> None:
    first = subprocess.Popen(
        command(*desk.arguments()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=desk.home.parent,
        env=surroundings(),
    )
    assert first.stdin is not None
    assert first.stdout is not None
    first.stdin.write("/help\n")
    first.stdin.flush()
    first.stdout.readline()
    second = lathe(*desk.arguments(), cwd=desk.home.parent)
    assert second.returncode == 1
    assert "in use by 'lathe chat'" in json.loads(second.stdout)["error"]
    first.communicate()
    assert first.returncode == 0


def test_a_flag_that_contradicts_the_home_is_refused(desk: Desk) -> None:
    for flags in (["--clock", "wall"], ["--now", "2026-03-01T12:00:00+00:00"]):
        done = lathe("chat", "--home", desk.home, "--json", *flags, cwd=desk.home.parent)
        assert done.returncode == 1
        assert "error" in json.loads(done.stdout)


def test_a_wall_clock_does_not_advance(tmp_path: Path) -> None:
    done = lathe("chat", "--home", tmp_path / "home", "--json", cwd=tmp_path, lines="!advance 1d")
    assert "wall clock" in json.loads(done.stdout)["error"]


def test_people_see_the_same_in_words(tmp_path: Path) -> None:
    done = lathe("chat", "--home", tmp_path / "home", "--as", "anna", cwd=tmp_path, lines="/help\n>nothing")
    assert "anna> /help" in done.stdout
    assert "│ Drop a song to order a master." in done.stdout
    assert "[1 Talk to a human]" in done.stdout
    assert "! no message here has such a button" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_chat_that_nobody_reads_any_more_ends_and_the_next_one_goes_on(desk: Desk, song: Path) -> None:
    chat = subprocess.Popen(
        command(*desk.arguments()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=desk.home.parent,
        env=surroundings(),
    )
    assert chat.stdin is not None
    assert chat.stdout is not None
    assert chat.stderr is not None
    chat.stdout.close()
    chat.stdin.write(f'@"{song}"\n!wait\n')
    chat.stdin.flush()
    assert chat.wait(60) == 0
    assert chat.stderr.read() == ""
    assert "Pay $6 (demo money)" in labels(card(desk.chat("!wait")))


def test_a_home_may_have_any_name_but_one_that_ends_a_url(tmp_path: Path, song: Path) -> None:
    home = tmp_path / "my höme %20 & co"
    done = lathe("chat", "--home", home, "--json", cwd=tmp_path, lines=f'@"{song}"\n!wait')
    assert "Pay $6" in done.stdout
    done = lathe("chat", "--home", tmp_path / "a#b", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert "no #" in json.loads(done.stdout)["error"]


def test_a_terminal_that_lacks_a_sign_shows_another_and_json_is_whole_everywhere(tmp_path: Path) -> None:
    latin = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    words = lathe("chat", "--home", tmp_path / "home", cwd=tmp_path, lines="/help", **latin)
    assert words.returncode == 0
    assert "? Drop a song to order a master." in words.stdout
    shown = lathe("chat", "--home", tmp_path / "home", "--json", cwd=tmp_path, lines="♪\n/human ♪", **latin)
    assert [message["to"] for message in map(json.loads, shown.stdout.splitlines())] == ["terminal:you"] * 2
