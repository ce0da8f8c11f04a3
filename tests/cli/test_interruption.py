"""^C while Python is in a function out of which nothing can be raised."""

import signal
import time

import pytest

from dlcheck.cli.interruption import heeded

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGINT"), reason="no such signal")


class Ended:
    """Is interrupted while it is ended: what is raised there is printed and forgotten."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.001)


def wait_and_see():
    for _ in range(100):
        time.sleep(0.02)


def test_an_interruption_is_not_lost_where_an_object_ends():
    with pytest.raises(KeyboardInterrupt), heeded():
        Ended()
        wait_and_see()


def test_elsewhere_it_is_raised_at_once():
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), heeded():
        signal.raise_signal(signal.SIGINT)
        wait_and_see()

    assert time.monotonic() - began < 1.5


def test_afterwards_all_is_as_before():
    before = signal.getsignal(signal.SIGINT)
    with heeded():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_a_handler_of_somebody_else_is_left_alone():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with heeded():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
