"""Every metric is declared once, with its meaning."""

from messaging import metrics


def test_metrics_are_declared_once_each_with_its_meaning() -> None:
    declared = [metric for name, metric in vars(metrics).items() if name.isupper()]
    names = [metric._name for metric in declared]
    assert len(names) == len(set(names))
    assert all(name.startswith("motcua_") for name in names)
    assert all(metric._documentation for metric in declared)
