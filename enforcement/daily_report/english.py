"""The English text of a report, section by section; the same facts as the Chinese one. Numbers as words.py says."""

from enforcement.daily_report.differences import corrections
from enforcement.daily_report.spans import duration_en as duration
from enforcement.daily_report.spans import when_en as when
from enforcement.daily_report.terms import MARKETS, SUPPLIES
from enforcement.daily_report.words import (
    how_many,
    is_all,
    local,
    printed,
    rounded,
    short_of,
    unknown,
    whole_day,
)

PROBLEMS = {
    "violating": ("{n} venues under the order are trading", "stop them at once, secure evidence, and look again without a break"),
    "overdue": ("{n} venues are overdue: never seen closed by two officers", "visit each one with two officers until it is seen closed"),
    "untold": ("{n} venues have not been told", "send a car to those that cannot be reached by telephone"),
    "never_seen": ("{n} venues have never been looked at", "send the nearest patrol for the first look"),
    "stale": ("{n} closed venues are due for another look", "plan the round by district, the longest unseen first"),
    "unstopped": ("{n} violations have not been stopped", "name one officer for each until it is stopped"),
    "complaints_open": ("{n} complaints are being handled", "finish them within their limits"),
    "complaints_overdue": ("{n} complaints are overdue for an answer", "the leader on duty sees that they are answered this shift"),
    "not_told": ("{n} complaints are handled but their callers not told", "call back and tell the result"),
    "gaps": ("the post was short {n} times", "find out why and mend the roster"),
    "silent": ("{n} travel agencies have not reported", "call each one; nothing to report is reported too"),
    "unpaid": ("{people} travellers of {groups} groups still wait for their money", "have the agencies name a date, and call travellers back"),
    "staff": ("{n} officers are not cleared", "keep them off duty and have them examined"),
}  # fmt: skip
ONE = {
    "violating": "1 venue under the order is trading", "overdue": "1 venue is overdue: never seen closed by two officers",
    "untold": "1 venue has not been told", "never_seen": "1 venue has never been looked at",
    "stale": "1 closed venue is due for another look", "unstopped": "1 violation has not been stopped",
    "complaints_open": "1 complaint is being handled", "complaints_overdue": "1 complaint is overdue for an answer",
    "not_told": "1 complaint is handled but its caller not told", "gaps": "the post was short once",
    "silent": "1 travel agency has not reported", "staff": "1 officer is not cleared",
}  # fmt: skip
UNKNOWN = {
    "vehicles": "vehicle runs", "duty": "the cover of the post", "supplies": "supplies", "staff": "health checks",
}  # fmt: skip
NOT_RECORDED = "not recorded"


class Text:
    """The sections of one report."""

    def __init__(self, figures, basis, approximate=False):
        self.figures, self.basis, self.approximate = figures, basis, approximate

    # --- small words
    def count(self, number, one, many, *, begins=False):
        """A number that stands alone, with what it counts; `begins` a sentence."""
        if number is None:
            return f"{many}: {NOT_RECORDED}"
        floor, more = rounded(number) if self.approximate else (number, False)
        over = "Over" if begins else "over"
        return f"{printed(number, f'{over} {floor}')} {many}" if more else plural(number, one, many)

    def since(self):
        return f"Since {when(local(self.basis['since']))}" if self.basis["since"] else "In all"

    def since_within(self):
        """The same where it does not begin the sentence."""
        return self.since()[:1].lower() + self.since()[1:]

    def day(self):
        start, end = local(self.basis["day_from"]), local(self.figures["as_of"])
        date = whole_day(start, end)
        return f"on {date.day} {date:%B}" if date else f"from {when(start)} to {when(end)}"

    def names(self, kind):
        return [(key, en) for key, _zh, en in self.basis["names"][kind]]

    # --- the sections
    def correction(self):
        corrects = self.basis["corrects"]
        told = "; ".join(f"{name} {old}, now {new}" for name, old, new in corrections(corrects, chinese=False))
        if not told:
            told = "parts of the figures, as below" if corrects["changes"] else "the wording; the figures are the same"
        return f"This issue corrects no. {corrects['number']}: {told}."

    def force(self):
        total, day = self.basis["cumulative"]["patrols"], self.basis["day"]
        nil = (
            f"Nil report: {self.day()} nothing new of orders, patrols, inspections, violations, calls, refunds, supplies, gaps in the "
            "duty or illness of officers. "
        )
        text = nil if self.basis["nil"] else ""
        text += f"{self._effort(self.since(), total)} {self._violations(total)}"
        if self.basis["nil"]:
            return text
        names = ("patrols", "person_times", "vehicle_times", "visits")
        text += f" {self._effort(f'Of these, {self.day()}', {key: day.get(f'patrols.{key}') for key in names})}"
        new = day.get("patrols.violations_found")
        if new is None:
            return text
        return (
            f"{text} {plural(new, 'new violation was', 'new violations were')} found."
            if new
            else f"{text} No new violation was found."
        )

    def _effort(self, lead, counts):
        if counts["patrols"] == 0 and counts["visits"] == 0:
            return f"{lead}, no patrol went out."
        reached = f" at {self.count(counts['venues_reached'], 'venue', 'venues')}" if "venues_reached" in counts else ""
        return (
            f"{lead}, {self.count(counts['patrols'], 'patrol', 'patrols')} went out "
            f"({self.count(counts['person_times'], 'officer turnout', 'officer turnouts')}, "
            f"{self.count(counts['vehicle_times'], 'vehicle run', 'vehicle runs')}) and made "
            f"{self.count(counts['visits'], 'inspection', 'inspections')}{reached}."
        )

    def _violations(self, counts):
        found, stopped = counts["violations_found"], counts["violations_stopped"]
        if not found:
            return "No violation was found."
        text = f"{plural(found, 'violation', 'violations')} found"
        if not stopped:
            return f"{text}, not stopped yet."
        if is_all(stopped, found):
            return f"{text}, {'and stopped' if found == 1 else 'all stopped'}."
        return f"{text}, {stopped} stopped, {found - stopped} not stopped yet."

    def closures(self):
        found = self.figures["closures"]
        ended = "".join(self._ended(order) for order in self.basis.get("ended", []))
        if found is None:
            return f"{ended}No closure order is in force."
        title = next((order["title"] for order in self.figures["orders"] if order["number"] == found["order"]), "")
        text = (
            f"{ended}Order {found['order']}{title and f' ({title})'} was issued at {when(local(found['issued_at']))}."
        )
        if not found["targets"]:
            return f"{text} No venue on its list is to be shut.{self._out_of_scope(found)}"
        parts = (self._told, self._closed, self._by_category, self._by_district, self._looks, self._out_of_scope)
        return text + "".join(part(found) for part in parts)

    def _ended(self, order):
        issued, ended = when(local(order["issued_at"])), when(local(order["ended_at"]))
        return f"Order {order['number']} ({order['title']}), issued at {issued}, was {order['how']} at {ended}. "

    def _told(self, found):
        targets, told = found["targets"], found["told"]
        be = "is" if targets == 1 else "are"
        lead = f" {self.count(targets, 'venue', 'venues', begins=True)} {be} to be shut. As of {when(local(self.figures['as_of']))}"
        return (
            f"{lead} all have been told;"
            if is_all(told, targets)
            else f"{lead} {told} have been told, {targets - told} not;"
        )

    def _closed(self, found):
        targets, closed, minutes = found["targets"], found["closed"], found["minutes_to_all_closed"]
        if is_all(closed, targets):
            every = "all of the" if self.approximate and rounded(targets)[1] else "all"
            text = f" {every} {self.count(targets, 'venue', 'venues')} were last seen closed by two officers"
        else:
            text = f" {closed} of {targets} were last seen closed by two officers, {targets - closed} not"
        if found["violating"]:
            text += f" ({plural(found['violating'], 'venue', 'venues')} trading)"
        return (
            f"{text}. All were closed for the first time {printed(minutes, duration(minutes * 60))} after the order."
            if minutes is not None
            else f"{text}."
        )

    def _by_category(self, found):
        return self._split(
            "By category", found["by_category"], self.names("category"), "in every category all are closed"
        )

    def _by_district(self, found):
        return self._split(
            "By district", found["by_district"], self.names("district"), "in every district all are closed"
        )

    def _split(self, lead, groups, names, whole):
        rows = [(name, groups[key]) for key, name in names if groups[key]["targets"]]
        if not rows:
            return ""
        if all(is_all(row["closed"], row["targets"]) for _name, row in rows):
            told = ", ".join(f"{name} {row['targets']}" for name, row in rows)
            return f" {lead}: {told}; {'all are closed' if len(rows) == 1 else whole}."
        told = ", ".join(f"{name} {row['closed']} of {row['targets']} closed" for name, row in rows)
        return f" {lead}: {told}."

    def _looks(self, found):
        if not found["closed"]:
            return ""
        if not found["stale"]:
            return " Each closed venue has been looked at within its time."
        return f" Of the closed venues {found['verified']} have been looked at within their time, {found['stale']} are due for another look."

    def _out_of_scope(self, found):
        states = found["states"]
        out = [f"{states[key]} {key}" for key in ("excluded", "lifted") if states.get(key)]
        return f" Beside these, and not counted: {', '.join(out)}." if out else ""

    def duty(self):
        return f"{self._watch()}\n{self._calls()}"

    def _watch(self):
        found = self.figures["duty"]
        required, staffed, led = (found[f"{name}_seconds"] for name in ("required", "staffed", "led"))
        holders = f"Leading at that moment: {found['leader'] or 'nobody'}; at the telephone: {found['phone_officer'] or 'nobody'}."
        if required is None:
            return f"Duty: the cover of the post is {NOT_RECORDED}. {holders}"
        text = f"Duty: {duration(required)} required, {duration(staffed)} staffed, {duration(led)} led"
        if is_all(staffed, required) and is_all(led, required) and not found["gaps"]:
            return f"{text}: the post was staffed and led all the time, without a gap. {holders}"
        if not found["gaps"]:
            return f"{text}; no gap. {holders}"
        return f"{text}, {plural(how_many(found['gaps']), 'gap', 'gaps')} ({self._gaps(found['gaps'])}). {holders}"

    def _gaps(self, gaps):
        posts = {"leader": "leader", "phone": "telephone", "post": "officers at the post"}
        told = [
            f"{posts.get(gap['role'], gap['role'])} {when(local(gap['start']))} to {when(local(gap['end']))}"
            for gap in gaps[:5]
        ]
        return "; ".join(told) + (" and more" if len(gaps) > 5 else "")

    def _calls(self):
        total, day = self.basis["cumulative"]["complaints"], self.basis["day"].get("complaints.accepted")
        accepted = total["accepted"]
        if not accepted:
            return f"Complaints: {self.since_within()}, 0 accepted."
        names = dict(self.names("channel"))
        channels = ", ".join(
            f"{names.get(slug, slug or 'channel not said')} {n}" for slug, n in total["by_channel"].items() if n
        )
        new = NOT_RECORDED if day is None else day
        text = f"Complaints: {self.since_within()}, {self.count(accepted, 'complaint', 'complaints')} accepted ({channels}), {new} of them {self.day()}"
        answered, closed = is_all(total["answered"], accepted), is_all(total["closed"], accepted)
        if answered and closed:
            text += "; all answered and closed."
        else:
            text += "; all answered" if answered else f"; {total['answered']} answered"
            text += (
                ", all closed." if closed else f", {total['closed']} closed, {accepted - total['closed']} not closed."
            )
        return text + self._times(total["minutes"])

    def _times(self, minutes):
        asked = (("arrive", "to arrive"), ("stop", "to stop a violation"), ("answer", "to answer"))
        told = [
            f"{minutes[key]['median']} min {word} ({minutes[key]['n']})" for key, word in asked if minutes[key]["n"]
        ]
        return f" Median from the call: {', '.join(told)}." if told else ""

    def tours(self):
        found = self.figures["refunds"]
        total, silent = found["agencies"], found["silent"]
        reported = found["with_groups"] + found["nil_returns"] if silent is None else total - silent
        if not total or (silent is None and not reported):
            return f"Refunds of travel agencies: {NOT_RECORDED}."
        if silent == total:
            return f"Of {plural(total, 'travel agency', 'travel agencies')} none has reported."
        told = "all have reported" if is_all(reported, total) else f"{reported} have reported, {silent} are silent"
        if silent is None:  # nobody was asked: the others are not silent
            told = f"{reported} have reported"
        kinds = f"{found['with_groups']} with groups, {found['nil_returns']} with nothing to report"
        text = f"Of {plural(total, 'travel agency', 'travel agencies')} {told} ({kinds})."
        if not found["groups"]:
            return f"{text} Those that reported have no groups."
        return f"{text} {self._groups(found)}{self._refunded(found)}"

    def _groups(self, found):
        markets = ", ".join(
            f"{MARKETS.get(key, (key, key))[1]} {row['groups']}/{row['people']}"
            for key, row in found["by_market"].items()
            if row["groups"]
        )
        cancelled = found["cancelled"]
        whole = is_all(cancelled["groups"], found["groups"]) and is_all(cancelled["people"], found["people"])
        groups = self.count(found["groups"], "group", "groups", begins=True)
        text = f"{groups} with {self.count(found['people'], 'traveller', 'travellers')} (groups/people: {markets})"
        return f"{text}, all cancelled." if whole else f"{text}; cancelled: {group(cancelled)}."

    def _refunded(self, found):
        cancelled, done = found["cancelled"], found["refunded"]
        day = self.basis["day"].get("refunds.refunded.people_refunded")
        if not cancelled["groups"]:
            return ""
        if is_all(done["groups"], cancelled["groups"]):
            text = " All cancelled groups have been refunded"
        else:
            text = f" Refunded: {_of_agencies(done)}"
            rest = (
                ("part_refunded", "refunded in part"),
                ("cancelled_unpaid", "not refunded"),
                ("over_refunded", "refunded too much"),
            )
            for key, word in rest:
                if found[key]["groups"]:
                    text += f"; {word}: {_of_agencies(found[key])}"
        text += f"; {plural(day, 'traveller', 'travellers')} more {self.day()}" if day else ""
        text += f"; disputed: {group(found['disputed'])}" if found["disputed"]["groups"] else ""
        return f"{text}."

    def supplies(self):
        found = self.figures["supplies"]
        if not found:
            return f"Protective supplies: {NOT_RECORDED}."
        rows = [
            self._supply(key, row)
            for key, row in found.items()
            if any(row.get(name) for name in ("received", "issued", "on_hand"))
        ]
        return f"In all: {'; '.join(rows)}." if rows else "No supplies came in or went out."

    def _supply(self, key, row):
        received, donated = row.get("received"), row.get("donated")
        text = f"{SUPPLIES.get(key, (key, '', key))[2]}: {self._number(received)} received"
        if donated:
            text += " (all donated)" if is_all(donated, received) else f" ({donated} donated)"
        return f"{text}, {self._number(row.get('issued'))} issued, {self._number(row.get('on_hand'))} on hand"

    def _number(self, number):
        if number is None:
            return NOT_RECORDED
        floor, more = rounded(number) if self.approximate else (number, False)
        return printed(number, f"over {floor}") if more else f"{number}"

    def staff(self):
        found = self.figures["staff"]
        on_duty, checked, abnormal = (found[name] for name in ("on_duty", "checked", "abnormal"))
        if checked is None:
            return (
                f"Health of officers: {NOT_RECORDED}."
                if on_duty is None
                else f"{plural(on_duty, 'officer', 'officers')} on duty; their health: {NOT_RECORDED}."
            )
        text = f"{self.count(on_duty, 'officer', 'officers')} on duty, {'all checked' if is_all(checked, on_duty) else f'{checked} checked'}"
        text += (
            f", {'nobody' if is_all(checked, on_duty) else 'none of them'} with fever or symptoms"
            if abnormal == 0 and checked
            else f", {abnormal} not cleared"
            if abnormal
            else ""
        )
        isolated = found["isolated"]
        return f"{text}; in isolation: {NOT_RECORDED if isolated is None else isolated}."

    def problems(self):
        short, blank = short_of(self.figures, self.basis), unknown(self.figures)
        told = [ONE[code] if numbers.get("n") == 1 else PROBLEMS[code][0].format(**numbers) for code, numbers in short]
        steps = [PROBLEMS[code][1] for code, _numbers in short]
        if blank:
            told.append(f"not recorded: {', '.join(UNKNOWN[code] for code in blank)}")
            steps.append("complete what is not recorded")
        if not told:
            return "Problems: none.\nNext steps: keep the post staffed, look again within the time set, know the situation."
        return f"Problems: {numbered(told)}\nNext steps: {numbered(steps)}"


def numbered(sentences):
    return f"{'; '.join(f'({place}) {sentence}' for place, sentence in enumerate(sentences, start=1))}."


def plural(number, one, many):
    return f"{number} {one if number == 1 else many}"


def group(row):
    return f"{plural(row['groups'], 'group', 'groups')} with {plural(row['people'], 'traveller', 'travellers')}"


def _of_agencies(row):
    return group(row) + (f" ({plural(row['agencies'], 'agency', 'agencies')})" if row["agencies"] else "")
