"""What others measured on the same product: is this figure normal? And what a borrowed accelerator would give."""

from __future__ import annotations

import re
import statistics
from functools import cache
from typing import Literal

import msgspec

from dlcheck.bench.ladder import standing_row
from dlcheck.bench.tables import Table, read_table
from dlcheck.model.assessed import Published, Reference
from dlcheck.model.bench import Bench, BenchDevice
from dlcheck.model.gaps import known
from dlcheck.model.measured import DTYPES, Dtype, Row

SURE, UNSURE = (0.80, 1.15), (0.65, 1.30)
"""Shares of the median that are normal: where two reports agree, and where there is one."""
BORROWED = ("T4", "A100 SXM")
"""What is told to somebody whose machine has no accelerator: one for nothing, one for money."""


class Product(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The published figures of one product, one a source."""

    product: str
    name: str
    reports: int
    from_: str = msgspec.field(name="from")
    """The letters of its pages."""
    where: str = ""
    fp32: tuple[float, ...] = ()
    tf32: tuple[float, ...] = ()
    fp16: tuple[float, ...] = ()
    bf16: tuple[float, ...] = ()
    fp8: tuple[float, ...] = ()

    def figures(self, dtype: Dtype) -> tuple[float, ...]:
        """Those of one format; empty where nobody published any."""
        found: tuple[float, ...] = getattr(self, dtype, ())
        return found


class References(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """references.toml."""

    pages: dict[str, str]
    products: tuple[Product, ...]

    def pages_of(self, product: Product) -> tuple[str, ...]:
        """The addresses of its figures."""
        return tuple(self.pages[letter] for letter in product.from_)


@cache
def references() -> References:
    """The table."""
    return read_table("references", References)


def product_of(device: BenchDevice) -> Product | None:
    """The product by the device's name; None where nobody published anything, or where it is a slice of one."""
    name = known(device.model)
    if name is None or known(device.mig):
        return None
    return next((one for one in references().products if re.search(one.name, name.strip())), None)


def judged(bench: Bench) -> tuple[Reference, ...]:
    """Every accelerator's headline figures beside the published ones."""
    found = []
    for device in bench.devices:
        product = None if device.type == "cpu" or device.virtual else product_of(device)
        if product is None:
            continue
        for dtype in DTYPES:
            row = standing_row(bench, device.name, dtype)
            if row is not None and row.headline and product.figures(dtype):
                found.append(_reference(product, row, device))
    return tuple(found)


def _reference(product: Product, row: Row, device: BenchDevice) -> Reference:
    figures = product.figures(row.dtype)
    typical = statistics.median(figures)
    low, high = SURE if product.reports >= 2 else UNSURE
    measured = row.headline_tflops
    standing: Literal["normal", "low", "high", "unknown"] = "normal"
    if measured < low * typical:
        standing = "low"
    elif measured > high * typical:
        standing = "high"
    because = _because(row, device) if standing == "low" else ""
    if row.quality == "C" and standing != "normal" and not because:
        standing = "unknown"
    return Reference(
        device=row.device,
        dtype=row.dtype,
        product=product.product,
        low=min(figures),
        high=max(figures),
        expected=(low * typical, high * typical),
        reports=product.reports,
        sources=references().pages_of(product),
        measured=measured,
        standing=standing,
        per_cent=100 * measured / typical,
        because=because,
    )


def _because(row: Row, device: BenchDevice) -> str:
    """What was seen that makes a device slow; "" where nothing was."""
    if row.throttle.verdict in ("warn", "fail"):
        return f"throttled ({', '.join(row.throttle.reasons)})" if row.throttle.reasons else "throttled"
    limit, default = known(device.power_limit_w), known(device.power_default_w)
    if limit is not None and default is not None and limit < default:
        return f"its power limit is set to {limit:.0f} W of {default:.0f} W"
    return ""


def elsewhere(bench: Bench) -> tuple[Published, ...]:
    """What borrowed accelerators give, in the formats that people train in; only where there is no accelerator here."""
    if any(device.type != "cpu" and not device.virtual for device in bench.devices):
        return ()
    fast = [row for row in bench.measured if known(row.emulated_factor) is None]
    best = {dtype: max((row.headline_tflops for row in fast if row.dtype == dtype), default=0.0) for dtype in DTYPES}
    found = []
    for product in references().products:
        if product.product not in BORROWED:
            continue
        for dtype in DTYPES:
            figures = product.figures(dtype)
            if figures:
                here = best[dtype]
                found.append(
                    Published(
                        product=product.product,
                        where=product.where,
                        dtype=dtype,
                        low=min(figures),
                        high=max(figures),
                        reports=product.reports,
                        sources=references().pages_of(product),
                        times_here=statistics.median(figures) / here if here else 0.0,
                    )
                )
    return tuple(found)
