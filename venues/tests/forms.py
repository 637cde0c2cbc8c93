"""Sending forms as the pages of the house send them: with a key of their own."""

import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext


def sent(client, url, fields, *, key=None, **extra):
    """POST the fields with a form key (a new one unless given)."""
    return client.post(url, {"form_key": str(key or uuid.uuid4()), **fields}, **extra)


def filled(response):
    """The text of a page that came as asked."""
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def queries(client, url):
    """How many queries the page costs, asked a second time (the first fills what the process keeps)."""
    filled(client.get(url))
    with CaptureQueriesContext(connection) as captured:
        filled(client.get(url))
    return len(captured)
