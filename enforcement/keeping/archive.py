"""The file of a backup: a ZIP with a manifest, a line for every row of every table, and the uploaded files.

The manifest names every member with its SHA-256 and is sealed with a key that is not in the file: who changes anything, in the
manifest too, cannot seal it again.
"""

import contextlib
import datetime
import hashlib
import hmac
import io
import json
import os
import secrets
import time
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from venues.secrets import keyed_hash

FORMAT = 1
MANIFEST, SEAL, WORDS = "manifest.json", "seal.txt", "READ-ME.txt"
PIECE = 1024 * 1024
PART = ".zhishou-"
A_DAY = 24 * 3600
# the kind of everything that is read of a manifest, of a table in it, of a file in it
MANIFEST_HOLDS = {
    "made_at": str,
    "migrations": dict,
    "tables": dict,
    "files": dict,
    "missing_files": list,
    "probe": str,
}
FILE_HOLDS = {"bytes": int, "sha256": str}
TABLE_HOLDS = FILE_HOLDS | {"rows": int, "content": str, "columns": list, "last_number": (int, type(None))}

READ_ME = """值守 Zhishou：备份 / backup

本文件含一次备份：每张表每行一条（tables/），上传的文件（files/），以及各项的 SHA-256（manifest.json，seal.txt 为其密封）。
密钥不在其中：SECRET_KEY（或 .secret-key）、CALLER_KEYS、CALLER_HASH_KEY 须另行妥善保管，否则来电人信息无法读出。
内含内部资料，请与数据库同等保管。恢复：manage.py restore 本文件；验证：manage.py prove_restore 本文件。

This file is one backup: a line for every row of every table (tables/), the uploaded files (files/), and the SHA-256 of each
(manifest.json, sealed by seal.txt). The keys are not in it: keep SECRET_KEY (or .secret-key), CALLER_KEYS and CALLER_HASH_KEY
elsewhere; without them no caller can be read. Keep it as carefully as the database itself.
To restore: manage.py restore THIS-FILE. To prove that it can be restored: manage.py prove_restore THIS-FILE.
"""


def seal_of(manifest):
    """The seal of a manifest's bytes; it needs CALLER_HASH_KEY (in development what is derived from the secret)."""
    return keyed_hash("backup " + hashlib.sha256(manifest).hexdigest())


# --- writing --------------------------------------------------------------------------------------------------------------


class Writer:
    """Writes members as they come and remembers what it wrote."""

    def __init__(self, file):
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        with contextlib.suppress(OSError) if kind else contextlib.nullcontext():
            self._zip.close()

    def add(self, name, pieces, *, pack=True):
        """Write the pieces as one member; returns (bytes, SHA-256)."""
        entry = zipfile.ZipInfo(name, date_time=timezone.localtime().timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        size, digest = 0, hashlib.sha256()
        with self._zip.open(entry, "w", force_zip64=True) as member:
            for piece in pieces:
                member.write(piece)
                digest.update(piece)
                size += len(piece)
        return size, digest.hexdigest()

    def finish(self, manifest):
        """Write the manifest and its seal; returns the seal."""
        body = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
        seal = seal_of(body)
        self.add(WORDS, [READ_ME.encode()])
        self.add(MANIFEST, [body])
        self.add(SEAL, [seal.encode()])
        self._zip.close()  # its table of contents, before the file gets its name
        return seal


@contextlib.contextmanager
def new_file(folder):
    """Within, (a file to write, a function that gives it its name at the end). Without the name it vanishes: a backup that was cut
    off leaves none that looks like one."""
    path = Path(folder) / f"{PART}{secrets.token_hex(6)}.part"
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    done = []
    try:
        with os.fdopen(descriptor, "w+b") as file:

            def keep_as(name):
                file.flush()
                os.fsync(file.fileno())
                os.replace(path, path.with_name(name))
                _sync(path.parent)
                done.append(path.with_name(name))
                return done[0]

            yield file, keep_as
    finally:
        if not done:
            path.unlink(missing_ok=True)


def clear_leftovers(folder):
    """Take away what a backup left that was killed; not what another may be writing right now."""
    for path in Path(folder).glob(".*"):
        if path.name.startswith((PART, ".restoring_")) and path.is_file():
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > A_DAY:
                    path.unlink()


def _sync(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- reading --------------------------------------------------------------------------------------------------------------


class Archive:
    """A backup that is read. `faults()` says what is wrong with it; nothing of it may be used before that was asked."""

    def __init__(self, path):
        self.path = Path(path)
        try:
            self._zip = zipfile.ZipFile(self.path)
            self._body = self._small(MANIFEST)
            self.manifest = json.loads(self._body)
            self._seal = self._small(SEAL).decode("ascii", "replace").strip()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from error
        except (zipfile.BadZipFile, KeyError, ValueError, zlib.error, NotImplementedError, RuntimeError) as error:
            raise CommandError(f"{path} is no backup, or a part of one only ({error}).") from error
        if not isinstance(self.manifest, dict) or self.manifest.get("format") != FORMAT:
            raise CommandError(f"{path} was made by another version: its format is not {FORMAT}.")
        if not _is_whole(self.manifest):
            raise CommandError(f"{path} was changed, or written by another program: its manifest is not whole.")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._zip.close()

    @property
    def made_at(self):
        return timezone.localtime(datetime.datetime.fromisoformat(self.manifest["made_at"]))

    @property
    def tables(self):
        return self.manifest["tables"]

    @property
    def files(self):
        return self.manifest["files"]

    @property
    def rows(self):
        return sum(table["rows"] for table in self.tables.values())

    def is_sealed(self):
        return hmac.compare_digest(self._seal, seal_of(self._body))

    def faults(self):
        """Everything in which the members are not what the manifest says, as sentences."""
        wanted = {f"tables/{name}.jsonl": table for name, table in self.tables.items()}
        wanted |= {f"files/{name}": file for name, file in self.files.items()}
        names = self._zip.namelist()
        found = (
            [f"{name} is in the file twice." for name in sorted({n for n in names if names.count(n) > 1})]
            if len(names) != len(set(names))
            else []
        )
        found += [
            f"{name} does not belong into this backup." for name in sorted({*names} - {*wanted, MANIFEST, SEAL, WORDS})
        ]
        found += [f"{name} leads out of its folder." for name in self.files if _leads_out(name)]
        for name, said in wanted.items():
            if name not in names:
                found.append(f"{name} is missing.")
            elif self._sum(name) != (said["bytes"], said["sha256"]):
                found.append(f"{name} is not what was backed up.")
        return found

    def lines(self, table):
        """The lines of a table, one after the other."""
        with self._zip.open(f"tables/{table}.jsonl") as member:
            yield from io.BufferedReader(member, PIECE)

    def unpack(self, name, path):
        """Write one of the uploaded files to `path`, through to the disk."""
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, settings.FILE_UPLOAD_PERMISSIONS or 0o600)
        with os.fdopen(descriptor, "wb") as file, self._zip.open(f"files/{name}") as member:
            while piece := member.read(PIECE):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def _sum(self, name):
        size, digest = 0, hashlib.sha256()
        try:
            with self._zip.open(name) as member:
                while piece := member.read(PIECE):
                    size += len(piece)
                    digest.update(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            return None
        return size, digest.hexdigest()

    def _small(self, name):
        if self._zip.getinfo(name).file_size > 256 * PIECE:
            raise ValueError(f"{name} is too large")
        return self._zip.read(name)


def _is_whole(manifest):
    """Whether everything that is read of a manifest is there, and of its kind; whether it is true, its seal says."""
    if not _holds(manifest, MANIFEST_HOLDS):
        return False
    with contextlib.suppress(ValueError):
        datetime.datetime.fromisoformat(manifest["made_at"])
        names = [
            name for those in manifest["migrations"].values() for name in (those if isinstance(those, list) else [None])
        ]
        named = all(isinstance(name, str) for name in [*names, *manifest["missing_files"]])
        tables, files = manifest["tables"].values(), manifest["files"].values()
        return named and all(_holds(t, TABLE_HOLDS) for t in tables) and all(_holds(f, FILE_HOLDS) for f in files)
    return False


def _holds(found, kinds):
    return isinstance(found, dict) and all(
        name in found and isinstance(found[name], kind) for name, kind in kinds.items()
    )


def _leads_out(name):
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or not name
