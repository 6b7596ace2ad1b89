"""Stamps on forms, and how often somebody may ask."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.web.rates import Rates
from bots.web.stamps import LASTS, BadStamp, Stamps
from tests.core.samples import START

STAMPS = Stamps(b"k" * 32)


def test_a_stamp_is_good_for_its_page_until_it_is_too_old() -> None:
    stamp = STAMPS.make("token", START)
    nonce = STAMPS.read("token", stamp, START + LASTS)
    assert nonce == STAMPS.read("token", stamp, START)
    with pytest.raises(BadStamp):
        STAMPS.read("token", stamp, START + LASTS + timedelta(seconds=1))
    with pytest.raises(BadStamp):
        STAMPS.read("token", stamp, START - timedelta(seconds=1))


def test_a_stamp_of_another_page_or_another_house_is_none() -> None:
    stamp = STAMPS.make("token", START)
    with pytest.raises(BadStamp):
        STAMPS.read("other", stamp, START)
    with pytest.raises(BadStamp):
        Stamps(b"l" * 32).read("token", stamp, START)


def test_no_two_pages_have_one_nonce() -> None:
    made = {STAMPS.read("token", STAMPS.make("token", START), START) for _ in range(100)}
    assert len(made) == 100


@given(st.text() | st.binary().map(lambda told: told.decode("latin-1")))
def test_whatever_is_no_stamp_is_refused(told: str) -> None:
    with pytest.raises(BadStamp):
        STAMPS.read("token", told, START)


def test_a_bucket_is_emptied_fills_again_and_says_how_long_to_wait() -> None:
    now = [0.0]
    rates = Rates(3, 0.5, lambda: now[0])
    assert [rates.wait("ada") for _ in range(4)] == [0, 0, 0, 2]
    assert rates.wait("bob") == 0
    now[0] = 2.0
    assert [rates.wait("ada") for _ in range(2)] == [0, 2]
    now[0] = 1000.0
    assert [rates.wait("ada") for _ in range(4)] == [0, 0, 0, 2]


def test_names_without_end_are_forgotten_from_the_oldest_on() -> None:
    rates = Rates(1, 0.001, lambda: 0.0)
    assert rates.wait("first") == 0
    assert rates.wait("first") > 0
    for number in range(30_000):
        rates.wait(str(number))
    assert rates.wait("first") == 0
