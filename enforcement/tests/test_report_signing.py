"""A leader signs the report in three clicks from his first page: in a real browser, wide and on a telephone."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from complaints.tests.calling import enter
from enforcement.models import DailyReport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": {"width": 1366, "height": 768}, "telephone": {"width": 390, "height": 844}}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_three_clicks_from_the_first_page_to_the_signature(
    browser, live_server, signed_in, leader, duty_officer, size, scripts
):
    draft = DailyReport.objects.draft(by=duty_officer, as_of=timezone.now() - datetime.timedelta(hours=1))
    context = browser.new_context(viewport=SIZES[size], java_script_enabled=scripts, locale="en")
    page = enter(context.new_page(), live_server, signed_in(leader))
    clicks = []

    def click(target):
        expect(target).to_have_count(1)
        target.click()
        clicks.append(page.url)

    page.goto(live_server.url)
    click(page.locator(f'a[href="{draft.get_absolute_url()}"]'))
    click(page.locator('form[action*="/review/"] button'))
    click(page.locator('form[action*="/sign/"] button'))
    expect(page.locator("#paper")).to_contain_text(leader.name)
    context.close()
    draft.refresh_from_db()
    assert (draft.state, draft.signed_by, draft.number, len(clicks)) == ("signed", leader, 1, 3)
