import pytest

from dlcheck.judge.advice.driver import (
    build_module,
    forbid_nouveau,
    install_driver,
    legacy_driver,
    load_module,
    reboot,
    reload_modules,
)
from dlcheck.model.gaps import ABSENT, unseen
from dlcheck.model.host import Container
from tests.facts import GPU, NVIDIA, OS, change, gpu_machine

PASCAL = change(NVIDIA, gpus=(change(GPU, name="GeForce GTX 1080", compute_capability=(6, 1)),))


def on(distribution, version="", like=(), **changes):
    return change(OS, distribution=distribution, version=version, distribution_like=like, name=distribution, **changes)


def texts(fix):
    return [step.text for step in fix.commands]


@pytest.mark.parametrize(
    ("os", "oldest", "expected"),
    [
        (OS, "", "sudo ubuntu-drivers install"),
        (on("linuxmint", "22", ("ubuntu", "debian")), "", "sudo ubuntu-drivers install"),
        (OS, "580", "sudo apt-get install -y nvidia-driver-580-open"),
        (OS, "595.45.04", "sudo apt-get install -y nvidia-driver-595-open"),
        (on("debian", "13"), "", "sudo apt-get install -y linux-headers-6.8.0-49-generic nvidia-driver"),
        (on("debian", "13"), "525.60.13", "sudo apt-get install -y linux-headers-6.8.0-49-generic nvidia-driver"),
        (on("fedora", "41"), "", "sudo dnf install -y akmod-nvidia xorg-x11-drv-nvidia-cuda"),
        (on("rocky", "9", ("rhel", "fedora")), "580", "sudo dnf module install -y nvidia-driver:open-dkms"),
        (on("arch"), "", "sudo pacman -S --noconfirm --needed nvidia-open nvidia-utils"),
        (change(OS, is_admin=True), "", "ubuntu-drivers install"),
    ],
)
def test_each_distribution_has_its_way(os, oldest, expected):
    fix = install_driver(gpu_machine(os=os), oldest)
    assert any(text.startswith(expected) for text in texts(fix))
    assert texts(fix)[-1].endswith("reboot")
    assert "admin" in fix.needs and "reboot" in fix.needs
    assert fix.source.startswith("https://")


@pytest.mark.parametrize(
    "snapshot",
    [
        gpu_machine(os=on("debian", "12")),
        gpu_machine(os=on("opensuse-leap", "15.6", ("suse",))),
        gpu_machine(os=on("void")),
        gpu_machine(os=on("arch"), nvidia=PASCAL),
    ],
)
def test_where_nothing_sure_can_be_said_a_page_is_named_and_no_command_is_guessed(snapshot):
    fix = install_driver(snapshot, "580")
    assert texts(fix) == []
    assert fix.source.startswith("https://")


def test_the_driver_of_wsl_and_windows_and_containers_is_elsewhere():
    wsl = install_driver(gpu_machine(os=change(OS, wsl=2)), "580")
    assert "in Windows" in wsl.title and texts(wsl) == ["wsl --shutdown"]
    assert wsl.commands[0].shell == "powershell"
    windows = install_driver(gpu_machine(os=change(OS, system="windows", glibc=ABSENT)))
    assert texts(windows) == [] and "nvidia.com/drivers" in windows.title
    inside = install_driver(gpu_machine(container=Container(engine="docker", evidence="/.dockerenv")))
    assert texts(inside) == [] and "on the host" in inside.title


def test_old_gpus_get_the_proprietary_module_and_the_last_branch_that_drives_them():
    old = gpu_machine(nvidia=PASCAL)
    assert any("nvidia-driver-580" in text and "open" not in text for text in texts(install_driver(old, "580")))
    kepler = legacy_driver(gpu_machine(), (3, 5))
    assert kepler is not None and any("nvidia-driver-470" in text for text in texts(kepler))
    assert legacy_driver(gpu_machine(), (8, 6)) is None


def test_modules_are_built_loaded_and_reloaded():
    built = build_module(gpu_machine())
    assert built is not None and "sudo dkms autoinstall" in texts(built)
    assert build_module(gpu_machine(os=on("arch"))) is None
    assert build_module(gpu_machine(os=unseen("broken"))) is None
    assert texts(load_module(gpu_machine(), "nvidia_uvm")) == ["sudo modprobe nvidia_uvm"]
    anew = reload_modules(gpu_machine(), "nvidia_drm", "nvidia", title="again")
    assert texts(anew) == ["sudo rmmod nvidia_drm nvidia", "sudo modprobe nvidia"]


def test_nouveau_is_kept_off_by_a_file_that_the_shell_writes_whole():
    fix = forbid_nouveau(gpu_machine())
    assert fix is not None
    assert fix.commands[0].argv[:3] == ("sudo", "sh", "-c")
    assert "blacklist nouveau" in fix.commands[0].argv[3]
    assert texts(fix)[1:] == ["sudo update-initramfs -u", "sudo reboot"]
    assert forbid_nouveau(gpu_machine(os=on("void"))) is None


def test_a_restart_by_each_systems_own_command():
    assert texts(reboot(gpu_machine())) == ["sudo reboot"]
    assert texts(reboot(gpu_machine(os=change(OS, system="windows", shell="powershell")))) == ["shutdown /r /t 0"]
