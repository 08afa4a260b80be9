"""What the environment says of Kafka fits together, or the process does not start; and a password is printed nowhere."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.kafka_settings import KafkaSettings
from chassis.secret_files import UnusableSecret
from deploy.sandbox.post_office.login import login
from deploy.sandbox.post_office.settings import PostOfficeSettings
from messaging.kafka_access import Mechanism, Protocol, access_to, client_arguments


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch):
    def given(**variables: str) -> KafkaSettings:
        for name, value in variables.items():
            monkeypatch.setenv(f"MOTCUA_KAFKA{name}", value)
        return KafkaSettings()

    return given


def test_unset_it_is_a_broker_that_asks_nobody(set_to) -> None:
    arguments = set_to().kafka_access.arguments()
    assert arguments == {"bootstrap_servers": "127.0.0.1:9092", "security_protocol": "PLAINTEXT", "ssl_context": None}
    assert client_arguments("broker:9092") == {**arguments, "bootstrap_servers": "broker:9092"}
    assert access_to("broker:9092").bootstrap == "broker:9092"


@pytest.mark.parametrize("mechanism", Mechanism)
def test_a_password_in_a_file_reaches_the_client(set_to, tmp_path: Path, mechanism: Mechanism) -> None:
    file = tmp_path / "intake.password"
    file.write_text("secret\n")
    settings = set_to(_PROTOCOL="SASL_PLAINTEXT", _USER="intake", _PASSWORD_FILE=str(file), _MECHANISM=mechanism)
    assert settings.kafka_access.arguments() == {
        "bootstrap_servers": "127.0.0.1:9092",
        "security_protocol": "SASL_PLAINTEXT",
        "ssl_context": None,
        "sasl_mechanism": mechanism.value,
        "sasl_plain_username": "intake",
        "sasl_plain_password": "secret",
    }


def test_the_post_comes_by_the_same_settings(set_to, tmp_path: Path) -> None:
    settings = set_to(_PROTOCOL="SASL_PLAINTEXT", _USER="post", _PASSWORD="secret")
    post = PostOfficeSettings(post_key_file=tmp_path, intake_public_key_file=tmp_path)
    ours = {name: value for name, value in settings.kafka_access.arguments().items() if value is not None}
    assert login(post) == ours


def test_the_post_asks_for_its_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOTCUA_KAFKA_PROTOCOL", "SASL_SSL")
    with pytest.raises(ValueError, match="MOTCUA_KAFKA_PASSWORD_FILE"):
        login(PostOfficeSettings(post_key_file=tmp_path, intake_public_key_file=tmp_path))


def test_a_password_is_printed_nowhere(set_to) -> None:
    settings = set_to(_PROTOCOL="SASL_PLAINTEXT", _USER="intake", _PASSWORD="secret")
    assert settings.kafka_access.password == "secret"
    assert "secret" not in f"{settings!r} {settings} {settings.kafka_access!r} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"_PROTOCOL": "SASL_SSL"}, "MOTCUA_KAFKA_USER"),
        ({"_PROTOCOL": "SASL_SSL", "_USER": "intake"}, "MOTCUA_KAFKA_PASSWORD_FILE"),
        ({"_USER": "intake", "_PASSWORD": "secret"}, "uses no password"),
        ({"_PROTOCOL": "SSL", "_PASSWORD": "secret"}, "uses no password"),
        ({"_CA_FILE": "/ca.pem"}, "does not encrypt"),
        ({"_CERTIFICATE_FILE": "/intake.pem"}, "does not encrypt"),
        ({"_PROTOCOL": "TLS"}, "SASL_SSL"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_a_sentence(set_to, variables: dict[str, str], sentence: str) -> None:
    """Whoever forgot the protocol would otherwise go on in the clear, and believe the contrary."""
    with pytest.raises(ValidationError, match=sentence) as refused:
        set_to(**variables)
    assert "secret" not in str(refused.value)


def test_a_password_s_file_that_is_not_there_is_named(set_to, tmp_path: Path) -> None:
    settings = set_to(_PROTOCOL="SASL_PLAINTEXT", _USER="intake", _PASSWORD_FILE=str(tmp_path / "absent"))
    with pytest.raises(UnusableSecret, match="MOTCUA_KAFKA_PASSWORD_FILE"):
        _ = settings.kafka_access


def test_encrypted_means_that_the_broker_s_name_is_checked(set_to) -> None:
    context = set_to(_PROTOCOL="SSL").kafka_access.arguments()["ssl_context"]
    assert context.check_hostname
    assert Protocol.SSL.encrypts
