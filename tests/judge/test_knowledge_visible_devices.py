import pytest

from dlcheck.judge.knowledge.visible_devices import cuda_visible, rocm_visible

UUIDS = ("GPU-aa11", "GPU-aa22", "GPU-bb33", "GPU-cc44")


@pytest.mark.parametrize(
    ("value", "devices"),
    [
        (None, (0, 1, 2, 3)),
        ("", ()),
        (" ", ()),
        ("-1", ()),
        ("none", ()),
        ("all", ()),
        ("NoDevFiles", ()),
        ("0", (0,)),
        (" 0", (0,)),
        ("3,1", (3, 1)),
        ("0, 2", (0, 2)),
        ("0,0", ()),
        ("0,-1,1", (0,)),
        ("0,7,1", (0,)),
        ("7", ()),
        ("1gpu2,2ampere", (1, 2)),
        ("0,,1", (0,)),
        ("0,", (0,)),
        ("GPU-bb", (2,)),
        ("GPU-bb33,GPU-aa11", (2, 0)),
        ("GPU-aa", ()),
        ("GPU-ff", ()),
        ("GPU-bb33,GPU-bb", ()),
        ("GPU-bb33,0", (2,)),
        ("0,GPU-bb33", (0,)),
        ("gpu-bb33", ()),
        ("٣", ()),
    ],
)
def test_the_list_is_read_as_the_driver_reads_it(value, devices):
    assert cuda_visible(value, 4, UUIDS).devices == devices


def test_unset_restricts_nothing_and_empty_hides_all():
    assert not cuda_visible(None, 2).restricts
    assert not cuda_visible(None, 0).hides_all
    assert cuda_visible("", 2).hides_all


def test_the_entry_that_ends_the_list_is_named():
    found = cuda_visible("0,7", 1)

    assert (found.ends_at, found.why) == ("7", "there is no device 7: the only one is 0")


def test_mig_instances_are_no_hidden_gpus():
    found = cuda_visible("MIG-1234,MIG-5678", 1, ("GPU-aa11",))

    assert found.slices == ("MIG-1234", "MIG-5678")
    assert not found.hides_all


@pytest.mark.parametrize(
    ("rocr", "hip", "cuda", "devices"),
    [
        (None, None, None, (0, 1, 2)),
        ("2,1", None, None, (2, 1)),
        ("2,1", "0", None, (2,)),
        ("2", "1", None, ()),
        (None, "1", "0", (1,)),
        (None, None, "1", (1,)),
        (None, "", "1", ()),
    ],
)
def test_rocr_comes_before_hip_which_comes_before_cuda(rocr, hip, cuda, devices):
    assert rocm_visible(rocr, hip, cuda, 3).devices == devices
