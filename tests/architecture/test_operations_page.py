"""docs/operations.md names every metric, alarm, readiness sentence and exit code that the code has, and none that it has not."""

import ast
import re
from collections.abc import Iterator

from deploy.local.outcome import ExitCode
from tests.support.source import MODULES, ROOT, nodes_of

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PROCESSES = ("messaging", "web", "chassis", "services")
RUN = [path for path in MODULES if path.relative_to(ROOT).parts[0] in PROCESSES]
KINDS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}
ALARMS = {"error", "exception", "critical"}
SHORTEST = 8
"""Letters of a sentence that a test can look for; what is shorter stands in other words too."""


def section(title: str) -> str:
    """The text under a heading of the second level."""
    after = PAGE.partition(f"\n## {title}\n")[2]
    assert after, f"there is no section '{title}'"
    return after.partition("\n## ")[0]


def rows(title: str) -> dict[str, list[str]]:
    """The rows of a section that begin with code: that cell -> the other cells."""
    cells = [re.split(r"\s*\|\s*", line.strip("| ")) for line in section(title).splitlines() if line.startswith("| `")]
    return {first.strip("`"): others for first, *others in cells}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in what the processes run, by the last part of its name."""
    for path in RUN:
        for node in nodes_of(path):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def metrics() -> dict[str, list[str]]:
    """Name -> labels of what is declared."""
    return {
        call.args[0].value: ast.literal_eval(call.args[2]) if len(call.args) > len(("name", "meaning")) else []
        for name, call in calls()
        if name in KINDS and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def alarms() -> set[str]:
    """The lines of level error and above; placeholders of the old style as the page has them."""
    lines = {
        call.args[0].value for name, call in calls() if name in ALARMS and call.args and isinstance(call.args[0], ast.Constant)
    }
    return {line.replace("%s %r", "<method> <path>") for line in lines if isinstance(line, str)}


def sentences() -> set[str]:
    """The constant parts of what readiness can say."""
    functions = [
        node
        for path in RUN
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and re.search(r"problems|readiness|warning", node.name)
    ]
    texts = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.JoinedStr)]
    parts = [part.value for text in texts for part in text.values if isinstance(part, ast.Constant)]
    return {part.strip(" :") for part in parts if len(part.strip(" :")) >= SHORTEST}


def test_every_metric_has_its_row_and_labels() -> None:
    table = {name: [label for label in others[0].split(", ") if label] for name, others in rows("Metrics").items()}
    assert table == metrics()


def test_what_is_compared_is_there() -> None:
    assert len(metrics()) > 8
    assert len(alarms()) > 6
    assert len(sentences()) > 5


def test_every_alarm_has_its_row() -> None:
    assert set(rows("Alarms in the log")) == alarms()


def test_every_row_leads_to_what_to_do() -> None:
    headings = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#{2,3} (.+)$", PAGE, re.MULTILINE)
    }
    for title in ("What readiness says", "Alarms in the log"):
        for row, cells in rows(title).items():
            links = re.findall(r"\]\(#([\w-]+)\)", cells[-1])
            assert links, row
            assert set(links) <= headings, row


def test_every_readiness_sentence_is_explained() -> None:
    explained = section("What readiness says")
    assert [sentence for sentence in sorted(sentences()) if sentence not in explained] == []


def test_every_exit_code_has_its_row() -> None:
    codes = re.findall(r"^\| (\d+) \|", section("Start and stop"), re.MULTILINE)
    assert codes == [str(int(code)) for code in ExitCode]
