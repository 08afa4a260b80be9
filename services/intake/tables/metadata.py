"""Which tables belong to intake, and what its rows have in common."""

from typing import Final

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from chassis.drafts import add_draft_table
from chassis.guess_limiter import add_guess_table
from messaging.tables import add_messaging_tables

METADATA: Final = MetaData()
MESSAGING: Final = add_messaging_tables(METADATA)
GUESS: Final = add_guess_table(METADATA)
DRAFT: Final = add_draft_table(METADATA)


class Row(SQLModel, registry=registry(metadata=METADATA)):
    pass
