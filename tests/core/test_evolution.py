"""From how a project was and how it should be to the guarded moves that make it so."""

from dataclasses import replace
from datetime import timedelta

from core.changes import Changes, Move
from core.desk.evolution import advanced, moves, with_charge, with_order, with_song
from core.orders import OrderState, Project
from core.rules import HouseRules
from core.songs import SongState
from tests.core.samples import START, a_charge, a_project, a_song, an_order

RULES = HouseRules()


def test_a_row_that_is_there_is_replaced_in_its_place() -> None:
    project = a_project(3)
    after = with_song(project, replace(project.songs[1], title="Dawn"))
    assert [song.title for song in after.songs] == ["Song 1", "Dawn", "Song 3"]


def test_a_row_that_is_not_there_comes_last() -> None:
    after = with_song(a_project(1), a_song(2))
    assert [song.id for song in after.songs] == ["song1", "song2"]


def test_a_project_is_never_changed_but_made_anew() -> None:
    project = a_project()
    with_song(project, replace(project.songs[0], title="Dawn"))
    assert project == a_project()


def test_a_new_order_begins_at_revision_nought_with_its_due_time() -> None:
    after = advanced(None, a_project(order=an_order(OrderState.DRAFT)), RULES)
    assert after.order.rev == 0
    assert after.order.due_at == START + timedelta(seconds=2)


def test_every_step_raises_the_revision_so_that_an_older_button_is_stale() -> None:
    before = a_project(order=an_order(rev=4))
    after = advanced(before, with_song(before, replace(before.songs[0], title="Dawn")), RULES)
    assert after.order.rev == 5


def test_the_revision_counts_from_what_was_stored_and_not_from_what_was_handed_in() -> None:
    before = a_project(order=an_order(rev=4))
    assert advanced(before, with_order(before, replace(before.order, rev=9)), RULES).order.rev == 5


def test_the_due_time_follows_the_state() -> None:
    before = a_project(order=an_order(OrderState.OFFERED, due_at=START))
    working = with_order(before, replace(before.order, state=OrderState.WORKING))
    assert advanced(before, working, RULES).order.due_at is None


def test_a_new_project_is_moved_from_nothing_whole() -> None:
    after = advanced(None, a_project(2), RULES)
    changes = moves(None, after)
    assert changes.orders == (Move(None, after.order),)
    assert changes.songs == tuple(Move(None, song) for song in after.songs)


def test_only_what_differs_is_moved_each_from_how_it_was() -> None:
    before = a_project(3)
    dropped = replace(before.songs[2], state=SongState.DROPPED)
    after = advanced(before, with_charge(with_song(before, dropped), a_charge()), RULES)
    changes = moves(before, after)
    assert changes.songs == (Move(before.songs[2], dropped),)
    assert changes.charges == (Move(None, a_charge()),)
    assert changes.versions == changes.batches == ()


def test_any_difference_moves_the_order_too_so_that_two_hands_meet_at_its_guard() -> None:
    before = a_project()
    after = advanced(before, with_song(before, replace(before.songs[0], title="Dawn")), RULES)
    assert moves(before, after).orders == (Move(before.order, after.order),)


def test_moves_of_a_project_touch_nothing_else() -> None:
    changes = moves(None, Project(an_order()))
    assert changes == Changes(orders=(Move(None, an_order()),))
