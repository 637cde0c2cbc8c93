"""Complaints and answered sheets as files: .xlsx and .csv row by row; codes are text, no cell is a formula, and nothing of the
caller is in them. A moment that is missing is an empty cell.
"""

import datetime

from django.utils import timezone

from venues.exporting import as_csv
from venues.masking import without_numbers

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COMPLAINTS = (
    # header, what stands in it, width
    ("投诉编号", lambda c: c.number, 17), ("来源", lambda c: c.channel.name_zh, 18), ("工单编号", lambda c: c.external_no, 20),
    ("类型", lambda c: _KINDS.get(c.kind, c.kind), 8), ("事项", lambda c: c.topic.name_zh, 20),
    ("紧急程度", lambda c: _URGENCY.get(c.urgency, ""), 8),
    ("场所或地点", lambda c: without_numbers((c.venue.name if c.venue else "") or c.place), 28),
    ("区县", lambda c: c.district and c.district.name, 10), ("街道", lambda c: c.street and c.street.name, 14),
    ("来电时间", lambda c: c.received_at, 16),
    ("诉求内容", lambda c: without_numbers(c.content), 40),
    ("状态", lambda c: _STATUS.get(c.status, c.status), 10),
    ("派单时间", lambda c: c.dispatched_at, 16), ("签收时间", lambda c: c.signed_at, 16),
    ("到场时间", lambda c: c.arrived_at, 16),
    ("制止时间", lambda c: c.stopped_at, 16), ("答复时间", lambda c: c.answered_at, 16), ("办结时间", lambda c: c.closed_at, 16),
    ("外部时限", lambda c: c.external_deadline, 16),
    ("处理情况", lambda c: without_numbers(c.outcome), 36),
    ("补录", lambda c: "是" if c.backfilled else "", 6),
)  # fmt: skip
SHEETS = (
    ("工单编号", lambda c: c.external_no, 20), ("投诉编号", lambda c: c.number, 17),
    ("状态", lambda c: _STATUS.get(c.status, c.status), 10),
    ("受理时间", lambda c: c.received_at, 16), ("办理时限", lambda c: c.external_deadline, 16),
    ("派单时间", lambda c: c.dispatched_at, 16),
    ("到场时间", lambda c: c.arrived_at, 16), ("制止时间", lambda c: c.stopped_at, 16), ("答复时间", lambda c: c.answered_at, 16),
    ("办结时间", lambda c: c.closed_at, 16), ("回复内容", lambda c: reply_text(c), 60),
)  # fmt: skip
_STATUS = {
    "registered": "待派单", "dispatched": "待签收", "in_progress": "处置中", "awaiting_answer": "待答复", "closed": "已办结",
    "answered_at_once": "直接答复", "not_accepted": "不予受理", "transferred": "已移送", "merged": "已并单", "void": "作废",
}  # fmt: skip
_KINDS = {"report": "举报", "complaint": "投诉", "inquiry": "咨询", "help": "求助", "suggestion": "建议"}
_URGENCY = {"critical": "特急", "urgent": "紧急", "normal": "一般"}
_FINDINGS = {"running": "现场发现营业", "not_running": "现场未发现营业", "not_found": "未找到该地点", "other": ""}


def reply_text(complaint):
    """What goes back to the hotline that sent the sheet: what was found and done, and what the caller was told; without numbers.

    Reads `complaint.told`, the call-backs that reached the caller, as `for_sheets` prefetches them."""
    parts = [_FINDINGS.get(complaint.finding, ""), complaint.outcome]
    if complaint.stopped_at:
        parts.append(f"{timezone.localtime(complaint.stopped_at):%Y-%m-%d %H:%M}已制止")
    if complaint.transferred_to:
        parts.append(f"已移送{complaint.transferred_to}")
    if complaint.parent_id:
        parts.append(f"与{complaint.parent.number}并案办理")
    parts += [callback.told for callback in complaint.told][-1:]
    if complaint.unreachable:
        parts.append("多次联系来电人未果")
    words = [part.strip().rstrip("。;；") for part in parts if part.strip()]
    return without_numbers("；".join(dict.fromkeys(words)) + ("。" if words else ""))


def for_list(complaints):
    """These complaints with what COMPLAINTS needs."""
    return complaints.select_related("channel", "topic", "venue", "district", "street")


def for_sheets(complaints):
    """These complaints with what SHEETS needs."""
    from django.db.models import Prefetch

    from complaints.models import Callback

    told = Callback.objects.filter(result=Callback.Result.REACHED, call=None).order_by("pk")
    return complaints.select_related("parent").prefetch_related(Prefetch("callbacks", queryset=told, to_attr="told"))


def rows(complaints, columns):
    """The cells of these complaints, read in pieces: str, naive local datetime, or "" for what is missing."""
    for complaint in complaints.iterator(chunk_size=500):
        yield [_plain(read(complaint)) for _header, read, _width in columns]


def _plain(value):
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return "" if value is None else value


def write_workbook(complaints, columns, title, file):
    """Write an .xlsx of these complaints into the open binary `file`; memory does not grow with the rows."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(title)
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2EFF3"})
        text = book.add_format({"num_format": "@"})
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})  # text even after somebody edits it
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        for column, (header, _read, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, header, head)
        sheet.freeze_panes(1, 1)
        for number, cells in enumerate(rows(complaints, columns), start=1):
            for column, value in enumerate(cells):
                if isinstance(value, datetime.datetime):
                    sheet.write_datetime(number, column, value, time)
                elif value:
                    sheet.write_string(number, column, value, quoted if value.startswith(_FORMULA) else text)


def csv_lines(complaints, columns):
    """The lines of a .csv, one after the other."""
    head = [header for header, _read, _width in columns]
    return as_csv(head, ([_words(value) for value in cells] for cells in rows(complaints, columns)))


def _words(value):
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime.datetime) else value
