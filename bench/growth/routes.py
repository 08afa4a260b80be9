"""What is asked at every size: each page, list, search and report, by somebody who may, with what a busy desk would ask.

The routes come from the services themselves; a route that is neither asked nor left out with a reason stops the measurement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from fastapi.routing import APIRoute, iter_route_contexts

from chassis.process import build
from contracts.services import SERVICES

NO_SERVER: Final = "postgresql+psycopg://nobody@/nothing?host=/nonexistent"
CLERK, LEADER, PROVINCE, ADMIN, OPERATOR, NOBODY = "hoa", "son", "quang", "quantri", "operator", ""


@dataclass(frozen=True, slots=True)
class Question:
    """`path` is a route's; `{...}` and the query are filled in from a dossier of the installation. `who` signs in."""

    path: str
    query: str = ""
    who: str = CLERK

    @property
    def name(self) -> str:
        return f"{self.path}{'?' if self.query else ''}{self.query}"


LEFT_OUT: Final = {
    "/health/": "asks for no dossier",
    "/metrics": "asks for no dossier",
    "/dead-letters": "lists what could not be applied, which a healthy installation has none of",
    "/reconcile": "reads everything, as an audit must",
    "/receipt.css": "a file",
    "/directory/staff/{staff_id}/second-factor": "a person by id",
    "/directory/staff/{staff_id}/edit": "a person by id",
    "/directory/units/{unit}/edit": "a unit by id",
    "/directory/calendars/{calendar}": "a calendar by id",
    "/directory/changes/{change}": "a change that somebody has asked for",
    "/api/directory/changes/{change}": "a change that somebody has asked for",
}

_THIS_YEAR: Final = "from={year}&to={tomorrow}"
_PAGE_YEAR: Final = "preset=year"
_REPORTS: Final = {
    "/api/reporting/figures": (
        "from={month}&to={tomorrow}",
        _THIS_YEAR,
        f"{_THIS_YEAR}&by=field",
        "from=2024-03-05&to=2024-08-17&by=competent",
        "from={year}&to={tomorrow}&as_of={as_of}",
    ),
    "/reporting/figures": ("", _PAGE_YEAR, f"{_PAGE_YEAR}&by=field", "from=2024-03-05&through=2024-08-16"),
}
_LISTS: Final = {"/api/reporting/dossiers": _THIS_YEAR, "/reporting/dossiers": _PAGE_YEAR}
_MEASURES: Final = ("received", "late", "overdue", "in_progress", "carried_over")

QUESTIONS: Final = (
    Question("/", who=CLERK),
    Question("/sign-in", who=NOBODY),
    Question("/sign-out", who=CLERK),
    Question("/password", who=CLERK),
    Question("/second-factor", who=CLERK),
    Question("/api/directory/keys", who=OPERATOR),
    Question("/api/directory/me"),
    Question("/api/directory/sessions"),
    Question("/directory/sessions"),
    *(Question("/api/directory/staff", query, ADMIN) for query in ("", "q=Bích")),
    Question("/api/directory/units", who=NOBODY),
    Question("/api/directory/calendars", who=NOBODY),
    Question("/api/directory/procedures", who=NOBODY),
    Question("/api/directory/procedures/{procedure}", who=NOBODY),
    *(Question("/directory/procedures", query) for query in ("", "q=đất")),
    *(Question("/directory/procedures/{procedure}", query) for query in ("", "near=Hà An")),
    Question("/directory/procedures/{procedure}/poster", who=NOBODY),
    Question("/directory/calendars", who=ADMIN),
    Question("/directory/units"),
    Question("/directory/privacy", who=NOBODY),
    Question("/directory/units", "q=Hà An"),
    *(Question("/directory/staff", query, ADMIN) for query in ("", "q=Bích")),
    *(Question(path, query, ADMIN) for path in ("/api/directory/history", "/directory/history") for query in ("", "of=cb007")),
    *(Question(path, who=ADMIN) for path in ("/directory/import", "/directory/staff/new", "/directory/units/new")),
    *(
        Question(path, f"unit={{unit}}{query}")
        for path in ("/api/intake/dossiers", "/intake/dossiers")
        for query in (
            "",
            "&status=4",
            "&status=10",
            "&q={code}",
            "&q={number}",
            "&q={identity}",
            "&q={telephone}",
            "&q={name}",
            "&q=nothing",
        )
    ),
    Question("/api/intake/summary", who=OPERATOR),
    Question("/intake/counts.json"),
    Question("/routing/counts.json", who=LEADER),
    Question("/api/intake/dossiers/{dossier}"),
    Question("/api/intake/dossiers/{dossier}/applicant"),
    Question("/api/intake/applicants", "identity_number={identity}"),
    Question("/api/intake/track", "code={code}&secret={secret}", NOBODY),
    Question("/api/intake/submissions/question", who=NOBODY),
    Question("/api/intake/promise", "unit={unit}&procedure={procedure}", NOBODY),
    *(Question("/intake/counter", query) for query in ("", "unit={unit}&procedure={procedure}")),
    Question("/intake/dossiers/{dossier}"),
    Question("/intake/dossiers/{dossier}/receipt"),
    Question("/intake/dossiers/{dossier}/supplement"),
    Question("/intake/dossiers/{dossier}/refusal"),
    *(Question("/intake/results", f"unit={{unit}}{query}") for query in ("", "&waits=long")),
    Question("/intake/dispatch", "unit={unit}"),
    Question("/intake/dossiers/{dossier}/hand-over"),
    Question("/intake/dossiers/{dossier}/slip"),
    Question("/intake/dossiers/{dossier}/withdraw"),
    Question("/intake/dossiers/{dossier}/hand-in"),
    Question("/intake/dossiers/{dossier}/stop"),
    Question("/intake/dossiers/{dossier}/decline"),
    Question("/intake/dossiers/{dossier}/extension"),
    *(Question("/intake/guidance", query) for query in ("", "unit={unit}")),
    *(Question("/track", query, NOBODY) for query in ("", "code={code}")),
    *(Question(path, who=NOBODY) for path in ("/track/dossier", "/submit/done")),
    Question("/submit/confirm", who=NOBODY),
    *(Question("/submit", query, NOBODY) for query in ("", "unit={unit}&procedure={procedure}")),
    *(
        Question(path, query, who)
        for path in ("/api/routing/cases", "/routing/cases")
        for who in (LEADER, PROVINCE)
        for query in ("", "state=unassigned", "state=decided", "state=waiting", "due=late")
    ),
    Question("/api/routing/cases/{case}", who=LEADER),
    Question("/routing/cases/{case}", who=LEADER),
    Question("/routing/cases/{case}/supplement", who=LEADER),
    Question("/routing/cases/{case}/decide", who=LEADER),
    Question("/routing/cases/{case}/stop", who=LEADER),
    Question("/routing/cases/{case}/extend", who=LEADER),
    *(Question(path, query, LEADER) for path in ("/api/routing/cases", "/routing/cases") for query in ("state=needs-hand",)),
    *(Question(path, who=LEADER) for path in ("/api/routing/absences", "/routing/absences")),
    *(Question(path, "state=submitted", LEADER) for path in ("/api/routing/cases", "/routing/cases")),
    Question("/routing/signing", who=LEADER),
    *(
        Question(path, query, who)
        for path in ("/api/notify/messages", "/notify/messages")
        for who in (CLERK, OPERATOR)
        for query in ("", "outcome=sent", "outcome=skipped", "code={code}", "code={number}")
    ),
    Question("/api/notify/messages", "dossier={dossier}"),
    Question("/api/notify/messages", "fact_type=vn.motcua.intake.dossier.decided.v1", OPERATOR),
    *(Question(path, who=OPERATOR) for path in ("/api/notify/messages/{message}", "/notify/messages/{message}")),
    *(Question("/api/notify/summary", who=who) for who in (CLERK, OPERATOR)),
    Question("/notify/templates"),
    *(Question(path, query, who) for path, queries in _REPORTS.items() for who in (LEADER, OPERATOR) for query in queries),
    *(
        Question(path, f"{period}&measure={measure}", who)
        for path, period in _LISTS.items()
        for who in (LEADER, OPERATOR)
        for measure in _MEASURES
    ),
    *(Question("/reporting/board", query, who) for who in (LEADER, PROVINCE) for query in ("", f"{_PAGE_YEAR}&by=competent")),
    Question("/reporting/figures.xlsx", _PAGE_YEAR, LEADER),
    Question("/reporting/board/wall", who=PROVINCE),
    *(
        Question("/reporting/board/dossiers", f"waiting={waiting}", PROVINCE)
        for waiting in ("due_soon", "unassigned", "to_fetch", "unfetched")
    ),
    Question("/api/reporting/guidance", _THIS_YEAR, OPERATOR),
    *(Question("/reporting/guidance", query, OPERATOR) for query in ("", _PAGE_YEAR)),
    Question("/api/reporting/replay", who=OPERATOR),
    Question("/reporting/public", who=NOBODY),
)


def unasked() -> list[str]:
    """GET routes that no question asks and no reason leaves out."""
    asked = {_bare(question.path) for question in QUESTIONS}
    return [path for path in all_paths() if _bare(path) not in asked and not any(part in path for part in LEFT_OUT)]


def all_paths() -> Iterator[str]:
    """Of every GET route of every service."""
    for name in SERVICES:
        service = import_module(f"services.{name}.main").SERVICE
        for context in iter_route_contexts(build(service, service.settings(kafka="127.0.0.1:9"), NO_SERVER).routes):
            if isinstance(context.route, APIRoute) and "GET" in (context.methods or ()):
                yield str(context.path)


def _bare(path: str) -> str:
    """Whatever its parameters are called."""
    return re.sub(r"\{\w+\}", "{}", path)
