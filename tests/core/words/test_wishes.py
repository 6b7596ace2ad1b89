"""What sentences ask for, a table for each thing that artists do with words."""

import pytest

from tests.core.words.notation import short

AMOUNTS = [
    ("lows up 2", ["bass+ 2dB"]),
    ("half a dB more presence", ["presence+ 0.5dB"]),
    ("louder by one and a half dB", ["volume+ 1.5dB"]),
    ("0,5 dB weniger Höhen", ["air- 0.5dB"]),
    ("einen halben dB leiser", ["volume- 0.5dB"]),
    ("turn down the bass up to 2 dB", ["bass- 2dB"]),
    ("minus two dB in the low mids", ["low-mid- 2dB"]),
    ("one to two dB less bass", ["bass-"]),  # two figures are none
    ("cut 200 Hz by 1 dB", ["low-mid- 1dB"]),
    ("add 1dB @ 10k", ["air+ 1dB"]),
    ("turn it up 2", ["volume+ 2dB"]),
    ("louder (maybe 1 dB)", ["volume+ 1dB"]),
    ("+3dB treble -2dB bass", ["air+ 3dB", "bass- 2dB"]),
]

TARGETS = [
    ("-14 LUFS", ["volume -14LUFS"]),
    ("our label wants minus 14 LUFS", ["volume -14LUFS"]),
    ("bring it to around -8.5 lufs", ["volume -8.5LUFS"]),
    ("can we aim for -10?", ["volume -10LUFS"]),
    ("make it louder, like -8", ["volume -8LUFS"]),
    ("Ziel -10 LUFS", ["volume -10LUFS"]),
]

PLACES = [
    ("less bass at 1:20 and 1:45", ["bass- @1:20-1:22", "bass- @1:45-1:47"]),
    ("at 0:42 and again at 2:10 there is a click", ["click- @0:42-0:44", "click- @2:10-2:12"]),
    ("between 1:20 and 1:45 the low mids build up", ["low-mid- @1:20-1:45"]),
    ("at 45 sec bring the highs down 1 dB", ["air- 1dB @0:45-0:47"]),
    ("at 1m20s less bass", ["bass- @1:20-1:22"]),
    ("from 1:30 onwards it is too loud", ["volume- @1:30-end"]),
    ("until 0:30 less bass", ["bass- @0:00-0:30"]),
    ("first 10 seconds are too quiet", ["volume+ @0:00-0:10"]),
    ("in the chorus more bass and less air", ["bass+ @chorus", "air- @chorus"]),
    ("boomy in the second verse", ["bass- @verse 2"]),
    ("verse two needs more bass", ["bass+ @verse 2"]),
    ("in the second verse (1:10-1:30) the bass is too loud", ["bass- @1:10-1:30"]),
    ("the bridge and the outro are too bright", ["tilt- @bridge", "tilt- @outro"]),
    ("im Drop breiter, im Outro schmaler", ["width+ @drop", "width- @outro"]),
    ("less bass in the verse, more in the chorus", ["bass- @verse", "bass+ @chorus"]),
    ("Chorus should be louder than the verse", ["volume+ @chorus"]),
]

BLAME = [
    ("too bright", ["tilt-"]),
    ("not so bright", ["tilt-"]),
    ("not bright enough", ["tilt+"]),
    ("not as loud as I hoped", ["volume+"]),
    ("its to harhs", ["sibilance-"]),
    ("the bass is a bit loud", ["bass-"]),
    ("it sounds narrow", ["width+"]),
    ("high end is a bit much", ["air-"]),
    ("the top end gets a bit brittle, soften it", ["air-"]),  # a band that is named wins
    ("highs are missing", ["air+"]),
    ("the S sounds at 0:51 are painful", ["sibilance- @0:51-0:53"]),
    ("don't limit it so hard", ["limiting-"]),
    ("Der Limiter pumpt, weniger davon", ["limiting-"]),
]

NEIGHBOURS = [
    ("bass and treble up 1 dB", ["bass+ 1dB", "air+ 1dB"]),
    ("1 dB more bass and air", ["bass+ 1dB", "air+ 1dB"]),
    ("less bass and mud", ["bass-", "low-mid-"]),
    ("make it warmer, wider and punchy", ["low-mid+", "width+", "dynamics+"]),
    ("too bright, too thin and too loud", ["tilt-", "low-mid+", "volume-"]),
    ("vocals: +1 dB", ["!level:vocals (presence+ 1dB)"]),
    ("more bass - just a touch", ["bass+"]),
    ("too compressed, more dynamics please", ["dynamics+"]),  # the same wish in other words
    ("the vocals are buried, make them louder", ["!level:vocals (presence+)"]),
    ("1. louder 2. wider 3. less bass", ["volume+", "width+", "bass-"]),
    ("(1) lift the vocals, (2) less bass", ["bass-", "!level:vocals (presence+)"]),
    ("everything fine except the bass, which is too loud", ["bass-"]),
    ("make the verse 1 dB quieter so the chorus hits harder", ["volume- 1dB @verse"]),
]

STEMS = [
    ("snare up 1 dB", ["!level:snare (presence+ 1dB)"]),
    ("could the bass guitar come up 2 dB", ["!level:bass (bass+ 2dB)"]),
    ("more cymbals", ["!level:cymbals (air+)"]),
    ("more drums less synth", ["!level:drums", "!level:synth"]),
    ("mute the synth in the intro", ["!level:synth"]),
    ("can't hear the vocals in the chorus", ["!level:vocals (presence+ @chorus)"]),
    ("vocals are drowned out by the guitars", ["!level:vocals (presence+)"]),
    ("guitars are drowning the vocals", ["!level:guitar (presence-)"]),
    ("less reverb on the voice", ["!reverb:vocals"]),
    ("vocals are too dry", ["!reverb:vocals"]),
    ("move the guitar to the left", ["!pan:guitar"]),
    ("speed it up by 3 bpm", ["!tempo"]),
    ("einen Halbton tiefer", ["!key"]),
    ("the hi hats are a little harsh", ["sibilance-"]),  # its tone is the song's
    ("our singer thinks it sounds lifeless", ["dynamics+"]),
]

UNDOING = [
    ("undo", ["undo"]),
    ("put it back how it was", ["undo"]),
    ("I preferred v1", ["undo"]),
    ("Die letzte Version war besser", ["undo"]),
    ("undo the volume boost", ["undo volume"]),
    ("revert the bass", ["undo bass"]),
    ("undo width and bass", ["undo width", "undo bass"]),
    ("the extra width was a mistake, take it out again", ["undo width"]),
    ("remove the extra bass you added", ["undo bass"]),
    ("too loud now, put it back, and a bit more air", ["undo volume", "air+"]),
    ("half back please", ["undo half"]),
    ("half of the presence you added, please roll back", ["undo half presence"]),
    ("Nimm die Hälfte vom Bass wieder raus", ["undo half bass"]),
    ("bring the highs back down", ["air-"]),
]

EDGES = [
    ("cut the first 3 seconds", ["trim-start+ 3s"]),
    ("trim a second of room noise from the start", ["trim-start+ 1s"]),
    ("get rid of the count-in", ["trim-start+"]),
    ("cut everything before 0:04", ["trim-start+ 4s"]),
    ("das Lied bitte erst ab Sekunde 3 anfangen lassen", ["trim-start+ 3s"]),
    ("the silence at the end is 5 seconds too long", ["trim-end+ 5s"]),
    ("the ending is cut off", ["trim-end-"]),
    ("let the last note ring out longer", ["trim-end-"]),
    ("a bit more room before the first note", ["trim-start-"]),
    ("a short fade in, maybe half a second", ["fade-in+ 0.5s"]),
    ("make the fade-out 4 seconds longer", ["fade-out+ 4s"]),
    ("fade out is too short", ["fade-out+"]),
    ("shorten the fade", ["fade-out-"]),
    ("no fade out please", ["fade-out-"]),
    ("start the fade at 3:20", ["fade-out+ @3:20-3:22"]),
    ("fade out the last 5 seconds", ["fade-out+ 5s"]),
    ("the break between this song and the next one is too short", ["gap+"]),
    ("hum between 0:00 and 0:08", ["noise- @0:00-0:08"]),
]

APART = [
    ("also an mp3 please", ["format"]),
    ("I need a 16/44.1 WAV", ["format"]),
    ('the title is wrong, it should be "Sunrise"', ["metadata"]),
    ("match the reference better, and 1 dB less bass", ["reference", "bass- 1dB"]),
    ("make it sound like Metallica", ["reference"]),
    ("use the Billie Eilish track as a reference", ["reference"]),
    ("like this", ["reference"]),
    ("optimise it for Apple Music please", ["destination"]),
    ("-14 LUFS for spotify", ["volume -14LUFS"]),
]

BEYOND_WORDS = [
    ("make it taste like chocolate", ["?make it taste like chocolate"]),
    ("make it sound like a rainy Sunday", ["?make it sound like a rainy Sunday"]),
    ("why is it so loud?", ["?why is it so loud"]),
    ("When will it be finished, and who pays?", ["?When will it be finished, and who pays"]),
    ("more bass. my cousin will call about the artwork", ["bass+", "?my cousin will call about the artwork"]),
    ("only half of the bass please", ["?only half of the bass please"]),
    ("it's quieter than the others", ["?it's quieter than the others"]),
]

BY_STRANGERS = [
    ("three more dB of bottom end", ["bass+ 3dB"]),
    ("raise the lows by 1 dB and the highs by 2 dB", ["bass+ 1dB", "air+ 2dB"]),
    ("no louder than -13 LUFS", ["volume -13LUFS"]),
    ("I measured -8 LUFS", ["?I measured -8 LUFS"]),
    ("as loud as Spotify wants", ["destination"]),
    ("sounds like a tin can", ["tilt-"]),
    ("more like our first album", ["reference"]),
    ("Blende das Ende bitte früher aus", ["fade-out+"]),
    ("fade the whole song in", ["fade-in+"]),
    ("fade out faster", ["fade-out-"]),
    ("the fade starts too early", ["fade-out-"]),
    ("let it breathe before the next song", ["gap+"]),
    ("it is too loud before the next song", ["?it is too loud before the next song"]),
    ("straight into the next track", ["gap-"]),
    ("the pause before track 3 is too long", ["gap-"]),
    ("shave half a second off the top", ["trim-start+ 0.5s"]),
    ("2 dB off the top", ["air- 2dB"]),
    ("there's a cough at the start, cut it", ["trim-start+"]),
    ("the cough is too loud", ["?the cough is too loud"]),
    ("Lass den letzten Akkord ausklingen", ["trim-end-"]),
    ("Die Stimme geht total unter", ["!level:vocals (presence+)"]),
    ("weniger Gitarrenhall", ["!reverb:guitar"]),
    ("more room on the drums", ["!reverb:drums"]),
    ("slow this one down a hair", ["!tempo"]),
    ("the singer hates it", ["?the singer hates it"]),
    ("fewer highs, they are a bit harsh", ["air-"]),
    ("awfully bright", ["?awfully bright"]),
]
"""Said with words that no list of ours had before."""

TABLE = [
    *BY_STRANGERS,
    *AMOUNTS, *TARGETS, *PLACES, *BLAME, *NEIGHBOURS, *STEMS, *UNDOING, *EDGES, *APART, *BEYOND_WORDS,
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "wanted"), TABLE, ids=[phrase for phrase, _ in TABLE])
def test_a_sentence_asks_for(phrase: str, wanted: list[str]) -> None:
    assert short(phrase) == wanted


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("vocals up 1 dB, less reverb on them", ["level:vocals+ 1dB", "reverb-"]),
        ("guitar to the left", ["pan:guitar-"]),
        ("less reverb on the voice in the chorus", ["reverb:vocals- @chorus"]),
        ("snare louder at 1:02 and 1:45", ["level:snare+ @1:02-1:04", "level:snare+ @1:45-1:47"]),
        ("undo the vocals", ["undo vocals"]),
        ("slow it down", ["!tempo"]),
    ],
)
def test_in_a_mix_each_stem_is_by_itself(phrase: str, wanted: list[str]) -> None:
    assert short(phrase, stems=True) == wanted
