"""Parts of a file, put together as they go out."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bots.web.fetches import joined

parts = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda part: (part[0], part[0] + part[1]))


@given(st.lists(parts, min_size=1, max_size=12))
def test_parts_that_touch_are_one_and_no_byte_is_lost_or_made(told: list[tuple[int, int]]) -> None:
    found: tuple[tuple[int, int], ...] = ()
    for start, end in told:
        found = joined(found, start, end)
    assert {at for part in found for at in range(*part)} == {at for part in told for at in range(*part)}
    assert all(one[1] < other[0] for one, other in pairwise(found))
