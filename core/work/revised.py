"""What became of a batch: each of its items beside what the new version measures, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.asks import AT_A_PLACE
from core.desk.shown import phrases
from core.revisions import Item, What
from core.wording import Voice
from core.work.verify import measured_change, moved_as_well, tone_distance

Data = Mapping[str, Any]


def items_of(asked: Data) -> list[Item]:
    """The items of a job's payload."""
    return [
        Item(
            **{
                **told,
                "what": What(told["what"]),
                "place": tuple(told["place"]) if told.get("place") else None,
            }
        )
        for told in asked.get("items", ())
    ]


def told_apart(items: Sequence[Item]) -> list[Item]:
    """The items of which the place is to be measured in two versions: none where they are trimmed unalike."""
    if any(item.what is What.TRIM_START for item in items):
        return []
    return [item for item in items if item.place and item.what in AT_A_PLACE]


def lengthened(items: Sequence[Item]) -> float:
    """Seconds by which a version is to be longer than the one before; negative where it is to be shorter."""
    by = {What.GAP: 1, What.TRIM_START: -1, What.TRIM_END: -1}
    return sum(by.get(item.what, 0) * item.direction * item.amount for item in items)


def changes(say: Voice, asked: Data, old: Data, new: Data) -> list[dict[str, str]]:
    """Each item of a batch beside what the new version measures: `asked` and `measured`, in words."""
    items = items_of(asked)
    return [
        {"asked": words, "measured": _measured(say, asked, item, items, old, new)}
        for item, words in zip(items, asked.get("asked", ()), strict=True)
    ]


def _measured(say: Voice, asked: Data, item: Item, items: Sequence[Item], old: Data, new: Data) -> str:
    match item.what:
        case What.DESTINATION:
            return say.word("measured {figures}", figures=phrases.loudness(say, new))
        case What.REFERENCE:
            profile = asked["references"][str(item.of)]
            return phrases.nearer(say, tone_distance(profile, old), tone_distance(profile, new))
    if (aim := moved_as_well(item, items)) is not None:
        return phrases.not_told_apart(say, aim)
    return phrases.moved(say, item, measured_change(item, old, new))
