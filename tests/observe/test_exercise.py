"""How one exercise is compared with its known answer: the comparison is ours, and must not be fooled."""

import math

import pytest

from dlcheck.observe.worker import exercise, known


class Answers:
    """Keeps what an exercise answers."""

    def __init__(self):
        self.items = []

    def stage(self, words):
        self.last_stage = words

    def facts(self, **fields):
        self.trying = fields["trying"]

    def add(self, field, item):
        assert field == "exercises"
        self.items.append(item)


class Array:
    """What a library's array looks like to us."""

    def __init__(self, values):
        self.values = values

    def tolist(self):
        return self.values


def outcome(calculate, **options):
    answers = Answers()
    exercise.Exercises(answers, "numpy", **options).do("topic", "name", calculate)
    return answers.items[0]


@pytest.mark.parametrize(
    ("got", "right", "tolerance"),
    [
        (3, 3, 0),
        (Array(3.0), 3, 0),
        (Array([[1.0, 2.0]]), [[1, 2]], 0),
        ((1, 2), [1, 2], 0),
        (0.1 + 0.2, 0.3, 1e-12),
        ("left", "left", 0),
        (True, True, 0),
    ],
)
def test_the_known_answer_is_right(got, right, tolerance):
    assert outcome(lambda: [("", got, right, tolerance)])["outcome"] == "right"


@pytest.mark.parametrize(
    ("got", "right", "tolerance"),
    [
        (3.0001, 3, 0),
        (math.nan, 3, 1e9),
        (math.inf, 3, 1e9),
        (Array([math.nan, 2]), [1, 2], 1e9),
        (Array([1, 2, 3]), [1, 2], 0),
        (Array([]), [1], 0),
        (Array([[1, 2]]), [1, 2], 0),
        (None, 3, 0),
        ("3", 3, 0),
        (True, 1, 0),
        (1, True, 0),
    ],
)
def test_anything_else_is_wrong(got, right, tolerance):
    assert outcome(lambda: [("", got, right, tolerance)])["outcome"] == "wrong"


def test_one_wrong_number_of_several_is_wrong_and_shown_to_the_last_digit():
    item = outcome(lambda: [("mean", 5, 5, 0), ("deviation", 2.0000000001, 2, 0)])

    assert (item["outcome"], item["expected"]) == ("wrong", "mean 5, deviation 2")
    assert item["got"] == "mean 5, deviation 2.0000000001"


@pytest.mark.parametrize("error", [ValueError("bad shape"), SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_an_exercise_that_raises_is_an_error_in_words(error):
    def calculate():
        raise error

    item = outcome(calculate)

    assert item["outcome"] == "error"
    assert item["got"].startswith(type(error).__name__)


def test_a_value_that_cannot_be_turned_into_a_number_is_an_error():
    assert outcome(lambda: [("", object(), 3, 0)])["outcome"] == "error"


def test_what_a_device_does_not_offer_is_left_out_with_its_words():
    def calculate():
        raise exercise.NotOffered("no inverse on mps")

    assert (outcome(calculate)["outcome"], outcome(calculate)["got"]) == ("left-out", "no inverse on mps")


def test_a_long_exercise_is_done_only_when_asked_for():
    answers = Answers()
    for deep in (False, True):
        exercise.Exercises(answers, "torch", deep=deep).do("topic", "name", lambda: [("", 1, 1, 0)], long=True)

    assert [item["outcome"] for item in answers.items] == ["left-out", "right"]


def test_an_exercise_that_ended_an_earlier_child_is_not_tried_again():
    item = outcome(lambda: pytest.fail("tried again"), without={"numpy/name": "killed by SIGILL"})

    assert (item["outcome"], item["got"]) == ("error", "killed by SIGILL")


def test_at_most_is_not_met_by_nan():
    assert outcome(lambda: [known.at_most("loss at most", 0.05, 0.1)])["outcome"] == "right"
    assert outcome(lambda: [known.at_most("loss at most", 0.2, 0.1)])["outcome"] == "wrong"
    assert outcome(lambda: [known.at_most("loss at most", math.nan, 0.1)])["outcome"] == "wrong"


def test_the_square_of_the_matrix_of_i_plus_j_is_known():
    size = known.LARGE
    square = [[sum((i + k) * (k + j) for k in range(size)) for j in range(size)] for i in range(size)]

    assert known.wrong_elements(square)[1:] == (0, 0, 0)
    square[63][63] += 1
    assert known.wrong_elements(square)[1:] == (1, 0, 0)
    assert known.wrong_elements(square[:-1])[1] != 0
