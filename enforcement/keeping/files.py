"""The uploaded files: which there are, whether those are there that the rows name, and putting them back."""

import contextlib
import hashlib
import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db.models import FileField

PIECE = 1024 * 1024
STAGE = ".restoring-"
PASSING = ("imports/progress/",)  # how far a process is: over when it is


def folder():
    return Path(settings.DATA_DIR)


def present():
    """The names of all uploaded files, relative to their folder, in order. Hidden ones and links are none of ours."""
    found = []
    for place, folders, names in os.walk(folder()):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place) / name
            relative = path.relative_to(folder()).as_posix()
            if not name.startswith(".") and not path.is_symlink() and not relative.startswith(PASSING):
                found.append(relative)
    return sorted(found)


def size():
    total = 0
    for name in present():
        with contextlib.suppress(OSError):
            total += (folder() / name).stat().st_size
    return total


def pieces(file):
    while piece := file.read(PIECE):
        yield piece


def named_by_rows(models):
    """The names of the files that rows of these models point to."""
    names = set()
    for model in models:
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                rows = model._base_manager.exclude(**{field.attname: ""}).exclude(**{field.attname: None})
                names.update(rows.order_by("pk").values_list(field.attname, flat=True).iterator(chunk_size=2000))
    return names


def differing(wanted):
    """{name: "missing" or "other"} of those of `wanted` {name: {bytes, sha256}} that are not in the folder as they should be."""
    found = {}
    for name, said in wanted.items():
        try:
            with open(folder() / name, "rb") as file:
                digest = hashlib.sha256()
                for piece in pieces(file):
                    digest.update(piece)
        except OSError:
            found[name] = "missing"
            continue
        if digest.hexdigest() != said["sha256"]:
            found[name] = "other"
    return found


class Stage:
    """Files on their way back: unpacked beside their places first; then the missing ones are put in, which harms nobody, and are
    taken out again when the restore fails; what stands there with another content is replaced at the very end."""

    def __init__(self, archive):
        self._archive, self._placed, self._others = archive, [], []
        self._folder = folder() / f"{STAGE}{secrets.token_hex(6)}"

    def __enter__(self):
        for left in folder().glob(f"{STAGE}*"):  # by a restore that was killed: no other is at work
            shutil.rmtree(left, ignore_errors=True)
        made = not folder().exists()
        try:
            self._folder.mkdir(mode=0o700, parents=True)
            if made:
                folder().chmod(0o700)
            for number, (name, how) in enumerate(differing(self._archive.files).items()):
                path = self._folder / str(number)
                self._archive.unpack(name, path)
                (self._others if how == "other" else self._placed).append((path, folder() / name))
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def place(self):
        """Put in what is missing."""
        for path, target in self._placed:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise CommandError(f"{target.name} is a folder where a file should be. Nothing was changed.")
            os.replace(path, target)

    def replace(self):
        """The database is restored: the last step, which keeps what was there under a hidden name."""
        for path, target in self._others:
            os.replace(target, target.with_name(f".{target.name}.before-restore"))
            os.replace(path, target)
        self._placed = []

    def __exit__(self, *_):
        for path, target in self._placed:
            if not path.exists():  # it was put in
                target.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)
