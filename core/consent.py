"""Records of what somebody agreed to: append-only, with the very words by their hash (A02, A03)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConsentKind(StrEnum):
    TERMS = "terms"
    AGE = "age"
    MEMBER = "member"  # of who joins somebody else's order: what comes with it and what does not (B47-B50)
    CONFIDENTIAL = "confidential"  # of the staff, before they look at such an order (B62)


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed to what, in which words and language, where and when."""

    id: str
    person: str
    kind: ConsentKind
    version: str
    sha256: str
    language: str
    door: str
    event: str
    at: datetime
    order: str | None = None
