"""A small world in which everything went well, for the checker's tests: what was asked for, and what there is of it."""

from dataclasses import replace

from tests.support.chaos.evidence import (
    Case,
    Dossier,
    Evidence,
    Fact,
    Mail,
    Message,
    Notice,
    Parcel,
    ReportedDossier,
)
from tests.support.chaos.history import Command, History, Kind

UNIT = "000.00.21.H99"
DAY = "260218"
DOSSIERS = 3


def code(number: int) -> str:
    return f"{UNIT}-{DAY}-{number:04d}"


def sound_history() -> History:
    """Three dossiers received and decided, a guidance turn given; one more command that nobody answered."""
    history = History()
    for number in range(1, DOSSIERS + 1):
        history.add(_answered(Kind.RECEIVE, f"mark{number}", id=f"d-{number}", version=2, code=code(number)))
        history.add(_answered(Kind.DECIDE, "", target=f"d-{number}", result_number=f"{number}/KQ", id=f"d-{number}", version=3))
    history.add(_answered(Kind.GUIDE, "", id="g-1"))
    history.add(Command(key="key-unknown", client="client-1", kind=Kind.RECEIVE, mark="unknown", sent_at=9.0))
    return history


def _answered(kind: Kind, mark: str, *, target: str = "", result_number: str = "", **answer: object) -> Command:
    key = f"key-{kind}-{answer['id']}"
    command = Command(key=key, client="client-1", kind=kind, mark=mark, target=target, result_number=result_number, sent_at=1.0)
    command.take_answer(200, answer, at=2.0)
    return command


def sound_evidence() -> Evidence:
    """Of the same three dossiers: two more facts each since they were received, a case with three, a message each, a parcel."""
    ids = {number: f"d-{number}" for number in range(1, DOSSIERS + 1)}
    dossiers = {id_: _dossier(number, id_) for number, id_ in ids.items()}
    cases = {
        id_: Case(id=id_, code=code(number), version=3, outcome="granted", result_number=f"{number}/KQ")
        for number, id_ in ids.items()
    }
    return Evidence(
        dossiers=dossiers,
        cases=cases,
        reported={
            id_: ReportedDossier(id=id_, code=code(number), status=9, outcome="granted", intake_sequence=4, case_sequence=3)
            for number, id_ in ids.items()
        },
        facts=[*facts("intake", 4), *facts("routing", 3)],
        versions={("intake", id_): 4 for id_ in dossiers} | {("routing", id_): 3 for id_ in cases},
        counters={(UNIT, DAY): DOSSIERS},
        notices=frozenset(Notice(id_, 2) for id_ in dossiers),
        messages=[Message(id=f"m-{id_}", notice=Notice(id_, 2), state="sent", attempts=1) for id_ in dossiers],
        mails=[Mail(f"m-{id_}", f"mark{number}") for number, id_ in ids.items()],
        guidance=frozenset({"g-1"}),
        reported_guidance=frozenset({"g-1"}),
    )


def _dossier(number: int, id_: str) -> Dossier:
    return Dossier(
        id=id_,
        mark=f"mark{number}",
        unit=UNIT,
        code=code(number),
        status=9,
        version=4,
        outcome="granted",
        result_number=f"{number}/KQ",
    )


def facts(source: str, count: int) -> list[Fact]:
    """1 to `count` of each dossier, in turn, on one partition."""
    return [
        Fact(
            topic=f"{source}.facts",
            partition=0,
            offset=sequence * 10 + number,
            source=source,
            subject=f"d-{number}",
            sequence=sequence,
            id=f"{source}-{number}-{sequence}",
            type="vn.motcua.dossier.something.v1",
            content=f"{number}/{sequence}",
        )
        for sequence in range(1, count + 1)
        for number in range(1, DOSSIERS + 1)
    ]


def delivered_by_post(evidence: Evidence) -> Evidence:
    """The first dossier's result went by post and has arrived."""
    handed_over = replace(evidence.dossiers["d-1"], status=10)
    reported = replace(evidence.reported["d-1"], status=10)
    return replace(
        evidence,
        dossiers={**evidence.dossiers, "d-1": handed_over},
        reported={**evidence.reported, "d-1": reported},
        orders={"o-1": code(1)},
        parcels=[Parcel("o-1", code(1), delivered=True)],
    )
