"""Who else used the processors meanwhile: other processes, and other machines on the same host."""

import os
import time

from .threads import allowed

WINDOW_SECONDS = 0.4
"""The kernel counts in ticks of 10 ms: over less time, shares of two cores are noise."""


class Watch(object):
    """Answers windows: {from, to, foreign, steal}; times by the monotonic clock, shares of the usable processors."""

    def __init__(self, answer):
        self._answer = answer
        self._processors = allowed()
        self._last = self._look()

    def before_the_run(self):
        """What the machine did while the library was imported, over at least half a second."""
        if self._last is not None:
            time.sleep(max(0.0, self._last[0] + 0.5 - time.monotonic()))
        window = self._window()
        before = {}
        if window:
            before = {"foreign_cpu": window["foreign"], "steal": window["steal"]}
        try:
            before["loadavg_1"] = os.getloadavg()[0]
        except (OSError, AttributeError):
            pass
        pressure = parse_pressure(read("/proc/pressure/cpu"))
        if pressure is not None:
            before["psi_some_avg10"] = pressure
        self._answer.facts(contention=before)

    def look(self):
        """Called after each block: answers a window where the last is long enough ago."""
        if self._last is not None and time.monotonic() - self._last[0] >= WINDOW_SECONDS:
            window = self._window()
            if window:
                self._answer.add("windows", window)

    def _look(self):
        ticks = parse_stat(read("/proc/stat"), self._processors)
        return (time.monotonic(), time.process_time(), *ticks) if ticks else None

    def _window(self):
        now, then = self._look(), self._last
        if now is None or then is None or now[0] <= then[0]:
            return None
        self._last = now
        whole = (now[0] - then[0]) * len(self._processors)
        own = now[1] - then[1]
        return {
            "from": then[0],
            "to": now[0],
            "foreign": round(min(1.0, max(0.0, now[2] - then[2] - own) / whole), 4),
            "steal": round(min(1.0, max(0.0, now[3] - then[3]) / whole), 4),
        }


def waited():
    """Seconds that threads of this process were ready to run and were not let, so far; None where untold.

    Unlike processor time it tells a thread that was held up from a library that uses fewer threads than it may.
    """
    try:
        threads = os.listdir("/proc/self/task")
    except OSError:
        return None
    total = 0
    for thread in threads:
        words = read("/proc/self/task/%s/schedstat" % thread).split()
        if len(words) == 3:
            total += int(words[1])
    return total / 1e9 if total else None


def read(path):
    """The file as text; "" where it cannot be read."""
    try:
        with open(path) as file:
            return file.read()
    except (OSError, ValueError):
        return ""


def parse_stat(text, processors, ticks_per_second=None):
    """Seconds that these processors were busy and were stolen, since the start, of /proc/stat; None where untold."""
    per_second = ticks_per_second or (os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100)
    wanted = {"cpu%d" % number for number in processors}
    busy = stolen = 0
    seen = False
    for line in text.splitlines():
        words = line.split()
        if words and words[0] in wanted and len(words) >= 9:
            user, nice, system, _, _, irq, softirq, steal = (int(word) for word in words[1:9])
            busy += user + nice + system + irq + softirq
            stolen += steal
            seen = True
    return (busy / per_second, stolen / per_second) if seen else None


def parse_pressure(text):
    """Per cent of the last 10 s in which something waited for a CPU, of /proc/pressure/cpu; None where untold."""
    for line in text.splitlines():
        if line.startswith("some "):
            for word in line.split():
                if word.startswith("avg10="):
                    return float(word[6:])
    return None
