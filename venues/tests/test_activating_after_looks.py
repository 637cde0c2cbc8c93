"""What was seen between the issue of an order and its activation counts from the first moment."""

import datetime
import uuid

from venues.models import ClosureOrder, Inspection, Target
from venues.standing import Standing


def test_a_look_before_the_activation_is_in_the_cache_of_the_new_target(leader, inspector, netbar, category):
    issued = datetime.datetime(2020, 1, 24, 8, 30, tzinfo=datetime.UTC)
    order = ClosureOrder.objects.create(
        number="1", title="紧急通知", issued_at=issued, effective_at=issued, deadline_at=issued + datetime.timedelta(hours=4),
        created_by=leader,
    )  # fmt: skip
    order.categories.set([category("internet_cafe")])
    seen = issued + datetime.timedelta(minutes=10)
    Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, leader], observed_at=seen, result="closed",
        recorded_at=seen,
    )  # fmt: skip
    order.activate(by=leader, typed_total=1, at=issued + datetime.timedelta(minutes=20))
    assert Target.objects.get().last_look_at == seen
    assert Standing(order, issued + datetime.timedelta(minutes=30)).closed == 1
