"""Three lists written before they were read: how much of each is read exactly right must not fall."""

import json
from pathlib import Path
from typing import Any

import pytest

from bots.words import plain
from core.words import read
from tests.words.score import GOLD, Row, score

FLOOR = 0.95
"""What the parser reached and keeps, as a share of the sentences that are exactly right."""

PRACTICE = GOLD.with_name("practice.jsonl")
PRACTICE_FLOOR = 0.92
"""The same for the second list; before the grammar had seen it, 0.63 of it was read right."""

BLIND = GOLD.with_name("blind.jsonl")
BLIND_FLOOR = 0.9
"""The same for the third, for which the grammar was never mended: strangers are read like this."""


def lines_of(path: Path) -> list[Row]:
    return [json.loads(text) for text in path.read_text(encoding="utf-8").split("\n") if text]


LINES = lines_of(GOLD)


def right(line: Row) -> bool:
    titles = [(title, title) for title in line.get("songs", [])]
    return score(line, plain(read(line["said"], titles)))


@pytest.mark.parametrize(("path", "floor"), [(GOLD, FLOOR), (PRACTICE, PRACTICE_FLOOR), (BLIND, BLIND_FLOOR)])
def test_most_of_a_list_is_read_exactly_right(path: Path, floor: float) -> None:
    lines = lines_of(path)
    wrong = [line["said"] for line in lines if not right(line)]
    assert 1 - len(wrong) / len(lines) >= floor, wrong


@pytest.mark.parametrize("kind", sorted({line["kind"] for line in LINES}))
def test_no_kind_of_sentence_is_left_behind(kind: str) -> None:
    lines = [line for line in LINES if line["kind"] == kind]
    assert sum(map(right, lines)) / len(lines) >= 0.75


def test_the_score_tells_a_wrong_reading_from_a_right_one() -> None:
    line: dict[str, Any] = next(line for line in LINES if line["items"])
    assert score(line, line)
    assert not score(line, {**line, "items": []})
    assert not score(line, {**line, "not_understood": [*line["not_understood"], "more"]})
