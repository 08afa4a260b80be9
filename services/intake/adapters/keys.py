"""Intake's four keys and the only code that uses them.

Personal data lies in the database under AES-256-GCM, bound to its dossier, so that no row can be passed off as another's. What
has to be found again is kept as a keyed hash. What the post sends and gets is JWE (ECDH-ES, A256GCM).
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from chassis.secret_files import UnusableSecret, read_key, read_secret
from chassis.settings import ProcessSettings
from services.intake.settings import intake_settings

_JWE: Final = ["ECDH-ES", "A256GCM"]
_NONCE_BYTES: Final = 12
# The first byte names the way of sealing, so that another one can be recognised later.
_SEALED_BY_AES_GCM: Final = b"\x01"


class Unopenable(Exception):  # noqa: N818 -- a finding about what was given
    """It was not sealed with our key, or for this dossier, or it is damaged."""


@dataclass(frozen=True, repr=False)
class Keys:
    field: AESGCM
    hmac: bytes
    own: ECKey
    post: ECKey

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


def keys_of(settings: ProcessSettings) -> Keys:
    """The keys of a running intake process, read once. Raises UnusableSecret."""
    own = intake_settings(settings)
    return _open(own.field_key_file, own.hmac_key_file, own.intake_key_file, own.post_public_key_file)


@lru_cache(maxsize=8)
def _open(field: Path | None, hmac: Path | None, own: Path | None, post: Path | None) -> Keys:
    return Keys(
        field=AESGCM(read_key("MOTCUA_FIELD_KEY_FILE", field)),
        hmac=read_key("MOTCUA_HMAC_KEY_FILE", hmac),
        own=_elliptic("MOTCUA_INTAKE_KEY_FILE", own, private=True),
        post=_elliptic("MOTCUA_POST_PUBLIC_KEY_FILE", post, private=False),
    )


def _elliptic(variable: str, file: Path | None, *, private: bool) -> ECKey:
    text = read_secret(variable, file)
    try:
        key = ECKey.import_key(json.loads(text))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise UnusableSecret(variable, file, vi="tệp không phải khóa EC (JWK).", en="the file is not an EC key (JWK).") from error
    if private and not key.is_private:
        raise UnusableSecret(
            variable,
            file,
            vi="tệp chỉ có khóa công khai; hãy chỉ đến khóa riêng.",
            en="the file holds the public key only; point it to the private one.",
        )
    return key
