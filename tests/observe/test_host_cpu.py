import sys

import pytest

from dlcheck.model.gaps import ABSENT, Missing
from dlcheck.observe.host import cpu, sysctl
from dlcheck.observe.host.processors import arm_brand
from tests.observe.trees import context, lay

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a tree of Linux")


def x86(
    number: int, core: int, package: int = 0, flags: str = "fpu sse4_2 avx avx2 fma avx512f amx_int8 hypervisor"
) -> str:
    return (
        f"processor\t: {number}\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz\n"
        f"cpu MHz\t\t: 2699.998\nphysical id\t: {package}\ncore id\t\t: {core}\ncpu cores\t: 2\nflags\t\t: {flags}\n"
        "power management:\n\n"
    )


GRAVITON = (
    "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp "
    "cpuid asimdrdm lrcpc dcpop asimddp ssbs\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\n"
    "CPU part\t: 0xd0c\nCPU revision\t: 1\n\n"
)
APPLE_VM = GRAVITON.replace("0x41", "0x61").replace("0xd0c", "0x000")
RASPBERRY = (
    "processor\t: 0\nmodel name\t: ARMv7 Processor rev 4 (v7l)\nFeatures\t: half thumb neon vfpv4\n"
    "CPU implementer\t: 0x41\nCPU part\t: 0xd03\n\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 3 Model B\n"
)
POWER = "processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 3783.000000MHz\n"
EPYC_QUOTA = {"proc/self/cgroup": "0::/job\n", "sys/fs/cgroup/job/cpu.max": "150000 100000\n"}
V2_MOUNT = "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"


@linux_only
def test_hyperthreads_are_no_cores_and_a_quota_is_a_limit(tmp_path):
    root = lay(
        tmp_path,
        {
            "proc/cpuinfo": x86(0, 0) + x86(1, 1) + x86(2, 0) + x86(3, 1) + x86(4, 0, 1) + x86(5, 0, 1),
            "proc/self/mountinfo": V2_MOUNT,
            **{name: text.replace("150000", "50000") for name, text in EPYC_QUOTA.items()},
        },
    )
    found = cpu.probe(context(root, depth="quick")).value

    assert found is not None
    assert found.brand == "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz"
    assert found.physical_cores == 3
    assert (found.quota_cores, found.quota_source, found.usable_cores) == (0.5, "CPU quota of /job", 0.5)
    assert found.instruction_sets == ("sse4_2", "avx", "fma", "avx2", "avx512f", "amx_int8")
    assert (found.frequency_mhz, found.max_frequency_mhz) == (2699.998, ABSENT)


@linux_only
def test_frequency_of_the_kernels_files_comes_first(tmp_path):
    folder = "sys/devices/system/cpu/cpu0/cpufreq"
    root = lay(
        tmp_path,
        {
            "proc/cpuinfo": x86(0, 0),
            f"{folder}/scaling_cur_freq": "3000000\n",
            f"{folder}/cpuinfo_max_freq": "4800000\n",
        },
    )
    found = cpu.probe(context(root, depth="quick")).value
    assert found is not None
    assert (found.frequency_mhz, found.max_frequency_mhz) == (3000.0, 4800.0)


@linux_only
def test_an_unreadable_cpuinfo_leaves_gaps(tmp_path):
    found = cpu.probe(context(tmp_path, depth="quick")).value
    assert found is not None
    assert (found.brand, found.logical_cores >= 1) == (ABSENT, True)
    assert isinstance(found.instruction_sets, Missing) and isinstance(found.physical_cores, Missing)


@linux_only
def test_this_machine():
    found = cpu.probe(context(depth="quick")).value
    assert found is not None
    assert 0 < found.usable_cores <= found.affinity_cores <= found.logical_cores
    assert found.architecture in ("x86_64", "arm64", "ppc64le", "s390x", "riscv64")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (GRAVITON, "ARM Neoverse-N1"),
        (APPLE_VM, "Apple silicon"),
        (RASPBERRY, "ARM Cortex-A53"),
        (POWER, "POWER9, altivec supported"),
        (x86(0, 0), "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz"),
        ("processor : 0\nmodel name : AMD   EPYC  9R14 \n", "AMD EPYC 9R14"),
        ("", "board"),
    ],
)
def test_brands(text, name):
    blocks = cpu.parse_cpuinfo(text)
    assert cpu.brand(blocks[0] if blocks else {}, "board") == name


def test_arm_numbers():
    assert arm_brand("0x41", "0xd4f") == "ARM Neoverse-V2"
    assert arm_brand("0x41", "0xfff") == "ARM part 0xfff"
    assert arm_brand("0x99", "0x001") == "ARM implementer 0x99 part 0x001"
    assert arm_brand("0x00", "0x000") == ""
    assert arm_brand("", "") == ""


def test_arm_features():
    flags = cpu.parse_cpuinfo(GRAVITON)[0]["Features"]
    assert cpu.instruction_sets(flags) == ("asimd", "asimdhp", "asimddp", "fphp")


def test_no_flags_are_a_gap_and_not_a_processor_without_avx():
    assert isinstance(cpu.instruction_sets(""), Missing)
    assert cpu.instruction_sets("fpu") == ()


M2 = """hw.ncpu: 8
hw.memsize: 25769803776
hw.perflevel0.physicalcpu: 4
hw.perflevel1.physicalcpu: 4
hw.optional.arm.FEAT_DotProd: 1
hw.optional.arm.FEAT_BF16: 1
hw.optional.arm.FEAT_I8MM: 1
hw.optional.arm.FEAT_FP16: 1
hw.optional.arm.FEAT_BTI: 1
hw.optional.floatingpoint: 1
hw.optional.neon: 1
hw.optional.AdvSIMD: 1
hw.optional.arm64: 1
hw.physicalcpu: 8
hw.logicalcpu: 8
hw.cachesize: 3499458560 65536 4194304 0 0 0 0 0 0 0
hw.osenvironment:\x20
hw.targettype: J413
machdep.cpu.cores_per_package: 8
machdep.cpu.brand_string: Apple M2
"""
MACBOOK_2015 = """hw.physicalcpu: 2
hw.logicalcpu: 4
hw.cpufrequency: 1600000000
hw.cpufrequency_max: 1600000000
hw.optional.avx1_0: 1
hw.optional.avx2_0: 1
machdep.cpu.brand_string: Intel(R) Core(TM) i5-5250U CPU @ 1.60GHz
machdep.cpu.features: FPU VME DE PSE TSC MSR PAE MCE CX8 APIC SEP MTRR PGE MCA CMOV PAT PSE36 CLFSH DS ACPI MMX FXSR SSE SSE2 SS HTT TM PBE SSE3 PCLMULQDQ DTES64 MON DSCPL VMX EST TM2 SSSE3 FMA CX16 TPR PDCM SSE4.1 SSE4.2 x2APIC MOVBE POPCNT AES PCID XSAVE OSXSAVE SEGLIM64 TSCTMR AVX1.0 RDRAND F16C
machdep.cpu.leaf7_features: RDWRFSGS TSC_THREAD_OFFSET BMI1 AVX2 SMEP BMI2 ERMS INVPCID FPU_CSDS RDSEED ADX SMAP IPT MDCLEAR IBRS STIBP L1DF SSBD
"""
ROSETTA = M2 + "machdep.cpu.features: FPU SSE SSE2 SSE3 SSE4.1 SSE4.2 AES\nsysctl.proc_translated: 1\n"


def test_apple_silicon():
    found = cpu.from_macos(sysctl.parse(M2), "arm64")
    assert (found.brand, found.architecture) == ("Apple M2", "arm64")
    assert (found.physical_cores, found.logical_cores, found.usable_cores) == (8, 8, 8.0)
    assert found.instruction_sets == ("neon", "asimd", "asimdhp", "asimddp", "bf16", "i8mm")
    assert found.frequency_mhz == ABSENT


def test_rosetta_does_not_make_an_intel_of_it():
    found = cpu.from_macos(sysctl.parse(ROSETTA), "x86_64")
    assert found.architecture == "arm64"
    assert found.instruction_sets == ("neon", "asimd", "asimdhp", "asimddp", "bf16", "i8mm")


def test_intel_mac():
    found = cpu.from_macos(sysctl.parse(MACBOOK_2015), "x86_64")
    assert (found.architecture, found.physical_cores, found.logical_cores) == ("x86_64", 2, 4)
    assert found.frequency_mhz == 1600.0
    assert found.instruction_sets == ("sse4_1", "sse4_2", "popcnt", "avx", "f16c", "fma", "avx2", "bmi1", "bmi2")


def test_a_mac_whose_sysctl_says_nothing_has_gaps():
    found = cpu.from_macos({}, "x86_64")
    assert found.brand == ABSENT and isinstance(found.instruction_sets, Missing)


REGISTRY = {
    "ProcessorNameString": "Intel(R) Core(TM) Ultra 7 155H  ",
    "~MHz": "2995",
    "VendorIdentifier": "GenuineIntel",
}


def test_windows():
    found = cpu.from_windows(REGISTRY, "AMD64", ("sse4_2", "avx", "avx2"), 16, 22)
    assert (found.brand, found.architecture, found.physical_cores) == ("Intel(R) Core(TM) Ultra 7 155H", "x86_64", 16)
    assert (found.usable_cores, found.frequency_mhz) == (22.0, 2995.0)
    assert found.instruction_sets == ("sse4_2", "avx", "avx2")


def test_an_old_windows_that_does_not_know_avx_says_nothing_of_it():
    found = cpu.from_windows(REGISTRY, "AMD64", ("sse4_2",), None, 4)
    assert found.instruction_sets == Missing("not-looked", "Windows does not tell")
    assert found.physical_cores == ABSENT
    completed = cpu.completed(found, {"brand": "another", "flags": ["avx", "avx2", "clflush"]})
    assert completed.instruction_sets == ("avx", "avx2") and completed.brand == "Intel(R) Core(TM) Ultra 7 155H"
    assert cpu.completed(found, {}) == found


@linux_only
def test_what_the_kernel_does_not_tell_is_asked_of_py_cpuinfo_in_a_child(tmp_path, monkeypatch):
    stand_in = "def get_cpu_info(): return {'brand_raw': 'A Processor', 'flags': ['avx', 'sse4_2']}\n"
    lay(tmp_path / "path", {"cpuinfo.py": stand_in})
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    found = cpu.probe(context(tmp_path)).value
    assert found is not None
    assert (found.brand, found.instruction_sets) == ("A Processor", ("sse4_2", "avx"))


@linux_only
def test_a_py_cpuinfo_that_crashes_costs_its_facts_alone(tmp_path, monkeypatch):
    lay(tmp_path / "path", {"cpuinfo.py": "import os\nos.abort()\n"})
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    found = cpu.probe(context(tmp_path)).value
    assert found is not None and found.brand == ABSENT and isinstance(found.instruction_sets, Missing)
