"""Buttons that work after a restart: what one does stands in its custom id, `a:` an action or `f:` a form."""

import re
from typing import Any, Protocol

import discord
from discord import ui

from core.messages import Button

MOST_LABEL = 80  # characters
_MOST_ID = 100
_ACTION, _FORM = "a:", "f:"


class Presses(Protocol):
    """Who is told of a press."""

    async def pressed(self, interaction: discord.Interaction, action: str) -> None: ...

    async def form_wanted(self, interaction: discord.Interaction, form: str) -> None: ...


def drawn(button: Button, *, first: bool = False) -> "ui.Button[Any]":
    """A button as Discord draws it; the first of a message stands out. ValueError for a private link."""
    label = button.label[:MOST_LABEL]
    if button.url is not None:
        return ui.Button(label=label, url=button.url)
    style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
    return ui.Button(label=label, style=style, custom_id=custom_id(button))


def custom_id(button: Button) -> str:
    """What a press of this button brings back, at most 100 characters. ValueError if it cannot."""
    if button.action is not None:
        packed = _ACTION + button.action
    elif button.form is not None:
        packed = form_id(button.form)
    else:
        raise ValueError(f"a button that presses nothing: {button.label}")
    if len(packed) > _MOST_ID:
        raise ValueError(f"a custom id has at most {_MOST_ID} characters: {packed}")
    return packed


def form_id(form: str) -> str:
    """The custom id of a form, `name:id`: of the button that opens it, and of its modal."""
    return _FORM + form


def form_of(custom_id: str) -> tuple[str, str] | None:
    """The name of the form and the id it is about, by its custom id; None if that is none of ours."""
    if not custom_id.startswith(_FORM):
        return None
    name, _, rest = custom_id.removeprefix(_FORM).partition(":")
    return name, rest.partition(":")[0] or "none"


Persistent = type[ui.DynamicItem["ui.Button[Any]"]]


def persistent(presses: Presses) -> tuple[Persistent, Persistent]:
    """What the library matches each press against. No custom id fits both."""

    class ActionButton(ui.DynamicItem["ui.Button[Any]"], template=rf"{_ACTION}(?P<packed>.+)"):
        @classmethod
        async def from_custom_id(
            cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
        ) -> "ActionButton":
            assert isinstance(item, ui.Button)
            return cls(item)

        async def callback(self, interaction: discord.Interaction) -> None:
            await presses.pressed(interaction, self.custom_id.removeprefix(_ACTION))

    class FormButton(ui.DynamicItem["ui.Button[Any]"], template=rf"{_FORM}(?P<packed>.+)"):
        @classmethod
        async def from_custom_id(
            cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
        ) -> "FormButton":
            assert isinstance(item, ui.Button)
            return cls(item)

        async def callback(self, interaction: discord.Interaction) -> None:
            await presses.form_wanted(interaction, self.custom_id.removeprefix(_FORM))

    return ActionButton, FormButton
