"""What intake publishes when processing has stopped (status 8, form 05), or takes longer than promised (form 04)."""

from contracts.endings.ground import ExtensionGround, StopGround
from contracts.intake import DossierFact
from contracts.registry import event
from contracts.topics import DOSSIERS
from contracts.values import DossierCode, Moment


@event("dossier.stopped.v1", DOSSIERS)
class DossierStoppedV1(DossierFact):
    """Nothing is decided any more, and the papers are given back. `by`: whoever stopped it. What was stated in words stays with
    the dossier.
    """

    code: DossierCode
    ground: StopGround


@event("dossier.extended.v1", DOSSIERS)
class DossierExtendedV1(DossierFact):
    """Another date is promised, with an apology. `at`: when a leader confirmed it; `by`: that leader. Where `previous_at` had
    passed by then, lateness still goes by it.
    """

    code: DossierCode
    promised_at: Moment
    previous_at: Moment
    ground: ExtensionGround
