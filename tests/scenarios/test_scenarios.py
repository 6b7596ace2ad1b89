"""Every conversation goes as it is written down, at every door, from the same file."""

import pytest

from tests.scenarios.script import DOORS, Scenario, scenarios
from tests.scenarios.theatre import Theatre


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("door", DOORS)
async def test_a_conversation_goes_as_it_is_written_down(
    theatre: Theatre, scenario: Scenario, door: str
) -> None:
    if door not in scenario.doors:
        pytest.skip(f"not played at {door}")
    played = await theatre.played(scenario, door)
    if played.differs:
        raise played.differs
