"""Passwords that anybody would try first are refused, and what was typed as a user name is counted without being kept."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else on paper or by telephone


class ContextWordValidator:
    """Refuses passwords that contain a word of the unit: its name, city, number prefix, or the usual words of the trade."""

    WORDS = ("zhishou", "zhiban", "tianshui", "wenhua", "zhifa", "12345", "12318", "12301")

    def validate(self, password, user=None):
        """Raise ValidationError when the password holds such a word; case does not matter."""
        words = [*self.WORDS, settings.UNIT_NAME.lower(), settings.CITY_NAME.lower(), settings.DEMO_PASSWORD.lower()]
        if any(word and word in password.lower() for word in words):
            raise ValidationError(
                _("The password contains a word that anybody here would try first."), code="context_word"
            )

    def get_help_text(self):
        return _("Your password can’t contain words of this office.")


def temporary_password():
    """A random password to be read out once and changed at the first sign-in (four groups of four, about 79 bits)."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _letter in range(4)) for _group in range(4))


def account_key(request, credentials=None):
    """What the lock-out counts under: a keyed hash of the user name as it was typed. People type passwords into that field.

    The signature is that of `AXES_USERNAME_CALLABLE`."""
    name = (credentials or {}).get("username") or (request.POST.get("username", "") if request is not None else "")
    return lock_key(name)


def lock_key(username):
    """The name under which the lock-out keeps the failures of this user name."""
    return salted_hmac("enforcement.lockout", username).hexdigest()
