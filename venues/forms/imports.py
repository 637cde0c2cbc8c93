"""Forms of the imports: the file, the questions about many rows, the filters of the preview."""

import contextlib
import hashlib
import tempfile
from pathlib import Path

from django import forms
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from venues.importing import guards, showing
from venues.models import Category, ClosureOrder, Division, VenueImportRow

LEAVE_OUT = "out"


@contextlib.contextmanager
def on_disk(file):
    """The path of an uploaded file, which small ones have only for as long as this lasts."""
    if isinstance(file, TemporaryUploadedFile):
        yield Path(file.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(suffix=Path(file.name).suffix) as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        file.seek(0)
        yield Path(copy.name)


class UploadForm(forms.Form):
    """One list. After validation `look` says what the guards found."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            ".xlsx, or .csv in UTF-8 or GB18030. The office's own list as it is: titles, merged cells, hidden rows."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        guards.check_size(file.size)
        with on_disk(file) as path:
            self.look = guards.look(path, file.name)
        return file


class AnswerForm(forms.Form):
    """The questions that one answer settles for all their rows: which category, which district a text of the file means."""

    def __init__(self, run, data=None):
        super().__init__(data)
        self._keys = {}
        choices = {
            "category": [(c.pk, c.name) for c in Category.objects.filter(retired=False)],
            "district": [(d.pk, d.name) for d in Division.objects.districts()],
        }
        for kind, pairs in choices.items():
            asked, answered = run.questions.get(kind, {}), run.answers.get(kind, {})
            for text in sorted({*asked, *answered}):
                self._add(kind, text, asked.get(text, 0), answered, pairs)

    def _add(self, kind, text, n, answered, pairs):
        name = f"{kind}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        self._keys[name] = (kind, text)
        given = answered.get(text)
        self.fields[name] = forms.ChoiceField(
            label=self._label(kind, text),
            help_text=ngettext("%(n)s row waits for this.", "%(n)s rows wait for this.", n) % {"n": n} if n else "",
            required=False,
            choices=[("", _("decide later")), *pairs, (LEAVE_OUT, _("leave these rows out"))],
            initial=given if given is not None else LEAVE_OUT if text in answered else "",
        )

    @staticmethod
    def _label(kind, text):
        if kind == "category":
            return _("“%(text)s” is the category") % {"text": text}
        if text:
            return _("“%(text)s” is the district or county") % {"text": text}
        return _("Rows that name no district or county lie in")

    def answers(self):
        """{"category": {text: id or None}, "district": {…}} of the questions that got an answer."""
        found = {"category": {}, "district": {}}
        for name, (kind, text) in self._keys.items():
            value = self.cleaned_data[name]
            if value:
                found[kind][text] = None if value == LEAVE_OUT else int(value)
        return found


_ANY = ("", _("all"))


class RowFilterForm(forms.Form):
    """The filters of the preview, as they stand in the address."""

    action = forms.ChoiceField(label=_("What is done"), required=False, choices=[_ANY, *VenueImportRow.Action.choices])
    level = forms.ChoiceField(
        label=_("Finding"), required=False, choices=[_ANY, *(c for c in VenueImportRow.Level.choices if c[0])]
    )
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    q = forms.CharField(
        label=_("Name"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    order = forms.ModelChoiceField(ClosureOrder.objects.all(), required=False, widget=forms.HiddenInput)
    effect = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[("come", "come"), ("go", "go")])

    def __init__(self, run, data):
        super().__init__(data)
        self._run = run
        sheets = list(run.rows.order_by("sheet").values_list("sheet", flat=True).distinct())
        if len(sheets) > 1:
            self.fields["sheet"].choices = [_ANY, *((name, name) for name in sheets)]
        else:
            del self.fields["sheet"]

    def rows(self):
        """The rows that pass, in the order of the file."""
        found = self._run.rows.order_by("pk")
        if not self.is_valid():
            return found.none()
        chosen = self.cleaned_data
        for name in ("action", "level", "sheet"):
            if chosen.get(name):
                found = found.filter(**{name: chosen[name]})
        if chosen["q"]:
            found = found.filter(name__contains=chosen["q"].strip())
        if chosen["order"] and chosen["effect"]:
            found = showing.rows_of_effect(found, chosen["order"], chosen["effect"])
        return found

    @property
    def in_use(self):
        """The names of the filters that are set."""
        return [name for name, value in self.cleaned_data.items() if value] if self.is_valid() else ["?"]
