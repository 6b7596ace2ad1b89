"""Phrases of the closed list become changes; whatever else is said is handed back, never guessed."""

import pytest

from core.revisions import What
from core.words import read

VOLUME, BASS, LOW_MID, MID = What.VOLUME, What.BASS, What.LOW_MID, What.MID
PRESENCE, SIBILANCE, AIR, TILT = What.PRESENCE, What.SIBILANCE, What.AIR, What.TILT
WIDTH, DYNAMICS, LIMITING = What.WIDTH, What.DYNAMICS, What.LIMITING
FADE_IN, FADE_OUT, TRIM_START, TRIM_END = What.FADE_IN, What.FADE_OUT, What.TRIM_START, What.TRIM_END
GAP = What.GAP

# (phrase, what, direction and amount; whether the artist said the figure)
ENGLISH = [
    ("louder", VOLUME, 1.5, False),
    ("LOUDER!!!", VOLUME, 1.5, False),
    ("1.5 dB louder", VOLUME, 1.5, True),
    ("1.5 louder", VOLUME, 1.5, True),
    ("a bit louder", VOLUME, 0.9, False),
    ("can you make it a little louder?", VOLUME, 0.9, False),
    ("much louder", VOLUME, 2.7, False),
    ("could be louder", VOLUME, 1.5, False),
    ("too quiet", VOLUME, 1.5, False),
    ("volume +1.5 dB", VOLUME, 1.5, True),
    ("too loud", VOLUME, -1.5, False),
    ("it's much too loud", VOLUME, -1.5, False),
    ("not so loud", VOLUME, -1.5, False),
    ("softer", VOLUME, -1.5, False),
    ("lower the volume", VOLUME, -1.5, False),
    ("quieter -2 dB", VOLUME, -2.0, True),
    ("more bass please", BASS, 1.5, False),
    ("bass up 2 dB", BASS, 2.0, True),
    ("raise the bass by 2 dB", BASS, 2.0, True),
    ("3dB more bass", BASS, 3.0, True),
    ("more low end", BASS, 1.5, False),
    ("too little bass", BASS, 1.5, False),
    ("not enough bass", BASS, 1.5, False),
    ("too thin", LOW_MID, 1.5, False),
    ("less bass", BASS, -1.5, False),
    ("far too much bass", BASS, -1.5, False),
    ("slightly less bass", BASS, -0.6, False),
    ("bass -0.5 dB", BASS, -0.5, True),
    ("bass −2 dB", BASS, -2.0, True),
    ("bass –2 dB", BASS, -2.0, True),
    ("bass minus 2 dB", BASS, -2.0, True),
    ("too boomy", BASS, -1.5, False),
    ("make it warm", LOW_MID, 1.5, False),
    ("warmer", LOW_MID, 1.5, False),
    ("less mud", LOW_MID, -1.5, False),
    ("too muddy", LOW_MID, -1.5, False),
    ("less low mids", LOW_MID, -1.5, False),
    ("bring up the mids 1 dB", MID, 1.0, True),
    ("more clarity", PRESENCE, 1.5, False),
    ("less harsh", SIBILANCE, -1.5, False),
    ("it’s too harsh", SIBILANCE, -1.5, False),
    ("smoother", SIBILANCE, -1.5, False),
    ("a touch more air", AIR, 0.6, False),
    ("bring the highs down", AIR, -1.5, False),
    ("boost the highs 1 dB", AIR, 1.0, True),
    ("brighter", TILT, 1.5, False),
    ("too dark", TILT, 1.5, False),
    ("way brighter", TILT, 2.7, False),
    ("darker", TILT, -1.5, False),
    ("a little too bright", TILT, -1.5, False),
    ("not as bright", TILT, -1.5, False),
    ("wider", WIDTH, 1.5, False),
    ("more stereo width", WIDTH, 1.5, False),
    ("narrower", WIDTH, -1.5, False),
    ("punchier", DYNAMICS, 0.3, False),
    ("less compressed", DYNAMICS, 0.3, False),
    ("too squashed", DYNAMICS, 0.3, False),
    ("should be a bit more dynamic", DYNAMICS, 0.18, False),
    ("more compressed", DYNAMICS, -0.3, False),
    ("less limiting", LIMITING, -0.3, False),
    ("fade-out", FADE_OUT, 5.0, False),
    ("fade out 5 s", FADE_OUT, 5.0, True),
    ("fade in 2 seconds", FADE_IN, 2.0, True),
    ("trim 2 s at the start", TRIM_START, 2.0, True),
    ("trim the first 2 seconds", TRIM_START, 2.0, True),
    ("cut 3 seconds off the end", TRIM_END, 3.0, True),
    ("remove the last 3 seconds", TRIM_END, 3.0, True),
    ("gap 2 s", GAP, 2.0, True),
    ("2 seconds of silence after the song", GAP, 2.0, True),
    ("add 3 s pause before the next track", GAP, 3.0, True),
    ("a longer gap", GAP, 1.0, False),
    ("gap 1 s shorter", GAP, -1.0, True),
    ("longer fade-out", FADE_OUT, 5.0, False),
]

GERMAN = [
    ("lauter", VOLUME, 1.5, False),
    ("mach es bitte etwas lauter", VOLUME, 0.9, False),
    ("1,5 dB lauter", VOLUME, 1.5, True),
    ("viel lauter", VOLUME, 2.7, False),
    ("1 dB leiser", VOLUME, -1.0, True),
    ("nicht so laut", VOLUME, -1.5, False),
    ("zu laut", VOLUME, -1.5, False),
    ("mehr Bass", BASS, 1.5, False),
    ("zu wenig Bass", BASS, 1.5, False),
    ("nicht genug Bass", BASS, 1.5, False),
    ("weniger Bass", BASS, -1.5, False),
    ("ein bisschen weniger Bass", BASS, -0.9, False),
    ("zu viel Bass", BASS, -1.5, False),
    ("Bass 2 dB runter", BASS, -2.0, True),
    ("Bass absenken", BASS, -1.5, False),
    ("bitte etwas wärmer", LOW_MID, 0.9, False),
    ("zu matschig", LOW_MID, -1.5, False),
    ("mehr Präsenz", PRESENCE, 1.5, False),
    ("weniger Zischlaute", SIBILANCE, -1.5, False),
    ("es klingt zu scharf", SIBILANCE, -1.5, False),
    ("Höhen um 1 dB anheben", AIR, 1.0, True),
    ("weniger Höhen", AIR, -1.5, False),
    ("ein kleines bisschen heller", TILT, 0.9, False),
    ("zu wenig hell", TILT, 1.5, False),
    ("Es ist zu dumpf", TILT, 1.5, False),
    ("ein wenig zu hell", TILT, -1.5, False),
    ("dunkler", TILT, -1.5, False),
    ("deutlich breiter", WIDTH, 2.7, False),
    ("druckvoller", DYNAMICS, 0.3, False),
    ("weniger komprimiert", DYNAMICS, 0.3, False),
    ("Ausblende 5 Sekunden", FADE_OUT, 5.0, True),
    ("Einblende 2 s", FADE_IN, 2.0, True),
    ("kürze die ersten 2 Sekunden", TRIM_START, 2.0, True),
    ("schneide die letzten 3 Sekunden ab", TRIM_END, 3.0, True),
    ("2 Sekunden Pause nach dem Lied", GAP, 2.0, True),
    ("eine längere Pause", GAP, 1.0, False),
]

NEVER_GUESSED = [
    # it describes what may be meant as praise, and says no wish
    "very loud",
    "it is bright",
    "the master is wide",
    "bass",
    "more",
    "1.5",
    "minus 2 dB",
    # it contradicts itself
    "louder -2 dB",
    "less bass +2 dB",
    "louder 1 dB 2 dB",
    # it names a value or a share instead of a change
    "volume to 5",
    "bass at 2 dB",
    "reduce bass by 5%",
    "2x louder",
    "louder than the reference",
    # the amount is nothing, too much or of another kind
    "0 dB louder",
    "12 dB louder",
    "bass 2 seconds",
    "fade out 2 dB",
    "limiting +2 dB",
    "trim 90 s at the start",
    "trim 2 s",
    "-60 LUFS",
    # its times are no stretch
    "less bass from 1:30 to 1:10",
    # it is about two things at once
    "the mids need more presence",
    # it is not about the sound at all
    "where are my files?",
    "make it more purple",
    "what compressor did you use on this?",
]


@pytest.mark.parametrize(("phrase", "what", "change", "exact"), ENGLISH + GERMAN)
def test_a_plain_phrase_is_one_change(phrase: str, what: What, change: float, exact: bool) -> None:
    heard = read(phrase)
    assert [(item.what, item.direction * item.amount, item.exact) for item in heard.items] == [
        (what, change, exact)
    ]
    assert heard.not_understood == ()


BLAMED = [
    ("harsh", SIBILANCE, -1),
    ("it is a bit dull", TILT, 1),
    ("the master is harsh", SIBILANCE, -1),
    ("klingt dumpf", TILT, 1),
    ("boomy", BASS, -1),
]


@pytest.mark.parametrize(("phrase", "what", "direction"), BLAMED)
def test_a_word_that_only_blames_is_a_wish_for_its_opposite(phrase: str, what: What, direction: int) -> None:
    heard = read(phrase)
    assert [(item.what, item.direction) for item in heard.items] == [(what, direction)]
    assert heard.not_understood == ()


@pytest.mark.parametrize("phrase", NEVER_GUESSED)
def test_what_cannot_be_read_for_sure_is_handed_back_and_never_guessed(phrase: str) -> None:
    heard = read(phrase)
    assert heard.items == ()
    assert heard.not_understood != ()


def changes(phrase: str) -> list[tuple[What, float]]:
    return [(item.what, item.direction * item.amount) for item in read(phrase).items]


def test_one_sentence_may_hold_several_changes() -> None:
    assert changes("bass +1.5 dB, a bit more air and less sibilance") == [
        (BASS, 1.5),
        (AIR, 0.9),
        (SIBILANCE, -1.5),
    ]
    assert changes("1,5 dB lauter, weniger Bass und breiter") == [(VOLUME, 1.5), (BASS, -1.5), (WIDTH, 1.5)]


def test_what_is_understood_is_kept_beside_what_is_not() -> None:
    heard = read("louder, and paint the snare green")
    assert [item.what for item in heard.items] == [VOLUME]
    assert heard.not_understood == ("paint the snare green",)


@pytest.mark.parametrize(
    "bound",
    [
        "not too loud",
        "nicht zu laut",
        "not more compressed",
        "don't make it louder",
        "no more bass",
        "without making it muddy",
        "as long as it doesn't get dull",
        "keep the dynamics",
        "leave the bass",
        "leave the vocals and the air",
        "lass den Bass",
        "ohne dass es dumpf wird",
    ],
)
def test_a_bound_is_no_wish_and_takes_back_none(bound: str) -> None:
    heard = read(f"1 dB wider but {bound}")
    assert [(item.what, item.direction) for item in heard.items] == [(WIDTH, 1)]
    assert heard.bounds == (bound,)
    assert heard.not_understood == ()


@pytest.mark.parametrize(
    "phrase", ["I love it", "Thanks, great job!", "I like it warm", "Richtig geil geworden, danke!"]
)
def test_praise_and_thanks_are_passed_over(phrase: str) -> None:
    heard = read(phrase)
    assert (heard.items, heard.not_understood) == ((), ())
    assert heard.passed_over


def test_two_wishes_without_a_comma_are_two() -> None:
    assert changes("more bass less treble") == [(BASS, 1.5), (AIR, -1.5)]
    assert changes("bass +2 dB treble -1 dB") == [(BASS, 2.0), (AIR, -1.0)]


def test_a_comma_inside_a_figure_parts_nothing() -> None:
    assert changes("bass +1,5 dB") == [(BASS, 1.5)]


def test_words_of_courtesy_are_no_riddle() -> None:
    heard = read("louder please, thank you!")
    assert len(heard.items) == 1
    assert heard.not_understood == ()


def test_a_change_keeps_the_words_it_was_asked_in() -> None:
    assert read("A bit louder, please").items[0].text == "A bit louder"


SONGS = [("s1", "Intro"), ("s2", "Midnight Drive"), ("s3", "Part 2: Dawn")]


def test_a_title_and_a_colon_make_it_about_that_song_alone() -> None:
    assert [item.song for item in read("midnight drive: less bass, wider", SONGS).items] == ["s2", "s2"]


def test_a_title_may_hold_a_colon_itself() -> None:
    assert [item.song for item in read("Part 2: Dawn: louder", SONGS).items] == ["s3"]


@pytest.mark.parametrize("third", ["3", "3.", "#3", "song 3", "Track 3", "No. 3", "nr.3", "Lied 3"])
def test_a_number_and_a_colon_make_it_about_the_song_that_has_it(third: str) -> None:
    assert [item.song for item in read(f"{third}: less bass, 2 louder", SONGS).items] == ["s3", "s3"]


@pytest.mark.parametrize(
    ("words", "songs"),
    [
        ("song 3 louder", ["s3"]),
        ("no. 3 louder", ["s3"]),
        ("track 2 is too quiet", ["s2"]),
        ("songs 2 and 3 louder", ["s2", "s3"]),
        ("On Midnight Drive please make it louder", ["s2"]),
        ("midnight drive could be louder", ["s2"]),
    ],
)
def test_a_song_may_be_named_inside_the_wish(words: str, songs: list[str]) -> None:
    heard = read(words, SONGS)
    assert [(item.song, item.what, item.direction) for item in heard.items] == [
        (song, VOLUME, 1) for song in songs
    ]
    assert heard.not_understood == ()


@pytest.mark.parametrize("words", ["3 louder", "4: louder"])
def test_on_an_album_the_number_of_a_song_is_no_amount(words: str) -> None:
    heard = read(words, SONGS)
    assert heard.items == ()
    assert heard.not_understood


@pytest.mark.parametrize("words", ["3 dB louder", "volume +3", "3 db lauter"])
def test_on_an_album_an_amount_has_a_unit_or_a_sign(words: str) -> None:
    assert [(item.song, item.direction * item.amount) for item in read(words, SONGS).items] == [(None, 3.0)]


@pytest.mark.parametrize(
    ("phrase", "what", "change", "place"),
    [
        ("louder at 1:20", VOLUME, 1.5, (80.0, 82.0)),
        ("less harsh s at 1:02", SIBILANCE, -1.5, (62.0, 64.0)),
        ("1:02 less bass", BASS, -1.5, (62.0, 64.0)),
        ("from 1:10 to 1:30 bass -2 dB", BASS, -2.0, (70.0, 90.0)),
        ("1:10 - 1:30 2 dB quieter", VOLUME, -2.0, (70.0, 90.0)),
        ("a bit louder between 0:05.5 and 0:10", VOLUME, 0.9, (5.5, 10.0)),
        ("von 1:10 bis 1:30 weniger Bass", BASS, -1.5, (70.0, 90.0)),
        ("zwischen 1:10 und 1:30 lauter", VOLUME, 1.5, (70.0, 90.0)),
        ("more air at 1:02:03", AIR, 1.5, (3723.0, 3725.0)),
    ],
)
def test_a_time_makes_it_about_one_place(
    phrase: str, what: What, change: float, place: tuple[float, float]
) -> None:
    (item,) = read(phrase, [("a", "Intro")]).items
    assert (item.what, item.direction * item.amount, item.place) == (what, change, place)
    assert item.song is None


def test_a_place_stands_beside_what_is_for_the_whole_song() -> None:
    items = read("1.5 dB louder, less harsh s at 1:02").items
    assert [item.place for item in items] == [None, (62.0, 64.0)]


def test_without_a_title_a_change_is_about_every_song() -> None:
    assert [item.song for item in read("louder\nIntro: less bass", SONGS).items] == [None, "s1"]


def test_a_title_that_no_song_has_is_not_understood() -> None:
    heard = read("Sunrise: less bass, wider", SONGS)
    assert heard.items == ()
    assert heard.not_understood == ("Sunrise: less bass, wider",)
