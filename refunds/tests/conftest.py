"""The tests of refunds read the pages and refusals in English."""

import pytest
from django.utils import translation

from refunds.tests.workbooks import workbook


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def sheet(agency):
    """`sheet(*groups, day=…)`: a workbook of the agency."""

    def make(*groups, day="2020-01-31", **how):
        title = f"{agency.name}团队退团退费情况统计表"
        return workbook(*groups, licence=agency.licence_no, title=title, day=day, **how)

    return make
