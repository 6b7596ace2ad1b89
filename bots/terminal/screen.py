"""What a message looks like at the terminal: a line of JSON for programs, a framed note for people."""

import json
import os
import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bots.terminal.output import Writes
from core.messages import Button

BAR = 20
"""Characters of a progress bar."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that came with a message: `kind` is audio, picture or file, `url` its private link."""

    kind: str
    path: Path
    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One message to one place, in the words its reader sees. `card` or `notice` is its key or id."""

    to: str  # DOOR:PERSON or DOOR:ROOM
    place: str  # dm or room:ROOM
    private: bool
    card: str | None
    notice: str | None
    edit: bool
    at: datetime
    text: str
    buttons: tuple[Button, ...] = ()
    files: tuple[Handed, ...] = ()
    progress: float | None = None


class Screen(Protocol):
    """Where the terminal door prints."""

    def show(self, message: Shown) -> None: ...

    def error(self, sentence: str) -> None:
        """Wrong input, or something that cannot be done."""
        ...

    def done(self, name: str) -> None:
        """A deed that was named is written down and decided."""
        ...

    def idle(self, now: datetime) -> None:
        """Nothing is left to do at this time of the house."""
        ...

    def heard(self, speaker: str, line: str) -> None:
        """What somebody typed, where that is not on the screen already."""
        ...


def bar(share: float) -> str:
    """`▓▓▓▓▓░░░░░ 50 %`."""
    share = min(1.0, max(0.0, share))
    full = int(share * BAR)
    return f"{'▓' * full}{'░' * (BAR - full)} {int(share * 100)} %"


def instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


class JsonLines:
    """One object a line, and nothing else."""

    def __init__(self, out: Writes) -> None:
        self._out = out

    def show(self, message: Shown) -> None:
        text = message.text if message.progress is None else f"{message.text}\n{bar(message.progress)}"
        self._print(
            {
                "to": message.to,
                "place": message.place,
                "private": message.private,
                "card": message.card,
                "notice": message.notice,
                "edit": message.edit,
                "at": instant(message.at),
                "text": text,
                "buttons": [
                    {"n": number, "label": button.label, **_target(button)}
                    for number, button in enumerate(message.buttons, 1)
                ],
                "files": [_handed(file) for file in message.files],
            }
        )

    def error(self, sentence: str) -> None:
        self._print({"error": sentence})

    def done(self, name: str) -> None:
        self._print({"done": name})

    def idle(self, now: datetime) -> None:
        self._print({"idle": True, "now": instant(now)})

    def heard(self, speaker: str, line: str) -> None:
        pass

    def _print(self, line: Mapping[str, Any]) -> None:
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._out.flush()


def _target(button: Button) -> dict[str, str]:
    if button.action is not None:
        return {"action": button.action}
    if button.url is not None:
        return {"url": button.url}
    return {"form": button.form or ""}


def _handed(file: Handed) -> dict[str, str]:
    told = {"kind": file.kind, "path": str(file.path), "title": file.title}
    return told if file.url is None else {**told, "url": file.url}


class Framed:
    """For people: each message with a line at its side, buttons as `[1 Pay $6]`, edits marked.

    An edit that only moves the progress redraws the bar; where the output is no terminal, each quarter of it.
    """

    def __init__(self, out: Writes, name: str, *, echo: bool) -> None:
        """`name` is who answers; `echo` prints what is typed, for input that nobody typed here."""
        self._out = out
        self._name = name
        self._echo = echo
        self._tty = out.isatty()
        self._colour = self._tty and not os.environ.get("NO_COLOR")
        self._seen: dict[tuple[str, str], Shown] = {}  # the newest state of each card
        self._bar_of: tuple[str, str] | None = None  # whose bar stands on the last line, unfinished

    def show(self, message: Shown) -> None:
        key = (message.to, message.card or "")
        before = self._seen.get(key) if message.card else None
        if message.card:
            self._seen[key] = message
        if before is None or before.progress is None or message.progress is None:
            self._whole(message, before)
        elif (before.text, before.buttons) != (message.text, message.buttons):
            self._fresh(message, before)
        else:
            self._bar(key, message, before)
        self._out.flush()

    def error(self, sentence: str) -> None:
        self._line(self._tinted("31", f"! {sentence}"))

    def done(self, name: str) -> None:
        self._line(self._tinted("2", f"· {name}: done"))

    def idle(self, now: datetime) -> None:
        self._line(self._tinted("2", f"· nothing is waiting to be done; it is {now:%a %d %b %Y %H:%M} UTC"))

    def heard(self, speaker: str, line: str) -> None:
        if self._echo:
            self._line("")
            self._line(self._tinted("1", f"{speaker}> ") + line)

    def _whole(self, message: Shown, before: Shown | None) -> None:
        self._head(message)
        self._text(message.text.split("\n"))
        if message.progress is not None:
            self._side(bar(message.progress))
        known = before.files if before else ()
        for file in message.files:
            if file not in known:
                self._side(f"{file.kind}: {file.title}")
                self._side(f"  {file.path}")
                if file.url:
                    self._side(f"  {file.url}")
        self._buttons(message.buttons)

    def _fresh(self, message: Shown, before: Shown) -> None:
        """A card while work goes on: only what is new in it."""
        known = before.text.split("\n")
        self._head(message)
        self._text([line for line in message.text.split("\n") if line.strip() and line not in known])
        self._side(bar(message.progress or 0.0))
        if message.buttons != before.buttons:
            self._buttons(message.buttons)

    def _bar(self, key: tuple[str, str], message: Shown, before: Shown) -> None:
        """A card of which nothing but the progress has moved."""
        share, last = message.progress or 0.0, before.progress or 0.0
        drawn = bar(share)
        told = message.text.rpartition("\n")[2][: min(40, _room() - len(drawn) - 1)].rstrip()
        line = f"{told} {drawn}"
        if self._tty:
            self._out.write(("\r\x1b[2K" if self._bar_of == key else "") + self._edge() + line)
            self._bar_of = key
        elif int(share * 4) > int(last * 4):
            self._side(line)

    def _head(self, message: Shown) -> None:
        who = message.to.partition(":")[2]
        where = f"{who} (room)" if message.place != "dm" else who
        self._line("")
        self._line(
            self._tinted("2", f"{self._name} to {where}" + (" · the card changes" if message.edit else ""))
        )

    def _text(self, lines: list[str]) -> None:
        width = _room()
        for line in lines:
            indent = line[: len(line) - len(line.lstrip())]
            wrapped = textwrap.wrap(
                line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            )
            for part in wrapped or [""]:
                self._side(part)

    def _buttons(self, buttons: tuple[Button, ...]) -> None:
        width = _room()
        row = ""
        for number, button in enumerate(buttons, 1):
            drawn = f"[{number} {button.label}]" + (f" {button.url}" if button.url else "")
            if row and len(row) + 1 + len(drawn) > width:
                self._side(self._tinted("1", row))
                row = ""
            row = f"{row} {drawn}" if row else drawn
        if row:
            self._side(self._tinted("1", row))

    def _edge(self) -> str:
        return self._tinted("36", "│ ")

    def _side(self, line: str) -> None:
        self._line((self._edge() + line).rstrip())

    def _line(self, line: str) -> None:
        if self._bar_of is not None:
            self._bar_of = None
            self._out.write("\n")
        self._out.write(line + "\n")

    def _tinted(self, code: str, words: str) -> str:
        return f"\x1b[{code}m{words}\x1b[0m" if self._colour else words


def _room() -> int:
    """Characters of a line beside the edge."""
    return min(100, max(40, shutil.get_terminal_size().columns)) - 2
