"""What goes wrong on demand: answers that are late, missing, lost or refused."""

from dataclasses import dataclass
from enum import Enum, auto


class Fault(Enum):
    """What happens to a request."""

    LIMITED = auto()  # 429, with what discord.py wants to see before it waits
    BROKEN = auto()  # a gateway's 5xx; nothing was done
    BROKEN_AFTER = auto()  # the same, but it was done
    CUT = auto()  # the connection ends without an answer; nothing was done
    CUT_AFTER = auto()  # the same, but it was done
    SLOW = auto()  # done and answered later
    REFUSED = auto()  # an error of the API's own


@dataclass
class _Planned:
    method: str
    route: str
    fault: Fault
    times: int
    number: float
    status: int

    def meets(self, method: str, route: str) -> bool:
        return self.times > 0 and self.method in (method, "*") and self.route in (route, "*")


@dataclass(frozen=True)
class Struck:
    """The fault of one request. `seconds` to wait (LIMITED, SLOW); `status` and `code` of the answer."""

    fault: Fault
    seconds: float
    status: int
    code: int


class Faults:
    """A list of faults to come, used up in order.

    A place is "POST /channels/{channel_id}/messages" as in Discord's document, "* *" any request.
    """

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def limit(self, place: str, *, retry_after: float = 0.05, times: int = 1) -> None:
        """Answer 429 and say to come again in so many seconds."""
        self._plan(place, Fault.LIMITED, times, retry_after, 429)

    def fail(self, place: str, *, after: bool = False, status: int = 502, times: int = 1) -> None:
        """Answer a 5xx, `after` the request was carried out or instead of it."""
        self._plan(place, Fault.BROKEN_AFTER if after else Fault.BROKEN, times, 0, status)

    def cut(self, place: str, *, after: bool = True, times: int = 1) -> None:
        """End the connection without an answer, `after` the request was carried out or instead of it."""
        self._plan(place, Fault.CUT_AFTER if after else Fault.CUT, times, 0, 0)

    def slow(self, place: str, seconds: float, *, times: int = 1) -> None:
        """Take so long before anything is done."""
        self._plan(place, Fault.SLOW, times, seconds, 0)

    def refuse(self, place: str, status: int, code: int, *, times: int = 1) -> None:
        """Answer an error of the API, such as 400 and 40003."""
        self._plan(place, Fault.REFUSED, times, code, status)

    @property
    def left(self) -> int:
        """How many are still to come: 0 when everything a test planned has happened."""
        return sum(one.times for one in self._planned)

    def strike(self, method: str, route: str) -> Struck | None:
        """The fault of this request, if one is due; it is used up."""
        for one in self._planned:
            if one.meets(method, route):
                one.times -= 1
                return Struck(one.fault, one.number, one.status, int(one.number))
        return None

    def _plan(self, place: str, fault: Fault, times: int, number: float, status: int) -> None:
        method, _, route = place.partition(" ")
        self._planned.append(_Planned(method, route, fault, times, number, status))
