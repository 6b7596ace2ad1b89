"""Words to changes: plain phrases of the closed list ("1.5 dB louder", "less bass"), in English and German.

A phrase is read clause by clause. A clause is understood when it names one thing that can be changed, a
direction, perhaps an amount, and nothing else of weight; any other clause is handed back as not understood,
never guessed. What only describes ("it is a bit dull") or bounds ("not too loud") says no direction. A clause
may name the time of one place ("at 1:02", "1:10-1:30"), for what can be changed at a place alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.asks import AT_A_PLACE, DEFAULT_AMOUNT, SECONDS, STEPS
from core.revisions import Item, What

MOST_DB = 6.0
MOST_SECONDS = 30.0
POINT_SECONDS = 2.0
"""How long a place is of which only one time was said."""

# A word that says what and which way at once; the direction is the bare word's ("too loud" turns it round).
_QUALITIES: Mapping[str, tuple[What, int]] = {
    word: (what, direction)
    for what, direction, words in (
        (What.VOLUME, 1, "loud louder laut lauter hotter"),
        (What.VOLUME, -1, "quiet quieter soft softer leise leiser"),
        (What.BASS, 1, "bassy bassier boomy basslastig"),
        (What.BASS, -1, "thin thinner dünn dünner"),
        (What.LOW_MID, 1, "warm warmer muddy muddier wärmer mumpfig matschig dumpfig"),
        (What.PRESENCE, 1, "present presenter präsent präsenter forward"),
        (What.SIBILANCE, 1, "harsh harsher sibilant sharp sharper scharf schärfer zischelig"),
        (What.SIBILANCE, -1, "smooth smoother"),
        (What.AIR, 1, "airy airier luftig luftiger sparkly"),
        (What.TILT, 1, "bright brighter hell heller"),
        (What.TILT, -1, "dark darker dull duller dunkel dunkler dumpf dumpfer"),
        (What.WIDTH, 1, "wide wider breit breiter"),
        (What.WIDTH, -1, "narrow narrower schmal schmaler eng enger"),
        (What.DYNAMICS, 1, "punchy punchier dynamic dynamisch dynamischer druckvoller open opener"),
        (What.DYNAMICS, -1, "squashed compressed dense denser flat komprimiert dicht dichter platt"),
    )
    for word in words.split()
}

_THINGS: Mapping[str, What] = {
    word: what
    for what, words in (
        (What.VOLUME, "volume level loudness gain lautstärke pegel"),
        (What.BASS, "bass low-end lows sub subs bottom bässe tiefbass tiefen"),
        (What.LOW_MID, "low-mid low-mids mud warmth wärme tiefmitten"),
        (What.MID, "mid mids midrange middle mitten"),
        (What.PRESENCE, "presence clarity präsenz klarheit"),
        (What.SIBILANCE, "sibilance s esses harshness sharpness zischlaute zischen schärfe"),
        (What.AIR, "air sparkle highs high-end treble top luft glanz höhen brillanz"),
        (What.TILT, "brightness helligkeit"),
        (What.WIDTH, "width stereo stereo-width breite stereobreite"),
        (What.DYNAMICS, "dynamics punch dynamik"),
        (What.LIMITING, "limiting limiter limitierung"),
        (What.FADE_IN, "fade-in einblende einblendung"),
        (What.FADE_OUT, "fade-out ausblende ausblendung"),
        (What.GAP, "gap pause abstand"),
    )
    for word in words.split()
}


def _set(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_MORE = _set(
    "more up raise boost increase add higher longer mehr rauf hoch anheben erhöhen stärker stärkere",
    "länger längere längeren",
)
_LESS = _set(
    "less down reduce cut lower decrease shorter weniger runter senken absenken reduzieren",
    "kürzer kürzere kürzeren",
)
_TOO = _set("too zu")
_STRENGTH: Mapping[str, float] = {
    word: share
    for share, words in (
        (0.4, "slightly touch hair tad hauch minimal"),
        (0.6, "bit little somewhat bisschen etwas wenig"),
        (1.8, "much lot way far viel deutlich"),
    )
    for word in words.split()
}
_WISH = _set("make want need would should mach mache machen hätte möchte will soll sollte")
_FILLER = _set(
    "a an the it is that this of in on to by please could can you make made me my i would like want need",
    "with be some so very just overall whole song track mix master sound sounds again turn give get let now",
    "at all there should for us we bring der die das den dem ein eine einen es ist bitte mach mache machen",
    "ich hätte gern möchte will mir mal noch insgesamt lied klingt soll sollte um im am auf dreh",
    "thanks thank you danke",
)
_KNOWN = (_QUALITIES, _THINGS, _STRENGTH, _MORE, _LESS, _TOO, _FILLER)
_PHRASES = (  # several words that are one, and signs that are another
    (r"[−–—](?=\d)", "-"),
    (r"\bminus ?(?=\d)", "-"),
    (r"\bplus ?(?=\d)", "+"),
    (r"’", "'"),
    (r"\b(it|that|this)'s\b", r"\1 is"),
    (r"\bi'd\b", "i would"),
    (r"\blow[ -]?mids?\b", "low-mid"),
    (r"\blow[ -]end\b", "low-end"),
    (r"\bhigh[ -]end\b", "high-end"),
    (r"\bfade[ -]?in\b", "fade-in"),
    (r"\bfade[ -]?out\b", "fade-out"),
    (r"\b(?:silence|pause|gap) (?:after|at the end of|behind)(?: (?:it|the|this|song|track|end))*$", "gap"),
    (r"\b(?:silence|pause|gap) (?:before|until) the next(?: (?:song|track|one))?$", "gap"),
    (r"\b(?:stille|pause) (?:nach (?:dem|diesem) (?:song|lied)|am ende|danach)$", "gap"),
    (r"\bstereo[ -]width\b", "stereo-width"),
    (r"\bnot (?:so|as)\b", "too"),
    (r"\bnicht so\b", "zu"),
    (r"\b(?:too little|not enough)\b", "more"),
    (r"\b(?:zu wenig|nicht genug)\b", "mehr"),
    (r"\bein bisschen\b", "bisschen"),
    (r"\bein wenig\b", "bisschen"),
    (r"\bein klein(?:es)? bisschen\b", "bisschen"),
    (r"\ba (?:little )?bit\b", "bit"),
    (r"\ba (?:touch|hair|tad)\b", "touch"),
)
_TRIM = re.compile(
    r"^(?:please )?(?:trim|cut|remove|drop|kürze|schneide|entferne) (?:off )?(?:the |die )?"
    r"(?:first |last |erste[n]? |letzte[n]? )?"
    r"(?P<amount>\d+(?:[.,]\d+)?) ?(?:s|sec|secs|seconds?|sekunden?) ?"
    r"(?P<where>(?:from|at|off|of|am|vom|the|start|beginning|end|anfang|ende| )*)(?: ab| weg)?$"
)
_AMOUNT = re.compile(
    r"(?P<sign>(?<![\w.])[+-])? ?(?P<figure>\d+(?:[.,]\d+)?) ?"
    r"(?P<unit>db|decibels?|dezibel|lu\b|s\b|sec\b|secs\b|seconds?\b|sekunden?\b)?"
)
_TIME = r"\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:\.\d+)?(?!\d)"
_RANGE = re.compile(rf"({_TIME}) ?(?:to|until|till|and|bis|und|-|–|—) ?(?={_TIME})")
_PLACE = re.compile(
    rf"\b(?P<open>from|between|von|zwischen|ab|after|nach|since|seit) (?P<first>{_TIME})"
    rf"(?:-(?P<last>{_TIME}))?"
    rf"|(?:\b(?:at|around|in|bei|um) )?(?P<at>{_TIME})(?:-(?P<to>{_TIME}))?"
)
_PART = re.compile(
    r"\b(?:intro|outro|verses?|chorus|choruses|refrain|bridge|solo|hook|drop|breakdown|break|middle eight"
    r"|strophen?|zwischenteil|schluss|ending)\b"
)
_NO_DELTA = re.compile(r"[%*/<>=~^×÷±]|\b(?:to|at|auf) ?[+-]?\d")  # shares, bounds and fixed values
_NUMBER = re.compile(r"(?:(?:song|track|lied|stück|number|nummer|no\.?|nr\.?) ?)?#?(?P<number>\d{1,3})\.?")
_CLAUSE = re.compile(
    r"(?:[;\n!?]+|(?<!\d),|,(?!\d)|(?<!\d)\.|\.(?!\d)|\s[-–—]\s|\b(?:and|und|but|aber|also|auch|then|dann)\b)+"
)


_REFERENCE = re.compile(
    r"(?:please )?(?:(?:can you |could you )?(?:make|let|master) (?:it|this|that|mine) |as "
    r"|(?:it |mine )?should )?"
    r"(?:to )?(?:sound(?:ing)? )?(?:more |just |a bit )?(?:like )?(?:a |the |my |this |that |these )?"
    r"(?P<what>references?|like (?:this|that|these)(?: (?:song|one|track|record))?)[.!]*"
    r"|(?:bitte )?(?:(?:es |das )?soll (?:so |mehr )?|mach es (?:so )?)?(?:klingen )?(?:wie |als |zur )?"
    r"(?:eine |die |der |meine )?(?P<was>referenz(?:en)?|wie (?:dieses|das|dieser|diese)"
    r"(?: (?:hier|lied|song|stück))?)(?: klingen)?[.!]*"
)


class Unread(StrEnum):
    """Why a clause could not be read."""

    PART = "part"  # nobody has said where that part of the song is, or its times are no stretch
    PLACE = "place"  # it wants something at one place that only the whole song can have
    BEYOND = "beyond"  # it could be read, but its place is after the end of the song
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Read:
    """What a phrase asks for, and the clauses that nobody could read."""

    items: tuple[Item, ...]
    not_understood: tuple[str, ...]


def read(phrase: str, songs: Sequence[tuple[str, str]] = ()) -> Read:
    """Read a phrase. `songs` are (id, title) pairs in their order: "Intro: less bass" and "3: less bass" are
    about one song alone. Where there are several, a bare figure may be the number of one, and is no amount.
    """
    items: list[Item] = []
    rest: list[str] = []
    for line in phrase.splitlines():
        song, wishes = _about(line, songs)
        bare = song is not None or len(songs) < 2
        for clause in _CLAUSE.split(_RANGE.sub(r"\1-", wishes)):
            said = " ".join(clause.split())
            if all(word in _FILLER for word in said.lower().split()):
                continue
            item = _item(said, bare=bare)
            if item is None:
                rest.append(said)
            else:
                items.append(replace(item, song=song))
    return Read(tuple(items), tuple(rest))


def names_a_reference(phrase: str) -> bool:
    """Whether a phrase says no more than that something is a reference, or to sound like it."""
    return _REFERENCE.fullmatch(" ".join(phrase.lower().split())) is not None


def why(clause: str) -> Unread:
    """Why a clause was handed back."""
    text = clause.lower()
    if _PART.search(text):
        return Unread.PART
    placed = _PLACE.search(text) is not None
    if placed and _item(clause, bare=True):
        return Unread.BEYOND
    wanted = _item(" ".join(_PLACE.sub(" ", text).split()), bare=True) if placed else None
    if wanted is None:
        return Unread.WORDS
    return Unread.PART if wanted.what in AT_A_PLACE else Unread.PLACE


def _about(line: str, songs: Sequence[tuple[str, str]]) -> tuple[str | None, str]:
    for colon in re.finditer(r"(?<!\d):|:(?!\d)", line):  # 1:02 is a time
        wanted = " ".join(line[: colon.start()].split()).casefold()
        for id_, title in songs:
            if wanted and title.casefold() == wanted:
                return id_, line[colon.end() :]
        if (number := _NUMBER.fullmatch(wanted)) and 0 < int(number["number"]) <= len(songs):
            return songs[int(number["number"]) - 1][0], line[colon.end() :]
    return None, line


def _item(clause: str, *, bare: bool) -> Item | None:
    """The change a clause asks for; `bare` takes a figure that has neither a sign nor a unit."""
    text = clause.lower()
    places = list(_PLACE.finditer(text))
    if places:
        where = _where(places[0]) if len(places) == 1 else None
        item = _item(" ".join(_PLACE.sub(" ", text).split()), bare=bare)
        if where is None or item is None or item.what not in AT_A_PLACE:
            return None
        return replace(item, place=where, text=clause)
    if trim := _TRIM.match(text):
        at_start = re.search(r"start|beginning|anfang|first|erste", text) is not None
        at_end = re.search(r"\bend\b|ende|last|letzte", text) is not None
        if at_start == at_end:
            return None
        amount = float(trim["amount"].replace(",", "."))
        what = What.TRIM_START if at_start else What.TRIM_END
        return Item(what, 1, amount, exact=True, text=clause) if 0 < amount <= MOST_SECONDS else None
    for pattern, word in _PHRASES:
        text = re.sub(pattern, word, text)
    figures = list(_AMOUNT.finditer(text))
    if len(figures) > 1 or _NO_DELTA.search(text):
        return None
    if not bare and any(not figure["sign"] and not figure["unit"] for figure in figures):
        return None
    words = re.findall(r"[\w'-]+", _AMOUNT.sub(" ", text))
    return _from_words(clause, words, figures[0] if figures else None)


def _where(place: "re.Match[str]") -> tuple[float, float] | None:
    """From and to, in seconds; None for an end before the beginning, or one that nobody said."""
    start = _seconds(place["first"] or place["at"])
    last = place["last"] or place["to"]
    if last is None:
        return None if place["open"] else (start, start + POINT_SECONDS)
    end = _seconds(last)
    return (start, end) if start < end else None


def _seconds(time: str) -> float:
    seconds = 0.0
    for part in time.split(":"):
        seconds = 60 * seconds + float(part)
    return seconds


def _from_words(clause: str, words: Sequence[str], figure: "re.Match[str] | None") -> Item | None:
    if any(not any(word in kind for kind in _KNOWN) for word in words):
        return None
    named = {_QUALITIES[word] for word in words if word in _QUALITIES}
    whats = {what for what, _ in named} | {_THINGS[word] for word in words if word in _THINGS}
    more, less = any(word in _MORE for word in words), any(word in _LESS for word in words)
    too = any(word in _TOO for word in words)
    if len(whats) != 1 or len(named) > 1 or (more and less):
        return None
    what = whats.pop()
    direction = next((direction for _, direction in named), 0)
    if less or too:
        direction = -(direction or 1)  # "less bright", "too bright", "too much bass", "less bass"
    elif more or what in SECONDS:
        direction = direction or 1
    elif named and not any(word in _WISH or (word in _QUALITIES and word.endswith("er")) for word in words):
        return None  # "harsh", "a bit dull": said of how it is, not of how it should be
    if figure:
        sign = {"+": 1, "-": -1}.get(figure["sign"] or "", direction or 1)
        if direction not in (0, sign):
            return None  # "louder -2 dB"
        direction = sign
    if direction == 0:
        return None  # a bare "bass" says nothing
    strength = 1.0 if too else next((_STRENGTH[word] for word in words if word in _STRENGTH), 1.0)
    return _sized(clause, what, direction, figure, strength)


def _sized(
    clause: str, what: What, direction: int, figure: "re.Match[str] | None", strength: float
) -> Item | None:
    if figure is None:
        return Item(what, direction, round(DEFAULT_AMOUNT[what] * strength, 2), text=clause)
    amount = float(figure["figure"].replace(",", "."))
    in_seconds = (figure["unit"] or "").startswith("s")
    if what in STEPS or (figure["unit"] and (what in SECONDS) is not in_seconds):
        return None
    if not 0 < amount <= (MOST_SECONDS if what in SECONDS else MOST_DB):
        return None
    return Item(what, direction, amount, exact=True, text=clause)
