"""What is written down is read back as it was."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.consent import Consent
from core.jobs import Job
from core.ledger import Transfer
from core.messages import Button, Card, Incoming, Notice, To
from core.money import Money
from core.orders import Order
from core.people import Identity, Person, StaffDesk
from core.revisions import Batch
from core.songs import Song, Version
from core.text import Moment, Strong, Text, Title
from core.threads import Entry, Thread
from core.tills import Charge
from storage.codec import dump, read
from tests.storage.things import NOON, job, notice

ENTITIES = [
    Batch, Card, Charge, Consent, Entry, Identity, Incoming, Job, Notice, Order, Person, Song, StaffDesk,
    Thread, Transfer, Version,
]  # fmt: skip

numbers = st.floats(allow_nan=False, allow_infinity=False)
figures = st.integers(-(2**63), 2**63 - 1)
plain = st.none() | st.booleans() | figures | numbers | st.text(max_size=8)
json = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KNOWN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=12),
    int: figures,
    float: numbers,
    bool: st.booleans(),
    type(None): st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    timedelta: st.timedeltas(),
    Money: st.builds(Money, st.integers(1, 2**63 - 1), st.sampled_from(["USD", "EUR", "XTR"])),
    Button: st.builds(Button, st.text(max_size=8), action=st.text(max_size=8))
    | st.builds(Button, st.text(max_size=8), url=st.text(max_size=8)),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Every value that a field of this type may hold."""
    if hint in KNOWN:
        return KNOWN[hint]
    arguments = get_args(hint)
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of([values(each) for each in arguments])
    if get_origin(hint) is Literal:
        return st.sampled_from(arguments)
    if get_origin(hint) is tuple:
        if arguments[-1] is ...:
            return st.lists(values(arguments[0]), max_size=3).map(tuple)
        return st.tuples(*[values(each) for each in arguments])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: values(hints[field.name]) for field in fields(hint)})  # type: ignore[arg-type]
    assert hint == Mapping[str, Any]
    return st.dictionaries(st.text(max_size=6), json, max_size=3)


@pytest.mark.parametrize("kind", ENTITIES)
@given(data=st.data())
def test_every_entity_is_read_back_as_it_was(kind: type[Any], data: st.DataObject) -> None:
    entity = data.draw(values(kind))
    assert read(kind, dump(entity)) == entity


def test_words_that_look_like_marked_parts_stay_words() -> None:
    said = notice("n", To.staff())
    text = Text(
        ('{"at":"2026-03-02T12:00:00Z"}', Moment(NOON), Title("2026-03-02", secret=True), Strong("no"))
    )
    assert read(Text, dump(text)) == text
    assert read(Notice, dump(said)) == said


def test_figures_that_are_no_numbers_become_null() -> None:
    silent = job("j", payload={"lufs": float("-inf"), "peaks": [float("nan"), 1.5]})
    assert read(Job, dump(silent)).payload == {"lufs": None, "peaks": [None, 1.5]}


def test_an_older_row_takes_the_defaults_of_newer_fields_and_a_newer_row_loses_what_is_unknown() -> None:
    text = '{"id": "j", "kind": "render", "person": "p", "shoe_size": 43}'
    assert read(Job, text) == Job("j", job("j").kind, "p")
