"""Updates that are to come again."""

import pytest

from bots.telegram import owed
from bots.telegram.owed import Owed


def test_what_the_same_person_did_later_waits_and_nothing_else() -> None:
    updates = Owed()
    updates.add("ada", 10)
    assert updates.before("ada", 11)
    assert not updates.before("ada", 10)
    assert not updates.before("ada", 9)
    assert not updates.before("bea", 11)


def test_nothing_waits_for_what_came() -> None:
    updates = Owed()
    updates.add("ada", 10)
    updates.add("ada", 11)
    updates.settle("ada", 10)
    assert not updates.before("ada", 11)
    assert updates.before("ada", 12)


def test_one_that_never_comes_again_holds_up_nobody_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owed, "LONGEST", 0.0)
    updates = Owed()
    updates.add("ada", 10)
    assert not updates.before("ada", 11)
