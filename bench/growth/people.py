"""The applicants of the copies: sealed and indexed by intake's own code and keys, one person for some three dossiers."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from bench.growth.copies import Copy
from cli.demo.people import applicant
from services.intake.adapters.keys import Keys
from services.intake.adapters.seal import seal_applicant
from services.intake.domain.applicant import Applicant
from services.intake.tables import PersonRow

DOSSIERS_OF_A_PERSON: Final = 3
COLUMNS: Final = tuple(name for name in PersonRow.model_fields if name != "dossier")
COPY: Final = f"COPY person (dossier, {', '.join(COLUMNS)}) FROM STDIN"


def sealed(keys: Keys, copies: Sequence[Copy], chance: random.Random) -> Iterator[tuple[object, ...]]:
    people = max(1, len(copies) // DOSSIERS_OF_A_PERSON)
    for copy in copies:
        made_up = applicant(random.Random(chance.randrange(people)))  # noqa: S311 -- the same person for the same number
        person = seal_applicant(keys, copy.id, Applicant.model_validate(made_up))
        values = (getattr(person, name) for name in COLUMNS)
        yield (copy.id, *(list(value) if isinstance(value, tuple) else value for value in values))
