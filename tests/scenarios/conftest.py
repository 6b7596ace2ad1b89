import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.scenarios.theatre import Theatre


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def theatre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    """The houses in which all scenarios of a session are played."""
    folder = tmp_path_factory.mktemp("theatre")
    # The processes of one run have their folders side by side in one of that run's.
    together = folder.parents[1] if "PYTEST_XDIST_WORKER" in os.environ else folder
    programme = together / "programme"
    programme.mkdir(exist_ok=True)
    theatre = Theatre(folder, programme)
    yield theatre
    await theatre.close()
