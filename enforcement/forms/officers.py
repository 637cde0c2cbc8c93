"""The account of an officer as the administrator sees it: roles as boxes with their names, no permission one by one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enforcement.models import Officer
from enforcement.roles import ROLES
from venues.transitions import Refused

FIELDS = [
    "name", "badge_no", "certificate_no", "rank", "phone", "team", "district", "can_lead", "can_hold_phone", "exemptions",
    "language", "is_wall_screen", "is_active",
]  # fmt: skip


class OfficerForm(forms.ModelForm):
    """`actor` (set by the admin on its subclass) is the administrator at work: he changes neither his own roles nor his own
    activity, and only who may set roles sees the boxes open."""

    actor = None
    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(slug, name) for slug, (name, _permissions) in ROLES.items()],
    )  # fmt: skip

    class Meta:
        model = Officer
        fields = FIELDS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        himself = self.instance.pk is not None and self.instance.pk == self.actor.pk
        if self.instance.pk is not None:
            self.initial["roles"] = list(self.instance.groups.values_list("name", flat=True))
        if himself or not self.actor.has_perm("enforcement.set_roles"):
            self.fields["roles"].disabled = True
            self.fields["roles"].help_text = _("Another administrator gives and takes these.")
        if himself:
            for field in {"is_active"} & set(self.fields):  # none of them for who may only look
                self.fields[field].disabled = True

    def clean(self):
        cleaned = super().clean()
        self.instance.is_wall_screen = cleaned.get("is_wall_screen", False)
        try:
            self.instance.refuse_more_than_looking(cleaned.get("roles", []))
        except Refused as refusal:
            self.add_error("roles", refusal)
        return cleaned


class NewOfficerForm(OfficerForm):
    """A new account; its first password is made by the system and shown once."""

    class Meta(OfficerForm.Meta):
        fields = ["username", *FIELDS]

    def clean_username(self):
        return Officer.normalize_username(self.cleaned_data["username"]).lower()


class OfficerFileForm(forms.Form):
    file = forms.FileField(
        label=_("List of officers"),
        help_text=_("xlsx or csv with the columns badge_no, name, kind, group_or_county, phone, certificate_no."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
