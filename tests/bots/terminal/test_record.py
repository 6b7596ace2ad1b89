"""What the terminal remembers of what it showed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.terminal.record import Record, find
from core.messages import Button


def buttons(*labels: str) -> tuple[Button, ...]:
    return tuple(Button(label, action=f"do:{label.replace(' ', '-')}") for label in labels)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    record = Record(tmp_path / "shown.sqlite3")
    yield record
    record.close()


def pressed(record: Record, wanted: int | str, place: str = "anna") -> str | None:
    button = find(record.latest(place), wanted)
    return button.label if button else None


def test_a_notice_is_new_once_and_in_the_next_run_too(tmp_path: Path) -> None:
    first = Record(tmp_path / "shown.sqlite3")
    message, fresh = first.notice("anna", "n1", ())
    assert fresh
    assert first.notice("anna", "n1", ()) == (message, False)
    first.close()
    second = Record(tmp_path / "shown.sqlite3")
    assert second.notice("anna", "n1", ()) == (message, False)
    second.close()


def test_one_notice_may_be_shown_at_two_places(record: Record) -> None:
    assert record.notice("anna", "n1", ())[1]
    assert record.notice("room:desk", "n1", ())[1]


def test_a_card_keeps_its_message_when_it_changes(record: Record) -> None:
    message, fresh = record.card("anna", "order:1", buttons("Pay $6"))
    assert fresh
    assert record.card("anna", "order:1", buttons("Approve")) == (message, False)
    assert pressed(record, "pay") is None
    assert pressed(record, "approve") == "Approve"


def test_a_button_is_found_by_the_beginning_of_its_label_or_by_its_number(record: Record) -> None:
    record.card("anna", "order:1", buttons("Pay $6", "Style: Balanced", "Terms"))
    assert pressed(record, "STYLE") == "Style: Balanced"
    assert pressed(record, "pay  $6") == "Pay $6"
    assert pressed(record, 3) == "Terms"
    assert pressed(record, "ay") is None
    assert pressed(record, 4) is None
    assert pressed(record, 0) is None


def test_a_whole_label_wins_over_a_longer_one(record: Record) -> None:
    record.card("anna", "order:1", buttons("Send the files again", "Send"))
    assert pressed(record, "send") == "Send"


def test_the_latest_message_that_has_the_button_is_meant(record: Record) -> None:
    record.card("anna", "order:1", buttons("Pay $6", "Terms", "Human"))
    record.notice("anna", "n1", buttons("Approve", "Terms now"))
    assert pressed(record, "terms") == "Terms now"
    assert pressed(record, "human") == "Human"
    assert pressed(record, 3) == "Human"


def test_a_card_with_new_buttons_is_the_latest_but_one_that_only_moves_on_is_not(record: Record) -> None:
    record.card("anna", "order:1", buttons("One"))
    record.notice("anna", "n1", buttons("Two"))
    record.card("anna", "order:1", buttons("One"))
    assert pressed(record, 1) == "Two"
    record.card("anna", "order:1", buttons("Three"))
    assert pressed(record, 1) == "Three"


def test_nobody_presses_what_is_shown_elsewhere(record: Record) -> None:
    record.card("anna", "order:1", buttons("Pay $6"))
    assert pressed(record, "pay", "bo") is None


def test_links_and_forms_are_remembered_as_what_they_are(record: Record) -> None:
    shown = (Button("Open", url="https://lathe.example"), Button("Talk", form="human:1"))
    record.notice("anna", "n1", shown)
    assert next(record.latest("anna")) == shown
