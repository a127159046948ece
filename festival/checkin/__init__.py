"""Checkpoints, devices, the scan decision, admissions."""
