"""Who there is in the embedded Kafka: a user per service, the post, `admin`, and `broker`, which is the broker to itself.

`admin` may do everything: for `motcua` commands and whoever looks after Kafka. `broker` stands in the broker's settings, so that
somebody can speak to it before it knows anybody. The others come over the wire, with their rights, at every `motcua up`.
Passwords are drawn once and lie in `DATA/secrets/kafka`, a file each: a process is told the name of its own.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.kafka_rights import USERS
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.site import write_private
from messaging.kafka_access import Mechanism

ADMIN: Final = "admin"
BROKER: Final = "broker"
ROOT = Path(__file__).parents[2]
_PLAIN: Final = "org.apache.kafka.common.security.plain.PlainLoginModule"
_SCRAM: Final = "org.apache.kafka.common.security.scram.ScramLoginModule"


def provide_passwords(folder: Path) -> None:
    """Draw those that are missing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for user in (*USERS, ADMIN, BROKER):
        if not (file := password_file(folder, user)).exists():
            write_private(file, secrets.token_urlsafe(24).encode())


def password_file(folder: Path, user: str) -> Path:
    return folder / f"{user}.password"


def mechanism_of(user: str) -> Mechanism:
    return Mechanism.PLAIN if user == BROKER else Mechanism.SCRAM_SHA_256


def broker_settings(folder: Path) -> dict[str, str]:
    """What makes a broker ask everybody who they are, on both of its listeners. Passwords stand in it."""
    password = password_file(folder, BROKER).read_text().strip()
    itself = f'{_PLAIN} required username="{BROKER}" password="{password}" user_{BROKER}="{password}";'
    return {
        "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
        "inter.broker.listener.name": "CLIENTS",
        "sasl.mechanism.inter.broker.protocol": Mechanism.PLAIN,
        "sasl.mechanism.controller.protocol": Mechanism.PLAIN,
        "listener.name.clients.sasl.enabled.mechanisms": f"{Mechanism.SCRAM_SHA_256},{Mechanism.PLAIN}",
        "listener.name.clients.scram-sha-256.sasl.jaas.config": f"{_SCRAM} required;",
        "listener.name.clients.plain.sasl.jaas.config": itself,
        "listener.name.controller.sasl.enabled.mechanisms": Mechanism.PLAIN,
        "listener.name.controller.plain.sasl.jaas.config": itself,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": ";".join(f"User:{user}" for user in (ADMIN, BROKER)),
    }


def provide_rights(folder: Path, broker: Mapping[str, str]) -> None:
    """Users and rights as declared, in a Kafka that answers; `broker`: the environment of that user. A process of its own, for
    `motcua up` need not carry a Kafka client about for as long as it runs.

    Raises:
        Stopped: with what Kafka said.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_KAFKA")}
    environment |= {**broker, "MOTCUA_KAFKA_USERS": str(folder)}
    command = [sys.executable, "-m", "chassis.kafka_rights", "apply"]
    ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise Stopped(
            ExitCode.MACHINE_UNFIT,
            vi="Không đặt được người dùng và quyền trong Kafka. Hãy xem nhật ký kafka.log rồi chạy lại motcua up.",
            en="Could not set the users and rights in Kafka. Look at kafka.log, then run motcua up again.",
            detail=(ran.stderr or ran.stdout).strip()[-3000:],
        )
