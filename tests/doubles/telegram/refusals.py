"""The ways in which the Bot API says no, in its own words (tdlib/telegram-bot-api, Client.cpp)."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """An answer that is not ok: HTTP status, description, and `parameters` such as retry_after in seconds."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters: Mapping[str, Any] = parameters


def bad(description: str, **parameters: Any) -> Refusal:
    """A 400."""
    return Refusal(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> Refusal:
    """A 403."""
    return Refusal(403, f"Forbidden: {description}")


def conflict(description: str) -> Refusal:
    """A 409."""
    return Refusal(409, f"Conflict: {description}")
