"""Start-up checks with ids `complaints.E…`: callers are encrypted with keys of their own before anybody telephones."""

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import Error, Tags, register

HASH_KEY_LENGTH = 32


@register(Tags.security)
def check_caller_keys(app_configs=None, **kwargs):
    """In production both keys are set; wherever they are set they can be used, and none of them is the secret of the sessions.
    No message quotes a key."""
    return [Error(message, id=f"complaints.E{number:03d}") for number, message in _faults()]


def _faults():
    keys, hash_key = settings.CALLER_KEYS, settings.CALLER_HASH_KEY
    if settings.PRODUCTION and not keys:
        yield 1, "CALLER_KEYS is not set: without it nobody's number can be kept. Make one with Fernet.generate_key()."
    if any(not _is_key(key) for key in keys):
        yield (
            2,
            "CALLER_KEYS holds something that is no key: each is 32 bytes in URL-safe base64, as of Fernet.generate_key().",
        )
    if settings.PRODUCTION and not hash_key:
        yield 3, f"CALLER_HASH_KEY is not set: {HASH_KEY_LENGTH} random characters or more, never changed afterwards."
    if hash_key and (len(hash_key) < HASH_KEY_LENGTH or len(set(hash_key)) < 10):
        yield 4, f"CALLER_HASH_KEY is too short or too plain: {HASH_KEY_LENGTH} random characters or more."
    if hash_key and hash_key in (settings.SECRET_KEY, *keys):
        yield 5, "CALLER_HASH_KEY is also used for something else: give it a value of its own."


def _is_key(key):
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
