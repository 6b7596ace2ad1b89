"""Reading agreements and bulk orders, in statements of their own: most deeds are about neither."""

from dataclasses import dataclass
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.agreements import LIVE, Agreement, AgreementState, Running
from core.bulks import Bulk, BulkMember, BulkState, Tally, of_state
from core.ledger import of_deposit
from core.money import Money
from core.orders import OrderState
from core.organisations import Organisation
from core.people import Person
from core.songs import ON_THE_WAY, SongState
from core.trade import NO_SONGS, Asked
from storage.codec import read
from storage.database import select

LIVE_STATES = ", ".join(f"'{state}'" for state in sorted(LIVE))

_BULK = "SELECT data FROM bulks WHERE id = ?"
_AGREEMENT = "SELECT data FROM agreements WHERE id = ? OR number = ?"

USED = f"""
SELECT agreement, SUM(paid_songs) AS songs FROM orders
WHERE agreement IN ({{of}}) AND state <> '{OrderState.CANCELLED}' GROUP BY agreement"""  # noqa: S608
"""How many songs were paid under some agreements, or are being paid. What was cancelled was given back."""

_USABLE = ", ".join(f"'{state}'" for state in sorted({*ON_THE_WAY, SongState.READY}))

# What came into a bulk order, by how it stands; of a draft, whether anything in it can be mastered. Members
# are without those who have said since that they are under 13: nobody writes to them (B35).
_ABOUT = f"""
SELECT 'tally' AS part, state AS of, COUNT(*) AS count, unusable AS flag, '' AS data FROM (
    SELECT orders.state AS state, CASE WHEN
        orders.state = '{OrderState.DRAFT}'
        AND EXISTS (SELECT 1 FROM songs WHERE "order" = orders.id AND state = '{SongState.REFUSED}')
        AND NOT EXISTS (SELECT 1 FROM songs WHERE "order" = orders.id AND state IN ({_USABLE}))
    THEN 1 ELSE 0 END AS unusable
    FROM orders WHERE bulk = ? AND id <> ?
) AS counted GROUP BY state, unusable
UNION ALL SELECT 'used', '', SUM(paid_songs), 0, '' FROM orders
    WHERE agreement = ? AND state <> '{OrderState.CANCELLED}'
UNION ALL SELECT 'deposit', currency, balance, 0, '' FROM accounts WHERE name = ?
UNION ALL SELECT 'organisation', '', seq, 0, data FROM organisations WHERE person = ?
UNION ALL SELECT 'own', '', seq, 0, data FROM bulks WHERE person = ? AND state <> '{BulkState.CLOSED}'
UNION ALL SELECT 'member', '', seq, 0, data FROM bulk_members WHERE bulk = ? AND NOT EXISTS (
    SELECT 1 FROM people WHERE people.id = bulk_members.person
    AND REPLACE(people.data, '"minor":true', '') <> people.data)
UNION ALL SELECT 'dropped', person, number, 0, id FROM orders
    WHERE bulk = ? AND state <> '{OrderState.CANCELLED}'
UNION ALL SELECT 'payer', id, 0, 0, data FROM people WHERE id = ?
UNION ALL SELECT 'newest', '', MAX(number), 0, '' FROM agreements
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Named:
    """The bulk order and the agreement that a deed is about."""

    bulk: Bulk | None = None
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What is known of both, and of who answers for them."""

    tally: Tally = NO_SONGS
    used: int = 0
    deposit: Money | None = None
    organisations: tuple[Organisation, ...] = ()
    own: tuple[Bulk, ...] = ()
    members: tuple[BulkMember, ...] = ()
    dropped: frozenset[str] = frozenset()
    orders: tuple[str, ...] = ()
    payer: Person | None = None
    next_number: int = 1


async def named(connection: BaseDBAsyncClient, asked: Asked) -> Named:
    """What is asked for by name: a bulk order with its agreement, or an agreement with its bulk order."""
    bulk = await _bulk(connection, asked.bulk)
    of_bulk = bulk.agreement if bulk else None
    if not (asked.agreement or of_bulk or asked.number is not None):
        return Named(bulk)
    found = await select(connection, _AGREEMENT, [asked.agreement or of_bulk, asked.number])
    agreement = read(Agreement, found[0]["data"]) if found else None
    if bulk is None and agreement is not None:
        bulk = await _bulk(connection, agreement.bulk)
    return Named(bulk, agreement)


async def about(
    connection: BaseDBAsyncClient, asked: Asked, found: Named, actor: str | None, order: str | None
) -> About:
    """What is known of them. The order that the deed is about is not in the tally: it may change."""
    bulk, agreement = found.bulk.id if found.bulk else None, found.agreement
    rows = await select(
        connection,
        _ABOUT,
        [
            bulk,
            order or "",
            agreement.id if agreement else None,
            of_deposit(agreement.id) if agreement else None,
            agreement.person if agreement else actor,
            actor if asked.own else None,
            bulk if asked.people else None,
            bulk if asked.people or asked.songs else None,
            found.bulk.person if found.bulk else agreement.person if agreement else None,
        ],
    )

    def of(part: str) -> list[dict[str, Any]]:
        return sorted((row for row in rows if row["part"] == part), key=lambda row: row["count"] or 0)

    tally = Tally({})
    for row in of("tally"):
        standing = of_state(OrderState(row["of"]), unusable=bool(row["flag"]))
        tally = Tally({**tally.counts, standing: tally.of(standing) + row["count"]})
    return About(
        tally=tally,
        used=of("used")[0]["count"] or 0,
        deposit=next((Money(row["count"], row["of"]) for row in of("deposit")), None),
        organisations=tuple([read(Organisation, row["data"]) for row in of("organisation")]),
        own=tuple([read(Bulk, row["data"]) for row in reversed(of("own"))]),
        members=tuple([read(BulkMember, row["data"]) for row in of("member")]),
        dropped=frozenset(row["of"] for row in of("dropped")),
        orders=tuple(row["data"] for row in of("dropped")) if asked.songs else (),
        payer=next((read(Person, row["data"]) for row in of("payer")), None),
        next_number=(of("newest")[0]["count"] or 0) + 1,
    )


def in_running(agreement: Agreement | None, used: int) -> tuple[Running, ...]:
    """An agreement that is accepted, with how much of it is used."""
    if agreement is None or agreement.state is not AgreementState.ACCEPTED:
        return ()
    return (Running(agreement, used),)


async def _bulk(connection: BaseDBAsyncClient, id_: str | None) -> Bulk | None:
    found = await select(connection, _BULK, [id_]) if id_ else []
    return read(Bulk, found[0]["data"]) if found else None
