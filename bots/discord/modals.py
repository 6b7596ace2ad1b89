"""Forms as modals, and what comes back of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord import ui

from bots.discord.actions import form_id
from bots.discord.files import Source
from bots.discord.reading import NAME, full_name
from core.messages import Field, FileRef, Form

_MOST_TITLE = 45
_MOST_LABEL = 45
_MOST_WORDS = 4000
_MOST_CHOICES = 25
_MOST_FILES = 10

_FILES = discord.ComponentType.file_upload.value


def modal(form: Form, values: Mapping[str, str], packed: str) -> ui.Modal:
    """The modal of a form with what it starts with; `packed` (`name:id`) comes back with its submission."""
    made = ui.Modal(title=form.title[:_MOST_TITLE], custom_id=form_id(packed), timeout=None)
    for field in form.fields:
        made.add_item(
            ui.Label(text=field.label[:_MOST_LABEL], component=_component(field, values.get(field.name, "")))
        )
    made.stop()  # a submission is read from what comes back: it may come after a restart
    return made


def _component(field: Field, value: str) -> "ui.Item[ui.Modal]":
    if field.kind == "file":
        return ui.FileUpload(
            custom_id=field.name,
            required=field.required,
            min_values=int(field.required),
            max_values=min(field.most, _MOST_FILES),
        )
    if field.kind == "choice":
        options = [
            discord.SelectOption(label=label, value=key, default=key == value)
            for key, label in field.choices[:_MOST_CHOICES]
        ]
        return ui.Select(
            custom_id=field.name, required=field.required, min_values=int(field.required), options=options
        )
    most = min(field.most, _MOST_WORDS)
    style = discord.TextStyle.long if field.kind == "long" else discord.TextStyle.short
    return ui.TextInput(
        style=style,
        custom_id=field.name,
        required=field.required,
        max_length=most,
        default=value[:most] or None,
    )


def values(submitted: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by field; files stand elsewhere. `submitted` is the data of the interaction."""
    filled = {}
    for component in _components(submitted):
        if component["type"] != _FILES:
            chosen = component.get("values") or [component.get("value")]
            filled[str(component["custom_id"])] = str(chosen[0] or "")
    return filled


def uploads(submitted: Mapping[str, Any]) -> tuple[FileRef, ...]:
    """The files that came with it, in the order of the form."""
    known = submitted.get("resolved", {}).get("attachments", {})
    return tuple(
        _file_ref(known[number])
        for component in _components(submitted)
        if component["type"] == _FILES
        for number in component.get("values", ())
    )


def _file_ref(told: Mapping[str, Any]) -> FileRef:
    name = full_name(told["filename"], told.get("title"))
    return FileRef(NAME, Source(told["url"]).pack(), name, told.get("size"), told.get("content_type"))


def _components(submitted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in submitted.get("components", ()):
        if "component" in part:  # a label
            yield part["component"]
        else:
            yield from part.get("components", ())
