"""Forms of a patrol: its departure and its return."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from venues.forms.inspections import OfficersChoice, OfficersMixin
from venues.forms.moments import MomentMixin
from venues.models import Patrol


class PatrolForm(OfficersMixin, MomentMixin, forms.ModelForm):
    officers_field = "members"
    moment_label = _("Left")
    members = OfficersChoice(label=_("Members"), required=False)

    class Meta:
        model = Patrol
        fields = [
            "led_by", "members", "kind", "purpose", "vehicle", "vehicle_owner", "area", "partner_units",
            "led_by_bureau", "remark",
        ]  # fmt: skip

    def __init__(self, *args, officer, **options):
        super().__init__(*args, **options)
        self.likely = {officer.pk}
        self.fields["led_by"].queryset = get_user_model().objects.active()
        self.fields["led_by"].initial = officer.pk
        self.fields["members"].initial = [officer.pk]

    def departure(self):
        """The keyword arguments of `Patrol.objects.depart`."""
        details = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return {**details, "left_at": self.cleaned_data["at"]}


class ReturnForm(MomentMixin):
    moment_label = _("Returned")
