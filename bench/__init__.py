"""Measurements: ratios taken in one run, never absolute promises."""
