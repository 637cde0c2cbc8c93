"""Where an officer lands after signing in."""

import datetime

from django.urls import reverse

from venues.models import ClosureOrder


def test_leaders_and_the_bureau_begin_at_the_dashboard(order, leader, viewer, signed_in):
    for officer in (leader, viewer):
        assert signed_in(officer).get(reverse("home")).url == reverse("dashboard")


def test_with_one_order_in_force_its_board_is_an_inspectors_first_page(order, inspector, signed_in):
    assert signed_in(inspector).get(reverse("home")).url == order.get_absolute_url()


def test_a_duty_officer_begins_at_the_desk(order, duty_officer, signed_in):
    assert signed_in(duty_officer).get(reverse("home")).url == reverse("complaints:desk")


def test_with_several_orders_their_list_is(order, leader, inspector, category, ktv, signed_in):
    second = ClosureOrder.objects.create(
        number="2", title="第二号", issued_at=order.issued_at, effective_at=order.issued_at,
        deadline_at=order.issued_at + datetime.timedelta(hours=4), created_by=leader,
    )  # fmt: skip
    second.categories.set([category("song_dance")])
    second.activate(by=leader, typed_total=1, at=order.issued_at)
    assert signed_in(inspector).get(reverse("home")).url == reverse("venues:orders")


def test_who_may_not_see_boards_lands_where_he_may_go(order, clerk, administrator, signed_in):
    assert signed_in(clerk).get(reverse("home")).url == reverse("refunds:board")
    assert signed_in(administrator).get(reverse("home")).url == reverse("admin:index")


def test_an_officer_without_a_role_is_told_so(duty_officer, signed_in):
    duty_officer.groups.clear()
    assert signed_in(duty_officer).get(reverse("home")).status_code == 200
