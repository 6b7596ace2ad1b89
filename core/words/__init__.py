"""Words to changes: what artists write, as items of the closed list, in English and German."""

from core.words.reading import MOST_DB, MOST_SECONDS, Impossible, Read, read
from core.words.reasons import Unread, why
from core.words.references import names_a_reference
from core.words.stems import stem_of

__all__ = [
    "MOST_DB",
    "MOST_SECONDS",
    "Impossible",
    "Read",
    "Unread",
    "names_a_reference",
    "read",
    "stem_of",
    "why",
]
