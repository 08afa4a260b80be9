"""The checker finds nothing where all went well, and every fault that is planted: each test spoils one thing of a sound world."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.chaos.checker import check
from tests.support.chaos.evidence import Evidence, Mail, Message, Notice, Parcel
from tests.support.chaos.finding import Fault
from tests.support.chaos.history import Command, History, Kind, State
from tests.support.chaos_world import code, delivered_by_post, sound_evidence, sound_history

Spoil = Callable[[Evidence], Evidence]


def without(evidence: Evidence, *names: str, dossier: str = "d-3") -> Evidence:
    changed = {name: {key: value for key, value in getattr(evidence, name).items() if key != dossier} for name in names}
    return replace(evidence, **changed)


def without_any_trace(evidence: Evidence) -> Evidence:
    """As if the third dossier had never been received, in no service and on no topic."""
    gone = without(evidence, "dossiers", "cases", "reported")
    return replace(
        gone,
        facts=[fact for fact in gone.facts if fact.subject != "d-3"],
        versions={key: version for key, version in gone.versions.items() if key[1] != "d-3"},
        counters={key: last - 1 for key, last in gone.counters.items()},
        notices=frozenset(notice for notice in gone.notices if notice.dossier != "d-3"),
        messages=[message for message in gone.messages if message.notice.dossier != "d-3"],
        mails=[mail for mail in gone.mails if mail.message != "m-d-3"],
    )


def spoil_dossier(**changes: object) -> Spoil:
    return lambda evidence: replace(evidence, dossiers={**evidence.dossiers, "d-1": replace(evidence.dossiers["d-1"], **changes)})


def spoil_case(**changes: object) -> Spoil:
    return lambda evidence: replace(evidence, cases={**evidence.cases, "d-1": replace(evidence.cases["d-1"], **changes)})


def spoil_report(**changes: object) -> Spoil:
    return lambda evidence: replace(evidence, reported={**evidence.reported, "d-1": replace(evidence.reported["d-1"], **changes)})


def with_message(message: Message) -> Spoil:
    return lambda evidence: replace(evidence, messages=[*evidence.messages, message])


def swapped(evidence: Evidence) -> Evidence:
    """Two facts of one dossier have changed their places on the topic."""
    facts = list(evidence.facts)
    first, second = (index for index, fact in enumerate(facts) if fact.aggregate == ("intake", "d-1") and fact.sequence in (2, 3))
    facts[first], facts[second] = facts[second], facts[first]
    return replace(evidence, facts=facts)


def said_twice(**changes: object) -> Spoil:
    return lambda evidence: replace(evidence, facts=[*evidence.facts, evidence.facts[0]._replace(offset=99, **changes)])


def happened_twice(evidence: Evidence) -> Evidence:
    """Two facts of one case, numbered in order, each say that it was decided."""
    decided = {("routing", "d-1", 2), ("routing", "d-1", 3)}
    kind = "vn.motcua.routing.case.decided.v1"
    facts = [fact._replace(type=kind) if (*fact.aggregate, fact.sequence) in decided else fact for fact in evidence.facts]
    return replace(evidence, facts=facts)


def twin(evidence: Evidence) -> Evidence:
    return replace(evidence, dossiers={**evidence.dossiers, "d-9": replace(evidence.dossiers["d-1"], id="d-9", code=None)})


def post(**changes: object) -> Spoil:
    return lambda evidence: replace(delivered_by_post(evidence), **changes)


PLANTED: dict[str, tuple[Spoil, Fault]] = {
    "an acknowledged dossier has left no trace": (without_any_trace, Fault.LOST),
    "an acknowledged decision is gone": (spoil_case(result_number=None, outcome=None), Fault.LOST),
    "a code is another than was acknowledged": (spoil_dossier(code=code(7)), Fault.LOST),
    "a version is older than was acknowledged": (spoil_dossier(version=1), Fault.LOST),
    "a guidance turn is gone": (lambda evidence: replace(evidence, guidance=frozenset()), Fault.LOST),
    "a message was never made": (lambda evidence: replace(evidence, messages=evidence.messages[1:]), Fault.LOST),
    "a message counts as sent and did not arrive": (lambda evidence: replace(evidence, mails=evidence.mails[1:]), Fault.LOST),
    "a message has failed": (
        lambda evidence: replace(evidence, messages=[replace(evidence.messages[0], state="failed"), *evidence.messages[1:]]),
        Fault.LOST,
    ),
    "the end of an aggregate was not published": (
        lambda evidence: replace(evidence, facts=[fact for fact in evidence.facts if fact.sequence < 4]),
        Fault.LOST,
    ),
    "an order has no parcel": (post(parcels=[]), Fault.LOST),
    "a dossier that nobody handed in": (spoil_dossier(mark="nobody"), Fault.UNASKED),
    "a decision that nobody made": (spoil_case(result_number="other/KQ"), Fault.UNASKED),
    "a guidance turn that nobody gave": (
        lambda evidence: replace(evidence, guidance=evidence.guidance | {"g-2"}),
        Fault.UNASKED,
    ),
    "a message about nothing": (
        with_message(Message(id="m-x", notice=Notice("d-1", 3), state="skipped", attempts=0)),
        Fault.UNASKED,
    ),
    "a mail to a stranger": (lambda evidence: replace(evidence, mails=[*evidence.mails, Mail("m-d-1", "mark2")]), Fault.UNASKED),
    "a mail of no message": (lambda evidence: replace(evidence, mails=[*evidence.mails, Mail("m-x", "mark1")]), Fault.UNASKED),
    "a fact of nothing that is there": (said_twice(subject="d-x"), Fault.UNASKED),
    "a parcel that nobody ordered": (post(orders={}), Fault.UNASKED),
    "one command has made two dossiers": (twin, Fault.DOUBLED),
    "a doubled mail": (with_message(Message(id="m-x", notice=Notice("d-1", 2), state="sent", attempts=1)), Fault.DOUBLED),
    "one number is two facts": (said_twice(id="another"), Fault.DOUBLED),
    "one number has two contents": (said_twice(content="another"), Fault.DOUBLED),
    "a case was decided twice": (happened_twice, Fault.DOUBLED),
    "two parcels for one result": (
        post(
            orders={"o-1": code(1), "o-2": code(1)},
            parcels=[Parcel("o-1", code(1), delivered=True), Parcel("o-2", code(1), delivered=True)],
        ),
        Fault.DOUBLED,
    ),
    "two facts have changed places": (swapped, Fault.ORDER),
    "an aggregate is in two partitions": (said_twice(partition=1), Fault.ORDER),
    "a gap in the codes": (lambda evidence: replace(evidence, counters=dict.fromkeys(evidence.counters, 4)), Fault.CODES),
    "a code beyond its counter": (
        lambda evidence: replace(evidence, counters=dict.fromkeys(evidence.counters, 2)),
        Fault.CODES,
    ),
    "a code twice": (spoil_dossier(code=code(2)), Fault.CODES),
    "reporting has another status": (spoil_report(status=4), Fault.DISAGREEMENT),
    "reporting has an older case": (spoil_report(case_sequence=2), Fault.DISAGREEMENT),
    "reporting lacks a dossier": (lambda evidence: without(evidence, "reported"), Fault.DISAGREEMENT),
    "routing lacks a case": (lambda evidence: without(evidence, "cases"), Fault.DISAGREEMENT),
    "routing has another outcome": (spoil_case(outcome="declined"), Fault.DISAGREEMENT),
    "reporting lacks a guidance turn": (lambda evidence: replace(evidence, reported_guidance=frozenset()), Fault.DISAGREEMENT),
    "a delivered result is not handed over": (
        lambda evidence: replace(delivered_by_post(evidence), dossiers=evidence.dossiers),
        Fault.DISAGREEMENT,
    ),
    "reconcile differs": (lambda evidence: replace(evidence, differences=["dossiers d-1"]), Fault.DISAGREEMENT),
    "a process stands still": (lambda evidence: replace(evidence, unready=["intake is not ready: silent"]), Fault.STUCK),
    "something is parked": (lambda evidence: replace(evidence, parked=["d-1 of intake is early"]), Fault.STUCK),
}


def faults(history: History, evidence: Evidence) -> set[Fault]:
    return {finding.fault for finding in check(history, evidence)}


def test_where_all_went_well_nothing_is_wrong() -> None:
    assert check(sound_history(), sound_evidence()) == []
    assert check(sound_history(), delivered_by_post(sound_evidence())) == []


@pytest.mark.parametrize("planted", PLANTED, ids=PLANTED.keys())
def test_a_planted_fault_is_found(planted: str) -> None:
    spoil, fault = PLANTED[planted]
    assert fault in faults(sound_history(), spoil(sound_evidence()))


def test_a_fact_that_is_said_again_later_is_no_fault() -> None:
    assert check(sound_history(), said_twice()(sound_evidence())) == []


def test_a_mail_of_a_sender_that_died_before_it_knew_is_no_fault() -> None:
    evidence = sound_evidence()
    skipped = replace(evidence.messages[0], state="skipped", attempts=1)
    assert check(sound_history(), replace(evidence, messages=[skipped, *evidence.messages[1:]])) == []
    never_tried = replace(skipped, attempts=0)
    assert faults(sound_history(), replace(evidence, messages=[never_tried, *evidence.messages[1:]])) == {Fault.UNASKED}


# --- what nobody answered --------------------------------------------------------------------------------


@pytest.mark.parametrize("spoil", [lambda evidence: evidence, without_any_trace], ids=["it was done", "it was not"])
def test_a_command_without_an_answer_may_have_taken_effect_or_not(spoil: Spoil) -> None:
    history = sound_history()
    history.commands = [command for command in history.commands if command.target != "d-3"]
    (received,) = (command for command in history.of(Kind.RECEIVE) if command.mark == "mark3")
    received.status, received.answer = None, {}
    assert received.state is State.UNKNOWN
    undecided = {"outcome": None, "result_number": None}
    evidence = spoil(sound_evidence())
    if "d-3" in evidence.dossiers:
        evidence = replace(
            evidence,
            dossiers=evidence.dossiers | {"d-3": replace(evidence.dossiers["d-3"], **undecided)},
            cases=evidence.cases | {"d-3": replace(evidence.cases["d-3"], **undecided)},
            reported=evidence.reported | {"d-3": replace(evidence.reported["d-3"], outcome=None)},
        )
    assert check(history, evidence) == []


def test_what_was_refused_must_not_have_taken_effect() -> None:
    history = sound_history()
    for command in history.of(Kind.RECEIVE, Kind.DECIDE):
        if "d-1" in (command.answer.get("id"), command.target):
            command.status = 412
    assert {(finding.fault, finding.about) for finding in check(history, sound_evidence())} == {(Fault.UNASKED, "d-1")}


def test_a_guidance_turn_without_an_answer_is_known_by_its_key() -> None:
    history = sound_history()
    (turn,) = history.of(Kind.GUIDE)
    turn.status, turn.answer = None, {}
    assert faults(history, sound_evidence()) == {Fault.UNASKED}
    assert check(history, replace(sound_evidence(), answers={turn.key: "g-1"})) == []


def test_two_acknowledged_decisions_of_one_case_are_found() -> None:
    history = sound_history()
    second = Command(key="second", client="client-2", kind=Kind.DECIDE, target="d-1", result_number="x/KQ", sent_at=1.0)
    history.add(second)
    assert check(history, sound_evidence()) == []
    second.take_answer(200, {"id": "d-1"}, at=2.0)
    assert faults(history, sound_evidence()) == {Fault.DOUBLED}


def test_the_same_key_must_be_given_the_same_answer() -> None:
    history = sound_history()
    first = history.commands[0]
    first.take_answer(200, first.answer, at=3.0)
    assert check(history, sound_evidence()) == []
    first.take_answer(200, first.answer | {"code": code(9)}, at=4.0)
    assert faults(history, sound_evidence()) == {Fault.DOUBLED}


def test_a_hand_over_that_did_not_last_is_found() -> None:
    history = sound_history()
    given = Command(key="given", client="client-1", kind=Kind.HAND_OVER, target="d-1", sent_at=1.0)
    given.take_answer(200, {"id": "d-1", "version": 4}, at=2.0)
    history.add(given)
    assert faults(history, sound_evidence()) == {Fault.LOST}
    assert check(history, delivered_by_post(sound_evidence())) == []
