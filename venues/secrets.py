"""What keeps people secret at rest (callers, travellers): encryption with keys that can be rotated, and a keyed hash to find a number again.

To rotate, put a new key in front of CALLER_KEYS: it encrypts from then on, the old ones still open what they wrote.
CALLER_HASH_KEY stays the same for good: with another one, earlier people are not found by their number any more.
"""

import base64
import functools
import hashlib
import hmac
import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from venues.cleaning import LANDLINE, MOBILE, clean_phone, clean_text
from venues.transitions import Refused

LONGER_THAN_LOCAL = 10  # digits of an area code without its 0 and a local number


@functools.lru_cache(maxsize=4)
def _fernet(keys):
    return MultiFernet([Fernet(key) for key in keys])


def _opener():
    """The keys at work: of the setting CALLER_KEYS; in development one derived from the secret. Refused where there is none."""
    if not settings.CALLER_KEYS and settings.PRODUCTION:
        raise Refused(
            _("Names and numbers can be neither kept nor read: CALLER_KEYS is not set. Call the administrator.")
        )
    try:
        return _fernet(tuple(settings.CALLER_KEYS) or (_derived(),))
    except ValueError:
        sentence = _(
            "Names and numbers can be neither kept nor read: CALLER_KEYS holds no valid key. Call the administrator."
        )
        raise Refused(sentence) from None


def _derived():
    digest = hashlib.sha256(b"caller-encryption" + settings.SECRET_KEY.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()


def encrypt(text):
    """Ciphertext (str) of `text`; empty stays empty."""
    return _opener().encrypt(text.encode()).decode() if text else ""


def decrypt(token):
    """The text of a ciphertext; Refused when none of the keys opens it."""
    if not token:
        return ""
    try:
        return _opener().decrypt(token.encode()).decode()
    except InvalidToken:
        raise Refused(_("This name or number cannot be read: the key is not among CALLER_KEYS.")) from None


def number_hash(number):
    """Keyed hash (hex, 64 characters) of a number in whatever form it is typed, for looking it up; empty for none."""
    return keyed_hash(canonical(number))


def keyed_hash(text):
    """Keyed hash (hex, 64 characters) of a text, so that two of them can be compared and none be guessed; empty for none."""
    if not text:
        return ""
    if not settings.CALLER_HASH_KEY and settings.PRODUCTION:
        raise Refused(_("Numbers can be neither kept nor found: CALLER_HASH_KEY is not set. Call the administrator."))
    key = (settings.CALLER_HASH_KEY or "caller-hash" + settings.SECRET_KEY).encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def canonical(number):
    """The digits under which all spellings of one number are the same: no dashes, no blanks, no +86, no 0 before a mobile, but
    one before an area code."""
    digits = re.sub(r"\D", "", clean_phone(number))
    if digits[:1] == "0":
        return digits[1:] if MOBILE.fullmatch(digits[1:]) else digits
    is_long = len(digits) >= LONGER_THAN_LOCAL and not MOBILE.fullmatch(digits)
    return f"0{digits}" if is_long else digits  # +86 938 … has lost the 0 of its area code


def is_telephone(text):
    """Whether a text that should be the number of something else is a telephone number, in whatever form it is typed: a mobile,
    a landline with its area code, seven digits as they are dialled here. Long numbers that begin with a year are none."""
    plain = clean_text(text)
    if re.search(r"[^\d\s()+.‐‑‒–—―－-]", plain):
        return False
    digits = canonical(plain)
    with_area = re.match(r"[+(]|0", plain) and LANDLINE.fullmatch(digits)
    return bool(MOBILE.fullmatch(digits) or with_area or re.fullmatch(r"[2-8]\d{6}", digits))
