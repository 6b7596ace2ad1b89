"""Texts as Discord shows them: its own moments, bold, and nothing else that it would read as markup."""

import re

from core.desk.shown.reading import title_shown
from core.messages import To
from core.text import Moment, Part, Strong, Text, Title
from core.wording import Voice

_MARKUP = re.compile(
    r"[\\*_`<|]"
    r"|~(?=~)"
    r"|:(?=//)"  # an address stays text
    r"|\](?=\()"
    r"|@(?=everyone|here)"
)
_AT_LINE_START = re.compile(r"^(\s*)([#>-])", re.MULTILINE)


def rendered(text: Text, to: To, say: Voice) -> str:
    """The words in Discord's markup, as this audience may read them."""
    shown = ""
    for part in text:
        shown += _part(part, to, say, first=not shown or shown.endswith("\n"))
    return shown


def escaped(words: str, *, first: bool = True) -> str:
    """Words that Discord shows as they are. `first`: they begin a line."""
    plain = _MARKUP.sub(lambda found: "\\" + found[0], words)
    opening, newline, rest = plain.partition("\n")
    if first:
        return _AT_LINE_START.sub(r"\1\\\2", plain)
    return opening + newline + _AT_LINE_START.sub(r"\1\\\2", rest)


def _part(part: Part, to: To, say: Voice, *, first: bool) -> str:
    match part:
        case str():
            return escaped(part, first=first)
        case Moment():
            seconds = int(part.at.timestamp())
            return f"<t:{seconds}:f> (<t:{seconds}:R>)"
        case Title():
            return escaped(title_shown(part, to, say), first=first)
        case Strong():
            return f"**{escaped(part.strong, first=False)}**" if part.strong.strip() else part.strong


def in_pieces(words: str, most: int) -> list[str]:
    """The words in pieces of at most `most` characters, parted at lines, else at spaces, else anywhere."""
    pieces = []
    while len(words) > most:
        cut = max(words.rfind("\n", 0, most + 1), 0) or max(words.rfind(" ", 0, most + 1), 0) or most
        pieces.append(words[:cut].rstrip())
        words = words[cut:].lstrip()
    return [*pieces, words] if words else pieces
