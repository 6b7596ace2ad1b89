"""Which files an order takes beside the chat, whoever asks, and how long one is waited for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.desk.ordering.arriving import Refusal, refusal, waits_until
from core.messages import WEB, FileRef
from core.orders import OrderState
from core.rules import HouseRules, Limits, Quotes
from core.songs import SongState
from core.uploads import Upload
from tests.core.samples import START, a_project, a_song, an_order

RULES = HouseRules(limits=Limits(songs_per_order=2, file_bytes=1000))
DRAFT = an_order(OrderState.DRAFT)


@pytest.mark.parametrize(
    ("size", "expected"), [(0, Refusal.EMPTY), (1, None), (1000, None), (1001, Refusal.LARGE)]
)
def test_a_file_has_a_byte_and_no_more_than_the_house_takes(size: int, expected: Refusal | None) -> None:
    assert refusal(a_project(0, DRAFT), size, RULES) is expected


@pytest.mark.parametrize("state", OrderState)
def test_only_an_order_that_is_being_put_together_takes_files(state: OrderState) -> None:
    expected = None if state in (OrderState.DRAFT, OrderState.OFFERED) else Refusal.CLOSED
    assert refusal(a_project(1, an_order(state)), 10, RULES) is expected


def test_an_order_is_full_with_as_many_songs_as_the_house_rules_say() -> None:
    assert refusal(a_project(1, DRAFT), 10, RULES) is None
    assert refusal(a_project(2, DRAFT), 10, RULES) is Refusal.FULL


def test_a_full_order_takes_the_new_mix_of_one_of_its_songs() -> None:
    assert refusal(a_project(2, replace(DRAFT, replacing="song1")), 10, RULES) is None


def test_what_was_refused_makes_room_unless_its_artist_may_not_have_read_it_yet() -> None:
    refused = a_song(1, SongState.REFUSED, file=FileRef(WEB, "ref1", "broken.wav"))
    beside = replace(a_project(0, DRAFT), songs=(refused, a_song(2)))
    assert refusal(beside, 10, RULES) is None
    coming = replace(a_project(0, DRAFT), songs=(refused, a_song(2, SongState.ARRIVING)))
    assert refusal(coming, 10, RULES) is Refusal.FULL


def test_a_file_is_waited_for_from_when_something_of_it_came_last() -> None:
    rules = HouseRules(quotes=Quotes(unpaid_order_days=3))
    touched = START + timedelta(days=1)
    upload = Upload("u", "order1", "ada", "a.wav", 10, "audio/wav", START, touched)
    assert waits_until(upload, rules) == touched + timedelta(days=3)
