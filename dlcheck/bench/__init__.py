"""Measuring devices: what to measure, the run itself, and what the samples mean."""
