"""Every event about a case has its line of history, made from the event alone, and every line its words in both languages."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from contracts.golden import load_events
from contracts.intake import DossierAcceptedV1
from contracts.registry import EVENTS, Event
from contracts.routing import CaseAssignedV1, CaseDecidedV1, CaseDueSoonV1, CaseFact, CaseOpenedV1, CaseOverdueV1
from contracts.topics import CASES
from contracts.values import Lane, Outcome
from services.routing.domain.assignment import Load
from services.routing.domain.case import Actor, Case
from services.routing.domain.due import Left, Measure
from services.routing.domain.freshness import Freshness
from services.routing.domain.history import HistoryLine, Person, Transition
from services.routing.domain.ruling import Ruling, Verdict
from services.routing.main import SERVICE
from services.routing.queries.case import CaseRecord
from tests.support.routing_world import NOW, accepted
from web.forms import blank
from web.languages import LANGUAGES, Texts
from web.pages import Pages

SAMPLES = Path(__file__).parents[2] / "contracts" / "samples"
AN, CHI = Person("cb-an", "An"), Person("cb-chi", "Chi")
LATER = NOW + timedelta(hours=3)
load_events()
FACTS: list[type[Any]] = [fact for fact in EVENTS.values() if getattr(fact, "TOPIC", None) is CASES]


def case(**changes: Any) -> Case:
    dossier = accepted(number=7)
    fields: dict[str, Any] = {
        "id": "d-1",
        "lane": Lane.DISTRICT,
        "version": 0,
        "code": dossier.code,
        "receiving_unit": dossier.unit,
        "competent_unit": dossier.competent_unit,
        "procedure": dossier.procedure,
        "papers": tuple(dossier.papers),
        "accepted_at": NOW,
        "promised_at": dossier.promised_at,
        "opened_at": NOW,
    }
    return Case(**fields | changes)


def fact(kind: type[CaseFact], **data: Any) -> CaseFact:
    about = case()
    shared = {name: getattr(about, name) for name in ("code", "receiving_unit", "competent_unit", "procedure", "promised_at")}
    return kind(**shared, at=LATER, **data)


def test_transitions_are_the_events_of_the_topic() -> None:
    assert sorted(Transition.of(kind) for kind in FACTS) == sorted(Transition)


@pytest.mark.parametrize(
    ("event", "by", "officer"),
    [
        (fact(CaseOpenedV1), None, None),
        (fact(CaseAssignedV1, officer="cb-an", officer_name="An"), None, AN),
        (fact(CaseAssignedV1, officer="cb-an", officer_name="An", by="cb-chi", by_name="Chi"), CHI, AN),
        (fact(CaseDecidedV1, outcome=Outcome.GRANTED, by="cb-chi", by_name="Chi"), CHI, None),
        (
            fact(CaseDecidedV1, outcome=Outcome.GRANTED, by="cb-chi", by_name="Chi", officer="cb-an", officer_name="An"),
            CHI,
            AN,
        ),
        (fact(CaseDecidedV1, outcome=Outcome.GRANTED, by="cb-chi"), Person("cb-chi", "cb-chi"), None),
        (fact(CaseDueSoonV1, responsible="officer", officer="cb-an", officer_name="An"), None, AN),
        (fact(CaseOverdueV1, responsible="leader"), None, None),
    ],
)
def test_a_line_says_what_its_event_says(event: CaseFact, by: Person | None, officer: Person | None) -> None:
    line = HistoryLine(number=4, transition=Transition.of(type(event)), at=LATER, by=by, officer=officer)
    assert HistoryLine.of(4, event) == line


def test_events_are_recorded_with_their_lines_and_the_version_together() -> None:
    opened, assigned = fact(CaseOpenedV1), fact(CaseAssignedV1, officer="cb-an", officer_name="An")
    recorded = case(version=3).recorded((opened, assigned)).recorded((assigned,))
    assert recorded.version == 6
    assert recorded.pending_history == (HistoryLine.of(4, opened), HistoryLine.of(5, assigned), HistoryLine.of(6, assigned))


def test_what_is_no_fact_about_a_case_cannot_be_recorded() -> None:
    other: Event = accepted()
    assert isinstance(other, DossierAcceptedV1)
    with pytest.raises(TypeError, match=DossierAcceptedV1.TYPE):
        case().recorded((other,))


# --- words ------------------------------------------------------------------------------------------------


@cache
def routing_pages() -> Pages:
    return Pages("routing", [SERVICE.folder / "templates"], Texts.load([SERVICE.folder / "texts"]), now=lambda: NOW)


def page(language: str, *lines: HistoryLine) -> str:
    """The page of a decided case with this history."""
    pages = routing_pages()
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/routing/cases/d-1", "headers": [], "state": {}}
    decided = case(verdict=Verdict(Ruling(Outcome.DECLINED, reason="Vì thế."), LATER, CHI))
    response = pages.render(
        Request(scope | {"query_string": f"lang={language}".encode()}),
        "case.html",
        record=CaseRecord(
            case=decided,
            history=lines,
            actor=Actor(CHI, leads=True),
            colleagues=[],
            loads={"cb-an": Load()},
            left=Left(0, Measure.DAYS, today=True),
        ),
        case=decided,
        form=blank(),
        draft=None,
        following=None,
        lost=False,
        done=None,
        meanwhile=[],
        fresh=Freshness(NOW, 0, silent=False),
    )
    return bytes(response.body).decode()


def timeline(html: str) -> str:
    return html.partition('<ol class="timeline">')[2].partition("</ol>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FACTS)
def test_every_kind_of_event_has_its_words_in_every_language(kind: type[CaseFact], language: str) -> None:
    sample = min(SAMPLES.glob(f"{kind.TYPE}*.json"))  # the full one before the bare one
    line = HistoryLine.of(1, kind.model_validate_json(sample.read_bytes()))
    heading = timeline(page(language, line)).partition("<strong>")[2].partition("</strong>")[0]
    assert heading.strip()
    others = [other for other in LANGUAGES if other != language]
    assert all(f"<strong>{heading}</strong>" not in timeline(page(other, line)) for other in others)


@pytest.mark.parametrize(
    ("by", "words"),
    [(None, "Tự động theo thẩm quyền"), (AN, "Tự nhận"), (CHI, "Người giao: Chi")],
    ids=["rule", "self", "leader"],
)
def test_an_assignment_says_who_chose(by: Person | None, words: str) -> None:
    line = HistoryLine(number=2, transition=Transition.ASSIGNED, at=NOW, by=by, officer=AN)
    assert words in timeline(page("vi", line))
    assert "Giao cho An" in timeline(page("vi", line))


def test_an_opening_names_the_unit_and_a_decision_its_outcome_and_signer() -> None:
    opened = HistoryLine(number=1, transition=Transition.OPENED, at=NOW)
    decided = HistoryLine(number=2, transition=Transition.DECIDED, at=LATER, by=CHI, officer=AN)
    html = timeline(page("en", opened, decided))
    assert f"<strong>Reached the unit</strong><span>{case().competent_unit.name}</span>" in html
    assert "<strong>Declined</strong><span>Chi</span>" in html
