"""What one door has, all have: whatever can be said, pressed or filled in is played at each of them.

A command, button or form that comes new to the house must bring a scenario with it, or these tests name it.
"""

import pytest

from core.commands import COMMANDS
from core.desk.forms import FORMS
from core.desk.pressing import OF_ANYBODY, OF_ARTIST, OF_STAFF, OF_THREAD
from tests.scenarios.script import DOORS, scenarios
from tests.scenarios.stage import Exercised, Stage
from tests.scenarios.theatre import Theatre

STEPWISE = frozenset({("press", verb) for verb in ("form", "form-skip", "form-stop")})
"""What asks for a form field by field, where the platform has no forms."""


def wanted(stage: Stage) -> set[Exercised]:
    """Everything that can be done at a door, in its own way."""
    everything = {("command", command.name) for command in COMMANDS}
    everything |= {("press", verb) for verb in (*OF_ARTIST, *OF_STAFF, *OF_THREAD, *OF_ANYBODY)}
    everything |= {("form", name) for name in FORMS}
    if stage.forms:
        everything -= STEPWISE
    if stage.menus:
        everything |= {("menu", command.name) for command in COMMANDS if command.menu}
    if stage.attaches:
        everything |= {("file", command.name) for command in COMMANDS if command.file}
    return everything


@pytest.mark.timeout(1800)  # all conversations of a door, if nobody has played them before
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("door", DOORS)
async def test_everything_that_can_be_done_is_played_at_every_door(theatre: Theatre, door: str) -> None:
    played: set[Exercised] = set()
    for scenario in scenarios():
        if door in scenario.doors:
            played |= (await theatre.played(scenario, door)).exercised
    missing = wanted(await theatre.stage(door)) - played
    assert not missing, f"no scenario at {door} has: " + ", ".join(sorted(" ".join(one) for one in missing))
