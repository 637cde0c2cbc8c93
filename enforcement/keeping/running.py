"""One at a time, and an end that can be trusted: locks between processes, and signals that wait or end cleanly."""

import contextlib
import fcntl
import os
import signal
import sys
import threading
import zlib
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections

SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


@contextlib.contextmanager
def alone(work):
    """Within, nobody else does this work on this database; CommandError when somebody does. A process that dies lets go."""
    live = connections["default"]
    with _file_lock(work) if live.vendor == "sqlite" else _server_lock(live, work) as got:
        if not got:
            raise CommandError(f"Another {work} is at work on this database. Try again when it has ended.")
        yield


@contextlib.contextmanager
def _file_lock(work):
    folder = Path(settings.DATA_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / f".{work.replace(' ', '-')}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _server_lock(live, work):
    holder = live.copy()  # a lock of its session, whatever happens to other connections
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [0x5A48, zlib.crc32(work.encode()) & 0x7FFFFFFF])
            got = cursor.fetchone()[0]
        yield got
    finally:
        holder.close()


@contextlib.contextmanager
def ending_cleanly():
    """Within, SIGTERM and a closed terminal end the work as Ctrl-C does: what was begun is taken back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number in before:
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed():
    """Within, signals wait: the few steps that belong together are taken together."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
