"""Price agreements: when one is offered, how it comes about, what it is good for, when it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.agreements import (
    FOR_STAFF,
    Agreement,
    AgreementState,
    Channel,
    Deal,
    Deed,
    Running,
    Step,
    Terms,
    after,
    allows,
    end_of_day,
    in_force,
    left,
    month_of,
    price_for,
    worth_an_offer,
)
from core.money import Money

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
UNTIL = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
TERMS = Terms(Money(420, "USD"), 40, UNTIL)


def asked(bulk: str | None = None) -> Agreement:
    return Agreement("agreement", 17, "nora", AgreementState.ASKED, 40, "automatic", NOW, bulk=bulk)


def step(deed: Deed, terms: Terms | None = None, at: datetime = NOW) -> Step:
    staff = deed in (Deed.PROPOSED, Deed.DECLINED)
    return Step(deed, at, "gustav" if staff else "nora", "Gustav" if staff else "Nora", staff, terms=terms)


def accepted(terms: Terms = TERMS, bulk: str | None = None) -> Agreement:
    return after(after(asked(bulk), step(Deed.PROPOSED, terms)), step(Deed.ACCEPTED, terms))


@pytest.mark.parametrize(
    ("paid", "songs", "offered"),
    [(0, 20, False), (0, 21, True), (19, 1, False), (20, 1, True), (30, 0, False)],
)
def test_from_song_21_of_a_month_a_price_is_offered(paid: int, songs: int, offered: bool) -> None:  # R12
    assert worth_an_offer(paid, songs, 21) is offered


def test_a_month_begins_at_midnight_of_its_first_day_in_the_zone_of_the_house() -> None:
    late_in_february_there = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
    assert month_of(late_in_february_there, ZoneInfo("America/New_York")) == datetime(
        2026, 2, 1, 5, tzinfo=UTC
    )
    assert month_of(late_in_february_there, ZoneInfo("UTC")) == datetime(2026, 3, 1, tzinfo=UTC)
    summer = datetime(2026, 3, 30, tzinfo=UTC)  # the clocks changed in between
    assert month_of(summer, ZoneInfo("Europe/Berlin")) == datetime(2026, 2, 28, 23, tzinfo=UTC)


def test_an_agreement_is_proposed_countered_proposed_again_and_accepted() -> None:
    lower = replace(TERMS, each=Money(400, "USD"))
    one = after(asked(), step(Deed.PROPOSED, TERMS))
    one = after(one, step(Deed.COUNTERED, lower))
    assert (one.state, one.terms) == (AgreementState.COUNTERED, lower)
    one = after(after(one, step(Deed.PROPOSED, lower)), step(Deed.ACCEPTED, lower))
    assert (one.state, one.accepted_at) == (AgreementState.ACCEPTED, NOW)
    assert [done.deed for done in one.steps] == ["proposed", "countered", "proposed", "accepted"]


def test_who_accepts_accepts_the_terms_that_they_were_shown() -> None:
    shown = after(asked(), step(Deed.PROPOSED, TERMS))
    changed = after(shown, step(Deed.PROPOSED, replace(TERMS, each=Money(500, "USD"))))
    assert not allows(changed, Deed.ACCEPTED, TERMS)
    with pytest.raises(ValueError, match="A-17"):
        after(changed, step(Deed.ACCEPTED, TERMS))


@pytest.mark.parametrize("deed", [Deed.ACCEPTED, Deed.COUNTERED])
def test_only_a_proposal_of_the_staff_can_be_accepted_or_countered(deed: Deed) -> None:
    assert not allows(asked(), deed, None)
    assert not allows(after(after(asked(), step(Deed.PROPOSED, TERMS)), step(Deed.DECLINED)), deed, TERMS)


def test_a_wish_to_be_called_is_for_the_staff_and_leaves_the_price_standing() -> None:
    proposed = after(asked(), step(Deed.PROPOSED, TERMS))
    called = after(proposed, replace(step(Deed.CALL), words="030 1234", channel=Channel.PHONE))
    assert (called.state, called.terms, called.steps[-1].words) == (AgreementState.CALLED, TERMS, "030 1234")
    assert called.state in FOR_STAFF
    assert allows(called, Deed.ACCEPTED, TERMS)


def test_nobody_is_called_about_a_price_that_nobody_has_named() -> None:
    assert not allows(asked(), Deed.CALL)


def test_nothing_can_be_done_to_an_agreement_that_is_accepted_but_to_end_it() -> None:
    assert [deed for deed in Deed if allows(accepted(), deed, TERMS)] == [Deed.ENDED]


def test_a_price_holds_until_the_last_moment_of_its_last_day() -> None:
    assert in_force(accepted(), 0, UNTIL)
    assert not in_force(accepted(), 0, UNTIL + timedelta(microseconds=1))
    assert accepted().due_at == UNTIL + timedelta(microseconds=1)


def test_a_price_holds_for_so_many_songs_and_for_no_more() -> None:
    assert (left(accepted(), 39), left(accepted(), 40), left(accepted(), 41)) == (1, 0, 0)
    running = [Running(accepted(), 38)]
    assert price_for(running, service="automatic", bulk=None, songs=2, now=NOW) == Deal(
        "agreement", 17, "automatic", Money(420, "USD")
    )
    assert price_for(running, service="automatic", bulk=None, songs=3, now=NOW) is None


def test_before_it_is_accepted_no_price_holds() -> None:
    proposed = after(asked(), step(Deed.PROPOSED, TERMS))
    assert price_for([Running(proposed, 0)], service="automatic", bulk=None, songs=1, now=NOW) is None


def test_what_is_agreed_for_a_bulk_order_is_for_its_songs_and_for_nothing_else() -> None:
    running = [Running(accepted(bulk="winter"), 0)]
    assert price_for(running, service="automatic", bulk="winter", songs=1, now=NOW) is not None
    assert price_for(running, service="automatic", bulk=None, songs=1, now=NOW) is None
    assert price_for(running, service="engineer", bulk="winter", songs=1, now=NOW) is None


def test_of_two_agreed_prices_the_lower_one_holds() -> None:
    cheap = replace(accepted(replace(TERMS, each=Money(300, "USD"))), id="cheap", number=18)
    deal = price_for(
        [Running(accepted(), 0), Running(cheap, 0)], service="automatic", bulk=None, songs=1, now=NOW
    )
    assert deal == Deal("cheap", 18, "automatic", Money(300, "USD"))


@pytest.mark.parametrize("words", ["2026-12-31", "31.12.2026", " 2026-12-31 "])
def test_a_day_lasts_until_midnight_in_the_zone_of_the_house(words: str) -> None:
    end = end_of_day(words, NOW, ZoneInfo("Europe/Berlin"))
    assert end == datetime(2026, 12, 31, 23, tzinfo=UTC) - timedelta(microseconds=1)


@pytest.mark.parametrize("words", ["", "soon", "2026-02-30", "2026-03-01"])
def test_no_day_and_a_day_that_is_over_are_no_end(words: str) -> None:
    assert end_of_day(words, NOW, ZoneInfo("UTC")) is None
