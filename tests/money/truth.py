"""What must be true of money, seen from outside: in the rows, in the till's own books, at the receiver.

Nothing here asks the code that is tested how it is; it reads tables, the demo till's file and what arrived.
"""

import json
import re
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
    return [
        *_ledger(rows),
        *_charges(rows),
        *_orders(rows),
        *_quotes(rows),
        *_decided(rows),
        *_codes(rows),
        *_agreements(rows),
    ]


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
    """Each charge in the ledger: paid once at most; what its refunds say went back did, and no more."""
    paid: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for transfer in rows["transfers"]:
        kind, _, charge = transfer["ref"].partition(":")
        if kind == "pay":
            paid[charge.partition(":")[0]] += transfer["amount"]
        elif kind in ("refund", "credit"):
            back[charge.partition(":")[0]] += transfer["amount"]
    for row in rows["charges"]:
        charge, amount, state = row["id"], _data(row)["amount"]["amount"], row["state"]
        refunds = _refunds(rows, charge)
        done = sum(each["amount"]["amount"] for each in refunds if each["state"] == "done")
        going = sum(each["amount"]["amount"] for each in refunds if each["state"] != "failed")
        came = 0 if state in ("requested", "declined") else amount
        gone = amount if state == "refunded" and not refunds else done
        if (paid[charge], back[charge]) != (came, gone):
            yield f"charge {charge} of {amount} is {state}: {paid[charge]} came, {back[charge]} went back"
        if going > came:
            yield f"of charge {charge} of {amount} {going} is to go back"
        if state == "refunded" and gone != amount:
            yield f"charge {charge} is refunded, and {gone} of {amount} went back"
        if any(
            each["state"] == "open" and each["held"] and each["charge"] == charge
            for each in _all(rows, "disputes")
        ) and (state != "paid"):
            yield f"charge {charge} is disputed, and {state}"
    if strangers := (set(paid) | set(back)) - {row["id"] for row in rows["charges"]}:
        yield f"money moved for no charge: {sorted(strangers)}"
    balances = {account["name"]: account["balance"] for account in rows["accounts"]}
    for dispute in _all(rows, "disputes"):
        held = dispute["held"]["amount"] if dispute["held"] and dispute["state"] == "open" else 0
        if balances.get(f"held:{dispute['id']}", 0) != held:
            yield f"dispute {dispute['id']} is {dispute['state']} and does not hold {held}"


def _refunds(rows: Rows, charge: str) -> list[dict[str, Any]]:
    return [each for each in _all(rows, "refunds") if each["charge"] == charge]


def _all(rows: Rows, table: str) -> list[dict[str, Any]]:
    return [_data(row) for row in rows.get(table, ())]


def _orders(rows: Rows) -> Iterator[str]:
    agreed = {row["order"] for row in rows["consents"] if row["kind"] == "terms"}
    earned: Counter[str] = Counter()
    stored: Counter[str] = Counter()  # paid in, for the songs of an agreement
    for transfer in rows["transfers"]:
        if transfer["kind"] == "earn":
            earned[transfer["order"]] += transfer["amount"] * (1 if transfer["target"] == "income" else -1)
        elif transfer["kind"] == "deposit":
            stored[transfer["source"]] += transfer["amount"]
    balances = {account["name"]: account["balance"] for account in rows["accounts"]}
    for row in rows["orders"]:
        order, number = _data(row), row["number"]
        charges = [_data(each) for each in rows["charges"] if each["order"] == row["id"]]
        ours = balances.get(f"order:{row['id']}", 0) + earned[row["id"]] + _held(rows, row["id"])
        ours += stored[f"order:{row['id']}"]
        fees = sum(each["amount"]["amount"] for each in charges if each["quote"] and _kept(rows, each))
        if charges and row["id"] not in agreed:
            yield f"order {number} was charged without consent"
        price = order["price"]["amount"] if order["price"] else 0
        if row["state"] in AT_WORK and order["paid_at"] and ours != price + fees:
            yield f"order {number} is {row['state']} for {price} and {fees}, and {ours} was paid"
        if row["state"] in AT_WORK and not order["paid_at"] and order["charge"] == "before-work":
            yield f"order {number} is {row['state']} and was never paid"
        released = order["released_version"] is not None and row["state"] != "cancelled"
        done = order["fees"]["amount"] if order["fees"] and row["state"] != "cancelled" else 0
        if earned[row["id"]] != (price if released else 0) + done:
            yield f"order {number} earned {earned[row['id']]} of {price} and is {row['state']}"
        if released and not order["paid_at"]:
            yield f"order {number} was released and never paid"


def _quotes(rows: Rows) -> Iterator[str]:
    """The price of changes: asked of credit and tills once, by who accepted it, for one batch."""
    paid: Counter[str] = Counter()
    standing: Counter[str] = Counter()
    for quote in _all(rows, "quotes"):
        if quote["kind"] != "revision":
            continue
        charges = [each for each in _all(rows, "charges") if each["quote"] == quote["id"]]
        live = sum(each["amount"]["amount"] for each in charges if each["state"] in _LIVE)
        back = any(each["state"] == "refunded" for each in charges)
        accepted = quote["state"] in ("accepted", "paid")
        total = quote["total"]["amount"] if accepted else 0
        if live > total or (live < total and not back):
            yield f"the price {quote['id']} of {total} is {quote['state']}, and {live} is asked or paid"
        if accepted and total and not quote["accepted_by"]:
            yield f"the price {quote['id']} is {quote['state']}, and nobody has accepted it"
        paid[quote["batch"]] += quote["state"] == "paid"
        standing[quote["order"]] += quote["state"] in ("asked", "offered", "accepted")
    if twice := [batch for batch, times in paid.items() if times > 1]:
        yield f"paid more than once: the changes of {twice}"
    if several := [order for order, times in standing.items() if times > 1]:
        yield f"more than one price for changes stands in {several}"


_LIVE = ("requested", "paid", "refunding", "lost")
"""States of a charge whose money was asked for, and did not come back."""


def _decided(rows: Rows) -> Iterator[str]:
    """What staff decide happens when it cannot be undone any more, and only then."""
    decisions = _all(rows, "decisions")
    done = {(each["order"], each["by"], each["reason"]) for each in decisions if each["state"] == "done"}
    made = {(each["order"], each["by"], each["reason"]) for each in decisions}
    for refund in _all(rows, "refunds"):
        if (why := (refund["order"], refund["asked_by"], refund["reason"])) in made - done:
            yield f"refund {refund['id']} was made, and no decision {why} was carried out"
    named = {each["about"] for each in decisions if each["state"] == "done"}
    for quote in _all(rows, "quotes"):
        if quote["named_by"] and quote["id"] not in named:
            yield f"price {quote['id']} was named, and no decision about it was carried out"


def _codes(rows: Rows) -> Iterator[str]:
    """A rebate code takes something off one order of a person's."""
    bought = [(row, _data(row)) for row in rows["orders"] if row["state"] != "cancelled"]
    used = Counter((row["person"], order["rebate"]) for row, order in bought if order["price"])
    for (person, code), times in used.items():
        if code and times > 1:
            yield f"{person} had {code} for {times} orders"


def _agreements(rows: Rows) -> Iterator[str]:
    """An agreed price holds for so many songs and no more."""
    for agreement in _all(rows, "agreements"):
        orders = [_data(row) for row in rows["orders"] if row["state"] != "cancelled"]
        mine = [each for each in orders if each["deal"] and each["deal"]["agreement"] == agreement["id"]]
        songs = sum(each["paid_songs"] for each in mine if each["paid_at"])
        most = agreement["terms"]["songs"] if agreement["terms"] else 0
        if songs > most:
            yield f"A-{agreement['number']} is for {most} songs, and {songs} were paid at it"


def _held(rows: Rows, order: str) -> int:
    """What open disputes hold of the money that lay with an order."""
    mine = [each for each in _all(rows, "disputes") if each["order"] == order and each["state"] == "open"]
    return sum(each["held"]["amount"] for each in mine if each["held"] and each["source"] == f"order:{order}")


def _kept(rows: Rows, charge: Mapping[str, Any]) -> bool:
    """Whether the money of a charge lies with its order still: what goodwill gave back left it there."""
    return charge["state"] in ("paid", "lost") or (
        charge["state"] == "refunded" and any(not each["whole"] for each in _refunds(rows, charge["id"]))
    )


def _till(rows: Rows, purses: Path) -> Iterator[str]:
    """The demo till's own books against ours."""
    books = {charge: (amount, state, back) for charge, amount, state, back in _books(purses)}
    ours = {row["id"]: row for row in rows["charges"] if row["till"] == "demo"}
    for charge, (amount, state, back) in books.items():
        row, did = ours.get(charge), f"the till has {state} {amount} for {charge}"
        if row is None:
            yield f"{did}, which we do not know"
            continue
        sent = [each for each in _refunds(rows, charge) if each["to"] == "method" and each["state"] == "done"]
        due = sum(each["amount"]["amount"] for each in sent)
        if (quoted := _data(row)["amount"]["amount"]) != amount:
            yield f"{did}, and {quoted} was quoted"
        elif (state == "declined") != (row["state"] == "declined") or back != due:
            yield f"{did}, of which {back} went back; we call it {row['state']}, and {due} was to"
    for charge in set(ours) - set(books):
        yield f"charge {charge} is {ours[charge]['state']}, and the till was never asked"
    kept = sum(amount - back for amount, state, back in books.values() if state != "declined")
    drawn = sum(-row["balance"] for row in rows["accounts"] if row["name"] == "till:demo")
    lost = sum(each["amount"] for each in rows["transfers"] if each["ref"].startswith("lost:"))
    if kept != drawn + lost:
        yield f"the till keeps {kept}, and the ledger says {drawn}, with {lost} lost"


def _books(purses: Path) -> list[tuple[str, int, str, int]]:
    """What the demo till wrote down: charge, amount, state, and how much of it went back."""
    if not purses.exists() or not purses.stat().st_size:
        return []
    with closing(sqlite3.connect(purses)) as raw:
        return raw.execute(
            """
            SELECT id, amount, state,
                (SELECT coalesce(sum(amount), 0) FROM returns WHERE returns.charge = charges.id)
            FROM charges"""
        ).fetchall()


def _ended(rows: Rows) -> Iterator[str]:
    balances = {account["name"]: account["balance"] for account in rows["accounts"]}
    for row in rows["orders"]:
        charges = [each["state"] for each in rows["charges"] if each["order"] == row["id"]]
        if row["state"] == "paying":
            yield f"order {row['number']} waits for a till for ever"
        if any(state in ("requested", "refunding") for state in charges):
            yield f"order {row['number']} has a charge that nobody asks about: {charges}"
        disputed = any(
            each["order"] == row["id"] and each["state"] == "open" for each in _all(rows, "disputes")
        )
        if any(each["order"] == row["id"] and each["state"] == "sending" for each in _all(rows, "refunds")):
            yield f"order {row['number']} has a refund that nobody asks about"
        left = balances.get(f"order:{row['id']}") or "paid" in charges
        if row["state"] == "cancelled" and left and not disputed:
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
            if notice["order"] and words.match(_words(notice)):
                said[notice["order"], kind] += 1
    children = {row["id"] for row in rows["people"] if _data(row)["minor"]}
    for row in rows["orders"]:
        charges = [each for each in rows["charges"] if each["order"] == row["id"]]
        due = Counter(kind for each in charges for kind in _to_be_told(each))
        back = [each for each in _all(rows, "refunds") if each["order"] == row["id"]]
        due["returned"] = sum(each["state"] == "done" for each in back)
        if row["person"] in children:  # who said so meanwhile is told what came back, if nothing else
            due = Counter({"returned": due["returned"]})
            most = due + said_of(said, row["id"], "received", "declined")
        else:
            most = due
        for kind in _OF_MONEY:
            if not due[kind] <= said[row["id"], kind] <= most[kind]:
                yield f"order {row['number']}: {most[kind]} {kind}, told {said[row['id'], kind]} times"


def said_of(said: Counter[tuple[str, str]], order: str, *kinds: str) -> Counter[str]:
    """What was said of some kinds, whatever that is."""
    return Counter({kind: said[order, kind] for kind in kinds})


def _to_be_told(charge: Row) -> Iterator[str]:
    """What its artist hears of a charge when it comes: credit is theirs already, and is not received.

    What is set free again because the charge beside it was declined never left, and is not returned.
    """
    if charge["till"] == "demo" and charge["state"] in ("paid", "refunding", "refunded", "lost"):
        yield "received"
    if charge["state"] == "declined":
        yield "declined"


_OF_MONEY = {
    "received": re.compile("Received "),
    "returned": re.compile(r"You have \S+ (back|credit) for order |Order \d+: \S+ went back "),
    "declined": re.compile("The payment did not go through"),
}
"""How the notices of money begin, in English."""


def _data(row: Row) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(row["data"])
    return data


def _words(notice: Mapping[str, Any]) -> str:
    return "".join(part for part in notice["text"]["parts"] if isinstance(part, str))
