"""`lathe audit`: ledger, charges, orders, tills and audio, a line each, and whether they agree."""

import hashlib
from collections.abc import Mapping

from bots.home import Home
from bots.settings import Settings
from bots.tills.demo import DemoTill
from core.ports import Damaged
from core.tills import Charge, ChargeState
from storage.audit import Audited, Books, audit
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.destroyed import meant, notes
from storage.objects import Objects, open_objects
from storage.secret import SecretKey

TAKEN = {
    ChargeState.PAID: {"taken"},
    ChargeState.REFUNDING: {"taken", "returned"},
    ChargeState.REFUNDED: {"returned"},
    ChargeState.DECLINED: {"declined"},
}
"""What a till may say of a charge; of one that is only requested it may say anything."""


async def audited(settings: Settings, *, deep: bool) -> list[Audited]:
    """Go over everything; `deep` reads and decrypts each blob too. Unreachable, BadSecret, WrongSecret."""
    home = Home(settings.folder)
    objects = open_objects(settings.blobs)
    async with open_database(settings.database) as database:
        books = await audit(database)
        found = [*books.audited, _demo(home, books.charges), await _audio(books, objects)]
        if deep:
            secret = SecretKey.of(settings.secret_key or home.secret_file.read_text("ascii"))
            found.append(await _sound(books, SealedBlobs(objects, BlobKeys(database), secret, home.work)))
    return found


def _demo(home: Home, charges: tuple[Charge, ...]) -> Audited:
    """What the demo till has in its own books is what ours say of it."""
    mine = [charge for charge in charges if charge.till == DemoTill.name]
    there: Mapping[str, str] = DemoTill(home.purses_file).records() if home.purses_file.exists() else {}
    wrong = tuple(
        f"{charge.id} is {charge.state.value}, and the till says {there.get(charge.id, 'nothing')}"
        for charge in mine
        if charge.state in TAKEN and there.get(charge.id) not in TAKEN[charge.state]
    )
    return Audited("demo till", len(mine), wrong)


async def _audio(books: Books, objects: Objects) -> Audited:
    """Everything that a song or a version names is filed, and its object lies in the store."""
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
