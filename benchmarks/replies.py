"""How long replies take: from when an event came to when the first message that it caused is at its door."""

import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.disk import Span
from core.changes import Changes
from core.jobs import Job, end_of
from core.messages import HOUSE, Card, Incoming, Kind
from core.ports import Outgoing, Store


@dataclass(slots=True)
class Reply:
    """What an event's person waits for. Seconds of the monotonic clock."""

    begun: float
    there: bool = False


@dataclass(slots=True)
class Replies:
    """Events that have begun, what was decided on them, and how long their replies were waited for."""

    spans: list[Span] = field(default_factory=list)
    decided: Counter[str] = field(default_factory=Counter)
    _begun: dict[tuple[str, str], float] = field(default_factory=dict)
    _notices: dict[str, Reply] = field(default_factory=dict)
    _cards: dict[tuple[str, str], list[tuple[Card, Reply]]] = field(default_factory=lambda: defaultdict(list))

    def begin(self, incoming: Incoming, at: float | None = None) -> None:
        """An event is there, `at` a moment of the monotonic clock, or now."""
        self._begun[incoming.door, incoming.event_id] = time.monotonic() if at is None else at

    def engine_answered(self, job: Job) -> None:
        self._begun[HOUSE, end_of(job.id, job.attempts)] = time.monotonic()

    def falls_due(self, order: str, at: float) -> None:
        self._begun[HOUSE, f"tick:{order}"] = at

    def committed(self, incoming: Incoming, changes: Changes) -> None:
        """An event was decided; from now on its messages are waited for."""
        event = f"tick:{incoming.payload['order']}" if incoming.kind is Kind.TICK else incoming.event_id
        begun = self._begun.pop((incoming.door, event), None)
        if begun is None:
            return
        self.decided[incoming.kind.value] += 1
        reply = Reply(begun)
        for notice in changes.notices:
            self._notices[notice.id] = reply
        for card in changes.cards:
            self._cards[card.key, card.to.id].append((card, reply))

    def arrived(self, outgoing: Outgoing) -> None:
        """A message is at its door; a card answers all that its later states took the place of."""
        if outgoing.notice is not None:
            self._answer(self._notices.pop(outgoing.notice.id, None))
            if outgoing.notice.confirm:
                self._begun[HOUSE, f"sent:{outgoing.notice.id}"] = time.monotonic()
        elif outgoing.card is not None:
            waiting = self._cards[outgoing.card.key, outgoing.card.to.id]
            states = [card for card, _ in waiting]
            if outgoing.card in states:
                answered = len(states) - states[::-1].index(outgoing.card)
                for _, reply in waiting[:answered]:
                    self._answer(reply)
                del waiting[:answered]

    @property
    def seconds(self) -> list[float]:
        return [end - begin for begin, end in self.spans]

    @property
    def unanswered(self) -> int:
        """Events whose messages were wanted and never came. A card that did not change is not sent again."""
        return len(self._notices)

    def _answer(self, reply: Reply | None) -> None:
        if reply is not None and not reply.there:
            reply.there = True
            self.spans.append((reply.begun, time.monotonic()))


class Watched:
    """A store whose methods are timed, and whose commits are told to `replies`."""

    def __init__(self, store: Store, replies: Replies) -> None:
        self._store = store
        self._replies = replies
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._store, name)

        async def timed(*arguments: Any, **named: Any) -> Any:
            begun = time.monotonic()
            answer = await method(*arguments, **named)
            self.seconds[name].append(time.monotonic() - begun)
            if name == "commit" and answer:
                self._replies.committed(*arguments)
            return answer

        return timed


def share(seconds: Sequence[float], part: float) -> float:
    """The value below which a part (0..1) of some values lies; 0 if there are none."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
