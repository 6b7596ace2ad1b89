"""What was delivered, taken back, and not done at all."""

from dataclasses import replace

import pytest

from core.delivered import is_back, is_further, not_done, rounds, taken_apart
from core.revisions import Item, What
from tests.core.batches import delivered, sealed, wish, wishes

UNDO = Item(What.UNDO, 0, 0.0)
FADE = Item(What.FADE_OUT, 1, 5.0)
REFERENCE = Item(What.REFERENCE, 0, 0.0, of="ref1", text="Their Song")
TARGET = Item(What.VOLUME, 0, 0.0, target=-14.0)


def undo(of: str | None = None, **parts: object) -> Item:
    return replace(UNDO, of=of, **parts)  # type: ignore[arg-type]


# Opposites


def opposite(*items: Item) -> tuple[Item, ...]:
    return taken_apart([UNDO], [delivered(1, *items)])


def test_the_opposite_goes_as_far_the_other_way() -> None:
    assert opposite(wish("bass up"), FADE) == (wish("bass down"), replace(FADE, direction=-1))


def test_taken_back_twice_is_as_it_was() -> None:
    assert opposite(*opposite(*wishes("bass up, A air down"))) == wishes("bass up, A air down")


@pytest.mark.parametrize(
    "item",
    [REFERENCE, TARGET, replace(TARGET, direction=1), Item(What.METADATA, 0, 0.0)],
    ids=["reference", "loudness", "loudness that is more", "metadata"],
)
def test_what_was_no_step_can_only_be_named(item: Item) -> None:
    (named,) = opposite(item)
    assert (named.what, named.of) == (What.UNDO, item.what.value)


# Taken apart


def test_a_list_without_undo_stays_as_it_is() -> None:
    items = wishes("bass up, B air down")
    assert taken_apart(items, [delivered(1, wish("bass up"))]) == items


def test_undo_is_all_of_the_newest_batch_and_nothing_older() -> None:
    before = [delivered(1, wish("air up")), delivered(2, *wishes("bass up, volume down"))]
    assert taken_apart([UNDO], before) == wishes("bass down, volume up")


def test_undo_of_one_thing_leaves_the_others() -> None:
    before = [delivered(1, wish("air up")), delivered(2, *wishes("bass up, volume down"))]
    assert taken_apart([undo("volume")], before) == wishes("volume up")
    assert taken_apart([undo("air")], before) == wishes("air down")


def test_undo_of_one_song_leaves_the_others() -> None:
    before = [delivered(1, *wishes("A bass up, B bass up"))]
    assert taken_apart([undo(song="B")], before) == wishes("B bass down")
    every = [delivered(1, wish("bass up"))]
    assert taken_apart([undo(song="B")], every) == wishes("B bass down")


def test_undo_at_one_place_takes_back_only_what_is_there() -> None:
    whole = [delivered(1, wish("bass up"))]
    assert taken_apart([undo("bass", place=(60.0, 62.0))], whole) == (
        replace(wish("bass down"), place=(60.0, 62.0)),
    )
    chorus = [delivered(1, replace(wish("bass up"), part="chorus"))]
    assert taken_apart([undo("bass")], chorus) == (replace(wish("bass down"), part="chorus"),)
    assert taken_apart([undo("bass", part="verse")], chorus) == (undo("bass", part="verse"),)


@pytest.mark.parametrize("of", ["level:vocals", "vocals", "level"])
def test_a_stem_is_known_by_its_name(of: str) -> None:
    vocals = Item(What.LEVEL, 1, 2.0, of="vocals")
    before = [delivered(1, vocals, Item(What.PAN, 1, 1.0, of="guitar"))]
    assert taken_apart([undo(of)], before) == (replace(vocals, direction=-1),)


def test_half_back_is_half_of_it() -> None:
    before = [delivered(1, wish("bass up"))]
    assert taken_apart([undo("bass", amount=0.5)], before) == (replace(wish("bass down"), amount=0.75),)


def test_half_back_of_what_can_only_be_named_stays_half() -> None:
    (item,) = taken_apart([undo(amount=0.5)], [delivered(1, TARGET)])
    assert (item.what, item.of, item.amount) == (What.UNDO, "volume", 0.5)


def test_undo_of_an_undo_goes_forward_again() -> None:
    before = [delivered(1, wish("bass up")), delivered(2, UNDO)]
    assert taken_apart([UNDO], before) == wishes("bass up")


def test_what_never_was_delivered_stays_undo() -> None:
    assert taken_apart([UNDO], []) == (UNDO,)
    assert taken_apart([UNDO], [sealed(1, wish("bass up"))]) == (UNDO,)
    assert taken_apart([undo("air")], [delivered(1, wish("bass up"))]) == (undo("air"),)


def test_a_fix_is_not_undone() -> None:
    before = [delivered(1, wish("bass up")), delivered(2, wish("DEFECT click"))]
    assert taken_apart([UNDO], before) == wishes("bass down")


def test_taking_apart_twice_is_taking_apart_once() -> None:
    before = [delivered(1, REFERENCE, wish("bass up"))]
    once = taken_apart([UNDO], before)
    assert taken_apart(once, before) == once


def test_a_place_is_told_by_the_clock_of_the_newest_version() -> None:
    sung = replace(wish("vocal up"), place=(60.0, 62.0))
    trim = Item(What.TRIM_START, 1, 10.0)
    after = replace(sung, direction=-1, place=(50.0, 52.0))
    assert taken_apart([undo("presence")], [delivered(1, sung, trim)]) == (after,)
    assert taken_apart([undo("presence")], [delivered(1, sung), delivered(2, trim)]) == (after,)
    assert taken_apart([undo("presence")], [delivered(1, trim), delivered(2, sung)]) == (
        replace(sung, direction=-1),
    )


def test_a_batch_written_while_another_was_in_work_is_told_by_the_clock_of_what_was_heard() -> None:
    trim = Item(What.TRIM_START, 1, 10.0)
    sung = replace(wish("vocal up"), place=(60.0, 62.0))
    meanwhile = replace(delivered(2, sung), about_version=1)
    assert rounds([delivered(1, trim), meanwhile])[0] == (replace(sung, place=(50.0, 52.0)),)


def test_a_trim_that_was_undone_moved_no_clock() -> None:
    sung = replace(wish("vocal up"), place=(60.0, 62.0))
    trim = Item(What.TRIM_START, 1, 10.0)
    before = [delivered(1, trim, sung), delivered(2, undo("trim-start"))]
    assert taken_apart([undo("presence")], before)[0].place == (60.0, 62.0)


# Back, or further


def test_what_was_never_delivered_is_neither() -> None:
    for before in ([], [sealed(1, wish("bass up"))], [delivered(1, wish("air up"))]):
        assert not is_back(wish("bass up"), rounds(before))
        assert not is_further(wish("bass up"), rounds(before))


def test_a_reference_that_was_taken_back_is_a_change_back_when_it_is_wished_again() -> None:
    before = rounds([delivered(1, REFERENCE), delivered(2, *taken_apart([UNDO], [delivered(1, REFERENCE)]))])
    assert is_back(REFERENCE, before)
    assert not is_further(REFERENCE, before)
    assert not is_back(replace(REFERENCE, of="ref2"), before)


def test_what_was_only_named_away_is_not_undone_again() -> None:
    nothing_to_undo = delivered(1, undo("volume"))
    assert taken_apart([UNDO], [nothing_to_undo]) == (UNDO,)
    assert not is_further(wish("volume up"), rounds([nothing_to_undo]))


def test_a_round_with_both_ways_makes_a_wish_for_all_of_it_a_change_back() -> None:
    both = delivered(
        1, replace(wish("vocal up"), place=(60.0, 62.0)), replace(wish("vocal down"), place=(130.0, 132.0))
    )
    assert is_back(wish("vocal up"), rounds([both]))
    assert is_back(wish("vocal down"), rounds([both]))


# Not done


@pytest.mark.parametrize(
    ("said", "moved", "missing"),
    [
        (Item(What.VOLUME, 1, 1.5, exact=True), 0.0, True),  # row 19
        (Item(What.VOLUME, 1, 1.5, exact=True), 0.37, True),
        (Item(What.VOLUME, 1, 1.5, exact=True), 0.375, False),
        (Item(What.VOLUME, 1, 1.5, exact=True), -1.5, True),  # the other way
        (Item(What.BASS, -1, 4.0, exact=True), -0.9, True),
        (Item(What.BASS, -1, 4.0, exact=True), -3.0, False),
        (Item(What.BASS, 1, 1.5), 0.29, True),  # no figure was said
        (Item(What.BASS, 1, 1.5), 0.3, False),
        (Item(What.LEVEL, 1, 0.0, of="vocals"), 0.1, True),
        (Item(What.FADE_OUT, 1, 5.0), 1.0, True),
        (Item(What.FADE_OUT, 1, 5.0), 1.25, False),
        (Item(What.LIMITING, -1, 0.3), -0.1, False),  # a step is not a dB
        (Item(What.METADATA, 0, 0.0), 0.0, False),  # nothing that moves
    ],
)
def test_nothing_of_it_is_under_a_quarter_of_a_figure_or_0_3_db(
    said: Item, moved: float, missing: bool
) -> None:
    assert not_done(said, moved) is missing


def test_what_cannot_be_measured_proves_nothing() -> None:
    assert not not_done(Item(What.VOLUME, 1, 1.5, exact=True), None)
