"""How the post's Kafka clients come to the brokers, and that they are the post there: arguments that every client takes."""

import ssl
from collections.abc import Mapping
from typing import Any

from deploy.sandbox.post_office.settings import PostOfficeSettings

Login = Mapping[str, Any]


def login(settings: PostOfficeSettings) -> Login:
    """Raises OSError where a file cannot be read, ValueError where a password is wanted and there is none."""
    arguments: dict[str, Any] = {"bootstrap_servers": settings.kafka, "security_protocol": settings.kafka_protocol}
    if settings.kafka_protocol in {"SSL", "SASL_SSL"}:
        context = ssl.create_default_context(cafile=settings.kafka_ca_file)
        if settings.kafka_certificate_file is not None:
            context.load_cert_chain(settings.kafka_certificate_file, settings.kafka_key_file)
        arguments["ssl_context"] = context
    if settings.kafka_protocol.startswith("SASL_"):
        arguments |= {
            "sasl_mechanism": settings.kafka_mechanism,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": _password(settings),
        }
    return arguments


def _password(settings: PostOfficeSettings) -> str:
    if settings.kafka_password_file is not None:
        return settings.kafka_password_file.read_text(encoding="utf-8").strip()
    if password := settings.kafka_password.get_secret_value():
        return password
    raise ValueError("MOTCUA_KAFKA_PASSWORD_FILE: hãy chỉ đến tệp mật khẩu / point it to the password's file")
