"""The end of a child process, in words: exit statuses and signals of POSIX, status codes of Windows."""

from __future__ import annotations

SIGNALS: dict[int, tuple[str, str]] = {
    1: ("SIGHUP", "its terminal went away"),
    2: ("SIGINT", "interrupted"),
    3: ("SIGQUIT", "quit from the terminal"),
    4: ("SIGILL", "an instruction this processor does not have"),
    5: ("SIGTRAP", "a trap"),
    6: ("SIGABRT", "it gave up: an assertion or abort()"),
    7: ("SIGBUS", "memory that is not there: often a full /dev/shm or disk"),
    8: ("SIGFPE", "an arithmetic error"),
    9: ("SIGKILL", "killed from outside: often by the kernel, out of memory"),
    11: ("SIGSEGV", "invalid memory access"),
    13: ("SIGPIPE", "its reader went away"),
    15: ("SIGTERM", "asked to end"),
    24: ("SIGXCPU", "over its CPU time limit"),
    25: ("SIGXFSZ", "over its file size limit"),
    31: ("SIGSYS", "a system call that is not allowed here"),
}
"""Numbers of Linux, meanings of signal(7). Where macOS numbers one differently (7, 10, 12, 31), `MAC_SIGNALS` wins."""

MAC_SIGNALS: dict[int, tuple[str, str]] = {
    10: ("SIGBUS", "memory that is not there"),
    12: ("SIGSYS", "a system call that is not allowed here"),
}

WINDOWS_STATUSES: dict[int, tuple[str, str]] = {
    0xC0000005: ("0xC0000005", "invalid memory access (access violation)"),
    0xC000001D: ("0xC000001D", "an instruction this processor does not have"),
    0xC0000017: ("0xC0000017", "out of memory"),
    0xC00000FD: ("0xC00000FD", "stack overflow"),
    0xC0000135: ("0xC0000135", "a DLL was not found"),
    0xC0000139: ("0xC0000139", "a DLL lacks a function: two versions are mixed"),
    0xC0000142: ("0xC0000142", "a DLL could not start"),
    0xC0000409: ("0xC0000409", "it gave up: a fast-fail or abort()"),
    0xC000013A: ("0xC000013A", "interrupted"),
    0xC0000374: ("0xC0000374", "the heap is damaged"),
    0x40000015: ("0x40000015", "it gave up: abort()"),
    0x80000003: ("0x80000003", "a breakpoint"),
}
"""NTSTATUS values of Windows' ntstatus.h, as Popen.returncode gives them (unsigned 32 bit)."""


def describe(returncode: int, system: str) -> tuple[str, str]:
    """The signal's or status' name ("" for a plain exit) and the end in words.

    `system` is `sys.platform` of the machine the child ran on; `returncode` as subprocess.Popen gives it.
    """
    if system == "win32":
        unsigned = returncode & 0xFFFFFFFF
        if unsigned in WINDOWS_STATUSES:
            name, meaning = WINDOWS_STATUSES[unsigned]
            return name, f"crashed with {name} ({meaning})"
        if unsigned >= 0xC0000000:
            return f"0x{unsigned:08X}", f"crashed with 0x{unsigned:08X}"
        return "", f"exited with status {returncode}"
    if returncode >= 0:
        return "", f"exited with status {returncode}"
    number = -returncode
    table = {**SIGNALS, **MAC_SIGNALS} if system == "darwin" else SIGNALS
    name, meaning = table.get(number, (f"signal {number}", ""))
    return name, f"killed by {name} ({meaning})" if meaning else f"killed by {name}"
