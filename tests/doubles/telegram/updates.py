"""What has happened and the bot has not confirmed yet, in the order in which it is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from tests.doubles.telegram import limits
from tests.doubles.telegram.changes import Changes
from tests.doubles.telegram.refusals import conflict
from tests.doubles.telegram.state import Json

FIRST = 730_000_001
"""The first update_id; the platform begins anywhere."""

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(eq=False)
class Update:
    """`lane`: within which a webhook is told one thing after the other: what is said in a chat, what a person
    presses, what they pay … Between lanes there is no order (tdlib/telegram-bot-api, Client.cpp, add_update).

    `odd`: a fault brought it out of turn, so a confirmation counts only once it was handed out.
    """

    id: int
    kind: str
    body: Json
    lane: tuple[str, int]
    handed: bool = False
    odd: bool = False

    def json(self) -> Json:
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """The queue. `record` is told of each update that is made; `waiting` polls have found nothing yet."""

    def __init__(self, changes: Changes, record: Callable[[Update], None]) -> None:
        self.pending: list[Update] = []
        self.allowed: Sequence[str] = ()
        self.doubled = 0
        self.swapped = 0
        self.waiting = 0
        self._held: Update | None = None
        self._ids = count(FIRST)
        self._changes = changes
        self._record = record
        self._turn = 0

    def add(self, kind: str, body: Json, whose: int) -> None:
        """Something happened in a chat or to a person."""
        if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
            return
        lane = ("message" if kind == "edited_message" else kind, whose)
        update = Update(next(self._ids), kind, body, lane)
        self._record(update)
        if self._held is not None:
            self.pending += [update, self._held]
            self._held = None
        elif self.swapped:
            self.swapped -= 1
            self._held = replace(update, odd=True)
            return
        elif self.doubled:
            self.doubled -= 1
            self.pending += [update, replace(update, odd=True)]
        else:
            self.pending.append(update)
        self._changes.happened()

    def done(self, update: Update) -> None:
        """The webhook took it."""
        if update in self.pending:  # else it was dropped meanwhile
            self.pending.remove(update)
        self._changes.happened()

    def forget(self) -> None:
        """Drop what is pending."""
        self.pending.clear()
        self._changes.happened()

    def interrupt(self) -> None:
        """End a getUpdates that waits; it is answered with 409."""
        self._turn += 1
        self._changes.happened()

    async def poll(self, offset: int, limit: int, seconds: int, why: Callable[[], str]) -> list[Json]:
        """Confirm all below the offset; then what is pending, as soon as there is something.

        Another poll, or whatever else interrupts this one, makes it end with 409; `why` says the reason.
        """
        self.interrupt()
        turn = self._turn
        self._confirm(offset)
        self.waiting += 1
        try:
            await self._changes.until(
                lambda: self.pending or self._turn != turn, min(seconds, limits.POLL_SECONDS)
            )
        except TimeoutError:
            return []
        finally:
            self.waiting -= 1
        if self._turn != turn:
            raise conflict(why())
        batch = self.pending[: min(max(limit, 1), limits.UPDATES)]
        for update in batch:
            update.handed = True
        return [update.json() for update in batch]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        else:
            self.pending = [
                update for update in self.pending if update.id >= offset or (update.odd and not update.handed)
            ]
        self._changes.happened()
