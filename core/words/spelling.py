"""Spelling: a mistyped word is repaired when one known word alone is near enough; a real word never is."""

import re
from functools import cache, lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from core.words.lexicon import lexicon
from core.words.senses import Role

_CHANGES = ("änderung", "änderungen", "anhebung", "absenkung")
"""The second half of German compounds whose first half is what is meant."""

_THINGS = frozenset(
    {Role.THING, Role.TRAIT, Role.STEM, Role.PART, Role.FAULT, Role.REVERB, Role.UNIT, Role.EDGE, Role.MORE}
)
CUTOFF = 82
"""How alike two words must be, in percent of their letters."""

_SHORT = frozenset({"more", "less", "mehr", "down", "loud", "laut"})
"""Words of which a slip leaves three letters that are no other word."""

_ORDINARY = """
    instrument instruments instrumente instrumenten expensive extensive professional late staff notice
    batch user quote charge clause whose token hash clock transaction fails audit chain piece writes
    writer pieces offer consent content stars lies decide decides provider stored fair grant render
    renders phase reached reaches ports dies reversal claim claims filter child month compose context
    warning decoded paying filters built build polling transactions currency docker environment pressed
    shaped shared completed providers handled complaint complaints wakes recorded scope waiting business
    sharing agent newer books marked charged correlation derive tasks ratio completes quarter died suite
    difference stale hearts peer classes tracking logs among along charges waited pointers strands abort
    earns sizes conditions hashed confirm timers caps mixed shred sweep applies constraint instead
    exciting special modern interesting boring weird serious weather whether broken silver summer winner
    dinner letter matter market german germany holiday wedding birthday kitchen chicken country century
    person simple sample rechnung adresse termin telefon vertrag zahlung kunde kunden hochzeit urlaub
    wetter fragen frage antwort preis preise kosten kostet morgen wochen monat monate jahre jahren tage
    tagen geld datei dateien bild bilder brief hilfe essen trinken fahren kaufen verkaufen schreiben
    lesen warten bezahlen bestellen zeigen schicken wissen kennen lernen laufen reisen
    breath breaths breather
    angel artwork bald ball base based basic basis bell bend bent best bias bite bland blend bold bone
    boring boss brand bread bring broke burn burst call case cash cast chance chase chocolate clam clash
    class client clone cloud coat cold color colour comb cord core cosmic cost count court cousin cover
    cowbell crack cross cruel curt dance dare dead deal dear deck desk dirt dock does dope dove dragon draw
    dream dress drive droop dump face fact faith fake fall fame farm fate father feed fell fence fest field
    final find fire firm fish five flame flash float floor flow food foot fort fresh front fund game gate
    glad glass gold grace grain grand grass gray great green grey grip ground guess guest hall halle hals
    halt hand hang hard harm head heat held helfen helm help herb herd herz hide hill hitze hold hole holz
    honey hook horse hose host hour house howl huge hund hunt hurt iron jazz joke jump junk just kante karte
    kasse katze keen keks kept kill kind king kiss kiste klage klasse kleid klein knee knie koch kopf kraft
    kreis lack lake lamp land lane large laser late laub lauer lauf laugh laune lawn lead leaf lean leap
    leere leider leise leute liebe life lime limit line linie link lion list liste live load loan lock lone
    look loop lord loss lost lover luck luft made magic mail main make mall mark mask maske mass masse mast
    mate math meal mean meat meet mess messe miete mild mile milk mind mine mint miss mitte mittel mode mood
    moon mouse mouth music muster nail name near neck nest news nice nine none nose note orange oven paid
    pain paint pair pale palm park past path peak pink pipe plan plane plant plate please plot plug pole
    pool poor post pound power present press price pride prime print proof pull pump pure purple push quit
    race rail rain rand rang range rank rasen rate rauch raum read real recht rede regen reihe reise rent
    rest rice rich ride ring rise risk road rock role roll rolle roof root rope rose rosen rough round route
    ruhe rule runde rush sache safe sail sale salt same sand satz save scale scare scene schal scharf
    schritt schuh score seat seed seek seite self sell send shade shame shape share shed shell ship shirt
    shock shoe shop shore shot show sick side sign silk sink sinn site size skin slap sleep slide slip slow
    smell smile smoke snake snow soap soft soil sold song sort soul soup space spare speed spell spend spin
    spot stadt stage stair stake stamp stand star stare state stay steel steep stein stelle step stern stick
    stone store storm strawberries strong stunde sugar suit sweet swim table tag tail talk tank tape task
    tasse taste team tear teil tell tend tent test text than thank then thick thing think this those tide
    tier tight time tire tisch title toast tone tonne tool tooth topf touch tour tower town toy trace trail
    train trap trash traum treat tree trend trial tribe trick trip truck true trust truth tube turn type
    unit velvet vice view visit voice vote wage wagen wait wake walk wall wand waren warn wash waste watch
    water wave weak wear weder week weg weile wein weite welle werde wert werte wette wetter wheel white
    whole wider wieder wife wild wind winder wine wing winter wire wise wish woche wolf wolke wood word work
    world worm worn worte wrap write wrong wunde yard year yellow young zahl zahn zeit ziel zimmer zone zoom
    zucker zug
"""
"""Ordinary words that stand near a word of the lexicon and are not a mistyped one."""


@cache
def _ordinary() -> frozenset[str]:
    return frozenset(_ORDINARY.split())


@lru_cache(maxsize=4096)
def known_as(word: str, *, name: bool = False) -> str | None:
    """The word of the lexicon that a word is: itself, its stem, or the one that was mistyped; else None.

    What is written like a `name` may be a mistyped thing, as German writes them, and nothing else.
    """
    words = lexicon().words
    if word in words:
        return word
    for plain in _plainer(word):
        if plain in words:
            return plain
    if dotted := with_umlaut(word):
        return dotted
    if compound := next((word.removesuffix(end) for end in _CHANGES if word.endswith(end)), None):
        return known_as(compound)
    repaired = _repaired(word)
    return None if name and repaired and not _is_a_thing(repaired) else repaired


def _is_a_thing(word: str) -> bool:
    return bool(lexicon().longest([word])[1].keys() & _THINGS)


def with_umlaut(word: str) -> str | None:
    """The word that is meant by one without its dots: hohen, höhen."""
    return _dotted().get(word)


@cache
def _dotted() -> dict[str, str]:
    """The words with an umlaut by how they are written without it: hohen, höhen."""
    plain = str.maketrans("äöü", "aou")
    return {word.translate(plain): word for word in lexicon().words if word.translate(plain) != word}


_LAST_HALVES = frozenset(
    [
        "hall", "ende", "anfang", "schluss", "beginn", "lautstärke", "pegel", "level", "höhen", "bässe",
        "mitten", "rauschen", "brummen", "knacken", "knackser", "pause", "abstand", "bereich", "anteil",
        "frequenzen", "spur", "spuren", "klang", "sound", "stimme", "version", "tauglich", "fertig",
        "gerecht", "part", "teil", "fade",
    ]
)  # fmt: skip
_FIRST_HALVES = frozenset({"song", "lied", "track", "titel", "stück", "album"})
_FIRST_ROLES = frozenset({Role.THING, Role.STEM, Role.PART, Role.EDGE, Role.DESTINATION})


@lru_cache(maxsize=4096)
def halved(word: str) -> tuple[str, str] | None:
    """The halves of a German compound that is not known as a whole: Gitarren and Hall; else None."""
    if len(word) < 8 or word in lexicon().words:
        return None
    for at in range(4, len(word) - 2):
        first, last = word[:at], word[at:]
        if last not in _LAST_HALVES:
            continue
        plain = first if first in lexicon().words else first.removesuffix("s")
        if plain in _FIRST_HALVES or lexicon().longest([plain])[1].keys() & _FIRST_ROLES:
            return plain, last
    return None


_NO_ADVERBS = frozenset(
    [
        "anomaly", "assembly", "barely", "butterfly", "family", "hardly", "italy", "melancholy",
        "monopoly", "multiply", "rarely", "reply", "scarcely", "seldomly", "supply", "unlikely",
    ]
)  # fmt: skip


def an_adverb(word: str) -> bool:
    """Whether a word says how, and so nothing of what or which way: "awfully", and not "hardly"."""
    plain = word.endswith("ly") and len(word) > 6 and word not in _NO_ADVERBS
    return plain and word not in lexicon().words


def completed(before: str, word: str) -> str | None:
    """The word that makes a phrase with the one before it and is a letter off, even of a short one."""
    if word in _ordinary():
        return None
    near = sorted(
        known
        for known in lexicon().followers(before)
        if len(known) > 2 and known[0] == word[0] and OSA.distance(known, word) == 1
    )
    meanings = {tuple(lexicon().longest([before, known])[1].values()) for known in near}
    return near[0] if len(meanings) == 1 else None


@cache
def _by_letter() -> dict[str, list[str]]:
    """The words that a mistyped one can be meant for, by their first letter, in which few slip."""
    found: dict[str, list[str]] = {}
    for word in sorted(lexicon().words):
        if len(word) > 2:
            found.setdefault(word[0], []).append(word)
    return found


def _plainer(word: str) -> list[str]:
    """A word without drawn-out letters, English plural and German endings."""
    found = [re.sub(r"(.)\1{2,}", r"\1\1", word), re.sub(r"(.)\1{2,}", r"\1", word)]
    for drawn in (word, *found):
        found += [
            drawn[: -len(ending)]
            for ending in ("es", "s", "e", "en", "em", "er", "n")
            if drawn.endswith(ending) and len(drawn) - len(ending) > 3
        ]
    return [plain for plain in found if plain != word]


def _repaired(word: str) -> str | None:
    if word in _ordinary() or len(word) < 3 or not word.isalpha():
        return None
    near: list[tuple[int, float, str]] = []
    for known in _by_letter().get(word[0], ()):
        if abs(len(known) - len(word)) > 2:
            continue
        slips = OSA.distance(word, known, score_cutoff=2)
        alike = fuzz.ratio(word, known)
        swapped = slips == 1 and sorted(word) == sorted(known)
        replaced = slips == 1 and len(word) == len(known) >= 5
        if slips <= (1 if len(word) < 8 else 2) and (alike >= CUTOFF or swapped or replaced):
            near.append((slips, -alike, known))
    if not near:
        return None
    near.sort()
    best = [known for slips, alike, known in near if (slips, alike) == near[0][:2]]
    if len(word) == 3:
        best = [
            known
            for known in best
            if known in _SHORT or _doubled(word, known) or sorted(word) == sorted(known)
        ]
        return best[0] if len(best) == 1 else None
    return best[0] if len(best) == 1 or _one_meaning(best) else None


def _doubled(word: str, known: str) -> bool:
    """Whether a short word lacks no more than the second of two equal letters."""
    return re.sub(r"(.)\1", r"\1", known) == word


def _one_meaning(words: list[str]) -> bool:
    """Whether it does not matter which of them was meant."""
    meanings = {tuple(lexicon().longest([word])[1].values())[-1:] for word in words}
    return len(meanings) == 1
