"""The house rules: read whole or refused whole, each problem with the line that it stands on."""

from datetime import date
from pathlib import Path

import pytest

from core.money import Money
from core.rules import HouseRules, RulesError, contradictions, load_rules

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
        ("[windows]\nfirst_days = 99999999\n", 2, "windows.first_days", "less than or equal to 3660"),
        ("[quotes]\nstaff_promise_hours = 99999\n", 2, "quotes.staff_promise_hours", "or equal to 8784"),
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
        "rules.toml line 5: service.automatic.album.from_songs: should be greater than or equal to 2",
    )


def test_all_problems_are_told_at_once(file: Path) -> None:
    told = problems(file, "colour = 1\n[windows]\nfirst_days = 0\n[limits]\nsong_minutes = 0\n")
    assert sorted(told) == [
        "rules.toml line 1: colour: there is no such rule",
        "rules.toml line 3: windows.first_days: should be greater than 0",
        "rules.toml line 5: limits.song_minutes: should be greater than 0",
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


LINE = "price = 600\nfee_floor = 1000\n"


@pytest.mark.parametrize(
    ("text", "line", "rule", "wrong"),
    [
        (
            f'[service.engineer]\n{LINE}refund = "fix-or-refund"\npromise_hours = 9\n',
            4,
            "service.engineer.refund",
            'what people did is not given back by a clock: "credit" is the rule of a line by hand (A24)',
        ),
        (
            f'\n[service.engineer]\n{LINE}refund = "credit"\n',
            2,
            "service.engineer",
            "a line that is offered says when it is done: promise_hours",
        ),
        (
            f'[service.automatic]\n{LINE}refund = "credit"\npromise_minutes = 5\npromise_hours = 1\n',
            6,
            "service.automatic.promise_hours",
            "the promise of the engine is promise_minutes",
        ),
        (
            f'[service.mixing]\n{LINE}refund = "credit"\npromise_hours = 9\nalbum = {{ from_songs = 3 }}\n',
            6,
            "service.mixing.album",
            "stems are mixed to one song, of which there is no album",
        ),
        (
            "[limits]\nsongs_per_order = 4\n",
            1,
            "service.automatic.album.from_songs",
            "one order takes 4 songs (limits.songs_per_order)",
        ),
        (
            "[service.automatic]\noffered = false\n[service.engineer]\noffered = false\n",
            1,
            "service",
            "a house offers masters, by the engine or by an engineer; this one does neither",
        ),
        (
            "[windows]\nfirst_days = 1\nreminder_hours = 24\n",
            3,
            "windows.reminder_hours",
            "the reminder would come before the 1 free days begin",
        ),
        (
            "[retention]\nwarn_days = [1, 7]\n",
            2,
            "retention.warn_days",
            "the days before the end must fall, such as [7, 1]",
        ),
        (
            "[retention]\nproject_days = 7\n",
            1,
            "retention.warn_days",
            "a warning would come before the 7 days of storage begin",
        ),
        (
            "[queue]\nweight = { free = 9 }\n",
            2,
            "queue.weight.basic",
            "paid work would wait longer than free work",
        ),
        ("[rebates.MAY]\nonce = true\n", 1, "rebates.MAY", "a rebate is either a percent or an amount"),
        (
            "[rebates.MAY]\npercent = 5\nservices = []\n",
            3,
            "rebates.MAY.services",
            "a rebate is for one service at least",
        ),
    ],
)
def test_rules_that_contradict_each_other_are_refused_with_a_sentence_at_their_line(
    file: Path, text: str, line: int, rule: str, wrong: str
) -> None:
    told = problems(file, text)
    assert f"rules.toml line {line}: {rule}: {wrong}" in told


def test_the_usual_rules_contradict_nothing() -> None:
    assert list(contradictions(HouseRules())) == []


def test_a_line_that_is_left_out_needs_nothing_else(file: Path) -> None:
    file.write_text("[service.mixing]\noffered = false\n", encoding="utf-8")
    assert load_rules(file).offered == ("automatic", "engineer")


def test_a_rebate_is_read_with_its_last_day(file: Path) -> None:
    file.write_text("[rebates.MAY]\namount = 500\nuntil = 2027-05-31\n", encoding="utf-8")
    rebate = load_rules(file).rebates["MAY"]
    assert (rebate.amount, rebate.until, rebate.once) == (500, date(2027, 5, 31), True)


@pytest.mark.parametrize(
    ("text", "line", "rule", "wrong"),
    [
        ("[rebates.may]\npercent = 5\n", 1, "rebates.may", "match pattern '^[A-Z0-9][A-Z0-9-]{1,19}$'"),
        ("[rebates.MAY]\npercent = 101\n", 2, "rebates.MAY.percent", "less than or equal to 100"),
        (f"[service.automatic]\n{LINE}fee_floor = -1\n".replace("fee_floor = 1000\n", ""), 3,
         "service.automatic.fee_floor", "greater than or equal to 0"),
    ],
)  # fmt: skip
def test_a_value_out_of_bounds_is_refused_at_its_line(
    file: Path, text: str, line: int, rule: str, wrong: str
) -> None:
    told = [
        problem for problem in problems(file, text) if problem.startswith(f"rules.toml line {line}: {rule}: ")
    ]
    assert [problem.endswith(wrong) for problem in told] == [True]
