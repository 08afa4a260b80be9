"""What directory keeps of a second factor, sealed: AES-256-GCM, bound to its account, so that no row passes for another's."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.secret_files import read_key

_VARIABLE: Final = "MOTCUA_DIRECTORY_KEY_FILE"
_NONCE_BYTES: Final = 12
# Names the way of sealing, so that another one can be recognised later.
_SEALED_BY_AES_GCM: Final = b"\x01"


class Unopenable(Exception):  # noqa: N818 -- a finding about what was given
    """Not sealed with our key, or for something else, or damaged."""


def seal(file: Path | None, bound_to: str, content: bytes) -> str:
    """Raises UnusableSecret."""
    nonce = os.urandom(_NONCE_BYTES)
    return urlsafe_b64encode(_SEALED_BY_AES_GCM + nonce + _key(file).encrypt(nonce, content, bound_to.encode())).decode()


def open_sealed(file: Path | None, bound_to: str, sealed: str) -> bytes:
    """Raises Unopenable."""
    try:
        raw = urlsafe_b64decode(sealed)
        way, nonce, rest = raw[:1], raw[1 : 1 + _NONCE_BYTES], raw[1 + _NONCE_BYTES :]
        if way != _SEALED_BY_AES_GCM:
            raise Unopenable("sealed in a way that is not known")
        return _key(file).decrypt(nonce, rest, bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise Unopenable("not sealed with this key for this") from error


@lru_cache(maxsize=2)
def _key(file: Path | None) -> AESGCM:
    return AESGCM(read_key(_VARIABLE, file))


def check_key(file: Path | None) -> None:
    """Raises UnusableSecret."""
    _key(file)
