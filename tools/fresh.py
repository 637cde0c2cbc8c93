"""Proves the newcomer's start: a clone, `make run`, a sign of life, Ctrl-C, and all that once more.

`--worktree` takes the files as they lie here, committed or not.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 900  # seconds until the first page, on a slow line
OWN = {"VENV", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "DATABASE_URL", "DATA_DIR", "ENVIRONMENT", "PORT"}


def main():
    with tempfile.TemporaryDirectory(prefix="zhishou-fresh-") as folder:
        house = Path(folder) / "zhishou"
        _copy_to(house)
        for name in ("first", "second"):
            _start_and_stop(name, house)
    print("The newcomer's start works.")


def _copy_to(house):
    if "--worktree" not in sys.argv[1:]:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(house)], check=True)
        return
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (house / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, house / name)


def _start_and_stop(name, house):
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if key not in OWN}
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"], cwd=house, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for_life(process, port, began)
        print(f"--- {name} start: /healthz answers after {time.monotonic() - began:.1f} s", flush=True)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C sends: to make, and to all that it started
        began = time.monotonic()
        process.wait(timeout=30)
    print(f"--- Ctrl-C ended it after {time.monotonic() - began:.1f} s", flush=True)
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit(f"Something still listens on port {port} after Ctrl-C.")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_life(process, port, began):
    while time.monotonic() - began < PATIENCE:
        if process.poll() is not None:
            sys.exit(f"make run ended by itself with status {process.returncode}.")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()  # raises unless it is well
            return
        time.sleep(0.2)
    sys.exit(f"No sign of life within {PATIENCE} seconds.")


if __name__ == "__main__":
    main()
