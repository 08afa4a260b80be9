"""What the API answers of a dossier that ended without a result."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from contracts.civil import civil_moment
from contracts.endings.ground import StopGround


class StopState(BaseModel):
    """Processing has been stopped (form 05); `details`: what is stated besides the ground."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    ground: StopGround
    details: str | None
    at: Annotated[datetime, AfterValidator(civil_moment)]
