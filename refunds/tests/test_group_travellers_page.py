"""Travellers on the page of a group: kept, masked everywhere, revealed with a reason in one answer."""

import logging
import re

import pytest

from refunds.tests.group_page import act, page_of, ten_people
from refunds.tests.seeing import field_error, value_of

NAME, NUMBER = "吴十九", "13900004444"


@pytest.fixture
def group(agency, clerk):
    return ten_people(agency, clerk)


def test_a_traveller_is_kept_and_everywhere_masked(group, signed_in, clerk, leader, caplog):
    client = signed_in(clerk)
    with caplog.at_level(logging.DEBUG):
        answer = act(client, group, "traveller", name=NAME, number=NUMBER)
    assert answer.status_code == 302
    assert NAME not in answer["Location"] and NUMBER not in answer["Location"]
    for officer in (clerk, leader):
        page = page_of(signed_in(officer), group)
        assert "139****4444" in page and NUMBER not in page and NAME not in page
    assert NUMBER not in caplog.text and NAME not in caplog.text


def test_a_traveller_without_a_number_is_refused_beside_the_field(group, signed_in, clerk):
    for number in ("", "没有"):
        answer = act(signed_in(clerk), group, "traveller", name=NAME, number=number)
        page = answer.content.decode()
        assert answer.status_code == 422 and field_error(page, "traveller_number")
        assert value_of(page, "traveller_name") == NAME and answer["Cache-Control"].count("no-store") == 1


def test_a_traveller_is_revealed_with_a_reason_in_this_answer_only(group, signed_in, clerk, caplog):
    traveller = group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    client, path = signed_in(clerk), f"/refunds/travellers/{traveller.pk}/reveal/"
    refused = client.post(path, {"reason": " "})
    assert refused.status_code == 422 and NUMBER not in refused.content.decode() and not traveller.views.exists()
    with caplog.at_level(logging.DEBUG):
        answer = client.post(path, {"reason": "回访核实"})
    page = answer.content.decode()
    assert NAME in page and NUMBER in page and "no-store" in answer["Cache-Control"]
    assert NAME not in re.search(r"<title>.*?</title>", page, re.S)[0]
    assert [(view.by, view.reason) for view in traveller.views.all()] == [(clerk, "回访核实")]
    assert NUMBER not in caplog.text and NAME not in caplog.text


def test_who_may_not_see_travellers_is_refused(group, signed_in, clerk, duty_officer, auditor):
    traveller = group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    for officer in (duty_officer, auditor):
        assert (
            signed_in(officer).post(f"/refunds/travellers/{traveller.pk}/reveal/", {"reason": "看看"}).status_code
            == 403
        )
    assert not traveller.views.exists()


def test_an_anonymised_traveller_has_nothing_to_reveal(group, signed_in, clerk):
    traveller = group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    traveller.anonymise()
    client = signed_in(clerk)
    assert "/reveal/" not in page_of(client, group)
    assert client.post(f"/refunds/travellers/{traveller.pk}/reveal/", {"reason": "回访"}).status_code == 422
