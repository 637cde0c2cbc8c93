"""People and places for every test, and what makes the tests fit both databases."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models.signals import post_migrate

pytest_plugins = ["tools.testing"]  # Chromium, a real file for SQLite, a loud word on what is left out

SHANGHAI = ZoneInfo("Asia/Shanghai")
T = datetime.datetime(2020, 1, 24, 16, 30, tzinfo=SHANGHAI)
ENTERED = T - datetime.timedelta(days=30)  # when the registry was taken over


def _an_event_of_refunds(sender, **kwargs):
    """The tests take place while travel agencies are asked to report; the product itself begins without an event."""
    if sender.label == "refunds":
        from refunds.models import RefundEvent

        RefundEvent.objects.get_or_create(begins_on=T.date(), defaults={"name": "团队旅游暂停"})


post_migrate.connect(_an_event_of_refunds)


@pytest.fixture(autouse=True)
def _plain_settings(settings, tmp_path):
    """Fast hashing, plain static files (the manifest has its own test), and private files that vanish with the test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA_DIR = tmp_path / "private"
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private", "base_url": None},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _flush_may_empty_the_facts(request):
    """A transactional test ends with a flush, which on SQLite is a DELETE on every table: take the guard away just before."""
    if "transactional_db" not in request.fixturenames and "live_server" not in request.fixturenames:
        marker = request.node.get_closest_marker("django_db")
        if not (marker and marker.kwargs.get("transaction")):
            yield
            return
    request.getfixturevalue("transactional_db")
    yield
    from venues.models import FactGuard

    FactGuard.objects.all().delete()


def _officer(username, name, role, **fields):
    fields.setdefault("certificate_no", f"GS{abs(hash(username)) % 10**8:08d}")
    officer = get_user_model().objects.create_user(username, "right-horse-battery", name=name, **fields)
    if role:
        officer.groups.add(Group.objects.get(name=role))
    return officer


@pytest.fixture
def leader(db):
    """The shift leader 武桂平."""
    return _officer("leader", "武桂平", "shift_leader", badge_no="T001", can_lead=True)


@pytest.fixture
def duty_officer(db):
    """The telephone officer 钟子磊."""
    return _officer("duty", "钟子磊", "duty_officer", badge_no="T006")


@pytest.fixture
def second_duty_officer(db):
    return _officer("duty2", "徐玉", "duty_officer", badge_no="T007")


@pytest.fixture
def inspector(db):
    return _officer("inspector", "毛敏梅", "inspector", badge_no="T008")


@pytest.fixture
def second_inspector(db):
    return _officer("inspector2", "孟小涛", "inspector", badge_no="T009")


@pytest.fixture
def trainee(db):
    """An inspector without a certificate: a look of his counts for one only with a colleague's."""
    return _officer("trainee", "张刚丽", "inspector", badge_no="T010", certificate_no="")


@pytest.fixture
def editor(db):
    return _officer("editor", "汤刚", "registry_editor", badge_no="T012")


@pytest.fixture
def clerk(db):
    return _officer("clerk", "尹秋军", "refund_clerk", badge_no="T013")


@pytest.fixture
def auditor(db):
    return _officer("auditor", "杨桂", "auditor", badge_no="T014")


@pytest.fixture
def viewer(db):
    return _officer("viewer", "程文生", "bureau_viewer", badge_no="T015")


@pytest.fixture
def administrator(db):
    return _officer("admin", "段志", "administrator", badge_no="T016")


@pytest.fixture
def signed_in(client):
    """`signed_in(officer)` gives a test client in which this officer is signed in (axes forbids client.login)."""
    from django.test import Client

    def sign_in(officer):
        own = Client()
        own.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        return own

    return sign_in


@pytest.fixture
def city(db):
    from venues.models import Division

    return Division.objects.create(code="620500", name="天水市", level="city")


@pytest.fixture
def qinzhou(city):
    from venues.models import Division

    return Division.objects.create(code="620502", name="秦州区", level="district", parent=city)


@pytest.fixture
def maiji(city):
    from venues.models import Division

    return Division.objects.create(code="620503", name="麦积区", level="district", parent=city)


@pytest.fixture
def category(db):
    """`category("internet_cafe")`: a category of the seed by its slug."""
    from venues.models import Category

    return lambda slug: Category.objects.get(slug=slug)


@pytest.fixture
def make_venue(db, category, qinzhou):
    """`make_venue("蓝天网吧", category="internet_cafe", district=…, **fields)`; licence numbers are counted up."""
    from venues.models import Venue

    count = iter(range(1, 100000))

    def make(name="蓝天网吧", *, category_slug="internet_cafe", district=None, **fields):
        fields.setdefault("licence_no", f"6205022{next(count):05d}")
        fields.setdefault("phone", "13000000001")
        fields.setdefault("address", "民主路1号")
        fields.setdefault("created_at", ENTERED)
        return Venue.objects.create(name=name, category=category(category_slug), district=district or qinzhou, **fields)

    return make


@pytest.fixture
def netbar(make_venue):
    return make_venue("蓝天网吧")


@pytest.fixture
def ktv(make_venue):
    return make_venue("皇冠KTV", category_slug="song_dance")


@pytest.fixture
def agency(make_venue):
    return make_venue("云端旅行社", category_slug="travel_agency")


@pytest.fixture
def order(db, leader, category, netbar, ktv):
    """An order in force since T over internet cafes and song and dance venues; its targets are `netbar` and `ktv`."""
    from venues.models import ClosureOrder

    draft = ClosureOrder.objects.create(
        number="天文旅令〔2020〕1号", title="关于暂停营业的紧急通知", issued_at=T, effective_at=T,
        deadline_at=T + datetime.timedelta(hours=4), created_by=leader,
    )  # fmt: skip
    draft.categories.set([category("internet_cafe"), category("song_dance")])
    draft.activate(by=leader, typed_total=2, at=T)
    draft.refresh_from_db()
    return draft
