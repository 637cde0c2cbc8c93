"""How venues are found: by what people type, by their licence and telephone, and in the order of the lists."""

import datetime

from django.db import models
from django.db.models import Case, Q, Value, When

from venues.search import words_of

SHORTEST_PIECE_OF_CODE = 6


def _first(condition):
    return Case(When(condition, then=Value(0)), default=Value(1))


class FindingQuerySet(models.QuerySet):
    """The reads of `Venue` that lists, the picker and the admin share."""

    def standing(self):
        """Venues that are themselves: not merged into another row."""
        return self.filter(merged_into=None)

    def listed(self):
        """The standing venues as lists show them: by category, district and entry. An order that indexes give, so
        that page 1,000 costs what page 1 costs."""
        return self.standing().order_by("category_id", "district_id", "pk")

    def matching(self, text):
        """Venues whose search key (names, pinyin, initials, licence, telephones, address, remark) contains every word
        of `text`; a long word may also be a piece of the credit code."""
        found = self
        for word in words_of(text):
            hit = Q(search_key__contains=word)
            if len(word) >= SHORTEST_PIECE_OF_CODE and word.isascii():
                hit |= Q(uscc__contains=word.upper())
            found = found.filter(hit)
        return found

    def best_first(self, text):
        """The order for somebody who picks one of the venues that match: first those of which a line of the key (name,
        pinyin, initials, licence, telephone …) begins with the first word; trading ones before the others."""
        first = (words_of(text) or [""])[0]
        begins = Q(search_key__startswith=first) | Q(search_key__contains=f"\n{first}")
        trading = Q(operating_status="active")
        return self.order_by(_first(begins), _first(trading), "name", "pk")

    def with_phone(self):
        return self.exclude(phone="", phone_2="")

    def without_phone(self):
        return self.filter(phone="", phone_2="")

    def licence_ended(self, on):
        """Venues whose licence had ended on the date `on`: the day it is valid until still counts."""
        return self.filter(licence_long_term=False, licence_until__lt=on)

    def licence_ends_soon(self, on, days=60):
        """Venues whose licence is valid on `on` and ends within so many days."""
        until = on + datetime.timedelta(days=days)
        return self.filter(licence_long_term=False, licence_until__gte=on, licence_until__lte=until)

    def licence_unknown(self):
        """Venues of which nobody entered until when the licence holds."""
        return self.filter(licence_long_term=False, licence_until=None)
