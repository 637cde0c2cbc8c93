"""Installs Debian packages when this account may (root, or sudo without a password)."""

import os
import shutil
import subprocess


def _prefix():
    """What to put before a command so that root runs it; None when this account may not."""
    if os.geteuid() == 0:
        return []
    asked = ["sudo", "-n", "true"]
    if shutil.which("sudo") and subprocess.run(asked, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0:
        return ["sudo", "-n"]
    return None


def may_install():
    return shutil.which("apt-get") is not None and _prefix() is not None


def install(*packages):
    """Install the packages, waiting for another apt-get to end; True when apt-get reports success."""
    print("Installing Debian packages:", *packages, flush=True)
    apt = [*_prefix(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    subprocess.run([*apt, "update"], **quiet)  # where this fails the lists on the machine may still do
    return subprocess.run([*apt, "install", "-y", "--no-install-recommends", *packages], **quiet).returncode == 0
