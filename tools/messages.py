"""Gathers the texts of code and templates into the one catalogue, and compiles what is stale."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import debian

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "enforcement/locale/zh_Hans/LC_MESSAGES/django.po"
NO_SOURCES = (".venv*", "data-private", "staticfiles", "tools", "conftest.py", "*/tests/*")


def main():
    if "--compile" in sys.argv[1:]:
        return compile_stale()
    if not _has_gettext() and not (debian.may_install() and debian.install("gettext") and _has_gettext()):
        sys.exit("gettext is missing (xgettext, msgmerge). On Debian or Ubuntu: sudo apt-get install gettext")
    before = CATALOGUE.read_text() if CATALOGUE.exists() else ""
    ignored = [f"--ignore={pattern}" for pattern in (*NO_SOURCES, os.environ.get("VENV", ".venv"))]
    _manage("makemessages", "--locale", "zh_Hans", "--no-obsolete", "--add-location", "file", *ignored)
    if _undated(CATALOGUE.read_text()) == _undated(before):  # a new date alone is no change
        CATALOGUE.write_text(before)
    _manage("compile_messages")
    _count()


def compile_stale():
    """Compile the catalogues whose .po is newer than its .mo; call it before Django reads them."""
    for source in ROOT.glob("*/locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            _manage("compile_messages", "--verbosity", "0")
            return


def _has_gettext():
    return all(shutil.which(name) for name in ("xgettext", "msgmerge", "msguniq"))


def _manage(*words):
    if subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT).returncode:
        sys.exit(f"manage.py {words[0]} failed: see above.")


def _undated(text):
    return re.sub(r'"POT-Creation-Date:.*\n', "", text)


def _count():
    import polib

    catalogue = polib.pofile(str(CATALOGUE))
    missing = [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
    print(f"{len(catalogue)} texts, {len(missing)} without a confirmed translation.")
    for entry in missing[:20]:
        print("  ", entry.msgid.replace("\n", " ")[:100])


if __name__ == "__main__":
    main()
