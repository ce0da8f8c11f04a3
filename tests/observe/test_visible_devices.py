from dlcheck.observe.host.visible_devices import read


def test_only_allowed_variables_are_recorded_and_empty_is_not_unset():
    found = read({"CUDA_VISIBLE_DEVICES": "", "AWS_SECRET_ACCESS_KEY": "x", "HIP_VISIBLE_DEVICES": "0"})

    assert found.variables == {"CUDA_VISIBLE_DEVICES": "", "HIP_VISIBLE_DEVICES": "0"}


def test_a_value_of_megabytes_is_cut():
    assert len(read({"CUDA_VISIBLE_DEVICES": "0," * 1_000_000}).variables["CUDA_VISIBLE_DEVICES"]) == 1000
