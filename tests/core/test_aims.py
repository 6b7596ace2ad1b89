"""What masters are aimed at: a destination says how loud, else references do."""

import pytest

from core.aims import aimed, destination, first_settings, re_aimed
from core.references import Reference, ReferenceState
from core.revisions import Item, What, merged
from dsp.profile import CENTRES, Profile
from dsp.settings import Settings
from tests.core.samples import an_order


def profile(lufs: float, name: str = "idol") -> Profile:
    level = (-30.0,) * len(CENTRES)
    return Profile(level, level, lufs=lufs, lra=5.0, plr=9.0, name=name)


def known(lufs: float, *, wished: bool = False, id_: str = "r1") -> Reference:
    return Reference(id_, "idol", ReferenceState.READY, profile=profile(lufs).to_json(), wished=wished)


def test_without_an_aim_an_order_starts_from_its_style() -> None:
    assert first_settings(an_order(style="warm"), {}) == Settings(style="warm")


def test_references_say_how_loud_as_they_are_on_average() -> None:
    one = first_settings(an_order(references=(known(-9.0), known(-12.0, id_="r2"))), {})
    assert one.target_lufs == -10.5
    assert len(one.references) == 2


def test_a_destination_says_how_loud_and_references_only_how_it_sounds() -> None:
    one = first_settings(an_order(references=(known(-20.0),), destination="club"), {})
    assert (one.target_lufs, one.ceiling_dbtp, len(one.references)) == (-8.0, -0.7, 1)


@pytest.mark.parametrize("state", [state for state in ReferenceState if state is not ReferenceState.READY])
def test_what_is_not_measured_is_not_followed(state: ReferenceState) -> None:
    assert first_settings(an_order(references=(Reference("r1", "idol", state),)), {}).references == ()


def test_a_destination_that_the_engine_does_not_know_any_more_is_none() -> None:
    assert destination("moon") is None
    assert first_settings(an_order(destination="moon"), {}) == Settings()


def test_a_wish_adds_to_the_references_that_there_are() -> None:
    before = aimed(Settings(), None, [profile(-10.0, "first")])
    after = aimed(before, None, [profile(-8.0, "second")])
    assert [reference.name for reference in after.references] == ["first", "second"]
    assert after.target_lufs == -9.0


def test_a_wished_reference_leaves_the_level_of_a_destination() -> None:
    asked = [Item(What.REFERENCE, 1, 1.0, of="r1")]
    versions = {"a": Settings(target_lufs=-8.0)}
    wished = an_order(references=(known(-14.0, wished=True),), destination="club")
    assert re_aimed(versions, wished, asked, album=False)["a"].target_lufs == -8.0


def test_the_songs_of_an_album_move_together() -> None:
    asked = [Item(What.DESTINATION, 1, 1.0, of="club")]
    versions = {"soft": Settings(target_lufs=-18.0), "loud": Settings(target_lufs=-14.0)}
    moved = re_aimed(versions, an_order(), asked, album=True)
    assert {id_: settings.target_lufs for id_, settings in moved.items()} == {"soft": -12.0, "loud": -8.0}
    assert all(settings.ceiling_dbtp == -0.7 for settings in moved.values())


def test_songs_by_themselves_each_meet_the_level() -> None:
    asked = [Item(What.DESTINATION, 1, 1.0, of="club")]
    versions = {"soft": Settings(target_lufs=-18.0), "loud": Settings(target_lufs=-14.0)}
    moved = re_aimed(versions, an_order(), asked, album=False)
    assert {settings.target_lufs for settings in moved.values()} == {-8.0}


def test_a_list_without_aims_moves_nothing() -> None:
    versions = {"a": Settings(target_lufs=-11.0)}
    asked = [Item(What.VOLUME, 1, 1.0)]
    assert re_aimed(versions, an_order(references=(known(-9.0),)), asked, album=False) == versions


def test_of_two_destinations_the_last_one_counts_and_a_reference_counts_once() -> None:
    items = (
        Item(What.DESTINATION, 1, 1.0, of="vinyl"),
        Item(What.REFERENCE, 1, 1.0, of="r1"),
        Item(What.REFERENCE, 1, 1.0, of="r2"),
        Item(What.DESTINATION, 1, 1.0, of="cd"),
        Item(What.REFERENCE, 1, 1.0, of="r1"),
    )
    assert [(item.what, item.of) for item in merged(items)] == [
        (What.DESTINATION, "cd"),
        (What.REFERENCE, "r1"),
        (What.REFERENCE, "r2"),
    ]
