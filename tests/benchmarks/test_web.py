"""The bench of the web door does what it says: a file goes up and comes down, and people are heard."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.disk import Disk
from benchmarks.web import EACH, Carried, Talked, carried, held, shown, talked

SIZE = 20_000_000


def test_a_file_goes_up_and_comes_down_whole(tmp_path: Path) -> None:
    up, down = asyncio.run(carried(tmp_path, SIZE))
    assert (up.way, up.size, down.way, down.size) == ("up", SIZE, "down", SIZE)
    assert min(up.seconds, up.limit, up.cpu, down.seconds) > 0
    assert "| up " in shown([up, down], [])


def test_people_chat_while_files_come(tmp_path: Path) -> None:
    alone, beside = asyncio.run(talked(tmp_path, seconds=2.0, senders=1))
    assert (alone.files, beside.files) == (0, EACH)
    assert len(alone.replies) == len(beside.replies) == 40
    assert beside.arrived > 0


@pytest.mark.parametrize(
    ("more", "reply", "holds"), [(39e6, 0.05, True), (41e6, 0.05, False), (39e6, 0.2, False)]
)
def test_it_holds_if_memory_is_flat_and_no_reply_late(more: float, reply: float, *, holds: bool) -> None:
    way = Carried("up", SIZE, 1.0, 1.0, 1.0, int(more))
    chat = Talked(8, [(1.0, 1.0 + reply)] * 100, Disk(), 1)
    assert held([way], [chat]) is holds
