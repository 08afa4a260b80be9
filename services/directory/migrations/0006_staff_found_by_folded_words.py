"""staff are found by the words of their names without marks; who is there already gets the key here, from the published name"""

import sqlalchemy as sa
from alembic import op

from services.directory.domain.alphabet import search_key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("search_key", sa.String(), server_default="", nullable=False))
    database = op.get_bind()
    people = database.execute(sa.text("SELECT id, username, value ->> 'name' AS name FROM account")).all()
    keys = [{"id": person.id, "key": search_key(person.name, person.username)} for person in people]
    if keys:
        database.execute(sa.text("UPDATE account SET search_key = :key WHERE id = :id"), keys)
