"""Writes requirements*.txt from requirements*.in with uv; --check says, without a network, whether they are in step."""

import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("requirements", "requirements-dev")
OPTIONS = ["--quiet", "--universal", "--generate-hashes", "--python-version", "3.11", "--no-header"]


def main():
    if sys.argv[1:] == ["--check"]:
        faults = list(find_faults())
        sys.exit("\n".join([*faults, "Run `make lock`."]) if faults else 0)
    for name in NAMES:
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            *OPTIONS,
            f"{name}.in",
            "-o",
            f"{name}.txt",
            *sys.argv[1:],
        ]
        if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
            sys.exit(f"{name}.in could not be resolved: see above.")


def find_faults():
    """What is out of step: a wish that the lock does not meet, two locks that disagree, an address in a lock."""
    pins = {name: _pins(name) for name in NAMES}
    for name in NAMES:
        for wish in _wishes(name):
            version = pins[name].get(canonicalize_name(wish.name))
            if version is None or version not in wish.specifier:
                yield f"{name}.in asks for {wish}; {name}.txt has {version or 'none'}."
        if "://" in (ROOT / f"{name}.txt").read_text():
            yield f"{name}.txt names an address; a lock holds names, versions and hashes only."
    for package, version in pins["requirements"].items():
        if pins["requirements-dev"].get(package) != version:
            yield f"{package} is {version} in requirements.txt and something else in requirements-dev.txt."


def _pins(name):
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==([^ ]+)", (ROOT / f"{name}.txt").read_text(), re.MULTILINE))


def _wishes(name):
    for line in (ROOT / f"{name}.in").read_text().splitlines():
        wish = line.split("#")[0].strip()
        if wish and not wish.startswith("-"):
            yield Requirement(wish)


if __name__ == "__main__":
    main()
