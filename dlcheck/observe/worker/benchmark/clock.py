"""How much of the budget is left, and the end that comes whatever a call does."""

import os
import threading
import time

OVERRUN, OVERRUN_SECONDS = 0.05, 0.15
"""Share of the budget and seconds after the end of measuring at which the process ends itself: a call is stuck."""


SLOW_END = 0.4
"""Seconds to keep back for the end, for each one that everything before the import took."""


class Clock(object):
    """The budget: it began in the asking process, stands still during the import, and ends at a fixed moment."""

    def __init__(self, answer, asked):
        self.began = time.monotonic()
        self._answer = answer
        self._budget = float(asked["budget"])
        self._reserve = float(asked["reserve"])
        self._import_timeout = float(asked["import_timeout"])
        spent = time.time() - float(asked["began"])
        # A clock that was set meanwhile tells nothing.
        self._spent = spent if 0.0 <= spent < 30.0 else 0.0
        self._end = self.began + self._import_timeout
        self._kill_at = self._end
        self._moved = threading.Condition()
        self._watchdog = threading.Thread(target=self._watch)
        self._watchdog.daemon = True

    def importing(self):
        """The import begins: it has a time of its own."""
        self._watchdog.start()

    def imported(self):
        """The import is over, the budget runs on."""
        now = time.monotonic()
        import_s = now - self.began
        # A machine on which the beginning was slow is as slow at the end.
        reserve = self._reserve + SLOW_END * self._spent
        self._end = now + self._budget - self._spent - min(reserve, 0.5 * self._budget)
        self._move(self._end + OVERRUN * self._budget + OVERRUN_SECONDS)
        self._answer.facts(import_s=import_s, spent_s=self._spent)

    def over(self):
        """Nothing more is to be waited for."""
        self._move(None)

    def left(self):
        """Seconds until measuring has to be over; never negative."""
        return max(0.0, self._end - time.monotonic())

    def _move(self, moment):
        with self._moved:
            self._kill_at = moment
            self._moved.notify_all()

    def _watch(self):
        with self._moved:
            while self._kill_at is not None:
                left = self._kill_at - time.monotonic()
                if left <= 0:
                    self._answer.facts(overrun="the time was up: a call did not come back, or the machine was too busy")
                    os._exit(4)
                self._moved.wait(left)
