"""Forms of the imports of returns: many files at once, and the questions about one of them."""

import hashlib

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from refunds.importing import applying
from refunds.importing.desk import content_of
from refunds.importing.problems import FIELD_OF
from refunds.importing.sheets import ERROR, QUESTION
from refunds.importing.showing import sorted_by_severity, told
from refunds.models import AgencyReport
from venues.cleaning import clean_text
from venues.importing.guards import check_size
from venues.transitions import Refused

MOST_FILES = 60
MOST_BYTES = 5 * 1024 * 1024
MOST_QUESTIONS = 200  # shown of one file; who sends more mends the file
LONGEST = 120
# an empty answer to these would only ask again
_NEVER_EMPTY = {
    *FIELD_OF, "no_licence", "two_licences", "unknown_licence", "no_date", "two_dates", "date_ahead", "group_twice",
}  # fmt: skip


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """All files that were dropped, a list."""

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None]]


class MailForm(forms.Form):
    """A morning's mail. A file that is empty or too large does not keep the others back: see `check`."""

    files = ManyFilesField(
        label=pgettext_lazy("refunds", "Sheets"), allow_empty_file=True,
        help_text=_("The agencies' sheets as they came (.xlsx, .csv), and lists of nil returns; many at once. Drop them here."),
        widget=ManyFiles(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("Choose at least one file.")},
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("How it came"), choices=AgencyReport.Channel.choices, initial="mail")

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("At most %(most)s files at once."), params={"most": MOST_FILES})
        return files


def check(file):
    """Refuse a file that is empty or larger than any agency's sheet."""
    check_size(file.size)
    if file.size > MOST_BYTES:
        raise Refused(_("The file is too large: split the list, at most 5 MB are read."))


class Question:
    """One question about a file, answered or not: `said` is what problems say of it, `given` the answer so far (None: none)."""

    def __init__(self, said, given=None):
        self.said, self.given = said, given
        self.key, self.cell, self.message, self.severity = said["key"], said["cell"], said["message"], said["severity"]
        short = hashlib.sha256(self.key.encode()).hexdigest()[:12]
        self.name, self.nothing = f"a-{short}", f"n-{short}"
        self.typed, self.choices = said["typed"], said["choices"]
        self.group, self.row_at, self.number = "", "", 0  # the group that it is about, and where its row stands
        self.may_be_empty = self.typed and said["code"] not in _NEVER_EMPTY

    @property
    def emptied(self):
        return self.typed and self.given == ""

    def read(self, data):
        """The answer that the form gives to this question, None where it gives none."""
        text = clean_text(data.get(self.name, "").replace("\0", ""))[:LONGEST]
        if self.typed:
            return "" if self.may_be_empty and not text and data.get(self.nothing) else text or None
        if text in {choice["value"] for choice in self.choices}:
            return text
        return "" if self.given else None  # asked again


class Questions:
    """All questions about one file: the `open` ones, and the `answered` ones, which can be answered anew. `lying`: see desk.look."""

    def __init__(self, lying):
        problems = lying.preview.problems if lying.preview else ()
        answers = lying.upload.answers
        asked = [one for one in sorted_by_severity(problems) if one.severity in (ERROR, QUESTION)]
        self.open = [Question(told(one), answers.get(one.key)) for one in asked]
        for number, one in enumerate(self.open, start=1):
            one.number = number
        here = {one.key for one in asked}
        given = {key: value for key, value in answers.items() if key not in here}
        self.answered = list(self._answered(lying, given)) if given and lying.preview else []
        self.shown, self.more = self.open[:MOST_QUESTIONS], max(len(self.open) - MOST_QUESTIONS, 0)

    @staticmethod
    def _answered(lying, given):
        """The questions to which answers were given: the sheet is read as if nobody had answered, then with the answers to what
        that asked, as long as it asks more."""
        content, known = content_of(lying.upload), {}
        while True:
            found = applying.preview(content, lying.upload.file_name, answers=known)
            new = {one.key: one for one in found.problems if one.key in given and one.key not in known}
            if not new:
                return
            for key, one in new.items():
                yield Question(told(one), given[key])
            known |= {key: given[key] for key in new}

    @property
    def can_be_answered(self):
        return bool(self.answered) or any(one.typed or one.choices for one in self.shown)

    def answers(self, data):
        """{key: answer} of what the form says anew."""
        said = {one.key: (one, one.read(data)) for one in (*self.open, *self.answered) if one.name in data}
        return {key: now for key, (one, now) in said.items() if now is not None and now != one.given}
