"""A licence is read however it is written, and what is not known or not allowed is said, never passed over."""

from pathlib import Path

import pytest
from packageurl import PackageURL

from deploy.audit.answers import Answers
from deploy.audit.component import Component
from deploy.audit.licences import judge
from deploy.audit.spdx import from_words, licences_of

ANSWERS = """
allowed = [{licence = "MIT", reason = "r"}, {licence = "BSD-2-Clause", reason = "r"}]
licence = [{key = "pkg:pypi/silent", is = "MIT", reason = "r"}, {key = "pkg:pypi/grave", is = "GPL-3.0-only", reason = "r"}]
unjudged = [{key = "pkg:golang/*", reason = "no program says it"}]
"""


def answers(tmp_path: Path, text: str = ANSWERS) -> Answers:
    file = tmp_path / "answers.toml"
    file.write_text(text)
    return Answers.read(file)


def component(purl: str, licence: str | None = None) -> Component:
    return Component(purl=PackageURL.from_string(purl), use="run", licence=licence)


@pytest.mark.parametrize(
    ("texts", "spdx"),
    [
        (["MIT License"], "MIT"),
        (["Apache 2"], "Apache-2.0"),
        (["https://www.apache.org/licenses/LICENSE-2.0.txt"], "Apache-2.0"),
        (['"Apache-2.0";link="https://www.apache.org/licenses/LICENSE-2.0.txt"'], "Apache-2.0"),
        (["https://opensource.org/licenses/BSD-2-Clause;description=BSD 2-Clause License"], "BSD-2-Clause"),
        (["Dual License", "BSD License", "Apache Software License"], "Apache-2.0"),
        (["UNKNOWN", "ISC License (ISCL)"], "ISC"),
        (["MIT", "MIT License", "Apache Software License"], "MIT OR Apache-2.0"),
        (["Mozilla Public License 2.0 (MPL 2.0)"], "MPL-2.0"),
        (["PSFL"], "PSF-2.0"),
        (["BSD License"], None),
        (["limited permission"], None),
        ([""], None),
        ([], None),
    ],
)
def test_words_of_a_licence_are_read(texts: list[str], spdx: str | None) -> None:
    assert from_words(texts) == spdx


def test_an_expression_is_taken_apart_into_ways() -> None:
    assert licences_of("MIT") == [["MIT"]]
    assert licences_of("MIT AND PSF-2.0") == [["MIT", "PSF-2.0"]]
    assert sorted(licences_of("(MIT OR Apache-2.0) AND ISC")) == [["Apache-2.0", "ISC"], ["ISC", "MIT"]]
    assert licences_of("GPL-2.0-only WITH Classpath-exception-2.0") == [["GPL-2.0-only WITH Classpath-exception-2.0"]]


@pytest.mark.parametrize("licence", ["MIT", "GPL-3.0-only OR MIT", "MIT AND BSD-2-Clause"])
def test_one_allowed_way_is_enough(tmp_path: Path, licence: str) -> None:
    report = judge([component("pkg:pypi/fine@1", licence)], answers(tmp_path))
    assert (report.allowed, report.findings) == (1, [])


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "MIT AND GPL-3.0-only", "free for all"])
def test_what_is_not_allowed_is_said_with_its_version(tmp_path: Path, licence: str) -> None:
    report = judge([component("pkg:pypi/grave@1", licence)], answers(tmp_path))
    assert report.allowed == 0
    assert report.findings == [f"pkg:pypi/grave@1: {licence} is not among the licences allowed in answers.toml"]


def test_what_states_no_licence_has_an_answer_or_is_said(tmp_path: Path) -> None:
    asked = [component(f"pkg:{name}@1") for name in ("pypi/silent", "pypi/grave", "pypi/new", "golang/a.b/c", "golang/d")]
    report = judge(asked, answers(tmp_path))
    assert report.allowed == 1
    assert report.unjudged == {"no program says it": 2}
    assert [finding.split(": ")[0] for finding in report.findings] == ["pkg:pypi/grave@1", "pkg:pypi/new@1"]


def test_an_answer_that_nothing_asks_for_is_said(tmp_path: Path) -> None:
    given = answers(tmp_path)
    judge([component("pkg:pypi/silent@1"), component("pkg:golang/d@1")], given)
    assert given.unused() == [
        "answers.toml, allowed: nothing asks for BSD-2-Clause",
        "answers.toml, licence: nothing asks for pkg:pypi/grave, GPL-3.0-only",
    ]


@pytest.mark.parametrize("reason", ["", 'reason = " "', 'reason = ""'])
def test_an_answer_without_a_reason_is_refused(tmp_path: Path, reason: str) -> None:
    with pytest.raises(SystemExit, match=r"answers.toml: no reason is given in .*MIT"):
        answers(tmp_path, f'[[allowed]]\nlicence = "MIT"\n{reason}\n')
