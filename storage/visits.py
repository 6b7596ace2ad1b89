"""Who opened what of an order through its page: core.visits.Visits over one database.

Counted by the hour, so that there are few rows however often somebody comes, and no address is kept. A visit
is its account's by the name that this has by now; of somebody who said to be under 13 none is counted (B35).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core.links import Standing
from core.people import Person
from core.visits import Visit
from storage.accounts import joined
from storage.codec import read
from storage.database import Database, change, moment, select
from storage.locks import held

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
        await self._count(person, order, [standing.value, what, _hour(now), 1, 0, now])

    async def finished(self, order: str, person: str, standing: Standing, what: str, now: datetime) -> None:
        """Count that somebody fetched a file to its end."""
        await self._count(person, order, [standing.value, what, _hour(now), 0, 1, now])

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

    async def forget_before(self, moment: datetime) -> int:
        """Forget what was counted in the hours before the one of this moment; how many rows that were."""
        async with self._database.writing():
            return await change("DELETE FROM visits WHERE hour < ?", [_hour(moment)])

    async def _count(self, person: str, order: str, row: Sequence[Any]) -> None:
        async with self._database.writing():
            account = (await joined([person])).get(person, person)
            # As they stay until it is counted: nothing is, once they are forgotten.
            found = await held("SELECT data FROM people WHERE id = ?", [account], "SHARE")
            if not any(read(Person, one["data"]).minor for one in found):
                await change(_COUNT, [order, account, *row])


async def forget(accounts: Iterable[str]) -> None:
    """Forget whatever these accounts opened, within a commit."""
    for account in accounts:
        await change("DELETE FROM visits WHERE person = ?", [account])


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
