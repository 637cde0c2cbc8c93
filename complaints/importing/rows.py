"""Reading a list of another hotline: its columns under whatever names, its rows as plain values, and what is wrong with them.

A finding names the row and the column and never quotes a cell: a column that slipped would put a caller into it.
"""

import datetime
import hashlib
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.importing import secrecy, times
from venues.cleaning import clean_text, comparable
from venues.importing import cells, columns, guards, reading
from venues.masking import without_caller
from venues.secrets import is_telephone, keyed_hash, number_hash
from venues.transitions import Refused

ALIASES = {
    "external_no": [
        "工单编号", "工单号", "受理编号", "受理单号", "诉求编号", "业务编号", "转办单号", "external no", "external_no",
    ],
    "received_at": [
        "来电时间", "受理时间", "登记时间", "诉求时间", "投诉时间", "举报时间", "创建时间", "received at",
        "received_at",
    ],
    "name": [
        "来电人", "来电人姓名", "诉求人", "诉求人姓名", "投诉人", "投诉人姓名", "举报人", "举报人姓名", "市民姓名",
        "caller",
    ],
    "number": [
        "联系电话", "来电号码", "手机号码", "联系方式", "来电人电话", "来电电话", "主叫号码", "诉求人电话",
        "投诉人电话",
        "举报人电话", "phone",
    ],
    "content": [
        "诉求内容", "工单内容", "投诉内容", "举报内容", "来电内容", "诉求描述", "问题描述", "主要内容", "反映内容",
        "事项内容", "content",
        "text",
    ],
    "venue": [
        "被投诉单位", "被投诉单位名称", "被举报单位", "被反映单位", "涉及单位", "投诉对象", "单位名称", "场所名称",
        "场所", "venue",
    ],
    "place": ["地点", "事发地点", "事发地址", "详细地址", "诉求地址", "发生地点", "place", "address"],
    "district": ["区县", "县区", "所属区县", "事发区县", "所属区域", "区域", "行政区划", "district"],
    "topic": ["事项", "诉求类别", "事项分类", "问题分类", "问题类别", "诉求分类", "主题", "topic"],
    "kind": ["诉求类型", "工单类型", "类型", "诉求性质", "kind"],
    "deadline": [
        "办理时限", "截止时间", "办结时限", "办理期限", "办结期限", "截止日期", "到期时间", "要求办结时间",
        "处理时限", "deadline",
    ],
    "reply": ["回复内容", "答复内容", "办理结果", "处理结果", "办结意见", "反馈内容", "办理情况", "回复", "reply"],
    # names that count only where no better one stands in the same list
    "external_no?": ["编号"], "name?": ["姓名", "联系人"], "number?": ["电话", "手机", "手机号"], "content?": ["内容"],
    "place?": ["地址"], "topic?": ["类别"], "received_at?": ["日期", "时间"],
    # those who took it down there: read in order never to be taken for the caller
    "staff": [
        "受理人", "受理人姓名", "受理员", "受理人员", "受理人员姓名", "记录人", "记录人姓名", "登记人", "登记人姓名",
        "话务员", "话务员姓名", "坐席", "坐席姓名",
        "接线员", "接听人", "工号", "受理工号", "taken by",
    ],
    "staff_2": [
        "经办人", "经办人姓名", "承办人", "承办人姓名", "处理人", "处理人姓名", "办理人", "办理人姓名", "派单人",
        "签收人", "回复人", "审核人",
    ],
    "staff_number": ["受理人电话", "经办人电话", "承办人电话", "处理人电话", "办理人电话", "单位电话", "承办单位电话"],
}  # fmt: skip
MOST_ROWS = 5000
LONGEST_NO, LONGEST_PLACE = 60, 200
SENTENCES = {
    # code: (level, sentence)
    "no_number": ("error", gettext_lazy("The external no. is missing.")),
    "number_rounded": ("error", gettext_lazy("The external no. lost its last digits: export the column as text.")),
    "number_long": ("error", gettext_lazy("The external no. is too long.")),
    "number_is_phone": ("error", gettext_lazy("The external no. looks like a telephone number: a column has slipped.")),
    "no_time": ("error", gettext_lazy("The time of the call is missing.")),
    "date_unreadable": ("error", gettext_lazy("The time cannot be read: write it like 2020-01-27 08:30.")),
    "in_future": ("error", gettext_lazy("The time of the call lies in the future.")),
    "no_content": ("error", gettext_lazy("The content is empty.")),
    "refused": ("error", gettext_lazy("The row does not fit.")),
    "is_ended": ("warning", gettext_lazy("Its complaint is at an end: the new words are shown on the desk; reopen it if it goes on.")),
    "said_before": ("warning", gettext_lazy("An earlier list said the same, a later one something else: this list counts as the latest.")),
    "deadline_unreadable": ("warning", gettext_lazy("The deadline cannot be read and is left out.")),
    "unknown_district": ("warning", gettext_lazy("The district is not known and is left out.")),
    "unknown_topic": ("warning", gettext_lazy("The topic is not known: it becomes “other”.")),
    "topic_guessed": ("warning", gettext_lazy("The list names no topic: it was guessed from the words.")),
    "venue_several": ("warning", gettext_lazy("Several venues have this name: it is kept as a place in words.")),
    "place_cut": ("warning", gettext_lazy("The place is too long: its end is left out.")),
    "odd_phone": ("warning", gettext_lazy("The telephone number cannot be read and is left out.")),
    "more_phones": ("warning", gettext_lazy("There is more than one telephone number: the first one is the caller's.")),
    "staff_is_no_caller": ("warning", gettext_lazy("The caller has the name of the person who took the call: it is left out.")),
}  # fmt: skip
_COLUMN_OF = {
    "no_number": "external_no", "number_rounded": "external_no", "number_long": "external_no",
    "number_is_phone": "external_no",
    "no_time": "received_at", "date_unreadable": "received_at", "in_future": "received_at", "no_content": "content",
    "deadline_unreadable": "deadline", "unknown_district": "district", "unknown_topic": "topic",
    "venue_several": "venue",
    "place_cut": "place", "odd_phone": "number", "more_phones": "number", "staff_is_no_caller": "name",
}  # fmt: skip


@dataclass
class SheetRow:
    """One row. The caller is not in its repr, so that no message of an error can hold him."""

    sheet: str
    row: int
    labels: dict
    external_no: str = ""
    received_at: datetime.datetime | None = None
    written_at: datetime.datetime | None = (
        None  # as the file has it: of today without a time, `received_at` is the clock
    )
    deadline: datetime.datetime | None = None
    content: str = field(default="", repr=False)
    venue: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    district: str = ""
    topic: str = ""
    kind: str = ""
    reply: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    findings: list = field(default_factory=list)

    def find(self, code):
        """Note a finding of this code."""
        level, sentence = SENTENCES[code]
        column = self.labels.get(_COLUMN_OF.get(code, ""), "")
        place = {"sheet": self.sheet, "row": self.row, "column": column}
        self.findings.append({**place, "level": level, "code": code, "message": str(sentence)})

    @property
    def is_wrong(self):
        return any(found["level"] == "error" for found in self.findings)

    def fingerprint(self):
        """SHA-256 of what the sheet says, with the caller as keyed hashes: the same words of the same caller are the same sheet,
        however they are spaced."""
        moments = [moment.isoformat() if moment else "" for moment in (self.written_at, self.deadline)]
        words = [
            comparable(text) for text in (self.content, self.venue, self.place, self.district, self.topic, self.reply)
        ]
        caller = [number_hash(self.number), keyed_hash(comparable(self.name))]
        return hashlib.sha256("\n".join([*moments, *words, *caller]).encode()).hexdigest()


def read(path, name="", *, at=None):
    """The SheetRows of the list at `path`; raises Refused for what cannot be read. `at` is the clock (None: now)."""
    at = at or timezone.now()
    look = guards.look(path, name)
    found, seen_header = [], False
    with reading.tables(path, look) as tables:
        for table in tables:
            header = columns.find(table, ALIASES, second={"staff": "staff_2"})
            if header is None or table.hidden or not _settle(header):
                continue
            seen_header = True
            for row in table.rows(after=header.last_row):
                cells_ = row.values
                values = {name_: cells_[c] if c < len(cells_) else "" for name_, c in header.columns.items()}
                if any(str(value).strip() for value in values.values()):
                    labels = {name_: header.label(name_) for name_ in header.columns}
                    found.append(_row(SheetRow(table.name, row.number, labels), values, table, at))
                if len(found) > MOST_ROWS:
                    raise Refused(_("The list has more than %(count)s rows: split it.") % {"count": MOST_ROWS})
    if not seen_header:
        raise Refused(_("No column is named 工单编号 or 编号: this is no list of another hotline."))
    if not found:
        raise Refused(_("The list has no rows."))
    return found


def _settle(header):
    """Let the vague names stand for what has no better one; whether the list has a column of external numbers."""
    for vague in [name for name in header.columns if name.endswith("?")]:
        header.columns.setdefault(vague[:-1], header.columns.pop(vague))
    return "external_no" in header.columns


def _row(row, values, table, at):
    """Fill in the row from the cells {field: value}."""
    _number(row, values.get("external_no", ""))
    _moments(row, values, table.date1904, at)
    staff = [values.get("staff", ""), values.get("staff_2", "")]
    row.name, row.number, codes = secrecy.read_caller(values.get("name", ""), values.get("number", ""), staff)
    content = cells.as_text(values.get("content", "")).strip()
    row.number = row.number or secrecy.number_in_words(content)
    for code in codes:
        row.find(code)
    row.content = without_caller(content, row.name, row.number)
    if not row.content:
        row.find("no_content")
    for one in ("venue", "place", "district", "topic", "kind"):
        setattr(row, one, without_caller(clean_text(cells.as_text(values.get(one, ""))), row.name, row.number))
    row.reply = without_caller(cells.as_text(values.get("reply", "")).strip(), row.name, row.number)
    return row


def _number(row, value):
    number, findings = cells.code(value)
    if any(code == "code_rounded" for code, _said in findings):
        row.find("number_rounded")
    elif not number:
        row.find("no_number")
    elif len(number) > LONGEST_NO:
        row.find("number_long")
    elif is_telephone(number):
        row.find("number_is_phone")
    else:
        row.external_no = number


def _moments(row, values, date1904, at):
    try:
        row.received_at = row.written_at = times.happened(values.get("received_at", ""), date1904=date1904)
    except ValueError:
        row.find("date_unreadable")
    else:
        if row.received_at is None:
            row.find("no_time")
        elif row.received_at.date() == timezone.localdate(at) and row.received_at.time() == times.LAST_SECOND:
            row.received_at = at  # today, no time given: it happened before now
        elif row.received_at > at:
            row.find("in_future")
    try:
        row.deadline = times.due(values.get("deadline", ""), date1904=date1904)
    except ValueError:
        row.find("deadline_unreadable")
