"""Answers of a model in this process: scheduler, sampling, caches, kernels."""
