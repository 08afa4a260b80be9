"""The applicants of the copies: sealed and indexed by intake's own code and keys, one person for some three dossiers."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from bench.growth.copies import Copy
from cli.demo.people import applicant
from services.intake.adapters.keys import Keys
from services.intake.adapters.seal import seal_applicant
from services.intake.domain.applicant import Applicant

DOSSIERS_OF_A_PERSON: Final = 3
COPY: Final = "COPY person (dossier, sealed, identity_index, telephone_index, secret_sealed, secret_index) FROM STDIN"


def sealed(keys: Keys, copies: Sequence[Copy], chance: random.Random) -> Iterator[tuple[object, ...]]:
    people = max(1, len(copies) // DOSSIERS_OF_A_PERSON)
    for copy in copies:
        made_up = applicant(random.Random(chance.randrange(people)))  # noqa: S311 -- the same person for the same number
        somebody = Applicant.model_validate(made_up)
        person = seal_applicant(keys, copy.id, somebody)
        yield (
            copy.id,
            person.sealed,
            person.identity_index,
            person.telephone_index,
            person.secret_sealed,
            person.secret_index,
        )
