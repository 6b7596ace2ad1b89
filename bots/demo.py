"""`lathe demo`: one order from the song to the files, played through the terminal door as anybody would use it."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from bots.app import House, open_house
from bots.progress import bars
from bots.service import moved_in
from bots.settings import Settings
from bots.table import comparison, shortened, table
from bots.terminal.chat import Chat
from bots.terminal.screen import Framed, Handed, Screen, Shown
from core.messages import Action
from core.orders import OrderState, Project
from core.songs import Song, SongState, Version
from storage.queue.pool import Pool

ARTIST = "anna"
CHANGES = "1 dB louder, less bass"
EXAMPLE = "Lantern Street.wav"
TOLERANCE = 0.1
"""LU: how near the integrated loudness of a delivered file must be to what was asked for."""


class NoMaster(Exception):
    """The demo could not go on; `str()` says why in a sentence."""


class Watched:
    """A screen that also keeps what it shows, so that the artist of the demo knows what to press."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.messages: list[Shown] = []

    def show(self, message: Shown) -> None:
        self.messages.append(message)
        self._screen.show(message)

    def error(self, sentence: str) -> None:
        self._screen.error(sentence)
        raise NoMaster(sentence)

    def idle(self, now: datetime) -> None:
        pass

    def heard(self, speaker: str, line: str) -> None:
        self._screen.heard(speaker, line)

    def label(self, verb: str, choice: str | None = None) -> str | None:
        """The label of the latest button that asks for this."""
        for message in reversed(self.messages):
            for button in message.buttons:
                with suppress(ValueError):
                    action = Action.unpack(button.action or "")
                    if (action.verb, action.choice) == (verb, choice):
                        return button.label
        return None

    @property
    def order(self) -> str | None:
        """The id of the order that the latest job card is about."""
        keys = (message.card for message in reversed(self.messages) if message.card)
        return next((key.removeprefix("order:") for key in keys if key.startswith("order:")), None)

    def files(self, kind: str) -> list[Handed]:
        """Everything of a kind that was handed over, each path once, in order."""
        handed = [file for message in self.messages for file in message.files if file.kind == kind]
        return list({file.path: file for file in handed}.values())
