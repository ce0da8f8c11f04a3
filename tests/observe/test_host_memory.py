import sys

import pytest

from dlcheck.model.gaps import ABSENT, Missing
from dlcheck.observe.host import cgroup, memory, mounts
from tests.observe.trees import context, lay

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a tree of Linux")
GIB = 2**30

MEMINFO = """MemTotal:       16303428 kB
MemFree:         1035228 kB
MemAvailable:    9303428 kB
Buffers:          123456 kB
Cached:          4303428 kB
SwapCached:            0 kB
SwapTotal:       2097148 kB
SwapFree:        2097148 kB
HugePages_Total:       0
"""
V2_MOUNT = "31 23 0:28 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
USER = "user.slice/user-1000.slice/session-3.scope"


def machine(tmp_path):
    return lay(tmp_path, {"proc/meminfo": MEMINFO, "dev/shm/": ""})


@linux_only
def test_a_laptop_has_no_limit(tmp_path):
    found = memory.probe(context(machine(tmp_path))).value

    assert found is not None
    assert (found.total_bytes, found.available_bytes) == (16303428 * 1024, 9303428 * 1024)
    assert (found.swap_total_bytes, found.cgroup_limit_bytes) == (2097148 * 1024, ABSENT)
    assert found.usable_bytes == found.total_bytes
    assert isinstance(found.shm_total_bytes, int)


@linux_only
def test_old_kernels_do_not_tell_what_is_available(tmp_path):
    root = lay(tmp_path, {"proc/meminfo": "MemTotal: 1000 kB\nMemFree: 100 kB\nCached: 300 kB\n"})
    found = memory.probe(context(root)).value
    assert found is not None and found.available_bytes == 400 * 1024
    assert found.shm_total_bytes == ABSENT


@linux_only
def test_a_meminfo_that_is_not_there_or_garbage_is_a_gap(tmp_path):
    absent = memory.probe(context(tmp_path))
    assert absent.missing is not None and absent.missing.gap == "absent"
    broken = memory.probe(context(lay(tmp_path, {"proc/meminfo": b"\xff\x00MemTotal: many\n"})))
    assert broken.missing is not None and broken.missing.gap == "broken"


def limit(tmp_path, files):
    found = cgroup.memory_bytes(lay(tmp_path, files))
    return (found.amount, found.source) if found else None


def test_docker_shows_its_own_group_as_the_root(tmp_path):
    files = {
        "proc/self/cgroup": "0::/\n",
        "proc/self/mountinfo": "40 23 0:28 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n",
        "sys/fs/cgroup/memory.max": f"{2 * GIB}\n",
    }
    assert limit(tmp_path, files) == (2 * GIB, "memory.max of /")


def test_a_login_nodes_limit_sits_on_the_users_slice(tmp_path):
    files = {
        "proc/self/cgroup": f"0::/{USER}\n",
        "proc/self/mountinfo": V2_MOUNT,
        f"sys/fs/cgroup/{USER}/memory.max": "max\n",
        "sys/fs/cgroup/user.slice/user-1000.slice/memory.max": f"{8 * GIB}\n",
        "sys/fs/cgroup/user.slice/user-1000.slice/memory.high": f"{4 * GIB}\n",
        "sys/fs/cgroup/user.slice/memory.max": f"{64 * GIB}\n",
    }
    assert limit(tmp_path, files) == (4 * GIB, "memory.high of /user.slice/user-1000.slice")


def test_docker_with_cgroup_v1(tmp_path):
    files = {
        "proc/self/cgroup": "12:cpuset:/docker/0f1e\n4:memory:/docker/0f1e\n3:cpu,cpuacct:/docker/0f1e\n",
        "proc/self/mountinfo": (
            "50 49 0:32 /docker/0f1e /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
            "51 49 0:33 /docker/0f1e /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
        ),
        "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{3 * GIB}\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "250000\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    }
    assert limit(tmp_path, files) == (3 * GIB, "memory.limit_in_bytes of /")
    assert cgroup.cpu_cores(tmp_path) == cgroup.Limit(2.5, "CPU quota of /")


def test_cgroup_v1_writes_a_huge_number_where_there_is_no_limit(tmp_path):
    files = {
        "proc/self/cgroup": "4:memory:/\n1:cpu:/\n0::/\n",
        "proc/self/mountinfo": (
            "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
            "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        ),
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    }
    assert limit(tmp_path, files) is None
    assert cgroup.cpu_cores(tmp_path) is None


def test_hybrid_hierarchies_take_each_controller_from_where_it_is(tmp_path):
    files = {
        "proc/self/cgroup": "4:memory:/job\n0::/other\n",
        "proc/self/mountinfo": (
            "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
            "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        ),
        "sys/fs/cgroup/unified/other/cpu.max": "100000 100000\n",
        "sys/fs/cgroup/memory/job/memory.limit_in_bytes": f"{GIB}\n",
    }
    assert limit(tmp_path, files) == (GIB, "memory.limit_in_bytes of /job")
    assert cgroup.cpu_cores(tmp_path) == cgroup.Limit(1.0, "CPU quota of /other")


@pytest.mark.parametrize(
    ("path", "root", "steps"),
    [
        ("/a/b", "/", ["a", "b"]),
        ("/docker/0f1e/init", "/docker/0f1e", ["init"]),
        ("/docker/0f1e-other", "/docker/0f1e", []),
        ("/../../system.slice", "/", []),
        ("/", "/docker/0f1e", []),
    ],
)
def test_a_group_out_of_sight_leaves_the_mount_point(path, root, steps):
    mount = mounts.Mount(point="/sys/fs/cgroup", kind="cgroup2", root=root)
    assert cgroup.below(path, mount) == steps


@pytest.mark.parametrize(
    ("text", "cores"),
    [("150000 100000", 1.5), ("max 100000", None), ("-1 100000", None), ("0 0", None), ("", None), ("1", None)],
)
def test_quotas(text, cores):
    assert cgroup.quota(text) == cores


def test_groups_that_cannot_be_read_are_no_limit(tmp_path):
    assert cgroup.memory_bytes(tmp_path) is None
    files = {"proc/self/cgroup": b"\xff:::\n9:memory\n", "proc/self/mountinfo": "no mount at all\n - \n"}
    assert limit(tmp_path, files) is None


@linux_only
def test_shared_memory_that_may_not_be_looked_at_is_a_gap(tmp_path):
    lay(tmp_path, {"file": ""})
    total, free = memory.shared_memory(tmp_path / "file" / "below")
    assert isinstance(total, Missing) and isinstance(free, Missing)
