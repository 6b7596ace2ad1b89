"""Readings in short, so that a test reads like a table: `bass+ 2dB @1:20`, `!level:vocals+ (presence)`."""

from core.asks import SECONDS
from core.revisions import STEMS, Item, What
from core.words import Read, read
from core.words.places import OPEN_END


def short(phrase: str, *, stems: bool = False) -> list[str]:
    """What was read: items, what is impossible after `!`, and after `?` what was not understood."""
    return shown(read(phrase, stems=stems))


def shown(said: Read) -> list[str]:
    impossible = [
        f"!{asked.what}{f':{asked.of}' if asked.of else ''}"
        + (f" ({item(asked.nearest)})" if asked.nearest else "")
        for asked in said.impossible
    ]
    return [*map(item, said.items), *impossible, *(f"?{clause}" for clause in said.not_understood)]


def item(told: Item) -> str:
    name = f"{told.what.value}:{told.of}" if told.what in STEMS and told.of else told.what.value
    sign = {1: "+", -1: "-", 0: ""}[told.direction]
    parts = [name + sign]
    if told.what is What.UNDO:
        parts += ["half"] * (0 < told.amount < 1) + ([told.of] if told.of else [])
    if told.target is not None:
        parts.append(f"{told.target:g}LUFS")
    elif told.exact:
        parts.append(f"{told.amount:g}{'s' if told.what in SECONDS else 'dB'}")
    if told.part:
        parts.append(f"@{told.part}")
    if told.place:
        start, end = told.place
        parts.append(f"@{clock(start)}-{clock(end) if end < OPEN_END else 'end'}")
    return " ".join(parts)


def clock(seconds: float) -> str:
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"
