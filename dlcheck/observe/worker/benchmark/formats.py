"""The number formats that are measured: their size, their rounding, and how far a right product may be off."""


class Format(object):
    """One number format. unit: its rounding error u; limit: what a right product may be off, in u (0: exact).

    Limits: four times and more of what Freivalds' test showed on x86 in 2026 (fp32 16.5, fp64 47, bf16 1.9).
    """

    def __init__(self, torch, numpy, size, out_size, unit, limit, accumulate):
        self.torch, self.numpy = torch, numpy
        self.bytes, self.out_bytes = size, out_size
        self.unit, self.limit, self.accumulate = unit, limit, accumulate


FORMATS = {
    "fp64": Format("float64", "float64", 8, 8, 2.0**-52, 256.0, "fp64"),
    "fp32": Format("float32", "float32", 4, 4, 2.0**-24, 64.0, "fp32"),
    "tf32": Format("float32", None, 4, 4, 2.0**-11, 8.0, "fp32"),
    "fp16": Format("float16", "float16", 2, 2, 2.0**-11, 8.0, ""),
    "bf16": Format("bfloat16", None, 2, 2, 2.0**-8, 8.0, "fp32"),
    "fp8": Format("float8_e4m3fn", None, 1, 2, 2.0**-8, 8.0, "fp32"),
    "int8": Format("int8", None, 1, 4, 0.0, 0.0, "int32"),
}
