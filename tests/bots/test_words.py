"""`./lathe words`: a sentence a line goes in, a JSON object a line comes out."""

import io
import json
import subprocess
from collections.abc import Iterator
from typing import Any

from bots.words import answer
from tests.bots.lathe import command, surroundings


def answers(*sentences: bytes, songs: tuple[str, ...] = (), mixing: bool = False) -> list[dict[str, Any]]:
    out = io.BytesIO()
    answer((sentence + b"\n" for sentence in sentences), out, songs, mixing=mixing)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_wish_is_an_item_with_what_was_said_of_it() -> None:
    (said,) = answers(b"bass +1.5 dB at 1:02, a bit more air in the chorus")
    bass, air = said["items"]
    assert bass == {
        "what": "bass",
        "direction": 1,
        "amount_db": 1.5,
        "exact": True,
        "place": {"from": 62.0, "to": 64.0},
        "text": "bass +1.5 dB at 1:02",
    }
    assert (air["what"], air["exact"], air["place"]) == ("air", False, "chorus")


def test_seconds_targets_songs_and_undoing_have_keys_of_their_own() -> None:
    said = answers(b"3: fade out 4 s", b"-14 LUFS", b"put half of the bass back", songs=("A", "B", "C"))
    assert [item for one in said for item in one["items"]] == [
        {"what": "fade-out", "direction": 1, "amount_db": None, "exact": True, "place": None,
         "text": "fade out 4 s", "amount_s": 4.0, "song": "C"},
        {"what": "volume", "direction": 0, "amount_db": None, "exact": True, "place": None,
         "text": "-14 LUFS", "target_lufs": -14.0},
        {"what": "undo", "direction": 0, "amount_db": None, "exact": False, "place": None,
         "text": "put half of the bass back", "of": "bass", "half": True},
    ]  # fmt: skip


def test_what_a_stereo_master_cannot_have_is_said_with_the_nearest_item() -> None:
    (said,) = answers(b"vocals up 1 dB")
    assert said["items"] == []
    (asked,) = said["impossible"]
    assert (asked["text"], asked["what"]) == ("vocals up 1 dB", "level:vocals")
    assert (asked["nearest"]["what"], asked["nearest"]["amount_db"]) == ("presence", 1.0)
    assert [item["what"] for item in answers(b"vocals up 1 dB", mixing=True)[0]["items"]] == ["level:vocals"]


def test_a_place_that_goes_to_the_end_has_no_end() -> None:
    (said,) = answers(b"less bass from 1:30")
    assert said["items"][0]["place"] == {"from": 90.0, "to": None}


def test_an_empty_line_and_broken_letters_have_their_answers_too() -> None:
    nothing, broken, last = answers(b"", b"\xff\xfe\x00 louder", b"wider")
    assert nothing == {"items": [], "impossible": [], "not_understood": [], "bounds": []}
    assert set(broken) == set(nothing)
    assert [item["what"] for item in last["items"]] == ["width"]


def test_each_line_is_answered_before_the_next_one_is_read() -> None:
    out = io.BytesIO()

    def sentences() -> Iterator[bytes]:
        for number in range(3):
            assert out.getvalue().count(b"\n") == number
            yield b"louder\n"

    answer(sentences(), out)


def test_the_command_reads_standard_input() -> None:
    told = subprocess.run(
        command("words", "--songs", "Intro|Outro"),
        input=b"Outro: less bass\n",
        capture_output=True,
        check=True,
        env=surroundings(),
    )
    assert json.loads(told.stdout)["items"][0]["song"] == "Outro"
