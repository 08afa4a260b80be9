"""Intake's own keys of an installation that is measured: for what a measurement seals or opens in intake's stead."""

from bench.installation import Installation
from services.intake.adapters.keys import Keys, keys_of
from services.intake.settings import IntakeSettings


def intake_keys(made: Installation) -> Keys:
    secrets = made.session.site.secrets
    return keys_of(
        IntakeSettings(
            field_key_file=secrets / "field.key",
            hmac_key_file=secrets / "hmac.key",
            intake_key_file=secrets / "intake.jwk",
            post_public_key_file=secrets / "post.pub.jwk",
        )
    )
