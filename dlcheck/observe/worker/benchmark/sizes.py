"""Which sizes are multiplied on which device."""

SMALLEST = 128
LARGEST = 4096
"""On the CPU."""
LARGEST_ELSEWHERE, LARGEST_OF_ALL = 8192, 16384
"""On an accelerator; and with --full."""


def headline_size(device, mode):
    """The size whose figures stand for a device, where it reaches it."""
    if device.type == "cpu" or device.virtual:
        return 512 if mode == "quick" else 1024
    return LARGEST_OF_ALL if mode == "full" else LARGEST_ELSEWHERE


def largest(device, mode):
    """The last size of the sweep."""
    return LARGEST if device.type == "cpu" or device.virtual else headline_size(device, mode)
