"""Texts and buttons as Telegram takes them. Pure.

Lengths are counted in UTF-16 units, as the platform does, after the markup is taken away.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from core.desk.shown.reading import title_shown
from core.messages import Button, To
from core.text import Moment, Strong, Text, Title
from core.wording import Voice

TEXT = 4096
"""The most units of a message (core.telegram.org/bots/api#sendmessage)."""

CAPTION = 1024
"""The most units of a caption."""

FORM = "form."
"""What a button that opens a form sends before the form's name: the desk asks step by step."""

_BAR = 10
_ROW = 30  # characters of labels that stand side by side on a telephone
_MOST_IN_ROW = 3


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look alike."""

    words: str
    strong: bool = False


Runs = tuple[Run, ...]


def runs(text: Text, to: To, say: Voice, now: datetime, zone: ZoneInfo, *, alone: bool) -> Runs:
    """A text as its reader sees it. Unless they are `alone`, no @name in it calls anybody."""

    def shown() -> Iterator[Run]:
        for part in text:
            match part:
                case str():
                    yield Run(part)
                case Strong():
                    yield Run(part.strong, strong=True)
                case Moment():
                    yield Run(say.moment(part, now, zone))
                case Title():
                    yield Run(title_shown(part, to, say))

    if alone:
        return tuple(shown())
    return tuple(Run(run.words.replace("@", "@\N{WORD JOINER}"), run.strong) for run in shown())


def plain(written: Runs) -> str:
    return "".join(run.words for run in written)


def units(words: str) -> int:
    """The length of words in UTF-16 units."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def length(written: Runs) -> int:
    return units(plain(written))


def marked_up(written: Runs) -> str:
    """Runs as HTML in which nothing of their words is markup."""
    return "".join(
        f"<b>{html.escape(run.words, quote=False)}</b>" if run.strong else html.escape(run.words, quote=False)
        for run in written
    )


def pages(written: Runs, most: int = TEXT) -> list[Runs]:
    """Runs cut into pieces of at most `most` units: between lines, else between words, else anywhere."""
    words = plain(written)
    if units(words) <= most:
        return [written]
    cut: list[Runs] = []
    start = 0
    while start < len(words):
        end = _end(words, start, most)
        if words[start:end].strip():
            cut.append(_slice(written, start, end))
        start = end
    return cut


def shortened(written: Runs, most: int = TEXT) -> Runs:
    """The beginning of what is too long for one message, with a sign that it goes on."""
    if length(written) <= most:
        return written
    return (*pages(written, most - 2)[0], Run(" …"))


def bar(share: float) -> str:
    """How far something is: `▓▓▓▓▓░░░░░ 50 %`."""
    share = min(1.0, max(0.0, share))
    done = int(share * _BAR + 0.5)
    return f"{'▓' * done}{'░' * (_BAR - done)} {share:.0%}".replace("%", " %")


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Buttons below a message, as many side by side as can be read. Private links are addresses by now."""
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for button in buttons:
        if not rows or len(rows[-1]) == _MOST_IN_ROW or len(button.label) > room:
            rows.append([])
            room = _ROW
        rows[-1].append(_drawn(button))
        room -= len(button.label)
    return InlineKeyboardMarkup(rows) if rows else None


def led(buttons: Sequence[Button], username: str) -> tuple[Button, ...]:
    """Buttons of which the private ones are addresses that open the chat with the bot (deep links)."""
    return tuple(
        Button(button.label, url=f"https://t.me/{username}?start={button.action.replace(':', '-', 1)}")
        if button.private and button.action
        else button
        for button in buttons
    )


def _drawn(button: Button) -> InlineKeyboardButton:
    if button.url is not None:
        return InlineKeyboardButton(button.label, url=button.url)
    data = button.action if button.action is not None else f"{FORM}{button.form}"
    if not 1 <= len(data.encode()) <= 64:
        raise ValueError(f"a button sends 1 to 64 bytes: {data}")
    return InlineKeyboardButton(button.label, callback_data=data)


def _end(words: str, start: int, most: int) -> int:
    """Where a page that begins at `start` ends."""
    end = min(len(words), start + most)
    while (over := units(words[start:end]) - most) > 0:
        end -= (over + 1) // 2
    if end == len(words):
        return end
    for between in ("\n", " "):
        at = words.rfind(between, start + 1, end)
        if at > start + (end - start) // 2:
            return at + 1
    return end


def _slice(written: Runs, start: int, end: int) -> Runs:
    """The runs between two places in their words, without blank space at both ends."""
    words = plain(written)
    piece = words[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    found: list[Run] = []
    at = 0
    for run in written:
        part = run.words[max(0, start - at) : max(0, end - at)]
        if part:
            found.append(Run(part, run.strong))
        at += len(run.words)
    return tuple(found)
