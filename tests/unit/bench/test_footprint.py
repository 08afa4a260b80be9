"""An amount is the sum of its parts, and its ratio is to its limit."""

from bench.footprint import Footprint


def test_parts_add_up_and_the_dearest_comes_first() -> None:
    shown = Footprint(name="idle", what="CPU", unit="cores", by_part={"a": 0.01, "b": 0.03}, limit=0.08).as_json()
    assert (shown["amount"], shown["ratio"], shown["limit"], shown["unit"]) == (0.04, 0.5, 0.08, "cores")
    assert list(shown["by_part"].items()) == [("b", 0.03), ("a", 0.01)]
    assert shown["ratio_of"] == "CPU, to the limit"
