"""What `make mutation` judges is what must be pure and exact: worktime, contracts, folding, and the domain of every service."""

import pytest

from tests.mutation import planted
from tests.mutation.__main__ import Score, read_equivalents, stale
from tests.mutation.mutants import where
from tests.mutation.plan import ROOT, Package, read_plan

PLAN = read_plan()


def test_every_pure_room_is_judged() -> None:
    domains = {f"services/{path.parent.name}" for path in (ROOT / "services").glob("*/domain")}
    expected = {"worktime", "contracts", "messaging/folding"} | domains
    assert set(PLAN.packages) == expected, "name it under [tool.mutation.packages] in pyproject.toml"


@pytest.mark.parametrize("package", PLAN.packages.values(), ids=PLAN.packages.keys())
def test_patterns_and_tests_lead_somewhere(package: Package) -> None:
    assert all(list(ROOT.glob(pattern)) for pattern in package.mutate)
    assert all((ROOT / path).exists() for path in package.tests)
    for test in package.leave_out:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_every_answer_names_a_module_that_is_there() -> None:
    modules = {answer[0].partition(":")[0] for answer in read_equivalents()}
    assert all((ROOT / f"{module.replace('.', '/')}.py").is_file() for module in modules)


@pytest.mark.parametrize("mutant", planted.read_table(), ids=lambda mutant: mutant.why[:40])
def test_what_is_planted_by_hand_stands_there_once_and_its_tests_exist(mutant: planted.Planted, tmp_path) -> None:
    code = (ROOT / mutant.file).read_text(encoding="utf-8")
    (tmp_path / mutant.file).parent.mkdir(parents=True)
    (tmp_path / mutant.file).write_text(code, encoding="utf-8")
    mutant.plant(tmp_path)
    assert (tmp_path / mutant.file).read_text(encoding="utf-8") != code
    with pytest.raises(ValueError, match="0 times"):
        mutant.plant(tmp_path)
    for test in mutant.tests:
        path, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "stands_in"),
    [
        ("worktime.civil.x_read_clock__mutmut_4", "worktime.civil:read_clock"),
        ("worktime.wording.x__limit__mutmut_12", "worktime.wording:_limit"),
        ("worktime.days.xǁShiftǁ__post_init____mutmut_4", "worktime.days:Shift.__post_init__"),
    ],
)
def test_a_mutant_s_name_says_where_it_stands(name: str, stands_in: str) -> None:
    assert where(name) == stands_in


def test_a_score_is_rounded_down_and_leaves_the_equivalent_out() -> None:
    score = Score("x", mutants=10_005, killed=8_496, timeouts=3, equivalent=5, survived=1_501, seconds=1)
    assert score.percent == 84.9
    assert "84.9 %" in str(score)


def test_an_answer_that_fits_no_survivor_is_stale(tmp_path) -> None:
    class Judged(Package):
        folder = tmp_path

    (tmp_path / "worktime").mkdir()
    (tmp_path / "worktime" / "days.py").touch()
    used, left, elsewhere = (("worktime.days:f", "a", "b"), ("worktime.days:f", "a", "c"), ("contracts.values:f", "a", "b"))
    answers = dict.fromkeys((used, left, elsewhere), "why")
    assert stale(answers, [Judged("worktime", ("worktime/*.py",), ())], {used}) == [left]
