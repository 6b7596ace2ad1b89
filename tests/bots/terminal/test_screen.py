"""What messages look like at the terminal."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.terminal.screen import Framed, Handed, JsonLines, Shown, bar
from core.messages import Button

CARD = Shown(
    to="terminal:anna",
    place="dm",
    private=True,
    card="order:1",
    notice=None,
    edit=False,
    at=datetime(2026, 3, 2, 10, tzinfo=UTC),
    text="Order 1000 · Midnight Drive\nReady.",
    buttons=(Button("Pay $6", action="pay:1:0"), Button("Talk to a human", form="human:1")),
    files=(Handed("picture", Path("/home/files/intake.png"), "Waveform"),),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_program_reads_one_object_a_line() -> None:
    out = io.StringIO()
    screen = JsonLines(out)
    screen.show(CARD)
    screen.error("no such button")
    screen.done("anna-1")
    screen.idle(CARD.at)
    message, error, done, idle = (json.loads(line) for line in out.getvalue().splitlines())
    assert message == {
        "to": "terminal:anna",
        "place": "dm",
        "private": True,
        "card": "order:1",
        "notice": None,
        "edit": False,
        "at": "2026-03-02T10:00:00+00:00",
        "text": "Order 1000 · Midnight Drive\nReady.",
        "buttons": [
            {"n": 1, "label": "Pay $6", "action": "pay:1:0"},
            {"n": 2, "label": "Talk to a human", "form": "human:1"},
        ],
        "files": [{"kind": "picture", "path": "/home/files/intake.png", "title": "Waveform"}],
    }
    assert error == {"error": "no such button"}
    assert done == {"done": "anna-1"}
    assert idle == {"idle": True, "now": "2026-03-02T10:00:00+00:00"}


def test_a_link_is_shown_as_one() -> None:
    out = io.StringIO()
    JsonLines(out).show(replace(CARD, buttons=(Button("Open", url="https://lathe.example/x"),)))
    assert json.loads(out.getvalue())["buttons"] == [
        {"n": 1, "label": "Open", "url": "https://lathe.example/x"}
    ]


def test_progress_is_a_bar_at_the_end_of_the_text() -> None:
    out = io.StringIO()
    JsonLines(out).show(replace(CARD, progress=0.5))
    assert json.loads(out.getvalue())["text"].endswith(f"Ready.\n{bar(0.5)}")


@pytest.mark.parametrize(
    ("share", "drawn"), [(0, "░" * 20 + " 0 %"), (0.996, "▓" * 19 + "░ 99 %"), (7, "▓" * 20 + " 100 %")]
)
def test_a_bar_is_full_only_when_all_is_done(share: float, drawn: str) -> None:
    assert bar(share) == drawn


def test_a_person_sees_words_files_and_numbered_buttons() -> None:
    out = io.StringIO()
    Framed(out, "Lathe", echo=True).show(CARD)
    assert out.getvalue().splitlines() == [
        "",
        "Lathe to anna",
        "│ Order 1000 · Midnight Drive",
        "│ Ready.",
        "│ picture: Waveform",
        "│   /home/files/intake.png",
        "│ [1 Pay $6] [2 Talk to a human]",
    ]


def test_an_edit_is_marked_and_shows_only_new_files() -> None:
    out = io.StringIO()
    screen = Framed(out, "Lathe", echo=True)
    screen.show(CARD)
    out.truncate(out.seek(0))
    screen.show(replace(CARD, edit=True, text="Order 1000\nPaid."))
    shown = out.getvalue()
    assert "Lathe to anna · the card changes" in shown
    assert "Paid." in shown
    assert "intake.png" not in shown


def test_moving_progress_redraws_one_line_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    screen = Framed(out, "Lathe", echo=False)
    screen.show(replace(CARD, progress=0.0))
    out.truncate(out.seek(0))
    screen.show(replace(CARD, progress=0.1, edit=True))
    screen.show(replace(CARD, progress=0.2, edit=True))
    screen.error("next")
    assert out.getvalue() == f"│ Ready. {bar(0.1)}\r\x1b[2K│ Ready. {bar(0.2)}\n! next\n"


def test_a_bar_that_is_redrawn_fits_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    screen = Framed(out, "Lathe", echo=False)
    screen.show(replace(CARD, text="Making your changes: version 2 …", progress=0.0))
    out.truncate(out.seek(0))
    screen.show(replace(CARD, text="Making your changes: version 2 …", progress=1.0, edit=True))
    assert len(out.getvalue()) <= 40
    assert out.getvalue().endswith(bar(1.0))


def test_moving_progress_shows_each_quarter_where_nothing_can_be_redrawn() -> None:
    out = io.StringIO()
    screen = Framed(out, "Lathe", echo=False)
    screen.show(replace(CARD, progress=0.0))
    out.truncate(out.seek(0))
    for hundredth in range(1, 100, 7):
        screen.show(replace(CARD, progress=hundredth / 100, edit=True))
    assert len(out.getvalue().splitlines()) == 3


def test_there_is_no_colour_unless_somebody_can_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain, coloured, silenced = io.StringIO(), Terminal(), Terminal()
    Framed(plain, "Lathe", echo=False).show(CARD)
    Framed(coloured, "Lathe", echo=False).show(CARD)
    monkeypatch.setenv("NO_COLOR", "1")
    Framed(silenced, "Lathe", echo=False).show(CARD)
    assert "\x1b" in coloured.getvalue()
    assert "\x1b" not in plain.getvalue() + silenced.getvalue()


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = io.StringIO()
    words = "Free changes until Sat 7 Mar 10:00 (in 5 days). " * 8
    many = tuple(Button(f"Button number {n}", action=f"a:{n}") for n in range(12))
    Framed(out, "Lathe", echo=False).show(replace(CARD, text=words, buttons=many, files=()))
    assert max(map(len, out.getvalue().splitlines())) <= columns
    assert "[12 Button number 11]" in out.getvalue()


def test_what_was_typed_is_shown_where_nobody_typed_it() -> None:
    out = io.StringIO()
    Framed(out, "Lathe", echo=True).heard("anna", "/help")
    assert out.getvalue() == "\nanna> /help\n"
    out = io.StringIO()
    Framed(out, "Lathe", echo=False).heard("anna", "/help")
    assert out.getvalue() == ""


def test_a_card_at_work_shows_only_what_is_new_in_it() -> None:
    out = io.StringIO()
    screen = Framed(out, "Lathe", echo=False)
    screen.show(replace(CARD, text="Order 1000\nFirst song", progress=0.0))
    out.truncate(out.seek(0))
    screen.show(replace(CARD, text="Order 1000\nFirst song\nSecond song", progress=0.1, edit=True))
    assert out.getvalue() == f"\nLathe to anna · the card changes\n│ Second song\n│ {bar(0.1)}\n"
