"""The bench of the desk does what it says: every event is decided, and its reply comes to the door."""

import asyncio

import pytest

from benchmarks.databases import KINDS, site
from benchmarks.desk import measured, tables
from benchmarks.filling import fill


@pytest.mark.parametrize("kind", KINDS["both"])
def test_a_filled_database_is_worked_with_and_no_reply_is_lost(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.desk.QUEUED", 200)
    with site(kind) as place:
        found = asyncio.run(measured(place, fill(place, 50, 1500), rate=20, seconds=3))
    assert found.orders == 50
    assert found.unanswered == 0
    assert found.replies
    assert found.replies_at_most
    assert found.written > 0
    assert {"load", "commit", "take"} <= set(found.methods)
    assert f"| {kind}" in tables([found])
