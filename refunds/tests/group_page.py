"""The page of one group as tests use it: a group to act on, the page, the acts that its forms send."""

import datetime
import io

from django.utils import timezone

from refunds.tests.making import group_of
from refunds.tests.seeing import sent

NOW = timezone.now().replace(microsecond=0) - datetime.timedelta(days=2)


def ten_people(agency, clerk):
    """A group of ten people, called off two days ago, 1,000 yuan due."""
    day = NOW.date()
    return group_of(
        agency, by=clerk, at=NOW, depart_on=day + datetime.timedelta(days=3), return_on=None, amount_due="1000.00"
    )


def page_of(client, group, **asked):
    answer = client.get(f"/refunds/groups/{group.pk}/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client, group, name, /, **fields):
    return sent(client, f"/refunds/groups/{group.pk}/{name}/", **fields)


def refund(client, group, **fields):
    said = {"seen": group.mark, "heads": 3, "paid_on": timezone.localdate().isoformat()} | fields
    return act(client, group, "refund", **said)


def paper(name="收据.pdf"):
    file = io.BytesIO(b"%PDF-1.4 paper")
    file.name = name
    return file


def row_act(client, kind, row, name, /, **fields):
    return sent(client, f"/refunds/{kind}/{row.pk}/{name}/", **fields)
