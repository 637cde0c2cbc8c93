"""Callers with numbers and names that can be recognised, brought in by every form that takes them, and a sharp eye for them."""

import datetime
import io
import json
import logging
import re
import uuid
import zipfile

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string

from complaints.forms.changes import filed_as
from complaints.models import Call, Caller, Channel, Complaint, StagedSheets, Topic
from complaints.tests.calling import typed
from complaints.tests.sheeting import as_csv, row
from venues.tests.forms import sent

# who telephones, writes a sheet, is added, is missed, leaves an unfinished call, has a number in what others say
NUMBERS = ["13974185296", "0938-8529637", "17769384152", "15836925814", "18947362815", "13692581473"]
NAMES = ["欧阳霜菊", "司徒寒梅", "尉迟晚枫", "Zbigniewa Kowalczykowna"]
FIRST, LANDLINE, ADDED, MISSED, DRAFTED, OTHER = NUMBERS
SPOKEN = f"我叫欧阳霜菊,电话139 7418 5296,打我爱人的也行:{OTHER[:3]}-{OTHER[3:7]}-{OTHER[7:]},座机(0938)8529637"
PIECE = 7  # digits of a number that nobody may read in one piece


def needles():
    """Everything that must occur nowhere: the numbers, every seven digits of them, the names."""
    found = set(NAMES) | set(NUMBERS)
    for number in NUMBERS:
        digits = re.sub(r"\D", "", number)
        found |= {digits[start : start + PIECE] for start in range(len(digits) - PIECE + 1)}
    return found


_NEEDLES = re.compile("|".join(sorted(map(re.escape, needles()), key=len, reverse=True)), re.IGNORECASE)
_GAPS = re.compile(r"(?<=\d)[ \-.()\u00a0]{1,2}(?=\d)")


def leaks(text):
    """What of the callers stands in the text, also when it is written with gaps, in \\u escapes or in full-width digits."""
    wide = text.translate({0xFF10 + digit: str(digit) for digit in range(10)})
    unescaped = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), wide)
    return sorted(
        {found.lower() for shape in (wide, unescaped, _GAPS.sub("", unescaped)) for found in _NEEDLES.findall(shape)}
    )


# --- answers --------------------------------------------------------------------------------------------------------------
def everything_of(response):
    """All that goes out with an answer: where it leads, its headers and cookies, its body; workbooks unpacked."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    head = "\n".join([*(f"{name}: {value}" for name, value in response.items()), response.cookies.output()])
    return f"{head}\n{body.decode('utf-8', 'replace')}"


# --- the database ---------------------------------------------------------------------------------------------------------
def tables_with_leaks():
    """{table: what stands in it} over every column of every table of every database; what is packed in sessions is unpacked."""
    found = {}
    for connection in connections.all():
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                while rows := cursor.fetchmany(500):
                    if hits := leaks("\n".join(_cell(cell) for cells in rows for cell in cells)):
                        found.setdefault(table, set()).update(hits)
    for session in Session.objects.all():
        if hits := leaks(json.dumps(session.get_decoded(), ensure_ascii=False, default=str)):
            found.setdefault("django_session", set()).update(hits)
    return found


def _cell(cell):
    return bytes(cell).decode("utf-8", "replace") if isinstance(cell, bytes | memoryview) else str(cell)


# --- the logs -------------------------------------------------------------------------------------------------------------
class Ears(logging.Handler):
    """Hears every logger, those that do not propagate too; `raw` is what was written, `lines` is what the console gets."""

    def __init__(self):
        super().__init__(level=0)
        self.raw, self.lines = [], []
        self.json = import_string(settings.LOGGING["formatters"]["json"]["()"])()
        self.plain = logging.Formatter("%(message)s")

    def emit(self, record):
        self.lines.append(self.json.format(record))
        self.raw.append(self.plain.format(record))

    def __enter__(self):
        closed = [
            logging.getLogger(name)
            for name, known in list(logging.root.manager.loggerDict.items())
            if not getattr(known, "propagate", True)
        ]
        self.at = [logging.getLogger(), *closed]
        for logger in self.at:
            logger.addHandler(self)
        return self

    def __exit__(self, *error):
        for logger in self.at:
            logger.removeHandler(self)


# --- bringing them in -----------------------------------------------------------------------------------------------------
def act(client, complaint, name, **fields):
    answer = sent(client, f"/complaints/{complaint.number}/{name}/", fields)
    assert answer.status_code == 302, (name, answer.status_code)
    complaint.refresh_from_db()


def registered_by_form(client, **fields):
    answer = sent(client, "/calls/new/", typed(**fields))
    assert answer.status_code == 302, answer.content.decode()
    return Complaint.objects.latest("pk")


def bring_in(desk, field, *, venue, inspector):
    """Every caller, by the forms of the desk (a client) and of the field; returns {what: object}."""
    first = registered_by_form(
        desk, number="+86 139 7418 5296", name="欧阳霜菊", content=SPOKEN, venue=venue.pk,
        place=f"蓝天网吧后门,找欧阳霜菊 {FIRST}", ongoing="yes",
        reply_when=f"晚上打{OTHER}", urgency="normal", urgency_reason=f"欧阳霜菊 {FIRST} 说不急",
    )  # fmt: skip
    act(desk, first, "dispatch", to=[inspector.pk], team=f"一组 {FIRST}")
    act(field, first, "sign")
    act(field, first, "arrive")
    assert (
        sent(
            desk,
            "/calls/new/",
            typed(number=ADDED, name="尉迟晚枫", content=f"尉迟晚枫再次来电 {ADDED}", add_to=first.number),
        ).status_code
        == 302
    )
    act(desk, first, "set_urgency", urgency="urgent", reason=f"尉迟晚枫又打来 {ADDED}")
    act(desk, first, "note", text=f"欧阳霜菊的另一个号码{OTHER}")
    later = timezone.localtime() + datetime.timedelta(days=9)
    act(desk, first, "extend", steps=["answer"], until=f"{later:%Y-%m-%dT%H:%M}", text=f"欧阳霜菊 {FIRST} 要等")
    filed = {"topic": first.topic_id, "venue": venue.pk, "place": f"欧阳霜菊 {FIRST} 楼下", "urgency": first.urgency}
    act(desk, first, "recategorise", seen=filed_as(first), **filed, reason=f"尉迟晚枫 {ADDED} 更正")
    act(field, first, "find", finding="other", text=f"欧阳霜菊在场,{FIRST}")
    act(desk, first, "tell", result="no_answer", way="phone", satisfied="not_asked", told=f"{FIRST}无人接听")
    act(
        desk,
        first,
        "tell",
        result="reached",
        told="已答复欧阳霜菊(139-7418-5296)",
        way="phone",
        satisfied="very",
        close="on",
    )
    further = first.calls.get(wants_reply=True).pk
    for said in (
        {"result": "no_answer", "told": f"{ADDED}无人接听"},
        {"result": "reached", "told": f"已答复尉迟晚枫 {ADDED}", "close": "on"},
    ):
        act(desk, first, "tell_further", call=further, way="phone", satisfied="not_asked", **said)
    act(desk, first, "reopen", reason=f"欧阳霜菊 {FIRST} 说又开了")
    second = registered_by_form(
        desk, number=LANDLINE, name="Zbigniewa Kowalczykowna", content=f"zbigniewa kowalczykowna {LANDLINE}"
    )
    act(desk, second, "dispatch", to=[inspector.pk])
    act(desk, second, "resend", to=[inspector.pk], reason=f"{LANDLINE} 又催")
    act(field, second, "arrive")
    act(field, second, "find", finding="running", text=f"Zbigniewa Kowalczykowna {LANDLINE}")
    act(field, second, "stop", text=f"已告知Zbigniewa Kowalczykowna {LANDLINE}")
    act(desk, second, "transfer", to=f"公安 {LANDLINE}", reason=f"Zbigniewa Kowalczykowna {LANDLINE}")
    third = registered_by_form(desk, number=FIRST, content="还是那家")
    for name, fields in (("merge", {}), ("separate", {"reason": f"{FIRST} 不是一回事"}), ("merge", {})):
        act(desk, third, name, **({"parent": first.number} if name == "merge" else fields))
    for name in ("not_accept", "void"):
        act(desk, registered_by_form(desk, number=FIRST, name="欧阳霜菊"), name, reason=f"欧阳霜菊 {FIRST}")
    answered = registered_by_form(
        desk, number=FIRST, name="欧阳霜菊", topic=Topic.objects.get(slug="consult").pk, answer=f"欧阳霜菊 {FIRST}"
    )
    anonymous = registered_by_form(desk, number=None, withheld="on", content=f"不留名,电话{OTHER}")
    missed = {"channel": Channel.objects.get(slug="unit_phone").pk, "result": "missed", "number": MISSED,
              "remark": f"{MISSED}响一声", "on": "2020-01-27", "time": "03:10"}  # fmt: skip
    assert sent(desk, "/calls/missed/new/", missed).status_code == 302
    assert sent(desk, "/calls/new/", typed(result="silent", number=MISSED, content=f"无声 {MISSED}")).status_code == 302
    _sheets(desk)
    key = uuid.uuid4()
    draft = typed(
        number=DRAFTED, name="司徒寒梅", content=f"司徒寒梅 {DRAFTED}", place=f"司徒寒梅家 {DRAFTED}", form_key=str(key)
    )
    assert desk.post("/calls/draft/", draft).status_code == 204
    call = Call.objects.to_return().first()
    assert MISSED in desk.post(f"/calls/{call.pk}/number/", {"reason": f"回拨 {MISSED}"}).content.decode()
    assert (
        FIRST in desk.post(f"/complaints/{first.number}/reveal/", {"reason": f"回访欧阳霜菊 {FIRST}"}).content.decode()
    )
    assert first.number in desk.post("/callers/search/", {"number": FIRST}).content.decode()
    return {"first": first, "second": second, "answered": answered, "anonymous": anonymous, "call": call, "draft": key}


def _sheets(desk):
    """One list brought in, a second one left undecided."""
    said = row(
        name="司徒寒梅",
        number=DRAFTED,
        content=f"司徒寒梅反映网吧营业,另一电话{OTHER}",
        reply=f"已回复司徒寒梅 {DRAFTED}",
    )
    later = [*said[:5], f"司徒寒梅又来电 {OTHER}", *said[6:]]
    for name, rows in (
        (f"{DRAFTED}.csv", [said, later]),
        ("l.csv", [row(no="GD9", name="司徒寒梅", number=DRAFTED, content=f"司徒寒梅 {OTHER}")]),
    ):
        file = io.BytesIO(as_csv(*rows))
        file.name = name
        assert sent(desk, "/sheets/import/", {"channel": "12345", "file": file}).status_code == 302
        if name != "l.csv":
            assert (
                sent(desk, f"/sheets/import/{StagedSheets.objects.latest('uploaded_at').pk}/apply/", {}).status_code
                == 302
            )
    assert Caller.objects.with_number(DRAFTED).exists() and StagedSheets.objects.count() == 1
