"""Ids that derive from what caused them, so that a deed handled twice happens once."""

import hashlib

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_LENGTH = 12  # 60 bits: a million orders collide with a chance below one in two million


def derive(*cause: str | int) -> str:
    """Return the id (12 characters) of the thing that this cause brings about."""
    digest = hashlib.sha256("\x1f".join(map(str, cause)).encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(_LENGTH))


def seen(id_: str, rev: int) -> int:
    """What a button was drawn for: another number for another row, and for another revision of the same."""
    return int(hashlib.sha256(f"{id_}:{rev}".encode()).hexdigest()[:7], 16)
