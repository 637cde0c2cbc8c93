"""Whose request it is: the proxy of the house is believed, everybody else is not."""

import pytest
from django.test import Client

from enforcement.middleware import client_address
from enforcement.models import AuditEntry


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "address"),
    [
        ([], "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (["127.0.0.1"], "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (["127.0.0.1"], "127.0.0.1", "1.2.3.4", "1.2.3.4"),
        (["127.0.0.1"], "127.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.7", "1.2.3.4"),
        (["127.0.0.1"], "127.0.0.1", "1.2.3.4, nonsense", "127.0.0.1"),
        (["127.0.0.1"], "127.0.0.1", "", "127.0.0.1"),
        (["127.0.0.1"], "127.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
        (["::1"], "::1", "2001:db8::1", "2001:db8::1"),
        (["127.0.0.1"], "::ffff:127.0.0.1", "1.2.3.4", "1.2.3.4"),
        (["unix"], "", "1.2.3.4", "1.2.3.4"),
        ([], "", "1.2.3.4", "127.0.0.1"),
        (["127.0.0.0/8"], "127.0.0.1", "127.0.0.2", "127.0.0.2"),
    ],
)
def test_the_rightmost_address_that_is_not_ours(settings, trusted, peer, forwarded, address):
    settings.TRUSTED_PROXIES = trusted
    assert client_address(peer, forwarded) == address


def test_the_trail_has_the_address_of_the_person(settings, leader):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    client = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "9.9.9.9, 1.2.3.4"})
    client.post("/login/", {"username": "leader", "password": "right-horse-battery"})
    assert AuditEntry.objects.get(act="sign_in").address == "1.2.3.4"


def test_a_command_has_no_address(leader):
    assert leader.leave_trail("export").address == ""
