"""May we pass on what this is made of? Each licence is allowed with a reason, or the component has an answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from license_expression import ExpressionError

from deploy.audit.answers import Answers
from deploy.audit.component import Component
from deploy.audit.spdx import licences_of


@dataclass
class LicenceReport:
    """`unjudged`: how many an answer leaves aside, with its reason."""

    allowed: int = 0
    unjudged: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


def judge(components: Iterable[Component], answers: Answers) -> LicenceReport:
    """A finding for each component whose licence is unknown or not allowed."""
    report = LicenceReport()
    for component in components:
        answer = answers.find("licence", key=component.key) if component.licence is None else None
        expression = component.licence or (answer or {}).get("is")
        if expression is not None and _is_allowed(str(expression), answers):
            report.allowed += 1
        elif expression is not None:
            report.findings.append(f"{component}: {expression} is not among the licences allowed in answers.toml")
        elif aside := answers.find("unjudged", key=component.key):
            report.unjudged[aside["reason"]] = report.unjudged.get(aside["reason"], 0) + 1
        else:
            report.findings.append(f"{component}: says no licence that we know; answer in answers.toml, with where you read it")
    return report


def _is_allowed(expression: str, answers: Answers) -> bool:
    """One of the ways in which it may be taken is allowed in all its parts."""
    try:
        ways = licences_of(expression)
    except ExpressionError:
        return False
    return any(all(answers.find("allowed", licence=name) for name in way) for way in ways)
