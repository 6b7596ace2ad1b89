"""`lathe audit`: ledger, charges, orders, tills, audit trail, audio: a line each, and whether they agree."""

import hashlib
from collections.abc import Iterator

from bots.home import Home
from bots.secret import kept_secret
from bots.settings import Settings
from bots.tills.credit import CreditTill
from bots.tills.demo import DemoTill, Record
from core.money import Money
from core.ports import Damaged
from core.refunds import Refund, RefundState, RefundTo
from core.tills import Charge, ChargeState
from storage.address import file_of
from storage.audit import Audited, Books, audit
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.chain import verified
from storage.database import Database, open_database
from storage.destroyed import meant, notes
from storage.objects import Objects, open_objects
from storage.schema import check


async def audited(settings: Settings, *, deep: bool) -> list[Audited]:
    """Go over everything; `deep` reads and decrypts each blob too.

    Unreachable, Older, Newer, BadSecret and WrongSecret say why that is not possible.
    """
    await check(settings.database)
    home = Home(settings.folder)
    objects = open_objects(settings.blobs)
    async with open_database(settings.database) as database:
        keys = BlobKeys(database)
        secret = await kept_secret(settings.secret_key, home.secret_file, keys) if deep else None
        books = await audit(database)
        alone = file_of(settings.database) is not None
        found = [
            *books.audited,
            *_tills(home, books, alone=alone),
            await _trail(database),
            await _audio(books, objects),
        ]
        if secret:
            found.append(await _sound(books, SealedBlobs(objects, keys, secret, home.work)))
    return found


def _tills(home: Home, books: Books, *, alone: bool) -> Iterator[Audited]:
    """What each till has in its own books is what ours say of it; one line for each that was ever paid at.

    `alone`: no other home serves this database, so that the demo till's books can be in no other one.
    """
    for name in sorted({DemoTill.name, *(charge.till for charge in books.charges)}):
        mine = tuple(charge for charge in books.charges if charge.till == name)
        what = f"{name} till"
        if name == DemoTill.name and (alone or home.purses_file.exists()):
            yield Audited(what, len(mine), tuple(_demo(home, mine, books.refunds)))
        elif name == DemoTill.name:
            yield Audited(
                what, len(mine), unasked="its books are in the home that has the doors: audit there"
            )
        elif name == CreditTill.name:
            yield Audited(what, len(mine), unasked="its money is in the ledger itself, which was gone over")
        else:
            yield Audited(what, len(mine), unasked="it cannot be asked from here")


def _demo(home: Home, charges: tuple[Charge, ...], refunds: tuple[Refund, ...]) -> Iterator[str]:
    """What the demo till says otherwise than our charges."""
    there = DemoTill(home.purses_file).records() if home.purses_file.exists() else {}
    for charge in charges:
        nothing = charge.amount * 0
        record = there.get(charge.id, Record("nothing", charge.amount, nothing))
        if record.amount != charge.amount:
            yield f"{charge.id} is of {_told(charge.amount)}, and the till says {_told(record.amount)}"
            continue
        if charge.state is ChargeState.REQUESTED:
            continue  # it may say anything
        if (record.state == "declined") != (
            charge.state is ChargeState.DECLINED
        ) or record.state == "nothing":
            yield f"{charge.id} is {charge.state.value}, and the till says {record.state}"
            continue
        least, most = _to_come_back(charge, refunds)
        if not least <= record.returned.amount <= most:
            yield f"of {charge.id} {least} went back, and the till says {_told(record.returned)}"
    for lost in there.keys() - {charge.id for charge in charges}:
        record = there[lost]
        if record.state == "taken":
            yield f"the till has taken {_told(record.amount)} for {lost}, which is no charge of ours"


def _to_come_back(charge: Charge, refunds: tuple[Refund, ...]) -> tuple[int, int]:
    """The least and the most that a till may have given back: what it is asked for may be done."""
    mine = [one for one in refunds if one.charge == charge.id]
    if not mine and charge.state is ChargeState.REFUNDED:
        return charge.amount.amount, charge.amount.amount
    if not mine and charge.state is ChargeState.REFUNDING:
        return 0, charge.amount.amount
    by_method = [one for one in mine if one.to is RefundTo.METHOD]
    done = sum(one.amount.amount for one in by_method if one.state is RefundState.DONE)
    asked = sum(one.amount.amount for one in by_method if one.state is RefundState.SENDING)
    return done, done + asked


def _told(money: Money) -> str:
    return f"{money.amount} {money.currency}"


async def _trail(database: Database) -> Audited:
    """Every link of the audit trail holds. Whoever keeps the hash of the last sees if its end was cut off."""
    async with database.reading() as connection:
        chain = await verified(connection)
    wrong = (chain.broken,) if chain.broken else ()
    last = f", the last is {chain.head}" if chain.length else ""
    return Audited("audit trail", chain.length, wrong, noted=last)


async def _audio(books: Books, objects: Objects) -> Audited:
    """Everything that a song, a version or an upload names is filed, and its object lies in the store."""
    gone = (await notes(objects)).values()
    shredded = {one.scope for one in gone if one.scope is not None}
    wrong = []
    for key, holder in books.uses.items():
        if key not in books.filed and key.split("/")[1] not in shredded:
            wrong.append(f"{key} of {holder} is not filed")
    for key, (name, created) in books.filed.items():
        if await objects.size(name) is None and not meant(gone, name, created):
            wrong.append(f"{key} is not in the audio store")
    return Audited("audio", len(books.filed), tuple(wrong))


async def _sound(books: Books, blobs: SealedBlobs) -> Audited:
    """Everything that is filed decrypts to the content that it is named for."""
    wrong = []
    for key in books.filed:
        try:
            digest = hashlib.sha256()
            async for piece in blobs.read(key):
                digest.update(piece)
            if digest.hexdigest() != key.rpartition("/")[2]:
                wrong.append(f"{key} has another hash")
        except (Damaged, FileNotFoundError) as error:
            wrong.append(str(error))
    return Audited("audio, read", len(books.filed), tuple(wrong))
