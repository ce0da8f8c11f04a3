from pathlib import Path

import pytest

from dlcheck.model.gaps import Missing
from dlcheck.observe.host import display_lists
from dlcheck.observe.host.pci import parse_pci_ids, parse_resource, read_sysfs

DATA = Path(__file__).parent.parent / "data" / "displays"
GOOD = """0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200
0x00000000e0000000 0x00000000efffffff 0x000000000014220c
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x00000000f0000000 0x00000000f1ffffff 0x000000000014220c
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x000000000000e000 0x000000000000e07f 0x0000000000040101
0x00000000f7000000 0x00000000f707ffff 0x0000000000046200
"""


def put(root, address="0000:01:00.0", driver=None, config=b"\xde\x10\x84\x26", **files):
    """A device in a tree like sysfs."""
    folder = root / "sys/bus/pci/devices" / address
    folder.mkdir(parents=True)
    values = {
        "vendor": "0x10de", "device": "0x2684", "class": "0x030000", "power_state": "D0", "resource": GOOD,
        "current_link_speed": "16.0 GT/s PCIe", "current_link_width": "8", "max_link_width": "16", **files,
    }  # fmt: skip
    for name, text in values.items():
        if text is not None:
            (folder / name).write_text(f"{text}\n")
    if config is not None:
        (folder / "config").write_bytes(config)
    if driver:
        (root / "sys/bus/pci/drivers" / driver).mkdir(parents=True, exist_ok=True)
        (folder / "driver").symlink_to(f"../../drivers/{driver}")
    return folder


def only(root):
    (device,) = read_sysfs(root).value.devices
    return device


@pytest.mark.parametrize("driver", ["nvidia", "nouveau", "vfio-pci"])
def test_the_bound_driver_is_the_links_name(tmp_path, driver):
    put(tmp_path, driver=driver)

    device = only(tmp_path)

    assert (device.vendor, device.driver, device.address) == ("nvidia", driver, "0000:01:00.0")
    assert (device.config_all_ones, device.bar_unassigned) == (False, False)
    assert (device.link_speed, device.link_width, device.link_width_max) == ("16.0 GT/s PCIe", 8, 16)


def test_no_driver_is_absent_and_no_error(tmp_path):
    put(tmp_path)

    assert only(tmp_path).driver.gap == "absent"


def test_a_driver_link_to_nowhere_still_names_the_driver(tmp_path):
    folder = put(tmp_path)
    (folder / "driver").symlink_to("../../drivers/gone")

    assert only(tmp_path).driver == "gone"


def test_a_gpu_that_fell_off_the_bus_answers_with_ones(tmp_path):
    put(tmp_path, config=b"\xff" * 64)

    assert only(tmp_path).config_all_ones is True


@pytest.mark.parametrize("files", [{"power_state": "D3cold"}, {"power_state": "D3hot"}])
def test_a_sleeping_gpu_is_not_woken_and_not_called_lost(tmp_path, files):
    folder = put(tmp_path, config=b"\xff" * 64, **files)
    (folder / "config").chmod(0)

    device = only(tmp_path)

    assert device.power_state == files["power_state"]
    assert device.config_all_ones == Missing("not-looked", "the device is asleep")
    assert device.link_width == Missing("not-looked", "the device is asleep")


def test_an_older_kernel_tells_sleep_by_its_power_management(tmp_path):
    folder = put(tmp_path, config=b"\xff" * 64, power_state=None)
    (folder / "power").mkdir()
    (folder / "power/runtime_status").write_text("suspended\n")

    assert only(tmp_path).power_state == "suspended"
    assert only(tmp_path).config_all_ones.gap == "not-looked"


def test_a_virtual_function_is_told_apart_and_its_empty_windows_are_no_fault(tmp_path):
    folder = put(tmp_path, resource="0x0 0x0 0x0\n" * 6)
    (folder / "physfn").symlink_to("../0000:01:00.1")

    assert (only(tmp_path).virtual_function, only(tmp_path).bar_unassigned) == (True, False)


def test_a_gpu_without_room_for_its_memory_is_seen(tmp_path):
    lines = GOOD.splitlines()
    lines[1] = "0x0000000000000000 0x0000000000000000 0x0000000000000000"
    put(tmp_path, resource="\n".join(lines))

    assert only(tmp_path).bar_unassigned is True


def test_a_window_the_kernel_marked_is_unassigned_whoever_made_the_card():
    text = "0x0000000000000000 0x000000000fffffff 0x000000002014220c\n"

    assert parse_resource(text, nvidia_gpu=False) is True


def test_a_data_centre_gpu_keeps_its_memory_in_the_third_window():
    h100 = """0x0000018042000000 0x0000018042ffffff 0x000000000014220c
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x0000016000000000 0x0000017fffffffff 0x000000000014220c
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x0000018040000000 0x0000018041ffffff 0x000000000014220c
0x0000000000000000 0x0000000000000000 0x0000000000000000
"""
    assert parse_resource(h100, nvidia_gpu=True) is False


@pytest.mark.parametrize("text", ["garbage", "0x1 0x2", "\x00\x01"])
def test_a_resource_file_of_garbage_is_a_gap(text):
    assert parse_resource(text, nvidia_gpu=True).gap == "broken"


def test_other_functions_of_the_card_and_network_cards_of_google_do_not_count(tmp_path):
    put(tmp_path, address="0000:01:00.1", **{"class": "0x040300"})
    put(tmp_path, address="0000:00:04.0", vendor="0x1ae0", device="0x0042", **{"class": "0x020000"})

    assert read_sysfs(tmp_path).value.devices == ()


def test_a_tpu_counts_whatever_its_class(tmp_path):
    put(tmp_path, vendor="0x1ae0", device="0x0063", **{"class": "0x00ff00"})

    assert (only(tmp_path).vendor, only(tmp_path).name) == ("google", "TPU v5e")


def test_nvswitches_are_counted_and_old_chipset_bridges_are_not(tmp_path):
    put(tmp_path, address="0000:05:00.0", device="0x22a3", **{"class": "0x068000"})
    put(tmp_path, address="0000:00:07.0", device="0x03ef", **{"class": "0x068000"})

    assert (read_sysfs(tmp_path).value.nvswitches, read_sysfs(tmp_path).value.devices) == (1, ())


def test_files_of_garbage_or_missing_cost_a_field_or_the_device_never_the_rest(tmp_path):
    put(tmp_path, address="0000:02:00.0", vendor="banana")
    put(tmp_path, address="0000:03:00.0", device=None)
    folder = put(
        tmp_path,
        address="0000:04:00.0",
        config=b"",
        current_link_width="255",
        current_link_speed="Unknown",
        resource=None,
    )
    (folder / "driver").mkdir()

    device = only(tmp_path)

    assert device.address == "0000:04:00.0"
    assert device.config_all_ones.gap == "broken"
    assert device.driver.gap == "broken"
    assert (device.link_width.gap, device.link_speed.gap, device.bar_unassigned.gap) == (
        "absent",
        "absent",
        "not-looked",
    )


def test_no_bus_at_all_is_absent(tmp_path):
    assert read_sysfs(tmp_path).missing.gap == "absent"


def test_names_come_from_the_list_of_names(tmp_path):
    put(tmp_path)
    put(tmp_path, address="0000:02:00.0", vendor="0x1002", device="0x744c")
    (tmp_path / "usr/share/hwdata").mkdir(parents=True)
    (tmp_path / "usr/share/hwdata/pci.ids").write_text(
        "# comment\n1002  AMD\n\t2684  Wrong\n\t744c  Navi 31\n\t\t1002 2684  A subsystem\n10de  NVIDIA\n\t2684  AD102 [GeForce RTX 4090]\n"
        "C 03  Display\n\t00  VGA\n"
    )

    assert [device.name for device in read_sysfs(tmp_path).value.devices] == ["AD102 [GeForce RTX 4090]", "Navi 31"]


def test_a_list_of_names_that_is_garbage_names_nothing():
    assert parse_pci_ids(b"\xff\x00\n\t\t\n\n10de\n\t26", {(0x10DE, 0x2684)}) == {}


def test_an_apple_chip_as_system_profiler_tells_it():
    (entry,) = display_lists.parse_system_profiler((DATA / "macbook_m1.json").read_text())

    device = display_lists.of_mac(entry)

    assert (device.vendor, device.name) == ("apple", "Apple M1")
    assert display_lists.metal_of_mac(entry) == "Metal 3"


def test_an_intel_macbook_with_two_graphics_cards():
    entries = display_lists.parse_system_profiler((DATA / "macbook_intel.json").read_text())

    devices = [display_lists.of_mac(entry) for entry in entries]

    assert [(one.vendor, one.device_id, one.name) for one in devices] == [
        ("intel", 0x3E9B, "Intel UHD Graphics 630"),
        ("amd", 0x67EF, "Radeon Pro 560X"),
    ]
    assert devices[1].link_width == 8
    assert display_lists.metal_of_mac(entries[1]) == "Metal"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("NVIDIA (0x10de)", 0x10DE),
        ("Intel Corporation", 0x8086),
        ("NVIDIA Corporation", 0x10DE),
        ("ATI Radeon", 0x1002),
        ("", 0),
    ],
)
def test_vendors_are_told_by_number_or_name(words, number):
    assert display_lists.vendor_number(words) == number


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"SPDisplaysDataType": 3}', "null"])
def test_another_answer_of_system_profiler_is_a_gap(text):
    assert display_lists.parse_system_profiler(text).gap == "broken"


def test_a_windows_laptop_with_a_stopped_gpu_and_a_virtual_screen():
    found = display_lists.parse_windows((DATA / "windows_laptop.json").read_text()).value

    assert [(one.vendor, one.problem) for one in found.devices] == [("intel", 0), ("nvidia", 43), ("other", 0)]
    assert found.devices[1].driver_version == "32.0.15.6603"
    assert (found.devices[1].device_id, found.devices[1].address) == (0x25A0, "PCI\\VEN_10DE&DEV_25A0")


def test_one_windows_card_is_no_list_and_none_is_nothing():
    one = '\ufeff{"Name":"Microsoft Basic Display Adapter","PNPDeviceID":"PCI\\\\VEN_10DE&DEV_1C82&SUBSYS_1","ConfigManagerErrorCode":0}'

    assert display_lists.parse_windows(one).value.devices[0].vendor == "nvidia"
    assert display_lists.parse_windows("").value.devices == ()
    assert display_lists.parse_windows("Get-CimInstance : Access denied").missing.gap == "broken"
