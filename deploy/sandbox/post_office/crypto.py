"""What travels encrypted: the recipient of an order (for us), the applicant of a collected dossier (for intake).

JWE, ECDH-ES with A256GCM, and no other algorithm is ever accepted.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import ValidationError

from contracts.post import ApplicantV1, RecipientV1

ALGORITHMS: Final = ["ECDH-ES", "A256GCM"]


class DecryptionError(Exception):
    """It is not encrypted for our key, is broken, or holds no recipient. Kept with the order that it was found in."""


@dataclass(frozen=True, slots=True)
class Cipher:
    own_key: ECKey
    intake_key: ECKey

    @classmethod
    def from_files(cls, own_key: Path, intake_key: Path) -> Self:
        """JWK files: our private key, intake's public one."""
        return cls(_key(own_key), _key(intake_key))

    def decrypt(self, recipient: str) -> RecipientV1:
        """Raises DecryptionError."""
        try:
            decrypted = jwe.decrypt_compact(recipient, self.own_key, algorithms=ALGORITHMS)
            return RecipientV1.model_validate_json(decrypted.plaintext or b"")
        except (JoseError, ValidationError, ValueError) as error:
            raise DecryptionError(f"the recipient cannot be read: {type(error).__name__}") from error

    def encrypt(self, applicant: ApplicantV1) -> str:
        """For intake alone."""
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": self.intake_key.kid}
        return jwe.encrypt_compact(header, applicant.model_dump_json(exclude_none=True), self.intake_key, algorithms=ALGORITHMS)


def _key(path: Path) -> ECKey:
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
