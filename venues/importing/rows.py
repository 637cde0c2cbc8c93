"""Reading one row of a venue list: which venue it speaks of, in clean values, and what must be said about it."""

import datetime
from dataclasses import dataclass, field

from venues.importing import cells
from venues.importing.fields import FIELDS, SIGNATURE, SYSTEMS, TOTAL, status_of
from venues.importing.findings import ERROR, finding, level
from venues.importing.package import column_letters

LENGTHS = {
    "name": 120, "sign_name": 120, "grade": 10, "licence_no": 60, "legal_rep": 60, "manager": 60, "phone": 60, "phone_2": 60,
    "address": 200, "remark": 200,
}  # fmt: skip
_TEXTS = ("sign_name", "grade", "legal_rep", "manager", "address", "remark")


@dataclass
class Draft:
    """A row as it was read. `values`: {field of Venue: what it will hold}, dates as ISO text, foreign keys as ids; only what
    the row really says. `left_out`: an officer answered that such rows are not to be imported."""

    sheet: str
    row: int
    values: dict = field(default_factory=dict)
    findings: list = field(default_factory=list)
    left_out: bool = False

    @property
    def failed(self):
        return any(level(found) == ERROR for found in self.findings)


class RowReader:
    """Reads the rows of one table under its header. `answers`: {"category": {text: id or None}, "district": {…}}, given by
    officers to the questions about many rows; None leaves such rows out. `on`: the date on which licences must be valid."""

    def __init__(self, table, header, places, *, answers, on):
        self.table, self.header, self.places, self.answers = table, header, places, answers
        self._on = on.isoformat()
        self._labels = [(column, label.strip()) for column, label in header.labels.items()]
        self._columns = {name: header.columns[name] for name in FIELDS if name in header.columns}
        self._known = set(self._columns.values())
        self._label = {name: header.label(name) for name in FIELDS}
        self._kind = next(filter(None, (places.category(text) for text in (table.name, header.title) if text)), None)
        self._place = next(
            filter(None, (places.district_in(text) for text in (header.title, table.name) if text)), None
        )
        self._section = None

    def drafts(self):
        """A Draft for each row that speaks of a venue; totals, signatures, blank and repeated header rows are passed over."""
        for row in self.table.rows(after=self.header.last_row):
            if self._speaks_of_a_venue(row):
                yield self._read(row)

    def _speaks_of_a_venue(self, row):
        """Also keeps the district of a line that only names one ("一、秦州区") for the rows below it."""
        own = [(c, v) for c, v in enumerate(row.values) if v != "" and not (isinstance(v, str) and v.isspace())]
        if row.filled:
            own = [(c, v) for c, v in own if c not in row.filled]
        if not own:
            return False
        first = own[0][1]
        if isinstance(first, str) and len(first) < 60:
            plain = first.strip()
            if TOTAL.fullmatch(plain) or SIGNATURE.fullmatch(plain):
                return False
            if len(own) == 1 and (district := self.places.section(plain)):
                self._section = district
                return False
            if plain == self._labels[0][1] and self._repeats_the_header(row):
                return False
        name = row.values[self._columns["name"]] if self._columns["name"] < len(row.values) else ""
        if isinstance(name, str) and TOTAL.fullmatch(name.strip()):
            return False
        return any(c in self._known for c, _v in own)

    def _repeats_the_header(self, row):
        return all(c < len(row.values) and str(row.values[c]).strip() in ("", label) for c, label in self._labels)

    def _read(self, row):
        draft = Draft(self.table.name, row.number)
        got = {}
        for name, column in self._columns.items():
            got[name] = row.values[column] if column < len(row.values) else ""
        say = _Speaker(draft, self._label)
        if row.hidden:
            say("hidden_row")
        elif self.table.hidden:
            say("hidden_sheet")
        if self.table.empty_formulas:
            self._note_empty_formulas(row, say)
        self._read_name(got, draft, say)
        self._read_texts(got, draft, say)
        self._read_codes(got, draft, say)
        self._read_category(got, draft, say)
        self._read_place(got, draft, say)
        self._read_phones(got, draft, say)
        self._read_licence_end(got, draft, say)
        self._read_status(got, draft, say)
        self._read_figures(got, draft, say)
        return draft

    def _note_empty_formulas(self, row, say):
        for name, column in self._columns.items():
            if f"{column_letters(column + 1)}{row.number}" in self.table.empty_formulas:
                say("empty_formula" if name == "name" else "formula_without_value", name)

    def _read_name(self, got, draft, say):
        name, found = cells.text(got["name"])
        say.all("name", found)
        if not name:
            if not any(f["code"] == "empty_formula" for f in draft.findings):
                say("empty_name", "name")
        elif len(name) > LENGTHS["name"]:
            say("name_too_long", "name", most=LENGTHS["name"])
        else:
            draft.values["name"] = name
            if name[0] in "=+@":
                say("formula_text", "name")

    def _read_texts(self, got, draft, say):
        for name in _TEXTS:
            if value := got.get(name, ""):
                cleaned, found = cells.text(value)
                if found:
                    say.all(name, found)
                if len(cleaned) > LENGTHS[name]:
                    say("cut", name, most=LENGTHS[name], was=cleaned)
                    cleaned = cleaned[: LENGTHS[name]]
                if cleaned:
                    draft.values[name] = cleaned

    def _read_codes(self, got, draft, say):
        for name, reader in (("uscc", cells.credit_code), ("licence_no", cells.code)):
            if value := got.get(name, ""):
                cleaned, found = reader(value)
                if found:
                    say.all(name, found)
                if len(cleaned) > LENGTHS.get(name, 18):
                    say("licence_too_long", name, most=LENGTHS[name])
                elif cleaned.strip(cells.NOTHING):
                    draft.values[name] = cleaned

    def _read_category(self, got, draft, say):
        said, _found = cells.text(got.get("category", ""))
        key = said or self.table.name
        answered = self.answers.get("category", {})
        category = self.places.category(said) if said else self._kind
        if category is None and key in answered:
            category = answered[key]
            draft.left_out |= category is None
        elif category is None:
            say(*(("unknown_category", "category") if said else ("no_category",)), was=said, key=key)
        if category is not None:
            draft.values["category"] = category

    def _read_place(self, got, draft, say):
        said, _found = cells.text(got.get("district", ""))
        street, _found = cells.text(got.get("street", ""))
        answered = self.answers.get("district", {})
        district = self.places.district(said) if said else None
        if district is None and said in answered and (said or not self._found_elsewhere(street, draft)):
            district = answered[said]
            draft.left_out |= district is None
        elif said and district is None:
            say("unknown_district", "district", was=said, key=said)
        elif not said:
            district, code = self._found_elsewhere(street, draft) or (None, None)
            if code:
                say(code, "district", now=self.places.names[district])
            elif district is None:
                say("no_district", "district", key="")
        if district is None:
            return
        draft.values["district"] = district
        if street:
            found = self.places.street(district, street)
            if found is None:
                say("street_elsewhere", "street", was=street)
            else:
                draft.values["street"] = found

    def _found_elsewhere(self, street, draft):
        """(district, code of the finding or None) of a row that does not say its district itself, None when nothing does."""
        if self._section:
            return self._section, None
        for place, code in (
            (self.places.district_of_street(street) if street else None, "district_of_street"),
            (self._place, "district_of_title"),
            (self.places.district_in(draft.values.get("address", "")[:20]), "district_of_address"),
        ):
            if place:
                return place, code
        return None

    def _read_phones(self, got, draft, say):
        numbers = []
        for name in ("phone", "phone_2"):
            if value := got.get(name, ""):
                found_here, found = cells.phones(value)
                if found:
                    say.all(name, found)
                numbers += [number[: LENGTHS[name]] for number in found_here]
        numbers = list(dict.fromkeys(numbers))
        if len(numbers) > 2:
            say("more_phones", "phone", was=", ".join(numbers[2:]))
        if numbers:
            draft.values["phone"] = numbers[0]
            if len(numbers) > 1:
                draft.values["phone_2"] = numbers[1]
        elif "phone" in self._columns:
            say("no_phone", "phone")

    def _read_licence_end(self, got, draft, say):
        value = got.get("licence_until", "")
        if value == "":
            return
        (date, long_term), found = cells.end_date(value, date1904=self.table.date1904)
        if found:
            say.all("licence_until", found)
        if long_term:
            draft.values["licence_until"] = None
            draft.values["licence_long_term"] = True
        elif date:
            draft.values["licence_until"] = date.isoformat()
            draft.values["licence_long_term"] = False

    def _read_status(self, got, draft, say):
        """The column of the status counts; without it, or where it is blank, what the remark tells of."""
        said, _found = cells.text(got.get("operating_status", ""))
        status = status_of(said)
        if said and status is None:
            say("status_unknown", "operating_status", was=said)
        remark = draft.values.get("remark", "")
        told = status_of(remark, column=False)
        if status and told and told != status:
            say("status_in_remark", "remark", was=remark)
        status = status or told
        if status:
            draft.values["operating_status"] = status
        ended = draft.values.get("licence_until")
        if ended and ended < self._on and status not in ("ceased", "revoked"):
            say("licence_ended", "licence_until", was=ended)

    def _read_figures(self, got, draft, say):
        if value := got.get("size", ""):
            number, found = cells.whole_number(value)
            say.all("size", found)
            if number is not None:
                draft.values["size"] = number
        if got.get("latitude", "") == "" or got.get("longitude", "") == "":
            return
        latitude, wrong = cells.degrees(got["latitude"], 90)
        longitude, wrong_too = cells.degrees(got["longitude"], 180)
        system, _found = cells.text(got.get("coordinate_system", ""))
        system = SYSTEMS.get("".join(c for c in system.lower() if c.isalnum()))
        if wrong or wrong_too:
            say("position_unreadable", "latitude", was=f"{got['latitude']}, {got['longitude']}")
        elif system is None:
            say("no_coordinate_system", "coordinate_system")
        else:
            draft.values.update(latitude=latitude, longitude=longitude, coordinate_system=system)


class _Speaker:
    """Adds findings to a draft, with the name that the column has in the file."""

    def __init__(self, draft, labels):
        self._findings, self._labels = draft.findings, labels

    def __call__(self, code, field="", **said):
        self._findings.append(finding(code, self._labels.get(field, ""), **said))

    def all(self, field, found):
        for code, said in found:
            self(code, field, **said)


def from_iso(text):
    return datetime.date.fromisoformat(text) if text else None
