"""The lexicon: every word and phrase that is known, with what it can mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from core.words.grammar import small_words
from core.words.senses import Role, Sense
from core.words.things import things
from core.words.tones import tones

Senses = Mapping[Role, Sense]
"""The meanings of one phrase by role, the likeliest last."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`phrases`: those that begin with each word, longest first; `words`: all words of them."""

    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], Senses]]]
    words: frozenset[str]

    def longest(self, words: Sequence[str]) -> tuple[int, Senses]:
        """How many of the first words are one phrase, and what it means; 0 if there is none."""
        for phrase, senses in self.phrases.get(words[0], ()):
            if tuple(words[: len(phrase)]) == phrase:
                return len(phrase), senses
        return 0, {}

    def followers(self, word: str) -> frozenset[str]:
        """The words that make a phrase of the word before them."""
        return frozenset(phrase[1] for phrase, _ in self.phrases.get(word, ()) if len(phrase) > 1)


@cache
def lexicon() -> Lexicon:
    """The lexicon, made once when first asked for."""
    senses: dict[tuple[str, ...], dict[Role, Sense]] = {}
    for table in (tones(), things(), small_words()):
        for phrase, sense in table:
            known = senses.setdefault(tuple(phrase.split()), {})
            known.pop(sense.role, None)
            known[sense.role] = sense
    firsts: dict[str, list[tuple[tuple[str, ...], Senses]]] = {}
    for words, meanings in sorted(senses.items(), key=lambda entry: -len(entry[0])):
        ranked = dict(sorted(meanings.items(), key=lambda entry: _RANK.get(entry[0], 0)))
        firsts.setdefault(words[0], []).append((words, ranked))
    return Lexicon(firsts, frozenset(word for words in senses for word in words))


_RANK: Mapping[Role, int] = {
    role: rank
    for rank, role in enumerate(
        (
            Role.FILLER,
            Role.CHATTER,
            Role.NUMBER,
            Role.UNIT,
            Role.PRAISE,
            Role.SIDE,
            Role.DESTINATION,
            Role.ENOUGH,
            Role.SAYS,
            Role.QUESTION,
            Role.AT,
            Role.BEGINS,
            Role.WISH,
            Role.TURN,
            Role.PULL,
            Role.STRENGTH,
            Role.ORDINAL,
        ),
        start=-20,
    )
}
"""Of several meanings the one that carries more weight is the likelier."""
