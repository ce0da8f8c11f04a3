import os
import sys
from pathlib import Path

import pytest

from dlcheck.model.gaps import ABSENT, Missing
from dlcheck.observe import child
from dlcheck.observe.host import os as host_os
from dlcheck.observe.host import shell, sysctl, virtualization
from tests.observe.trees import context, lay

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a tree of Linux")

UBUNTU = """PRETTY_NAME="Ubuntu 24.04.1 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.1 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
UBUNTU_CODENAME=noble
LOGO=ubuntu-logo
"""
ARCH = """NAME="Arch Linux"
PRETTY_NAME="Arch Linux"
ID=arch
BUILD_ID=rolling
"""
ROCKY = """NAME="Rocky Linux"
VERSION="9.4 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"
"""
GLIBC_236 = (
    b"\x7fELF\0\0GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36.\nCopyright (C) 2022\0"
)
GLIBC_217 = b"\x7fELF\0GNU C Library (GNU libc) stable release version 2.17, by Roland McGrath et al.\n"


@linux_only
def test_ubuntu_on_bare_metal(tmp_path):
    root = lay(
        tmp_path,
        {
            "etc/os-release": UBUNTU,
            "proc/sys/kernel/osrelease": "6.8.0-49-generic\n",
            "proc/cpuinfo": "processor\t: 0\nflags\t\t: fpu avx2\n",
            "proc/uptime": "86400.25 100.0\n",
            "etc/passwd": f"root:x:0:0:root:/root:/bin/bash\nada:x:{os.getuid()}:1000::/home/ada:/bin/zsh\n",
            "lib/x86_64-linux-gnu/libc.so.6": GLIBC_236,
            "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c": b"\x06\0\0\0\x01",
            "run/reboot-required": "*** System restart required ***\n",
        },
    )
    found = host_os.probe(context(root)).value

    assert found is not None
    assert (found.system, found.name, found.version) == ("linux", "Ubuntu 24.04.1 LTS", "24.04")
    assert (found.distribution, found.distribution_like) == ("ubuntu", ("debian",))
    assert (found.glibc, found.musl, found.wsl, found.windows_build) == ("2.36", False, 0, ABSENT)
    assert (found.virtualization, found.secure_boot, found.reboot_required) == (ABSENT, True, True)
    assert found.uptime_seconds == 86400.25


@linux_only
def test_a_machine_without_any_file_is_told_by_gaps_and_not_by_an_exception(tmp_path):
    found = host_os.probe(context(tmp_path, {"USER": "ada"})).value

    assert found is not None
    assert found.name.startswith("Linux") and found.version == "" and found.user == "ada"
    assert isinstance(found.uptime_seconds, Missing) and isinstance(found.secure_boot, Missing)
    assert found.virtualization == Missing("not-looked", "neither the processor nor the firmware tells")


@linux_only
def test_files_of_garbage_break_nothing(tmp_path):
    noise = bytes(range(256)) * 40
    names = ("etc/os-release", "proc/cpuinfo", "proc/uptime", "etc/passwd", "lib/x86_64-linux-gnu/libc.so.6")
    root = lay(tmp_path, {**dict.fromkeys(names, noise), "proc/sys/kernel/osrelease": noise})
    assert host_os.probe(context(root)).value is not None


@pytest.mark.parametrize(
    ("text", "name", "identity", "like"),
    [
        (UBUNTU, "Ubuntu 24.04.1 LTS", "ubuntu", "debian"),
        (ARCH, "Arch Linux", "arch", ""),
        (ROCKY, "Rocky Linux 9.4 (Blue Onyx)", "rocky", "rhel centos fedora"),
        ("PRETTY_NAME='It\\'s mine'\nid=no\n# ID=comment\nID=own\n", "It's mine", "own", ""),
    ],
)
def test_os_release(text, name, identity, like):
    found = host_os.parse_os_release(text)
    assert (found.get("PRETTY_NAME"), found.get("ID"), found.get("ID_LIKE", "")) == (name, identity, like)


@pytest.mark.parametrize(
    ("kernel", "environ", "wsl"),
    [
        ("6.8.0-49-generic", {}, 0),
        ("4.4.0-19041-Microsoft", {"WSL_DISTRO_NAME": "Ubuntu"}, 1),
        ("5.15.167.4-microsoft-standard-WSL2", {"WSL_DISTRO_NAME": "Ubuntu"}, 2),
        ("5.15.167.4-microsoft-standard-WSL2", {}, 2),
        ("6.6.36-mine", {"WSL_DISTRO_NAME": "Ubuntu", "WSL_INTEROP": "/run/WSL/8_interop"}, 2),
        ("6.5.0-1025-azure", {}, 0),
    ],
)
def test_wsl_is_told_by_the_kernels_name(kernel, environ, wsl):
    assert host_os.wsl_version(kernel, environ) == wsl


def test_windows_build_inside_wsl():
    assert host_os.windows_build_of_kernel("4.4.0-19041-Microsoft") == 19041
    assert isinstance(host_os.windows_build_of_kernel("5.15.167.4-microsoft-standard-WSL2"), Missing)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"lib/x86_64-linux-gnu/libc.so.6": GLIBC_236}, "2.36"),
        ({"lib64/libc.so.6": GLIBC_217}, "2.17"),
        ({"lib/x86_64-linux-gnu/libc.so.6": GLIBC_236, "lib/ld-musl-x86_64.so.1": b""}, "2.36"),
    ],
)
def test_the_systems_own_c_library_is_read_from_its_file(tmp_path, files, expected):
    assert host_os.glibc_version(lay(tmp_path, files)) == expected


def test_alpine_has_no_glibc(tmp_path):
    root = lay(tmp_path, {"lib/ld-musl-x86_64.so.1": b"\x7fELF"})
    assert host_os.glibc_version(root) == Missing("absent", "the C library is musl")


def test_the_banner_ends_with_its_line():
    assert host_os.libc_banner_version(b"GNU C Library (x)\nlinked by version 9.9") == ""
    assert host_os.libc_banner_version(b"") == ""


@linux_only
def test_the_c_library_of_this_machine_is_the_one_the_interpreter_uses():
    said = os.confstr("CS_GNU_LIBC_VERSION") if "CS_GNU_LIBC_VERSION" in os.confstr_names else None
    if not said:
        pytest.skip("this machine has no GNU C library")
    assert said == f"glibc {host_os.glibc_version(Path('/'))}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"\x06\0\0\0\x01", True), (b"\x06\0\0\0\0", False), (b"\x06", Missing("broken", "the variable is too short"))],
)
def test_secure_boot(tmp_path, data, expected):
    assert host_os.secure_boot(lay(tmp_path, {host_os.SECURE_BOOT_VARIABLE: data})) == expected


@pytest.mark.parametrize(
    ("fields", "flag", "hypervisor"),
    [
        ({"sys_vendor": "QEMU", "product_name": "Standard PC (Q35 + ICH9, 2009)"}, True, "qemu"),
        ({"sys_vendor": "VMware, Inc.", "product_name": "VMware Virtual Platform"}, True, "vmware"),
        ({"sys_vendor": "innotek GmbH", "product_name": "VirtualBox"}, True, "virtualbox"),
        ({"sys_vendor": "Microsoft Corporation", "product_name": "Virtual Machine"}, True, "hyperv"),
        ({"sys_vendor": "Microsoft Corporation", "product_name": "Surface Laptop 5"}, False, ""),
        ({"sys_vendor": "Amazon EC2", "product_name": "g5.xlarge"}, True, "amazon"),
        ({"sys_vendor": "Amazon EC2", "product_name": "m5.metal"}, False, ""),
        ({"sys_vendor": "Amazon EC2", "product_name": "a1.metal"}, None, ""),
        ({"sys_vendor": "Google", "product_name": "Google Compute Engine"}, True, "google"),
        ({"sys_vendor": "Google", "product_name": "Banshee"}, False, ""),
        ({"sys_vendor": "Oracle Corporation", "product_name": "ORACLE SERVER X8-2"}, False, ""),
        ({"sys_vendor": "LENOVO", "product_name": "20XW00A9GE"}, False, ""),
        ({}, True, ""),
    ],
)
def test_the_firmware_names_the_hypervisor(fields, flag, hypervisor):
    assert virtualization.by_firmware(fields, flag) == hypervisor


@pytest.mark.parametrize(
    ("files", "cpuinfo", "wsl", "expected"),
    [
        ({}, "flags : fpu hypervisor\n", 0, "unnamed"),
        ({}, "flags : fpu\n", 0, ABSENT),
        ({}, "flags : fpu hypervisor\n", 2, "hyperv"),
        ({}, "flags : fpu\n", 1, ABSENT),
        ({"sys/hypervisor/type": "xen\n"}, "flags : fpu\n", 0, "xen"),
        ({"sys/hypervisor/type": "xen\n", "proc/xen/capabilities": "control_d\n"}, "flags : fpu\n", 0, ABSENT),
        ({"proc/device-tree/hypervisor/compatible": b"linux,kvm\0"}, "Features : fp\n", 0, "kvm"),
        ({"sys/class/dmi/id/sys_vendor": "Apple Inc.\n", "sys/class/dmi/id/product_name":
          "Apple Virtualization Generic Platform\n"}, "Features : fp\n", 0, "apple"),
    ],
)  # fmt: skip
def test_virtual_machines_on_linux(tmp_path, files, cpuinfo, wsl, expected):
    assert virtualization.linux(lay(tmp_path, files), cpuinfo, wsl) == expected


SESSION = {"shell": "zsh", "locale_encoding": "UTF-8", "user": "ada", "is_admin": False, "hostname": "lovelace"}
SYSTEM_VERSION = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>ProductBuildVersion</key>
\t<string>24B83</string>
\t<key>ProductName</key>
\t<string>macOS</string>
\t<key>ProductUserVisibleVersion</key>
\t<string>15.1</string>
\t<key>ProductVersion</key>
\t<string>15.1</string>
\t<key>iOSSupportVersion</key>
\t<string>18.1</string>
</dict>
</plist>
"""


def test_macos_on_apple_silicon_also_seen_from_rosetta():
    values = sysctl.parse(
        "hw.optional.arm64: 1\nkern.boottime: { sec = 1688067234, usec = 123456 } Wed Jun 28 14:00:34 2023\n"
        "kern.hv_vmm_present: 0\n"
    )
    version = host_os.parse_system_version(SYSTEM_VERSION)
    found = host_os.from_macos(version, values, "24.1.0", "x86_64", 1688067334.5, SESSION)

    assert (found.system, found.name, found.version, found.machine) == ("darwin", "macOS 15.1", "15.1", "arm64")
    assert (found.virtualization, found.uptime_seconds, found.shell) == (ABSENT, 100.5, "zsh")


def test_macos_without_sysctl_still_has_a_name():
    found = host_os.from_macos("12.7", {}, "21.6.0", "x86_64", 0.0, SESSION)
    assert found.name == "macOS 12.7" and isinstance(found.uptime_seconds, Missing)


WINDOWS_11 = {
    "CurrentBuild": "22631", "CurrentBuildNumber": "22631", "CurrentVersion": "6.3", "DisplayVersion": "23H2",
    "EditionID": "Professional", "InstallationType": "Client", "ProductName": "Windows 10 Pro", "ReleaseId": "2009",
    "UBR": "4460",
}  # fmt: skip
SERVER = {
    "CurrentBuildNumber": "26100", "InstallationType": "Server", "ProductName": "Windows Server 2025 Standard",
    "DisplayVersion": "24H2", "UBR": "1742",
}  # fmt: skip


def test_windows_11_whose_registry_says_10():
    found = host_os.from_windows(WINDOWS_11, "1", {}, "AMD64", SESSION)
    assert (found.name, found.version, found.windows_build) == ("Windows 11 Pro 23H2", "10.0.22631", 22631)
    assert (found.secure_boot, found.virtualization, found.kernel) == (True, ABSENT, "22631.4460")


def test_windows_server_and_a_registry_that_tells_nothing():
    assert host_os.from_windows(SERVER, "0", {}, "AMD64", SESSION).name == "Windows Server 2025 Standard 24H2"
    empty = host_os.from_windows({}, "", {}, "", SESSION)
    assert empty.name == "Windows" and isinstance(empty.windows_build, Missing)
    assert empty.secure_boot == Missing("absent", "not started by EFI")


JUPYTER = ["/opt/conda/bin/python", "-m", "ipykernel_launcher", "-f", "/run/kernel-1.json"]


@pytest.mark.parametrize(
    ("above", "environ", "expected"),
    [
        ([["-zsh"], ["login"]], {"SHELL": "/bin/bash"}, "zsh"),
        ([["bash"], ["tmux"]], {"SHELL": "/bin/zsh"}, "bash"),
        ([["/usr/bin/fish", "-l"]], {"SHELL": "/bin/bash"}, "fish"),
        ([["/bin/sh", "-c", "dlcheck doctor"], ["make", "doctor"], ["-zsh"]], {}, "zsh"),
        ([["bash", "/usr/bin/conda-run.sh"], ["fish"]], {"SHELL": "/bin/bash"}, "fish"),
        ([["/bin/bash", "-c", "dlcheck"], ["sshd"]], {"SHELL": "/usr/bin/fish"}, "fish"),
        ([["bash", "--init-file", "/vscode/shellIntegration-bash.sh"]], {"SHELL": "/bin/zsh"}, "bash"),
        ([["C:\\Program Files\\PowerShell\\7\\pwsh.exe", "-NoLogo"]], {}, "powershell"),
        ([["powershell.exe", "-NoExit", "-Command", "profile"]], {}, "powershell"),
        ([["C:\\Windows\\system32\\cmd.exe", "/K", "activate.bat"]], {}, "cmd"),
        ([["C:\\Windows\\system32\\cmd.exe", "/c", "run.bat"], ["pwsh"]], {}, "powershell"),
        ([["/bin/sh", "-c", "dlcheck doctor"], JUPYTER, ["-bash"]], {"SHELL": "/bin/bash"}, "notebook"),
        ([[], ["cron"]], {}, ""),
        ([], {"SHELL": "/opt/own/rc"}, "rc"),
    ],
)
def test_the_shell_is_the_one_the_person_types_in(above, environ, expected):
    if not expected and sys.platform == "win32":
        expected = "powershell"
    assert shell.choose(above, environ) == expected


def test_ancestors_by_files_survive_names_with_brackets(tmp_path):
    root = lay(
        tmp_path,
        {
            "proc/30/cmdline": b"bash\0-l\0",
            "proc/30/stat": "30 (a) S 1) (b) S 20 30 30 0",
            "proc/20/cmdline": b"sshd: ada\0",
            "proc/20/stat": "20 (sshd) S 0 20 20 0",
        },
    )
    assert shell.ancestors(root, 30) == [["bash", "-l"], ["sshd: ada"]]


def test_ancestors_in_a_circle_end(tmp_path):
    root = lay(tmp_path, {"proc/5/cmdline": b"x\0", "proc/5/stat": "5 (x) S 5 5 5"})
    assert len(shell.ancestors(root, 5)) == shell.MAX_ANCESTORS


@pytest.mark.parametrize(
    ("environ", "codeset", "expected"),
    [
        ({"LANG": "de_DE.UTF-8"}, "UTF-8", "UTF-8"),
        ({"LANG": "C"}, "UTF-8", "ASCII"),
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, "UTF-8", "ASCII"),
        ({"LC_ALL": "C.UTF-8"}, "UTF-8", "UTF-8"),
        ({"LANG": "de_DE"}, "ISO-8859-1", "ISO-8859-1"),
        ({"LC_ALL": "", "LANG": "en_US.utf8"}, "utf8", "UTF-8"),
    ],
)
def test_the_encoding_is_the_sessions_and_not_pythons(environ, codeset, expected):
    assert shell.encoding_of(environ, codeset) == expected


def test_the_locale_that_python_gives_itself_is_not_the_sessions():
    coerced = {"HOME": "/", "LC_CTYPE": "C.UTF-8"}
    assert shell.without_coercion(coerced, "HOME=/\0PATH=/bin\0") == {"HOME": "/"}
    assert shell.without_coercion(coerced, "HOME=/\0LC_CTYPE=C.UTF-8\0") == coerced
    own = {"LC_CTYPE": "de_DE.UTF-8"}
    assert shell.without_coercion(own, "") == own


@linux_only
def test_a_session_without_a_locale_is_ascii():
    code = "from dlcheck.observe.host import shell; import os, pathlib; print(shell.locale_encoding(os.environ, pathlib.Path('/')))"
    bare = {name: value for name, value in os.environ.items() if name != "LANG" and not name.startswith("LC_")}
    assert child.run([sys.executable, "-c", code], seconds=20, env=bare).stdout == "ASCII\n"
    told = child.run([sys.executable, "-c", code], seconds=20, env={**bare, "LC_ALL": "C.UTF-8"}).stdout
    assert told == "UTF-8\n"


def test_the_user_is_told_without_the_name_service(tmp_path):
    root = lay(tmp_path, {"etc/passwd": f"x:y\nada:x:{os.getuid()}:5::/:/bin/sh\n"})
    assert host_os.user_name({}, root) == "ada"
    assert host_os.user_name({"USER": "grace"}, root) == "grace"
    assert host_os.user_name({}, tmp_path / "none") == str(os.getuid())


def test_what_windows_registry_says_of_runtime_paths_and_scripts():
    from dlcheck.observe.host import windows

    assert windows.vc_runtime({"Version": "v14.44.35211.00", "Installed": "1"}) == "14.44.35211.00"
    assert windows.vc_runtime({"Version": "v14.44.35211.00", "Installed": "0"}) == Missing(
        "absent", "it is not registered"
    )
    assert windows.vc_runtime(Missing("denied", "x")) == Missing("denied", "x")
    assert windows.long_paths({"LongPathsEnabled": "1"}) is True
    assert windows.long_paths({}) is False
    assert (
        windows.script_policy({"ExecutionPolicy": "RemoteSigned"}, {"ExecutionPolicy": "Restricted"}) == "RemoteSigned"
    )
    assert windows.script_policy(Missing("absent"), {"ExecutionPolicy": "Restricted"}) == "Restricted"
    assert windows.script_policy(Missing("absent"), Missing("absent")) == Missing("absent", "none is set")
