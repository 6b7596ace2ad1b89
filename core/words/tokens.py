"""Text to tokens: words, figures, times and signs, each with where it stands in the text."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    WORD = "word"
    FIGURE = "figure"  # 1.5, 1,5
    TIME = "time"  # 1:02, 1:02:03.5, 1m20s
    SIGN = "sign"  # whatever is neither letter nor digit


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `word` is how it is looked up: lower case, no apostrophe; of a time the seconds."""

    kind: Kind
    word: str
    start: int
    end: int
    seconds: float = 0.0


_TOKEN = re.compile(
    r"(?P<time>(?<![\d:])\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d+)?(?!\d|:\d)"
    r"|(?<![\d.,])\d{1,2} ?(?:m|min|minutes?|minuten?) ?(?:and |und )?[0-5]?\d"
    r"(?: ?(?:s|secs?|seconds?|sekunden?))?(?![^\W_]))"
    r"|(?P<figure>\d+(?:[.,]\d+)?|(?<![\w.,])[.,]\d+)"
    r"|(?P<word>[^\W\d_][^\W_]*(?:['’`´](?=[^\W\d_])[^\W_]+)?)"
    r"|(?P<sign>[^\s])",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?P<verb>\w+?)n't")
_VERBS = {"ca": "can", "wo": "will", "sha": "shall"}
_TAILS = {"'s": "is", "'re": "are", "'d": "would", "'m": "", "'ve": "", "'ll": ""}


def tokens(text: str) -> list[Token]:
    """The tokens of a text in their order. Between them stands white space alone."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match["time"]:
            found.append(Token(Kind.TIME, match["time"], start, end, _seconds(match["time"])))
        elif match["figure"]:
            found.append(Token(Kind.FIGURE, match["figure"].replace(",", "."), start, end))
        elif match["word"]:
            found.extend(_words(match["word"], start, end))
        else:
            found.append(Token(Kind.SIGN, match["sign"], start, end))
    return found


def _words(said: str, start: int, end: int) -> list[Token]:
    """A word; "isn't" and "it's" are two, "we'll" is its first half."""
    word = re.sub("[’`´]", "'", said.lower())
    if said in ("s", "S"):
        return [Token(Kind.WORD, "s", start, end)]
    if negated := _NOT.fullmatch(word):
        verb = _VERBS.get(negated["verb"], negated["verb"])
        return [
            Token(Kind.WORD, verb, start, end),
            Token(Kind.WORD, "not", start, end),
        ]
    for tail, verb in _TAILS.items():
        if word.endswith(tail):
            halves = [word.removesuffix(tail), verb]
            return [Token(Kind.WORD, half, start, end) for half in halves if half]
    return [Token(Kind.WORD, word.replace("'", ""), start, end)]


def _seconds(time: str) -> float:
    if ":" not in time:
        minutes, seconds = re.findall(r"\d+", time)
        return 60 * float(minutes) + float(seconds)
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = 60 * total + float(part)
    return total
