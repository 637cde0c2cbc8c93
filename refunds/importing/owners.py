"""Which agency of the registry sent a sheet: by its licence no., with its name as the proof."""

import re

from django.conf import settings

from refunds.importing.judging import Judge
from refunds.importing.problems import BY_NAME, problem
from refunds.models.returns import AGENCY
from venues.cleaning import comparable
from venues.models import Venue

_LEGAL_FORM = re.compile(r"(股份|有限|责任)*公司$")


def find(sheet, answers):
    """(the agency or None, problems). A name that is another agency's is asked about, never passed over."""
    if not sheet.licence_no:
        return None, []
    cell = sheet.cells.get("licence_no", "licence")
    agencies = {one.survivor for one in _agencies().filter(licence_no=sheet.licence_no)}
    if len(agencies) != 1:
        return None, [problem("unknown_licence", cell, was=sheet.licence_no)]
    (agency,) = agencies
    if not sheet.agency or core(sheet.agency) in names(agency):
        return agency, []
    judge = Judge(answers)
    answer = judge.ask("other_agency", cell, licence=sheet.licence_no, agency=agency.name, was=sheet.agency)
    if answer != BY_NAME:
        return agency, judge.problems
    named = {one.survivor for one in _agencies() if core(sheet.agency) in names(one)}
    if len(named) != 1:
        return None, [problem("unknown_licence", cell, was=sheet.agency)]
    return named.pop(), []


def _agencies():
    return Venue.objects.filter(category__slug=AGENCY).select_related("merged_into")


def names(agency):
    return {core(name) for name in (agency.name, agency.sign_name) if name}


def core(name):
    """A name without its city and its legal form: 天水云端旅行社有限责任公司 is 云端旅行社."""
    plain = comparable(name)
    for city in (settings.CITY_NAME, settings.CITY_NAME.removesuffix("市")):
        plain = plain.removeprefix(comparable(city)) if city and len(plain) > len(comparable(city)) + 3 else plain
    return _LEGAL_FORM.sub("", plain)
