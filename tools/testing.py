"""The pytest plugin: a real Chromium for the browser tests, a real file for SQLite, a loud word on what is left out.

The root conftest.py loads it: `pytest_plugins = ["tools.testing"]`.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

# pytest-playwright keeps an event loop running in the test's thread, and Django would refuse its database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_CHROMIUM = "no Chromium on this machine (CHROMIUM=/path/to/it names one)"
BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
ROOT = Path(__file__).resolve().parent.parent
ROOM = 1024**3  # bytes
OTHER_DATABASE = "is about the other database"


def find_chromium():
    """The path of a Chromium, or None: CHROMIUM, then what is on the PATH, then Playwright's own."""
    for name in filter(None, (os.environ.get("CHROMIUM"), *NAMES)):
        if path := shutil.which(name):
            return path
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def pytest_configure():
    from django.conf import settings

    settings.WHITENOISE_AUTOREFRESH = True  # or each test client reads the whole folder, and warns where it is missing


@pytest.hookimpl(tryfirst=True)  # before -m chooses among the marked
def pytest_collection_modifyitems(items):
    has_chromium = find_chromium() is not None
    vendor = _vendor()
    for item in items:
        if BROWSER_FIXTURES.intersection(item.fixturenames):
            item.add_marker("browser")
        if item.get_closest_marker("browser") and not has_chromium:
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))
        for database in ("sqlite", "postgresql"):
            if item.get_closest_marker(database) and vendor != database:
                item.add_marker(pytest.mark.skip(reason=f"{database} only: {OTHER_DATABASE}"))


def pytest_terminal_summary(terminalreporter):
    """Say in capitals what did not run for want of a browser: a line of `s` is too easily overlooked."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(report.longrepr)]
    if skipped:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} browser tests: {NO_CHROMIUM}", red=True, bold=True)


def _vendor():
    from django.conf import settings

    return "sqlite" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "postgresql"


@pytest.fixture(scope="session")
def database_vendor():
    """`sqlite` or `postgresql`: which one this run is on."""
    return _vendor()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """SQLite's tests run on a file, as the product does: only there do its locks and its journal exist.

    In memory where there is room for it: what is safe in a power cut is not asked here, and a disk makes it twice as slow.
    """
    from django.conf import settings

    if _vendor() != "sqlite":
        yield
        return
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    with tempfile.TemporaryDirectory(prefix="zhishou-test-", dir=memory if has_room else None) as folder:
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{folder}/test.sqlite3"
        shutil.copy(_migrated(), f"{folder}/test.sqlite3")
        yield


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb):
    """SQLite's tests begin with a copy of the migrated file: `migrate` finds nothing to apply and still seeds anew."""
    return django_db_keepdb or _vendor() == "sqlite"


def _migrated():
    """The path of an empty database to which the migrations of this moment were applied; the newest four are kept.

    Applying them takes twenty seconds, which every run of a single test would pay, and every worker of a whole one.
    """
    import django

    told = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for path in [ROOT / "venues" / "append_only.py", *sorted(ROOT.glob("*/migrations/*.py"))]:
        told.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zhishou-tests"
    kept.mkdir(parents=True, exist_ok=True)
    wanted = kept / f"{told.hexdigest()}.sqlite3"
    if not wanted.exists():
        with tempfile.TemporaryDirectory(prefix="making-", dir=kept) as folder:
            made = Path(folder) / "empty.sqlite3"
            environment = {**os.environ, "DATABASE_URL": f"sqlite:///{made}"}
            command = [sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            made.replace(wanted)
    wanted.touch()  # so that the newest are those in use
    for old in sorted(kept.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime, reverse=True)[4:]:
        old.unlink(missing_ok=True)
    return wanted


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": find_chromium(), "args": ARGUMENTS + sandbox}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A desk in Tianshui: one test may ask for another size or language with `browser_context_args` of its own."""
    desk = {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    return {**browser_context_args, **desk, "reduced_motion": "reduce"}
