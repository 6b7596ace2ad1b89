"""Files that come in pieces beside the chat, and what the desk hears of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import derive
from core.messages import WEB, FileRef, Incoming, Kind


class Heard(StrEnum):
    """What has become of an upload."""

    BEGUN = "begun"
    ARRIVED = "arrived"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that comes in pieces beside the chat. `received` bytes of `size` are safe."""

    id: str
    order: str
    person: str  # the account that sends it
    name: str  # "" once nothing is kept of it but that it was there, as media_type
    size: int
    media_type: str
    begun: datetime
    touched: datetime  # when the last piece was safe
    received: int = 0
    state: str = "open"  # or "whole": all is here; "gone": given up, it takes nothing more
    pieces: int = 0  # in how many it has come so far

    @property
    def whole(self) -> bool:
        return self.received == self.size

    @property
    def file(self) -> FileRef:
        """The file as a song names it."""
        return FileRef(WEB, self.id, self.name, self.size, self.media_type or None)

    @property
    def song(self) -> str:
        """The id of the song that it becomes, once, whatever is heard of it and how often."""
        return derive("upload", self.id, "song")

    def heard(self, what: Heard, at: datetime) -> Incoming:
        """What the desk is told of it, as one event however often it is handed in."""
        ending = "" if what is Heard.BEGUN else f":{what}"
        return Incoming(
            WEB,
            f"upload:{self.id}{ending}",
            self.person,
            "",
            private=True,
            kind=Kind.UPLOAD,
            at=at,
            payload={"order": self.order, "upload": self.id, "state": what.value},
            files=(self.file,) if what is Heard.BEGUN else (),
        )
