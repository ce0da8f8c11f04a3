"""One exercise: a calculation whose answer is known, compared with what a library made of it.

The known answers are constants, worked by hand or taken from a publication; none is computed by the library under
test, and the comparison itself is plain Python on plain numbers.

A calculation returns a list of (label, got, expected, tolerance): `label` says what the number is ("mean"; "" where
the exercise's own name says it; "{} of 100 wrong" to put the number into words), `tolerance` is absolute, and 0 where
the answer is exact.
"""

import numbers
import time


class NotOffered(Exception):
    """This version of the library, or this device, does not offer what the exercise needs: no fault of anybody's."""


class Exercises(object):
    """Does the exercises of one library on one device, and answers how each came out."""

    def __init__(self, answer, library, device="cpu", deep=False, without=None):
        """Answer on `answer`.

        deep: also those that take longer. without: "library/exercise" → words, of exercises that ended an earlier
        child and are not to be tried again.
        """
        self._answer = answer
        self.library = library
        self.device = device
        self.deep = deep
        self._without = without or {}

    def do(self, topic, name, calculate, *arguments, **options):
        """Do one: whatever it raises is its outcome.

        long=True: only under --deep. needs: a second distribution that it cannot do without.
        """
        needs = options.get("needs", "")
        if options.get("long") and not self.deep:
            self._add(topic, name, "left-out")
            return
        died = self._without.get(self.library + "/" + name)
        if died:
            self._add(topic, name, "error", got=died, needs=needs)
            return
        self._answer.stage("calculating %s with %s" % (name, self.library))
        self._answer.facts(trying=self.library + "/" + name)
        began = time.perf_counter()
        expected = got = ""
        try:
            compared = calculate(*arguments)
            right = all(same(plain(value), known, tolerance) for _, value, known, tolerance in compared)
            expected = told([(label, known) for label, _, known, _ in compared])
            got = told([(label, plain(value)) for label, value, _, _ in compared], exact=not right)
            outcome = "right" if right else "wrong"
        except NotOffered as error:
            outcome, got = "left-out", str(error)
        except BaseException as error:
            outcome, got = "error", "%s: %s" % (type(error).__name__, error)
        self._add(topic, name, outcome, expected, got, needs, time.perf_counter() - began)

    def left_out(self, topic, name, why):
        """Say of one that it is not done this time."""
        self._add(topic, name, "left-out", got=why)

    def missing(self, topic, name, needs):
        """Say of one that its library is not installed."""
        self._add(topic, name, "missing-library", needs=needs)

    def failed(self, topic, name, why):
        """Say of one that its library could not be imported."""
        self._add(topic, name, "import-failed", got=why)

    def _add(self, topic, name, outcome, expected="", got="", needs="", seconds=0.0):
        self._answer.add(
            "exercises",
            {
                "name": name,
                "topic": topic,
                "library": self.library,
                "device": self.device,
                "outcome": outcome,
                "expected": expected,
                "got": got[:500],
                "needs": needs,
                "seconds": round(seconds, 4),
            },
        )


def plain(value):
    """A library's number or array as Python's own numbers and lists."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value)


def same(got, known, tolerance):
    """Is it the known answer? Of the same shape, each number within the tolerance; nan is never right."""
    if isinstance(known, (list, tuple)):
        return (
            isinstance(got, list)
            and len(got) == len(known)
            and all(same(one, other, tolerance) for one, other in zip(got, known))
        )
    if isinstance(known, (str, bool)):
        return type(got) is type(known) and got == known
    if isinstance(got, bool) or not isinstance(got, (int, float)):
        return False
    return abs(got - known) <= tolerance


def told(labelled, exact=False):
    """Labels and values as one phrase: "mean 5, variance 4"."""
    phrases = []
    for label, value in labelled:
        text = written(value, exact)
        phrases.append(label.format(text) if "{}" in label else (label + " " + text).strip())
    return ", ".join(phrases)


def written(value, exact=False):
    """A value for a person: six digits, or all of them where the difference matters."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(written(one, exact) for one in value) + "]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value) if exact and value != round(value, 6) else "%.6g" % value
    return str(value)
