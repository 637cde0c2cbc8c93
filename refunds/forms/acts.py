"""What every form of an act on a group shares: what its page had seen, its place on a page of many forms, and where a refusal is
shown."""

from pathlib import Path

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from refunds.files import ENDINGS
from refunds.money import MOST

LARGEST = 10  # megabytes of one paper
PAPERS = sorted(ENDINGS)


class YuanField(forms.DecimalField):
    def __init__(self, **options):
        super().__init__(min_value=0, max_value=MOST, decimal_places=2, **options)


class HeadsField(forms.IntegerField):
    def __init__(self, **options):
        super().__init__(max_value=99_999, **{"min_value": 0, **options})


class PaperField(forms.FileField):
    """A scan, a picture or a table that proves something."""

    default_error_messages = {
        "too_large": _("The file is larger than %(n)s MB."),
        "kind": _("Attach a picture (.jpg, .png), a .pdf or a table."),
    }

    def __init__(self, **options):
        widget = forms.ClearableFileInput(attrs={"accept": ",".join(PAPERS)})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > LARGEST * 1024 * 1024:
            raise ValidationError(self.error_messages["too_large"], code="too_large", params={"n": LARGEST})
        if Path(file.name).suffix.lower() not in ENDINGS:
            raise ValidationError(self.error_messages["kind"], code="kind")
        return file


def words(label, *, required=True, most=200, rows=2, **options):
    """A field for a sentence."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": most})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, **options)


def reason():
    return forms.CharField(label=_("Reason"), max_length=200, error_messages={"required": _("Give the reason.")})


class ActForm(forms.Form):
    """One act on `group`, or on the `row` of its ledger or deductions. `slug` and the row name its place on the page."""

    slug = ""
    done = ""  # what is said when it is done

    def __init__(self, data=None, files=None, *, group, row=None, mark="", **options):
        self.group, self.row, self.mark = group, row, mark
        options.setdefault("auto_id", f"{self.place}_%s")
        super().__init__(data, files, **options)
        if "seen" in self.fields:
            self.fields["seen"].initial = mark

    @property
    def place(self):
        return f"{self.slug}{self.row.pk}" if self.row is not None else self.slug

    def carry_out(self, *, by):
        """Do it; raises Refused."""
        raise NotImplementedError

    def take(self, refused):
        """Show a refusal of the act beside the field that it is about, or on top."""
        self.add_error(self.blamed(), refused.sentence())

    def blamed(self):
        """The field that a refusal is about, or None."""
        return None

    def show_again(self, mark):
        """Let what was typed be sent once more from the page that now shows how things are."""
        if "seen" in self.fields:
            self.data = self.data.copy()
            self.data["seen"] = mark


class SeenForm(ActForm):
    """An act that is refused when somebody was faster than the page that it was decided on."""

    seen = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": _("The page is out of date. Open it again.")}
    )
