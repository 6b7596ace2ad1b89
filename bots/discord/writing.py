"""Cards and notices as Discord messages.

A card is one message of components (v2), which can be edited into any other state. A notice is one or
several ordinary messages: those are pushed to phones with their words, and Discord plays the audio that they
carry, which it does not in components.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import discord
from discord import ui

from bots.discord.actions import MOST_LABEL, drawn
from bots.discord.words import in_pieces
from core.messages import Button, Media
from core.text import Text, joined
from core.wording import Voice

MOST_WORDS = 2000
"""Characters of an ordinary message."""

MOST_DISPLAYED = 4000
"""Characters of all texts of a message of components."""

MOST_FILES = 10
"""Of one message."""

MOST_SENT = 24 << 20
"""Bytes of all files of one message: the documentation names 25 MiB for the whole request."""

_ROW, _ROWS = 5, 5
_BAR = 10
_DESCRIPTION = 256

Layout = ui.LayoutView
Item = ui.Item[ui.LayoutView]


@dataclass(frozen=True, slots=True)
class Letter:
    """One ordinary message: at most 2000 characters, ten files and 24 MiB, 25 buttons."""

    words: str
    files: tuple[Media, ...] = ()
    buttons: tuple[Button, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.words or self.files or self.buttons)


def nonce(*cause: str | int) -> str:
    """The nonce of a message, 25 characters: what has the same cause is one message to Discord."""
    return hashlib.sha256("\x1f".join(map(str, cause)).encode()).hexdigest()[:25]


def bar(share: float) -> str:
    """`▓▓▓▓▓░░░░░ 50 %`."""
    share = min(1.0, max(0.0, share))
    full = int(share * _BAR)
    return f"{'▓' * full}{'░' * (_BAR - full)} {int(share * 100)} %"


def letters(words: str, files: Sequence[Media]) -> list[Letter]:
    """The messages that words and files take, in order; buttons come later."""
    pieces = in_pieces(words, MOST_WORDS)
    groups = list(_groups(files))
    last = pieces.pop() if pieces else ""
    first = groups.pop(0) if groups else ()
    made = [Letter(piece) for piece in pieces]
    return [
        *made,
        *([Letter(last, first)] if last or first else []),
        *(Letter("", group) for group in groups),
    ]


def _groups(files: Sequence[Media]) -> Iterator[tuple[Media, ...]]:
    """Files that fit into one message together."""
    group: list[Media] = []
    for file in files:
        if group and (len(group) == MOST_FILES or sum(one.size for one in (*group, file)) > MOST_SENT):
            yield tuple(group)
            group = []
        group.append(file)
    if group:
        yield tuple(group)


def ended(letters: Sequence[Letter], sent: int, more: str, buttons: Sequence[Button]) -> list[Letter]:
    """Letters whose last has `more` words and the buttons; the first `sent` of them cannot be changed."""
    made = list(letters)
    if not more and not buttons:
        return made
    last = made[-1] if len(made) > sent else Letter("")
    words = "\n".join(part for part in (last.words, more) if part)
    if last.empty or len(words) > MOST_WORDS:
        last, words = Letter(""), more
        made.append(last)
    made[-1] = replace(last, words=words, buttons=tuple(buttons))
    return made


def too_large(say: Voice, files: Sequence[Media], limit: int) -> Text:
    """What is said of files that Discord does not carry and nobody can open elsewhere; `limit` in bytes."""
    if not files:
        return Text()
    megabytes = str(limit >> 20)
    told = [
        say(
            "{file} is over {megabytes} MB, the most that this chat carries.",
            file=file.title,
            megabytes=megabytes,
        )
        for file in files
    ]
    return joined([*told, say("It is safe with us; with /human you reach a person who hands it to you.")])


def opener(say: Voice, file: Media, url: str) -> Button:
    """What opens a file that Discord does not carry; as much of its name as a button takes."""
    words = say.word("Open {file}", file=file.name)
    return Button(words[:MOST_LABEL], url=url)


def keyboard(buttons: Sequence[Button]) -> ui.View | None:
    """The buttons of an ordinary message; None for none."""
    if not buttons:
        return None
    view = ui.View(timeout=None)
    for button in _drawn(buttons):
        view.add_item(button)
    view.stop()  # the library need not remember it: a press says itself what it asks for
    return view


def layout(
    words: str, pictures: Sequence[tuple[str, str]], buttons: Sequence[Button], progress: float | None
) -> Layout:
    """A card. `pictures`: names of attachments, each with what it shows."""
    foot = "" if progress is None else f"\n{bar(progress)}"
    most = MOST_DISPLAYED - len(foot)
    if len(words) > most:
        words = in_pieces(words, most - 2)[0] + " …"
    parts: list[Item] = [ui.TextDisplay(words + foot)]
    if pictures:
        gallery = [
            discord.MediaGalleryItem(f"attachment://{name}", description=shows[:_DESCRIPTION] or None)
            for name, shows in pictures
        ]
        parts.append(ui.MediaGallery(*gallery))
    row = list(_drawn(buttons))
    parts.extend(ui.ActionRow(*row[start : start + _ROW]) for start in range(0, len(row), _ROW))
    card = ui.LayoutView(timeout=None)
    card.add_item(ui.Container(*parts))
    card.stop()
    return card


def is_drawn(card: Layout, message: discord.Message) -> bool:
    """Whether a message says what a card says, under the same buttons."""
    return _marks(card) == _marks(ui.LayoutView.from_message(message))


def _marks(view: Layout) -> list[tuple[str | None, ...]]:
    marks: list[tuple[str | None, ...]] = []
    for item in view.walk_children():
        if isinstance(item, ui.TextDisplay):
            marks.append((item.content.strip(),))
        elif isinstance(item, ui.Button):
            marks.append((item.label, item.custom_id, item.url))
    return marks


def _drawn(buttons: Sequence[Button]) -> Iterator["ui.Button[Any]"]:
    """Each once: Discord takes no custom id twice in a message, and no more than 25 buttons."""
    every = {(button.action, button.form, button.url): button for button in buttons}
    for place, button in enumerate(list(every.values())[: _ROW * _ROWS]):
        yield drawn(button, first=place == 0 and len(every) > 1)


def attachment_name(media: Media) -> str:
    """The name of a card's file on Discord: its content, so that the same picture is uploaded once."""
    return f"{media.sha256[:20]}{PurePath(media.name).suffix.lower()}"
