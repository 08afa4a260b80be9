"""How a Kafka client comes to the brokers and who it is there: one description, and every client's arguments are made from it.

A plain address in its place means brokers that ask nobody who they are, and encrypt nothing. Nothing of it is ever printed.
"""

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias


class Protocol(StrEnum):
    """Kafka's own names."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def encrypts(self) -> bool:
        return self in {Protocol.SSL, Protocol.SASL_SSL}

    @property
    def asks_for_password(self) -> bool:
        return self in {Protocol.SASL_PLAINTEXT, Protocol.SASL_SSL}


class Mechanism(StrEnum):
    """How a password is shown. PLAIN sends it as it is: only where the connection is encrypted or does not leave the machine."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


@dataclass(frozen=True, kw_only=True)
class KafkaAccess:
    """`ca_file`: who vouches for the brokers, the system's authorities without one. `certificate_file` and `key_file`: who we
    are, where the brokers want to see a certificate.
    """

    bootstrap: str
    protocol: Protocol = Protocol.PLAINTEXT
    mechanism: Mechanism = Mechanism.SCRAM_SHA_256
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None

    def ssl_context(self) -> ssl.SSLContext | None:
        """Raises OSError (ssl.SSLError is one) where a file is not fit."""
        if not self.protocol.encrypts:
            return None
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.certificate_file is not None:
            context.load_cert_chain(self.certificate_file, self.key_file)
        return context

    def arguments(self) -> dict[str, Any]:
        """Of aiokafka's consumers, producers and administrators."""
        login = {
            "sasl_mechanism": self.mechanism.value,
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.protocol.value,
            "ssl_context": self.ssl_context(),
        } | (login if self.protocol.asks_for_password else {})


Brokers: TypeAlias = KafkaAccess | str


def access_to(kafka: Brokers) -> KafkaAccess:
    return KafkaAccess(bootstrap=kafka) if isinstance(kafka, str) else kafka


def client_arguments(kafka: Brokers) -> dict[str, Any]:
    return access_to(kafka).arguments()
