"""A session that allows too little: said in a sentence, as something that is not known, and not as a defect."""

import errno

import pytest

from dlcheck.judge import engine


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "this session may open no more files"),
        (
            OSError(errno.EAGAIN, "Resource temporarily unavailable"),
            "this user may start no more processes and threads",
        ),
        (RuntimeError("can't start new thread"), "this user may start no more processes and threads"),
        (MemoryError(), "this session may use no more memory"),
    ],
)
def test_a_limit_is_no_defect(dlcheck, recorded, monkeypatch, error, words):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(engine, "judge", refuse)
    status, out, err = dlcheck("doctor", "--snapshot", recorded())
    assert (status, out) == (3, "")
    assert words in err
    assert "defect" not in err


def test_another_error_is_a_defect(dlcheck, recorded, monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("of ours")

    monkeypatch.setattr(engine, "judge", refuse)
    status, _, err = dlcheck("doctor", "--snapshot", recorded())
    assert status == 70
    assert "defect" in err
