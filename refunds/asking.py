"""What the address of a page of refunds asks for: the moment, and the addresses of other pages at the same moment."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from venues import moments
from venues.transitions import Refused


class Asked:
    """`at`: the moment of `?as_of=`, or now; `asked`: whether the address names one; `problem`: the sentence when it names none
    that can be meant, and `text` what it says then."""

    def __init__(self, request):
        self.problem, self.text = "", request.GET.get("as_of", "")
        self.path = request.path
        try:
            self.at, self.asked = moments.as_of(request)
        except Refused as refused:
            self.at, self.asked, self.problem = timezone.now(), False, refused.sentence()

    @property
    def status(self):
        return 400 if self.problem else 200

    @property
    def as_of(self):
        """The moment as the address names it; "" for now."""
        return moments.in_address(self.at) if self.asked else ""

    @property
    def query(self):
        """For an address that has no other question: `?as_of=…`, or nothing for now."""
        return f"?{urlencode({'as_of': self.as_of})}" if self.asked else ""

    def link(self, name, *args, **asked):
        """The address of a page of refunds at this moment, with these filters."""
        query = {key: value for key, value in asked.items() if value not in (None, "")}
        if self.asked:
            query["as_of"] = self.as_of
        return reverse(f"refunds:{name}", args=args) + (f"?{urlencode(query)}" if query else "")
