"""Components: whether Discord would take them, what it makes of them, and what a person reads and presses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

from tests.doubles.discord.refusals import invalid
from tests.doubles.discord.state import Attachment, Json


class Type(IntEnum):
    """Types of components."""

    ROW = 1
    BUTTON = 2
    SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = (
    Type.SELECT,
    Type.USER_SELECT,
    Type.ROLE_SELECT,
    Type.MENTIONABLE_SELECT,
    Type.CHANNEL_SELECT,
)
_LINK, _PREMIUM = 5, 6  # styles of buttons
_CHILDREN = {
    None: {Type.ROW, Type.SECTION, Type.TEXT, Type.GALLERY, Type.FILE, Type.SEPARATOR, Type.CONTAINER},
    Type.CONTAINER: {Type.ROW, Type.SECTION, Type.TEXT, Type.GALLERY, Type.FILE, Type.SEPARATOR},
    Type.ROW: {Type.BUTTON, *SELECTS},
    Type.SECTION: {Type.TEXT},
}
_DEFAULTS: Mapping[int, Json] = {
    Type.SELECT: {"min_values": 1, "max_values": 1},
    Type.USER_SELECT: {"min_values": 1, "max_values": 1},
    Type.ROLE_SELECT: {"min_values": 1, "max_values": 1},
    Type.MENTIONABLE_SELECT: {"min_values": 1, "max_values": 1},
    Type.CHANNEL_SELECT: {"min_values": 1, "max_values": 1},
    Type.THUMBNAIL: {"description": None, "spoiler": False},
    Type.FILE: {"spoiler": False},
    Type.SEPARATOR: {"divider": True, "spacing": 1},
    Type.CONTAINER: {"accent_color": None, "spoiler": False},
}


def walked(components: Sequence[Json]) -> Iterator[Json]:
    """Each component, those inside others too, as they are read."""
    for component in components:
        yield component
        yield from walked(component.get("components", ()))
        for inner in ("accessory", "component"):
            if inner in component:
                yield from walked([component[inner]])


def texts(components: Sequence[Json]) -> list[str]:
    """The words of the text displays, as they are read."""
    return [one["content"] for one in walked(components) if one["type"] == Type.TEXT]


def media(components: Sequence[Json]) -> Iterator[Json]:
    """The media of files, thumbnails and galleries."""
    for component in walked(components):
        for name in ("file", "media"):
            if name in component:
                yield component[name]
        yield from (item["media"] for item in component.get("items", ()))


def taken(components: Sequence[Json], attachments: Sequence[Attachment], *, v2: bool) -> list[Json]:
    """What Discord keeps of components that a bot sent: numbered, with what was left out filled in.

    Raises `Refused` for what Discord would not take (components reference, August 2026).
    """
    kept = _Taking(attachments, v2=v2).all(components, None)
    everything = list(walked(kept))
    if v2:
        if len(everything) > 40:
            raise invalid("components", f"The total number of components is {len(everything)}, over 40")
        if (length := sum(map(len, texts(kept)))) > 4000:
            raise invalid("components", f"The text of all components is {length} characters, over 4000")
    elif len(kept) > 5:
        raise invalid("components", "Must be 5 or fewer in length.")
    _unlike(everything, "custom_id", "Component custom id cannot be duplicated")
    _unlike(everything, "id", "Component id cannot be duplicated")
    return kept


def _unlike(components: Sequence[Json], key: str, message: str) -> None:
    values = [one[key] for one in components if key in one]
    if len(set(values)) < len(values):
        raise invalid("components", message)


class _Taking:
    """One message's components on their way in."""

    def __init__(self, attachments: Sequence[Attachment], *, v2: bool) -> None:
        self._attachments = attachments
        self._v2 = v2
        self._number = 0

    def all(self, components: Sequence[Json], parent: Type | None) -> list[Json]:
        allowed = _CHILDREN[parent] if self._v2 or parent is not None else {Type.ROW}
        for component in components:
            if component["type"] not in allowed:
                raise invalid("components", f"A component of type {component['type']} may not stand here")
        return [self._one(component) for component in components]

    def _one(self, component: Json) -> Json:
        kind = Type(component["type"])
        self._number += 1
        kept = {key: value for key, value in component.items() if value is not None}
        kept = {**_DEFAULTS.get(kind, {}), **kept, "id": component.get("id") or self._number}
        match kind:
            case Type.ROW:
                _row(kept)
            case Type.BUTTON:
                _button(kept)
            case Type.SELECT if not 1 <= len(kept.get("options", ())) <= 25:
                raise invalid("components", "A select has 1 to 25 options")
            case Type.SECTION if not 1 <= len(kept["components"]) <= 3:
                raise invalid("components", "A section has 1 to 3 texts")
            case Type.TEXT if not kept["content"].strip():
                raise invalid("components", "This field is required")
            case Type.THUMBNAIL:
                kept["media"], _ = self._media(kept["media"])
            case Type.FILE:
                kept["file"], file = self._media(kept["file"])
                if file is None:
                    raise invalid("components", "A file component shows an attachment")
                kept |= {"name": file.name, "size": file.size}
            case Type.GALLERY:
                if not 1 <= len(kept["items"]) <= 10:
                    raise invalid("components", "A gallery has 1 to 10 items")
                kept["items"] = [
                    {"description": None, "spoiler": False, **item, "media": self._media(item["media"])[0]}
                    for item in kept["items"]
                ]
            case _:
                pass
        if "components" in kept:
            kept["components"] = self.all(kept["components"], kind)
        if kind is Type.SECTION:
            if kept["accessory"]["type"] not in (Type.BUTTON, Type.THUMBNAIL):
                raise invalid("components", "A section's accessory is a button or a thumbnail")
            kept["accessory"] = self._one(kept["accessory"])
        return kept

    def _media(self, sent: Json) -> tuple[Json, Attachment | None]:
        url = sent["url"]
        if not url.startswith("attachment://"):
            if url.startswith(("https://", "http://")):
                return {"id": "0", "url": url, "proxy_url": url}, None
            raise invalid("components", f"Scheme of {url!r} is not one of https, http, attachment")
        name = url.removeprefix("attachment://")
        for file in self._attachments:
            if name in (file.name, file.title):
                return {"id": str(file.id), "attachment_id": str(file.id)}, file
        raise invalid("components", f"The referenced attachment {name!r} was not found")


def _row(row: Json) -> None:
    inside = row.get("components", [])
    selects = sum(one["type"] in SELECTS for one in inside)
    if not 1 <= len(inside) <= (1 if selects else 5):
        raise invalid("components", "A row has 1 to 5 buttons or one select")


def _button(button: Json) -> None:
    style = button["style"]
    needs = "url" if style == _LINK else "sku_id" if style == _PREMIUM else "custom_id"
    if needs not in button or any(key in button for key in {"url", "sku_id", "custom_id"} - {needs}):
        raise invalid("components", f"A button of style {style} has a {needs} and nothing else of its kind")
    if style != _PREMIUM and not button.get("label") and "emoji" not in button:
        raise invalid("components", "A button has a label or an emoji")


def shown(components: Sequence[Json], link: Callable[[int], str]) -> list[Json]:
    """The components as they are sent out, with a fresh link to each attachment: `link(attachment id)`."""

    def fresh(value: Any) -> Any:
        if isinstance(value, list):
            return [fresh(one) for one in value]
        if not isinstance(value, dict):
            return value
        if "attachment_id" in value:
            url = link(int(value["attachment_id"]))
            return {**value, "url": url, "proxy_url": url}
        return {key: fresh(one) for key, one in value.items()}

    answer: list[Json] = fresh(list(components))
    return answer


def form(body: Json) -> None:
    """Raises `Refused` for a modal that Discord would not open."""
    inside = body["components"]
    if not 1 <= len(inside) <= 5:
        raise invalid("data", "A modal has 1 to 5 components")
    if any(one["type"] not in (Type.ROW, Type.TEXT, Type.LABEL) for one in inside):
        raise invalid("data", "A modal holds labels, texts and rows")
    fields = [one for one in walked(inside) if "custom_id" in one]
    names = [one["custom_id"] for one in fields]
    if len(set(names)) < len(names):
        raise invalid("data", "Component custom id cannot be duplicated")
    for one in fields:
        if one["type"] == Type.RADIO_GROUP and not 2 <= len(one.get("options", ())) <= 10:
            raise invalid("data", "A radio group has 2 to 10 options")
