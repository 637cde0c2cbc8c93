"""A PostgreSQL server for one test run: in a temporary folder, reached through a socket in it, removed afterwards."""

import contextlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

# Nothing here outlives the run, so nothing needs to reach the disk. Never do this to a database with data in it.
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
port = 5432
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 100
"""
ROLE = DATABASE = "zhishou"


class Unavailable(Exception):
    """No server could be started; the text says why."""


def find():
    """The folder with the programs of the newest server on this machine, or None."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: _number(path.parts[-3]))
    if installed:
        return installed[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _number(text):
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0


@contextlib.contextmanager
def server():
    """Start a server, give (its DATABASE_URL, its version), and take everything away again, whatever happened."""
    programs = find()
    if programs is None:
        raise Unavailable("no PostgreSQL server is installed (initdb was not found)")
    account = _account()
    # A short path: a socket's may have 107 characters. Others may pass through the outer folder and read neither.
    outer = Path(tempfile.mkdtemp(prefix="zhishou-", dir=_passable_folder()))
    try:
        outer.chmod(0o711)
        folder = outer / "pg"
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        version = _start(programs, folder, account)
        try:
            yield f"postgres://{ROLE}@/{DATABASE}?host={folder}", version
        finally:
            _run(account, folder, programs / "pg_ctl", "stop", "-D", folder / "data", "-m", "immediate", "-w")
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _account():
    """The server refuses to run as root: then it runs as `postgres`, or as `nobody` where that account is missing."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable("root may not run PostgreSQL, and there is neither an account postgres nor nobody")


def _passable_folder():
    """A folder for temporary things that another account can reach."""
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        path = Path(name).resolve()
        if len(str(path)) < 60 and all(step.stat().st_mode & 0o001 for step in (path, *path.parents)):
            return path
    raise Unavailable("no folder for temporary files that the server's account can reach")


def _start(programs, folder, account):
    data = folder / "data"
    made = ["initdb", "-D", data, "-U", ROLE, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    _must(account, folder, programs / made[0], *made[1:])
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(f"{CONFIGURATION}unix_socket_directories = '{folder}'\n")
    _must(account, folder, programs / "pg_ctl", "start", "-D", data, "-l", folder / "log", "-w", "-t", "60")
    _must(account, folder, programs / "createdb", "-h", folder, "-U", ROLE, DATABASE)
    return (data / "PG_VERSION").read_text().strip()


def _must(account, folder, *command):
    done = _run(account, folder, *command)
    if done.returncode:
        log = folder / "log"
        told = (log.read_text() if log.exists() else "") + (folder / "output").read_text()
        raise Unavailable(f"{Path(command[0]).name} failed: {told.strip()[-800:]}")


def _run(account, folder, *command):
    """Run as the server's account, apart from our terminal: Ctrl-C is ours, and stops the server in its turn."""
    owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder), "TZ": "UTC"}
    with (folder / "output").open("w") as output:  # a pipe would stay open as long as the server runs
        return subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
            **owner,
        )
