"""Tokens to marks: each word with what it means, by the longest phrase that is known."""

from collections.abc import Sequence

from core.words.lexicon import lexicon
from core.words.senses import Mark, Role, Sense
from core.words.spelling import an_adverb, completed, halved, known_as, with_umlaut
from core.words.tokens import Kind, Token, tokens
from core.words.verbs import rejoined

_SIGNS = {
    **dict.fromkeys(",()[]–—|", Role.COMMA),
    **dict.fromkeys(";.!?…\n•", Role.STOP),
    **dict.fromkeys("&/", Role.AND),
    ":": Role.COLON,
    "@": Role.AT,
}
_JOINERS = frozenset("-‐‑")
_LONGEST_PHRASE = 6
_BEFORE_A_NOUN = frozenset(
    {"more", "less", "some", "the", "of", "much", "enough", "little", "extra", "add", "bit", "no"}
)


def marked(text: str) -> list[Mark]:
    """The marks of a text. What is not known is marked so; signs that part nothing are kept as signs."""
    found = _halved(_unhyphened(tokens(text)))
    words = [_known(text, found, number) for number in range(len(found))]
    marks: list[Mark] = []
    at = 0
    while at < len(found):
        count, mark = _next(text, found, words, at)
        marks.append(mark)
        at += count
    return rejoined(marks)


def _next(text: str, found: Sequence[Token], words: Sequence[str], at: int) -> tuple[int, Mark]:
    token = found[at]
    match token.kind:
        case Kind.TIME:
            return 1, Mark(Sense(Role.TIME), token.start, token.end, token.word, token.seconds)
        case Kind.SIGN:
            return 1, Mark(Sense(_sign(text, token)), token.start, token.end, token.word)
        case Kind.FIGURE if token.word != "808":
            return 1, Mark(Sense(Role.FIGURE), token.start, token.end, token.word, float(token.word))
    ahead = list(words[at : at + _LONGEST_PHRASE])
    for number, other in enumerate(found[at : at + _LONGEST_PHRASE]):
        if other.kind in (Kind.TIME, Kind.SIGN):
            del ahead[number:]
            break
    count, senses = lexicon().longest(ahead)
    if not count and (dotted := with_umlaut(token.word)):
        count, senses = lexicon().longest([dotted, *ahead[1:]])
    if not count:
        proper = at > 0 and text[token.start].isupper()
        role = Role.FILLER if an_adverb(token.word) else Role.UNKNOWN
        return 1, Mark(Sense(role), token.start, token.end, token.word, proper=proper)
    phrase = " ".join(ahead[:count])
    likeliest = list(senses.values())[-1]
    return count, Mark(likeliest, token.start, found[at + count - 1].end, phrase, also=senses)


def _known(text: str, found: Sequence[Token], at: int) -> str:
    token = found[at]
    if token.kind is not Kind.WORD:
        return token.word
    word, before = token.word, found[at - 1].word if at else ""
    if word == "quite" and before in ("to", "too"):
        return "quiet"
    if word == "bite" and before not in _BEFORE_A_NOUN:
        return "bitte"
    if word in lexicon().words or an_adverb(word):
        return word
    name = at > 0 and found[at - 1].kind is Kind.WORD and text[token.start].isupper()
    return completed(before, word) or known_as(word, name=name) or word


def _unhyphened(found: Sequence[Token]) -> list[Token]:
    """Without the hyphens inside words: "fade-out" is "fade out"."""
    kept: list[Token] = []
    for number, token in enumerate(found):
        before = found[number - 1] if number else None
        after = found[number + 1] if number + 1 < len(found) else None
        inside = (
            token.kind is Kind.SIGN
            and token.word in _JOINERS
            and before is not None
            and after is not None
            and before.end == token.start
            and after.start == token.end
            and after.kind is Kind.WORD
            and before.kind in (Kind.WORD, Kind.FIGURE)
        )
        if not inside:
            kept.append(token)
    return kept


def _halved(found: Sequence[Token]) -> list[Token]:
    """With German compounds as their halves: "Gitarrenhall" is "Gitarren Hall"."""
    kept: list[Token] = []
    for token in found:
        halves = halved(token.word) if token.kind is Kind.WORD else None
        if halves is None:
            kept.append(token)
            continue
        cut = token.end - len(halves[1])
        kept += [Token(Kind.WORD, halves[0], token.start, cut), Token(Kind.WORD, halves[1], cut, token.end)]
    return kept


def _sign(text: str, token: Token) -> Role:
    """A dash with white space around it parts clauses; any other may be the sign of a figure."""
    if token.word in "-–—−" and text[token.end : token.end + 1].isspace():
        return Role.COMMA
    if token.word == "/" and text[token.start - 1 : token.end + 1].strip("0123456789") == "/":
        return Role.SIGN
    if token.word == "*" and text[token.end : token.end + 1].isspace():
        return Role.STOP
    if token.word in "–—-−+":
        return Role.SIGN
    return _SIGNS.get(token.word, Role.SIGN)
