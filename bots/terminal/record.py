"""What was shown at the terminal, kept in the home: the receiver's own memory.

It remembers the id of each notice, so that one which is sent again after a crash is not shown again, and the
buttons of each message, so that they can be pressed in the next chat.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from core.messages import Button

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shown (
    message INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL,
    card TEXT,
    notice TEXT,
    buttons TEXT NOT NULL,
    latest INTEGER NOT NULL,
    UNIQUE (place, card),
    UNIQUE (place, notice),
    CHECK ((card IS NULL) <> (notice IS NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS shown_lately ON shown (place, latest);
"""


class Record:
    """Messages by place. A place is an address of the terminal door: a person's name, or `room:NAME`."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._rows = sqlite3.connect(file, isolation_level=None)
        # The kill of this process loses nothing in WAL mode; only the fall of the machine may.
        self._rows.execute("PRAGMA journal_mode = WAL")
        self._rows.execute("PRAGMA synchronous = NORMAL")
        self._rows.executescript(_SCHEMA)

    def close(self) -> None:
        self._rows.close()

    def notice(self, place: str, notice: str, buttons: Sequence[Button]) -> tuple[int, bool]:
        """Note that a notice is shown now; its message, and whether it is new here."""
        added = self._rows.execute(
            "INSERT INTO shown (place, notice, buttons, latest)"
            " VALUES (?, ?, ?, (SELECT coalesce(max(latest), 0) + 1 FROM shown)) ON CONFLICT DO NOTHING",
            (place, notice, _pack(buttons)),
        ).rowcount
        (message,) = self._rows.execute(
            "SELECT message FROM shown WHERE place = ? AND notice = ?", (place, notice)
        ).fetchone()
        return message, added > 0

    def card(self, place: str, card: str, buttons: Sequence[Button]) -> tuple[int, bool]:
        """Note what a card shows now; its message, and whether it is new here.

        A card whose buttons change is the latest message from then on; mere progress does not move it.
        """
        packed = _pack(buttons)
        row = self._rows.execute(
            "SELECT message, buttons FROM shown WHERE place = ? AND card = ?", (place, card)
        ).fetchone()
        if row is None:
            done = self._rows.execute(
                "INSERT INTO shown (place, card, buttons, latest)"
                " VALUES (?, ?, ?, (SELECT coalesce(max(latest), 0) + 1 FROM shown))",
                (place, card, packed),
            )
            return done.lastrowid or 0, True
        if row[1] != packed:
            self._rows.execute(
                "UPDATE shown SET buttons = ?, latest = (SELECT max(latest) + 1 FROM shown)"
                " WHERE message = ?",
                (packed, row[0]),
            )
        return row[0], False

    def latest(self, place: str) -> Iterator[tuple[Button, ...]]:
        """The buttons of each message of a place that has any, latest first."""
        rows = self._rows.execute(
            "SELECT buttons FROM shown WHERE place = ? AND buttons <> '[]' ORDER BY latest DESC", (place,)
        )
        for (packed,) in rows:
            yield tuple(Button(**fields) for fields in json.loads(packed))


def _pack(buttons: Sequence[Button]) -> str:
    return json.dumps([asdict(button) for button in buttons])


def find(messages: Iterator[tuple[Button, ...]], wanted: int | str) -> Button | None:
    """The button with a number or the beginning of a label, on the latest message that has one."""
    for buttons in messages:
        if isinstance(wanted, int):
            if 1 <= wanted <= len(buttons):
                return buttons[wanted - 1]
            continue
        label = _folded(wanted)
        for matches in (str.__eq__, str.startswith):
            for button in buttons:
                if matches(_folded(button.label), label):
                    return button
    return None


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())
