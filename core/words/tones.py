"""Words for how music sounds, as changes of the closed list: "warm" is more low mids.

Which way a word points, and how strongly beside the others, follows what listeners agreed on in published
studies of words for equalisers (Cartwright and Pardo, ISMIR 2013, among them). Their curves are of single
instruments: of each word only the sign and the ratio of its leading band is kept, a share of the usual step.
"""

from collections.abc import Iterator

from core.revisions import What
from core.words.senses import Role, Sense

Table = tuple[tuple[What, int, float, str], ...]

# What, direction, share of the usual step: words that may praise or blame.
_QUALITIES: Table = (
    (What.VOLUME, 1, 1.0, ("loud, hot, laut, vorlaut, deafening, blaring, lautstark")),
    (What.VOLUME, -1, 1.0, ("quiet, soft, silent, leise, hushed, faint, softly, leis")),
    (
        What.BASS,
        1,
        1.0,
        (
            "bassy, bass heavy, deep, fat, phat, heavy, big, beefy, subby, basslastig, fett, tief,"
            " wuchtig, bassig, low heavy, bottom heavy, basshaltig, bassbetont, subbig, boomy sounding,"
            " bässig, meaty, chunky, fat sounding, druckvoll untenrum, thumpy, thicc, sub heavy, mächtig,"
            " massive, weighty"
        ),
    ),
    (
        What.LOW_MID,
        1,
        1.0,
        (
            "warm, thick, rich, cosy, cozy, round, woody, mollig, dick, satt, rund, bodied, lush, creamy,"
            " buttery, analog, analogue, vintage, wollig warm, vollmundig, kuschelig, füllig"
        ),
    ),
    (What.LOW_MID, 1, 1.0, ("full, full bodied, voll, voluminös, fleshy, fleshed out")),
    (
        What.PRESENCE,
        1,
        1.0,
        (
            "present, in your face, in the face, upfront, up front, präsent, prasent, in deinem gesicht,"
            " direct, upfront sounding, present sounding, nah, close up, intimate"
        ),
    ),
    (
        What.PRESENCE,
        1,
        0.7,
        (
            "clear, defined, intelligible, detailed, klar, verständlich, definiert, direkt, articulate,"
            " legible, understandable, transparent, distinct, durchsichtig, deutlich hörbar, konturiert,"
            " verstehbar, crystal clear, glasklar"
        ),
    ),
    (
        What.SIBILANCE,
        -1,
        1.0,
        ("smooth, silky smooth, sanft, mellow, samtig, silky, velvety, geschmeidig, seidig, weich, lieblich"),
    ),
    (
        What.AIR,
        1,
        1.0,
        (
            "airy, sparkly, sparkling, shiny, glossy, crystalline, luftig, glänzend, brillant, trebley,"
            " glistening, glittery, shimmery, shimmering, glassy, hissy on top, funkelnd, glitzernd, seidig"
            " oben, strahlend, spritzig, open on top"
        ),
    ),
    (What.AIR, 1, 0.85, "crisp, crispy, knackig"),
    (What.TILT, 1, 1.0, ("bright, hell, brilliant sounding, brite, bright sounding")),
    (What.TILT, -1, 1.0, ("dark, dunkel, düster, dark sounding, gloomy")),
    (
        What.WIDTH,
        1,
        1.0,
        (
            "wide, broad, spacious, big stereo, stereo wide, breit, weit, räumlich, expansive, panoramic,"
            " roomy in stereo, großflächig, stereo mäßig breit, weitläufig, stereoiger"
        ),
    ),
    (
        What.WIDTH,
        -1,
        1.0,
        (
            "narrow, mono, schmal, eng, monoish, mono ish, mono sounding, centered sounding,"
            " eindimensional, monoartig, collapsed, zusammengefallen"
        ),
    ),
    (
        What.DYNAMICS,
        1,
        1.0,
        (
            "punchy, dynamic, lively, alive, breathing, energetic, druckvoll, dynamisch, lebendig,"
            " knallig, knackiger punch, knallen, knallt, knall, punching, slamming, banging, thumping,"
            " vital, excited, kraftvoll, wuchtvoll, treibend, fetzig, impactful, bouncy, powerful, bissig,"
            " dynamischere, snappy"
        ),
    ),
    (What.DYNAMICS, 1, 0.7, "open, uncompressed, natural, offen, natürlich"),
    (
        What.DYNAMICS,
        -1,
        1.0,
        (
            "compressed, dense, cohesive, glued, glued together, komprimiert, dicht, kompakt, squashy,"
            " gluey, tight sounding, zusammengeklebt, zusammengepresst, homogen"
        ),
    ),
    (What.LIMITING, 1, 1.0, "limited, brickwalled, slammed, limitiert"),
)

# Words that blame: said of a song, they ask for the opposite.
_FLAWS: Table = (
    (
        What.BASS,
        1,
        1.0,
        (
            "boomy, booming, bloated, rumbly, rumbling, flabby, overpowering low end, wummerig, wummernd,"
            " wummert, dröhnend, dröhnt, wabbelig, schwammig, loose, woofy, wooly bass, dröhnen, dröhnig,"
            " wummern, rumpelt, rumpelig, poltert, polternd, booms, boom boom, overblown, muddy bass,"
            " boomt, woolly bass, bass lastig dröhnend, ill defined, undefined, undefiniert, schwabbelig,"
            " schwabbelt, undifferenziert"
        ),
    ),
    (
        What.LOW_MID,
        -1,
        1.0,
        (
            "thin, cold, anaemic, anemic, skinny, weedy, dünn, kalt, kraftlos, blutleer, dünnlich, sterile,"
            " steril, clinical, klinisch, cold sounding, lean, mager, bodyless, bony, schmalbrüstig, flimsy,"
            " thin sounding, brittle and thin"
        ),
    ),
    (
        What.LOW_MID,
        1,
        1.0,
        (
            "muddy, mud, murky, woolly, wooly, cloudy, foggy, congested, tubby, matschig, mulmig, mumpfig,"
            " schlammig, matsch, matschen, matscht, muddled, muddies, blurry, boggy, clouded, clogged,"
            " smeared, smeary, mushy, breiig, verwaschen, undurchsichtig, dumpfmatschig, mumpft,"
            " verschwommen, soupy, swampy, messy down low, mulmt, topfig matschig, cloud, clouds, clouding,"
            " muddy up, muddies up, muddying"
        ),
    ),
    (
        What.LOW_MID,
        1,
        0.7,
        (
            "boxy, cardboard, cardboardy, boxig, kastig, pappig, topfig, boxes, boxed in, kistig,"
            " schachtelig, like a box, like in a box, like cardboard, like a cardboard box, wie aus der dose,"
            " wie aus dem karton, wie im karton"
        ),
    ),
    (
        What.MID,
        1,
        0.8,
        (
            "honky, nasal, ringing, ringy, resonant, hollow sounding, telephone like, näselnd, nasel,"
            " quäkig, blechdosig, hollow, hohl, honks, quäkt, quäkend, nasty nasal, nölig, wie durchs"
            " telefon, wie am telefon, like a telephone, like a phone call, like through a phone,"
            " telephoney, megaphone like, barky, whiny, näselt, nasaler klang"
        ),
    ),
    (
        What.SIBILANCE,
        1,
        1.0,
        (
            "harsh, sibilant, sharp, shrill, piercing, grating, abrasive, strident, edgy, scratchy, hissy"
            " s, essy, ess y, brittle, fizzy, fizz, scharf, schrill, zischelig, zischend, zischelt, zischt,"
            " zischen, zischeln, grell, spitz, stechend, aggressiv in den höhen, ear piercing, screechy,"
            " screeching, screechy highs, hissy, hissing esses, spitty, glaring, cutting, biting, prickly,"
            " nippy, jarring, gritty highs, splashy, icy, kratzt, kratzig, klirrt, klirrend, beißt,"
            " beißend, beissend, sägt, sägend, zischig, spitze, pieksig, schneidend, gellend, giftig, hart"
            " im ohr, harshen, stingy, stinging, sibilance heavy, esslastig, s lastig, stechen, sticht"
        ),
    ),
    (
        What.TILT,
        -1,
        1.0,
        (
            "dull, muffled, dumpf, muffig, stumpf, verhangen, glanzlos, dead sounding, lackluster,"
            " lacklustre, veiled, blanketed, dulled, muffled sounding, under a blanket, wie unter einer"
            " decke, wie unter ner decke, unter der decke, wie durch watte, wie in watte, in watte gepackt,"
            " verschleiert, matt, like under a blanket, like theres a blanket over it, like a blanket over"
            " it, like underwater, underwater, unter wasser, bedeckt, behind a curtain, like its behind a"
            " curtain, like it is behind a curtain, hinter einem vorhang, wie hinter einem vorhang, wie"
            " durch eine wand, wie durch einen vorhang, like through a wall, like through a pillow, like"
            " theres a pillow over it"
        ),
    ),
    (
        What.TILT,
        1,
        0.7,
        (
            "tinny, metallic, metalic, trebly, blechern, höhenlastig, tin can, like a tin can, blechig, like"
            " a transistor radio, wie eine blechdose, wie aus der blechdose, höhenbetont, top heavy, treble"
            " heavy"
        ),
    ),
    (
        What.DYNAMICS,
        -1,
        1.0,
        (
            "squashed, squished, crushed, squeezed, flat, lifeless, dead, overcompressed, over compressed,"
            " choked, smashed, platt, leblos, plattgedrückt, plattgemacht, totkomprimiert, überkomprimiert,"
            " zerquetscht, gequetscht, gepresst, strangled, suffocated, suffocating, suffocates, choking,"
            " squeezed out, sausage, like a sausage, flattened, overcooked, over cooked, boring"
            " dynamically, undynamic, undynamisch, plattgewalzt, kaputtkomprimiert, erstickt, zugeschnürt,"
            " eingeengt, blockig, stranguliert, zu tode komprimiert, compressed to death, squashed to"
            " death, crushed to death, airless, no dynamics, keine dynamik, breathless"
        ),
    ),
    (
        What.LIMITING,
        1,
        1.0,
        (
            "pumping, pumps, pumpy, pump, distorting, distorted, distorts, distort, distortion, crunchy,"
            " overlimited, over limited, clipping, clips, clipped, pumpt, pumpen, pumpend, verzerrt,"
            " verzerren, verzerrend, verzerrung, übersteuert, clippt, saturated, overdriven, overdrive,"
            " fried, deep fried, crunches, crackly loud, blown out, zerrt, zerren, zerrig, clippen,"
            " clipping audibly, übersteuern, übersteuernd, überfahren, crunching, ducking, ducks, breathing"
            " compressor, wabert, atmet der limiter, pumpeffekt, pump effekt, brutzelt"
        ),
    ),
)

# Verbs, and comparatives that no rule makes of their word.
_CHANGES: Table = (
    (What.VOLUME, -1, 1.0, "ruhiger"),
    (What.BASS, 1, 1.0, "beef up, fatten, fatten up, fetter"),
    (
        What.BASS,
        -1,
        0.6,
        (
            "tighter, tighten, tighten up, straffer, tightening, tightening up, tightened, straffen,"
            " aufräumen untenrum, strammer, knackiger untenrum, more controlled, kontrollierter"
        ),
    ),
    (
        What.LOW_MID,
        1,
        1.0,
        (
            "warm up, thicken, wärmer, warmer, warme, warming, warm it up, warm this up, fill out, erwärmen,"
            " anwärmen, fill it out"
        ),
    ),
    (What.SIBILANCE, -1, 1.0, "de ess, deess, de esser, deesser, smoothen, smooth out"),
    (
        What.PRESENCE,
        1,
        1.0,
        (
            "forward, come forward, comes forward, closer, im gesicht, deutlicher, vordergründiger, more"
            " forward, mehr vorne, näher, weiter vorne dran, im vordergrund, in den vordergrund"
        ),
    ),
    (
        What.TILT,
        1,
        1.0,
        (
            "brighten, brighten up, aufhellen, heller machen, brightened, brightening, lighten up the tone,"
            " brighten it up, brighten this up, aufgehellt"
        ),
    ),
    (What.TILT, -1, 1.0, "darken, abdunkeln, dunkler"),
    (
        What.WIDTH,
        1,
        1.0,
        (
            "widen, spread out, verbreitern, widening, widened, spread it out, open up the stereo, stereo"
            " breiter, weiten, aufziehen, auffächern"
        ),
    ),
    (What.WIDTH, -1, 1.0, "narrow down, verengen"),
    (
        What.DYNAMICS,
        1,
        1.0,
        (
            "hit harder, hits harder, open up, breathe, breathe more, breathing room, room to breathe,"
            " atmen, luft zum atmen, hit hard, slam harder, let it breathe, let it breathe"
            " more, breathe a bit, breathe again, breathe easier, breathe better, mehr luft lassen,"
            " aufatmen, luft holen, luft lassen, mehr atmen, leben einhauchen, come alive, comes alive,"
            " bring it to life"
        ),
    ),
    (What.DYNAMICS, -1, 1.0, "compress, glue together, komprimieren, verdichten"),
)

_IRREGULAR = {
    "bassy": "bassier",
    "tief": "tiefer",
    "dunkel": "dunkler",
    "warm": "warmer",
    "scharf": "schärfer",
    "schmal": "schmaler",
    "kalt": "kälter",
    "grell": "greller",
}
_VOWELS = "aeiou"


def tones() -> Iterator[tuple[str, Sense]]:
    """Each word or phrase with what it means, made forms included; a later one is the better reading."""
    for role, table in ((Role.FLAW, _FLAWS), (Role.QUALITY, _QUALITIES), (Role.CHANGE, _CHANGES)):
        for what, direction, ratio, said in table:
            for word in said.split(", "):
                yield word, Sense(role, what, direction, ratio)
                if role is not Role.CHANGE and " " not in word:
                    yield compared(word), Sense(Role.CHANGE, what, direction, ratio)
                    yield noun(word), Sense(Role.THING, what, direction, ratio)


def compared(word: str) -> str:
    """The comparative: bright, brighter; muddy, muddier; fat, fatter."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("e"):
        return word + "r"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ier"
    short = len(word) == 3 and word[-1] not in _VOWELS + "wxy" and word[-2] in _VOWELS
    return word + word[-1] + "er" if short or word == "thin" else word + "er"


def noun(word: str) -> str:
    """The thing that there is more or less of: brightness, muddiness."""
    return (word[:-1] + "i" if word.endswith("y") else word) + "ness"
