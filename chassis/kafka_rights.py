"""`python -m chassis.kafka_rights apply`: the cluster learns our users' rights, and their passwords. `show` prints the rights.

`MOTCUA_KAFKA...` say where to and as whom: somebody who may alter the cluster. `MOTCUA_KAFKA_USERS` is a folder with
`<user>.password` for each of ours, and of others if they are to be known; without it only rights are set, for a cluster whose
users are kept elsewhere.
"""

import asyncio
import sys
from pathlib import Path

from chassis.kafka_settings import KafkaSettings
from chassis.secret_files import read_secret
from contracts.kafka_rights import USERS, rights
from messaging.access_control import apply_rights

USAGE = "python -m chassis.kafka_rights show | apply"


class RightsSettings(KafkaSettings):
    kafka_users: Path | None = None

    def passwords(self) -> dict[str, str]:
        """Raises UnusableSecret."""
        if self.kafka_users is None:
            return {}
        users = {*USERS, *(file.stem for file in self.kafka_users.glob("*.password"))}
        return {user: read_secret("MOTCUA_KAFKA_USERS", self.kafka_users / f"{user}.password") for user in sorted(users)}


def main(arguments: list[str]) -> None:
    match arguments:
        case ["show"]:
            for right in sorted(rights()):
                pattern = "prefixed" if right.prefixed else "literal"
                sys.stdout.write(f"{right.user:<10} {right.operation:<17} {right.resource:<17} {pattern:<9} {right.name}\n")
        case ["apply"]:
            settings = RightsSettings()
            changes = asyncio.run(apply_rights(settings.kafka_access, rights(), settings.passwords()))
            sys.stdout.write(f"+{changes.given} -{changes.taken}, {changes.passwords} passwords\n")
        case _:
            sys.exit(USAGE)


if __name__ == "__main__":
    main(sys.argv[1:])
