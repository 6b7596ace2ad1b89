"""`lathe audit`: ledger, charges, orders, tills and audio, a line each, and whether they agree."""

import hashlib
from collections.abc import Iterator

from bots.home import Home
from bots.secret import kept_secret
from bots.settings import Settings
from bots.tills.credit import CreditTill
from bots.tills.demo import DemoTill
from core.money import Money
from core.ports import Damaged
from core.tills import Charge, ChargeState
from storage.address import file_of
from storage.audit import Audited, Books, audit
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.destroyed import meant, notes
from storage.objects import Objects, open_objects
from storage.schema import check

TAKEN = {
    ChargeState.PAID: {"taken"},
    ChargeState.REFUNDING: {"taken", "returned"},
    ChargeState.REFUNDED: {"returned"},
    ChargeState.DECLINED: {"declined"},
}
"""What a till may say of a charge; of one that is only requested it may say anything."""


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
        found = [*books.audited, *_tills(home, books.charges, alone=alone), await _audio(books, objects)]
        if secret:
            found.append(await _sound(books, SealedBlobs(objects, keys, secret, home.work)))
    return found


def _tills(home: Home, charges: tuple[Charge, ...], *, alone: bool) -> Iterator[Audited]:
    """What each till has in its own books is what ours say of it; one line for each that was ever paid at.

    `alone`: no other home serves this database, so that the demo till's books can be in no other one.
    """
    for name in sorted({DemoTill.name, *(charge.till for charge in charges)}):
        mine = tuple(charge for charge in charges if charge.till == name)
        what = f"{name} till"
        if name == DemoTill.name and (alone or home.purses_file.exists()):
            yield Audited(what, len(mine), tuple(_demo(home, mine)))
        elif name == DemoTill.name:
            yield Audited(
                what, len(mine), unasked="its books are in the home that has the doors: audit there"
            )
        elif name == CreditTill.name:
            yield Audited(what, len(mine), unasked="its money is in the ledger itself, which was gone over")
        else:
            yield Audited(what, len(mine), unasked="it cannot be asked from here")


def _demo(home: Home, charges: tuple[Charge, ...]) -> Iterator[str]:
    """What the demo till says otherwise than our charges."""
    there = DemoTill(home.purses_file).records() if home.purses_file.exists() else {}
    for charge in charges:
        state, amount = there.get(charge.id, ("nothing", charge.amount))
        if charge.state in TAKEN and state not in TAKEN[charge.state]:
            yield f"{charge.id} is {charge.state.value}, and the till says {state}"
        elif amount != charge.amount:
            yield f"{charge.id} is of {_told(charge.amount)}, and the till says {_told(amount)}"
    for lost in there.keys() - {charge.id for charge in charges}:
        state, amount = there[lost]
        if state == "taken":
            yield f"the till has taken {_told(amount)} for {lost}, which is no charge of ours"


def _told(money: Money) -> str:
    return f"{money.amount} {money.currency}"


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
