import socket
import subprocess
import sys

import pytest

from dlcheck.model.gaps import ABSENT
from dlcheck.observe.host import cgroup, proxies, session_limits
from tests.observe.trees import lay

MOUNTS = "29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
TREE = {"proc/self/mountinfo": MOUNTS, "proc/self/cgroup": "0::/user.slice/job\n"}


def test_what_the_kernel_killed_is_counted_for_the_own_group_alone(tmp_path):
    group = "sys/fs/cgroup/user.slice"
    events = "low 0\nhigh 3\nmax 0\noom 2\noom_kill 2\noom_group_kill 0\n"

    own = lay(tmp_path / "own", {**TREE, f"{group}/job/memory.events": events})
    above = lay(tmp_path / "above", {**TREE, f"{group}/memory.events": events, f"{group}/job/memory.max": "max"})

    assert cgroup.oom_kills(own) == 2
    assert cgroup.oom_kills(above) == ABSENT
    assert cgroup.oom_kills(tmp_path) == ABSENT


def test_the_lowest_limit_of_processes_counts(tmp_path):
    files = {"sys/fs/cgroup/user.slice/pids.max": "500\n", "sys/fs/cgroup/user.slice/job/pids.max": "max\n"}

    assert cgroup.processes(lay(tmp_path, {**TREE, **files})) == 500
    assert cgroup.processes(tmp_path / "nowhere") == ABSENT


@pytest.mark.skipif(sys.platform == "win32", reason="no ulimit on Windows")
def test_limits_are_those_of_the_session():
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200));"
        "resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33));"
        "from dlcheck.observe.host import session_limits as s; print(s.open_files(), s.address_space_bytes())"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=20)

    assert ended.stdout.split() == ["200", str(2**33)], ended.stderr
    assert isinstance(session_limits.open_files(), int) or session_limits.open_files() == ABSENT


def test_only_a_proxy_on_this_machine_is_tried():
    environ = {
        "http_proxy": "http://ada:secret@proxy.example.org:3128", "https_proxy": "http://ada:secret@127.0.0.1:7890/",
        "ALL_PROXY": "socks5://localhost:99999", "HTTPS_PROXY": "localhost:8080",
    }  # fmt: skip

    assert proxies.local(environ) == {"https_proxy": ("127.0.0.1", 7890), "HTTPS_PROXY": ("localhost", 8080)}


def test_a_proxy_is_dead_where_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert proxies.dead({"https_proxy": f"http://127.0.0.1:{port}"}) == ()

    assert proxies.dead({"https_proxy": f"http://ada:secret@127.0.0.1:{port}"}) == (f"https_proxy=127.0.0.1:{port}",)
    assert proxies.dead({}) == ()


def test_the_limits_of_inotify_are_read(tmp_path):
    folder = "proc/sys/fs/inotify"
    root = lay(tmp_path, {f"{folder}/max_user_watches": "65536\n", f"{folder}/max_user_instances": "?\n"})

    assert session_limits.inotify(root, "max_user_watches") == 65536
    assert session_limits.inotify(root, "max_user_instances") == ABSENT
    assert session_limits.inotify(tmp_path / "nowhere", "max_user_watches") == ABSENT
