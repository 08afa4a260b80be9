"""Each publisher's facts write its own columns, in whichever order they come; each leaves its line in the history."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from contracts import intake, notify, routing
from contracts.civil import civil_day
from contracts.endings.ground import ExtensionGround, StopGround
from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.endings.routing import CaseExtendedV1, CaseExtensionAskedV1, CaseExtensionRefusedV1, CaseStoppedV1
from contracts.envelope import Attributes
from contracts.intake import ProcedureRef, UnitRef
from contracts.signature import routing as signature
from contracts.values import Channel, GuidanceKind, HandOver, Lane, Outcome, PortalStatus, WithdrawalReason
from messaging.handler_table import Context, Effect
from services.reporting.consumers import TABLE
from services.reporting.domain.dossier import Dossier, GuidanceTurn, Message
from services.reporting.domain.holding import holdings
from services.reporting.domain.tally import Span, changes

NOON = datetime(2026, 2, 16, 5, tzinfo=UTC)
EVENING = datetime(2026, 2, 20, 18, tzinfo=UTC)  # past midnight in Vietnam
HOUR = timedelta(hours=1)
CODE = "000.00.21.H99-260216-0001"
PROCEDURE = ProcedureRef(code="1.900011", version=1, title="Chuyển quyền", field="dat-dai", field_title="Đất đai")
COMMUNE, DISTRICT = UnitRef(id="H99.21.05.13", name="Xã"), UnitRef(id="000.00.21.H99", name="Huyện")
ABOUT = {"unit": COMMUNE, "procedure": PROCEDURE, "channel": Channel.COUNTER, "submission_number": "s-1"}
PROMISED = {"code": CODE, "promised_at": EVENING}
CASE = {"code": CODE, "receiving_unit": COMMUNE, "competent_unit": DISTRICT, "procedure": PROCEDURE, "promised_at": EVENING}

INTAKE = [
    intake.DossierSubmittedV1(**ABOUT, status=PortalStatus.SUBMITTED, at=NOON),
    intake.DossierReturnedV1(
        **ABOUT,
        status=PortalStatus.SUBMITTED,
        at=NOON + HOUR,
        missing=[intake.MissingPaper(code="to-khai", title="Tờ khai", reason="thiếu")],
    ),
    intake.DossierSubmittedV1(**ABOUT, status=PortalStatus.SUBMITTED, at=NOON + 2 * HOUR),
    intake.DossierAcceptedV1(
        **ABOUT,
        **PROMISED,
        status=PortalStatus.ACCEPTED,
        at=NOON + 3 * HOUR,
        accepted_at=NOON + 3 * HOUR,
        competent_unit=DISTRICT,
    ),
    intake.DossierTakenUpV1(**ABOUT, **PROMISED, status=PortalStatus.IN_PROCESS, at=NOON + 4 * HOUR),
    intake.DossierDecidedV1(
        **ABOUT, **PROMISED, status=PortalStatus.DECIDED, at=EVENING, outcome=Outcome.GRANTED, decided_at=EVENING
    ),
    intake.DossierHandedOverV1(
        **ABOUT,
        **PROMISED,
        status=PortalStatus.HANDED_OVER,
        at=EVENING + HOUR,
        handed_over_by=HandOver.COUNTER,
        handed_over_at=EVENING + HOUR,
    ),
]
ROUTING = [
    routing.CaseOpenedV1(**CASE, at=NOON + 4 * HOUR),
    routing.CaseAssignedV1(**CASE, at=NOON + 5 * HOUR, officer="cb006", officer_name="Minh"),
    routing.CaseDecidedV1(**CASE, at=EVENING, outcome=Outcome.GRANTED, by="cb006"),
]


def published(source, sequence, event, subject="d-1", time=None):
    attributes = Attributes(
        id=f"{source}-{sequence}", source=source, type=event.TYPE, subject=subject, time=time or event.at, sequence=sequence
    )
    return event, Context(attributes, NOON, lane=Lane.DISTRICT)


def apply(state, event, context):
    (entry,) = TABLE.by_type[event.TYPE]
    return entry.handler(state, event, context).state


def fold(events):
    state = None
    for event, context in events:
        state = apply(state, event, context)
    return state


BY_INTAKE = [published("intake", n, event) for n, event in enumerate(INTAKE, 1)]
BY_ROUTING = [published("routing", n, event) for n, event in enumerate(ROUTING, 1)]
ALL = fold(BY_INTAKE + BY_ROUTING)


def test_a_whole_life():
    assert (ALL.unit, ALL.field, ALL.channel, ALL.status) == (COMMUNE.id, "dat-dai", Channel.COUNTER, PortalStatus.HANDED_OVER)
    assert (ALL.code, ALL.received_at, ALL.returned, ALL.handed_over_at) == (CODE, NOON, 1, EVENING + HOUR)
    assert (ALL.accepted_on, ALL.promised_on, ALL.decided_on) == (date(2026, 2, 16), date(2026, 2, 21), date(2026, 2, 21))
    assert (ALL.case_state, ALL.officer, ALL.competent_unit, ALL.outcome) == ("decided", "cb006", DISTRICT.id, Outcome.GRANTED)
    assert (ALL.intake_sequence, ALL.case_sequence) == (7, 3)


@pytest.mark.parametrize("order", sorted(set(permutations(["intake"] * 3 + ["routing"] * 3))))
def test_the_publishers_may_come_in_any_order(order):
    """Intake's acceptance, taking up and decision, crossed with the case's whole life."""
    queues = {"intake": iter(BY_INTAKE[3:6]), "routing": iter(BY_ROUTING)}
    state = fold([*BY_INTAKE[:3], *(next(queues[source]) for source in order), BY_INTAKE[6]])
    assert state == ALL


def test_routing_writes_no_column_of_intake_and_intake_none_of_routing():
    ours = {field.name for field in fields(Dossier)} - {"id", "pending_history", "counted_as"}
    by_intake = {name for name in ours if getattr(fold(BY_INTAKE), name) != getattr(Dossier(id="d-1"), name)}
    by_routing = {name for name in ours if getattr(fold(BY_ROUTING), name) != getattr(Dossier(id="d-1"), name)}
    assert not by_intake & by_routing
    assert by_intake | by_routing == ours - {"judged_on"}, "that one is written by an extension only"


def test_the_history_keeps_what_the_figures_looked_at():
    facts = {(fact.source, fact.sequence): fact for fact in ALL.pending_history}
    assert len(facts) == len(ALL.pending_history) == 10
    assert facts["intake", 2].data["accepted_on"] is None
    assert facts["intake", 4].data == {
        "status": 2,
        "unit": COMMUNE.id,
        "field": "dat-dai",
        "channel": "counter",
        "accepted_on": "2026-02-16",
        "promised_on": "2026-02-21",
    }
    assert facts["routing", 3].data["decided_on"] == "2026-02-21"
    assert {fact.lane for fact in ALL.pending_history} == {Lane.DISTRICT}


@pytest.mark.parametrize(("lived", "unit"), [(1, DISTRICT), (4, COMMUNE)], ids=["not accepted yet", "accepted"])
def test_a_dossier_that_a_successor_holds_is_counted_where_it_was_accepted(lived, unit):
    """Whatever is said of it afterwards names the successor."""
    before = INTAKE[:lived]
    there = ABOUT | {"unit": DISTRICT, "status": PortalStatus.SUBMITTED, "at": EVENING}
    later = [intake.DossierTransferredV1(**there, transferred_from=COMMUNE), intake.DossierSubmittedV1(**there)]
    state = fold([published("intake", number, event) for number, event in enumerate([*before, *later], 1)])
    assert (state.unit, state.unit_name) == (unit.id, unit.name)
    assert {fact.data["unit"] for fact in state.pending_history[lived:]} == {unit.id}


def test_the_day_is_that_of_the_civil_calendar():
    late = published("routing", 1, ROUTING[2].model_copy(update={"at": datetime(2026, 2, 20, 17, tzinfo=UTC)}))
    assert fold([late]).decided_on == date(2026, 2, 21)
    early = published("routing", 1, ROUTING[2].model_copy(update={"at": datetime(2026, 2, 20, 16, 59, tzinfo=UTC)}))
    assert fold([early]).decided_on == date(2026, 2, 20)


def test_a_clock_that_lags_does_not_record_before_the_predecessor():
    first, second = published("intake", 1, INTAKE[0], time=NOON), published("intake", 2, INTAKE[1], time=NOON - HOUR)
    state = fold([first, second])
    assert [fact.recorded_at for fact in state.pending_history] == [NOON, NOON]
    assert state.intake_recorded_at == NOON


def test_a_guidance_turn_is_kept_with_its_day_and_its_fact():
    event = intake.GuidanceGivenV1(unit=COMMUNE, kind=GuidanceKind.CALL_IN, procedure=PROCEDURE, at=EVENING, by="cb010")
    turn = apply(None, *published("intake", 1, event, "g-1"))
    assert isinstance(turn, GuidanceTurn)
    assert (turn.id, turn.unit, turn.kind, turn.field, turn.given_on) == (
        "g-1",
        COMMUNE.id,
        "call_in",
        "dat-dai",
        date(2026, 2, 21),
    )
    assert [fact.data for fact in turn.pending_history] == [{"unit": COMMUNE.id, "kind": "call_in", "field": "dat-dai"}]


def test_a_message_leaves_its_line():
    about = {"dossier": "d-1", "fact": "f", "fact_type": "t", "channel": "mail", "attempt": 1, "at": NOON}
    state = fold(
        [
            published("notify", 1, notify.MessageFailedV1(**about, reason="hộp thư đầy"), "m-1"),
            published("notify", 2, notify.MessageSentV1(**about), "m-1"),
        ]
    )
    assert isinstance(state, Message)
    assert [(fact.sequence, fact.data) for fact in state.pending_history] == [(1, {"channel": "mail"}), (2, {"channel": "mail"})]


def test_all_of_reporting_can_be_rebuilt():
    assert {entry.effect for entry in TABLE.entries} == {Effect.PROJECTION}


def test_a_date_counted_again_is_the_one_that_lateness_goes_by():
    again = intake.DossierRescheduledV1(
        **ABOUT,
        **PROMISED | {"promised_at": EVENING + 48 * HOUR},
        status=PortalStatus.ACCEPTED,
        at=NOON + 4 * HOUR,
        previous_at=PROMISED["promised_at"],
    )
    state = apply(None, *published("intake", 1, INTAKE[3]))
    after = apply(state, *published("intake", 2, again))
    assert after.promised_at == EVENING + 48 * HOUR
    assert after.promised_on == civil_day(EVENING + 48 * HOUR)
    assert after.accepted_on == state.accepted_on


WITHDRAWN_BY_INTAKE = [
    *INTAKE[:5],
    intake.DossierWithdrawalRequestedV1(
        **ABOUT, **PROMISED, status=PortalStatus.IN_PROCESS, at=EVENING, reason=WithdrawalReason.APPLICANT
    ),
    intake.DossierWithdrawnV1(
        **ABOUT, **PROMISED, status=PortalStatus.WITHDRAWN, at=EVENING + HOUR, reason=WithdrawalReason.APPLICANT
    ),
]
WITHDRAWN_BY_ROUTING = [*ROUTING[:2], routing.CaseWithdrawnV1(**CASE, at=EVENING, reason=WithdrawalReason.APPLICANT)]


STOPPED_BY_INTAKE = [
    *INTAKE[:5],
    DossierStoppedV1(
        **ABOUT, **PROMISED, status=PortalStatus.STOPPED, at=EVENING, ground=StopGround.OBLIGATION_NOT_MET, by="cb009"
    ),
]
STOPPED_BY_ROUTING = [*ROUTING[:2], CaseStoppedV1(**CASE, at=EVENING, ground=StopGround.OBLIGATION_NOT_MET, by="cb009")]


@pytest.mark.parametrize("routing_first", [True, False])
@pytest.mark.parametrize(
    ("facts", "cases", "ended"),
    [
        (WITHDRAWN_BY_INTAKE, WITHDRAWN_BY_ROUTING, (PortalStatus.WITHDRAWN, "withdrawn")),
        (STOPPED_BY_INTAKE, STOPPED_BY_ROUTING, (PortalStatus.STOPPED, "stopped")),
    ],
    ids=["withdrawn", "stopped"],
)
def test_what_ends_without_a_decision_is_in_nobody_s_figures_and_in_nobody_s_hands(facts, cases, ended, routing_first):
    by_intake = [published("intake", n, event) for n, event in enumerate(facts, 1)]
    by_routing = [published("routing", n, event) for n, event in enumerate(cases, 1)]
    state = fold(by_routing + by_intake if routing_first else by_intake + by_routing)
    assert (state.status, state.case_state, state.decided_on) == (*ended, None)
    before = fold(by_intake[:5]).counted()
    sums = {key: sums for key, sums in changes([replace(state, counted_as=before)]).items() if key.definition == "v2"}
    assert before is not None
    assert {sum(amounts) for amounts in sums.values()} <= {-1, -2, -3}, "what it added is taken away again, and nothing is added"
    assert sum(amounts[0] for key, amounts in sums.items() if key.span is Span.DAY) == -1
    assert holdings(state.pending_history)[-1].until == EVENING


def test_what_the_clock_finds_changes_no_figure_and_stands_in_the_history():
    soon = routing.CaseDueSoonV1(**CASE, at=EVENING, responsible="officer", officer="cb006")
    late = routing.CaseOverdueV1(**CASE, at=EVENING + HOUR, responsible="leader")
    before = fold(BY_INTAKE[:4] + BY_ROUTING[:2])
    state = fold([*BY_INTAKE[:4], *BY_ROUTING[:2], published("routing", 3, soon), published("routing", 4, late)])
    assert (state.counted(), state.case_state, state.officer) == (before.counted(), before.case_state, before.officer)
    assert state.case_sequence == 4
    assert [line.type.split(".")[-2] for line in state.pending_history][-2:] == ["due-soon", "overdue"]


def test_a_withdrawal_that_came_too_late_changes_no_figure():
    answer = routing.CaseWithdrawalRefusedV1(**CASE, at=EVENING + HOUR, decided_at=EVENING, by="cb006")
    refusal = intake.DossierWithdrawalRefusedV1(
        **ABOUT, **PROMISED, status=PortalStatus.HANDED_OVER, at=EVENING + HOUR, decided_at=EVENING
    )
    later = [published("routing", 4, answer), published("intake", 8, refusal)]
    state = fold(BY_INTAKE + BY_ROUTING + later)
    assert state.counted() == ALL.counted()
    assert (state.case_state, state.case_sequence, state.intake_sequence) == ("decided", 4, 8)


LONGER = EVENING + 24 * 5 * HOUR


def extended(at, previous_at=EVENING, promised_at=LONGER):
    about = ABOUT | PROMISED | {"promised_at": promised_at, "status": PortalStatus.IN_PROCESS}
    return DossierExtendedV1(**about, at=at, previous_at=previous_at, ground=ExtensionGround.WORKLOAD, by="cb009")


DECIDED_LATER = INTAKE[5].model_copy(update={"promised_at": LONGER})


@pytest.mark.parametrize(
    ("at", "counts_by"),
    [
        pytest.param(EVENING - HOUR, civil_day(LONGER), id="before its day"),
        pytest.param(EVENING + 5 * HOUR, civil_day(LONGER), id="on its day"),
        pytest.param(EVENING + 24 * HOUR, civil_day(EVENING), id="after its day"),
    ],
)
def test_an_apology_after_the_promised_day_makes_nothing_on_time(at, counts_by):
    facts = [*INTAKE[:5], extended(at), DECIDED_LATER]
    state = fold([published("intake", n, event) for n, event in enumerate(facts, 1)])
    assert (state.promised_at, state.promised_on) == (LONGER, counts_by)


def test_lateness_goes_by_the_first_day_that_passed_however_often_another_is_given():
    facts = [*INTAKE[:5], extended(EVENING + 24 * HOUR), extended(LONGER + 48 * HOUR, LONGER, LONGER + 240 * HOUR)]
    state = fold([published("intake", n, event) for n, event in enumerate(facts, 1)])
    assert (state.judged_on, state.promised_on) == (civil_day(EVENING), civil_day(EVENING))


@pytest.mark.parametrize("kind", [CaseExtensionAskedV1, CaseExtendedV1, CaseExtensionRefusedV1])
def test_what_routing_says_of_an_extension_changes_no_figure(kind):
    more = {} if kind is CaseExtensionRefusedV1 else {"ground": ExtensionGround.WORKLOAD, "until": LONGER}
    state = fold([*BY_INTAKE[:5], *BY_ROUTING[:2]])
    after = apply(state, *published("routing", 3, kind(**CASE, at=EVENING, by="cb006", **more)))
    assert (after.counted(), after.case_state, after.officer) == (state.counted(), state.case_state, state.officer)


def test_a_draft_s_way_changes_no_figure_and_its_officer_stays_who_drafted_it():
    by = {"by": "cb007", "officer": "cb006"}
    way = [
        signature.CaseSubmittedForSignatureV1(**CASE, at=NOON + 6 * HOUR, by="cb006", officer="cb006", outcome=Outcome.GRANTED),
        signature.CaseReturnedToOfficerV1(**CASE, at=NOON + 7 * HOUR, **by),
        signature.CaseSubmittedForSignatureV1(**CASE, at=NOON + 8 * HOUR, by="cb006", officer="cb006", outcome=Outcome.GRANTED),
        signature.CaseSignedV1(**CASE, at=EVENING, **by, outcome=Outcome.GRANTED, result_number="1/QĐ"),
        routing.CaseDecidedV1(**CASE, at=EVENING, outcome=Outcome.GRANTED, result_number="1/QĐ", **by),
    ]
    drafted = fold(BY_INTAKE[:5] + BY_ROUTING[:2] + [published("routing", n, event) for n, event in enumerate(way, 3)])
    plain = fold(BY_INTAKE[:5] + BY_ROUTING)
    assert drafted.counted() == plain.counted()
    assert (drafted.officer, drafted.case_state, drafted.case_sequence) == ("cb006", "decided", 7)
    states = [(fact.data["case_state"], fact.data["officer"]) for fact in drafted.pending_history if fact.source == "routing"]
    assert states[2:] == [
        ("submitted", "cb006"),
        ("assigned", "cb006"),
        ("submitted", "cb006"),
        ("signed", "cb007"),
        ("decided", "cb006"),
    ]
