import os
import sys

import pytest

from dlcheck.model.gaps import Missing, unseen
from dlcheck.observe.host import mounts, storage
from tests.observe.trees import context, lay

posix_only = pytest.mark.skipif(os.name != "posix", reason="paths of POSIX")
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a tree of Linux")

MOUNTINFO = """22 27 0:21 / /proc rw,relatime - proc proc rw
31 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
96 31 8:17 / /mnt/My\\040Disk rw,noexec,relatime shared:53 - ext4 /dev/sdb1 rw
98 31 0:45 / /home rw,relatime shared:60 - nfs4 192.168.1.10:/export/home rw,vers=4.2,hard
99 31 0:46 / /home/scratch rw,relatime - tmpfs tmpfs rw,size=800160k
"""
WSL = (
    "70 60 0:50 / /mnt/c rw,noatime - 9p C:\\134 rw,aname=drvfs;path=C:\\134;uid=1000,mmap,access=client,trans=fd\n"
    "71 60 8:32 / / rw,relatime - ext4 /dev/sdc rw\n"
    "72 60 0:51 / /mnt/d rw,relatime - virtiofs drvfsa rw\n"
)
MAC = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect, root data)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
/dev/disk5s1 on /Volumes/My (Old) Card (msdos, local, nodev, nosuid, noowners)
//ada@nas._smb._tcp.local/data on /Volumes/data (smbfs, nodev, nosuid, mounted by ada)
"""


def test_mountinfo():
    found = mounts.parse(MOUNTINFO)
    assert [mount.point for mount in found] == ["/proc", "/", "/mnt/My Disk", "/home", "/home/scratch"]
    assert [mount.network for mount in found] == [False, False, False, True, False]
    assert found[2].options == ("rw", "noexec", "relatime")


def test_damaged_lines_are_left_out():
    assert mounts.parse("31 1 8:2 / / rw\n - \n\n1 2 3 4 5 6 - x\n") == ()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ada", "nfs4"),
        ("/home", "nfs4"),
        ("/home/scratch/x", "tmpfs"),
        ("/homework", "ext4"),
        ("/mnt/My Disk/a", "ext4"),
        ("/", "ext4"),
    ],
)
def test_the_longest_mount_point_wins(path, kind):
    mount = mounts.of(path, mounts.parse(MOUNTINFO))
    assert mount is not None and mount.kind == kind


def test_of_two_mounts_on_one_point_the_last_is_seen():
    both = mounts.parse("1 0 0:1 / /data rw - ext4 /dev/a rw\n2 0 0:2 / /data rw - nfs server:/x rw\n")
    found = mounts.of("/data/set", both)
    assert found is not None and found.kind == "nfs"


@pytest.mark.parametrize(
    ("line", "network", "windows"),
    [
        (WSL.splitlines()[0], False, True),
        (WSL.splitlines()[2], False, True),
        ("1 0 0:1 / / rw - 9p none rw,trans=fd,rfdno=4", False, False),
        ("1 0 0:1 / /share rw - 9p server rw,trans=tcp,port=564", True, False),
        ("1 0 0:1 / /d rw - fuse.gcsfuse bucket rw", True, False),
        ("1 0 0:1 / / rw - fuse.fuse-overlayfs overlay rw", False, False),
        ("1 0 0:1 / /n rw - fuseblk /dev/sda3 rw", False, False),
        ("1 0 0:1 / /n rw - autofs systemd-1 rw", True, False),
    ],
)
def test_network_and_windows_drives(line, network, windows):
    (mount,) = mounts.parse(line)
    assert (mount.network, mount.of_windows) == (network, windows)


def test_macos_mounts():
    found = mounts.parse_macos(MAC)
    assert [(mount.point, mount.kind) for mount in found if mount.network] == [
        ("/System/Volumes/Data/home", "autofs"),
        ("/Volumes/data", "smbfs"),
    ]
    assert "/Volumes/My (Old) Card" in [mount.point for mount in found]
    assert mounts.parse_macos("mount: command not found\n") == ()


HOME = "/home/ada"


@posix_only
def test_places_follow_their_variables():
    environ = {
        "HOME": HOME, "HF_HOME": "~/models", "TORCH_HOME": "/big/torch", "TMPDIR": "/scratch", "PIP_CACHE_DIR": "/p",
        "CONDA_EXE": "/opt/conda/bin/conda",
    }  # fmt: skip
    found = storage.places(environ, "/course", "/opt/env")
    assert found == {
        "environment": "/opt/env", "home": HOME, "temporary": "/scratch", "hugging-face": f"{HOME}/models",
        "torch-hub": "/big/torch", "pip-cache": "/p", "conda-packages": "/opt/conda/pkgs", "working": "/course",
    }  # fmt: skip


@linux_only
def test_places_without_variables():
    found = storage.places({"HOME": HOME}, "/course", "")
    assert found == {
        "home": HOME, "temporary": "/tmp", "hugging-face": f"{HOME}/.cache/huggingface",
        "torch-hub": f"{HOME}/.cache/torch", "pip-cache": f"{HOME}/.cache/pip", "working": "/course",
    }  # fmt: skip
    assert storage.places({"HOME": HOME, "HUGGINGFACE_HUB_CACHE": "/h"}, "/", "")["hugging-face"] == "/h"
    assert storage.places({"HOME": HOME, "XDG_CACHE_HOME": "/c"}, "/", "")["torch-hub"] == "/c/torch"


def table(point, kind):
    return mounts.parse(f"1 0 0:1 / / rw - ext4 /dev/a rw\n2 0 0:2 / {point} rw - {kind} x rw\n")


@posix_only
def test_a_place_that_is_not_there_yet_is_measured_at_its_nearest_parent(tmp_path):
    there, mount = storage.resolve(str(tmp_path / "not" / "yet"), table("/nowhere", "nfs"))
    assert there == os.path.realpath(tmp_path) and mount is not None and mount.kind == "ext4"


@posix_only
def test_a_link_is_followed_and_a_network_file_system_is_never_touched(tmp_path):
    real = os.path.realpath(tmp_path)
    (tmp_path / "cache").symlink_to("remote/models")
    (tmp_path / "far").symlink_to(tmp_path / "cache")
    # Nothing is there: a resolve that touched it would stop at its parent.
    there, mount = storage.resolve(str(tmp_path / "far" / "hub"), table(f"{real}/remote", "nfs4"))
    assert mount is not None and mount.network
    assert there == f"{real}/remote/models/hub"


@posix_only
def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    there, _ = storage.resolve(str(tmp_path / "a"), ())
    assert there == os.path.realpath(tmp_path)


@linux_only
def test_the_probe_measures_local_and_network_places(tmp_path):
    home, remote = tmp_path / "home", tmp_path / "remote"
    home.mkdir()
    (remote / "env").mkdir(parents=True)
    root = lay(
        tmp_path / "machine",
        {
            "proc/self/mountinfo": "1 0 0:1 / / rw,noexec - ext4 /dev/a rw\n"
            f"2 0 0:2 / {os.path.realpath(remote)} rw - nfs4 server:/x rw\n"
        },
    )
    environ = {"HOME": str(home), "TMPDIR": str(tmp_path)}
    made = context(root, environ, prefix=str(remote / "env"), cwd=str(home), depth="quick")
    found = storage.probe(made).value

    assert found is not None
    by_role = {place.role: place for place in found.places}
    assert by_role["environment"].network and by_role["environment"].filesystem == "nfs4"
    assert isinstance(by_role["environment"].free_bytes, int) and by_role["environment"].writable is True
    assert by_role["home"].filesystem == "ext4" and by_role["home"].noexec
    assert isinstance(by_role["hugging-face"].total_bytes, int)
    assert [place.role for place in found.places][:2] == ["environment", "home"]


@linux_only
def test_a_server_that_never_answers_costs_a_gap_and_not_the_probe(tmp_path, monkeypatch):
    remote = tmp_path / "remote"
    remote.mkdir()
    root = lay(
        tmp_path / "machine",
        {
            "proc/self/mountinfo": "1 0 0:1 / / rw - ext4 /dev/a rw\n"
            f"2 0 0:2 / {os.path.realpath(remote)} rw - nfs4 server:/x rw\n"
        },
    )
    # A child that sleeps stands for one that waits for a dead server.
    hung = lay(tmp_path / "rude", {"sitecustomize.py": "import time\ntime.sleep(60)\n"})
    monkeypatch.setenv("PYTHONPATH", str(hung))
    monkeypatch.setattr(storage, "NETWORK_SECONDS", 0.5)
    made = context(root, {"HOME": str(tmp_path), "TMPDIR": str(remote)}, cwd=str(tmp_path), depth="quick")
    made.put("interpreter", unseen("absent"))
    found = storage.probe(made).value

    assert found is not None
    by_role = {place.role: place for place in found.places}
    assert isinstance(by_role["temporary"].free_bytes, Missing) and by_role["temporary"].free_bytes.gap == "timed-out"
    assert isinstance(by_role["home"].free_bytes, int)


@linux_only
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(0o500)
    made = context("/", {"HOME": str(tmp_path)}, cwd=str(tmp_path), depth="quick")
    made.put("interpreter", unseen("absent"))
    found = storage.probe(made).value
    tmp_path.chmod(0o700)
    assert found is not None and not any(place.writable is True for place in found.places if place.role == "home")


def test_a_folder_that_is_gone_is_a_gap(tmp_path):
    total, free = storage.space(str(tmp_path / "gone"))
    assert isinstance(total, Missing) and isinstance(free, Missing)
