"""What the environment says of Kafka, for services and for the commands that go to it themselves.

A password comes in a file (`MOTCUA_KAFKA_PASSWORD_FILE`) or in the environment (`MOTCUA_KAFKA_PASSWORD`), never in an address
or a command line. What does not fit together is refused at the start, with a sentence.
"""

from pathlib import Path
from typing import Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.secret_files import read_secret
from messaging.kafka_access import KafkaAccess, Mechanism, Protocol


class KafkaSettings(BaseSettings):
    """`kafka`: addresses of brokers. `kafka_protocol` and `kafka_mechanism` are Kafka's own names."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", extra="ignore", hide_input_in_errors=True)

    kafka: str = "127.0.0.1:9092"
    kafka_protocol: Protocol = Protocol.PLAINTEXT
    kafka_mechanism: Mechanism = Mechanism.SCRAM_SHA_256
    kafka_user: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_password_file: Path | None = None
    kafka_ca_file: Path | None = None
    kafka_certificate_file: Path | None = None
    kafka_key_file: Path | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        has_password = bool(self.kafka_password.get_secret_value() or self.kafka_password_file)
        if self.kafka_protocol.asks_for_password and not (self.kafka_user and has_password):
            raise ValueError(
                f"MOTCUA_KAFKA_PROTOCOL={self.kafka_protocol}: hãy đặt / set MOTCUA_KAFKA_USER, MOTCUA_KAFKA_PASSWORD_FILE"
            )
        if not self.kafka_protocol.asks_for_password and (self.kafka_user or has_password):
            raise ValueError(
                f"MOTCUA_KAFKA_PROTOCOL={self.kafka_protocol} không dùng mật khẩu / uses no password: SASL_SSL, SASL_PLAINTEXT"
            )
        if (self.kafka_ca_file or self.kafka_certificate_file) and not self.kafka_protocol.encrypts:
            raise ValueError(
                f"MOTCUA_KAFKA_PROTOCOL={self.kafka_protocol} không mã hóa / does not encrypt; có / there are SSL, SASL_SSL"
            )
        return self

    @property
    def kafka_access(self) -> KafkaAccess:
        """Raises UnusableSecret where the password's file cannot be read."""
        password = self.kafka_password.get_secret_value()
        if self.kafka_password_file is not None:
            password = read_secret("MOTCUA_KAFKA_PASSWORD_FILE", self.kafka_password_file)
        return KafkaAccess(
            bootstrap=self.kafka,
            protocol=self.kafka_protocol,
            mechanism=self.kafka_mechanism,
            user=self.kafka_user,
            password=password,
            ca_file=self.kafka_ca_file,
            certificate_file=self.kafka_certificate_file,
            key_file=self.kafka_key_file,
        )
