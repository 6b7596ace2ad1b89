"""What the words after a command of the staff name: an order by its number, somebody by their door."""

import pytest

from core.commands import numbered, spoken_of


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        ("1042", 1042),
        ("#1042 2", 1042),
        (" 1042 discord:7", 1042),
        ("approve 1042 5.00 it was our fault", 1042),
        ("", None),
        ("soon", None),
        ("10.42", None),
        ("the order 1042", None),
        ("99999999999999999999", None),
    ],
)
def test_an_order_is_named_by_its_number_with_or_without_a_hash(arguments: str, number: int | None) -> None:
    assert numbered(arguments) == number


@pytest.mark.parametrize(
    ("arguments", "person"),
    [
        ("1042 discord:7", ("discord", "7")),
        ("1042 2 terminal:ella", ("terminal", "ella")),
        ("1042 law: because", None),
        ("1042", None),
    ],
)
def test_a_person_is_named_by_their_door(arguments: str, person: tuple[str, str] | None) -> None:
    assert spoken_of(arguments) == person
