"""Can a file of the size of a data set be written into this folder? Runs under dlcheck's own interpreter."""

import errno
import os
import tempfile
import time

WRITTEN = 4 * 1024 * 1024
"""Bytes that are really written; the rest is only set aside, where the file system can do that."""
SECONDS = 1.5
"""How long is written where nothing can be set aside."""


def work(answer, asked):
    """asked: `folder`, which need not exist, and `bytes`."""
    folder = nearest(asked["folder"])
    answer.stage("writing a trial file into " + folder)
    began = time.perf_counter()
    try:
        # On Linux the file never has a name, elsewhere it loses it at once or when its process ends.
        with tempfile.TemporaryFile(dir=folder) as file:
            written = fill(file.fileno(), int(asked["bytes"]))
    except OSError as error:
        denied = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        answer.missing("denied" if denied else "broken", "%s: %s" % (folder, error.strerror or error))
        return
    answer.facts(written=written, seconds=time.perf_counter() - began)


def nearest(folder):
    """The folder itself, or the nearest above it that exists."""
    folder = os.path.abspath(folder)
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def fill(file, size):
    """Write the first bytes, set the rest aside; the number of bytes that the file then has."""
    block = os.urandom(1024 * 1024)
    written = 0
    while written < min(WRITTEN, size):
        written += os.write(file, block)
    os.fsync(file)
    if written >= size or set_aside(file, size):
        return max(written, size)
    began = time.perf_counter()
    while written < size and time.perf_counter() - began < SECONDS:
        written += os.write(file, block)
    return written


def set_aside(file, size):
    """Ask the file system to keep room for `size` bytes; False where it cannot do that at once.

    By the system call itself: posix_fallocate of the C library writes every block where the file system cannot.
    Raises OSError where there is no room.
    """
    try:
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        call = getattr(library, "fallocate64", None) or library.fallocate
    except (ImportError, OSError, AttributeError, TypeError):
        return False
    call.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    if call(file, 0, 0, size) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        raise OSError(code, os.strerror(code))
    return False
