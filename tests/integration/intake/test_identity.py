"""One person in every notation, through every door; what is no number is refused, what others send is kept, old rows follow."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from services.intake.adapters.keys import keys_of
from services.intake.background.hashes import AT_A_TIME, hash_some_anew
from services.intake.domain.dossier import dossier_of_collection
from tests.support.intake_events import APPLICANT, collected, new_dossier
from tests.support.intake_world import Intake
from tests.support.reference_data import INSURANCE_CARD

NOTATIONS = ("034.085.005.555", "034 085 005 555", "０３４０８５００５５５５", "034085005555")


def person(number: str, **more: Any) -> dict[str, Any]:
    return APPLICANT | {"identity_number": number} | more


async def known(intake: Intake, number: str, kind: str = "") -> dict[str, Any]:
    answer = await intake.get(f"/applicants?identity_number={quote(number)}" + (f"&identity_kind={kind}" if kind else ""))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def listed(intake: Intake, typed: str) -> list[str]:
    return [line["id"] for line in (await intake.get(f"/dossiers?q={quote(typed)}")).json()["dossiers"]]


async def test_one_identity_in_many_notations_is_one_person(intake: Intake) -> None:
    ids = {(await intake.receive(applicant=person(number)))["id"] for number in NOTATIONS[:2]}
    ids |= {(await intake.submit(procedure=INSURANCE_CARD, applicant=person(number)))["id"] for number in NOTATIONS[2:]}
    for number in NOTATIONS:
        assert set(await listed(intake, number)) == ids
        assert (await known(intake, number))["applicant"]["identity_number"] == "034085005555"
    hashes = await intake.rows("SELECT DISTINCT identity_index FROM person WHERE dossier = ANY(:ids)", ids=list(ids))
    assert len(hashes) == 1


async def test_a_telephone_with_its_country_and_its_zero_is_one_number(intake: Intake) -> None:
    received = await intake.receive(applicant=person("034085006666", telephone="+84 0977 111 222"))
    assert (await intake.get(f"/dossiers/{received['id']}")).json()["applicant"]["telephone"] == "+84977111222"
    for typed in ("0977111222", "+84 0977 111 222", "0977\u2011111\u2011222"):
        assert await listed(intake, typed) == [received["id"]]


REFUSED = [
    ({"identity_number": "abc"}, "identity_number"),
    ({"identity_number": "123"}, "identity_number"),
    ({"identity_number": "123456789012345"}, "identity_number"),
    ({"identity_number": "000000000000"}, "identity_number"),
    ({"identity_number": "0340850055", "identity_kind": "citizen_card"}, "identity_number"),
    ({"identity_kind": "library_card"}, "identity_kind"),
    ({"telephone": "097711122"}, "telephone"),
    ({"telephone": "0000000000"}, "telephone"),
    ({"name": "\u200b"}, "name"),
    ({"name": "Lê\nVăn A"}, "name"),
    ({"name": "Lê \u202eVăn A"}, "name"),
    ({"address": "Thôn\u2028Mẫu"}, "address"),
]


@pytest.mark.parametrize(("given", "field"), REFUSED)
async def test_what_cannot_be_is_refused_at_each_door_in_both_languages(
    intake: Intake, given: dict[str, Any], field: str
) -> None:
    body = new_dossier(procedure=INSURANCE_CARD, applicant=APPLICANT | given)
    online = {name: value for name, value in body.items() if name != "accept"}
    for answer in (await intake.post("/dossiers", body), await intake.online("/submissions", online)):
        (problem,) = answer.json()["errors"]
        assert (answer.status_code, problem["field"]) == (422, f"applicant.{field}")
        assert problem["vi"] != problem["en"]


async def test_a_name_spelt_in_parts_is_kept_as_every_other(intake: Intake) -> None:
    received = await intake.receive(applicant=person("034085007777", name="Nguye\u0302\u0303n Thi\u0323 Thu\u031b\u0309"))
    assert (await intake.get(f"/dossiers/{received['id']}")).json()["applicant"]["name"] == "Nguyễn Thị Thử"


async def test_province_and_century_are_a_warning_beside_the_answer(intake: Intake) -> None:
    received = await intake.receive(applicant=person("099227005555"))
    assert [(warning["field"], "vi" in warning, "en" in warning) for warning in received["warnings"]] == [
        ("identity_number", True, True)
    ] * 2
    assert len((await known(intake, "099 227 005 555"))["warnings"]) == 2
    assert (await intake.receive(applicant=person("034085005555")))["warnings"] == []


async def test_a_passport_with_digits_only_is_not_the_old_card_of_somebody_else(intake: Intake) -> None:
    card = await intake.receive(applicant=person("548201337", name="Phạm Có Thẻ"))
    passport = await intake.receive(applicant=person("548201337", identity_kind="passport", name="Ann Abroad"))
    assert (await known(intake, "548201337"))["applicant"]["name"] == "Phạm Có Thẻ"
    assert (await known(intake, "548-201-337", "passport"))["applicant"]["name"] == "Ann Abroad"
    assert set(await listed(intake, "548201337")) == {card["id"], passport["id"]}


async def test_what_the_post_sends_without_a_shape_is_kept_and_seen(intake: Intake) -> None:
    sent = person("CMND số 12/3", name="Vũ\u202e Thị\nBưu\u200b", telephone="0299382101")
    await intake.consume("c-odd-number", collected(intake.keys, sent))
    seen = (await intake.get(f"/dossiers/{dossier_of_collection('c-odd-number')}")).json()["applicant"]
    assert (seen["identity_kind"], seen["identity_number"]) == ("other", "CMNDS-12-3")
    assert (seen["name"], seen["telephone"]) == ("Vũ Thị Bưu", "+84299382101")
    await intake.consume("c-card", collected(intake.keys, person("034 085 008 888")))
    assert await listed(intake, "034.085.008.888") == [dossier_of_collection("c-card")]


async def test_of_a_parcel_from_nobody_to_be_seen_the_event_is_kept_as_a_dead_letter(intake: Intake) -> None:
    await intake.consume("c-nobody", collected(intake.keys, person("034085005555", name="\u200b\u3164")))
    ((state, reason),) = await intake.parked("c-nobody")
    assert (state, reason.split(":")[0]) == ("dead", "applicant-unreadable")


INSERT_OLD = text("""
    INSERT INTO person (dossier, sealed, identity_index, telephone_index, secret_sealed, secret_index)
    VALUES (:d, :s, :i, :t, :secret, 'y')
""")


async def make_old(intake: Intake, dossier: str, number: str, telephone: str) -> None:
    """As the release before wrote it: the number as typed, hashed as typed, and no word about a form."""
    keys = keys_of(intake.settings)
    sealed = keys.seal(dossier, json.dumps(person(number, telephone=telephone)).encode())
    values = {"d": dossier, "s": sealed, "i": keys.index("identity", number), "t": keys.index("telephone", telephone)}
    values["secret"] = keys.seal(f"{dossier}/secret", b"7K3Q-9XAB")
    async with intake.database.begin() as connection:
        await connection.execute(text("DELETE FROM person WHERE dossier = :d"), values)
        await connection.execute(INSERT_OLD, values)


async def test_people_taken_in_by_older_rules_are_found_by_todays(intake: Intake) -> None:
    old, today = [(await intake.receive(applicant=person("034085009999")))["id"] for _ in range(2)]
    await make_old(intake, old, "034.085.009.999", "+840977333444")
    assert await listed(intake, "034085009999") == [today]
    assert await listed(intake, "0977333444") == []
    assert old not in await listed(intake, APPLICANT["name"])
    assert await hash_some_anew(intake.app.state.process) == 1
    assert set(await listed(intake, "034085009999")) == {old, today}
    assert await listed(intake, "0977333444") == [old]
    assert old in await listed(intake, APPLICANT["name"])
    assert (await intake.get(f"/dossiers/{old}")).json()["applicant"]["identity_number"] == "034085009999"
    assert await hash_some_anew(intake.app.state.process) == 0


async def test_who_cannot_be_read_any_more_does_not_hold_up_the_others(intake: Intake) -> None:
    damaged, old = [(await intake.receive(applicant=person("034085001111")))["id"] for _ in range(2)]
    for dossier in (damaged, old):
        await make_old(intake, dossier, "034.085.001.111", "+84977333555")
    async with intake.database.begin() as connection:
        await connection.execute(text("UPDATE person SET sealed = '\\x01' WHERE dossier = :d"), {"d": damaged})
    assert await hash_some_anew(intake.app.state.process) == 2 < AT_A_TIME
    rows = await intake.rows(
        "SELECT dossier FROM person WHERE identity_index = :i", i=keys_of(intake.settings).index("identity", "034085001111")
    )
    assert [row.dossier for row in rows] == [old]
    assert await hash_some_anew(intake.app.state.process) == 0
