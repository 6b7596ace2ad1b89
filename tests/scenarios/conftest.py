from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.scenarios.theatre import Theatre


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def theatre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    """The houses in which all scenarios of a session are played."""
    theatre = Theatre(tmp_path_factory.mktemp("theatre"))
    yield theatre
    await theatre.close()
