"""Who takes part is read from the sample's files: every desk that may receive, with the papers of the version in force."""

from bench.lifecycle.cast import Cast, Desk, sample_desks, with_online


def test_every_clerk_of_a_receiving_unit_has_a_desk() -> None:
    desks = list(sample_desks())
    assert {desk.unit for desk in desks} == {"000.00.01.H99", "000.00.21.H99", "H99.21.05.13", "P99.21.01"}
    assert {desk.clerk for desk in desks} == {"cb001", "cb005", "cb006", "cb008", "cb010", "cb012", "cb014"}
    assert {desk.leader for desk in desks} == {"cb007", "cb009", "cb011"}
    assert len(desks) == len(set(desks))


def test_a_desk_has_the_papers_that_are_required_now() -> None:
    desks = [desk for desk in sample_desks() if desk.procedure == "1.900051" and desk.clerk == "cb001"]
    assert desks == [Desk(unit="000.00.01.H99", procedure="1.900051", papers=("giay-de-nghi",), clerk="cb001", leader="cb007")]


def test_who_decides_for_itself_is_led_by_its_own_leader() -> None:
    assert {desk.leader for desk in sample_desks() if desk.procedure == "1.900031"} == {"cb011"}


def test_online_goes_what_is_offered_online() -> None:
    cast = with_online(Cast(tuple(sample_desks()), {}), 0.9)
    assert cast.online == 0.9
    assert {desk.procedure for desk in cast.desks} - {desk.procedure for desk in cast.desks_online} == {"2.900033"}


def test_what_a_leader_signs_takes_more_than_one_call_and_is_left_out() -> None:
    assert not {desk.procedure for desk in sample_desks()} & {"1.900032", "1.900041"}
