"""The page of an order: what a browser shows of it, decided once and drawn by the web door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.messages import Button, Form, Media
from core.text import Text


@dataclass(frozen=True, slots=True)
class SongOnPage:
    """One song. `share`: how much of it was fetched and looked into, 0..1; None before and after that."""

    place: int
    title: Text
    told: Text
    share: float | None = None


@dataclass(frozen=True, slots=True)
class VersionOnPage:
    """One version of one song: its figures, and what is to be heard and seen of it."""

    number: int
    title: Text
    sent: datetime | None  # None until it is known to be with its artist
    told: Text
    notes: tuple[Text, ...]
    clips: tuple[Media, ...]
    pictures: tuple[Media, ...]


@dataclass(frozen=True, slots=True)
class FormOnPage:
    """A form that a button of the page opens: `id` as the button has it, `values` as it starts."""

    form: Form
    id: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnswerOnPage:
    """What a button that only asks would be answered: `action` is the button's, `buttons` go on from it."""

    action: str
    told: tuple[Text, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderPage:
    """All that the page of an order shows. `told`, `buttons` and `progress` are those of its job card."""

    heading: Text
    title: Text
    confidential: bool
    told: tuple[Text, ...]  # line by line
    buttons: tuple[Button, ...]
    forms: tuple[FormOnPage, ...]
    answers: tuple[AnswerOnPage, ...]
    progress: float | None
    songs: tuple[SongOnPage, ...]
    pictures: tuple[Media, ...]
    versions: tuple[VersionOnPage, ...]
    files: tuple[Media, ...]
    about_files: Text  # until when they are kept, or why there are none
    takes_songs: bool
    originals: tuple[Media, ...]  # what was sent, for who of the staff works on it
    hand_in: tuple[tuple[int, Text], ...]  # number and title of the songs of which they may hand a master in
    at_work: bool  # it looks otherwise soon, without anybody doing anything
