"""The house rules: read whole or refused whole, each problem with the line that it stands on."""

from pathlib import Path

import pytest

from core.money import Money
from core.rules import HouseRules, RulesError, load_rules

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rules.toml"


def problems(file: Path, text: str) -> tuple[str, ...]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError) as refused:
        load_rules(file)
    return refused.value.problems


def test_the_rules_of_the_repository_are_the_defaults() -> None:
    assert load_rules(ROOT / "rules.toml") == HouseRules()


def test_the_rules_of_the_repository_name_every_rule_there_is() -> None:
    text = (ROOT / "rules.toml").read_text(encoding="utf-8")
    assert [name for name in _names(HouseRules()) if name not in text] == []


def _names(table: object) -> list[str]:
    fields = getattr(type(table), "model_fields", {})
    optional = {"promise_minutes", "promise_hours", "album", "fix_hours"}  # not of every service
    own = [name for name in fields if name not in optional]
    return own + [name for field in fields for name in _names(getattr(table, field))]


def test_a_house_without_a_file_follows_the_defaults() -> None:
    assert load_rules(None) == HouseRules()


def test_what_a_file_does_not_say_stays_as_it_is(file: Path) -> None:
    file.write_text('currency = "EUR"\n[windows]\nfirst_days = 7\n', encoding="utf-8")
    rules = load_rules(file)
    assert rules.money(600) == Money(600, "EUR")
    assert rules.windows.first_days == 7
    assert rules.windows.again_days == 2
    assert rules.service == HouseRules().service


def test_rules_do_not_change_once_they_are_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        HouseRules().windows.first_days = 1


@pytest.mark.parametrize(
    ("text", "line", "rule", "wrong"),
    [
        ('currency = "USD"\n\nwindow = 5\n', 3, "window", "there is no such rule"),
        ("[windows]\nfirst_days = 5\nfirst_dais = 5\n", 3, "windows.first_dais", "there is no such rule"),
        ("[queue]\nweight = { free = 1, gold = 9 }\n", 2, "queue.weight.gold", "there is no such rule"),
        ("# a comment\n[windows]\nfirst_days = 0\n", 3, "windows.first_days", "greater than 0"),
        ("[windows]\n[limits]\nsong_minutes = 0\n", 3, "limits.song_minutes", "greater than 0"),
        ("windows.first_days = -1\n", 1, "windows.first_days", "greater than 0"),
        ("[retention]\nwarn_days = [\n7,\n0]\n", 2, "retention.warn_days", "greater than 0"),
        ("[retention]\nproject_days = 2000\n", 2, "retention.project_days", "less than or equal to 1830"),
        ('[limits]\nsong_minutes = "30"\n', 2, "limits.song_minutes", "a valid integer"),
        ("[limits]\nsong_minutes = 30.5\n", 2, "limits.song_minutes", "a valid integer"),
        ("[limits]\nsong_minutes = true\n", 2, "limits.song_minutes", "a valid integer"),
        ('[quotes]\nauto_quote_floor = "yes"\n', 2, "quotes.auto_quote_floor", "a valid boolean"),
        ('charge = "later"\n', 1, "charge", "'before-work' or 'before-files'"),
        ('currency = "dollars"\n', 1, "currency", "match pattern '^[A-Z]{3}$'"),
        ('\ntime_zone = "Berlin"\n', 2, "time_zone", "'Berlin' is not a time zone (try Europe/Berlin)"),
    ],
)
def test_a_problem_names_its_line_and_its_rule(
    file: Path, text: str, line: int, rule: str, wrong: str
) -> None:
    (problem,) = problems(file, text)
    assert problem.startswith(f"rules.toml line {line}: {rule}: ")
    assert problem.endswith(wrong)


def test_a_rule_that_is_missing_is_told_at_its_table(file: Path) -> None:
    assert problems(file, '\n[service.automatic]\nprice = 600\nrefund = "credit"\n') == (
        "rules.toml line 2: service.automatic.fee_floor: Field required",
    )


def test_an_album_of_one_song_is_told_at_its_line(file: Path) -> None:
    text = (
        "[service.automatic]\nprice = 600\nfee_floor = 1000\n"
        'refund = "fix-or-refund"\nalbum = { from_songs = 1, discount_percent = 20 }\n'
    )
    assert problems(file, text) == (
        "rules.toml line 5: service.automatic.album.from_songs: Input should be greater than or equal to 2",
    )


def test_all_problems_are_told_at_once(file: Path) -> None:
    told = problems(file, "colour = 1\n[windows]\nfirst_days = 0\n[limits]\nsong_minutes = 0\n")
    assert sorted(told) == [
        "rules.toml line 1: colour: there is no such rule",
        "rules.toml line 3: windows.first_days: Input should be greater than 0",
        "rules.toml line 5: limits.song_minutes: Input should be greater than 0",
    ]


def test_what_is_no_toml_is_told_with_its_line(file: Path) -> None:
    (told,) = problems(file, "currency = \n")
    assert told.startswith("rules.toml: is not valid TOML: ")
    assert "line 1" in told


def test_what_is_no_text_is_told(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulesError, match="is not UTF-8 text"):
        load_rules(file)


def test_a_file_that_cannot_be_read_is_told(file: Path) -> None:
    with pytest.raises(RulesError, match="cannot be read"):
        load_rules(file)
