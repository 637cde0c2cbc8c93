"""Finding the venue of the registry that a row speaks of: by category and licence no., else by whom a person must compare.

A row whose category and licence no. are known is that venue. A row with another licence no. is another venue. Where the
licence no. is missing on one side, venues of the same category and district with the same core name, pinyin, telephone,
address or credit code are candidates, and a person decides. The registry is asked in pieces and never held as a whole.
"""

import datetime
import decimal
import re

from venues.cleaning import clean_text, comparable, dialled
from venues.models import Division, Venue
from venues.search import pinyin_of

COMPARED = (
    "name", "sign_name", "category", "grade", "uscc", "licence_no", "licence_until", "licence_long_term", "legal_rep", "manager",
    "phone", "phone_2", "address", "district", "street", "latitude", "longitude", "coordinate_system", "size",
    "operating_status", "remark",
)  # fmt: skip
ORDERED_SHUT = {Venue.OperatingStatus.ACTIVE, Venue.OperatingStatus.DORMANT, Venue.OperatingStatus.UNLOCATABLE}
ENDED = {Venue.OperatingStatus.CEASED, Venue.OperatingStatus.REVOKED, Venue.OperatingStatus.MOVED}
_KNOWN = ("pk", "merged_into", "merged_into__name", *COMPARED)
_LEGAL_FORM = re.compile(r"(有限责任公司|股份有限公司|有限公司|分公司|公司|个体工商户|个人独资|普通合伙|合伙企业)")
_TRADE = re.compile(
    r"(网吧|网咖|网络会所|网络俱乐部|网城|电竞馆|电竞|上网服务|量贩|ktv|练歌房|歌舞厅|歌厅|歌城|音乐火吧|音乐会所|会所|俱乐部|酒吧|娱乐城|"
    r"娱乐|游艺厅|游艺城|游艺|游戏世界|游戏厅|电玩城|电玩|国际旅行社|旅行社|门市部|服务网点|营业部|影城|影院|电影院|剧院|剧场|大酒店|酒店|饭店|"
    r"宾馆|景区)"
)


class Known(dict):
    """A venue of the registry: {field: value as an import keeps it}, and its `pk`."""

    __slots__ = ("merged_name", "pk")

    def __init__(self, row):
        self.pk, merged_into, merged_name, *values = row
        self.merged_name = merged_name if merged_into else None
        super().__init__(zip(COMPARED, map(kept, values), strict=True))


def kept(value):
    """A value of a field as it is kept in JSON: dates and decimals as text, the rest as it is."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return f"{value:.6f}" if isinstance(value, decimal.Decimal) else value


def compare(values, known):
    """{field: [old, new]} of what these values would change; what the row does not say never erases anything."""
    changes = {}
    for field, new in values.items():
        old = known[field]
        if old != new and not (isinstance(new, str) and isinstance(old, str) and clean_text(old) == new):
            changes[field] = [old, new]
    return changes


def scope(values):
    """ "category/district" when orders name such a venue, else ""."""
    if values.get("operating_status", Venue.OperatingStatus.ACTIVE) not in ORDERED_SHUT:
        return ""
    return f"{values['category']}/{values['district']}"


class Registry:
    """What an import asks of the registry, in as few queries as the file has pieces."""

    def __init__(self):
        self._cities = sorted({comparable(d.name) for d in Division.objects.filter(level=Division.Level.CITY)})
        self._districts = sorted({comparable(d.name) for d in Division.objects.districts()}, key=len, reverse=True)
        self._unlicensed = None  # {(category, district): [_Traits]} of the venues without a licence no.
        self._all = {}  # the same for all venues, only where a row has no licence no.
        self._names = None

    def by_licence(self, drafts):
        """{(category, licence no.): Known} for these drafts, merged venues included."""
        licences = {d.values["licence_no"] for d in drafts if d.values.get("licence_no")}
        rows = Venue.objects.filter(licence_no__in=licences).order_by().values_list(*_KNOWN)
        found = map(Known, rows)
        return {(known["category"], known["licence_no"]): known for known in found}

    def get(self, pks):
        """{pk: Known} of these venues that were not merged away."""
        rows = Venue.objects.filter(pk__in=pks, merged_into=None).order_by().values_list(*_KNOWN)
        return {known.pk: known for known in map(Known, rows)}

    def same_name(self, values):
        """The licence no. of a venue of this category, district and name, "" when there is none."""
        if self._names is None:
            rows = Venue.objects.standing().exclude(licence_no="").order_by()
            rows = rows.values_list("category", "district", "name", "licence_no")
            self._names = {(c, d, comparable(name)): licence for c, d, name, licence in rows.iterator(2000)}
        if not self._names:
            return ""
        return self._names.get((values["category"], values["district"], comparable(values["name"])), "")

    def candidates(self, values):
        """(pk of the venue that is surely meant or None, [{"venue", "name", "licence_no", "because"}, …]) for a row whose
        category and licence no. are not known; `because` names what they have in common."""
        place = values["category"], values["district"]
        licence = values.get("licence_no", "")
        traits = self._traits_of(place, licensed=not licence)
        if not traits:
            return None, []
        own = self._traits(None, values)
        if not licence:
            same = [t.pk for t in traits if not t.licence and (t.name, t.address) == (own.name, own.address)]
            if len(same) == 1:
                return same[0], []
        alike = [
            {"venue": t.pk, "name": t.label, "licence_no": t.licence, "because": because}
            for t in traits
            if (because := own.in_common(t))
        ]
        return None, sorted(alike, key=lambda one: -len(one["because"]))

    def _traits_of(self, place, *, licensed):
        if licensed:
            if place not in self._all:
                self._all[place] = self._load(category=place[0], district=place[1]).get(place, [])
            return self._all[place]
        if self._unlicensed is None:
            self._unlicensed = self._load(licence_no="")
        return self._unlicensed.get(place, [])

    def _load(self, **where):
        fields = ("category", "district", "name", "licence_no", "phone", "phone_2", "address", "uscc")
        found = {}
        for pk, *values in (
            Venue.objects.standing().filter(**where).order_by("pk").values_list("pk", *fields).iterator(2000)
        ):
            values = dict(zip(fields, values, strict=True))
            found.setdefault((values["category"], values["district"]), []).append(self._traits(pk, values))
        return found

    def _traits(self, pk, values):
        return _Traits(pk, values, self.core(values["name"]))

    def core(self, name):
        """A name without place, legal form, trade and brackets: 天水市秦州区蓝天网吧(普通合伙) → 蓝天."""
        plain = comparable(re.sub(r"[(\[].*?[)\]]", "", clean_text(name))) or comparable(name)
        core = plain
        for start in [*self._cities, *self._districts]:
            core = core.removeprefix(start)
        core = _LEGAL_FORM.sub("", core)
        bare = _TRADE.sub("", core)
        return bare if len(bare) > 1 else core if len(core) > 1 else plain


class _Traits:
    """What two entries of one place may have in common."""

    __slots__ = ("_pinyin", "address", "core", "label", "licence", "name", "phones", "pk", "uscc")

    def __init__(self, pk, values, core):
        self.pk, self.core, self.licence = pk, core, values.get("licence_no", "")
        self.label, self.name = values["name"], comparable(values["name"])
        self.phones = {dialled(n) for n in (values.get("phone"), values.get("phone_2")) if n} - {""}
        self.address = comparable(values.get("address", ""))
        self.uscc = values.get("uscc", "")
        self._pinyin = None

    @property
    def pinyin(self):
        if self._pinyin is None:
            self._pinyin = pinyin_of(self.core)[0]
        return self._pinyin

    def in_common(self, other):
        """The reasons to think of one place: a list of "name", "pinyin", "phone", "address", "credit_code"."""
        reasons = []
        if self.core == other.core:
            reasons.append("name")
        elif self.pinyin == other.pinyin:
            reasons.append("pinyin")
        if self.phones & other.phones:
            reasons.append("phone")
        if self.address and len(self.address) > 3 and self.address == other.address:
            reasons.append("address")
        if self.uscc and self.uscc == other.uscc:
            reasons.append("credit_code")
        return reasons
