"""`make mutation` and `make mutation P=worktime`: a score per package, survivors in a file, exit code 1 below the floor.

A mutant that means the same as the code is answered in `equivalents.toml`, with the reason; it counts neither for nor against. An
answer that fits no survivor any more fails the run too, so that the file cannot grow stale.
"""

import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.mutation import mutants, planted
from tests.mutation.mutants import Mutant
from tests.mutation.plan import Package, read_plan

EQUIVALENTS = Path(__file__).with_name("equivalents.toml")

Answer = tuple[str, str, str]


@dataclass(frozen=True)
class Score:
    package: str
    mutants: int
    killed: int
    timeouts: int
    equivalent: int
    survived: int
    seconds: float

    @property
    def percent(self) -> float:
        """Rounded down: 84.96 % is below a floor of 85."""
        judged = self.mutants - self.equivalent
        return (judged - self.survived) * 1_000 // judged / 10

    def __str__(self) -> str:
        return (
            f"{self.package}: {self.mutants} mutants, {self.killed} killed, {self.timeouts} timeouts, "
            f"{self.equivalent} equivalent, {self.survived} survived: {self.percent} % ({self.seconds:.0f} s)"
        )


def read_equivalents() -> dict[Answer, str]:
    """The reason by module and function, line as it was, line as it becomes."""
    table = tomllib.loads(EQUIVALENTS.read_text(encoding="utf-8"))
    answers = {(entry["where"], entry["was"].strip(), entry["becomes"].strip()): entry["reason"] for entry in table["mutant"]}
    if len(answers) != len(table["mutant"]) or not all(answers.values()):
        raise SystemExit(f"{EQUIVALENTS}: an answer stands twice or has no reason")
    return answers


def answered_by(mutant: Mutant) -> Answer:
    return mutant.where, mutant.was, mutant.becomes


def judge(package: Package, answers: dict[Answer, str]) -> tuple[Score, set[Answer]]:
    """The score of one package, and the answers that fitted one of its survivors."""
    began = time.monotonic()
    statuses = mutants.run(package)
    alive = mutants.survivors(package, statuses)
    unanswered = [mutant for mutant in alive if answered_by(mutant) not in answers]
    (package.folder / "survivors.txt").write_text(report(unanswered), encoding="utf-8")
    kinds = list(statuses.values())
    equivalent = len(alive) - len(unanswered)
    seconds = time.monotonic() - began
    score = Score(
        package.name,
        mutants=len(kinds),
        killed=len(kinds) - kinds.count("timeout") - len(alive),
        timeouts=kinds.count("timeout"),
        equivalent=equivalent,
        survived=len(unanswered),
        seconds=seconds,
    )
    return score, {answered_by(mutant) for mutant in alive} & set(answers)


def judge_planted() -> Score:
    """The score of those chosen by hand: all must be killed."""
    began, table = time.monotonic(), planted.read_table()
    alive = planted.survivors(table)
    for mutant in alive:
        print(f"{mutant.file}: {mutant.was.strip()!r} can be {mutant.becomes.strip()!r}, and no test fails. {mutant.why}")
    seconds = time.monotonic() - began
    return Score(
        planted.NAME,
        mutants=len(table),
        killed=len(table) - len(alive),
        timeouts=0,
        equivalent=0,
        survived=len(alive),
        seconds=seconds,
    )


def report(unanswered: Iterable[Mutant]) -> str:
    return "\n".join(
        f"{mutant.where} ({mutant.status}) {mutant.name}\n- {mutant.was}\n+ {mutant.becomes}\n" for mutant in unanswered
    )


def stale(answers: dict[Answer, str], judged: Iterable[Package], used: set[Answer]) -> list[Answer]:
    """Answers about the judged files that no survivor asked for."""
    modules = {
        ".".join(path.relative_to(package.folder).with_suffix("").parts)
        for package in judged
        for pattern in package.mutate
        for path in package.folder.glob(pattern)
    }
    return [answer for answer in answers if answer not in used and answer[0].partition(":")[0] in modules]


def main(names: list[str]) -> int:
    plan = read_plan()
    known = [*plan.packages, planted.NAME]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"Unknown: {', '.join(unknown)}. Known packages: {', '.join(known)}")
    judged = [plan.packages[name] for name in names or known if name != planted.NAME]
    answers = read_equivalents()
    scores, used = [], set()
    for package in judged:
        print(f"{package.name}: mutating and testing ...", flush=True)
        score, fitted = judge(package, answers)
        print(score, flush=True)
        scores.append(score)
        used |= fitted
    by_hand = [judge_planted()] if planted.NAME in (names or known) else []
    for score in by_hand:
        print(score, flush=True)
    below = [score for score in scores if score.percent < plan.floor]
    leftover = stale(answers, judged, used)
    for where, was, _ in leftover:
        print(f"equivalents.toml answers a mutant that does not survive any more: {where}: {was}")
    for score in below:
        print(f"{score.package} is below {plan.floor} %: read {plan.packages[score.package].folder / 'survivors.txt'}")
    return bool(below or leftover or any(score.survived for score in by_hand))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{failed.stdout or ''}\nmutmut could not run: are the tests green without mutants?")
