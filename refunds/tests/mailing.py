"""A clerk at the browser: what the tests of the import pages press, with the form keys and hidden fields that the pages carry."""

import re
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from refunds.models import ReturnUpload
from refunds.tests.workbooks import GROUPS

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def real_file(name):
    return SimpleUploadedFile(name, (GROUPS / name).read_bytes())


def drop(client, *files, channel="mail", follow=True, **fields):
    """Drop files on the desk; `files`: SimpleUploadedFile or (name, bytes)."""
    given = [file if isinstance(file, SimpleUploadedFile) else SimpleUploadedFile(*file) for file in files]
    data = {"files": given, "channel": channel, "form_key": str(uuid.uuid4())} | fields
    return client.post(reverse("refunds:import_new"), data, follow=follow)


def upload_of(client, content, name="sheet.xlsx"):
    """Drop one file; returns its upload."""
    drop(client, (name, content))
    return ReturnUpload.objects.get(file_name=name)


def form_of(client, page, action):
    """{name: [values]} of the hidden fields of the form that posts to `action` on this page; None where there is no such form."""
    text = client.get(page).content.decode()
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', text, re.DOTALL)
    if found is None:
        return None
    said = {}
    for name, value in _HIDDEN.findall(found[1]):
        said.setdefault(name, []).append(value)
    said["form_key"] = [str(uuid.uuid4())]
    return said


def press(client, page, name, *args, follow=True, **fields):
    """Press the button of the form on this page that posts to the address `name`, with its hidden fields."""
    action = reverse(f"refunds:{name}", args=args)
    said = form_of(client, page, action)
    assert said is not None, f"no form posts to {action}"
    return client.post(action, said | fields, follow=follow)


def apply_all(client, **how):
    return press(client, reverse("refunds:imports"), "imports_apply", **how)


def apply_one(client, upload, **how):
    return press(client, upload.get_absolute_url(), "import_apply", upload.pk, **how)


def answer(client, upload, answers, **how):
    """Answer questions by their cells: {(code, cell without the sheet's name): text or choice}; "" is "the cell says nothing"."""
    from refunds.forms.imports import Questions
    from refunds.importing import desk

    upload.refresh_from_db()
    questions = Questions(desk.look(upload))
    said = {}
    for one in (*questions.open, *questions.answered):
        key = (one.said["code"], one.cell.rpartition("!")[2])
        if key in answers:
            said[one.name] = answers[key]
            if answers[key] == "" and one.typed:
                said[one.nothing] = "1"
    assert len(said) >= len(answers), f"asked were {[(q.said['code'], q.cell) for q in questions.open]}"
    return press(client, upload.get_absolute_url(), "import_answer", upload.pk, **how, **said)


def words(response):
    """The text of a page without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
