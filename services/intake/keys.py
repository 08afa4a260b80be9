"""Intake's four keys and the only code that uses them.

Personal data lies in the database under AES-256-GCM, bound to its dossier, so that no row can be passed off as another's. What
has to be found again is kept as a keyed hash. What the post sends and gets is JWE (ECDH-ES, A256GCM).
"""

import hashlib
import hmac
import json
import os
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

_JWE: Final = ["ECDH-ES", "A256GCM"]
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
# The first byte names the way of sealing, so that another one can be told apart later.
_SEALED_BY_AES_GCM: Final = b"\x01"


class KeyFault(Exception):  # noqa: N818 -- a setting is wrong, said in both languages
    """A key file is missing or unusable; the service does not start without it."""

    def __init__(self, variable: str, vi: str, en: str) -> None:
        super().__init__(f"{variable}: {vi} / {en}")


class Unopenable(Exception):  # noqa: N818 -- a finding about what was given
    """It was not sealed with our key, or for this dossier, or it is damaged."""


@dataclass(frozen=True, repr=False)
class Keys:
    field: AESGCM
    hmac: bytes
    own: ECKey
    post: ECKey

    @classmethod
    def load(cls, *, field: Path | None, hmac: Path | None, intake: Path | None, post: Path | None) -> Self:
        """Raises KeyFault."""
        return cls(
            AESGCM(_symmetric("MOTCUA_FIELD_KEY_FILE", field)),
            _symmetric("MOTCUA_HMAC_KEY_FILE", hmac),
            _elliptic("MOTCUA_INTAKE_KEY_FILE", intake, private=True),
            _elliptic("MOTCUA_POST_PUBLIC_KEY_FILE", post, private=False),
        )

    def seal(self, bound_to: str, text: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _SEALED_BY_AES_GCM + nonce + self.field.encrypt(nonce, text, bound_to.encode())

    def open(self, bound_to: str, sealed: bytes) -> bytes:
        """Raises Unopenable."""
        way, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if way != _SEALED_BY_AES_GCM:
            raise Unopenable("sealed in a way that is not known")
        try:
            return self.field.decrypt(nonce, rest, bound_to.encode())
        except (InvalidTag, ValueError) as error:
            raise Unopenable("not sealed with this key for this dossier") from error

    def index(self, kind: str, value: str) -> bytes:
        """A keyed hash to find a value by; `kind` keeps equal values of different meaning apart."""
        return hmac.digest(self.hmac, f"{kind}:{value}".encode(), hashlib.sha256)

    def from_post(self, token: str) -> bytes:
        """What the post encrypted for us; raises Unopenable."""
        try:
            text = jwe.decrypt_compact(token, self.own, algorithms=_JWE).plaintext
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Unopenable(f"not encrypted for our key ({type(error).__name__})") from error
        if text is None:
            raise Unopenable("nothing in it")
        return text

    def for_post(self, text: bytes) -> str:
        return jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM"}, text, self.post, algorithms=_JWE)


def _read(variable: str, path: Path | None) -> str:
    if path is None:
        raise KeyFault(variable, "chưa đặt; hãy chỉ đến tệp khóa.", "is not set; point it to the key's file.")
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = type(error).__name__
        raise KeyFault(variable, f"không đọc được tệp {path} ({why}).", f"the file {path} cannot be read ({why}).") from error


def _symmetric(variable: str, path: Path | None) -> bytes:
    text = _read(variable, path)
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise KeyFault(variable, f"tệp {path} phải chứa 32 byte viết bằng base64url.", f"{path} must hold 32 bytes in base64url.")
    return key


def _elliptic(variable: str, path: Path | None, *, private: bool) -> ECKey:
    text = _read(variable, path)
    try:
        key = ECKey.import_key(json.loads(text))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise KeyFault(variable, f"tệp {path} không phải khóa EC (JWK).", f"{path} is not an EC key (JWK).") from error
    if private and not key.is_private:
        raise KeyFault(variable, f"tệp {path} chỉ có khóa công khai.", f"{path} holds the public key only.")
    return key
