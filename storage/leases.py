"""Leases: one owner for each gateway, and for the desk, among all processes of a PostgreSQL database.

A lease is a row with its holder and until when it is held, by the database's clock. Its holder renews it; if
it cannot, it does nothing that only the owner may do until it could again. Who finds that somebody else has
it meanwhile ends: everything it had begun is theirs now.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import NoReturn

import structlog

from core.ports import LeaseLost, Unreachable
from storage.database import Database, select

TERM = 5.0
"""Seconds that a lease lasts without being renewed."""

RENEWALS = 5
"""How often it is renewed in its term."""

RELEASE = 0.5
"""Seconds in which a release must be done; else their term ends them."""

log = structlog.get_logger()


class _Held(Exception):
    """A lease belongs to `str()`."""


class Leases:
    """All of some leases together, for one holder. `holder` names the home: its lock lets in one process.

    So what a dead process of the same home held is taken at once, without waiting for its term to end.
    """

    def __init__(self, database: Database, names: Sequence[str], holder: str, *, term: float = TERM) -> None:
        self._database = database
        self._names = sorted(names)
        self._holder = holder
        self._term = term
        self._until = 0.0
        self._renewed = asyncio.Event()
        self._renewing = True  # whether somebody renews them, or is about to

    async def take(self) -> str | None:
        """Take them all; else none, and the name of who has one."""
        began = _now()
        try:
            async with self._database.writing() as connection:
                for name in self._names:
                    taken = await select(connection, _TAKE, [name, self._holder, self._term])
                    if not taken:
                        (row,) = await select(connection, _WHO, [name])
                        raise _Held(row["holder"])
        except _Held as other:
            return str(other)
        self._extend(began)
        return None

    async def hold(self) -> NoReturn:
        """Renew them until cancelled. LeaseLost if somebody else has taken one."""
        try:
            await self._renew_on()
        finally:  # who waits to be sure would wait for ever
            self._renewing = False
            self._renewed.set()

    async def sure(self) -> None:
        """Return while they are surely held: at once, or when they could be renewed.

        LeaseLost when their term is over and nobody renews them any more.
        """
        while _now() >= self._until:
            if not self._renewing:
                raise LeaseLost("the leases are not renewed any more")
            self._renewed.clear()
            await self._renewed.wait()

    async def release(self) -> None:
        """Let the next one have them now."""
        self._until = 0.0
        try:
            async with asyncio.timeout(RELEASE), self._database.writing() as connection:
                await select(connection, _RELEASE, [self._names, self._holder])
        except (Unreachable, TimeoutError):
            log.warning("leases not released: they end by themselves", seconds=self._term)

    async def _renew_on(self) -> NoReturn:
        while True:
            await asyncio.sleep(self._term / RENEWALS)
            began = _now()
            try:
                other = await self._renew()
            except Unreachable as error:
                log.warning("leases not renewed", error=str(error))
                continue
            if other is not None:
                self._until = 0.0
                raise LeaseLost(
                    f"{other} took over while this process could not renew its lease; "
                    "start it again, and it will stand by"
                )
            self._extend(began)

    async def _renew(self) -> str | None:
        """None if all are still ours; else who has one."""
        async with self._database.writing() as connection:
            renewed = await select(connection, _RENEW, [self._term, self._names, self._holder])
            if len(renewed) == len(self._names):
                return None
            others = await select(connection, _OTHERS, [self._names, self._holder])
        return str(others[0]["holder"]) if others else "nobody"

    def _extend(self, began: float) -> None:
        self._until = began + self._term
        self._renewed.set()


def _now() -> float:
    """Seconds that go on while this process, or its machine, is asleep."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


_TAKE = """
    INSERT INTO leases (name, holder, until)
    VALUES (?, ?, clock_timestamp() + make_interval(secs => ?))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE leases.holder = excluded.holder OR leases.until < clock_timestamp()
    RETURNING name
"""

_WHO = "SELECT holder FROM leases WHERE name = ?"

_RENEW = """
    UPDATE leases SET until = clock_timestamp() + make_interval(secs => ?)
    WHERE name = ANY(?::text[]) AND holder = ?
    RETURNING name
"""

_OTHERS = "SELECT holder FROM leases WHERE name = ANY(?::text[]) AND holder <> ?"

_RELEASE = "DELETE FROM leases WHERE name = ANY(?::text[]) AND holder = ? RETURNING name"
