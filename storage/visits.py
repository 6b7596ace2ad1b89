"""Who opened what of an order through its page: core.visits.Visits over one database.

Counted by the hour, so that there are few rows however often somebody comes, and no address is kept.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.links import Standing
from core.visits import Visit
from storage.database import Database, change, moment, select

_COUNT = """
INSERT INTO visits ("order", person, standing, what, hour, begun, finished, newest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT ("order", person, standing, what, hour) DO UPDATE
SET begun = visits.begun + excluded.begun, finished = visits.finished + excluded.finished,
    newest = excluded.newest
"""

_OF_ORDER = """
SELECT person, standing, what, SUM(begun) AS begun, SUM(finished) AS finished, MAX(newest) AS newest
FROM visits WHERE "order" = ? GROUP BY person, standing, what ORDER BY MAX(newest) DESC
"""


class Visits:
    """Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begun(self, order: str, person: str, standing: Standing, what: str, now: datetime) -> None:
        """Count that somebody opened a page or began to fetch a file."""
        await self._count([order, person, standing.value, what, _hour(now), 1, 0, now])

    async def finished(self, order: str, person: str, standing: Standing, what: str, now: datetime) -> None:
        """Count that somebody fetched a file to its end."""
        await self._count([order, person, standing.value, what, _hour(now), 0, 1, now])

    async def of_order(self, order: str) -> Sequence[Visit]:
        """What was opened of an order and by whom, the newest first."""
        async with self._database.looking() as connection:
            rows = await select(connection, _OF_ORDER, [order])
        return [
            Visit(
                row["person"],
                Standing(row["standing"]),
                row["what"],
                int(row["begun"]),
                int(row["finished"]),
                moment(row["newest"]),
            )
            for row in rows
        ]

    async def _count(self, row: Sequence[Any]) -> None:
        async with self._database.writing():
            await change(_COUNT, row)


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
