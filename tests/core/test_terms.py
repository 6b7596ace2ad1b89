"""The terms: filled in from the rules, in the reader's language, and proven by their hash."""

import pytest

from bots.catalogues import load_catalogues
from core.rules import Album, HouseName, HouseRules, Retention, Service, Services, Windows
from core.terms import Terms, changed, terms
from core.wording import Voice

RULES = HouseRules()
LANGUAGES = load_catalogues()
OTHERWISE = RULES.model_copy(
    update={
        "currency": "EUR",
        "windows": Windows(first_days=9, again_days=3),
        "retention": Retention(project_days=60),
        "house": HouseName(contact="desk@example.org"),
        "service": Services(
            automatic=Service(
                price=750,
                fee_floor=0,
                refund="fix-or-refund",
                fix_hours=36,
                album=Album(from_songs=3, discount_percent=15),
            ),
            engineer=Service(price=9900, fee_floor=0, refund="credit", promise_hours=50),
            mixing=RULES.service.mixing.model_copy(update={"offered": False}),
        ),
    }
)


def in_english(rules: HouseRules = RULES) -> Terms:
    return terms(rules, LANGUAGES.voice("en"))


@pytest.mark.parametrize(
    "figure", ["$6", "5 songs", "20 %", "5 days", "2 days", "24 hours", "28 days", "13 or older"]
)
def test_the_figures_of_the_rules_stand_in_the_terms(figure: str) -> None:
    assert figure in "\n".join(in_english().paragraphs)


def test_other_rules_make_other_terms() -> None:
    told = "\n".join(in_english(OTHERWISE).paragraphs)
    for figure in ("€7.50", "3 songs", "15 %", "9 days", "3 days", "36 hours", "60 days", "desk@example.org"):
        assert figure in told
    for figure in ("$6", "20 %", "5 days", "24 hours", "28 days"):
        assert figure not in told


def test_every_line_that_the_house_has_is_named_with_its_price_time_and_refund_rule() -> None:
    told = "\n".join(in_english().paragraphs)
    for words in (
        "Automatic master, $6 a song",
        "Engineer master, $35 a song: made by one of our engineers, within 3 days of your payment.",
        "Mix, $120 a song: made from your stems by one of our engineers, within 5 days of your payment.",
        "we refund you in full",  # B63-B65
        "Work of our engineers is not refunded in cash.",  # A24, A25
        "cost $10 a song or more",  # A22
        "Of a mix they cost $20 or more.",  # A23
    ):
        assert words in told


def test_a_line_that_the_house_does_not_have_is_not_in_its_terms() -> None:
    by_hand = {
        name: getattr(RULES.service, name).model_copy(update={"offered": False})
        for name in ("engineer", "mixing")
    }
    rules = RULES.model_copy(update={"service": RULES.service.model_copy(update=by_hand)})
    told = "\n".join(in_english(rules).paragraphs)
    assert "ngineer" not in told
    assert "Mix" not in told


def test_what_has_changed_between_two_terms_is_told_paragraph_by_paragraph() -> None:
    later = RULES.model_copy(update={"windows": Windows(first_days=9)})
    gone, new = changed(in_english(), in_english(later))
    assert [words.partition(" within ")[2][:6] for words in gone[:1]] == ["5 days"]
    assert [words.partition(" within ")[2][:6] for words in new[:1]] == ["9 days"]
    assert changed(in_english(), in_english()) == ((), ())


def test_a_house_without_an_album_price_promises_none() -> None:
    plain = Service(price=600, fee_floor=0, refund="fix-or-refund")
    rules = RULES.model_copy(update={"service": Services(automatic=plain)})
    assert "album" not in "\n".join(in_english(rules).paragraphs)


def test_a_house_without_a_contact_names_none() -> None:
    assert not [words for words in in_english().paragraphs if words.startswith("Contact")]


def test_a_house_that_charges_before_files_says_which_tap_is_the_order_and_when_it_is_paid() -> None:
    told = "\n".join(in_english(RULES.model_copy(update={"charge": "before-files"})).paragraphs)
    assert "the preview is free" in told
    assert "without payment its files are not released" in told
    assert "Paying is your order" not in told


def test_the_law_is_never_signed_away() -> None:
    assert "None of this takes away any right that the law gives you." in in_english().paragraphs  # C28


@pytest.mark.parametrize("rules", [RULES, OTHERWISE, RULES.model_copy(update={"charge": "before-files"})])
def test_every_paragraph_is_said_in_german(rules: HouseRules) -> None:
    german = terms(rules, LANGUAGES.voice("de"))
    assert german.language == "de"
    assert len(german.paragraphs) == len(in_english(rules).paragraphs)
    assert not set(german.paragraphs) & set(in_english(rules).paragraphs)


def test_the_hash_is_of_the_very_words_that_were_shown() -> None:
    known = in_english()
    assert known.sha256 == in_english().sha256
    assert len(known.sha256) == 64
    others = {
        in_english(OTHERWISE).sha256,
        in_english(RULES.model_copy(update={"terms_version": "2027-1"})).sha256,
        terms(RULES, LANGUAGES.voice("de")).sha256,
    }
    assert len({known.sha256, *others}) == 4


def test_moving_a_word_from_one_paragraph_to_the_next_is_another_text() -> None:
    assert Terms("1", "en", ("ab", "c")).sha256 != Terms("1", "en", ("a", "bc")).sha256


def test_terms_need_no_catalogue_to_be_whole() -> None:
    bare = Voice("en", {}, lambda number: int(number != 1))
    assert terms(RULES, bare).paragraphs == in_english().paragraphs
