"""The styles of a house: read from its rules, offered beside the engine's, given to the engine whole."""

from dataclasses import fields
from pathlib import Path

import pytest

from core.rules import HouseRules, RulesError, load_rules, problem_at
from core.styles import MOST_STYLES, HouseStyle, keys, offered, starting
from dsp.settings import STYLES, PlugIn, Settings, Style

VELVET = """\
[styles.velvet]
base = "warm"
label = { en = "Velvet", de = "Samt" }
told = { en = "Slow and wide." }
limiting_db = 4
contour_db = [[60, 1.0], [900, 0]]
chain_lufs = -20.0

[[styles.velvet.chain]]
plugin = "Compressor"
ratio = 2
threshold_db = -18.0

[[styles.velvet.chain]]
vst3 = "plug-ins/Tube.vst3"
name = "Tube"
reads = ["/opt/tube"]
drive = 0.3
bypass = false
mode = "soft"
"""


def read(folder: Path, text: str) -> HouseRules:
    file = folder / "rules.toml"
    file.write_text(text, encoding="utf-8")
    return load_rules(file)


def problems(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(RulesError) as refused:
        read(folder, text)
    return refused.value.problems


def test_a_style_of_the_house_is_its_base_but_for_what_it_says(tmp_path: Path) -> None:
    warm = STYLES["warm"]
    made = read(tmp_path, VELVET).styles["velvet"].style("velvet")
    assert made == Style(
        "velvet",
        contour_db=((60.0, 1.0), (900.0, 0.0)),
        correction=warm.correction,
        attack_ms=warm.attack_ms,
        release_ms=warm.release_ms,
        clipping_db=warm.clipping_db,
        limiting_db=4.0,
        chain_lufs=-20.0,
        chain=(
            PlugIn("Compressor", parameters=(("ratio", 2), ("threshold_db", -18.0))),
            PlugIn(
                "Tube",
                str(tmp_path / "plug-ins" / "Tube.vst3"),
                (("bypass", False), ("drive", 0.3), ("mode", "soft")),
                ("/opt/tube",),
            ),
        ),
    )


def test_every_number_of_a_style_can_be_set() -> None:
    assert {field.name for field in fields(Style)} - {"key"} <= set(HouseStyle.model_fields)


def test_a_house_offers_the_styles_of_the_engine_and_then_its_own(tmp_path: Path) -> None:
    own = read(tmp_path, VELVET).styles
    assert keys(own) == (*STYLES, "velvet")
    assert keys({}) == tuple(STYLES)


def test_a_song_starts_with_the_whole_style(tmp_path: Path) -> None:
    own = read(tmp_path, VELVET).styles
    assert starting(own, "velvet") == Settings(style="velvet", own_style=own["velvet"].style("velvet"))
    assert starting(own, "bright") == Settings(style="bright")


def test_a_style_that_the_house_has_no_more_becomes_the_default() -> None:
    assert offered({}, "velvet") == "balanced"
    assert starting({}, "velvet") == Settings()


def test_a_style_is_named_in_the_language_of_who_reads(tmp_path: Path) -> None:
    velvet = read(tmp_path, VELVET).styles["velvet"]
    assert (velvet.label_in("de"), velvet.label_in("fr")) == ("Samt", "Velvet")
    assert (velvet.told_in("de"), velvet.told_in("en")) == ("Slow and wide.", "Slow and wide.")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('base = "warm"', 'base = "cold"', 2, "styles.velvet.base: 'cold' is no style of the engine"),
        ("limiting_db = 4", "limiting_db = 40", 5, "styles.velvet.limiting_db: should be less"),
        ("limiting_db = 4", "limiter_db = 4", 5, "styles.velvet.limiter_db: there is no such rule"),
        ("[[60, 1.0], [900, 0]]", "[[900, 1.0], [60, 0]]", 6, "the frequencies rise from point to point"),
        ('{ en = "Velvet", de = "Samt" }', "{ }", 3, "styles.velvet.label"),
        ('plugin = "Compressor"\n', "", 9, "styles.velvet.chain: say either plugin"),
        ('vst3 = "plug-ins/Tube.vst3"\n', "", 14, "styles.velvet.chain: say either plugin"),
        ("drive = 0.3", "drive = [0.3]", 14, "drive is set to a number, true, false or a text"),
        ('vst3 = "plug-ins/Tube.vst3"', "vst3 = 3", 15, "styles.velvet.chain.vst3: should be a valid"),
        ("styles.velvet", "styles.warm", 1, "'warm' is a style of the engine"),
        ("styles.velvet", "styles.Velvet", 1, "styles.Velvet: String should match pattern"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    (problem,) = problems(tmp_path, VELVET.replace(old, new))
    assert problem.startswith(f"rules.toml line {line}: ")
    assert said in problem


def test_no_house_has_more_styles_than_a_menu_holds(tmp_path: Path) -> None:
    many = "".join(f'[styles.s{number}]\nlabel = {{ en = "S" }}\n' for number in range(MOST_STYLES + 1))
    assert "at most 12 items" in problems(tmp_path, many)[0]


def test_what_the_engine_finds_is_told_with_its_line(tmp_path: Path) -> None:
    read(tmp_path, VELVET)
    told = problem_at(tmp_path / "rules.toml", ("styles", "velvet", "chain", 1, "drive"), "It is wrong.")
    assert told == "rules.toml line 18: styles.velvet.chain.drive: It is wrong."
    told = problem_at(
        tmp_path / "rules.toml", ("styles", "velvet", "chain", 0, "threshold_db"), "It is wrong."
    )
    assert told.startswith("rules.toml line 12: ")
