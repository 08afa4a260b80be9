"""`make audit`. Exit code 0: all is well; 1: something is to be said against it; 69: the advisories could not be asked for."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy.audit import advisories, bundled, jars, licences, sbom, secret_scan, wheels
from deploy.audit.answers import Answers
from deploy.audit.component import Component
from deploy.local.outcome import ExitCode, worded

SBOM: Final = wheels.ROOT / "build" / "sbom.cdx.json"


def main() -> int:
    answers = Answers.read()
    components = [*wheels.wheels(), *jars.jars(), *bundled.bundled()]
    code = max(
        _inventory(components, SBOM),
        _say("hashes of wheels and jars", [*wheels.differences(), *jars.differences()]),
        _licences(components, answers),
        _say("secrets in what is committed", secret_scan.findings(wheels.ROOT, secret_scan.committed(wheels.ROOT), answers)),
    )
    known = _advisories(components, answers)
    stale = _say("answers", answers.unused()) if known != ExitCode.NO_NETWORK else ExitCode.OK
    return max(code, stale) or known


def _inventory(components: Sequence[Component], file: Path) -> ExitCode:
    sbom.write(components, file)
    inside = sum(component.inside is not None for component in components)
    print(f"components: {len(components)}, of them {inside} inside wheels; bill of materials in {file}")
    return ExitCode.OK


def _licences(components: Sequence[Component], answers: Answers) -> ExitCode:
    report = licences.judge(components, answers)
    print(f"licences: {report.allowed} allowed")
    for reason, count in report.unjudged.items():
        print(f"  {count} not judged: {reason}")
    return _say("licences", report.findings)


def _advisories(components: Sequence[Component], answers: Answers) -> ExitCode:
    address = advisories.source()
    try:
        known = advisories.advisories(components, address)
    except advisories.Unreachable as reason:
        print(
            worded(
                f"KHÔNG kiểm tra được điểm yếu đã biết: không hỏi được {reason}. Đặt MOTCUA_ADVISORIES tới một máy chủ OSV khác.",
                f"Known weaknesses were NOT checked: no answer from {reason}. Point MOTCUA_ADVISORIES to another OSV server.",
            ),
            file=sys.stderr,
        )
        return ExitCode.NO_NETWORK
    print(f"advisories: {len(advisories.asked(components))} components asked of {address}, {len(known)} known")
    return _say("advisories", advisories.findings(known, answers, datetime.now(UTC).date()))


def _say(what: str, findings: Sequence[str]) -> ExitCode:
    print(f"{what}: {len(findings)} to look at")
    for finding in findings:
        print(f"  {finding}")
    return ExitCode.DIFFERENCE if findings else ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
