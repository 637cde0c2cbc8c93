"""Lists of other hotlines: the upload, and which answered sheets go back."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Channel, Complaint
from venues.forms.moments import DayField
from venues.importing.guards import check_size
from venues.moments import local_day

MOST_BYTES = 5 * 1024 * 1024


def _channels():
    return Channel.objects.filter(external=True)


class SheetFileForm(forms.Form):
    """The list and the channel that it comes from."""

    channel = forms.ModelChoiceField(
        label=_("Came in by"), queryset=Channel.objects.none(), to_field_name="slug", empty_label=None
    )
    file = forms.FileField(
        label=_("List"), help_text=_(".xlsx, or .csv in UTF-8 or GB18030; at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = _channels()

    def clean_file(self):
        file = self.cleaned_data["file"]
        check_size(file.size)
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large: split the list, at most 5 MB are read."))
        return file


class SheetExportForm(forms.Form):
    """Which sheets: of a channel, received from a day until a day (with it)."""

    channel = forms.ModelChoiceField(
        label=_("Came in by"), queryset=Channel.objects.none(), to_field_name="slug", empty_label=None
    )
    until = DayField(label=_("Until (with that day)"), required=False)
    format = forms.ChoiceField(label=_("Format"), choices=[("xlsx", ".xlsx"), ("csv", ".csv")])
    field_order = ["channel", "from", "until", "format"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = _channels()
        self.fields["from"] = DayField(label=_("From"), required=False)
        self.order_fields(self.field_order)

    def complaints(self):
        """The complaints with an external no. of the channel and the days asked for, the earliest first."""
        said = self.cleaned_data
        found = Complaint.objects.filter(channel=said["channel"]).exclude(external_no="")
        if said["from"]:
            found = found.filter(received_at__gte=local_day(said["from"])[0])
        if said["until"]:
            found = found.filter(received_at__lt=local_day(said["until"])[1])
        return found.order_by("received_at", "pk")

    @property
    def in_words(self):
        """What was asked for, for the audit trail."""
        said = self.cleaned_data
        return {"channel": said["channel"].slug, **{name: f"{said[name] or ''}" for name in ("from", "until")}}


def this_month():
    """The first day of this month, as the export proposes it."""
    return timezone.localdate().replace(day=1)
