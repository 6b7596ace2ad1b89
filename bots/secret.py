"""Where the secret key of a house comes from: LATHE_SECRET_KEY, else a file in the home, made once."""

import asyncio
import os
from pathlib import Path

from storage.blob_keys import BlobKeys
from storage.secret import BadSecret, SecretKey, WrongSecret

_ABOUT = "proof of the secret key"
_PROOF = b"lathe".ljust(32)


async def house_secret(set_key: str | None, file: Path, keys: BlobKeys) -> SecretKey:
    """The secret key that the keys of this database are wrapped with.

    A house that has none yet gets one, in `file`. WrongSecret or BadSecret says what is wrong and what to do.
    """
    if set_key is not None or await asyncio.to_thread(file.exists) or await keys.proof():
        return await kept_secret(set_key, file, keys)
    secret = SecretKey.fresh()
    _write(file, secret)
    try:
        return await _proven(secret, str(file), keys)
    except WrongSecret:  # another machine was first
        await asyncio.to_thread(file.unlink)
        raise


async def kept_secret(set_key: str | None, file: Path, keys: BlobKeys) -> SecretKey:
    """The secret key of a house that has one. WrongSecret or BadSecret."""
    if set_key is not None:
        return await _proven(SecretKey.of(set_key), "LATHE_SECRET_KEY", keys)
    try:
        return await _proven(_read(file), str(file), keys)
    except FileNotFoundError:
        raise WrongSecret(
            f"{file} is missing: the audio of this database can be read only with the secret key that was in "
            "it; put it back, or set LATHE_SECRET_KEY"
        ) from None


async def is_proven(secret: SecretKey, keys: BlobKeys) -> bool:
    """Whether a secret is that of a database, or that has none yet."""
    proof = await keys.proof()
    return proof is None or _opens(secret, proof)


async def _proven(secret: SecretKey, where: str, keys: BlobKeys) -> SecretKey:
    proof = await keys.proof() or await keys.prove(secret.wrap(_PROOF, _ABOUT))
    if not _opens(secret, proof):
        raise WrongSecret(
            f"{where} is not the secret key of this database: its audio cannot be read with it; "
            "every machine needs the key of the first one"
        )
    return secret


def _opens(secret: SecretKey, proof: str) -> bool:
    try:
        return secret.unwrap(proof, _ABOUT) == _PROOF
    except WrongSecret:
        return False


def _read(file: Path) -> SecretKey:
    try:
        return SecretKey.of(file.read_text("ascii"))
    except (BadSecret, UnicodeDecodeError):
        raise BadSecret(f"{file} holds no secret key; put it back from your backup") from None


def _write(file: Path, secret: SecretKey) -> None:
    """Whole or not at all, for the house alone, and on the disk before anything is wrapped with it."""
    arriving = file.with_name(f"{file.name}.{os.getpid()}")
    arriving.touch(mode=0o600)
    with arriving.open("w", encoding="ascii") as out:
        out.write(secret.text() + "\n")
        out.flush()
        os.fsync(out.fileno())
    arriving.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
