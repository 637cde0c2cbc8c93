"""By which numbers an agency's groups go: those that it has, those by which they went before, and what a sheet calls them anew.

A group that is missing in a sheet, while another one is new there, may be the same under another number. Nobody knows but the
agency: a person says so, and then both numbers mean it.
"""

from django.utils.functional import cached_property

from refunds.importing.problems import NOW
from refunds.models import Renaming, TourGroup
from refunds.models.groups import generated_number

MOST = 12  # new groups that are offered for one that is missing, the likest first
_ALIKE = ("route", "depart_on", "return_on", "heads", "market")


class Numbers:
    """The numbers of one agency. `known`: {number: group} of the moment of the sheet."""

    def __init__(self, agency, known):
        self.agency, self.known = agency, known
        former = list(Renaming.objects.live().of(agency).order_by("pk").values_list("was", "group__number"))
        self.former = {was: now for was, now in former if was not in self.taken} if former else {}

    @cached_property
    def taken(self):
        """All numbers that groups of the agency have, at whatever moment."""
        return set(TourGroup.objects.of(self.agency).values_list("number", flat=True))

    @property
    def groups(self):
        """{number: group} by all numbers, those of before included."""
        before = {was: self.known[now] for was, now in self.former.items() if now in self.known}
        return before | self.known

    def of_line(self, line, said):
        """The number by which the agency's group of this line is known, else what the sheet calls it."""
        number = line.group_no or generated_number(said)
        return self.former.get(number, number)

    def renamed(self, lines, key, answers):
        """{number of the sheet: the number by which that group is known} of what persons said. `lines`: {number: line}; `key`: of
        a number that is missing, the key of the question about it."""
        found = {}
        for missing in sorted(set(self.known) - set(lines)):
            answer = answers.get(key(missing)) or ""
            number = answer.removeprefix(NOW)
            if answer.startswith(NOW) and number in self.new_in(lines, found):
                found[number] = missing
        return found

    def new_in(self, lines, renamed):
        """The numbers of the sheet that no group of the agency has, but for those of `renamed`."""
        return [number for number in lines if number not in self.taken and number not in renamed]

    def candidates(self, group, lines, renamed):
        """As which of the new groups of the sheet this missing one may go now, the likest first."""

        def unlike(number):
            said = lines[number]
            return sum(getattr(said, name) != getattr(group, name) for name in _ALIKE)

        return tuple(sorted(self.new_in(lines, renamed), key=unlike)[:MOST])
