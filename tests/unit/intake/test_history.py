"""The history is made of the events themselves: none without its line, no line without its event, each kind with its text."""

from dataclasses import replace

import pytest

from contracts.endings.ground import ExtensionGround, StopGround
from contracts.intake import DossierFact, GuidanceGivenV1
from contracts.registry import EVENTS
from contracts.supplements import OwedKind
from contracts.supplements.routing import CaseResumedV1
from contracts.topics import DOSSIERS
from contracts.values import LANGUAGES, Channel, GuidanceKind, HandOver, Outcome, WithdrawalReason
from messaging.handler_table import Decision, numbered
from services.intake.domain import facts, owed_facts
from services.intake.domain.dossier import Dossier, Withdrawal
from services.intake.domain.endings import Extension, Stop
from services.intake.domain.history import HistoryLine
from services.intake.domain.owed import Owed
from services.intake.domain.stages import STEPS_AHEAD, Stage
from services.intake.handlers import dossier as handlers
from services.intake.main import SERVICE
from tests.support.intake_dossiers import CLERK, HERE, OFFER, acceptance, accepted, returned, submission, submitted
from tests.support.intake_events import NOW
from web.languages import Texts

TEXTS = Texts.load([SERVICE.folder / "texts"])
KINDS = {event.TYPE.split(".")[-2] for event in EVENTS.values() if getattr(event, "TOPIC", None) is DOSSIERS}

EXTENSION = Extension(ground=ExtensionGround.WORKLOAD, previous_at=NOW, at=NOW, by="son")


def history_of(decision: Decision[Dossier]) -> list[HistoryLine]:
    state, _ = numbered(decision, NOW, correlation=None)
    return list(state.pending_history)


def test_a_decision_with_an_event_is_all_that_a_handler_has_to_give() -> None:
    dossier = accepted()
    (line,) = history_of(Decision(dossier, (facts.taken_up(dossier, NOW),)))
    assert (line.sequence, line.kind, line.at, line.by) == (dossier.version + 1, "taken-up", NOW, None)


def test_lines_are_numbered_as_their_events_are() -> None:
    decision = handlers.accept(returned("don"), acceptance("hop-dong"), NOW)
    _, rows = numbered(decision, NOW, correlation=None)
    lines = history_of(decision)
    assert [(line.sequence, line.type) for line in lines] == [(row.sequence, row.type) for row in rows]
    assert [line.sequence for line in lines] == [3, 4]


def test_lines_of_several_events_in_one_batch_add_up() -> None:
    dossier = submitted("don", "hop-dong").recorded([facts.submitted(submitted("don"), CLERK)])
    again = dossier.recorded([facts.submitted(submitted("don"), None)])
    assert [(line.sequence, line.by) for line in again.pending_history] == [(2, CLERK), (3, None)]
    assert (dossier.version, again.version) == (2, 3)


def test_what_is_no_dossier_fact_has_no_line_and_is_refused() -> None:
    other = GuidanceGivenV1(unit=HERE, kind=GuidanceKind.CALL_IN, at=NOW, by=CLERK)
    with pytest.raises(TypeError, match="not about a dossier"):
        submitted("don").recorded([other])


def test_history_says_which_facts_owe_a_message() -> None:
    at_counter = history_of(handlers.receive(submission("don", "hop-dong"), acceptance(), NOW))
    assert [(line.kind, line.notice) for line in at_counter] == [("submitted", False), ("accepted", True)]
    online = history_of(handlers.submit(submission(channel=Channel.ONLINE, by=None), NOW))
    assert [(line.notice, line.by) for line in online] == [(True, None)]


def test_a_line_keeps_what_its_kind_says_and_not_what_all_say() -> None:
    returned_by = handlers.return_for_papers(submitted("don"), {"hop-dong": "chưa công chứng"}, OFFER, NOW, CLERK)
    (line,) = history_of(returned_by)
    assert line.data == {"missing": [{"code": "hop-dong", "title": "Hợp đồng", "reason": "chưa công chứng"}]}
    decided = accepted(stage=Stage.DECIDED, decided_at=NOW, outcome=Outcome.DECLINED)
    (line,) = history_of(Decision(decided, (facts.decided(decided, CLERK),)))
    assert set(line.data) == {"decided_at", "outcome"}, "what is not known is left out"
    done = accepted(stage=Stage.HANDED_OVER, handed_over_at=NOW, handed_over_by=HandOver.COUNTER)
    (line,) = history_of(Decision(done, (facts.handed_over(done, CLERK),)))
    assert set(line.data) == {"handed_over_by", "handed_over_at"}


def one_of_each() -> list[DossierFact]:
    """A fact of every kind."""
    decided = accepted(stage=Stage.DECIDED, decided_at=NOW, outcome=Outcome.GRANTED)
    over = accepted(stage=Stage.HANDED_OVER, handed_over_at=NOW, handed_over_by=HandOver.COUNTER)
    asked = accepted(withdrawal=Withdrawal(reason=WithdrawalReason.APPLICANT, by=CLERK))
    refused = handlers.refuse(submitted("don"), "lý do", NOW, CLERK).state
    made: list[DossierFact] = [
        facts.submitted(submitted("don"), CLERK),
        facts.returned(returned("don"), NOW, CLERK),
        facts.accepted(accepted(), CLERK),
        facts.rescheduled(accepted(), NOW, NOW),
        facts.refused(refused, NOW, CLERK),
        facts.taken_up(accepted(stage=Stage.IN_PROCESS), NOW),
        facts.decided(decided, CLERK),
        facts.result_reminded(decided, NOW, CLERK),
        facts.handed_over(over, CLERK),
        facts.transferred(accepted(), OFFER.unit, NOW),
        facts.address_confirmed(accepted(), NOW),
        facts.withdrawal_requested(asked, NOW, "Hoa"),
        facts.withdrawn(replace(asked, stage=Stage.WITHDRAWN, withdrawn_at=NOW)),
        facts.withdrawal_refused(decided, NOW, NOW, "minh"),
        owed_facts.paused(accepted(), OWED, CLERK),
        owed_facts.handed_in(accepted(), OWED, NOW, through=Channel.COUNTER, by=CLERK, by_name="Hoa"),
        owed_facts.reminded(accepted(), OWED, NOW),
        owed_facts.resumed(accepted(), resumption(), NOW),
        facts.extended(accepted(stage=Stage.IN_PROCESS, extension=EXTENSION)),
        facts.stopped(accepted(stage=Stage.STOPPED, stop=Stop(ground=StopGround.OBLIGATION_NOT_MET, at=NOW, by="son"))),
    ]
    return made


OWED = Owed(kind=OwedKind.MONEY, since=NOW, number=1, amount=50_000)


def resumption() -> CaseResumedV1:
    about = accepted()
    return CaseResumedV1(
        code=str(about.code),
        receiving_unit=about.unit,
        competent_unit=about.unit,
        procedure=about.procedure,
        promised_at=NOW,
        at=NOW,
        owed=OwedKind.MONEY,
        request_number=1,
        paused_at=NOW,
        handed_in_at=NOW,
        officer="minh",
    )


def test_every_kind_of_fact_can_be_said_by_intake_and_has_its_line() -> None:
    kinds = {HistoryLine.of(1, fact).kind for fact in one_of_each()}
    assert kinds == KINDS
    assert {cls.TYPE for cls in DossierFact.__subclasses__()} == {fact.TYPE for fact in one_of_each()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_line_has_its_text(kind: str, language: str) -> None:
    assert TEXTS.has(f"step.{kind}"), f"texts/{language}.toml lacks [step] {kind}"
    assert TEXTS.text(language, f"step.{kind}").strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "key",
    [
        *(f"tracked.{stage}" for stage in Stage),
        *(f"next.{stage}" for stage in Stage),
        *(f"ahead.{step}" for stage in Stage for step in STEPS_AHEAD[stage]),
        *(f"next.{stage}_post" for stage in (Stage.DECIDED, Stage.HANDED_OVER)),
        *(f"channel.{channel}" for channel in Channel),
        *(f"hand_over.{way}" for way in HandOver),
        *(f"outcome.{outcome}" for outcome in Outcome),
        *(f"guidance.{kind}" for kind in GuidanceKind),
    ],
)
def test_every_text_that_a_page_looks_up_by_value_is_there(key: str, language: str) -> None:
    assert TEXTS.has(key)
    assert TEXTS.text(language, key).strip()
