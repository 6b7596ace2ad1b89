"""Of which instrument a change of tone is asked for: a stereo master has no tone of one by itself."""

from core.asks import BANDS
from core.revisions import Item, What
from core.words.hearing import without_asides
from core.words.marks import marked
from core.words.senses import Role
from core.words.things import nearest

_OF_ALL = (BANDS | {What.TILT, What.WIDTH, What.DYNAMICS, What.LIMITING, What.FADE_IN, What.FADE_OUT}) - {
    What.SIBILANCE
}
"""What is done to the whole mix unless it says otherwise. Esses are of the voice, whoever is named."""
_WANTS = frozenset({"wants", "want", "wanted", "möchte", "will"})
"""Who does so plays an instrument, and is none."""


def stem_of(item: Item) -> str | None:
    """The one instrument or voice whose tone a wish is about ("drums wider"); None: the whole mix.

    What is nearest to it anyway ("a kick with more bass") is of the whole mix.
    """
    if item.what not in _OF_ALL or item.of is not None:
        return None
    marks = without_asides(marked(item.text))
    found = {
        mark.sense.name
        for mark, after in zip(marks, [*(other.word for other in marks[1:]), ""], strict=True)
        if mark.role is Role.STEM and after not in _WANTS
    }
    stem = found.pop() if len(found) == 1 else None
    return stem if stem and nearest(stem) is not item.what else None
