"""What a button carries: an action that comes back as it was sent, in 64 bytes, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.pressing import OF_ANYBODY, OF_ARTIST, OF_STAFF, OF_THREAD
from core.ids import derive
from core.messages import Action, Button

ACTIONS = st.builds(
    Action,
    verb=st.text(max_size=30),
    id=st.text(max_size=30),
    version=st.none() | st.integers(-5, 10**6),
    choice=st.none() | st.text(max_size=30),
)


@pytest.mark.parametrize(
    ("action", "packed"),
    [
        (Action("pay", "0123456789ab", 7), "pay:0123456789ab:7"),
        (Action("style", "0123456789ab", choice="warm"), "style.warm:0123456789ab"),
        (Action("style", "0123456789ab"), "style:0123456789ab"),
        (Action("minor", "me"), "minor:me"),
        (Action("wish", "0123456789ab", 3, "fade-out-down"), "wish.fade-out-down:0123456789ab:3"),
    ],
)
def test_an_action_is_a_verb_a_choice_an_id_and_a_version(action: Action, packed: str) -> None:
    assert action.pack() == packed
    assert Action.unpack(packed) == action


@given(ACTIONS)
def test_an_action_comes_back_as_it_was_sent_or_is_not_sent(action: Action) -> None:
    try:
        packed = action.pack()
    except ValueError:
        return
    assert Action.unpack(packed) == action
    assert len(packed.encode()) <= 64


@given(st.text(max_size=80))
def test_what_a_stranger_sends_as_an_action_is_one_or_is_refused(packed: str) -> None:
    try:
        action = Action.unpack(packed)
    except ValueError:
        return
    assert action.verb
    assert action.id


@pytest.mark.parametrize(
    "packed", ["", ":", "pay", "pay:", ":id", "pay:id:", "pay:id:x", "pay:id:-1", "pay:id:1:2"]
)
def test_what_is_no_action_is_refused(packed: str) -> None:
    with pytest.raises(ValueError, match="not an action"):
        Action.unpack(packed)


@pytest.mark.parametrize(
    "action", [Action("a.b", "id"), Action("pay", "i:d"), Action("pay", "id", choice="x:y")]
)
def test_an_action_that_would_be_read_as_another_is_not_made(action: Action) -> None:
    with pytest.raises(ValueError, match=r"action"):
        action.pack()


@pytest.mark.parametrize("verb", [*OF_ARTIST, *OF_STAFF, *OF_THREAD, *OF_ANYBODY])
def test_every_verb_of_the_desk_fits_with_the_longest_id_version_and_choice(verb: str) -> None:
    Action(verb, derive("order"), 10**9, "sibilance-down").pack()


def test_more_than_64_bytes_do_not_fit() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Action("pay", "ö" * 31).pack()


@pytest.mark.parametrize(
    "targets",
    [
        {},
        {"action": "pay:id", "url": "https://example.org"},
        {"url": "https://example.org", "form": "human:me"},
    ],
)
def test_a_button_does_exactly_one_thing(targets: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="button"):
        Button("Pay", **targets)
