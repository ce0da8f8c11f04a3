"""TensorFlow and JAX on machines with an NVIDIA GPU: what is said, and that the cure fits the machine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcheck.model.devices import ArrayDevice
from dlcheck.model.frameworks import Jax, TensorFlow
from dlcheck.model.gaps import ABSENT, unseen
from dlcheck.model.tools import Conda
from tests.facts import (
    BEGINNER,
    CUDA_DRIVER,
    EXPECTS_CUDA,
    GPU,
    INTERPRETER,
    NVIDIA,
    OS,
    build,
    change,
    distribution,
    findings,
    gpu_machine,
    machine,
    packages,
    report,
    status,
)
from tests.texts import said

CPU_DEVICE = ArrayDevice(name="cpu", kind="cpu", product_right=True)
WINDOWS = change(OS, system="windows", name="Windows 11", distribution="", glibc=ABSENT, shell="powershell")
NAMES_JAX = change(BEGINNER, required=("jax",))
NAMES_TENSORFLOW = change(BEGINNER, required=("tensorflow",))


def jax_packages(*versions, **changes):
    found = [distribution(name, version, **changes) for name, version in versions]
    return packages(*found, builds=(build("jax", dict(versions)["jax"]),))


CPU_JAX = jax_packages(("jax", "0.12.0.1"), ("jaxlib", "0.12.0.1"))
CUDA13_JAX = jax_packages(("jax", "0.12.0.1"), ("jaxlib", "0.12.0.1"), ("jax-cuda13-plugin", "0.12.0.1"),
                          ("jax-cuda13-pjrt", "0.12.0.1"))  # fmt: skip


def nvidia(driver="580.82.07", *capabilities):
    gpus = tuple(change(GPU, index=index, name=f"GPU {index}", compute_capability=one)
                 for index, one in enumerate(capabilities or [(8, 9)]))  # fmt: skip
    return {"nvidia": change(NVIDIA, driver_version=driver, kernel_module_version=driver, driver_cuda=ABSENT, gpus=gpus),
            "cuda_driver": change(CUDA_DRIVER, version=ABSENT, device_count=len(gpus))}  # fmt: skip


def first_fix(identity, snapshot, profile=BEGINNER):
    return findings(identity, snapshot, profile)[0].fixes[0]


@pytest.mark.parametrize(
    ("driver", "capability", "wanted"),
    [
        ("580.82.07", (8, 9), "jax[cuda13]==0.12.0.1"),
        ("550.54.15", (8, 9), "jax[cuda12]==0.12.0.1"),
        ("580.82.07", (7, 0), "jax[cuda12]==0.12.0.1"),
    ],
)
def test_jax_without_a_plugin_gets_the_one_for_this_driver_and_gpu(driver, capability, wanted):
    found = gpu_machine(packages=CPU_JAX, torch=unseen("absent"), **nvidia(driver, capability))

    assert status("jax-cpu-build-on-gpu-machine", found) == "warn"
    assert wanted in first_fix("jax-cpu-build-on-gpu-machine", found).commands[-1].argv


def test_jax_without_a_plugin_is_quiet_where_it_does_no_harm():
    assert status("jax-cpu-build-on-gpu-machine", gpu_machine(packages=CUDA13_JAX)) == "pass"
    assert status("jax-cpu-build-on-gpu-machine", machine(packages=CPU_JAX)) == "skip"
    assert status("jax-cpu-build-on-gpu-machine", gpu_machine()) == "skip"
    by_conda = jax_packages(("jax", "0.9.2"), ("jaxlib", "0.9.2"), installer="conda")
    assert status("jax-cpu-build-on-gpu-machine", gpu_machine(packages=by_conda)) == "skip"
    # another package brought it, and torch does the work
    beside = packages(*CPU_JAX.distributions, distribution("torch", "2.13.0"),
                      builds=(build("torch", "2.13.0+cu130", cuda="13.0"), *CPU_JAX.builds))  # fmt: skip
    assert status("jax-cpu-build-on-gpu-machine", gpu_machine(packages=beside)) == "note"
    assert status("jax-cpu-build-on-gpu-machine", gpu_machine(packages=beside), NAMES_JAX) == "warn"


def test_jax_on_a_gpu_that_none_serves_is_a_note_with_the_reason():
    found = gpu_machine(packages=CPU_JAX, torch=unseen("absent"), **nvidia("470.256.02", (3, 7)))

    (finding,) = findings("jax-cpu-build-on-gpu-machine", found)
    assert finding.status == "note"
    assert "compute capability 3.7" in finding.evidence[-1]
    assert finding.fixes == ()


def test_jax_on_native_windows_is_sent_to_wsl():
    found = gpu_machine(os=WINDOWS, packages=CPU_JAX, torch=unseen("absent"))

    assert "WSL 2" in first_fix("jax-cpu-build-on-gpu-machine", found).title


def test_a_plugin_of_another_version_than_jaxlib():
    mixed = jax_packages(("jax", "0.12.0.1"), ("jaxlib", "0.12.0.1"), ("jax-cuda13-plugin", "0.11.2"),
                         ("jax-cuda13-pjrt", "0.11.2"))  # fmt: skip

    assert status("jax-plugin-mismatch", gpu_machine(packages=mixed)) == "warn"
    assert status("jax-plugin-mismatch", gpu_machine(packages=mixed), NAMES_JAX) == "fail"
    assert "jax[cuda13]==0.12.0.1" in first_fix("jax-plugin-mismatch", gpu_machine(packages=mixed)).commands[-1].argv
    assert status("jax-plugin-mismatch", gpu_machine(packages=CUDA13_JAX)) == "pass"
    newer_jax = jax_packages(("jax", "0.12.1"), ("jaxlib", "0.12.0.1"), ("jax-cuda13-plugin", "0.12.0.1"))
    assert status("jax-plugin-mismatch", gpu_machine(packages=newer_jax)) == "pass"
    assert status("jax-plugin-mismatch", gpu_machine(packages=CPU_JAX)) == "skip"


def test_a_driver_too_old_for_the_plugin_gets_the_other_plugin_and_no_new_driver():
    found = gpu_machine(packages=CUDA13_JAX, **nvidia("550.54.15"))

    (finding,) = findings("driver-too-old-for-jax-cuda", found)
    assert finding.status == "warn"
    assert "jax[cuda12]==0.12.0.1" in finding.fixes[0].commands[-1].argv
    assert not any("driver" in fix.title for fix in finding.fixes)
    assert status("driver-too-old-for-jax-cuda", gpu_machine(packages=CUDA13_JAX)) == "pass"
    served = Jax(version="0.12.0.1", devices=(ArrayDevice(name="gpu:0", kind="cuda", product_right=True),))
    assert (
        status("driver-too-old-for-jax-cuda", gpu_machine(packages=CUDA13_JAX, jax=served, **nvidia("550.54.15")))
        == "pass"
    )
    assert status("driver-too-old-for-jax-cuda", gpu_machine()) == "skip"


def test_where_no_jax_runs_with_the_driver_a_newer_one_is_the_cure():
    found = gpu_machine(packages=CUDA13_JAX, **nvidia("470.256.02", (8, 6)))

    assert "NVIDIA driver 525.60.13 or newer" in first_fix("driver-too-old-for-jax-cuda", found).title


def test_a_gpu_that_the_plugin_does_not_serve():
    volta = gpu_machine(packages=CUDA13_JAX, **nvidia("580.82.07", (7, 0)))
    (finding,) = findings("gpu-not-served-by-jax-plugin", volta)
    assert finding.status == "warn"
    assert "jax[cuda12]==0.12.0.1" in finding.fixes[0].commands[-1].argv
    assert status("gpu-not-served-by-jax-plugin", gpu_machine(packages=CUDA13_JAX)) == "pass"
    both = gpu_machine(packages=CUDA13_JAX, **nvidia("580.82.07", (8, 9), (6, 1)))
    assert sorted(one.status for one in findings("gpu-not-served-by-jax-plugin", both)) == ["note", "pass"]
    unknown = jax_packages(("jax", "0.99.0"), ("jaxlib", "0.99.0"), ("jax-cuda13-plugin", "0.99.0"))
    assert (
        status("gpu-not-served-by-jax-plugin", gpu_machine(packages=unknown, **nvidia("580.82.07", (7, 0)))) == "skip"
    )


def tf_packages(name="tensorflow", version="2.21.0", *, cuda=ABSENT, **changes):
    return packages(distribution(name, version, **changes), builds=(build("tensorflow", version, cuda=cuda),))


def test_tensorflow_for_the_cpu_on_a_gpu_machine():
    found = gpu_machine(packages=tf_packages("tensorflow-cpu"), torch=unseen("absent"))

    assert status("tensorflow-cpu-build-on-gpu-machine", found) == "warn"
    fix = first_fix("tensorflow-cpu-build-on-gpu-machine", found)
    texts = [one.text for one in fix.commands]
    assert "uninstall -y tensorflow-cpu" in texts[0]
    assert "tensorflow[and-cuda]==2.21.0" in texts[-1]


def test_tensorflow_for_the_cpu_is_quiet_where_it_does_no_harm():
    identity = "tensorflow-cpu-build-on-gpu-machine"
    assert status(identity, gpu_machine(packages=tf_packages(cuda="12.5.1"))) == "pass"
    assert status(identity, machine(packages=tf_packages("tensorflow-cpu"))) == "skip"
    assert status(identity, gpu_machine(os=WINDOWS, packages=tf_packages())) == "skip"
    assert status(identity, gpu_machine()) == "skip"
    beside = packages(distribution("tensorflow-cpu", "2.21.0"), distribution("torch", "2.13.0"),
                      builds=(build("torch", "2.13.0+cu130", cuda="13.0"), build("tensorflow", "2.21.0")))  # fmt: skip
    assert status(identity, gpu_machine(packages=beside)) == "note"
    assert status(identity, gpu_machine(packages=beside), NAMES_TENSORFLOW) == "warn"


def test_tensorflow_has_no_code_for_blackwell():
    found = gpu_machine(packages=tf_packages(cuda="12.5.1"), torch=unseen("absent"), **nvidia("580.82.07", (12, 0)))

    (finding,) = findings("gpu-arch-not-in-tensorflow", found)
    assert finding.status == "warn"
    assert "has code for 6.0, 7.0, 8.0, 8.9, 9.0" in finding.evidence[1]
    assert [fix.title.partition(",")[0] for fix in finding.fixes] == [
        "use NVIDIA's container nvcr.io/nvidia/tensorflow"
    ]


def test_an_old_gpu_keeps_the_tensorflow_that_has_code_for_it():
    python = change(INTERPRETER, version="3.11.9")
    found = gpu_machine(interpreter=python, packages=tf_packages(cuda="12.5.1"), torch=unseen("absent"),
                        **nvidia("580.82.07", (5, 2)))  # fmt: skip

    assert "tensorflow[and-cuda]==2.15.1" in first_fix("gpu-arch-not-in-tensorflow", found).commands[-1].argv


def test_an_old_gpu_and_too_new_a_python_get_an_environment_with_another_python():
    found = gpu_machine(packages=tf_packages(cuda="12.5.1"), torch=unseen("absent"), **nvidia("580.82.07", (5, 2)))

    (finding,) = findings("gpu-arch-not-in-tensorflow", found)
    assert "Python 3.12 (3.11 would do)" in finding.evidence[-1]
    assert "Python 3.11" in finding.fixes[0].title


def test_tensorflow_s_own_list_outweighs_the_table_and_a_computed_product_both():
    identity, blackwell = "gpu-arch-not-in-tensorflow", nvidia("580.82.07", (12, 0))
    own = TensorFlow(version="2.21.0", gpu_build=True, arch_list=("sm_80", "compute_120"), devices=(CPU_DEVICE,))
    assert status(identity, gpu_machine(packages=tf_packages(cuda="12.8"), tensorflow=own, **blackwell)) == "pass"
    worked = ArrayDevice(name="GPU:0", kind="cuda", compute_capability=(12, 0), product_right=True)
    told = TensorFlow(version="2.21.0", gpu_build=True, arch_list=("sm_80",), devices=(CPU_DEVICE, worked))
    assert status(identity, gpu_machine(packages=tf_packages(cuda="12.5"), tensorflow=told, **blackwell)) == "pass"
    by_conda = tf_packages(cuda="12.8", installer="conda")
    assert status(identity, gpu_machine(packages=by_conda, **blackwell)) == "skip"


def test_a_driver_too_old_for_tensorflow_s_cuda_has_two_ways_out():
    tf = TensorFlow(version="2.15.1", cuda="12.2", cudnn="8", gpu_build=True, devices=(CPU_DEVICE,))
    python = change(INTERPRETER, version="3.10.14")
    found = gpu_machine(tensorflow=tf, packages=tf_packages(version="2.15.1", cuda="12.2"), interpreter=python,
                        **nvidia("470.256.02", (8, 6)))  # fmt: skip

    (finding,) = findings("tf-cuda-version-mismatch", found)
    assert "tensorflow[and-cuda]==2.14.1" in finding.fixes[0].commands[-1].argv
    assert "NVIDIA driver 525.60.13 or newer" in finding.fixes[1].title


def test_native_windows_in_conda_can_have_the_last_tensorflow_with_cuda():
    prefix = r"C:\Users\ada\miniforge3\envs\dl"
    interpreter = change(INTERPRETER, version="3.10.14", executable=rf"{prefix}\python.exe", prefix=prefix, base_prefix=prefix,
                         environment="conda", machine="AMD64", platform_tag="win-amd64")  # fmt: skip
    conda = Conda(family="Miniforge", executable=r"C:\Users\ada\miniforge3\Scripts\conda.exe")
    found = gpu_machine(os=change(WINDOWS, machine="AMD64"), interpreter=interpreter, conda=conda,
                        packages=tf_packages(), **nvidia("560.94", (8, 6)))  # fmt: skip

    fixes = findings("tf-no-native-windows-gpu", found)[0].fixes
    texts = [one.text for one in fixes[0].commands]
    assert "conda-forge 'cudatoolkit=11.2' 'cudnn=8.1.0'" in texts[0]
    assert "'tensorflow==2.10.1' 'numpy<2'" in texts[-1]
    assert "WSL 2" in fixes[-1].title


def test_jax_s_own_words_in_a_text_name_the_plugin_for_its_driver():
    words = "WARNING:jax._src.lib.xla_bridge:No GPU/TPU found, falling back to CPU. (Set TF_CPP_MIN_LOG_LEVEL=0)"
    smi = (
        "NVIDIA-SMI 535.183.01  Driver Version: 535.183.01  CUDA Version: 12.2\n|  0  NVIDIA GeForce RTX 3090  Off |\n"
    )
    (finding,) = [one for one in said(f"{words}\n{smi}").findings if one.id == "jax-cpu-build-on-gpu-machine"]
    assert finding.status == "fail"
    assert "jax[cuda12]" in finding.fixes[0].commands[-1].argv
    (finding,) = [one for one in said(words).findings if one.id == "jax-cpu-build-on-gpu-machine"]
    assert "jax[cuda13]" in finding.fixes[0].title and "jax[cuda12]" in finding.fixes[0].title


NEW_DRIVERS = st.sampled_from(["580.82.07", "595.45.04", "610.43.02"])
FRAMEWORKS = st.sampled_from([
    packages(builds=()), CPU_JAX, CUDA13_JAX, tf_packages("tensorflow-cpu"), tf_packages(cuda="12.5.1"),
    packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cpu"),)),
    packages(distribution("torch", "2.13.0"), builds=(build("torch", "2.13.0+cu130", cuda="13.0"),)),
    packages(distribution("torch", "1.13.1"), builds=(build("torch", "1.13.1+cu117", cuda="11.7"),)),
])  # fmt: skip
CARDS = st.lists(st.sampled_from([(7, 5), (8, 0), (8, 6), (8, 9), (9, 0), (10, 0), (12, 0)]), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(
    NEW_DRIVERS, CARDS, FRAMEWORKS, st.sampled_from(["3.8.20", "3.10.14", "3.12.7", "3.14.0", "3.16.0"]), st.booleans()
)
def test_where_the_driver_is_fine_no_advice_of_any_check_is_another_driver(driver, cards, found, python, wsl):
    snapshot = gpu_machine(
        interpreter=change(INTERPRETER, version=python), packages=found, torch=unseen("not-looked"),
        os=change(OS, wsl=2 if wsl else 0), **nvidia(driver, *cards),
    )  # fmt: skip
    for profile in (BEGINNER, NAMES_JAX, NAMES_TENSORFLOW, EXPECTS_CUDA):
        for finding in report(snapshot, profile).findings:
            titles = [fix.title for fix in finding.fixes]
            assert not any("NVIDIA driver" in title for title in titles), (finding.id, titles)


def test_a_tensorflow_for_numpy_1_is_renewed_with_its_cuda_libraries():
    old = packages(distribution("tensorflow", "2.17.1"), distribution("numpy", "2.1.3"),
                   builds=(build("tensorflow", "2.17.1", cuda="12.3"),))  # fmt: skip
    found = gpu_machine(packages=old, torch=unseen("absent"))

    assert "tensorflow[and-cuda]==2.21.0" in first_fix("numpy2-abi", found).commands[-1].argv
    on_cpu = machine(packages=old, torch=unseen("absent"))
    assert "tensorflow>=2.18.0" in first_fix("numpy2-abi", on_cpu).commands[-1].argv
