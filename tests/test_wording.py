"""What the house says: every sentence in every language with its parts, and figures as each writes them."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from bots.catalogues import load_catalogues
from core.asks import BANDS
from core.commands import COMMANDS
from core.desk.forms import FORMS
from core.desk.shown import phrases, troubles
from core.money import Money
from core.revisions import Item
from core.text import Moment, Strong, Text, Title
from core.wording import Catalogues, Voice
from dsp.advice import SENTENCES
from dsp.presets import presets
from dsp.settings import STYLES

ROOT = Path(__file__).parent.parent
ROOMS = ("core", "bots")
CATALOGUES = sorted((ROOT / "core" / "locale").glob("*.po"))
LANGUAGES = load_catalogues()

KEYWORDS = {
    "say": None,
    "word": None,
    "many": (1, 2),
    "staff": None,
    "voice": None,
    "to_staff": None,
    "to_artist": None,
    "Command": (2,),
}
"""The names that take a sentence, as CONTRIBUTING.md has them for pybabel, and which argument it is."""

MOST_LABEL = 80  # characters on a button of Discord's
MOST_FORM_LABEL = 45  # in the title and above a field of a Discord modal
MOST_COMMAND_HELP = 100  # of a Discord command

Sentence = str | tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """One place in the code where a sentence is said."""

    where: str
    name: str  # of the function or method that says it
    call: ast.Call
    label: bool  # it is put on a button

    @property
    def arguments(self) -> list[ast.expr]:
        """Those that should be a sentence."""
        which = KEYWORDS[self.name] or (1,)
        return self.call.args[which[0] - 1 : which[-1]]

    @property
    def sentences(self) -> list[str]:
        return [a.value for a in self.arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.Call) -> str | None:
    match node.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return None


def voiced(path: str, tree: ast.Module) -> Iterator[Said]:
    """Every call that says something, and whether what it says becomes the label of a button."""
    on_buttons: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(args=[label, *_]) if called(node) == "Button":
                on_buttons.update(ast.walk(label))
            case ast.Assign(targets=[ast.Name(name)], value=value) if "label" in name:
                on_buttons.update(ast.walk(value))
            case ast.FunctionDef(name=name) if "label" in name or path == "core/desk/shown/buttons.py":
                on_buttons.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := called(node)) in KEYWORDS and name is not None:
            yield Said(f"{path}:{node.lineno}", name, node, node in on_buttons)


def all_said() -> list[Said]:
    return [said for path, tree in sources() for said in voiced(path, tree)]


def extracted() -> set[Sentence]:
    """Every sentence that pybabel finds in the code, with its plural where it has one."""
    found: set[Sentence] = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
                found.add(message)
    return found


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source)


def messages(path: Path) -> list[Message]:
    return [message for message in catalogue(path) if message.id]


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def forms(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else tuple(sentence)


def edges(template: str) -> tuple[int, int]:
    """How many spaces a sentence begins and ends with: it may be put beside others."""
    return len(template) - len(template.lstrip(" ")), len(template) - len(template.rstrip(" "))


def plain(text: Text) -> str:
    return text.plain(moment=lambda moment: moment.at.isoformat(), title=lambda title: title.title)


each_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
each_language = pytest.mark.parametrize("language", LANGUAGES.languages)


@pytest.fixture
def en() -> Voice:
    return LANGUAGES.voice("en")


@pytest.fixture
def de() -> Voice:
    return LANGUAGES.voice("de")


# The catalogues


def test_the_house_speaks_english_and_german() -> None:
    assert LANGUAGES.languages == ("en", "de")


@each_catalogue
def test_every_sentence_that_the_code_says_stands_in_the_catalogue(path: Path) -> None:
    assert sorted(map(str, extracted() - {_id(message) for message in messages(path)})) == []


@each_catalogue
def test_nothing_stands_in_the_catalogue_that_the_code_no_longer_says(path: Path) -> None:
    assert sorted(map(str, {_id(message) for message in messages(path)} - extracted())) == []
    assert not catalogue(path).obsolete


@each_catalogue
def test_every_sentence_is_translated_for_sure_and_in_every_plural_form(path: Path) -> None:
    number = catalogue(path).num_plurals
    for message in messages(path):
        told = forms(message.string)
        assert not message.fuzzy, message.id
        assert len(told) == (1 if isinstance(message.id, str) else number), message.id
        assert all(told), message.id


@each_catalogue
def test_a_translation_has_the_placeholders_of_its_sentence(path: Path) -> None:
    for message in messages(path):
        for told in forms(message.string):
            assert placeholders(told) == placeholders(forms(message.id)[-1]), message.id


@each_catalogue
def test_a_translation_keeps_the_spaces_that_join_it_to_others(path: Path) -> None:
    for message in messages(path):
        for told in forms(message.string):
            assert edges(told) == edges(forms(message.id)[0]), message.id


@each_catalogue
def test_a_catalogue_names_files_and_no_lines_so_that_its_history_stays_small(path: Path) -> None:
    assert not re.search(r"^#: .*\.py:\d", path.read_text(encoding="utf-8"), re.MULTILINE)


def _id(message: Message) -> Sentence:
    return message.id if isinstance(message.id, str) else tuple(message.id)


# The code


def test_the_names_that_contributors_hand_to_pybabel_are_the_ones_tested_here() -> None:
    told = re.findall(r"-k (\w+(?::[\d,]+)?) ", _section("Words"))
    ours = {name + (":" + ",".join(map(str, which)) if which else "") for name, which in KEYWORDS.items()}
    assert set(told) == ours


def _section(title: str) -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_a_sentence_is_a_literal_that_can_be_found() -> None:
    """But for a command's help, which is found where the command is declared."""
    for said in all_said():
        if said.name == "voice" or not said.where.startswith("core/"):
            continue  # a language is looked up there, not a sentence said
        told = [ast.unparse(argument) for argument in said.arguments]
        assert told == ["command.help"] or len(said.sentences) == len(told), said.where


def test_a_voice_goes_by_a_name_that_extraction_knows() -> None:
    for path, tree in sources():
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[target], value=value):
                    names = _paired(target, value)
                case ast.arg(arg=name, annotation=ast.Name("Voice")):
                    names = [name]
                case ast.Call(func=ast.Call(func=ast.Attribute(attr="voice"))):
                    names = ["a call of voice(…)"]
                case _:
                    continue
            assert [name for name in names if name not in KEYWORDS] == [], f"{path}:{node.lineno}"


def _paired(target: ast.expr, value: ast.expr) -> list[str]:
    """The names that an assignment gives to voices."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
        return [name for one, other in pairs for name in _paired(one, other)]
    match value:
        case (
            ast.Attribute(attr="say" | "to_artist" | "to_staff") | ast.Call(func=ast.Attribute(attr="voice"))
        ):
            return [target.id] if isinstance(target, ast.Name) else [ast.unparse(target)]
    return []


def test_every_sentence_is_given_its_parts_and_no_others() -> None:
    for said in all_said():
        if not said.sentences or said.name == "Command":
            continue
        needed = set[str]().union(*map(placeholders, said.sentences))
        given = {keyword.arg for keyword in said.call.keywords}
        if said.name == "many":
            given.add("count")
            needed.add("count")
        assert given == needed, f"{said.where}: {said.sentences[0]!r}"


@each_language
def test_the_label_of_a_button_fits_on_every_platform(language: str) -> None:
    say = LANGUAGES.voice(language)
    longest = {
        "price": "$1,234,567.89",
        "amount": "$1,234,567.89",
        "number": "123456789",
        "place": "50",
        "count": "999",
    }
    longest["megabytes"] = "99,999"
    longest["file"] = "…"  # a door cuts the name of a file where it must
    longest["style"] = max((phrases.style(say, key, {}) for key in STYLES), key=len)
    bands = [Item(what, -1, 12.5, place=(1680.5, 1800.0)) for what in BANDS]
    longest["change"] = max((phrases.change(say, item) for item in bands), key=len)
    longest["destination"] = max((phrases.destination(say, key) for key in presets()), key=len)
    labels = [said for said in all_said() if said.label]
    assert len(labels) > 30
    for said in labels:
        for sentence in said.sentences:
            told = say.sentences.get(sentence, sentence)
            for form in forms(told):
                assert len(form.format_map(longest)) <= MOST_LABEL, f"{said.where}: {form!r}"


@each_language
def test_the_labels_of_a_form_fit_above_their_fields(language: str) -> None:
    for form in (make(LANGUAGES.voice(language)) for make in FORMS.values()):
        assert len(form.title) <= MOST_FORM_LABEL
        assert [field.label for field in form.fields if len(field.label) > MOST_FORM_LABEL] == []


@each_language
def test_the_help_of_a_command_fits_into_its_menu(language: str) -> None:
    say = LANGUAGES.voice(language)
    assert [command.name for command in COMMANDS if len(say.word(command.help)) > MOST_COMMAND_HELP] == []


@each_language
def test_the_desk_has_words_for_everything_that_the_engine_advises(language: str) -> None:
    details = {"samples": 142, "true_peak": 0.8, "down_db": 2, "lufs": -8.1}
    say = LANGUAGES.voice(language)
    mute = [code for code in SENTENCES if troubles.advice(say, code, details) is None]
    assert mute == ["silent"]  # a silent file is refused, which has its own sentence


# Voices: what a language is


@pytest.mark.parametrize(
    ("told", "spoken"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("en-US", "en"), ("fr", "en"), ("", "en"), (None, "en")],
)
def test_the_language_nearest_to_what_a_client_says_is_spoken(told: str | None, spoken: str) -> None:
    assert LANGUAGES.language(told) == spoken


def test_a_sentence_without_a_translation_is_said_in_english() -> None:
    bare = Catalogues({"de": {}}, {"de": lambda number: int(number != 1)}).voice("de")
    assert bare.word("Start over") == "Start over"
    assert plain(bare.many("{count} song", "{count} songs", 2)) == "2 songs"


def test_a_sentence_keeps_its_marked_parts_for_the_door() -> None:
    title, until = Title("Midnight Drive", secret=True), datetime(2026, 3, 7, 10, tzinfo=UTC)
    say = Catalogues({}, {}).voice("en")
    text = say(
        "{title} is free until {until}, {sure}.", title=title, until=Moment(until), sure=Strong("really")
    )
    assert text.parts == (title, " is free until ", Moment(until), ", ", Strong("really"), ".")


def test_what_a_person_wrote_is_never_read_as_a_template(en: Voice) -> None:
    assert plain(en("Your note: {note}", note="{price} {0} %s")) == "Your note: {price} {0} %s"


def test_a_label_cannot_hold_what_only_a_door_can_show(en: Voice) -> None:
    with pytest.raises(ValueError, match="label"):
        en.word("{title}: the whole master", title=Title("Intro"))


def test_a_missing_part_is_an_error_and_not_a_gap(en: Voice) -> None:
    with pytest.raises(KeyError):
        en("Your note: {note}")


# Voices: figures


@pytest.mark.parametrize(
    ("money", "english", "german"),
    [
        (Money(600, "USD"), "$6", "6\xa0$"),
        (Money(650, "USD"), "$6.50", "6,50\xa0$"),
        (Money(123450, "EUR"), "€1,234.50", "1.234,50\xa0€"),
        (Money(600, "EUR"), "€6", "6\xa0€"),
        (Money(900, "JPY"), "¥900", "900\xa0¥"),
        (Money(1555, "KWD"), "KWD1.555", "1,555\xa0KWD"),
        (Money(350, "XTR"), "350 Stars", "350 Sterne"),
        (Money(1, "XTR"), "1 Star", "1 Stern"),
        (Money(-600, "USD"), "-$6", "-6\xa0$"),
        (Money(0, "USD"), "$0", "0\xa0$"),
    ],
)
def test_money_stands_as_each_language_writes_it_without_empty_cents(
    money: Money, english: str, german: str, en: Voice, de: Voice
) -> None:
    assert en.money(money) == english
    assert de.money(money) == german


@pytest.mark.parametrize(
    ("value", "digits", "english", "german"),
    [
        (-13.94, 1, "-13.9", "-13,9"),
        (-14.0, 1, "-14.0", "-14,0"),
        (-0.04, 1, "0.0", "0,0"),
        (44.1, 1, "44.1", "44,1"),
        (48.0, 0, "48", "48"),
        (1.0049, 2, "1.00", "1,00"),
    ],
)
def test_a_figure_has_a_fixed_number_of_digits_and_no_negative_nothing(
    value: float, digits: int, english: str, german: str, en: Voice, de: Voice
) -> None:
    assert en.number(value, digits) == english
    assert de.number(value, digits) == german


@pytest.mark.parametrize(
    ("value", "told"), [(1.5, "+1.5"), (-3.1, "-3.1"), (0.0, "0.0"), (0.04, "0.0"), (-0.04, "0.0")]
)
def test_a_difference_carries_its_sign_unless_it_is_none(value: float, told: str, en: Voice) -> None:
    assert en.signed(value) == told


def test_a_whole_number_in_a_sentence_is_grouped_as_the_language_groups(en: Voice, de: Voice) -> None:
    say = "That is longer than {most} characters. Please shorten it; nothing was sent."
    assert "2,000 characters" in plain(en(say, most=2000))
    assert "2.000 Zeichen" in plain(de(say, most=2000))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0:00"), (238, "3:58"), (59.6, "1:00"), (3725, "1:02:05"), (600, "10:00")],
)
def test_a_duration_reads_as_a_clock(seconds: float, told: str, en: Voice) -> None:
    assert en.duration(seconds) == told


@pytest.mark.parametrize(
    ("span", "english", "german"),
    [
        (timedelta(days=5), "5 days", "5 Tage"),
        (timedelta(days=28), "28 days", "28 Tage"),
        (timedelta(hours=24), "24 hours", "24 Stunden"),
        (timedelta(hours=36), "36 hours", "36 Stunden"),
        (timedelta(hours=1), "60 minutes", "60 Minuten"),
        (timedelta(minutes=5), "5 minutes", "5 Minuten"),
        (timedelta(minutes=1), "1 minute", "1 Minute"),
    ],
)
def test_a_span_stands_as_it_does_in_the_rules(
    span: timedelta, english: str, german: str, en: Voice, de: Voice
) -> None:
    assert en.span(span) == english
    assert de.span(span) == german


def test_a_moment_is_told_in_the_readers_zone_with_how_far_off_it_is(en: Voice, de: Voice) -> None:
    now, at = datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 7, 10, tzinfo=UTC)
    assert en.moment(Moment(at), now, ZoneInfo("UTC")) == "Sat 7 Mar 10:00 (in 5 days)"
    assert de.moment(Moment(at), now, ZoneInfo("Europe/Berlin")) == "Sa., 7. März 11:00 (in 5 Tagen)"


def test_a_moment_may_fall_on_another_day_for_its_reader(en: Voice) -> None:
    now, at = datetime(2026, 3, 7, 10, tzinfo=UTC), datetime(2026, 3, 7, 20, tzinfo=UTC)
    assert en.moment(Moment(at), now, ZoneInfo("Asia/Tokyo")) == "Sun 8 Mar 05:00 (in 10 hours)"


def test_a_moment_is_never_told_in_seconds(en: Voice) -> None:
    now = datetime(2026, 3, 7, 10, tzinfo=UTC)
    at = now - timedelta(seconds=58)
    assert en.moment(Moment(at), now, ZoneInfo("UTC")) == "Sat 7 Mar 09:59 (1 minute ago)"


def test_the_date_of_a_record_does_not_say_how_long_ago_it_was(en: Voice) -> None:
    at = datetime(2026, 3, 7, 10, 0, tzinfo=UTC)
    assert en.moment(Moment(at, record=True), at, ZoneInfo("UTC")) == "Sat 7 Mar 10:00"


def test_a_moment_in_another_year_says_which(en: Voice, de: Voice) -> None:
    now, at = datetime(2026, 12, 30, 10, tzinfo=UTC), datetime(2027, 1, 2, 9, tzinfo=UTC)
    assert en.moment(Moment(at), now, ZoneInfo("UTC")).startswith("Sat, 2 Jan 2027 09:00")
    assert de.moment(Moment(at), now, ZoneInfo("UTC")).startswith("Sa., 2. Jan. 2027 09:00")


def test_a_moment_may_be_past_or_present(en: Voice, de: Voice) -> None:
    at = datetime(2026, 3, 7, 10, tzinfo=UTC)
    assert en.moment(Moment(at), at + timedelta(hours=3), ZoneInfo("UTC")).endswith("(3 hours ago)")
    assert en.moment(Moment(at), at + timedelta(seconds=20), ZoneInfo("UTC")).endswith("(now)")
    assert de.moment(Moment(at), at, ZoneInfo("UTC")).endswith("(jetzt)")


@pytest.mark.parametrize(
    ("count", "english", "german"),
    [
        (1, "1 song", "1 Song"),
        (0, "0 songs", "0 Songs"),
        (2, "2 songs", "2 Songs"),
        (1200, "1,200 songs", "1.200 Songs"),
    ],
)
def test_a_sentence_changes_with_its_number(
    count: int, english: str, german: str, en: Voice, de: Voice
) -> None:
    assert plain(en.many("{count} song", "{count} songs", count)) == english
    assert plain(de.many("{count} song", "{count} songs", count)) == german
