"""The keys of callers: rotated without loss, missed in words and never in a 500, demanded before production serves."""

import pytest
from cryptography.fernet import Fernet

from complaints import checks
from complaints.models import Caller, Complaint, Draft
from complaints.tests.calling import registered, typed
from complaints.tests.secret_callers import FIRST, LANDLINE, leaks
from venues.secrets import canonical, decrypt, encrypt, number_hash
from venues.tests.forms import filled, sent
from venues.transitions import Refused

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
HASH_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


def test_after_a_rotation_old_callers_can_be_read_and_new_ones_use_the_first_key(settings):
    settings.CALLER_KEYS = [OLD]
    old = encrypt(FIRST)
    settings.CALLER_KEYS = [NEW, OLD]
    new = encrypt(FIRST)
    assert decrypt(old) == decrypt(new) == FIRST
    assert Fernet(NEW).decrypt(new.encode()).decode() == FIRST
    settings.CALLER_KEYS = [NEW]
    assert decrypt(new) == FIRST
    with pytest.raises(Refused):
        decrypt(old)


def test_one_number_is_never_encrypted_the_same_twice():
    assert encrypt(FIRST) != encrypt(FIRST) and FIRST not in encrypt(FIRST)


def test_a_lost_key_is_told_in_words_and_writes_no_row(settings, signed_in, duty_officer):
    settings.CALLER_KEYS = [OLD]
    complaint = registered(duty_officer, number=FIRST, name="欧阳霜菊")
    settings.CALLER_KEYS = [NEW]
    desk = signed_in(duty_officer)
    answer = desk.post(f"/complaints/{complaint.number}/reveal/", {"reason": "回访"})
    assert answer.status_code == 422 and "CALLER_KEYS" in answer.content.decode()
    assert not complaint.caller.views.exists()
    complaint.note(by=duty_officer, text=f"仍可记录 {FIRST}")
    assert FIRST not in complaint.events.last().text
    filled(desk.get(f"/complaints/{complaint.number}/"))


@pytest.mark.parametrize("keys", [["no-key"], [""], []])
def test_without_a_key_a_call_is_refused_in_words_and_what_was_typed_stays(keys, settings, signed_in, duty_officer):
    settings.PRODUCTION, settings.CALLER_KEYS, settings.CALLER_HASH_KEY = True, keys, HASH_KEY
    desk = signed_in(duty_officer)
    answer = sent(desk, "/calls/new/", typed(number=FIRST))
    assert answer.status_code == 422 and "CALLER_KEYS" in answer.content.decode() and FIRST in answer.content.decode()
    assert sent(desk, "/calls/draft/", typed(number=FIRST)).status_code == 422
    assert not Complaint.objects.exists() and not Caller.objects.exists() and not Draft.objects.exists()


def test_without_the_hash_key_nothing_is_kept_or_found_in_production(settings, signed_in, duty_officer):
    settings.PRODUCTION, settings.CALLER_KEYS, settings.CALLER_HASH_KEY = True, [NEW], ""
    desk = signed_in(duty_officer)
    for url, fields in (("/calls/new/", typed(number=FIRST)), ("/callers/search/", {"number": FIRST})):
        answer = sent(desk, url, fields)
        assert answer.status_code == 422 and "CALLER_HASH_KEY" in answer.content.decode()
    assert not Caller.objects.exists()


@pytest.mark.parametrize("url", ["/sheets/", "/calls/new/", "/desk/", "/complaints/", "/calls/"])
def test_what_was_kept_with_a_lost_key_breaks_no_page(url, seeded, settings, signed_in, duty_officer):
    settings.CALLER_KEYS = [NEW]
    desk = signed_in(duty_officer)
    assert not leaks(filled(desk.get(url)))
    from complaints.models import StagedSheets

    assert desk.get(f"/sheets/import/{StagedSheets.objects.get().pk}/").status_code == 302
    assert desk.get("/calls/new/", {"draft": seeded["draft"]}).status_code == 200


# --- looking a number up --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("number", "spellings"),
    [
        (FIRST, [FIRST, "139 7418 5296", "139-7418-5296", "+86 139 7418 5296", "+8613974185296", "0086-13974185296",
                     "86 13974185296", "013974185296", "１３９７４１８５２９６",
                 " 13974185296\t", "13974185296.0", "1397418-5296", "139\u00a07418\u00a05296"]),
        (LANDLINE, [LANDLINE, "09388529637", "0938 8529637", "(0938)8529637", "（０９３８）８５２９６３７", "+86 938 8529637",
                        "+86-0938-8529637", "0938—8529637", "0938-852-9637", "0938 852 9637"]),
    ],
)  # fmt: skip
def test_a_number_is_found_in_every_form_in_which_it_is_typed(number, spellings, duty_officer):
    caller = registered(duty_officer, number=number).caller
    wrong = [spelling for spelling in spellings if list(Caller.objects.with_number(spelling)) != [caller]]
    assert wrong == []
    wrong = [
        spelling for spelling in spellings if Caller.objects.note(number=spelling).number_hash != caller.number_hash
    ]
    assert wrong == []


@pytest.mark.parametrize("other", ["13974185297", "0938-8529638", "0938-8529637-12", "8529637", "", "abc", "+86", "-"])
def test_another_number_is_another_caller(other, duty_officer):
    registered(duty_officer, number=FIRST)
    registered(duty_officer, number=LANDLINE)
    assert not Caller.objects.with_number(other).exists()


def test_the_hash_is_keyed(settings):
    settings.CALLER_HASH_KEY = HASH_KEY
    first = number_hash(FIRST)
    settings.CALLER_HASH_KEY = HASH_KEY[::-1]
    assert number_hash(FIRST) != first and len(first) == 64 and number_hash("") == number_hash("无") == ""
    assert canonical("无") == ""


# --- before it serves -----------------------------------------------------------------------------------------------------
def ids():
    return [fault.id for fault in checks.check_caller_keys()]


def test_production_demands_both_keys(settings):
    settings.PRODUCTION, settings.CALLER_KEYS, settings.CALLER_HASH_KEY = True, [], ""
    assert ids() == ["complaints.E001", "complaints.E003"]
    settings.CALLER_KEYS, settings.CALLER_HASH_KEY = [NEW, OLD], HASH_KEY
    assert ids() == []


def test_development_needs_no_keys(settings):
    settings.PRODUCTION, settings.CALLER_KEYS, settings.CALLER_HASH_KEY = False, [], ""
    assert ids() == []


@pytest.mark.parametrize(
    ("keys", "hash_key", "found"),
    [
        (["short"], HASH_KEY, ["complaints.E002"]),
        ([NEW, "x" * 44 + "!"], HASH_KEY, ["complaints.E002"]),
        ([NEW], "short", ["complaints.E004"]),
        ([NEW], "a" * 60, ["complaints.E004"]),
        ([NEW], NEW, ["complaints.E005"]),
    ],
    ids=["no key", "a broken second key", "a short hash key", "a guessable hash key", "the same key twice"],
)
def test_a_key_that_is_none_is_found_and_not_quoted(keys, hash_key, found, settings):
    settings.CALLER_KEYS, settings.CALLER_HASH_KEY = keys, hash_key
    faults = checks.check_caller_keys()
    assert [fault.id for fault in faults] == found
    assert not [fault for fault in faults for key in [*keys, hash_key] if key in fault.msg and key != "short"]
