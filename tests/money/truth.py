"""What must be true of money, seen from outside: in the rows, in the till's own books, at the receiver.

Nothing here asks the code that is tested how it is; it reads tables, the demo till's file and what arrived.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]

AT_WORK = frozenset({"working", "review", "released", "completed", "aside"})
"""States of an order that has been paid for, where the house charges before it works."""


def wrongs_ever(rows: Rows) -> list[str]:
    """What is wrong at this very moment, whatever is still on its way."""
    return [*_ledger(rows), *_charges(rows), *_orders(rows)]


def wrongs_at_rest(rows: Rows, purses: Path, received: Sequence[tuple[str, str]]) -> list[str]:
    """What is wrong when nothing is left to do. `received`: every notice as it arrived, by place."""
    return [*wrongs_ever(rows), *_till(rows, purses), *_ended(rows), *_told(rows, received)]


def _ledger(rows: Rows) -> Iterator[str]:
    moved: Counter[str] = Counter()
    for transfer in rows["transfers"]:
        moved[transfer["source"]] -= transfer["amount"]
        moved[transfer["target"]] += transfer["amount"]
    for account in rows["accounts"]:
        if account["balance"] != moved[account["name"]]:
            yield f"{account['name']} holds {account['balance']}; its transfers say {moved[account['name']]}"
        if account["balance"] < 0 and not account["overdraw"]:
            yield f"{account['name']} is below zero: {account['balance']}"
    if total := sum(account["balance"] for account in rows["accounts"]):
        yield f"the ledger sums to {total}"
    for book in rows.get("books", ()):
        if book["earned"] not in (0, book["due"]) and book["due"]:
            yield f"order {book['order']} earned {book['earned']} of {book['due']}"


def _charges(rows: Rows) -> Iterator[str]:
    """Each charge in the ledger: paid once at most, given back once at most and never unpaid."""
    paid: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for transfer in rows["transfers"]:
        kind, _, charge = transfer["ref"].partition(":")
        if kind == "pay":
            paid[charge.partition(":")[0]] += transfer["amount"]
        elif kind == "refund":
            back[charge.partition(":")[0]] += transfer["amount"]
    for row in rows["charges"]:
        charge, amount, state = row["id"], _data(row)["amount"]["amount"], row["state"]
        expected = {
            "requested": (0, 0),
            "declined": (0, 0),
            "paid": (amount, 0),
            "refunding": (amount, 0),
            "refunded": (amount, amount),
        }[state]
        if (paid[charge], back[charge]) != expected:
            yield f"charge {charge} of {amount} is {state}: {paid[charge]} came, {back[charge]} went back"
    if strangers := (set(paid) | set(back)) - {row["id"] for row in rows["charges"]}:
        yield f"money moved for no charge: {sorted(strangers)}"


def _orders(rows: Rows) -> Iterator[str]:
    agreed = {row["order"] for row in rows["consents"] if row["kind"] == "terms"}
    earned: Counter[str] = Counter()
    for transfer in rows["transfers"]:
        if transfer["kind"] == "earn":
            earned[transfer["order"]] += transfer["amount"] * (1 if transfer["target"] == "income" else -1)
    balances = {account["name"]: account["balance"] for account in rows["accounts"]}
    for row in rows["orders"]:
        order, number = _data(row), row["number"]
        charges = [_data(each) for each in rows["charges"] if each["order"] == row["id"]]
        ours = balances.get(f"order:{row['id']}", 0) + earned[row["id"]]
        if charges and row["id"] not in agreed:
            yield f"order {number} was charged without consent"
        price = order["price"]["amount"] if order["price"] else 0
        if row["state"] in AT_WORK and order["paid_at"] and ours != price:
            yield f"order {number} is {row['state']} for {price}, and {ours} was paid"
        if row["state"] in AT_WORK and not order["paid_at"] and order["charge"] == "before-work":
            yield f"order {number} is {row['state']} and was never paid"
        released = order["released_version"] is not None and row["state"] != "cancelled"
        if earned[row["id"]] != (price if released else 0):
            yield f"order {number} earned {earned[row['id']]} of {price} and is {row['state']}"
        if released and not order["paid_at"]:
            yield f"order {number} was released and never paid"


def _till(rows: Rows, purses: Path) -> Iterator[str]:
    """The demo till's own books against ours."""
    books = {charge: (amount, state) for charge, amount, state in _books(purses)}
    meant = {"taken": "paid", "returned": "refunded", "declined": "declined"}
    ours = {row["id"]: row for row in rows["charges"] if row["till"] == "demo"}
    for charge, (amount, state) in books.items():
        row, did = ours.get(charge), f"the till has {state} {amount} for {charge}"
        if row is None:
            yield f"{did}, which we do not know"
        elif (quoted := _data(row)["amount"]["amount"]) != amount:
            yield f"{did}, and {quoted} was quoted"
        elif row["state"] != meant[state]:
            yield f"{did}, which we call {row['state']}"
    for charge in set(ours) - set(books):
        yield f"charge {charge} is {ours[charge]['state']}, and the till was never asked"
    kept = sum(amount for amount, state in books.values() if state == "taken")
    drawn = sum(-row["balance"] for row in rows["accounts"] if row["name"] == "till:demo")
    if kept != drawn:
        yield f"the till keeps {kept}, and the ledger says {drawn}"


def _books(purses: Path) -> list[tuple[str, int, str]]:
    """What the demo till wrote down: charge, amount and state."""
    if not purses.exists() or not purses.stat().st_size:
        return []
    with closing(sqlite3.connect(purses)) as raw:
        return raw.execute("SELECT id, amount, state FROM charges").fetchall()


def _ended(rows: Rows) -> Iterator[str]:
    balances = {account["name"]: account["balance"] for account in rows["accounts"]}
    for row in rows["orders"]:
        charges = [each["state"] for each in rows["charges"] if each["order"] == row["id"]]
        if row["state"] == "paying":
            yield f"order {row['number']} waits for a till for ever"
        if any(state in ("requested", "refunding") for state in charges):
            yield f"order {row['number']} has a charge that nobody asks about: {charges}"
        if row["state"] == "cancelled" and (balances.get(f"order:{row['id']}") or "paid" in charges):
            yield f"order {row['number']} is cancelled and its money was not given back: {charges}"
        if row["state"] in ("draft", "offered") and "paid" in charges:
            yield f"order {row['number']} is {row['state']} and holds money"
    for row in rows["inbox"]:
        if row["state"] != "done":
            yield f"event {row['event_id']} is {row['state']}"
    for row in rows["jobs"]:
        if row["state"] in ("queued", "running"):
            yield f"job {row['kind']} {row['id']} is {row['state']}"


def _told(rows: Rows, received: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What is said of money is said once, and of each movement."""
    for (place, id_), times in Counter(received).items():
        if times > 1:
            yield f"{place} received notice {id_} {times} times"
    arrived = {id_ for _, id_ in received}
    said: Counter[tuple[str, str]] = Counter()
    for row in rows["notices"]:
        notice = _data(row)
        if row["door"] and notice["id"] not in arrived:
            yield f"notice {notice['id']} never arrived"
        for kind, words in _OF_MONEY.items():
            if notice["order"] and _words(notice).startswith(words):
                said[notice["order"], kind] += 1
    children = {row["id"] for row in rows["people"] if _data(row)["minor"]}
    for row in rows["orders"]:
        charges = [each for each in rows["charges"] if each["order"] == row["id"]]
        most = Counter(kind for each in charges for kind in _to_be_told(each))
        least = most - Counter({"returned": _set_free(charges)})
        if row["person"] in children:  # who said so meanwhile is told what came back, if nothing else
            least = Counter({"returned": least["returned"]})
        else:
            most = least
        for kind in _OF_MONEY:
            if not least[kind] <= said[row["id"], kind] <= most[kind]:
                yield f"order {row['number']}: {most[kind]} {kind}, told {said[row['id'], kind]} times"


def _to_be_told(charge: Row) -> Iterator[str]:
    """What its artist hears of a charge in its life: credit is theirs already, and is not received."""
    if charge["till"] == "demo" and charge["state"] in ("paid", "refunding", "refunded"):
        yield "received"
    if charge["state"] == "declined":
        yield "declined"
    if charge["state"] == "refunded":
        yield "returned"


_OF_MONEY = {
    "received": "Received ",
    "returned": "You have ",
    "declined": "The payment did not go through",
}
"""How the notices of money begin, in English."""


def _set_free(charges: Sequence[Row]) -> int:
    """Credit set free because the charge beside it, of the same tap, was declined: it never left."""
    declined = {_data(each)["at"] for each in charges if each["state"] == "declined"}
    free = [each for each in charges if each["till"] == "credit" and each["state"] == "refunded"]
    return sum(_data(each)["at"] in declined for each in free)


def _data(row: Row) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(row["data"])
    return data


def _words(notice: Mapping[str, Any]) -> str:
    return "".join(part for part in notice["text"]["parts"] if isinstance(part, str))
