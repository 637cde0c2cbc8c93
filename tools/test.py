"""Runs the whole suite on SQLite with a real Chromium, then on a PostgreSQL of its own; says what ran and what did not.

The second run happens whatever the first one gave. The status is not zero when a test failed, and with CI set also when
something could not be run.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import debian, messages, postgres, testing

ROOT = Path(__file__).resolve().parent.parent
LAST_LINE = re.compile(r"^(?:=+ )?(\d+ \w+.* in [\d.]+s\b.*?|no tests ran.*?)(?: =+)?$", re.MULTILINE)
COLOURS = re.compile(r"\x1b\[[\d;]*m")
MARKS = {"sqlite": "not look", "postgresql": "not browser and not look", "look": "look"}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped as on Ctrl-C
    wanted = ["look"] if "--look" in sys.argv[1:] else [os.environ.get("ONLY")] if os.environ.get("ONLY") else None
    wanted = wanted or ["sqlite", "postgresql"]
    if not set(wanted) <= set(MARKS):
        sys.exit("ONLY is either sqlite or postgresql.")
    missing = _install_what_is_missing(wanted)
    messages.compile_stale()
    results = []
    with tempfile.TemporaryDirectory(prefix="zhishou-test-") as folder:
        if "sqlite" in wanted:
            results.append(("SQLite", *_pytest("sqlite", f"sqlite:///{folder}/db.sqlite3", folder)))
        if "look" in wanted:
            results.append(("Every page", *_pytest("look", f"sqlite:///{folder}/db.sqlite3", folder)))
        if "postgresql" in wanted:
            try:
                with postgres.server() as (url, version):
                    results.append((f"PostgreSQL {version}, no browser", *_pytest("postgresql", url, folder)))
            except postgres.Unavailable as error:
                missing.append(f"everything on PostgreSQL: {error}")
    sys.exit(_report(results, missing))


def _install_what_is_missing(wanted):
    """Install Chromium, Chinese fonts and PostgreSQL where this account may; return in words what stays away."""
    needs_browser = wanted != ["postgresql"]
    there = {
        "chromium": not needs_browser or testing.find_chromium(),
        "libatomic1": not needs_browser or _driver_starts(),
        "fonts-noto-cjk": not needs_browser or _has_chinese_font(),
        "postgresql": "postgresql" not in wanted or postgres.find(),
    }
    packages = [package for package, found in there.items() if not found]
    if packages and debian.may_install() and not debian.install(*packages):
        for package in packages:  # one that cannot be had must not keep the others away
            debian.install(package)
    if not needs_browser:
        return []
    if not testing.find_chromium():
        return [f"the browser tests: {testing.NO_CHROMIUM}"]
    return [] if _has_chinese_font() else ["a look at Chinese characters: no font here has them"]


def _driver_starts():
    """Playwright brings a program of its own that steers the browser; on a bare Debian a library of that is missing."""
    return subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True).returncode == 0


def _has_chinese_font():
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True)
        return bool(listed.stdout.strip())
    return any(Path("/usr/share/fonts").rglob("*CJK*"))


def _pytest(kind, url, folder):
    """Run pytest and pass its words on; return (whether all is well, its last line)."""
    print(f"\n{'=' * 30} {kind} {'=' * 30}", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", os.environ.get("WORKERS") or "2", "--dist", "worksteal"]
    command += ["--color", "yes" if sys.stdout.isatty() else "no", "-m", MARKS[kind]]
    command += shlex.split(os.environ.get("ARGS", ""))
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": f"{folder}/files", "ENV_FILE": os.devnull}
    environment["COLUMNS"] = str(shutil.get_terminal_size((120, 40)).columns)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        told = b""
        try:
            while piece := os.read(process.stdout.fileno(), 65536):
                sys.stdout.buffer.write(piece)
                sys.stdout.buffer.flush()
                told = (told + piece)[-20000:]
        except SystemExit:  # we are told to end; on Ctrl-C pytest was told as well
            process.terminate()
            raise
    lines = LAST_LINE.findall(COLOURS.sub("", told.decode(errors="replace")))
    return process.returncode == 0, lines[-1] if lines else f"pytest ended with status {process.returncode}"


def _report(results, missing):
    print(f"\n{'=' * 80}")
    for name, well, line in results:
        print(f"{'ok    ' if well else 'FAILED'}  {name}: {line}")
    for what in missing:
        print(f"NOT RUN {what}")
    if missing:
        print("        (Debian: apt-get install chromium libatomic1 fonts-noto-cjk postgresql)")
    print("=" * 80, flush=True)
    failed = not results or not all(well for _, well, _ in results)
    return 1 if failed or (missing and os.environ.get("CI")) else 0


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Nothing of the tests is left running.")
