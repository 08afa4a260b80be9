"""Compares what was asked for and acknowledged with what there is when nothing is under way any more. Pure.

`check` answers with everything that is wrong: nothing acknowledged is missing, nothing is there that nobody asked for, nothing
took effect twice, facts are numbered 1, 2, 3 ... in order, codes have no gap, and all services hold the same.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from tests.support.chaos.checker_facts import check_facts
from tests.support.chaos.evidence import Evidence
from tests.support.chaos.finding import Fault, Finding
from tests.support.chaos.history import OPENS_DOSSIER, Command, History, Kind, State

HANDED_OVER: Final = 10


class Run(NamedTuple):
    """What is compared."""

    history: History
    evidence: Evidence


def check(history: History, evidence: Evidence) -> list[Finding]:
    run = Run(history, evidence)
    return [finding for rule in RULES for finding in rule(run)]


def _dossiers_of_marks(run: Run) -> dict[str, list[str]]:
    dossiers = defaultdict(list)
    for dossier in run.evidence.dossiers.values():
        dossiers[dossier.mark].append(dossier.id)
    return dossiers


def _dossiers(run: Run) -> Iterator[Finding]:
    """Each dossier was asked for, once; each that was acknowledged is there."""
    by_mark = _dossiers_of_marks(run)
    asked = {command.mark: command for command in run.history.of(*OPENS_DOSSIER)}
    for mark, ids in by_mark.items():
        command = asked.get(mark)
        if command is None or command.state is State.REFUSED:
            yield Finding(
                Fault.UNASKED, ids[0], f"dossier of the mark {mark!r}, which {command and command.status} was answered to"
            )
        if len(ids) > 1:
            yield Finding(Fault.DOUBLED, ids[0], f"one command made {len(ids)} dossiers: {', '.join(sorted(ids))}")
    for command in asked.values():
        if command.acknowledged and command.mark not in by_mark:
            yield Finding(Fault.LOST, command.answer.get("id", command.key), f"{command.kind} was acknowledged: no dossier")


def _answers(run: Run) -> Iterator[Finding]:
    """What a command was answered still holds, and the same key was always given the same answer."""
    for command in run.history.commands:
        for later in command.later_answers:
            if later != command.answer:
                yield Finding(Fault.DOUBLED, command.key, f"{command.kind} was answered {command.answer}, and later {later}")
        answered = command.answer.get("id", "")
        dossier = run.evidence.dossiers.get(command.target or answered)
        if not command.acknowledged or command.kind in (Kind.GUIDE, Kind.COLLECT):
            continue
        if dossier is None:
            yield Finding(Fault.LOST, command.target or answered, f"{command.kind} was acknowledged: its dossier is not there")
        elif command.kind is not Kind.DECIDE:
            yield from _kept(command, dossier.version, dossier.code)


def _kept(command: Command, version: int, code: str | None) -> Iterator[Finding]:
    about = command.target or command.answer["id"]
    if command.answer.get("code") not in (None, code):
        yield Finding(Fault.LOST, about, f"{command.kind} gave the code {command.answer['code']}; the dossier has {code}")
    if command.answer.get("version", 0) > version:
        yield Finding(Fault.LOST, about, f"{command.kind} made version {command.answer['version']}; there is {version}")


def _decisions(run: Run) -> Iterator[Finding]:
    """A case has one decision at most, and it is the acknowledged one; no other was asked for."""
    acknowledged, open_to_doubt = defaultdict(list), defaultdict(set)
    for command in run.history.of(Kind.DECIDE):
        if command.acknowledged:
            acknowledged[command.target].append(command.result_number)
        elif command.state is State.UNKNOWN:
            open_to_doubt[command.target].add(command.result_number)
    for target, numbers in acknowledged.items():
        case = run.evidence.cases.get(target)
        if len(numbers) > 1:
            yield Finding(Fault.DOUBLED, target, f"{len(numbers)} decisions were acknowledged: {', '.join(numbers)}")
        if case is None or case.result_number not in numbers:
            yield Finding(
                Fault.LOST, target, f"the decision {numbers[0]} was acknowledged; the case has {case and case.result_number}"
            )
    for case in run.evidence.cases.values():
        if case.result_number and case.result_number not in {*acknowledged[case.id], *open_to_doubt[case.id]}:
            yield Finding(Fault.UNASKED, case.id, f"nobody's decision: {case.result_number}")


def _hand_overs(run: Run) -> Iterator[Finding]:
    for command in run.history.of(Kind.HAND_OVER):
        dossier = run.evidence.dossiers.get(command.target)
        if command.acknowledged and dossier is not None and dossier.status != HANDED_OVER:
            yield Finding(Fault.LOST, command.target, f"was handed over; its status is {dossier.status}")


def _guidance(run: Run) -> Iterator[Finding]:
    """Turns have no mark: those without an answer are known by what the service keeps under their key."""
    asked = dict[str, str]()
    for command in run.history.of(Kind.GUIDE):
        turn = command.answer.get("id") if command.acknowledged else run.evidence.answers.get(command.key)
        if turn is not None and command.state is not State.REFUSED:
            asked[turn] = command.key
        if command.acknowledged and turn not in run.evidence.guidance:
            yield Finding(Fault.LOST, str(turn), "a guidance turn was acknowledged and is not there")
    for turn in sorted(run.evidence.guidance - asked.keys()):
        yield Finding(Fault.UNASKED, turn, "a guidance turn that nobody gave")
    for turn in sorted(run.evidence.guidance ^ run.evidence.reported_guidance):
        yield Finding(Fault.DISAGREEMENT, turn, "intake and reporting differ about a guidance turn")


def _codes(run: Run) -> Iterator[Finding]:
    """Per unit and day 1, 2, 3 ... up to what the counter says: no gap, none twice."""
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for dossier in run.evidence.dossiers.values():
        if dossier.code is not None:
            unit, day, number = dossier.code.rsplit("-", 2)
            numbers[unit, day].append(int(number))
    for series in sorted(numbers.keys() | run.evidence.counters.keys()):
        there, last = sorted(numbers[series]), run.evidence.counters.get(series, 0)
        if there != list(range(1, last + 1)):
            missing = sorted(set(range(1, last + 1)) - set(there))
            twice = sorted(number for number, times in Counter(there).items() if times > 1)
            more = sorted(number for number in there if number > last)
            yield Finding(Fault.CODES, "-".join(series), f"missing {missing}, twice {twice}, beyond the counter {more}")


def _mails(run: Run) -> Iterator[Finding]:
    """One message for each fact that owes one; each that was sent arrived, under one Message-ID, where it belongs."""
    evidence = run.evidence
    times = Counter(message.notice for message in evidence.messages)
    for notice in sorted(evidence.notices ^ times.keys()):
        fault = Fault.LOST if notice in evidence.notices else Fault.UNASKED
        yield Finding(fault, notice.dossier, f"the message about fact {notice.sequence} and the fact are not both there")
    for notice, number in times.items():
        if number > 1:
            yield Finding(Fault.DOUBLED, notice.dossier, f"{number} messages about fact {notice.sequence}")
    attempted = {message.id: message for message in evidence.messages if message.attempts}
    arrived = {mail.message for mail in evidence.mails}
    for message in evidence.messages:
        if message.state == "sent" and message.id not in arrived:
            yield Finding(Fault.LOST, message.notice.dossier, f"message {message.id} was sent and is in no mailbox")
    for mail in sorted(set(evidence.mails)):
        message = attempted.get(mail.message)
        owner = message and evidence.dossiers.get(message.notice.dossier)
        if owner is None or owner.mark != mail.mark:
            yield Finding(Fault.UNASKED, mail.message, f"a mail to {mail.mark!r} that no message of theirs asked for: {message}")
    for message in evidence.messages:
        if message.state not in ("sent", "skipped"):
            yield Finding(Fault.LOST, message.notice.dossier, f"message {message.id} is {message.state}")


def _parcels(run: Run) -> Iterator[Finding]:
    """One order a code, one parcel an order, and each delivered one is handed over."""
    evidence = run.evidence
    carried = {parcel.order: parcel for parcel in evidence.parcels}
    for order in sorted(evidence.orders.keys() ^ carried.keys()):
        yield Finding(Fault.LOST if order in evidence.orders else Fault.UNASKED, order, "order and parcel are not both there")
    for what, codes in (("orders", evidence.orders.values()), ("parcels", (parcel.code for parcel in evidence.parcels))):
        for code, times in Counter(codes).items():
            if times > 1:
                yield Finding(Fault.DOUBLED, code, f"{times} {what} for one result")
    status = {dossier.code: dossier.status for dossier in evidence.dossiers.values()}
    for parcel in evidence.parcels:
        if parcel.delivered and status.get(parcel.code) != HANDED_OVER:
            yield Finding(Fault.DISAGREEMENT, parcel.code, f"delivered by post; its status is {status.get(parcel.code)}")


def _agreement(run: Run) -> Iterator[Finding]:
    """Intake, routing and reporting hold the same of every dossier."""
    evidence = run.evidence
    for id_ in sorted(evidence.dossiers.keys() | evidence.cases.keys() | evidence.reported.keys()):
        dossier, case, reported = evidence.dossiers.get(id_), evidence.cases.get(id_), evidence.reported.get(id_)
        if dossier is None:
            yield Finding(Fault.UNASKED, id_, "routing or reporting has a dossier that intake has not")
            continue
        ours = (dossier.code, dossier.status, dossier.version, dossier.outcome)
        theirs = reported and (reported.code, reported.status, reported.intake_sequence, reported.outcome)
        if ours != theirs:
            yield Finding(Fault.DISAGREEMENT, id_, f"intake {ours}, reporting {theirs}")
        if (dossier.code is None) != (case is None):
            yield Finding(Fault.DISAGREEMENT, id_, f"code {dossier.code}, case {case and case.code}")
        if case is not None:
            decided = (case.code, case.outcome, case.result_number)
            if decided != (dossier.code, dossier.outcome, dossier.result_number):
                yield Finding(Fault.DISAGREEMENT, id_, f"intake {dossier}, routing {case}")
            if reported is not None and reported.case_sequence != case.version:
                yield Finding(Fault.DISAGREEMENT, id_, f"case {case.version}, reporting {reported.case_sequence}")


def _facts(run: Run) -> Iterator[Finding]:
    return check_facts(run.evidence.facts, run.evidence.versions)


def _said_by_others(run: Run) -> Iterator[Finding]:
    for sentence in (*run.evidence.parked, *run.evidence.unready):
        yield Finding(Fault.STUCK, sentence.partition(" ")[0], sentence)
    for sentence in run.evidence.differences:
        yield Finding(Fault.DISAGREEMENT, "reconcile", sentence)


RULES: Final[tuple[Callable[[Run], Iterator[Finding]], ...]] = (
    _dossiers,
    _answers,
    _decisions,
    _hand_overs,
    _guidance,
    _codes,
    _mails,
    _parcels,
    _agreement,
    _facts,
    _said_by_others,
)
