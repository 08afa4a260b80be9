"""What may be set for the post office, all by environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class PostOfficeSettings(BaseSettings):
    """`MOTCUA_...`. `post_delivery_seconds`: how long a parcel is on its way. `replication`: copies of a topic that it
    makes; without it, as many as the cluster can usefully keep. `kafka_...`: who the post is there (see `login`).
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", extra="ignore", hide_input_in_errors=True)

    kafka: str = "127.0.0.1:9092"
    kafka_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-256"
    kafka_user: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_password_file: Path | None = None
    kafka_ca_file: Path | None = None
    kafka_certificate_file: Path | None = None
    kafka_key_file: Path | None = None
    data: Path = Path(".motcua")
    post_key_file: Path
    intake_public_key_file: Path
    post_delivery_seconds: float = Field(default=1.0, ge=0, le=30 * 86_400)
    replication: int | None = Field(default=None, ge=1, le=5)
    clock: str = ""
    process: str = "post-office"
    http_socket: Path | None = None
    http_port: int | None = None
