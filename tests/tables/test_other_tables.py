"""The tables of wheels, TensorFlow, codes, CUDA and GPUs beside sources that say otherwise."""

import msgspec
import pytest

from dlcheck.judge.knowledge.cuda_drivers import CudaDrivers
from dlcheck.judge.knowledge.wheels import Release, Wheels
from scripts.refresh import codes, cuda, gpus, python_wheels
from scripts.refresh.registry import file_of
from scripts.refresh.web import Unreadable
from tests.tables.shelf import TODAY, Shelf

WHEELS = """read = 2026-11-22
source = "x"
recommended = "3.12"
release = [
  { package = "jaxlib", version = "0.4.38", requires_python = ">=3.10", linux_x86_64 = ["3.10", "3.13"], glibc = "2.17" },
  { package = "numpy", version = "2.5.5", linux_x86_64 = ["3.12", "3.15"], glibc = "2.27" },
]
"""


def shelf():
    """An index with numpy and jaxlib: two lines each, several patches, one of them without a wheel for Linux."""
    found = Shelf()
    numpy = [found.wheel(f"numpy-{one}-cp{tag}.whl", **{"requires-python": ">=3.12"}) for one, tag in (
        ("2.4.9", "311-cp311-manylinux_2_27_x86_64"), ("2.5.5", "312-cp312-manylinux_2_27_x86_64"),
        ("2.5.6", "312-cp312-manylinux_2_28_x86_64"), ("2.5.6", "316-cp316-manylinux_2_28_x86_64"),
        ("2.5.6", "316-cp316t-manylinux_2_28_x86_64"), ("2.5.6", "312-cp312-musllinux_1_2_x86_64"),
    )]  # fmt: skip
    found.project("numpy", *numpy, {"filename": "numpy-2.6.0.tar.gz", "url": "numpy-2.6.0.tar.gz"})
    jaxlib = [
        ("0.4.38", "310-cp310-manylinux2014_x86_64"),
        ("0.13.0", "312-cp312-macosx_11_0_arm64"),
        ("0.13.1", "312-cp312-win32"),
    ]
    found.project("jaxlib", *(found.wheel(f"jaxlib-{one}-cp{tag}.whl") for one, tag in jaxlib))
    return found


def test_rows_of_wheels_are_written_anew_from_the_line_on_with_which_the_table_begins():
    done = python_wheels.refresh(WHEELS, shelf().sources())
    table = msgspec.toml.decode(done.text, type=Wheels)

    assert table.release == (
        Release(package="jaxlib", version="0.4.38", linux_x86_64=("3.10", "3.10"), glibc="2.17"),
        Release(package="jaxlib", version="0.13.0", macos_arm64=("3.12", "3.12"), macos="11.0"),
        Release(package="numpy", version="2.5.6", requires_python=">=3.12", linux_x86_64=("3.12", "3.16"),
                free_threaded=("3.16",), musl=("3.12", "3.12"), glibc="2.28"),
    )  # fmt: skip
    assert (table.read, table.recommended) == (TODAY, "3.12")


def test_without_one_of_its_packages_the_table_is_not_written():
    found = shelf()
    del found.pages["https://index.example/simple/jaxlib/"]

    with pytest.raises(Unreadable, match="jaxlib"):
        python_wheels.refresh(WHEELS, found.sources())


PYNVML = """
NVML_SUCCESS                         = 0
NVML_ERROR_UNINITIALIZED             = 1
NVML_ERROR_GPU_IS_LOST = 15
NVML_ERROR_RENAMED = 16
NVML_ERROR_BRAND_NEW = 31
NVML_ERROR_UNKNOWN                   = 999
nvmlClocksEventReasonGpuIdle = 0x0000000000000001
nvmlClocksEventReasonNone = 0x0
nvmlClocksThrottleReasonAll = 0x1ff
nvmlClocksEventReasonBrandNew = 0x0000000000001000
"""


def bindings(text=PYNVML):
    found = Shelf()
    wheel = found.wheel("nvidia_ml_py-14.700.1-py3-none-any.whl", members={"pynvml.py": text})
    found.project("nvidia-ml-py", wheel)
    return found


def test_codes_of_nvml_that_are_in_no_row():
    lacks = codes.NVML.look(bindings().sources()).lacks
    assert "31 BRAND_NEW" in lacks
    assert "16 is RENAMED, not RESET_REQUIRED" in lacks
    assert not any(one.startswith("15 ") for one in lacks)
    assert not any(one.startswith("2 ") for one in lacks), (
        "what the bindings no longer have may come from an old driver"
    )
    assert codes.THROTTLE.look(bindings().sources()).lacks[-1] == "4096 BrandNew"


def test_a_table_of_codes_that_lacks_one_keeps_its_day():
    text = file_of("nvml_codes").read_text()
    done = codes.NVML.refresh(text, bindings().sources())

    assert done.text == text
    assert any("31 BRAND_NEW: a row with words of its own" in one for one in done.left)


def test_bindings_that_are_written_otherwise_are_told():
    with pytest.raises(Unreadable, match="no longer written"):
        codes.NVML.look(bindings("class Error(enum): pass").sources())


def test_codes_of_cuda_by_both_headers():
    found = Shelf()
    members = {
        "nvidia/cu14/include/cuda.h": "typedef enum {\n  CUDA_SUCCESS = 0,\n    CUDA_ERROR_NO_DEVICE                      = 100,\n",
        "nvidia/cu14/include/driver_types.h": "    cudaSuccess = 0,\n    cudaErrorInsufficientDriver           =     35,\n    cudaErrorNoDevice = 100\n",
    }
    wheel = found.wheel("nvidia_cuda_runtime-14.1.3-py3-none-manylinux2014_x86_64.whl", members=members)
    found.project("nvidia-cuda-runtime", wheel)
    names = codes.cuda(found.sources().index).names

    assert names == {0: frozenset({"SUCCESS"}), 35: frozenset({"INSUFFICIENT_DRIVER"}), 100: frozenset({"NO_DEVICE"})}


XIDS = """
#define ROBUST_CHANNEL_GR_EXCEPTION                     (13)
#define GPU_HAS_FALLEN_OFF_THE_BUS                      (79)
#define ROBUST_CHANNEL_BRAND_NEW                        (200)
#define ROBUST_CHANNEL_LAST_ERROR                       (ROBUST_CHANNEL_BRAND_NEW)
"""


def test_xids_of_the_drivers_header(tmp_path):
    header = tmp_path / "nverror.h"
    header.write_text(XIDS)

    assert codes.xids(XIDS) == {
        13: frozenset({"GR_EXCEPTION"}),
        79: frozenset({"GPU_HAS_FALLEN_OFF_THE_BUS"}),
        200: frozenset({"BRAND_NEW"}),
    }
    lacks = codes.XIDS.look(Shelf().sources(saved=header)).lacks
    assert not any(one.startswith("31 ") for one in lacks)
    assert not any(one.startswith(("13 ", "79 ")) for one in lacks)
    with pytest.raises(Unreadable, match="--from"):
        codes.XIDS.refresh("", Shelf().sources())


def toolkits(*versions):
    found = Shelf()
    files = []
    for version in versions:
        major = version.partition(".")[0]
        requires = [
            f"nvidia-cublas=={major}.6.*; (sys_platform == 'win32' or sys_platform == 'linux') and extra == 'cublas'",
            "nvidia-cusparse==12.9.*; sys_platform == 'linux' and extra == 'cusparse'",
            f"nvidia-nvjitlink=={major}.1.*; sys_platform == 'linux' and extra == 'nvjitlink'",
        ]  # fmt: skip
        files.append(found.wheel(f"cuda_toolkit-{version}-py2.py3-none-any.whl", requires=requires))
    found.project("cuda-toolkit", *files)
    return found


def test_toolkits_that_the_table_of_drivers_lacks():
    seen = cuda.look_drivers(toolkits("12.9.1", "13.0.2", "14.0.0", "14.1.3").sources())

    assert seen.shown == "CUDA 14.1"
    assert seen.lacks == (
        "CUDA 14.0: the driver released with it", "CUDA 14.1: the driver released with it",
        "CUDA 14: the oldest driver for its wheels",
    )  # fmt: skip


NOTES = """<table><tr><td><p>CUDA 14.1 Update 1</p></td><td><p>&gt;=662.11.02</p></td><td><p>N/A</p></td></tr>
<tr><td><p>CUDA 14.1 GA</p></td><td><p>&gt;=662.05</p></td><td><p>N/A</p></td></tr>
<tr><td>CUDA 13.9 GA</td><td>&gt;=640.12.03</td><td>&gt;=641.01</td></tr>
<tr><td>CUDA 11.6 GA</td><td>&gt;=510.39.01</td><td>&gt;=511.23</td></tr>
<tr><td>CUDA 12.0.1 Update 1</td><td>&gt;=525.85.12</td><td>&gt;=528.33</td></tr>
<tr><td>CUDA 12.0 GA</td><td>&gt;=525.60.13</td><td>&gt;=527.41</td></tr>
<tr><td>CUDA 7.5 (7.5.16)</td><td>&gt;= 352.31</td><td>&gt;= 353.66</td></tr></table>"""


def test_drivers_of_toolkits_out_of_nvidias_release_notes(tmp_path):
    page, old = tmp_path / "notes.html", file_of("cuda_drivers").read_text()
    page.write_text(NOTES)
    done = cuda.refresh_drivers(old, Shelf().sources(saved=page))
    new, known = (msgspec.toml.decode(text, type=CudaDrivers) for text in (done.text, old))

    assert [(one.cuda, one.linux, one.windows) for one in new.toolkit[:2]] == [
        ("14.1", "662.05", ""),
        ("13.9", "640.12.03", "641.01"),
    ]
    assert new.toolkit[2:] == known.toolkit
    assert (new.major, new.branch, new.read) == (known.major, known.branch, TODAY)
    assert "# From which branch of the driver" in done.text


def test_what_the_release_notes_say_otherwise_is_taken_over(tmp_path):
    page = tmp_path / "notes.html"
    page.write_text("CUDA 13.4 GA | >=615.01.02 | N/A")
    done = cuda.refresh_drivers(file_of("cuda_drivers").read_text(), Shelf().sources(saved=page))
    row = next(one for one in msgspec.toml.decode(done.text, type=CudaDrivers).toolkit if one.cuda == "13.4")

    assert (row.linux, row.windows) == ("615.01.02", "")


@pytest.mark.parametrize("page", ["", "<html>CUDA 14.1 GA</html>", "CUDA >= 1", "<" * 10_000])
def test_a_page_without_the_table_of_drivers_is_none(tmp_path, page):
    saved = tmp_path / "notes.html"
    saved.write_text(page)

    with pytest.raises(Unreadable, match="no table"):
        cuda.refresh_drivers(file_of("cuda_drivers").read_text(), Shelf().sources(saved=saved))
    with pytest.raises(Unreadable, match="404"):
        cuda.refresh_drivers(file_of("cuda_drivers").read_text(), Shelf().sources())


def test_libraries_that_the_table_takes_for_those_of_another_cuda():
    seen = cuda.look_libraries(toolkits("13.0.2", "14.0.0", "14.1.3").sources())

    assert "libcusparse 12.9 is of CUDA 14.1, and the table says 12 or 13" in seen.lacks
    assert "libcublas 14.6 of CUDA 14.1" in seen.lacks
    assert not any("CUDA 13.0" in one for one in seen.lacks)


PCI_IDS = """# a list
1002  Advanced Micro Devices, Inc. [AMD/ATI]
\t744c  Navi 31 [Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M]
10de  NVIDIA Corporation
\t2684  AD102 [GeForce RTX 4090]
\t\t10de 165b  GeForce RTX 4090
\t2757  GN20-E3 [GeForce RTX 3070 Ti Mobile]
\t1b80  GP104 [GeForce GTX 1080]
\t2ff0  AD102 [Quiet Thing 12]
10df  Emulex Corporation
\t2684  AD102 [GeForce RTX 5090]
"""


def test_gpus_beside_a_list_of_pci_ids(tmp_path):
    wrong, unknown = gpus.disagreements(PCI_IDS)

    assert unknown == ["NVIDIA Quiet Thing 12: 8.9"]
    assert wrong == ["10de:2ff0 AD102: 12.0 by its id, not 8.9"]
    saved = tmp_path / "pci.ids"
    saved.write_text(PCI_IDS)
    assert set(gpus.look(Shelf().sources(saved=saved)).lacks) == {*wrong, "NVIDIA Quiet Thing 12: 8.9"}
    saved.write_text("")
    with pytest.raises(Unreadable, match="no device"):
        gpus.refresh("", Shelf().sources(saved=saved))
