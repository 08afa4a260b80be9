"""What a command's body takes: values of the type that the document names, not what can be read as one."""

import pytest
from pydantic import ValidationError

from services.intake.schemas.requests import ReceiveDossier


@pytest.mark.parametrize("accept", ["no", 0, 1.0])
def test_whether_to_accept_is_said_by_true_or_false(accept: object) -> None:
    with pytest.raises(ValidationError, match="accept"):
        ReceiveDossier.model_validate({"accept": accept})
