"""The cases of `./lathe bench fair` hold, counted in jobs, with work that takes no time."""

import pytest

from benchmarks.fair import CASES, Case, run
from tests.databases import EVERY

pytestmark = EVERY


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_everybody_is_served_as_the_case_says(url: str, case: Case) -> None:
    rows = await run(url, case, lambda: None)
    assert [row for row in rows if not row.fair] == []
    assert {row.who for row in rows} == {*case.waits, *(case.shares or {})}
