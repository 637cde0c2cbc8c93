"""Every page that can be looked at: which addresses are pages, of what they are in the demo's event, and who looks at them.

The addresses and their readers are those of `addresses.ADDRESSES`; here each is a page or stands in NO_PAGE.
"""

import datetime
import io
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

import openpyxl
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from complaints.models import Channel, Complaint, Topic
from enforcement import demo
from enforcement.models import Roster, ShiftBorder
from enforcement.tests import duty_pages, reporting, supplying
from enforcement.tests.addresses import ADDRESSES, path_of
from enforcement.tests.one_of_each import hotline, refunding, safety
from refunds.importing import template
from refunds.models import AgencyReport, ReturnUpload, TourGroup
from venues.importing import applying
from venues.models import (
    Alert,
    Category,
    ClosureOrder,
    Division,
    Inspection,
    Patrol,
    Target,
    Venue,
    VenueImport,
    Violation,
)

USERS = {
    "L": "leader", "E": "editor", "S": "admin", "I": "inspector", "D": "duty", "A": "auditor", "C": "clerk", "V": "viewer",
}  # fmt: skip  # in this order: the first who may, sees most of a page
STRANGER = ""
IN_FULL = [(language, size) for language in ("zh-hans", "en") for size in ("wide", "phone")]  # each in light and dark
IN_SHORT = [("zh-hans", "wide"), ("en", "phone")]  # as those see it who are not the first who may

NOBODY, LEADS_ON = "nobody may read it", "only leads to another page"
NO_PAGE = {
    "healthz": "one word for machines", "readyz": "one word for machines",
    "venues:venues_export": "a file", "venues:import_workbook": "a file", "complaints:complaints_export": "a file",
    "refunds:groups_export": "a file", "refunds:evidence_file": "a file", "refunds:proof_file": "a file",
    "supplies_export": "a file", "duty:head": "a part of every page", "duty:roster_xlsx": "a file", "duty:feed": "a file",
    "refunds:return_file": "a file", "refunds:template": "a file", "refunds:templates": "a file",
    "figures_json": "for programs",
    "report_text": "plain text",
    "admin:jsi18n": "a script", "admin:autocomplete": NOBODY,
    "admin:login": LEADS_ON, "admin:password_change": LEADS_ON, "admin:view_on_site": LEADS_ON,
}  # fmt: skip


@dataclass(frozen=True)
class More:
    """The page of an address once more: another object, or something behind the question mark; `status` is its answer."""

    name: str
    of: str | None = None
    query: tuple = ()
    status: int = 200
    readers: str | None = None


MORE = {
    "order, of the past": More("venues:order", "order", (("as_of", "T+4h"),)),
    "order, no such moment": More("venues:order", "order", (("as_of", "yesterday"),), 400, "L"),
    "order, just issued": More("venues:order", "fresh"),
    "order, draft": More("venues:order", "draft", readers="LD"),
    "order, cancelled": More("venues:order", "cancelled", readers="L"),
    "board_wall, of the past": More("venues:board_wall", "order", (("as_of", "T+4h"),), readers="V"),
    "targets, just issued": More("venues:targets", "fresh", readers="L"),
    "targets, some": More("venues:targets", "order", (("state", "violating"), ("q", "网")), readers="L"),
    "targets, none": More("venues:targets", "order", (("q", "no such venue"),), readers="L"),
    "target, just issued": More("venues:target", "fresh_target", readers="LD"),
    "calldown, calling": More("venues:calldown", "fresh", readers="D"),
    "calldown_queue, just issued": More("venues:calldown_queue", "fresh", readers="D"),
    "venues, some": More("venues:venues", "", (("q", "网"),), readers="E"),
    "venues, none": More("venues:venues", "", (("q", "no such venue"),), readers="E"),
    "venue, unlicensed": More("venues:venue", "unlicensed", readers="L"),
    "inspection_new, of a venue": More("venues:inspection_new", "", (("venue", "venue"),), readers="I"),
    "patrol, out": More("venues:patrol", "patrol_out", readers="I"),
    "violation, open": More("venues:violation", "open_violation", readers="IL"),
    "import, to decide": More("venues:import", "preview", readers="E"),
    "refund board, of the past": More("refunds:board", "", (("as_of", "a day ago"),), readers="CV"),
    "refund board, no such moment": More("refunds:board", "", (("as_of", "yesterday"),), 400, "C"),
    "agencies, some": More("refunds:agencies", "", (("state", "nil"), ("q", "旅行社")), readers="C"),
    "agencies, none": More("refunds:agencies", "", (("q", "no such agency"),), readers="C"),
    "agency, nil": More("refunds:agency", "nil_agency", readers="CL"),
    "groups, outstanding": More("refunds:groups", "", (("status", "outstanding"), ("counted", "on")), readers="C"),
    "groups, none": More("refunds:groups", "", (("q", "no such group"),), readers="C"),
    "group, to be refunded": More("refunds:group", "unpaid_group", readers="C"),
    "group, to be confirmed": More("refunds:group", "tour_group", readers="L"),
    "imports of returns, entered": More("refunds:imports", "", (("show", "returns"),), readers="CA"),
    "imports of returns, put away": More("refunds:imports", "", (("show", "discarded"),), readers="C"),
    "import of a return, asking": More("refunds:import", "asking_upload", readers="C"),
    "import of a return, ready": More("refunds:import", "ready_upload", readers="C"),
    "import of nil returns": More("refunds:import", "nil_upload", readers="C"),
    "return, nil": More("refunds:return", "nil_return", readers="CA"),
    "return, of the event": More("refunds:return", "event_return", readers="CL"),
    "group, of the past": More("refunds:group", "tour_group", (("as_of", "T+4h"),), readers="C"),
    "dashboard, of the past": More("dashboard", "", (("as_of", "T+4h"),), readers="LV"),
    "dashboard, before everything": More("dashboard", "", (("as_of", "2019-01-01"),), readers="L"),
    "dashboard, no such moment": More("dashboard", "", (("as_of", "yesterday"),), 400, "L"),
    "dashboard_wall, of the past": More("dashboard_wall", "", (("as_of", "T+4h"),), readers="V"),
    "certificate, of the event": More("duty:certificate", "", (("from", "T+4h"), ("until", "a day ago")), readers="L"),
    "complaint, callers": More("complaints:complaint", "complaint_callers", readers="LA"),
    "complaint_act, further caller": More("complaints:complaint_act", "further", (("call", "call"),), readers="L"),
    "complaint_act, filed anew": More("complaints:complaint_act", "filed_anew", readers="L"),
    "complaint_act, extended": More("complaints:complaint_act", "extended", readers="L"),
    "complaint_act, external": More("complaints:complaint_act", "external", readers="D"),
    "work, one list": More("refunds:work", "", (("list", "silent"),), readers="C"),
    "work, with the hotline": More("refunds:work", "", (("list", "complaint_nil"),), readers="LD"),
    "work, of the past": More("refunds:work", "", (("as_of", "a day ago"),), readers="C"),
    "work, no such list": More("refunds:work", "", (("list", "no-such"),), 400, "C"),
    "callbacks, settled": More("refunds:callbacks", "", (("show", "answered"),), readers="L"),
    "figures_help, of the past": More("figures_help", "", (("as_of", "a day ago"),), readers="V"),
    "figures_help, no such moment": More("figures_help", "", (("as_of", "yesterday"),), 400, "L"),
    "supplies, low": More("supplies", "", (("low", "on"),), readers="LI"),
    "supplies, of the past": More("supplies", "", (("as_of", "T+4h"),), readers="D"),
    "supplies, no such moment": More("supplies", "", (("as_of", "yesterday"),), 400, "D"),
    "supply_movements, some": More("supply_movements", "", (("category", "mask"), ("flow", "received")), readers="LA"),
    "supply_movements, none": More("supply_movements", "", (("kind", "return"),), readers="A"),
    "report, draft": More("report", "report_draft", readers="LDA"),
    "report, in the other language": More("report", "report", (("text", "en"),), readers="V"),
    "reports, none": More("reports", "", (("state", "discarded"),), readers="D"),
    "health_day, not cleared": More("health_day", "", (("show", "abnormal"),), readers="L"),
    "health_day, of the past": More("health_day", "", (("as_of", "a day ago"),), readers="L"),
    "health_day, no such moment": More("health_day", "", (("as_of", "yesterday"),), 400, "L"),
    "isolations, all": More("isolations", "", (("show", "all"),), readers="L"),
    "nothing there": More("venues:venue", "nothing", (), 404, "LC"),
    "not for me": More("venues:order", "order", (), 403, "CS"),
}


@dataclass(frozen=True)
class Look:
    """One visit: which page, as whom, how."""

    page: str
    letter: str
    language: str
    size: str

    def __str__(self):
        who = USERS.get(self.letter, "stranger")
        return f"{self.language}-{self.size}-{who}-{self.page}"

    @property
    def how(self):
        return self.letter, self.language, self.size


def is_page(name, address):
    return bool(address.read) and name not in NO_PAGE and not name.startswith("/admin/")


def readers_of(page):
    """The letters of those who look at it, the one who sees most of it first."""
    if page in MORE:
        more = MORE[page]
        letters = more.readers or ADDRESSES[more.name].read
        return sorted(letters, key=list(USERS).index)
    address = ADDRESSES[page]
    if address.public:
        return [STRANGER]
    return sorted(address.read, key=lambda letter: (letter not in (address.send or ""), list(USERS).index(letter)))


def pages():
    return [name for name, address in ADDRESSES.items() if is_page(name, address)] + list(MORE)


def looks():
    """Every visit, those together that one browser context can make."""
    found = []
    for page in pages():
        for place, letter in enumerate(readers_of(page)):
            found += [Look(page, letter, *how) for how in (IN_SHORT if place else IN_FULL)]
    return sorted(found, key=lambda look: look.how)


def _names():
    """What is called the same in both languages, and so is no word that was forgotten."""
    officers = demo.accounts().values_list("name", "username")
    categories = Category.objects.values_list("name_zh", "name_en")
    given = Roster.objects.values_list("title"), ShiftBorder.objects.values_list("name")  # kept as somebody wrote them
    return {name for rows in (officers, categories, *given) for names in rows for name in names}


# --- what there is to see -------------------------------------------------------------------------------------------------
class Scene:
    """The demo as `make run` shows it, and with it one of everything that the event does not have."""

    def __init__(self):
        demo.start()
        self.names = _names()
        self.users = {letter: demo.accounts().get(username=name) for letter, name in USERS.items()}
        self.now = timezone.now().replace(microsecond=0)
        self.order = ClosureOrder.objects.get()
        self.things = {"": {}, "app": {"app_label": "venues"}, "nothing": {"pk": 99999999}}
        for make in (
            self._of_the_event,
            self._orders,
            self._field,
            self._imports,
            self._administration,
            self._hotline,
            self._refunds,
            lambda: duty_pages.things(self.users, self.now),
            lambda: supplying.world(self.users["L"], self.users["I"]),
            lambda: reporting.one_of_each(self.users["D"], self.now),
            lambda: safety(self.users["L"], self.users["I"]),
        ):
            self.things |= make()

    def path_of(self, page):
        """The path of a page and the status that it answers with."""
        more = MORE.get(page) or More(page)
        of = ADDRESSES[page].of if more.of is None else more.of
        path = path_of(more.name, self.things[of])
        moment = (self.order.issued_at + datetime.timedelta(hours=4)).isoformat()
        noon = (self.now - datetime.timedelta(days=1)).isoformat()
        given = {
            "T+4h": moment, "a day ago": noon, "venue": self.things["venue"]["pk"], "call": self.further.pk,
        }  # fmt: skip
        query = urlencode({key: given.get(value, value) for key, value in more.query})
        return (f"{path}?{query}" if query else path), more.status

    def _ago(self, minutes):
        return self.now - datetime.timedelta(minutes=minutes)

    def _of_the_event(self):
        target = self.order.targets.filter(venue__violations__isnull=False).first()
        excluded = self.order.targets.exclude(venue=target.venue).last()
        excluded.exclude(by=self.users["L"], reason="已迁往外地", at=self._ago(8))
        violation = Violation.objects.filter(venue=target.venue).first()
        self.venue = target.venue
        return {
            "order": {"pk": self.order.pk}, "target": self._target(target), "excluded": self._target(excluded),
            "venue": {"pk": target.venue_id}, "violation": {"pk": violation.pk},
            "inspection": {"pk": violation.opened_by_id}, "patrol": {"number": Patrol.objects.order_by("left_at").first().number},
        }  # fmt: skip

    def _hotline(self):
        """One of everything of the hotline, and a complaint that several people called about."""
        things, leader = hotline(self.users["L"], self.venue), self.users["L"]
        called = {"by": leader, "content": "楼下网吧还在营业", "venue": self.venue, "ongoing": "yes"}
        unit, other = (Channel.objects.get(slug=slug) for slug in ("unit_phone", "12345"))
        topic = Topic.objects.get(slug="internet_cafe")
        first, merged, open_ = (
            Complaint.objects.register(
                client_id=uuid.uuid4(),
                channel=channel,
                topic=topic,
                number=number,
                received_at=self._ago(minutes),
                **called,
            )
            for channel, number, minutes in (
                (unit, "13900005551", 58),
                (unit, "13900005552", 50),
                (other, "13900005553", 3),
            )
        )
        self.further = first.add_call(
            by=leader, client_id=uuid.uuid4(), channel=unit, number="13900005554", text="又来催", at=self._ago(40)
        )
        merged.merge(by=leader, parent=first, at=self._ago(39))
        first.dispatch(by=leader, to=[self.users["I"]], at=self._ago(35))
        first.extend(by=leader, steps=["answer"], until=self._ago(-600), reason="等候公安到场", at=self._ago(34))
        first.arrive(by=self.users["I"], at=self._ago(30))
        first.find(by=self.users["I"], finding="not_running", text="门关着", at=self._ago(29))
        first.call_back(by=leader, result="no_answer", at=self._ago(20), call=self.further)

        def act(complaint, name):
            return {"number": complaint.number, "act": name}

        return things | {
            "complaint_callers": {"number": first.number}, "further": act(first, "tell_further"),
            "filed_anew": act(first, "recategorise"), "extended": act(open_, "extend"), "external": act(open_, "external"),
        }  # fmt: skip

    def _refunds(self):
        """The agency and the groups of the event, and one agency with one of everything that refunds have."""
        told = AgencyReport.objects.filter(kind=AgencyReport.Kind.NIL).first().agency
        agency = Venue.objects.create(
            name="云端旅行社",
            category=told.category,
            district=told.district,
            licence_no="62050299999",
            phone="13000000194",
        )
        unpaid = TourGroup.objects.as_of(self.now).filter(status="cancelled_unpaid").first()
        found = {"nil_agency": {"pk": told.pk}, "unpaid_group": {"pk": unpaid.pk}, **self._mail(told, unpaid.agency)}
        self._contradiction(told)
        return found | refunding(self.users["C"], agency)

    def _contradiction(self, told):
        """A complaint about an agency that reported nothing."""
        channel, topic = Channel.objects.get(slug="unit_phone"), Topic.objects.get(slug="refund")
        Complaint.objects.register(
            by=self.users["D"], client_id=uuid.uuid4(), channel=channel, topic=topic, content="团费迟迟不退", venue=told
        )

    def _mail(self, told, agency):
        """A morning's mail: a sheet that asks nothing, one that asks, a list of nil returns, one that was put away."""
        sheets = {"ready": io.BytesIO(), "asking": io.BytesIO()}
        for sheet in sheets.values():
            template.write(agency, sheet)
        book = openpyxl.load_workbook(sheets["asking"])
        book.active["E4"], book.active["F4"], book.active["I4"] = "12+2", "下周", "也许"
        book.save(sheets["asking"])
        nil = f"licence_no,agency,as_of\n{told.licence_no},{told.name},{timezone.localdate()}\n999,云上旅行社,2020-01-31\n"
        files = {name: (f"{name}.xlsx", file.getvalue()) for name, file in sheets.items()}
        files |= {"nil": ("nil.csv", nil.encode()), "away": ("away.xlsx", b"x")}
        kept = {
            name: ReturnUpload.objects.keep(by=self.users["C"], content=content, file_name=file, channel="mail")
            for name, (file, content) in files.items()
        }
        kept["away"].discard(by=self.users["C"])
        reports = {kind: AgencyReport.objects.filter(kind=kind).first() for kind in AgencyReport.Kind.values}
        return {
            **{f"{name}_upload": {"key": upload.pk} for name, upload in kept.items()},
            "nil_return": {"pk": reports["nil"].pk}, "event_return": {"pk": reports["detail"].pk},
        }  # fmt: skip

    @staticmethod
    def _target(target):
        return {"pk": target.order_id, "target_pk": target.pk}

    def _orders(self):
        leader = self.users["L"]
        others = Category.objects.exclude(pk__in=self.order.categories.values("pk"))
        category = others.filter(venues__isnull=False).first()
        words = {"issued_at": self._ago(30), "effective_at": self._ago(30), "deadline_at": self._ago(-210)}

        def draft(number):
            return ClosureOrder.objects.draft(
                by=leader, categories=[category], at=self._ago(30), number=number, title="关于暂停营业的通知", **words
            )

        fresh, cancelled = draft("TS-A"), draft("TS-B")
        fresh.activate(by=leader, typed_total=fresh.preview().total, at=self._ago(29))
        Target.objects.claim_next(fresh, by=self.users["D"])
        cancelled.cancel(by=leader, reason="文号有误")
        return {
            "draft": {"pk": draft("TS-C").pk}, "fresh": {"pk": fresh.pk}, "cancelled": {"pk": cancelled.pk},
            "fresh_target": self._target(fresh.targets.first()),
        }  # fmt: skip

    def _field(self):
        leader, inspector = self.users["L"], self.users["I"]
        members = [inspector, type(leader).objects.certified().exclude(pk__in=[inspector.pk, leader.pk]).first()]
        for patrol in Patrol.objects.out().filter(members__in=members):
            patrol.come_back(by=leader, at=self._ago(20))
        patrol = Patrol.objects.depart(
            by=leader, led_by=inspector, members=members, left_at=self._ago(15), area="秦州区"
        )
        look = Inspection.objects.record(
            by=inspector, client_uuid=uuid.uuid4(), venue=self.order.targets.in_scope().last().venue, officers=members,
            patrol=patrol, observed_at=self._ago(10), result="operating", people_inside=12, remark="卷帘门半开",
        )  # fmt: skip
        alert = Alert.objects.raise_alert(by=leader, source="other", words="群众反映夜间营业", venue=self.venue)
        there = {"district": self.venue.district, "category": self.venue.category}
        place = Venue.objects.register_unlicensed(by=inspector, place="民主路旧仓库", **there)
        return {
            "patrol_out": {"number": patrol.number}, "open_violation": {"pk": Violation.objects.get(opened_by=look).pk},
            "alert": {"pk": alert.pk}, "unlicensed": {"pk": place.pk},
        }  # fmt: skip

    def _imports(self):
        head = "名称,类别,许可证号,区县,电话\n"
        row = f"{self.venue.name},网吧,1,{self.venue.district.name},1\n"
        sheet = io.BytesIO((head + row + "新店,网咖啡,2,无此区,\n").encode())
        preview = applying.receive(sheet, "名录.csv", by=self.users["E"])
        applying.read(preview)
        applied = VenueImport.objects.exclude(pk=preview.pk).first()
        return {"preview": {"pk": preview.pk}, "import": {"pk": applied.pk}}

    def _administration(self):
        inspector, venue = self.users["I"], self.venue
        return {
            "officer": {"object_id": inspector.pk}, "entry": {"object_id": self.users["L"].leave_trail("export").pk},
            "group": {"object_id": Group.objects.get(name="inspector").pk}, "admin_venue": {"object_id": venue.pk},
            "division": {"object_id": Division.objects.filter(level="district").first().pk},
            "category": {"object_id": venue.category_id}, "venue_history": (venue.pk, venue.history.first().pk),
            "content": {"content_type_id": ContentType.objects.get_for_model(venue).pk, "object_id": venue.pk},
        }  # fmt: skip
