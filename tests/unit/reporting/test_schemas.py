"""The answers name every number of the form, and no other."""

from services.reporting.domain.figures import Measure
from services.reporting.schemas import FormNumbers


def test_the_numbers_of_an_answer_are_those_of_the_form():
    assert list(FormNumbers.model_fields) == [*Measure, "on_time_rate"]
