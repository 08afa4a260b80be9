"""What the API takes and answers of a dossier that ended without a result, or takes longer than promised."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from contracts.civil import civil_moment
from contracts.endings.ground import ExtensionGround, StopGround
from contracts.values import Text


class WithdrawBySecret(BaseModel):
    """The secret on the receipt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: Text


class StopState(BaseModel):
    """Processing has been stopped (form 05); `details`: what is stated besides the ground."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    ground: StopGround
    details: str | None
    at: Annotated[datetime, AfterValidator(civil_moment)]


class ExtensionState(BaseModel):
    """Another date was promised, with an apology (form 04); `previous_at`: the one before."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    ground: ExtensionGround
    details: str | None
    previous_at: Annotated[datetime, AfterValidator(civil_moment)]
    at: Annotated[datetime, AfterValidator(civil_moment)]
