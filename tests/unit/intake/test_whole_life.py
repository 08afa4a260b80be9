"""Everything that may happen to a dossier between acceptance and its end, in any order of acts and arrivals, over the real
handlers of both services: they agree on where it stands, what is owed and what is promised, and somebody can always act.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.civil import civil_day
from contracts.endings.ground import ExtensionGround, StopGround
from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.endings.routing import CaseExtendedV1
from contracts.intake import (
    DossierDecidedV1,
    DossierWithdrawalRefusedV1,
    DossierWithdrawalRequestedV1,
    DossierWithdrawnV1,
)
from contracts.routing import CaseDecidedV1, CaseDueSoonV1, CaseOverdueV1
from contracts.signature.routing import CaseSignedV1
from contracts.supplements.intake import DossierPausedV1, DossierResumedV1
from contracts.values import Outcome
from services.intake.domain.stages import Stage
from services.routing.domain.case import Actor, Case
from services.routing.domain.extension import AskedExtension
from services.routing.domain.history import Person
from services.routing.domain.register import NumberRegister
from services.routing.domain.ruling import Ruling
from services.routing.domain.signature import Signer
from services.routing.domain.states import CLOSED, State
from services.routing.handlers import extension, signature
from services.routing.handlers.due import note_due
from services.routing.handlers.stop import stop
from services.routing.handlers.work import Assignee, assign
from tests.support.intake_dossiers import HERE
from tests.support.intake_events import NOW
from tests.unit.intake.test_supplement_crossing import HOLDER, LEADER, WaitingOffice
from tests.unit.intake.test_withdrawal_crossing import OFFICER
from tests.unit.routing.test_signature import SIGNING

COLLEAGUE = Person("cb011", "Hạnh")
IN_CHARGE = Actor(LEADER, leads=True)
ENDINGS = (DossierDecidedV1, DossierWithdrawnV1, DossierStoppedV1)
STANDS = {
    State.ASSIGNED: {Stage.IN_PROCESS},
    State.SUBMITTED: {Stage.IN_PROCESS},
    State.WAITING: {Stage.SUPPLEMENT_OWED, Stage.PAYMENT_OWED},
    State.DECIDED: {Stage.DECIDED, Stage.HANDED_OVER},
    State.WITHDRAWN: {Stage.WITHDRAWN},
    State.STOPPED: {Stage.STOPPED},
}


@dataclass
class WholeOffice(WaitingOffice):
    """With leaders who sign, stop and give time, and the clock that finds what is due. `register` numbers what is signed."""

    register: NumberRegister = field(default_factory=lambda: NumberRegister(HERE.id, "QĐ", 2026))
    signed_by_leaders: bool = False

    def act(self, handler: Callable[[Case], Any]) -> None:
        case = self.case
        if case is not None:
            self.case = self.give(lambda: handler(case), self.to_intake) or case

    def routing_reads(self) -> None:
        super().routing_reads()
        if self.case is not None and self.signed_by_leaders:
            self.case = replace(self.case, signing=SIGNING)

    def submit(self) -> None:
        self.act(lambda case: signature.submit(case, Ruling(Outcome.GRANTED), HOLDER, self.clock))

    def take_back(self) -> None:
        self.act(lambda case: signature.take_back(case, HOLDER, self.clock))

    def give_back(self) -> None:
        self.act(lambda case: signature.give_back(case, "Sửa lại.", Signer(LEADER, signs=True), self.clock))

    def sign(self) -> None:
        def signed(case: Case) -> Any:
            decision, register = signature.sign(case, self.register, Signer(LEADER, signs=True), self.clock)
            assert register is not None
            self.register = register
            return decision

        self.act(signed)

    def give_on(self) -> None:
        """To a colleague, and back."""
        self._give(COLLEAGUE)
        self._give(OFFICER)

    def _give(self, officer: Person) -> None:
        self.act(lambda case: assign(case, Assignee(officer, officer_here=True), IN_CHARGE, self.clock))

    def days_pass(self) -> None:
        for _ in range(2):
            self.a_day_passes()

    def stop(self) -> None:
        self.act(lambda case: stop(case, StopGround.UNANSWERED_SUPPLEMENT, None, IN_CHARGE, self.clock))

    def ask_for_time(self) -> None:
        until = self.clock + timedelta(days=20)
        asked = AskedExtension(ground=ExtensionGround.WORKLOAD, until=until, at=self.clock, by=OFFICER)
        self.act(lambda case: extension.ask(case, asked, HOLDER, 1))

    def give_time(self) -> None:
        self.act(lambda case: extension.answer(case, IN_CHARGE, self.clock, confirm=True))

    def clock_looks(self) -> None:
        case = self.case
        if case is not None:
            decision = note_due(case, None, self.clock, civil_day(self.clock + timedelta(days=2)))
            self.case = case if decision is None else self.publish(decision, self.to_intake)

    def end_by_officer(self) -> None:
        """As the procedure has it: handed in if that is owed, then decided, or submitted and signed."""
        self.hand_in()
        self.come_to_rest()
        self.decide()
        self.submit()
        self.sign()
        self.come_to_rest()

    @property
    def number_of_endings(self) -> int:
        return sum(map(self.number_of, ENDINGS))


ENDING_STEPS: tuple[Callable[[Any], None], ...] = (
    WholeOffice.ask_back,
    WholeOffice.decide,
    WholeOffice.sign,
    WholeOffice.stop,
    WholeOffice.hand_over,
)
WORKING_STEPS: tuple[Callable[[Any], None], ...] = (
    WholeOffice.ask,
    WholeOffice.ask_for_money,
    WholeOffice.hand_in,
    WholeOffice.submit,
    WholeOffice.take_back,
    WholeOffice.give_back,
    WholeOffice.give_on,
    WholeOffice.ask_for_time,
    WholeOffice.give_time,
    WholeOffice.calendar_changes,
    WholeOffice.promise_is_counted_again,
    WholeOffice.days_pass,
    WholeOffice.clock_looks,
    WholeOffice.clock_looks,
    WholeOffice.hand_in,
    *[WholeOffice.routing_reads, WholeOffice.intake_reads] * 3,
)
# Most lives go on for a while before something ends them.
STEPS = st.lists(st.sampled_from(WORKING_STEPS * 3 + ENDING_STEPS), min_size=10, max_size=50)


def lived(steps: list[Callable[[WholeOffice], None]], *, signed_by_leaders: bool) -> WholeOffice:
    office = WholeOffice.with_a_dossier_accepted()
    assert isinstance(office, WholeOffice)
    office.signed_by_leaders = signed_by_leaders
    office.come_to_rest()
    for step in steps:
        step(office)
    office.come_to_rest()
    return office


@given(STEPS, st.booleans())
def test_whatever_happens_both_services_agree(steps: list[Callable[[WholeOffice], None]], signed_by_leaders: bool) -> None:
    office = lived(steps, signed_by_leaders=signed_by_leaders)
    case, dossier = office.case, office.dossier
    assert case is not None
    assert dossier.stage in STANDS[case.state]
    assert dossier.promised_at == case.promised_at, "one promise, in both services"
    assert dossier.stage.waits == (dossier.owed is not None) == (case.pause is not None)
    assert not dossier.withdrawal_pending
    assert office.number_of_endings == (case.state in CLOSED), "the citizen hears once how it ended"
    asked = office.number_of(DossierWithdrawalRequestedV1)
    assert asked == office.number_of(DossierWithdrawnV1) + office.number_of(DossierWithdrawalRefusedV1)
    assert office.number_of(DossierExtendedV1) == case.extensions <= 1
    assert office.number_of(DossierPausedV1) == office.number_of(DossierResumedV1) + (case.pause is not None) + _cut_short(office)


def _cut_short(office: WholeOffice) -> int:
    """A pause that ended with the dossier itself."""
    last = [event for event in office.said if isinstance(event, (DossierPausedV1, DossierResumedV1, *ENDINGS))][-2:]
    return len(last) == 2 and isinstance(last[0], DossierPausedV1) and isinstance(last[1], ENDINGS)


@given(STEPS, st.booleans())
def test_whatever_is_signed_has_a_number_of_its_own_and_ends_the_case(
    steps: list[Callable[[WholeOffice], None]], signed_by_leaders: bool
) -> None:
    office = lived(steps, signed_by_leaders=signed_by_leaders)
    numbers = [event.result_number for event in office.said if isinstance(event, CaseSignedV1)]
    assert len(numbers) == office.register.last <= signed_by_leaders
    decided = [event for event in office.said if isinstance(event, CaseDecidedV1)]
    assert not signed_by_leaders or [event.result_number for event in decided] == numbers, "nobody decides without a signature"


@given(STEPS, st.booleans())
def test_from_wherever_it_stands_an_officer_and_a_leader_bring_it_to_its_end(
    steps: list[Callable[[WholeOffice], None]], signed_by_leaders: bool
) -> None:
    office = lived(steps, signed_by_leaders=signed_by_leaders)
    office.end_by_officer()
    assert office.case is not None
    assert office.case.state in CLOSED
    assert office.number_of_endings == 1


@given(STEPS, st.booleans())
def test_the_clock_says_of_each_promised_date_once_that_it_is_near_and_that_it_has_passed(
    steps: list[Callable[[WholeOffice], None]], signed_by_leaders: bool
) -> None:
    office = lived(steps, signed_by_leaders=signed_by_leaders)
    for kind in (CaseDueSoonV1, CaseOverdueV1):
        dates = [event.promised_at for event in office.said if isinstance(event, kind)]
        assert len(dates) == len(set(dates))


def test_a_pause_after_an_apology_moves_the_date_that_was_named() -> None:
    office = lived([WholeOffice.ask_for_time, WholeOffice.give_time], signed_by_leaders=False)
    named = office.dossier.promised_at
    assert named == NOW + timedelta(days=20), "a Monday"
    office.ask()
    office.come_to_rest()
    for _ in range(3):
        office.a_day_passes()
    office.hand_in()
    office.come_to_rest()
    assert office.dossier.promised_at is not None
    assert f"{named:%a %d/%m}, {office.dossier.promised_at:%a %d/%m %H:%M}" == "Mon 16/03, Thu 19/03 17:00"


def test_an_apology_that_arrives_after_a_later_date_takes_nothing_back() -> None:
    office = lived([WholeOffice.ask_for_time, WholeOffice.ask], signed_by_leaders=False)
    for _ in range(19):
        office.a_day_passes()
    office.hand_in()
    office.routing_reads()
    office.give_time()
    (given_time,) = [event for event in office.said if isinstance(event, CaseExtendedV1)]
    office.come_to_rest()
    assert office.case is not None
    assert office.dossier.extension is not None
    assert office.dossier.promised_at is not None
    assert office.dossier.promised_at > given_time.until, "the pause had led farther"
    assert office.case.promised_at == office.dossier.promised_at
