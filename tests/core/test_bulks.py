"""How the songs of a bulk order stand, and who is reminded of the one they promised."""

from datetime import UTC, datetime, timedelta

from core.bulks import BulkMember, Standing, Tally, of_state, to_nudge
from core.orders import OrderState

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_every_state_of_an_order_is_told_to_the_payer_in_one_word() -> None:
    approved = {OrderState.RELEASED, OrderState.COMPLETED}
    assert {state for state in OrderState if of_state(state) is Standing.APPROVED} == approved
    assert of_state(OrderState.REVIEW) is Standing.WAITING
    assert of_state(OrderState.ASIDE) is Standing.PROBLEM
    assert of_state(OrderState.DRAFT) is Standing.MAKING


def test_a_drop_of_which_nothing_can_be_mastered_is_a_problem() -> None:
    assert of_state(OrderState.DRAFT, unusable=True) is Standing.PROBLEM
    assert of_state(OrderState.CANCELLED, unusable=True) is Standing.GONE


def test_what_is_missing_is_what_was_never_dropped_or_was_taken_back() -> None:
    tally = Tally({Standing.APPROVED: 31, Standing.WAITING: 6, Standing.PROBLEM: 1, Standing.GONE: 4})
    assert (tally.dropped, tally.missing(40), tally.missing(30)) == (38, 2, 0)


def test_a_song_moves_from_one_column_to_the_other() -> None:
    tally = Tally({}).put(None, Standing.MAKING).put(Standing.MAKING, Standing.WAITING)
    assert (tally.of(Standing.MAKING), tally.of(Standing.WAITING), tally.dropped) == (0, 1, 1)


def test_whoever_promised_a_song_and_sent_none_is_reminded_once_a_day() -> None:
    def member(person: str, nudged: timedelta | None = None) -> BulkMember:
        return BulkMember(person, "winter", person, NOW, NOW - nudged if nudged else None)

    members = [
        member("ada"),
        member("bea"),
        member("cy", timedelta(hours=23)),
        member("dee", timedelta(days=1)),
    ]
    assert [one.person for one in to_nudge(members, frozenset({"bea"}), NOW)] == ["ada", "dee"]
