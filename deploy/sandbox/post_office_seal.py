"""What travels sealed: the recipient of an order (for us), the applicant of a collected dossier (for intake).

JWE, ECDH-ES with A256GCM, and nothing else is ever opened.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import ValidationError

from contracts.intake import RecipientV1
from contracts.post import ApplicantV1

ALGORITHMS: Final = ["ECDH-ES", "A256GCM"]


class Unopenable(Exception):  # noqa: N818 -- a finding about an order, kept with it
    """The seal is not for our key, is broken, or holds no recipient."""


@dataclass(frozen=True, slots=True)
class Seal:
    own_key: ECKey
    intake_key: ECKey

    @classmethod
    def from_files(cls, own_key: Path, intake_key: Path) -> Self:
        """JWK files: our private key, intake's public one."""
        return cls(_key(own_key), _key(intake_key))

    def open(self, sealed: str) -> RecipientV1:
        try:
            opened = jwe.decrypt_compact(sealed, self.own_key, algorithms=ALGORITHMS)
            return RecipientV1.model_validate_json(opened.plaintext or b"")
        except (JoseError, ValidationError, ValueError) as error:
            raise Unopenable(f"the recipient cannot be read: {type(error).__name__}") from error

    def close(self, applicant: ApplicantV1) -> str:
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": self.intake_key.kid}
        return jwe.encrypt_compact(header, applicant.model_dump_json(exclude_none=True), self.intake_key, algorithms=ALGORITHMS)


def _key(path: Path) -> ECKey:
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
