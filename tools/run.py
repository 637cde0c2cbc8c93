"""Brings database, texts, static files and demonstration data up to date, then becomes the web server."""

import errno
import hashlib
import os
import socket
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError

from tools import messages

ROOT = Path(__file__).resolve().parent.parent


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enforcement.settings")
    production = settings.ENVIRONMENT == "production"  # this loads the settings, which read .env, where PORT may stand
    port = _free_port()
    messages.compile_stale()
    django.setup()
    if production:
        call_command("check", deploy=True, fail_level="WARNING")

    _say("Database …")
    call_command("migrate", interactive=False, verbosity=0)
    _say("Static files …")
    _collect_static_files()
    if not production:  # no demonstration accounts there
        _say("Demonstration data …")
        call_command("start_demo")
    _say(f"\nOpen http://127.0.0.1:{port}/ in a browser. Ctrl-C ends the server.")
    _become_server()


def _free_port():
    text = os.environ.get("PORT") or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65536):
        sys.exit(f"PORT is {text!r}: give a number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reasons = {errno.EADDRINUSE: "already in use", errno.EACCES: "not allowed to this account"}
            reason = reasons.get(error.errno, error.strerror)
            sys.exit(f"Port {port} is {reason}. Choose another one, say: make run PORT={max(port + 1, 8000)}")
    os.environ["PORT"] = text
    return port


def _collect_static_files():
    """Collecting compresses every file, for seconds: left out while no source file was added, changed or taken away."""
    found = [storage.path(name) for finder in get_finders() for name, storage in finder.list([])]
    stats = sorted((path, os.stat(path).st_size, os.stat(path).st_mtime_ns) for path in found)
    mark = hashlib.sha256(repr((stats, settings.STORAGES["staticfiles"])).encode()).hexdigest()
    noted = Path(settings.STATIC_ROOT) / "collected.txt"
    if not noted.exists() or noted.read_text() != mark:
        call_command("collectstatic", interactive=False, verbosity=0)
        noted.write_text(mark)


def _become_server():
    """gunicorn.conf.py says how to serve; here it is quieter, and ends sooner on Ctrl-C."""
    sys.stdout.flush()
    os.chdir(ROOT)
    words = ["--log-level", "warning", "--graceful-timeout", "5"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *words])


def _say(text):
    print(text, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (CommandError, ImproperlyConfigured) as error:
        sys.exit(f"{error}")
    except OperationalError as error:
        sys.exit(f"The database does not answer: {error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped before the start was complete; the next `make run` goes on from here.")
