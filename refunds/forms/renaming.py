"""The form that says that a group and its former number are two groups after all."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from refunds.forms.acts import ActForm
from venues.transitions import TooLate


class TakeBackForm(ActForm):
    """Of the last renaming of the group."""

    slug = "unrename"
    done = _(
        "The group has its former number again; the other one is a group of its own to the next return that names it."
    )

    def carry_out(self, *, by):
        last = self.group.renamings.live().order_by("pk").last()
        if last is None:
            raise TooLate(gettext("The numbers of this group were changed meanwhile. Look at it once more."))
        last.take_back(by=by)
        self.group.refresh_from_db()
