"""Accounts of which one became another (core/linking.py): the other's name means it for ever.

What is theirs is given its new name once, by a statement for each table, however much there is; so nothing
has to be resolved when it is read. What is only ever appended keeps the old name, and so do charges, which
their tills know by it: `formerly` of the account says under which names to look. An event or a message that
still names the old one is led to the new one.

A deed that is written down holds the accounts it names until it is committed, and a join has its two alone.
So nothing is written under a name in the moment in which it stops being one.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from core.ledger import of_credit
from core.linking import Join, LinkCode
from core.members import MemberState
from core.messages import Audience, To
from core.ports import Outdated
from storage import reach
from storage.codec import dump
from storage.database import change, here, insert, select
from storage.locks import held
from storage.places import whereabouts

# Entities whose JSON has the account beside the column; in it a string cannot look like this, for its quotes
# would be escaped.
_NAMED = (
    *("identities", "orders", "threads", "uploads"),
    *("organisations", "agreements", "bulks", "bulk_members", "members"),
)

_RENAME = "UPDATE {table} SET person = ?, data = REPLACE(data, ?, ?) WHERE person = ?"

# Who waits for a slot waits as who they are now; jobs that are over are nobody's turn any more. Those that
# wait and those that are held have an index each.
_AT_WORK = (
    "UPDATE jobs SET person = ? WHERE person = ? AND state = 'queued'",
    "UPDATE jobs SET person = ? WHERE person = ? AND engine_id IS NOT NULL",
)

# Who was at a page in one hour under both names was there as often as under both together.
_VISITS = """
INSERT INTO visits ("order", person, standing, what, hour, begun, finished, newest)
SELECT "order", ?, standing, what, hour, begun, finished, newest FROM visits WHERE person = ?
ON CONFLICT ("order", person, standing, what, hour) DO UPDATE
SET begun = visits.begun + excluded.begun, finished = visits.finished + excluded.finished,
    newest = CASE WHEN excluded.newest > visits.newest THEN excluded.newest ELSE visits.newest END
"""

# Who is a member under both names is one once, and of what is then their own order none.
_TWICE = f"""
DELETE FROM members WHERE person = ? AND state = '{MemberState.IN}' AND "order" IN (
    SELECT "order" FROM members WHERE person = ? AND state = '{MemberState.IN}'
    UNION SELECT id FROM orders WHERE person = ?
)"""  # noqa: S608

_LANE = "UPDATE inbox SET lane = ? WHERE lane = ? AND state = 'undone'"

_READDRESS = 'UPDATE {table} SET "to" = ?, data = REPLACE(data, ?, ?) WHERE audience = ? AND "to" = ?'


async def joined(names: Collection[str], *, alone: bool = False) -> Mapping[str, str]:
    """Which of these accounts became others, and which; so it stays until this transaction is over.

    Whoever asks `alone` waits for all others who have asked about the same accounts.
    """
    if not names:
        return {}
    among = ", ".join("?" * len(names))
    sql = f"SELECT id, joined FROM people WHERE id IN ({among}) ORDER BY id"  # noqa: S608
    rows = await held(sql, sorted(names), "UPDATE" if alone else "KEY SHARE")
    return {row["id"]: row["joined"] for row in rows if row["joined"]}


async def give_code(code: LinkCode, at: datetime) -> None:
    """Write a code down; its person's earlier one is void, and those that are too old go."""
    await change("DELETE FROM link_codes WHERE person = ? OR until < ?", [code.person, at])
    row = {"hash": code.hash, "person": code.person, "until": code.until, "data": dump(code)}
    await insert("link_codes", [row])


async def void_code(hash_: str) -> None:
    """Make a code good for nothing."""
    await change("DELETE FROM link_codes WHERE hash = ?", [hash_])


async def join(join: Join) -> None:
    """Make one account of two, whose rows this transaction has alone.

    Outdated if the code is used up, or if there is credit left that the deed did not move along.
    """
    gone, into = join.gone, join.into
    used = "DELETE FROM link_codes WHERE hash = ? AND person = ?"
    if await change(used, [join.code, into]) != 1:
        raise Outdated("the code is used up")
    left = "SELECT balance FROM accounts WHERE name = ? AND balance <> 0"
    if await select(here(), left, [of_credit(gone)]):
        raise Outdated("there is credit that does not come along")

    await change("UPDATE people SET joined = ? WHERE id = ? OR joined = ?", [into, gone, gone])
    await change(_TWICE, [gone, into, into])
    await change(_TWICE, [into, gone, gone])
    for table in _NAMED:
        await change(_RENAME.format(table=table), [into, f'"person":"{gone}"', f'"person":"{into}"', gone])
    for at_work in _AT_WORK:
        await change(at_work, [into, gone])
    for table in ("cards", "notices"):
        renamed = [into, f'"id":"{gone}"', f'"id":"{into}"', Audience.PERSON.value, gone]
        await change(_READDRESS.format(table=table), renamed)
    await change(_VISITS, [into, gone])
    await change("DELETE FROM visits WHERE person = ?", [gone])
    await change("UPDATE link_codes SET person = ? WHERE person = ?", [into, gone])
    await change(_LANE, [into, gone])

    for place in (await whereabouts(To.person(into))).places:
        await reach.arrive(To.person(into), place)
