"""What can go wrong on the way, to be set by a test and met by the next calls that fit."""

from dataclasses import dataclass, field
from typing import Literal

from tests.doubles.telegram.calls import Arrived
from tests.doubles.telegram.files import Files
from tests.doubles.telegram.updates import Updates


@dataclass
class Fault:
    """`accepted`: it strikes after the call was carried out. `seconds`: of a flood or of a slow answer."""

    kind: Literal["flood", "bad gateway", "cut", "slow"]
    method: str | None
    chat: int | None
    times: int
    accepted: bool = False
    seconds: float = 0

    def meets(self, method: str, call: Arrived) -> bool:
        return self.times > 0 and self.method in (None, method) and self.chat in (None, _number(call.chat))


def _number(chat: str) -> int | None:
    return int(chat) if chat.lstrip("-").isdigit() else None


@dataclass
class Faults:
    """Each deed here makes one more fault, which strikes `times` times; the one set first strikes first.

    `method` is a name as in sendMessage, None for all but getUpdates; `chat` a chat's id, None for all.
    """

    updates: Updates
    files: Files
    _set: list[Fault] = field(default_factory=list)
    cut_downloads: int = 0

    def flood(
        self, retry_after: int, method: str | None = None, chat: int | None = None, times: int = 1
    ) -> None:
        """Answer 429, nothing carried out; `retry_after` in seconds."""
        self._set.append(Fault("flood", method, chat, times, seconds=retry_after))

    def bad_gateway(
        self,
        method: str | None = None,
        chat: int | None = None,
        times: int = 1,
        *,
        accepted: bool = False,
    ) -> None:
        """Answer 502."""
        self._set.append(Fault("bad gateway", method, chat, times, accepted))

    def cut(
        self, method: str | None = None, chat: int | None = None, times: int = 1, *, accepted: bool = True
    ) -> None:
        """Close the connection without an answer."""
        self._set.append(Fault("cut", method, chat, times, accepted))

    def slow(
        self,
        seconds: float,
        method: str | None = None,
        chat: int | None = None,
        times: int = 1,
        *,
        accepted: bool = True,
    ) -> None:
        """Answer late; unless `accepted`, carry it out late as well."""
        self._set.append(Fault("slow", method, chat, times, accepted, seconds))

    def twice(self, times: int = 1) -> None:
        """Tell the next update twice."""
        self.updates.doubled += times

    def swap(self, times: int = 1) -> None:
        """Hold the next update back until the one after it was told."""
        self.updates.swapped += times

    def expire_links(self) -> None:
        """Let every link to a file so far lead nowhere."""
        self.files.expire_links()

    def cut_download(self, times: int = 1) -> None:
        """Close the connection in the middle of a file."""
        self.cut_downloads += times

    def take(self, method: str, call: Arrived) -> Fault | None:
        """The fault that this call meets, which is thereby used up once."""
        for fault in self._set:
            if fault.meets(method, call) and (fault.method or method != "getUpdates"):
                fault.times -= 1
                return fault
        return None
