"""What an error of the Bot API means for what was being sent."""

from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from core.ports import Later, Refused

AWAY = 5.0
"""Seconds until something is tried again that never reached a platform which is away."""

_REASONS = (
    ("blocked", "blocked"),
    ("deactivated", "deactivated"),
    ("initiate conversation", "never wrote to us"),
    ("kicked", "we were removed"),
    ("chat not found", "chat not found"),
    ("thread not found", "topic deleted"),
    ("topic_deleted", "topic deleted"),
    ("topic_closed", "topic closed"),
    ("not enough rights", "we may not write there"),
    ("have no rights", "we may not write there"),
)

_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_OF_ANOTHER_KIND = ("there is no text in the message", "there is no caption in the message")
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def outcome(error: TelegramError) -> Exception:
    """What a door raises for it: Refused, Later, or the error itself where nobody knows what was sent."""
    match error:
        case RetryAfter():
            return Later(pause(error))
        case ChatMigrated():
            return Later(AWAY)
        case Forbidden() | BadRequest():
            return Refused(_reason(error))
        case NetworkError() if isinstance(error.__cause__, _NOT_SENT):
            return Later(AWAY)
    return error


def pause(error: RetryAfter) -> float:
    """Seconds that the platform asks for."""
    asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)


def unchanged(error: BadRequest) -> bool:
    """A message is as it should be already."""
    return "message is not modified" in error.message.lower()


def gone(error: BadRequest) -> bool:
    """There is no message to edit any more."""
    return _says(error, _GONE)


def of_another_kind(error: BadRequest) -> bool:
    """A message is not what it was taken for: text for a picture, or the other way round."""
    return _says(error, _OF_ANOTHER_KIND)


def too_large(error: TelegramError) -> bool:
    """An upload, or a file to be fetched, is more than the platform carries."""
    return _says(error, ("too large", "too big"))


def _reason(error: TelegramError) -> str:
    said = error.message.lower()
    return next((reason for words, reason in _REASONS if words in said), error.message[:100])


def _says(error: TelegramError, words: tuple[str, ...]) -> bool:
    return any(some in error.message.lower() for some in words)
