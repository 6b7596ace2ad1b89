"""Words with marks, as the Bot API reads them: HTML and MarkdownV2 in, plain text and entities out.

Lengths and offsets are in UTF-16 units. Sources: core.telegram.org/bots/api#formatting-options, and the
wording of refusals from tdlib's MessageEntity.cpp.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tests.doubles.telegram.refusals import Refusal
from tests.doubles.telegram.state import Entities

_HTML_NAMES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z-]*)((?:\s[^<>]*)?)>")
_ATTRIBUTE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+)))?")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")

_V2_MARKS = {
    "||": "spoiler", "__": "underline", "*": "bold", "_": "italic", "~": "strikethrough",
}  # fmt: skip
_V2_RESERVED = "_*[]()~`>#+-=|{}.!"


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parse(text: str, mode: str, entities: Entities = ()) -> tuple[str, Entities]:
    """Plain text and its entities, without blanks at either end; Refusal if the markup is bad."""
    match mode.lower():
        case "":
            plain, found = text, entities
        case "html":
            plain, found = _html(text)
        case "markdownv2":
            plain, found = _markdown(text)
        case _:
            raise Refusal(400, f"Bad Request: unsupported parse_mode {mode}")
    return _trimmed(plain, found)


def _trimmed(text: str, entities: Entities) -> tuple[str, Entities]:
    start = units(text) - units(text.lstrip())
    text = text.strip()
    kept = []
    for mark in entities:
        first = max(mark["offset"] - start, 0)
        last = min(mark["offset"] + mark["length"] - start, units(text))
        if last > first:
            kept.append({**mark, "offset": first, "length": last - first})
    return text, tuple(sorted(kept, key=lambda mark: (mark["offset"], -mark["length"])))


def _broken(why: str) -> Refusal:
    return Refusal(400, f"Bad Request: can't parse entities: {why}")


@dataclass
class _Sheet:
    """Plain text that grows, and the marks that are open in it: name, offset, more."""

    text: str = ""
    open: list[tuple[str, int, Mapping[str, Any]]] = field(default_factory=list)
    entities: list[Mapping[str, Any]] = field(default_factory=list)

    def begin(self, name: str, more: Mapping[str, Any] | None = None) -> None:
        self.open.append((name, units(self.text), more or {}))

    def end(self, kind: str, more: Mapping[str, Any] | None = None) -> None:
        _, offset, earlier = self.open.pop()
        if length := units(self.text) - offset:
            self.entities.append(
                {"type": kind, "offset": offset, "length": length, **earlier, **(more or {})}
            )


def _html(text: str) -> tuple[str, Entities]:
    sheet = _Sheet()
    at = 0
    while at < len(text):
        if text[at] == "&" and (entity := _ENTITY.match(text, at)):
            sheet.text += unescape(entity[0])
            at = entity.end()
        elif text[at] == "<":
            tag = _TAG.match(text, at)
            byte = len(text[:at].encode())
            if tag is None:
                raise _broken(f"Unclosed start tag at byte offset {byte}")
            _tag(sheet, bool(tag[1]), tag[2].lower(), tag[3], byte)
            at = tag.end()
        else:
            sheet.text += text[at]
            at += 1
    if sheet.open:
        raise _broken(f'Can\'t find end tag corresponding to start tag "{sheet.open[-1][0]}"')
    return sheet.text, tuple(sheet.entities)


def _tag(sheet: _Sheet, closing: bool, name: str, attributes: str, byte: int) -> None:
    if name not in _HTML_NAMES:
        raise _broken(f'Unsupported start tag "{name}" at byte offset {byte}')
    if not closing:
        values = {key: unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(attributes)}
        sheet.begin(name, _html_more(name, values, byte))
        return
    if not sheet.open:
        raise _broken(f"Unexpected end tag at byte offset {byte}")
    if sheet.open[-1][0] != name:
        raise _broken(
            f'Unmatched end tag at byte offset {byte}, expected "</{sheet.open[-1][0]}>", found "</{name}>"'
        )
    sheet.end(_HTML_NAMES[name])
    if name == "pre":
        _take_language(sheet)


def _take_language(sheet: _Sheet) -> None:
    """Make one mark of a <pre> that holds nothing but a <code>, which says the language."""
    if len(sheet.entities) > 1:
        code, pre = sheet.entities[-2:]
        if "language" in code and all(code[name] == pre[name] for name in ("offset", "length")):
            sheet.entities[-2:] = [{**pre, "language": code["language"]}]


def _html_more(name: str, values: Mapping[str, str], byte: int) -> Mapping[str, Any]:
    if name == "a":
        return {"url": values["href"]} if "href" in values else {}
    if name == "span" and values.get("class") != "tg-spoiler":
        raise _broken(f'Tag "span" must have class "tg-spoiler" at byte offset {byte}')
    if name == "tg-emoji":
        return {"custom_emoji_id": values.get("emoji-id", "")}
    if name == "tg-time":
        more: dict[str, Any] = {"unix_time": int(values.get("unix", "0"))}
        return {**more, "date_time_format": values["format"]} if "format" in values else more
    if name == "code" and values.get("class", "").startswith("language-"):
        return {"language": values["class"].removeprefix("language-")}
    return {}


def _markdown(text: str) -> tuple[str, Entities]:
    sheet = _Sheet()
    at = 0
    while at < len(text):
        rest = text[at:]
        mark = next((mark for mark in _V2_MARKS if rest.startswith(mark)), None)
        if rest[0] == "\\" and len(rest) > 1 and ord(rest[1]) < 127:
            sheet.text += rest[1]
            at += 2
        elif rest[0] == "`":
            at += _code(sheet, rest)
        elif mark is not None:
            if sheet.open and sheet.open[-1][0] == mark:
                sheet.end(_V2_MARKS[mark])
            elif any(name == mark for name, *_ in sheet.open):
                raise _unended(sheet)
            else:
                sheet.begin(mark)
            at += len(mark)
        elif rest[0] == "[":
            sheet.begin("[")
            at += 1
        elif rest[0] == "]" and sheet.open and sheet.open[-1][0] == "[":
            link = re.match(r"\]\(((?:\\.|[^)\\])*)\)", rest)
            sheet.end("text_link", {"url": re.sub(r"\\(.)", r"\1", link[1])} if link else None)
            at += link.end() if link else 1
        elif rest[0] == ">" and (not sheet.text or sheet.text.endswith("\n")):
            line, _, _ = rest[1:].partition("\n")
            inner, entities = _markdown(line)
            sheet.begin(">")
            sheet.entities += [
                {**entity, "offset": entity["offset"] + units(sheet.text)} for entity in entities
            ]
            sheet.text += inner
            sheet.end("blockquote")
            at += 1 + len(line)
        elif rest[0] in _V2_RESERVED:
            raise _broken(f"Character '{rest[0]}' is reserved and must be escaped with the preceding '\\'")
        else:
            sheet.text += rest[0]
            at += 1
    if sheet.open:
        raise _unended(sheet)
    return sheet.text, tuple(sheet.entities)


def _code(sheet: _Sheet, rest: str) -> int:
    """Take in what stands between backticks; how many characters that was."""
    fence = "```" if rest.startswith("```") else "`"
    found = re.match(rf"{fence}((?:\\.|(?!{fence})[^\\])*){fence}", rest, re.DOTALL)
    if found is None:
        raise _broken(f"Can't find end of {'Pre' if len(fence) == 3 else 'Code'} entity")
    inside, more = re.sub(r"\\(.)", r"\1", found[1]), {}
    if fence == "```" and (language := re.match(r"([\w+-]+)\n", inside)):
        inside, more = inside[language.end() :], {"language": language[1]}
    sheet.begin(fence, more)
    sheet.text += inside.removeprefix("\n") if fence == "```" else inside
    sheet.end("pre" if fence == "```" else "code")
    return found.end()


def _unended(sheet: _Sheet) -> Refusal:
    name, offset, _ = sheet.open[-1]
    kind = _V2_MARKS.get(name, "text_link")
    return _broken(f"Can't find end of {kind.title().replace('_', '')} entity at byte offset {offset}")
