"""A small strict reader of iCalendar text, after RFC 5545: it shares nothing with what writes the feeds."""

import datetime
import re
from dataclasses import dataclass, field

_LINE = re.compile(r'(?P<name>[A-Z0-9-]+)(?P<parameters>(;[A-Z0-9-]+=("[^"]*"|[^";:,]*))*):(?P<value>.*)', re.DOTALL)


@dataclass
class Component:
    name: str
    properties: list = field(default_factory=list)  # (name, {parameter: value}, value)
    parts: list = field(default_factory=list)

    def one(self, name):
        """(parameters, value) of the property, which stands exactly once."""
        found = [(parameters, value) for own, parameters, value in self.properties if own == name]
        assert len(found) == 1, f"{self.name} has {len(found)} {name}"
        return found[0]

    def text(self, name):
        value = self.one(name)[1]
        assert not re.search(r"(?<!\\)(\\\\)*[;,]", value), f"unescaped: {value!r}"
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)

    def all(self, name):
        return [part for part in self.parts if part.name == name]


def read(data):
    """The VCALENDAR of these bytes; AssertionError where the standard is broken."""
    assert (
        data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    )
    physical = data.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in physical), "a line is longer than 75 octets"
    for line in physical:
        line.decode()  # no character is cut in two by the folding
    lines = data.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode().split("\r\n")[:-1]
    stack, root = [], None
    for line in lines:
        found = _LINE.fullmatch(line)
        assert found, f"no content line: {line!r}"
        name, value = found["name"], found["value"]
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", value)
        if name == "BEGIN":
            component = Component(value)
            if stack:
                stack[-1].parts.append(component)
            else:
                assert root is None, "two calendars in one"
                root = component
            stack.append(component)
        elif name == "END":
            assert stack.pop().name == value
        else:
            parts = re.findall(r';([A-Z0-9-]+)=("[^"]*"|[^";:,]*)', found["parameters"])
            stack[-1].properties.append((name, {key: text.strip('"') for key, text in parts}, value))
    assert not stack and root.name == "VCALENDAR"
    assert root.one("VERSION")[1] == "2.0" and root.one("PRODID")[1]
    return root


def events(data):
    """[{uid, sequence, status, start, end, summary, stamp}] of the feed; moments are aware."""
    calendar = read(data)
    offsets = {zone.text("TZID"): _offset(zone) for zone in calendar.all("VTIMEZONE")}
    found = [_event(event, offsets) for event in calendar.all("VEVENT")]
    assert len({event["uid"] for event in found}) == len(found), "one UID stands twice"
    return found


def _event(event, offsets):
    stamp = event.one("DTSTAMP")[1]
    assert re.fullmatch(r"\d{8}T\d{6}Z", stamp), "DTSTAMP is in UTC"
    return {
        "uid": event.text("UID"), "sequence": int(event.one("SEQUENCE")[1]), "status": event.one("STATUS")[1],
        "start": _moment(event.one("DTSTART"), offsets), "end": _moment(event.one("DTEND"), offsets),
        "summary": event.text("SUMMARY"), "stamp": stamp, "zone": event.one("DTSTART")[0]["TZID"],
    }  # fmt: skip


def _moment(found, offsets):
    parameters, value = found
    assert re.fullmatch(r"\d{8}T\d{6}", value), f"a local time of its zone: {value}"
    local = datetime.datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007
    return local.replace(tzinfo=offsets[parameters["TZID"]])


def _offset(zone):
    """The one offset of a zone without summer time, as the feed states it."""
    (standard,) = zone.parts
    assert standard.name == "STANDARD"
    sign, hours, minutes = re.fullmatch(r"([+-])(\d\d)(\d\d)", standard.one("TZOFFSETTO")[1]).groups()
    return datetime.timezone(datetime.timedelta(hours=int(sign + hours), minutes=int(sign + minutes)))
