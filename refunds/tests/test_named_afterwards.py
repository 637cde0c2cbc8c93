"""Who becomes known of a group after words about it were written is left out wherever they are read; the rows stay as they are."""

import io

import openpyxl
import pytest

from refunds.importing import template
from refunds.models import CallBackSample, Evidence
from refunds.tests import workbooks
from refunds.tests.group_page import NOW, page_of, ten_people
from venues.tests.forms import queries

NAME, NUMBER = "欧阳霜菊", "13900000257"
SAID = f"{NAME}本人来过"


@pytest.fixture
def group(agency, clerk, leader):
    """A group about which everything was said before its traveller was known."""
    group = ten_people(agency, clerk)
    said = dict.fromkeys(("route", "counterpart", "reason_text", "remark"), SAID)
    group.note_line(by=clerk, at=NOW, reason="other", **said)
    refund = group.enter_refund(by=clerk, heads=3, paid_on=NOW.date(), at=NOW, evidence_words=SAID)
    refund.confirm(by=leader, text=SAID, at=NOW)
    group.enter_refund(by=clerk, heads=2, paid_on=NOW.date(), at=NOW)
    refund.reverse(by=clerk, reason=SAID)
    claim = group.claim_deduction(by=clerk, amount=5, kind="visa", text=SAID, proof=SAID)
    claim.decide(by=leader, accepted=False, text=SAID)
    other = group.add_traveller(by=clerk, name="另一人", number="13900000258")
    sample = CallBackSample.objects.create(traveller=other, group=group, drawn_at=NOW, drawn_by=leader)
    sample.answer(by=leader, result="not_received", text=SAID)
    group.add_traveller(by=clerk, name=NAME, number=NUMBER)
    assert Evidence.objects.filter(text__contains=NAME).exists()  # facts are not changed
    return group


PAGES = (
    "/refunds/groups/", "/refunds/groups/?status=called_off", "/refunds/callbacks/?show=answered",
    "/refunds/queue/?list=taken_back", "/refunds/queue/?list=contradicted",
)  # fmt: skip


@pytest.mark.parametrize("place", PAGES)
def test_no_page_shows_the_name(place, group, signed_in, leader):
    answer = signed_in(leader).get(place)
    assert answer.status_code == 200 and NAME not in answer.content.decode()


def test_nor_do_the_pages_of_the_group_and_of_its_agency(group, agency, signed_in, leader):
    client = signed_in(leader)
    page = page_of(client, group)
    assert "本人来过" in page and NAME not in page
    assert NAME not in client.get(f"/refunds/agencies/{agency.pk}/").content.decode()
    assert NAME not in client.get(agency.get_absolute_url()).content.decode()


def test_nor_what_leaves_the_house(group, agency, signed_in, leader):
    content = b"".join(signed_in(leader).get("/refunds/groups/export/").streaming_content)
    out = io.BytesIO()
    template.write(agency, out)
    for book in (content, out.getvalue()):
        cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(book)) for row in sheet.values for cell in row]
        words = " ".join(str(cell) for cell in cells if cell)
        assert NAME not in words and "本人来过" in words


def test_a_sheet_that_says_the_same_again_says_nothing_new(agency, clerk):
    row = [*workbooks.group("A-01", refunded=4)[:-1], SAID]
    book = workbooks.workbook(row, licence=agency.licence_no, day="2020-01-28")
    workbooks.enter(book, by=clerk, at=workbooks.AT_28)
    agency.tour_groups.get().add_traveller(by=clerk, name=NAME, number=NUMBER)
    again = workbooks.workbook(row, licence=agency.licence_no, day="2020-01-31")
    (found,) = workbooks.looked_at(again).rows
    assert found.action == "same" and NAME not in repr(found.said)


def test_the_pages_ask_as_often_for_many_travellers_as_for_few(group, clerk, signed_in, leader):
    client, place = signed_in(leader), f"/refunds/groups/{group.pk}/"
    few = queries(client, place)
    for number in range(5):
        group.add_traveller(by=clerk, name=f"某甲{number}", number=f"1390000030{number}")
    assert queries(client, place) == few
