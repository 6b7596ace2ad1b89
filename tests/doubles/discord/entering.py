"""What a person enters with a command or a form, checked as Discord's client checks it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.doubles.discord import commands, wire
from tests.doubles.discord.cdn import Cdn, Upload
from tests.doubles.discord.components import Type
from tests.doubles.discord.sight import Field, Form
from tests.doubles.discord.state import Channel, Json, User

File = Upload | tuple[str, bytes | Path]

_SUBCOMMAND, _GROUP, _USER, _CHANNEL, _ATTACHMENT = 1, 2, 6, 7, 11  # types of options


def upload(file: File, user: User, channel: Channel) -> Upload:
    """A file on its way in. Raises `ValueError` for one that is larger than this person may send here."""
    found = file if isinstance(file, Upload) else Upload(*file)
    limit = max(user.upload_limit, channel.guild.file_limit if channel.guild else 0)
    if found.length > limit:
        raise ValueError(f"{found.name} has {found.length} bytes, over {user.name}'s limit of {limit}")
    return found


class Entering:
    """One command or form being filled in; `resolved` says what the ids in it stand for."""

    def __init__(self, cdn: Cdn, user: User, channel: Channel) -> None:
        self._cdn = cdn
        self._user = user
        self._channel = channel
        self.resolved: dict[str, Json] = {}

    def user(self, one: User) -> str:
        """Name somebody."""
        self.resolved.setdefault("users", {})[str(one.id)] = wire.user(one)
        home = self._channel.guild
        if home is not None and one.id in home.members:
            member = wire.member(home.members[one.id], permissions=True)
            del member["user"]
            self.resolved.setdefault("members", {})[str(one.id)] = member
        return str(one.id)

    def options(
        self,
        declared: Sequence[Json],
        path: Sequence[str],
        given: Mapping[str, Any],
        file: File | None = None,
        *,
        typing: str = "",
    ) -> list[Json]:
        """The options of a command, below its subcommands; `typing` names the one that is being completed.

        Raises `LookupError` for what was not declared and `ValueError` for what may not be entered.
        """
        if path:
            inner = commands.option(declared, path[0])
            below = self.options(inner.get("options") or [], path[1:], given, file, typing=typing)
            return [{"name": inner["name"], "type": inner["type"], "options": below}]
        if any(one["type"] in (_SUBCOMMAND, _GROUP) for one in declared):
            raise LookupError(f"one of: {', '.join(one['name'] for one in declared)}")
        wanted = {commands.option(declared, name)["name"]: value for name, value in given.items()}
        if file is not None:
            slots = [one["name"] for one in declared if one["type"] == _ATTACHMENT]
            if not slots:
                raise LookupError("this command takes no file")
            wanted[slots[0]] = file
        missing = [one["name"] for one in declared if one.get("required") and one["name"] not in wanted]
        if missing and not typing:
            raise ValueError(f"required: {', '.join(missing)}")
        return [
            self._option(one, wanted[one["name"]], typing=one["name"] == typing)
            for one in declared
            if one["name"] in wanted
        ]

    def _option(self, declared: Json, value: Any, *, typing: bool) -> Json:
        kind = declared["type"]
        if kind == _ATTACHMENT:
            value = self._file(value)
        elif kind == _USER:
            value = self.user(value)
        elif kind == _CHANNEL:
            self.resolved.setdefault("channels", {})[str(value.id)] = {
                **wire.channel(value),
                "permissions": "0",
            }
            value = str(value.id)
        elif not typing:
            value = _chosen(declared, value)
            commands.checked(declared, value)
        written = {"name": declared["name"], "type": kind, "value": value}
        return {**written, "focused": True} if typing else written

    def form(self, form: Form, values: Mapping[str, Any], files: Mapping[str, Sequence[File]]) -> list[Json]:
        """The components of a form as they are sent off; values and files by custom id."""
        written = []
        for number, top in enumerate(form.modal.components, 1):
            one: Json = {"type": top["type"], "id": top.get("id") or number}
            if top["type"] == Type.LABEL:
                inner = self._field(form.field(top["component"]["custom_id"]), values, files)
                one["component"] = {**inner, "id": 100 + number}
            elif top["type"] == Type.ROW:
                inside = [form.field(each["custom_id"]) for each in top["components"]]
                one["components"] = [self._field(each, values, files) for each in inside]
            written.append(one)
        return written

    def _field(self, field: Field, values: Mapping[str, Any], files: Mapping[str, Sequence[File]]) -> Json:
        about = field.body
        written: Json = {"type": int(field.type), "custom_id": field.custom_id}
        value = values.get(field.custom_id)
        if field.type is Type.TEXT_INPUT:
            text = field.value if value is None else str(value)
            least, most = about.get("min_length") or int(field.required), about.get("max_length") or 4000
            if (text or field.required) and not least <= len(text) <= most:
                raise ValueError(f"{field.label}: {len(text)} characters, not {least} to {most}")
            return {**written, "value": text}
        if field.type is Type.CHECKBOX:
            return {**written, "value": bool(about.get("default") if value is None else value)}
        if field.type is Type.FILE_UPLOAD:
            chosen = [self._file(one) for one in files.get(field.custom_id, ())]
        else:
            labels = [value] if isinstance(value, str) else list(value or ())
            chosen = [picked(field.options, label) for label in labels] or [
                each["value"] for each in about.get("options") or () if each.get("default")
            ]
        least = about.get("min_values") if field.required else 0
        least = 1 if least is None else least
        most = about.get("max_values") or (len(field.options) if field.type is Type.CHECKBOX_GROUP else 1)
        if (chosen or field.required) and not least <= len(chosen) <= most:
            raise ValueError(f"{field.label}: {len(chosen)} chosen, not {least} to {most}")
        if field.type is Type.RADIO_GROUP:
            return {**written, "value": chosen[0] if chosen else None}
        return {**written, "values": chosen}

    def _file(self, file: File) -> str:
        checked = upload(file, self._user, self._channel)
        attachment = self._cdn.keep(checked, self._channel.id, ephemeral=True)
        written = wire.attachment(attachment, self._cdn.url)
        self.resolved.setdefault("attachments", {})[str(attachment.id)] = written
        return str(attachment.id)


def picked(options: Sequence[tuple[str, str]], label: str) -> str:
    """The value of the option of this label. Raises `LookupError`."""
    for name, value in options:
        if label in (name, value):
            return value
    raise LookupError(f"no option {label!r}; there are: {', '.join(name for name, _ in options)}")


def _chosen(declared: Json, value: Any) -> Any:
    """A choice is entered by what it is called, or by its value."""
    for one in declared.get("choices") or ():
        if value in (one["name"], *(one.get("name_localizations") or {}).values()):
            return one["value"]
    return value
