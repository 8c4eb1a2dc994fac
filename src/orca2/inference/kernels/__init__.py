"""Fused operations, each with a plain way beside it for the device or library that lacks what it needs."""
