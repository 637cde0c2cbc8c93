"""Short hands for the tests about calls: what a call form sends, a browser that is signed in."""

import uuid

from complaints.models import Channel, Complaint, Topic

CALL = "/calls/new/"


def typed(**fields):
    """The smallest call that may be saved, as the form sends it; a field that is None is left out."""
    base = {
        "channel": Channel.objects.get(slug="unit_phone").pk, "number": "13900001111",
        "topic": Topic.objects.get(slug="outdoor").pk, "place": "体育场东门", "content": "有人摆游戏机",
        "confidential": "on", "wants_reply": "on",
    }  # fmt: skip
    return {name: value for name, value in (base | fields).items() if value is not None}


def registered(officer, **fields):
    """A complaint of this officer about an outdoor place."""
    values = {"number": "13900002222", "place": "体育场东门", "ongoing": "yes", "content": "有人摆游戏机"} | fields
    values.setdefault("channel", Channel.objects.get(slug="unit_phone"))
    values.setdefault("topic", Topic.objects.get(slug="outdoor"))
    return Complaint.objects.register(by=officer, client_id=uuid.uuid4(), **values)


def enter(page, live_server, client):
    """The browser takes over the session of this test client."""
    cookies = [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    page.context.add_cookies(cookies)
    return page
