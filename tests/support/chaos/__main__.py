"""`make chaos MINUTES=n SEED=s`: prints the plan of faults, then what happens, then the table. Exit code 1 with the evidence."""

import argparse
import asyncio
import logging
import sys
import time
from pathlib import Path

from tests.support.chaos.fault_plan import FaultKind
from tests.support.chaos.settings import Settings
from tests.support.chaos.trial import run

ROOT = Path(__file__).parents[3]


def main() -> int:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # brokers that go away are what this is about
    settings = _settings()
    print(f"seed {settings.seed}; history and logs stay in {settings.kept}", flush=True)
    began = time.monotonic()
    verdict = asyncio.run(run(settings, lambda line: print(f"[{time.monotonic() - began:6.1f}] {line}", flush=True)))
    findings = [f"{finding.fault} {finding.about}: {finding.sentence}" for finding in verdict.findings]
    (settings.kept / "findings.txt").write_text("\n".join(findings), encoding="utf-8")
    print(*verdict.lines(), *findings[:40], sep="\n")
    if verdict.found:
        print(f"{len(findings)} findings: {settings.kept}/findings.txt, and what was asked for in history.jsonl beside it")
    return int(verdict.found)


def _settings() -> Settings:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--brokers", type=int, choices=(1, 3), default=3)
    parser.add_argument("--processes", type=int, default=2, help="of each service")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--longest", type=float, default=90, help="seconds that a fault may last")
    parser.add_argument("--apart", type=int, default=15, help="seconds that clocks may differ from the machine's")
    parser.add_argument("--kinds", type=FaultKind, nargs="*", default=(), help="only these kinds of fault")
    given = parser.parse_args()
    return Settings(
        seed=given.seed,
        seconds=given.minutes * 60,
        kept=ROOT / "build" / "chaos" / f"seed-{given.seed}",
        brokers=given.brokers,
        processes=given.processes,
        clients=given.clients,
        longest=given.longest,
        apart=given.apart,
        kinds=tuple(given.kinds),
    )


if __name__ == "__main__":
    sys.exit(main())
