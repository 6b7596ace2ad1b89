"""Ids that derive from their cause."""

from hypothesis import given
from hypothesis import strategies as st

from core.ids import derive

CAUSES = st.lists(
    st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])) | st.integers(), min_size=1
)


@given(CAUSES)
def test_a_cause_brings_about_the_same_thing_however_often_it_is_handled(cause: list[str | int]) -> None:
    assert derive(*cause) == derive(*cause)


@given(CAUSES)
def test_an_id_is_short_and_can_be_read_aloud(cause: list[str | int]) -> None:
    id_ = derive(*cause)
    assert len(id_) == 12
    assert not set(id_) - set("0123456789abcdefghjkmnpqrstvwxyz")


def test_an_id_never_changes_between_releases() -> None:
    assert derive("terminal", "event-1", "order") == "2phzfb9jnrc4"


def test_the_parts_of_a_cause_do_not_run_together() -> None:
    assert len({derive("ab", "c"), derive("a", "bc"), derive("abc"), derive("a", "b", "c")}) == 4


def test_ten_thousand_things_of_one_event_are_ten_thousand_ids() -> None:
    assert len({derive("discord", "event", "song", number) for number in range(10_000)}) == 10_000
