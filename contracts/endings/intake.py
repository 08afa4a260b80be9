"""What intake publishes when processing has stopped: the portal's status 8, and form 05 for the applicant."""

from contracts.endings.ground import StopGround
from contracts.intake import DossierFact
from contracts.registry import event
from contracts.topics import DOSSIERS
from contracts.values import DossierCode


@event("dossier.stopped.v1", DOSSIERS)
class DossierStoppedV1(DossierFact):
    """Nothing is decided any more, and the papers are given back. `by`: whoever stopped it. What was stated in words stays with
    the dossier.
    """

    code: DossierCode
    ground: StopGround
