"""What Discord's refusals mean: not ever, not now, or nobody knows."""

from collections.abc import Iterator
from contextlib import contextmanager

import discord

from core.ports import Later, Refused

UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
ALREADY_ANSWERED = 40060

_TOO_LARGE = 40005
_TOO_MANY_DMS = 40003
_PAUSE = 60.0
"""Seconds after a refusal that names no time."""

_REASONS = {
    10003: "the channel is gone",
    10013: "there is no such account any more",
    50001: "no access to the channel",
    50007: "direct messages are closed",
    50013: "no permission to write there",
    50083: "the thread is closed",
    50278: "direct messages are closed",
}


@contextmanager
def told() -> Iterator[None]:
    """Raise what the relay understands: Refused, Later, or whatever leaves it unsure."""
    try:
        yield
    except discord.RateLimited as limited:
        raise Later(limited.retry_after) from None
    except discord.HTTPException as error:
        raise meaning(error) from error


def meaning(error: discord.HTTPException) -> Exception:
    """The exception for a refusal; the error itself where the message may have been sent."""
    if error.status == 429 or error.code == _TOO_MANY_DMS:
        return Later(_PAUSE)
    if error.status in (400, 403, 404, 413):
        return Refused(_REASONS.get(error.code, f"Discord does not take it ({error.code or error.status})"))
    return error


def is_too_large(error: discord.HTTPException) -> bool:
    """Whether a file was larger than Discord takes here."""
    return error.status == 413 or error.code == _TOO_LARGE
