"""What a driver told meanwhile, attributed to rows; and NVML followed for real, on a stand-in for its library."""

from __future__ import annotations

import os
import sys
import threading
import time

import msgspec
import pytest

from dlcheck.bench import telemetry
from dlcheck.bench.taken import Block, Taken
from dlcheck.bench.telemetry import Followed, Sample
from dlcheck.model.bench import BenchDevice
from dlcheck.model.measured import Row, Times
from dlcheck.observe import ask
from tests import standins

DEVICE = BenchDevice(name="cuda:0", type="cuda", clock_max_mhz=2000.0, power_limit_w=300.0, power_default_w=300.0)
TAKEN = Taken(facts={"devices": [{"name": "cuda:0", "type": "cuda", "pci_address": "0000:65:00.0"}]})
BLOCKS = [
    Block(
        row=1, at=10.0 + number, wall=1.0, cpu=0.1, calls=1, timer="events", samples=(0.001,) * 900, round=number,
        phase="steady",
    )
    for number in range(3)
]  # fmt: skip


def row(burst=0.001, sustained=0.001):
    times = Times(
        best=0.001, median=0.001, p5=0.001, p95=0.001, mean=0.001, ci95=(0.001, 0.001), burst=burst, sustained=sustained
    )
    return Row(device="cuda:0", dtype="fp16", m=4096, n=4096, k=4096, threads=0, time_s=times)


def told(reasons=0, clock=1900.0, power=250.0, every=0.1, **more):
    count = int(5 / every)
    return tuple(
        Sample(gpu=3, at=9.0 + every * number, sm_mhz=clock, power_w=power, temp_c=70.0, reasons=reasons,
               energy_j=power * every * number, **more)
        for number in range(count)
    )  # fmt: skip


def judged(samples, one=None, device=DEVICE):
    followed = Followed(gpus={"0000:65:00.0": 3, "0000:66:00.0": 0}, samples=samples)
    return telemetry.with_telemetry(one or row(), BLOCKS, device, TAKEN, followed)


def test_means_and_energy_of_the_blocks_alone():
    found = judged((*told(), Sample(gpu=0, at=10.5, power_w=9000.0), Sample(gpu=3, at=30.0, power_w=9000.0)))

    assert found.telemetry is not None
    assert found.telemetry.power_w_mean == pytest.approx(250.0)
    assert found.telemetry.energy_j == pytest.approx(750.0, rel=0.01)
    assert found.telemetry.gflop_per_j == pytest.approx(2 * 4096**3 * 2700 / 1e9 / 750, rel=0.01)
    assert found.throttle.verdict == "none"


@pytest.mark.parametrize(
    ("samples", "one", "verdict", "reason"),
    [
        (told(reasons=0x04), row(), "info", "power cap"),
        (told(reasons=0x08 | 0x40), row(), "fail", "thermal (hardware)"),
        (told(reasons=0x80), row(), "warn", "power brake"),
        (told(), row(burst=0.001, sustained=0.0012), "warn", "sustained 0.83 of burst"),
        (told(), row(burst=0.001, sustained=0.002), "fail", "sustained 0.50 of burst"),
        (told(clock=1200.0), row(), "warn", "mean clock 1200 of 2000 MHz"),
        ((), row(), "unknown", None),
        ((), row(burst=0.001, sustained=0.0012), "warn", "sustained 0.83 of burst"),
    ],
)
def test_was_it_slowed_down(samples, one, verdict, reason):
    found = judged(samples, one)

    assert found.throttle.verdict == verdict
    assert reason is None or reason in found.throttle.reasons
    assert (found.telemetry is None) == (not samples)


def test_a_reason_in_a_single_look_is_a_change_of_clocks():
    samples = list(told())
    samples[20] = msgspec.structs.replace(samples[20], reasons=0x20)

    assert judged(tuple(samples)).throttle.verdict == "none"


def test_a_power_limit_below_the_usual_one_is_named():
    device = msgspec.structs.replace(DEVICE, power_limit_w=150.0)
    assert judged(told(reasons=0x04), device=device).throttle.reasons == ("power limit 150 W, 300 W is usual",)


def test_the_drivers_counters_of_what_held_the_clocks_down():
    def held(power, heat):
        samples = [
            msgspec.structs.replace(one, power_held_ns=int(power * 1e9 * one.at), heat_held_ns=int(heat * 1e9 * one.at))
            for one in told()
        ]
        return judged(tuple(samples))

    calm, hot, very_hot = held(0.5, 0.0), held(0.0, 0.2), held(0.0, 0.7)
    assert calm.telemetry is not None and calm.telemetry.violation_ns_power == pytest.approx(1.5e9, rel=0.1)
    assert (calm.telemetry.violation_ns_thermal, calm.throttle.verdict) == (0, "none")
    assert (hot.throttle.verdict, hot.throttle.reasons) == ("warn", ("held down by heat for 20% of the time",))
    assert very_hot.throttle.verdict == "fail"


def test_the_cpu_is_left_alone():
    cpu = msgspec.structs.replace(row(), device="cpu", threads=4)
    assert telemetry.with_telemetry(cpu, BLOCKS, BenchDevice(name="cpu", type="cpu"), TAKEN, Followed()) is cpu


def test_the_cpu_under_another_name_is_never_throttled():
    device = BenchDevice(name="xla:0", type="xla", virtual=True)
    slowed = row(burst=0.001, sustained=0.004)
    assert telemetry.with_telemetry(slowed, BLOCKS, device, TAKEN, Followed()) is slowed


@pytest.mark.parametrize(
    "facts", [{}, {"gpus": {"gap": "broken"}}, {"telemetry": [{"gpu": "x"}]}, {"gpus": [{"index": 1}]}]
)
def test_nothing_or_nonsense_is_nothing(facts):
    assert telemetry.read(facts).samples == ()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the stand-ins are ELF libraries")
def test_nvml_is_followed_until_the_file_is_there(tmp_path):
    folder = standins.build(tmp_path, "libnvidia-ml.so.1")
    until = tmp_path / "over"
    timer = threading.Timer(1.2, until.touch)
    timer.start()
    began = time.monotonic()
    answered = ask.ask_own(
        "dlcheck.observe.host.nvml_follow",
        {"library": str(folder / "libnvidia-ml.so.1"), "until": str(until), "most_seconds": 30},
        seconds=40,
        env={**os.environ, "LD_LIBRARY_PATH": str(folder)},
    )
    followed = telemetry.read(answered.facts)

    assert answered.finished
    assert time.monotonic() - began < 10
    assert followed.gpus["0000:1b:00.0"] == 1
    assert {sample.gpu for sample in followed.samples} == {0, 1}
    assert followed.samples[0].power_w and began <= followed.samples[0].at <= time.monotonic()
