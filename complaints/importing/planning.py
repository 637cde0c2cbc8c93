"""What an import would do with each row of a list of another hotline: it reads the database and writes nothing.

A sheet is known by its channel, its external no. and the hash of what it says and of its caller. What the list says last of
a number is compared with what the latest sheet of that number said: the same, and nothing is done; something else, and it is a
change of that complaint, never a second complaint. So a list may be imported again, and may go back to what it said before.
"""

import re
from dataclasses import dataclass

from complaints.importing.rows import LONGEST_PLACE, SheetRow
from complaints.models import Complaint, Kind, Sheet, Topic
from complaints.workflow import OPEN
from venues.masking import without_numbers
from venues.models import Division, Venue

ACTIONS = ("created", "changed", "same", "errors")
_KINDS = {"举报": Kind.REPORT, "投诉": Kind.COMPLAINT, "咨询": Kind.INQUIRY, "求助": Kind.HELP, "建议": Kind.SUGGESTION}
_TOPIC_WORDS = [
    # what stands in the column of topics; the first that fits
    ("minors", "未成年"), ("refund", "退费|退款|退团|退订|旅游|旅行社"), ("after_hours", "超时|通宵"),
    ("noise", "噪音|噪声|扰民"),
    ("internet_cafe", "网吧|上网|互联网上网"), ("song_dance", "歌舞|KTV|ktv|卡拉|舞厅"), ("arcade", "游艺|电玩|游戏厅"),
    ("outdoor", "户外|摆摊|占道"), ("consult", "咨询"),
]  # fmt: skip
OTHER = "other"


@dataclass
class Planned:
    """One row with what would be done: `action` is one of ACTIONS, `complaint` the one it belongs to already."""

    row: SheetRow
    action: str
    hash: str = ""
    complaint: Complaint | None = None
    topic: Topic | None = None
    venue: Venue | None = None
    district: Division | None = None
    place: str = ""
    kind: str = ""
    before: Sheet | None = None  # the latest sheet of this number
    said_before: bool = False

    @property
    def says_more(self):
        """Whether it brings words that its complaint does not have yet: no mere deadline or reply."""
        before = self.before.content if self.before else self.complaint and self.complaint.content
        return without_numbers(self.row.content) != before

    @property
    def is_news(self):
        """New words about a complaint at an end: somebody must decide whether it is taken up again."""
        if self.action != "changed" or self.complaint is None or not self.says_more:
            return False
        return self.complaint.status not in OPEN and (
            self.complaint.parent is None or self.complaint.parent.status not in OPEN
        )

    @property
    def findings(self):
        return self.row.findings


def plan(rows, channel):
    """The list of Planned for these SheetRows of one channel, in their order."""
    numbers = {row.external_no for row in rows if row.external_no}
    found = Complaint.objects.filter(channel=channel, external_no__in=numbers).select_related("parent")
    complaints = {complaint.external_no: complaint for complaint in found}
    known = {}  # {external no.: what was said under it, the latest last}
    for sheet in Sheet.objects.filter(channel=channel, external_no__in=numbers).order_by("nth"):
        known.setdefault(sheet.external_no, []).append(sheet)
    catalogue = _Catalogue(rows)
    planned = [
        Planned(row, "errors") if row.is_wrong else Planned(row, "", row.fingerprint(), complaints.get(row.external_no))
        for row in rows
    ]
    of_number = {}
    for one in planned:
        if one.action != "errors":
            of_number.setdefault(one.row.external_no, []).append(one)
    for number, ones in of_number.items():
        _decide(ones, known.get(number, []), begun=number in complaints)
    return [one if one.action == "errors" else catalogue.fill(one) for one in planned]


def _decide(ones, sheets, *, begun):
    """Set the actions of all rows of one number. What came before this list is the same wherever the list says it again, as long
    as it does not end with it."""
    said = [sheet.content_hash for sheet in sheets]
    nothing_new = bool(said) and ones[-1].hash == said[-1] and {one.hash for one in ones} <= set(said)
    latest = said[-1] if said else ""
    for one in ones:
        one.before = sheets[-1] if sheets else None
        passed = one.hash in said and one is not ones[-1]
        if nothing_new or passed or one.hash == latest:
            one.action = "same"
            continue
        one.action = "changed" if begun else "created"
        one.said_before = one.hash in said
        latest, begun = one.hash, True


def counts(planned):
    """{action: n} of the counted actions; "undecided" belongs to the common shape and is always 0 here."""
    found = dict.fromkeys((*ACTIONS, "undecided"), 0)
    for one in planned:
        found[one.action] += 1
    return found


class _Catalogue:
    """The rows that the words of a list may mean."""

    def __init__(self, rows):
        self.districts = {}
        for division in Division.objects.districts():
            self.districts[division.code] = self.districts[division.name] = division
        self.topics = {topic.slug: topic for topic in Topic.objects.all()}
        self.topics_by_name = {name: t for t in self.topics.values() for name in (t.slug, t.name_zh, t.name_en)}
        self.venues = {}
        names = {row.venue for row in rows if row.venue}
        for venue in Venue.objects.filter(name__in=names, merged_into=None):
            self.venues.setdefault(venue.name, []).append(venue)

    def fill(self, one):
        """Find what the words of the row mean; doubts become findings."""
        row, doubts = one.row, one.action in ("created", "changed")
        one.district = self._district(row)
        found = self.venues.get(row.venue, [])
        if len(found) > 1 and one.district:
            found = [venue for venue in found if venue.district_id == one.district.pk] or found
        one.venue = found[0] if len(found) == 1 else None
        words = [row.place] if one.venue else [row.venue, row.place]
        place = " ".join(dict.fromkeys(filter(None, words)))
        one.place = place[:LONGEST_PLACE]
        one.kind = next((kind for word, kind in _KINDS.items() if word in f"{row.kind}{row.topic}"), "")
        one.topic = self._topic(row)
        guessed = None if row.topic or one.topic.slug != OTHER else self._by_words(f"{row.venue} {row.content}")
        one.topic = guessed or one.topic
        if doubts:
            if guessed and one.action == "created":
                row.find("topic_guessed")
            self._doubt(one, several=len(found) > 1, cut=len(place) > LONGEST_PLACE)
            if one.said_before:
                row.find("said_before")
            if one.is_news:
                row.find("is_ended")
        return one

    def _doubt(self, one, *, several, cut):
        for code, doubtful in (
            ("venue_several", several), ("place_cut", cut), ("unknown_district", one.row.district and not one.district),
            ("unknown_topic", one.row.topic and one.topic.slug == OTHER),
        ):  # fmt: skip
            if doubtful:
                one.row.find(code)

    def _district(self, row):
        if not row.district:
            return None
        exact = self.districts.get(row.district)
        inside = {d.pk: d for name, d in self.districts.items() if not name.isdigit() and name in row.district}
        return exact or (next(iter(inside.values())) if len(inside) == 1 else None)

    def _topic(self, row):
        exact = self.topics_by_name.get(row.topic)
        if exact:
            return exact
        return self._by_words(row.topic) or self._by_words(row.kind) or self.topics[OTHER]

    def _by_words(self, words):
        for slug, pattern in _TOPIC_WORDS:
            if words and slug in self.topics and re.search(pattern, words):
                return self.topics[slug]
        return None
