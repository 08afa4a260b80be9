"""The applicant sealed on the way into the database, opened for those who may see, encrypted for the post.

What has to be found again is kept as a keyed hash of its kind.
"""

import hmac
from typing import Final

from pydantic import BaseModel

from contracts.identity import Identity
from contracts.references import read_secret
from contracts.search_words import folded
from messaging.command_table import CommandKey
from services.intake.adapters.keys import Keys
from services.intake.domain.applicant import Applicant
from services.intake.domain.codes import new_secret
from services.intake.domain.dossier import SealedPerson
from services.intake.domain.results import Representative, SealedRepresentative

# Enough to tell all words apart that a province's people are called by.
_NAME_WORD_BYTES: Final = 8


def seal_applicant(keys: Keys, dossier: str, applicant: Applicant) -> SealedPerson:
    """For a new dossier, with a new secret."""
    secret = new_secret()
    telephone = applicant.telephone
    return SealedPerson(
        sealed=keys.seal(dossier, applicant.model_dump_json(exclude_none=True).encode()),
        identity_index=identity_index(keys, applicant.identity),
        telephone_index=None if telephone is None else telephone_index(keys, telephone),
        name_index=name_index(keys, applicant.name),
        secret_sealed=keys.seal(_secret_of(dossier), secret.encode()),
        secret_index=secret_index(keys, dossier, secret),
        contact=applicant.contact(),
    )


def open_applicant(keys: Keys, dossier: str, sealed: bytes) -> Applicant:
    return Applicant.model_validate_json(keys.open(dossier, sealed))


def seal_representative(keys: Keys, dossier: str, person: Representative) -> SealedRepresentative:
    return SealedRepresentative(dossier, keys.seal(_representative_of(dossier), person.model_dump_json().encode()))


def open_representative(keys: Keys, dossier: str, sealed: bytes) -> Representative:
    return Representative.model_validate_json(keys.open(_representative_of(dossier), sealed))


def open_secret(keys: Keys, dossier: str, sealed: bytes) -> str:
    return keys.open(_secret_of(dossier), sealed).decode()


def is_secret(keys: Keys, dossier: str, typed: str, kept: bytes) -> bool:
    return hmac.compare_digest(secret_index(keys, dossier, typed), kept)


def secret_index(keys: Keys, dossier: str, typed: str) -> bytes:
    return keys.index("secret", f"{dossier}:{read_secret(typed)}")


def identity_index(keys: Keys, identity: Identity) -> bytes:
    return keys.index("identity", identity.key)


def telephone_index(keys: Keys, telephone: str) -> bytes:
    return keys.index("telephone", telephone)


def name_index(keys: Keys, name: str) -> tuple[bytes, ...]:
    """One short hash for each folded word: names are found by whole words, in any order and without marks."""
    return tuple(keys.index("name-word", word)[:_NAME_WORD_BYTES] for word in dict.fromkeys(folded(name).split()))


def command_key(keys: Keys, key: str, actor: str, route: str, body: BaseModel) -> CommandKey:
    """An Idempotency-Key whose fingerprint tells nobody else what numbers, names or secrets stood in the body."""
    return CommandKey.of(key, actor, route, body.model_dump_json(), secret=keys.index("fingerprints", ""))


def recipient_for_post(keys: Keys, applicant: Applicant) -> str:
    return keys.for_post(applicant.recipient().model_dump_json(exclude_none=True).encode())


def _secret_of(dossier: str) -> str:
    return f"{dossier}/secret"


def _representative_of(dossier: str) -> str:
    return f"{dossier}/representative"
