"""Files that come from outside: stored under their own content's hash, so that no sender chooses a name on our disk."""

import hashlib
from pathlib import Path

from django.core.files.base import ContentFile

ENDINGS = {".xlsx", ".xlsm", ".xls", ".csv", ".pdf", ".jpg", ".jpeg", ".png"}


def sha256_of(content):
    return hashlib.sha256(content).hexdigest()


def put(row, content, name):
    """Put the bytes into the `file` of a row that is not saved yet, the sender's name into its `file_name`."""
    ending = Path(name).suffix.lower()
    row.file_name = Path(name.replace("\\", "/")).name[-200:]
    row.file.save(sha256_of(content)[:16] + (ending if ending in ENDINGS else ".bin"), ContentFile(content), save=False)
