"""The matrix of the board on a telephone, in a real browser: nothing of it is hidden beside the screen, and links look like links."""

import pytest

from refunds.tests.making import group_of


@pytest.fixture
def phone(page, live_server, signed_in, clerk, agency):
    group_of(agency, "A-01", by=clerk, heads=299)
    group_of(agency, "A-02", by=clerk, heads=120, market="outbound")
    group_of(agency, "A-03", by=clerk, heads=240, role="receiver")
    cookies = signed_in(clerk).cookies.items()
    page.context.add_cookies([{"name": name, "value": one.value, "url": live_server.url} for name, one in cookies])
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + "/refunds/")
    return page


def test_every_cell_stands_on_the_screen_with_the_name_of_its_column(phone):
    cells = phone.locator(".matrix td")
    assert cells.count() >= 20
    assert phone.eval_on_selector(".scroll:has(.matrix)", "e => e.scrollWidth - e.clientWidth") <= 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    edges = cells.evaluate_all("all => all.map(cell => cell.getBoundingClientRect().right)")
    assert max(edges) <= 390
    names = cells.evaluate_all("all => all.map(cell => getComputedStyle(cell, '::before').content)")
    assert all(name not in ("none", "normal", '""') for name in names)


def test_every_number_that_leads_somewhere_is_underlined(phone):
    looks = phone.locator(".matrix td a").evaluate_all("all => all.map(a => getComputedStyle(a).textDecorationLine)")
    assert len(looks) >= 8
    assert set(looks) == {"underline"}
