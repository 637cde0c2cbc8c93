"""Makes the virtual environment and installs the locked packages; when both are in step it does nothing.

Runs with any Python 3.11 or newer, before a single package is there. pip is left to the settings of the machine.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import debian

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("VENV", ".venv")
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed-locks"  # one line for each lock that was installed: its name and its hash
FLOOR = (3, 11)


def main():
    lock = "requirements-dev.txt" if "--dev" in sys.argv[1:] else "requirements.txt"
    if not _is_usable():
        _make()
    if _mark(lock) not in _installed():
        _install(lock)


def _is_usable():
    """Whether the environment is there, runs, is new enough, and is of the version asked for with PYTHON=."""
    command = [PYTHON, "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True)
    except OSError:  # not there, or its interpreter was removed
        return False
    if answer.returncode:
        return False
    version = tuple(int(number) for number in answer.stdout.split())
    return version >= FLOOR and (not os.environ.get("PYTHON") or version == sys.version_info[:2])


def _make():
    print(f"Making {_short(VENV)} with Python {sys.version.split()[0]} …", flush=True)
    if VENV.exists() and not (VENV / "pyvenv.cfg").exists():
        sys.exit(f"{VENV} is there and is no virtual environment: move it away, or choose another place with VENV=.")
    shutil.rmtree(VENV, ignore_errors=True)
    if not _has("ensurepip"):
        _get_ensurepip()
    bare = [] if _has("ensurepip") else ["--without-pip"]
    if subprocess.run([sys.executable, "-m", "venv", *bare, str(VENV)]).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("The virtual environment could not be made: see above.")


def _has(module):
    importlib.invalidate_caches()
    return importlib.util.find_spec(module) is not None


def _get_ensurepip():
    """Debian keeps `ensurepip` in a package of its own. Without it a pip of the machine does as well."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if debian.may_install() and debian.install(package) and _has("ensurepip"):
        return
    if not _has("pip"):
        sys.exit(
            f"{sys.executable} cannot make a virtual environment: its ensurepip is missing, and so is pip.\n"
            f"On Debian or Ubuntu: sudo apt-get install {package}\n"
            "Then give the same command again. Or name another interpreter: PYTHON=/path/to/python3"
        )


def _install(lock):
    print(f"Installing the packages of {lock} (a minute or two, once) …", flush=True)
    pip = [PYTHON, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True).returncode:
        pip = [sys.executable, "-m", "pip", "--python", PYTHON]
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*pip, "install", *options, "-r", lock], cwd=ROOT).returncode:
        sys.exit(
            "The packages could not be installed: see above.\n"
            "Is the network there? Behind a mirror or proxy, pip's own settings apply (pip config list)."
        )
    marks = [_mark(lock)]
    if lock != "requirements.txt":  # the longer list holds the shorter one at the same versions
        marks.append(_mark("requirements.txt"))
    STAMP.write_text("\n".join(marks) + "\n")


def _mark(lock):
    return f"{lock} {hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()}"


def _installed():
    return STAMP.read_text().splitlines() if STAMP.exists() else []


def _short(path):
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    main()
