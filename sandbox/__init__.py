"""Simulated outside services, spoken to over real HTTP on loopback.

Used by the demo and the tests only. This package imports nothing of MediaNest,
and no part of MediaNest imports it: only settings (addresses) differ.
"""
