"""What has arrived of the files that come in pieces: core.ports.Uploads over one database.

A piece is named by its upload (blob_uses), from its row on until the upload lets it go: so it is kept as long
as it may be wanted, and is garbage after. Whoever moves an upload has its row first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tortoise.exceptions import IntegrityError

from core.ports import Blob, Outdated
from core.uploads import Heard, Upload
from storage import inbox
from storage.accounts import joined
from storage.codec import dump, read
from storage.database import Database, change, insert, is_duplicate, select
from storage.locks import held

OPEN, WHOLE, GONE = "open", "whole", "gone"

_MOVE = "UPDATE uploads SET state = ?, touched = ?, data = ? WHERE id = ?"


class Uploads:
    """Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, upload: Upload) -> bool:
        """Expect a file, for who its person is by now; False if one with this id is there already.

        The desk is told that it has begun, in the same transaction.
        """
        try:
            async with self._database.writing():
                person = (await joined([upload.person])).get(upload.person, upload.person)
                begun = replace(upload, person=person, state=WHOLE if upload.whole else OPEN)
                await insert("uploads", [_row(begun)])
                await inbox.receive(begun.heard(Heard.BEGUN, begun.begun))
        except IntegrityError as error:
            if is_duplicate(error):
                return False
            raise
        return True

    async def find(self, upload: str) -> Upload | None:
        """How far a file has come; None if nobody began it."""
        async with self._database.looking() as connection:
            rows = await select(connection, "SELECT data FROM uploads WHERE id = ?", [upload])
        return read(Upload, rows[0]["data"]) if rows else None

    async def of_order(self, order: str) -> Sequence[Upload]:
        """All that are not gone, in the order in which they were begun."""
        sql = 'SELECT data FROM uploads WHERE "order" = ? AND state <> ? ORDER BY seq'
        async with self._database.looking() as connection:
            rows = await select(connection, sql, [order, GONE])
        return [read(Upload, row["data"]) for row in rows]

    async def append(self, upload: str, at: int, piece: Blob, now: datetime) -> Upload:
        """Note a piece that begins `at` a byte. Outdated unless that is where the next one is awaited.

        With the last one the desk is told that the file has arrived, in the same transaction.
        """
        if piece.size <= 0:
            raise ValueError(f"a piece of {piece.size} bytes")
        async with self._database.writing():
            before = await _held(upload, [OPEN])
            if before is None or before.received != at or at + piece.size > before.size:
                raise Outdated(f"upload {upload} does not go on at {at}")
            received = at + piece.size
            state = WHOLE if received == before.size else OPEN
            after = replace(before, received=received, touched=now, state=state, pieces=before.pieces + 1)
            await _move(after)
            row = {"upload": upload, "at": at, "key": piece.key, "size": piece.size, "sha256": piece.sha256}
            await insert("upload_pieces", [row])
            # Two pieces of the same bytes are one blob.
            await insert("blob_uses", [{"key": piece.key, "holder": upload}], "ON CONFLICT DO NOTHING")
            if after.whole:
                await inbox.receive(after.heard(Heard.ARRIVED, now))
        return after

    async def pieces(self, upload: str) -> Sequence[Blob]:
        """The pieces that are safe, in their order."""
        sql = "SELECT key, size, sha256 FROM upload_pieces WHERE upload = ? ORDER BY at"
        async with self._database.looking() as connection:
            rows = await select(connection, sql, [upload])
        return [Blob(row["key"], row["size"], row["sha256"]) for row in rows]

    async def give_up(self, upload: str, now: datetime) -> bool:
        """Take nothing more for a file, and let its pieces go; False if it was gone or whole.

        The desk is told that it is gone, in the same transaction.
        """
        async with self._database.writing():
            before = await _held(upload, [OPEN])
            if before is None:
                return False
            await _let_go(before)
            await inbox.receive(before.heard(Heard.GONE, now))
        return True


async def let_go(uploads: Collection[str]) -> None:
    """Let the pieces go of what no song is made of any more, within a commit; what is open is given up."""
    for upload in sorted(uploads):
        before = await _held(upload, [OPEN, WHOLE])
        if before is not None:
            await _let_go(before)


async def _let_go(before: Upload) -> None:
    """Keep that it was there, and nothing of what it was: its song has a title as long as it may."""
    state = WHOLE if before.whole else GONE
    await _move(replace(before, name="", media_type="", state=state))
    await change("DELETE FROM upload_pieces WHERE upload = ?", [before.id])
    await change("DELETE FROM blob_uses WHERE holder = ?", [before.id])


async def _held(upload: str, states: Sequence[str]) -> Upload | None:
    """An upload that is in one of these states, as it stays until this transaction ends."""
    among = ", ".join("?" * len(states))
    sql = f"SELECT data FROM uploads WHERE id = ? AND state IN ({among})"  # noqa: S608
    rows = await held(sql, [upload, *states])
    return read(Upload, rows[0]["data"]) if rows else None


async def _move(after: Upload) -> None:
    await change(_MOVE, [after.state, after.touched, dump(after), after.id])


def _row(upload: Upload) -> Mapping[str, object]:
    return {
        "id": upload.id,
        "order": upload.order,
        "person": upload.person,
        "state": upload.state,
        "touched": upload.touched,
        "data": dump(upload),
    }
