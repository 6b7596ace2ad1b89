from collections.abc import AsyncIterator

import pytest

from tests.desk.studio import Studio, open_studio


@pytest.fixture
async def studio(url: str) -> AsyncIterator[Studio]:
    async with open_studio(url) as studio:
        yield studio
